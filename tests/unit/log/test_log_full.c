// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A log whose disk is full, or whose reader is slow or gone: what is held, what is lost, and that it is said. */
#include <fcntl.h>

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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, madelog_teardown)

static void open_log(const char *file, uint32_t hold)
{
	struct tw_log_options options = { .path = file, .hold = hold, .trouble = on_trouble };

	assert_int_equal(tw_log_open(&logger, &options), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_full_disk_holds), TEST(test_full_disk_loses_what_finds_no_room),
		TEST(test_rotation_of_a_full_file), TEST(test_close_tells_what_was_not_written),
		TEST(test_slow_reader_never_blocks), TEST(test_reader_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
