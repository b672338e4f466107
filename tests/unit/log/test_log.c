// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The log's file: when lines get there, what was there before, what is made of it meanwhile, who else writes to it. */
#include <sys/stat.h>

#include "madelog.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, madelog_setup, madelog_teardown)

static void open_log(const char *file)
{
	struct tw_log_options options = { .path = file };

	assert_int_equal(tw_log_open(&logger, &options), 0);
}

static off_t file_size(const char *file)
{
	struct stat st;

	return stat(file, &st) ? -1 : st.st_size;
}

static void test_written_after_100_ms(void **state)
{
	struct tw_log_stats stats;
	uint64_t lost;

	open_log(path);
	log_one(1);
	assert_int_equal(tw_log_tick(logger, 10 * S), 0);
	assert_int_equal(file_size(path), 0);
	assert_int_equal(tw_log_tick(logger, 10 * S + 99 * MS), 0);
	assert_int_equal(file_size(path), 0);
	assert_int_equal(tw_log_tick(logger, 10 * S + 100 * MS), 0);
	assert_int_equal(read_lines(path, &lost), 1);
	log_one(2);
	tw_log_tick(logger, 10 * S + 110 * MS);
	assert_int_equal(read_lines(path, &lost), 1);
	assert_int_equal(tw_log_flush(logger), 0);
	assert_int_equal(read_lines(path, &lost), 2);
	tw_log_stats(logger, &stats);
	assert_int_equal(stats.written, 2);
	assert_int_equal(stats.bytes, file_size(path));
	check_sum();
}

static void test_many_lines_need_no_clock(void **state)
{
	open_log(path);
	log_from(0, 1000);
	assert_true(file_size(path) > 100000);
	check_sum();
}

static void test_appends(void **state)
{
	uint64_t lost;

	for (unsigned int i = 0; i < 3; i++) {
		open_log(path);
		log_one(i);
		close_log();
	}
	assert_int_equal(read_lines(path, &lost), 3);
}

/* What a crash left without its end must not take our first line with it. */
static void test_cut_line_is_ended(void **state)
{
	FILE *f = fopen(path, "w");
	char line[16] = "";

	fputs("{\"ts\":\"20", f);
	fclose(f);
	open_log(path);
	log_one(1);
	tw_log_flush(logger);
	f = fopen(path, "r");
	assert_non_null(fgets(line, sizeof(line), f));
	assert_string_equal(line, "{\"ts\":\"20\n");
	assert_non_null(fgets(line, sizeof(line), f));
	assert_memory_equal(line, "{\"ts\":\"2023", 11);
	fclose(f);
}

static void test_rotation(void **state)
{
	uint64_t lost;

	open_log(path);
	log_one(1);
	assert_int_equal(rename(path, other), 0);
	log_one(2);
	assert_int_equal(tw_log_reopen(logger), 0);
	log_one(3);
	tw_log_flush(logger);
	assert_int_equal(read_lines(other, &lost), -1 + 2 + 1); /* what came before goes where it belonged */
	assert_int_equal(read_lines(path, &lost), 1);
}

static void test_failed_reopen_keeps_the_old_file(void **state)
{
	uint64_t lost;

	open_log(path);
	rename(path, other);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(tw_log_reopen(logger), -EISDIR);
	rmdir(path);
	log_one(1);
	tw_log_flush(logger);
	assert_int_equal(read_lines(other, &lost), 1);
}

static void test_cannot_open(void **state)
{
	struct tw_log_options options = { .path = "/nonexistent/dir/events" };

	assert_int_equal(tw_log_open(&logger, &options), -ENOENT);
	assert_null(logger);
}

static void test_deleted_file_is_replaced(void **state)
{
	struct tw_log_stats stats;
	uint64_t lost;

	open_log(path);
	log_one(1);
	tw_log_tick(logger, 2 * S);
	tw_log_tick(logger, 3 * S);
	assert_int_equal(unlink(path), 0);
	tw_log_tick(logger, 5 * S);
	log_one(2);
	tw_log_tick(logger, 6 * S);
	tw_log_tick(logger, 7 * S);
	assert_int_equal(read_lines(path, &lost), 1);
	tw_log_stats(logger, &stats);
	assert_int_equal(stats.written, 2);
}

static void test_another_writer_is_refused(void **state)
{
	struct tw_log_options options = { .path = path };
	struct tw_log *second = NULL;

	open_log(path);
	assert_int_equal(tw_log_open(&second, &options), -EBUSY);
	assert_int_equal(tw_log_reopen(logger), 0); /* its own lock is no other's */
	options.wait = 1;
	assert_int_equal(tw_log_open(&second, &options), 0);
	tw_log_close(second);
}

static unsigned int n_lines;

static void on_line(void *ctx, const char *json, size_t len)
{
	assert_int_equal(strlen(json), len);
	assert_memory_equal(json, "{\"ts\":", 6);
	n_lines++;
}

static void test_view_without_file(void **state)
{
	struct tw_log_options options = { .no_file = 1, .line = on_line };

	assert_int_equal(tw_log_open(&logger, &options), 0);
	log_from(0, 100000);
	assert_int_equal(n_lines, 100000);
	assert_int_equal(tw_log_flush(logger), 0);
	check_sum();
	close_log();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_written_after_100_ms), TEST(test_many_lines_need_no_clock), TEST(test_appends),
		TEST(test_cut_line_is_ended), TEST(test_rotation), TEST(test_failed_reopen_keeps_the_old_file),
		TEST(test_cannot_open), TEST(test_deleted_file_is_replaced), TEST(test_another_writer_is_refused),
		TEST(test_view_without_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
