// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Compression of a file that was closed: all of it comes back, and what fails leaves nothing behind. */
#include <sys/stat.h>

#include "base/pack.h"
#include "logdir.h"
#include "unpack.h"

static char packed[120];

static int setup(void **state)
{
	logdir_setup(state);
	snprintf(packed, sizeof(packed), "%s.zst", path);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, logdir_teardown)

static void test_pack(void **state)
{
	static char text[1000001];
	atomic_bool stop = false;
	struct stat st;
	size_t len;
	char *back;

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = "tcpwhy\n"[i * 2654435761u % 7];
	make_file(path, text);
	chmod(path, 0640);
	assert_int_equal(tw_pack_file(path, packed, true, &stop), 0);
	assert_int_equal(stat(packed, &st), 0);
	assert_true(st.st_size < 500000);
	assert_int_equal(st.st_mode & 0777, 0640);
	back = read_file(packed, &len);
	assert_int_equal(len, sizeof(text) - 1);
	assert_string_equal(back, text);
	free(back);
	assert_false(is_there(".zst.part"));
}

static void test_pack_empty(void **state)
{
	atomic_bool stop = false;
	size_t len;

	make_file(path, "");
	assert_int_equal(tw_pack_file(path, packed, false, &stop), 0);
	free(read_file(packed, &len));
	assert_int_equal(len, 0);
}

static void test_pack_fails(void **state)
{
	atomic_bool stop = true;

	make_file(path, "text");
	assert_int_equal(tw_pack_file(path, packed, false, &stop), -ECANCELED);
	stop = false;
	assert_int_equal(tw_pack_file("/nonexistent/file", packed, false, &stop), -ENOENT);
	assert_int_equal(tw_pack_file(path, "/nonexistent/file", false, &stop), -ENOENT);
	assert_false(is_there(".zst"));
	assert_false(is_there(".zst.part"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pack), TEST(test_pack_empty), TEST(test_pack_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
