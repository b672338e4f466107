// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The log with rotation: no line is lost or doubled by it, compressed or not, on a full disk, beside logrotate. */
#include <jansson.h>

#include "log/rotated.h"
#include "madelog.h"
#include "unpack.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, madelog_setup, madelog_teardown)

static void open_log(struct tw_rotate_options rotate)
{
	struct tw_log_options options = { .path = path, .rotate = rotate };

	assert_int_equal(tw_log_open(&logger, &options), 0);
}

/* The lines of a file must be those of events *@next and on. */
static void check_lines(const char *file, unsigned int *next)
{
	size_t len;
	char *text = read_file(file, &len), *line = text, *end;

	while ((end = strchr(line, '\n'))) {
		json_t *json;

		*end = '\0';
		json = json_loads(line, 0, NULL);
		if (!json)
			fail_msg("%s: not JSON: %s", file, line);
		assert_int_equal(json_integer_value(json_object_get(json, "seq")), *next);
		json_decref(json);
		(*next)++;
		line = end + 1;
	}
	assert_int_equal(*line, 0);
	free(text);
}

/* All files, oldest first; the first event in them may be a later one than 0. Returns how many files. */
static unsigned int check_all(unsigned int first, unsigned int n)
{
	struct tw_rotated_list list;
	unsigned int files;

	assert_int_equal(tw_rotated_find(&list, path), 0);
	for (size_t i = 0; i < list.n; i++)
		check_lines(list.file[i].path, &first);
	check_lines(path, &first);
	assert_int_equal(first, n);
	files = list.n + 1;
	tw_rotated_release(&list);
	return files;
}

static void test_no_line_is_lost(void **state)
{
	struct tw_log_stats stats;
	unsigned int files;

	open_log((struct tw_rotate_options){ .size = 64 << 10, .keep = 1000 });
	log_from(0, 10000);
	tw_log_stats(logger, &stats);
	close_log();
	files = check_all(0, 10000);
	assert_true(files > 20);
	assert_in_range(stats.rotations, files - 2, files - 1);
}

/* The same with a file that is compressed while the next ones are written; what is not yet done when the log is closed
 * is done by the next run. */
static void test_compressed(void **state)
{
	struct tw_rotated_list list;
	bool all = false;

	open_log((struct tw_rotate_options){ .size = 64 << 10, .keep = 1000, .compress = true,
					     .sync = TW_SYNC_SECOND });
	for (unsigned int i = 0; i < 10000; i++) {
		log_one(i);
		if (i % 100 == 0)
			tw_log_tick(logger, i * 10 * MS);
	}
	close_log();
	assert_true(check_all(0, 10000) > 20);
	open_log((struct tw_rotate_options){ .size = 64 << 10, .keep = 1000, .compress = true });
	log_from(10000, 10400); /* more than a file */
	for (int i = 0; i < 1000 && !all; i++) {
		usleep(20000);
		assert_int_equal(tw_rotated_find(&list, path), 0);
		all = true;
		for (size_t k = 0; k < list.n; k++)
			all &= list.file[k].packed;
		tw_rotated_release(&list);
	}
	assert_true(all);
	tw_log_flush(logger);
	check_all(0, 10400);
}

static size_t count_rotated(void)
{
	struct tw_rotated_list list;
	size_t n;

	assert_int_equal(tw_rotated_find(&list, path), 0);
	n = list.n;
	tw_rotated_release(&list);
	return n;
}

static void test_keep(void **state)
{
	open_log((struct tw_rotate_options){ .size = 64 << 10, .keep = 3 });
	make_beside(".old", "somebody's");
	make_beside(".20200101T000000.000.zst", "ours, of an earlier run");
	log_from(0, 5000);
	for (int i = 0; i < 1000 && count_rotated() > 3; i++)
		usleep(20000);
	assert_int_equal(count_rotated(), 3);
	assert_true(is_there(".old"));
	assert_false(is_there(".20200101T000000.000.zst"));
}

/* The directory takes no new names: the log goes on in the same file, and nothing is lost. */
static void test_cannot_rotate(void **state)
{
	char long_path[300];
	unsigned int next = 0;

	/* a name that is as long as names may be has no room for a time */
	memset(long_path, 0, sizeof(long_path));
	snprintf(long_path, sizeof(long_path), "%s/", dir);
	memset(long_path + strlen(long_path), 'x', 250);
	struct tw_log_options options = { .path = long_path, .rotate = { .size = 64 << 10, .keep = 3 } };

	assert_int_equal(tw_log_open(&logger, &options), 0);
	log_from(0, 2000);
	close_log();
	check_lines(long_path, &next);
	assert_int_equal(next, 2000);
}

/* The disk is full in the middle of a line, and of rotations: what is held goes on where it was cut. */
static void test_full_disk(void **state)
{
	struct tw_log_stats stats;

	open_log((struct tw_rotate_options){ .size = 128 << 10, .keep = 100 });
	log_from(0, 1000);
	tw_log_flush(logger);
	set_limit(100001);
	log_from(1000, 3000);
	tw_log_tick(logger, 1 * S);
	tw_log_tick(logger, 2 * S);
	tw_log_stats(logger, &stats);
	assert_int_equal(stats.error, -EFBIG);
	assert_true(stats.held > 0);
	set_limit(RLIM_INFINITY);
	tw_log_tick(logger, 3 * S);
	tw_log_tick(logger, 4 * S);
	log_from(3000, 4000);
	close_log();
	assert_true(check_all(0, 4000) > 3);
}

/* Somebody else (logrotate) renames it meanwhile. */
static void test_beside_logrotate(void **state)
{
	unsigned int next = 0;

	open_log((struct tw_rotate_options){ .size = 64 << 10, .keep = 100 });
	log_from(0, 100);
	rename(path, other);
	assert_int_equal(tw_log_reopen(logger), 0);
	log_from(100, 1000);
	close_log();
	check_lines(other, &next);
	assert_int_equal(next, 100);
	check_all(100, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_line_is_lost), TEST(test_compressed), TEST(test_keep), TEST(test_cannot_rotate),
		TEST(test_full_disk), TEST(test_beside_logrotate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
