// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Logs that were rotated: their names, and how they are found, with nothing that somebody else put there. */
#include "log/rotated.h"
#include "logdir.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, logdir_setup, logdir_teardown)

static void test_name(void **state)
{
	char name[100], small[30];

	assert_int_equal(tw_rotated_name(name, sizeof(name), "/x/log", T0), 0);
	assert_string_equal(name, "/x/log.20261121T182203.417");
	assert_int_equal(tw_rotated_name(name, sizeof(name), "log", 0), 0);
	assert_string_equal(name, "log.19700101T000000.000");
	assert_int_equal(tw_rotated_name(small, 23, "/x/log", T0), -ENAMETOOLONG);
}

/* In the order of time; and nothing that somebody else put there. */
static void test_find(void **state)
{
	static const char *const others[] = {
		".1", ".old", ".zst", ".20261121", ".20261121T182203", ".20261121T182203.41", ".20261121T182203.4170",
		".20261121T182203.417.gz", ".20261121T182203.417.zst.part", ".20261121-182203.417",
		"x.20261121T182203.417", ".2026112xT182203.417", "20261121T182203.417",
	};
	struct tw_rotated_list list;
	uint64_t before = 0;

	make_file(path, "");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		make_beside(others[i], "");
	make_beside(".20261121T182203.418.zst", "");
	make_beside(".20261121T182203.417", "");
	make_beside(".20251231T235959.999", "");
	assert_int_equal(tw_rotated_find(&list, path), 0);
	assert_int_equal(list.n, 3);
	for (size_t i = 0; i < list.n; i++) {
		assert_true(list.file[i].ms > before);
		before = list.file[i].ms;
		assert_int_equal(access(list.file[i].path, F_OK), 0);
		assert_int_equal(list.file[i].packed, i == 2);
	}
	assert_int_equal(list.file[1].ms, T0);
	tw_rotated_release(&list);
	assert_int_equal(tw_rotated_find(&list, "/nonexistent/dir/log"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_name), TEST(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
