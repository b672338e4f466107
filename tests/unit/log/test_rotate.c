// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Rotation of the log: when it is due, and under which name the file goes away. */
#include <fcntl.h>
#include <time.h>

#include "log/rotate.h"
#include "logdir.h"

#define DAY (86400 * S)

static struct tw_rotate *r;

static int setup(void **state)
{
	r = NULL;
	return logdir_setup(state);
}

static int teardown(void **state)
{
	tw_rotate_free(r);
	return logdir_teardown(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static int open_rotate(struct tw_rotate_options options, const char *content, uint64_t wall_ns)
{
	int fd;

	options.keep = options.keep ? options.keep : 10;
	make_file(path, content);
	fd = open(path, O_RDWR | O_APPEND);
	r = tw_rotate_new(&options, path);
	assert_non_null(r);
	tw_rotate_opened(r, fd, wall_ns);
	return fd;
}

static void test_by_size(void **state)
{
	int fd = open_rotate((struct tw_rotate_options){ .size = 1000 }, "0123456789", WALL);

	assert_false(tw_rotate_is_due(r, WALL));
	tw_rotate_wrote(r, 989);
	assert_false(tw_rotate_is_due(r, WALL + 1000 * DAY));
	tw_rotate_wrote(r, 1); /* with the ten that were there */
	assert_true(tw_rotate_is_due(r, WALL));
	close(fd);
}

static uint64_t now_wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * S + t.tv_nsec;
}

static void test_by_time(void **state)
{
	uint64_t midnight = (WALL / DAY + 1) * DAY;
	int fd = open_rotate((struct tw_rotate_options){ .interval_ns = DAY }, "", midnight - S);

	tw_rotate_wrote(r, 100);
	assert_false(tw_rotate_is_due(r, midnight - 1));
	assert_true(tw_rotate_is_due(r, midnight));
	close(fd);
}

/* What nobody wrote to is not rotated, however many nights go by; then the interval of its first line counts. */
static void test_empty_stays(void **state)
{
	uint64_t midnight = (WALL / DAY + 1) * DAY;
	int fd = open_rotate((struct tw_rotate_options){ .interval_ns = DAY }, "", midnight - S);

	assert_false(tw_rotate_is_due(r, midnight + S));
	assert_false(tw_rotate_is_due(r, midnight + DAY + S));
	tw_rotate_wrote(r, 100);
	assert_false(tw_rotate_is_due(r, midnight + DAY + 2 * S));
	assert_true(tw_rotate_is_due(r, midnight + 2 * DAY));
	close(fd);
}

/* What an earlier run left is of the interval in which it was written. */
static void test_of_an_earlier_run(void **state)
{
	int fd = open_rotate((struct tw_rotate_options){ .interval_ns = DAY }, "a line\n", now_wall() + 2 * DAY);

	assert_true(tw_rotate_is_due(r, now_wall() + 2 * DAY));
	close(fd);
}

static void test_no_file(void **state)
{
	struct tw_rotate_options options = { .size = 10, .keep = 1 };
	int fd = open("/dev/null", O_WRONLY);

	r = tw_rotate_new(&options, "/dev/null");
	tw_rotate_opened(r, fd, WALL);
	tw_rotate_wrote(r, 1000);
	assert_false(tw_rotate_is_due(r, WALL));
	close(fd);
}

/* Names never go back and never take the place of another file. */
static void test_away(void **state)
{
	int fd = open_rotate((struct tw_rotate_options){ .size = 10 }, "first", T0 * MS);

	assert_int_equal(tw_rotate_away(r, T0 * MS), 0);
	assert_true(is_there(".20261121T182203.417"));
	make_file(path, "second");
	assert_int_equal(tw_rotate_away(r, (T0 - 60000) * MS), 0); /* the clock was set back */
	assert_true(is_there(".20261121T182203.418"));
	make_file(path, "third");
	assert_int_equal(tw_rotate_away(r, T0 * MS + 2 * MS + 1), 0); /* rounded up */
	assert_true(is_there(".20261121T182203.420"));
	make_file(path, "fourth");
	make_beside(".20261121T182203.421", "somebody's");
	assert_int_equal(tw_rotate_away(r, (T0 + 4) * MS), -EEXIST);
	tw_rotate_wrote(r, 1000);
	assert_false(tw_rotate_is_due(r, (T0 + 4) * MS + 9 * S));
	assert_true(tw_rotate_is_due(r, (T0 + 4) * MS + 10 * S));
	close(fd);
}

/* The clock was ahead in an earlier run: what is closed now is not taken for the oldest. */
static void test_away_after_a_clock_set_back(void **state)
{
	int fd;

	make_beside(".20991231T000000.000.zst", "earlier");
	fd = open_rotate((struct tw_rotate_options){ .size = 10 }, "first", T0 * MS);
	assert_int_equal(tw_rotate_away(r, T0 * MS), 0);
	assert_true(is_there(".20991231T000000.001"));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_size), TEST(test_by_time), TEST(test_empty_stays), TEST(test_of_an_earlier_run),
		TEST(test_no_file), TEST(test_away), TEST(test_away_after_a_clock_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
