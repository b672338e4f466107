// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Following a file: lines back, half lines, rotation by rename and by truncation, and a file that is not there yet. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pack.h"
#include "log/follow.h"
#include "logdir.h"

static char got[2 << 20];
static struct tw_follow *f;

static void on_line(void *ctx, const char *line, size_t len)
{
	strncat(got, line, len);
	strcat(got, "|");
}

static bool is_even(void *ctx, const char *line, size_t len)
{
	return len && (line[len - 1] - '0') % 2 == 0;
}

static bool any(void *ctx, const char *line, size_t len)
{
	return true;
}

static int setup(void **state)
{
	got[0] = '\0';
	f = NULL;
	return logdir_setup(state);
}

static int teardown(void **state)
{
	tw_follow_close(f);
	return logdir_teardown(state);
}

static void open_follow(uint64_t back, bool (*wanted)(void *ctx, const char *line, size_t len))
{
	struct tw_follow_options options = { .path = path, .back = back, .wanted = wanted, .line = on_line };

	assert_int_equal(tw_follow_open(&f, &options), 0);
}

static void expect(const char *text)
{
	assert_true(tw_follow_read(f) >= 0);
	assert_string_equal(got, text);
	got[0] = '\0';
}

static void test_lines_back(void **state)
{
	append(path, "1\n2\n3\n4\n5\n6\n7");
	open_follow(3, any);
	expect("4|5|6|");
	append(path, "7\n");
	expect("77|");
	tw_follow_close(f);
	open_follow(2, is_even);
	expect("4|5|6|77|");
	tw_follow_close(f);
	open_follow(100, any);
	expect("1|2|3|4|5|6|77|");
	tw_follow_close(f);
	open_follow(0, any);
	expect("");
	tw_follow_close(f);
	open_follow(TW_FOLLOW_ALL, any);
	expect("1|2|3|4|5|6|77|");
}

static void test_lines_back_over_blocks(void **state)
{
	char line[5002];

	memset(line, 'x', 5000);
	strcpy(line + 5000, "\n");
	for (int i = 0; i < 20; i++) {
		line[0] = 'a' + i;
		append(path, line);
	}
	open_follow(3, any);
	assert_int_equal(tw_follow_read(f), 1);
	assert_int_equal(strlen(got), 3 * 5001);
	assert_int_equal(got[0], 'a' + 17);
	assert_int_equal(got[10002], 'a' + 19);
}

static void test_half_line_is_waited_for(void **state)
{
	append(path, "one\ntw");
	open_follow(10, any);
	expect("one|");
	append(path, "");
	expect("");
	append(path, "o\nthree\n");
	expect("two|three|");
	append(path, "end");
	expect("");
	tw_follow_last(f);
	assert_string_equal(got, "end|");
}

static void test_rename_and_create(void **state)
{
	append(path, "a\n");
	open_follow(10, any);
	expect("a|");
	append(path, "b\n");
	rename(path, other);
	expect("b|"); /* not there: the old one goes on */
	append(other, "c\n");
	expect("c|");
	append(path, "");
	append(other, "d\n"); /* the new one is there, and nobody writes to it yet */
	expect("d|");
	append(other, "e\n");
	append(path, "f\n");
	expect("e|f|");
	append(path, "g\n");
	expect("g|");
}

static void test_rotation_twice_between_looks(void **state)
{
	append(path, "a\n");
	open_follow(10, any);
	expect("a|");
	for (int i = 0; i < 3; i++) {
		rename(path, other);
		append(path, i == 0 ? "x\n" : i == 1 ? "y\n" : "z\n");
	}
	assert_true(tw_follow_read(f) >= 0);
	assert_string_equal(got, "z|"); /* what nobody can know is not told, and nothing twice */
}

static void test_copytruncate(void **state)
{
	append(path, "a\nb\n");
	open_follow(10, any);
	expect("a|b|");
	assert_int_equal(truncate(path, 0), 0);
	expect("");
	append(path, "c\n");
	expect("c|");
	append(path, "dddddddd\n");
	expect("dddddddd|");
	assert_int_equal(truncate(path, 0), 0);
	append(path, "e\n"); /* shorter than before */
	expect("e|");
}

static void test_missing_file(void **state)
{
	struct tw_follow_options options = { .path = path, .back = 10, .wanted = any, .line = on_line };

	assert_int_equal(tw_follow_open(&f, &options), -ENOENT);
	options.wait_for_it = true;
	assert_int_equal(tw_follow_open(&f, &options), 0);
	expect("");
	append(path, "now\n");
	expect("now|");
	options.path = dir;
	tw_follow_close(f);
	f = NULL;
	assert_int_equal(tw_follow_open(&f, &options), -EISDIR);
}

static void test_deleted_and_made_again(void **state)
{
	append(path, "a\n");
	open_follow(10, any);
	expect("a|");
	unlink(path);
	expect("");
	append(path, "b\n");
	expect("b|");
}

static void test_notices_come(void **state)
{
	char buffer[4096];

	append(path, "a\n");
	open_follow(10, any);
	expect("a|");
	assert_true(tw_follow_fd(f) >= 0);
	assert_true(read(tw_follow_fd(f), buffer, sizeof(buffer)) < 0);
	append(path, "b\n");
	assert_true(read(tw_follow_fd(f), buffer, sizeof(buffer)) > 0);
	rename(path, other);
	assert_true(read(tw_follow_fd(f), buffer, sizeof(buffer)) > 0);
	assert_in_range(tw_follow_pause_ms(f), 1, 1000);
}

static void test_endless_line_is_cut(void **state)
{
	static char block[1 << 16];
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	memset(block, 'x', sizeof(block));
	open_follow(10, any);
	for (int i = 0; i < 17; i++) {
		got[0] = '\0';
		assert_int_equal(write(fd, block, sizeof(block)), sizeof(block));
		tw_follow_read(f);
	}
	close(fd);
	tw_follow_last(f);
	assert_int_equal(strlen(got), sizeof(block) + 1);
}

/* --- files that tcpwhy closed itself --- */

static char closed[5][160];

/* The log is closed under the name of that millisecond: PATH.20261121T182203.NNN */
static void close_as(unsigned int i, unsigned int ms)
{
	snprintf(closed[i], sizeof(closed[i]), "%s.20261121T182203.%03u", path, ms);
	assert_int_equal(rename(path, closed[i]), 0);
}

static void pack(unsigned int i)
{
	atomic_bool stop = false;
	char packed[200];

	snprintf(packed, sizeof(packed), "%s.zst", closed[i]);
	assert_int_equal(tw_pack_file(closed[i], packed, false, &stop), 0);
	unlink(closed[i]);
	strcpy(closed[i], packed);
}

static void remove_closed(void)
{
	for (int i = 0; i < 5; i++)
		unlink(closed[i]);
}

/* Three files were closed since the last look, one of them is compressed; an older one does not matter. */
static void test_files_between(void **state)
{
	append(path, "old\n");
	close_as(0, 100);
	append(path, "1\n");
	open_follow(10, any);
	expect("1|");
	append(path, "2\n");
	close_as(1, 200);
	append(path, "3\n");
	close_as(2, 300);
	append(path, "4\n5");
	close_as(3, 400);
	pack(2);
	append(path, "6\n");
	expect("2|3|4|5|6|");
	append(path, "7\n");
	expect("7|");
	remove_closed();
}

/* The very file that was read is compressed, and so not to be known by its inode: nothing comes twice. */
static void test_own_file_is_packed(void **state)
{
	struct timespec times[2] = { { .tv_sec = 1795285323, .tv_nsec = 150 * MS }, { .tv_sec = 1795285323, .tv_nsec = 150 * MS } };

	append(path, "old\n");
	close_as(0, 100);
	append(path, "1\n");
	utimensat(AT_FDCWD, path, times, 0);
	open_follow(10, any);
	expect("1|");
	close_as(1, 200);
	append(path, "2\n");
	close_as(2, 300);
	pack(1);
	append(path, "3\n");
	expect("2|3|");
	remove_closed();
}

/* Somebody else's rotation between ours. */
static void test_files_between_and_logrotate(void **state)
{
	append(path, "old\n");
	close_as(0, 100);
	append(path, "1\n");
	open_follow(10, any);
	expect("1|");
	rename(path, other);
	append(path, "2\n");
	expect("2|");
	remove_closed();
}

static void test_packed_file(void **state)
{
	append(path, "1\n2\n3\n4\n5\n6");
	close_as(0, 1);
	pack(0);
	assert_int_equal(rename(closed[0], path), 0);
	open_follow(2, any);
	assert_true(tw_follow_is_packed(f));
	expect("5|6|");
	expect("");
	tw_follow_close(f);
	open_follow(2, is_even);
	expect("4|5|6|");
	tw_follow_close(f);
	open_follow(0, any);
	expect("");
	tw_follow_close(f);
	open_follow(TW_FOLLOW_ALL, any);
	expect("1|2|3|4|5|6|");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_lines_back),
		T(test_lines_back_over_blocks),
		T(test_half_line_is_waited_for),
		T(test_rename_and_create),
		T(test_rotation_twice_between_looks),
		T(test_copytruncate),
		T(test_missing_file),
		T(test_deleted_and_made_again),
		T(test_notices_come),
		T(test_endless_line_is_cut),
		T(test_files_between),
		T(test_own_file_is_packed),
		T(test_files_between_and_logrotate),
		T(test_packed_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
