// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The log's file: when lines get there, rotation, a full disk, a reader that is slow or gone. */
#include <fcntl.h>
#include <jansson.h>
#include <sys/stat.h>

#include "madelog.h"

static unsigned int n_trouble, n_relief;
static uint64_t lost_said;

static void on_trouble(void *ctx, const char *name, int error, uint64_t lost)
{
	assert_non_null(name);
	if (error) {
		n_trouble++;
		return;
	}
	n_relief++;
	lost_said = lost;
}

static int setup(void **state)
{
	n_trouble = n_relief = 0;
	lost_said = 0;
	return madelog_setup(state);
}

static void open_log(const char *file, uint32_t hold)
{
	struct tw_log_options options = { .path = file, .hold = hold, .trouble = on_trouble };

	assert_int_equal(tw_log_open(&logger, &options), 0);
}

/* Lines of a file that are whole and JSON; the sum of `count` of events_lost in *@lost. */
static unsigned int read_lines(const char *file, uint64_t *lost)
{
	FILE *f = fopen(file, "r");
	char line[TW_LOG_LINE_MAX];
	unsigned int n = 0;

	*lost = 0;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		json_t *json = json_loads(line, 0, NULL);

		if (!json)
			fail_msg("line %u is not JSON: %s", n + 1, line);
		*lost += json_integer_value(json_object_get(json, "count"));
		json_decref(json);
		n++;
	}
	fclose(f);
	return n;
}

static off_t file_size(const char *file)
{
	struct stat st;

	return stat(file, &st) ? -1 : st.st_size;
}

static void check_sum(void)
{
	struct tw_log_stats stats;

	tw_log_stats(logger, &stats);
	assert_int_equal(stats.lines, stats.written + stats.held + stats.lost);
}

static void test_written_after_100_ms(void **state)
{
	struct tw_log_stats stats;
	uint64_t lost;

	open_log(path, 0);
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
	open_log(path, 0);
	log_from(0, 1000);
	assert_true(file_size(path) > 100000);
	check_sum();
}

static void test_appends(void **state)
{
	uint64_t lost;

	for (unsigned int i = 0; i < 3; i++) {
		open_log(path, 0);
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
	open_log(path, 0);
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

	open_log(path, 0);
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

	open_log(path, 0);
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

static void test_full_disk_holds(void **state)
{
	struct tw_log_stats stats;
	uint64_t lost;

	open_log(path, 0);
	set_limit(10000); /* ends within a line */
	log_from(0, 100);
	assert_true(tw_log_flush(logger) < 0);
	assert_int_equal(n_trouble, 1);
	tw_log_stats(logger, &stats);
	assert_int_equal(stats.lost, 0);
	assert_true(stats.held > 0);
	assert_true(tw_log_tick(logger, 1 * S) < 0);
	assert_true(tw_log_tick(logger, 2 * S) < 0);
	assert_int_equal(n_trouble, 1); /* said once */
	check_sum();
	set_limit(RLIM_INFINITY);
	tw_log_tick(logger, 3 * S);
	assert_int_equal(tw_log_tick(logger, 4 * S), 0);
	assert_int_equal(n_relief, 1);
	assert_int_equal(read_lines(path, &lost), 100);
	assert_int_equal(lost, 0);
	check_sum();
}

static void test_full_disk_loses_what_finds_no_room(void **state)
{
	struct tw_log_stats stats;
	uint64_t lost;
	unsigned int n;

	open_log(path, 64 << 10);
	set_limit(5000);
	log_from(0, 1000);
	tw_log_flush(logger);
	tw_log_stats(logger, &stats);
	assert_int_equal(stats.lines, 1000);
	assert_true(stats.lost > 500);
	check_sum();
	set_limit(RLIM_INFINITY);
	assert_int_equal(tw_log_flush(logger), 0);
	n = read_lines(path, &lost);
	assert_int_equal(lost, stats.lost);
	assert_int_equal(lost_said, stats.lost);
	assert_int_equal(n + lost, 1001); /* and the one that says so */
	log_one(1);
	assert_int_equal(tw_log_flush(logger), 0);
	assert_int_equal(read_lines(path, &lost), n + 1);
	check_sum();
}

/* What the full disk cut off is whole in the file that comes after rotation. */
static void test_rotation_of_a_full_file(void **state)
{
	uint64_t lost;
	FILE *f;

	open_log(path, 0);
	set_limit(1000);
	log_from(0, 10);
	tw_log_flush(logger);
	rename(path, other);
	assert_int_equal(tw_log_reopen(logger), 0);
	set_limit(RLIM_INFINITY);
	assert_int_equal(tw_log_flush(logger), 0);
	f = fopen(other, "a"); /* end the half line, to count lines */
	assert_true(read_lines(path, &lost) >= 7);
	fclose(f);
	check_sum();
}

static void test_close_tells_what_was_not_written(void **state)
{
	open_log("/dev/full", 0);
	log_one(1);
	log_one(2);
	assert_int_equal(tw_log_close(logger), 2);
	logger = NULL;
	assert_int_equal(n_trouble, 1);
}

/* Standard output becomes the writing end of a pipe. */
static int pipe_output(int *saved)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fflush(stdout);
	*saved = dup(STDOUT_FILENO);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	return fds[0];
}

static void restore_output(int saved)
{
	dup2(saved, STDOUT_FILENO);
	close(saved);
}

static void test_slow_reader_never_blocks(void **state)
{
	static char got[4 << 20];
	struct tw_log_stats stats;
	size_t n = 0, lines = 0;
	int saved, in;
	ssize_t k;

	in = pipe_output(&saved);
	open_log(NULL, 1 << 20);
	log_from(0, 10000);
	tw_log_stats(logger, &stats);
	check_sum();
	assert_true(stats.lost > 0);
	fcntl(in, F_SETFL, O_NONBLOCK);
	for (uint64_t t = 1; t < 2000; t++) {
		tw_log_tick(logger, t * S);
		while ((k = read(in, got + n, sizeof(got) - n)) > 0)
			n += k;
	}
	restore_output(saved);
	for (size_t i = 0; i < n; i++)
		lines += got[i] == '\n';
	tw_log_stats(logger, &stats);
	assert_int_equal(stats.held, 0);
	assert_int_equal(lines, stats.written);
	assert_int_equal(lines + stats.lost, 10001);
	assert_int_equal(n_trouble, 1);
	assert_int_equal(n_relief, 1);
	close(in);
}

static void test_deleted_file_is_replaced(void **state)
{
	struct tw_log_stats stats;
	uint64_t lost;

	open_log(path, 0);
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

	open_log(path, 0);
	assert_int_equal(tw_log_open(&second, &options), -EBUSY);
	assert_int_equal(tw_log_reopen(logger), 0); /* its own lock is no other's */
	options.wait = 1;
	assert_int_equal(tw_log_open(&second, &options), 0);
	tw_log_close(second);
}

static void test_reader_gone(void **state)
{
	int saved, in;

	signal(SIGPIPE, SIG_IGN);
	in = pipe_output(&saved);
	open_log(NULL, 0);
	close(in);
	log_one(1);
	assert_int_equal(tw_log_flush(logger), -EPIPE);
	restore_output(saved);
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

#define T(name) cmocka_unit_test_setup_teardown(name, setup, madelog_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_written_after_100_ms),
		T(test_many_lines_need_no_clock),
		T(test_appends),
		T(test_cut_line_is_ended),
		T(test_rotation),
		T(test_failed_reopen_keeps_the_old_file),
		T(test_cannot_open),
		T(test_full_disk_holds),
		T(test_full_disk_loses_what_finds_no_room),
		T(test_rotation_of_a_full_file),
		T(test_close_tells_what_was_not_written),
		T(test_slow_reader_never_blocks),
		T(test_deleted_file_is_replaced),
		T(test_another_writer_is_refused),
		T(test_reader_gone),
		T(test_view_without_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
