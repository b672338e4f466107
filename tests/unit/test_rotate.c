// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Rotation of the log: when, under which names, what stays, compression; and that no line is lost or doubled by it. */
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "log_option.h"
#include "made.h"
#include "pack.h"
#include "rotate.h"
#include "rotated.h"
#include "stream.h"

#define T0 (1795285323417ull) /* 2026-11-21T18:22:03.417Z, in ms */
#define DAY (86400 * S)

static char dir[64], path[96];
static struct tw_log *logger;
static struct tw_rotate *r;

static int setup(void **state)
{
	strcpy(dir, "/tmp/tcpwhy-rotate-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/events", dir);
	logger = NULL;
	r = NULL;
	return 0;
}

static int teardown(void **state)
{
	char name[400];
	struct dirent *entry;
	DIR *d;

	tw_log_close(logger);
	tw_rotate_free(r);
	d = opendir(dir);
	while ((entry = readdir(d))) {
		snprintf(name, sizeof(name), "%s/%s", dir, entry->d_name);
		if (unlink(name))
			rmdir(name);
	}
	closedir(d);
	rmdir(dir);
	return 0;
}

static void make_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void make_beside(const char *suffix, const char *text)
{
	char name[300];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	make_file(name, text);
}

static bool is_there(const char *suffix)
{
	char name[300];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return !access(name, F_OK);
}

/* --- names --- */

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
		".20261121T182203.417.gz", ".20261121T182203.417.zst.part", ".20261121-182203.417", "x.20261121T182203.417",
		".2026112xT182203.417", "20261121T182203.417",
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

/* --- when --- */

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

/* --- compression --- */

/* All of a file, decompressed. */
static char *read_file(const char *name, size_t *len)
{
	static const struct tw_stream_options none;
	struct tw_stream *stream;
	struct tw_reason reason = { "" };
	char *text;
	ssize_t n;

	if (tw_stream_open(&stream, name, &none, &reason))
		fail_msg("%s", reason.text);
	n = tw_stream_fill(stream, TW_STREAM_PEEK_MAX, &reason);
	if (n < 0)
		fail_msg("%s", reason.text);
	text = malloc(n + 1);
	memcpy(text, tw_stream_window(stream)->at, n);
	text[n] = '\0';
	*len = n;
	tw_stream_close(stream);
	return text;
}

static void test_pack(void **state)
{
	static char text[1000001];
	atomic_bool stop = false;
	struct stat st;
	char packed[120];
	size_t len;
	char *back;

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = "tcpwhy\n"[i * 2654435761u % 7];
	make_file(path, text);
	chmod(path, 0640);
	snprintf(packed, sizeof(packed), "%s.zst", path);
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
	char packed[120];
	size_t len;

	make_file(path, "");
	snprintf(packed, sizeof(packed), "%s.zst", path);
	assert_int_equal(tw_pack_file(path, packed, false, &stop), 0);
	free(read_file(packed, &len));
	assert_int_equal(len, 0);
}

static void test_pack_fails(void **state)
{
	atomic_bool stop = true;
	char packed[120];

	make_file(path, "text");
	snprintf(packed, sizeof(packed), "%s.zst", path);
	assert_int_equal(tw_pack_file(path, packed, false, &stop), -ECANCELED);
	stop = false;
	assert_int_equal(tw_pack_file("/nonexistent/file", packed, false, &stop), -ENOENT);
	assert_int_equal(tw_pack_file(path, "/nonexistent/file", false, &stop), -ENOENT);
	assert_false(is_there(".zst"));
	assert_false(is_there(".zst.part"));
}

/* --- with the log --- */

static void open_log(struct tw_rotate_options rotate)
{
	struct tw_log_options options = { .path = path, .rotate = rotate };

	assert_int_equal(tw_log_open(&logger, &options), 0);
}

static void log_one(uint64_t id)
{
	struct tw_event e = made_syn(id, id);
	struct tw_conn_name name = { .id = id, .family = 4 };
	struct tw_record record = { .type = e.type, .ts_ns = WALL + id, .event = &e, .conn = &name };

	e.seq = id;
	tw_log_record(logger, &record);
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
	for (unsigned int i = 0; i < 10000; i++)
		log_one(i);
	tw_log_stats(logger, &stats);
	assert_int_equal(tw_log_close(logger), 0);
	logger = NULL;
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

	open_log((struct tw_rotate_options){ .size = 64 << 10, .keep = 1000, .compress = true, .sync = TW_SYNC_SECOND });
	for (unsigned int i = 0; i < 10000; i++) {
		log_one(i);
		if (i % 100 == 0)
			tw_log_tick(logger, i * 10 * MS);
	}
	tw_log_close(logger);
	logger = NULL;
	assert_true(check_all(0, 10000) > 20);
	open_log((struct tw_rotate_options){ .size = 64 << 10, .keep = 1000, .compress = true });
	for (unsigned int i = 10000; i < 10400; i++) /* more than a file */
		log_one(i);
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
	for (unsigned int i = 0; i < 5000; i++)
		log_one(i);
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
	for (unsigned int i = 0; i < 2000; i++)
		log_one(i);
	assert_int_equal(tw_log_close(logger), 0);
	logger = NULL;
	check_lines(long_path, &next);
	assert_int_equal(next, 2000);
}

static void set_limit(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The disk is full in the middle of a line, and of rotations: what is held goes on where it was cut. */
static void test_full_disk(void **state)
{
	struct tw_log_stats stats;

	open_log((struct tw_rotate_options){ .size = 128 << 10, .keep = 100 });
	for (unsigned int i = 0; i < 1000; i++)
		log_one(i);
	tw_log_flush(logger);
	set_limit(100001);
	for (unsigned int i = 1000; i < 3000; i++)
		log_one(i);
	tw_log_tick(logger, 1 * S);
	tw_log_tick(logger, 2 * S);
	tw_log_stats(logger, &stats);
	assert_int_equal(stats.error, -EFBIG);
	assert_true(stats.held > 0);
	set_limit(RLIM_INFINITY);
	tw_log_tick(logger, 3 * S);
	tw_log_tick(logger, 4 * S);
	for (unsigned int i = 3000; i < 4000; i++)
		log_one(i);
	assert_int_equal(tw_log_close(logger), 0);
	logger = NULL;
	assert_true(check_all(0, 4000) > 3);
}

/* Somebody else (logrotate) renames it meanwhile. */
static void test_beside_logrotate(void **state)
{
	unsigned int next = 0;
	char other[120];

	snprintf(other, sizeof(other), "%s.1", path);
	open_log((struct tw_rotate_options){ .size = 64 << 10, .keep = 100 });
	for (unsigned int i = 0; i < 100; i++)
		log_one(i);
	rename(path, other);
	assert_int_equal(tw_log_reopen(logger), 0);
	for (unsigned int i = 100; i < 1000; i++)
		log_one(i);
	tw_log_close(logger);
	logger = NULL;
	check_lines(other, &next);
	assert_int_equal(next, 100);
	check_all(100, 1000);
}

/* --- options --- */

struct fields {
	uint64_t number;
	enum tw_sync sync;
};

static void takes(tw_option_parse parse, const char *value, uint64_t expected)
{
	static const struct tw_option option = { .name = "x", .at = offsetof(struct fields, number) };
	struct tw_reason reason;
	struct fields fields = { 0 };

	if (parse(&fields, &option, value, &reason))
		fail_msg("%s", reason.text);
	assert_int_equal(fields.number, expected);
}

static void refuses(tw_option_parse parse, const char *value)
{
	static const struct tw_option option = { .name = "x", .at = offsetof(struct fields, number) };
	struct tw_reason reason;
	struct fields fields = { .number = 77 };

	if (parse(&fields, &option, value, &reason) != -EINVAL)
		fail_msg("\"%s\" was taken", value);
	assert_int_equal(fields.number, 77);
}

static void test_options(void **state)
{
	static const char *const wrong[] = { "", "x", "-1", "+1", " 1", "1 ", "1.5", "0", "1x", "1MM", "99999999999999999999",
					     "18446744073709551615G", "M" };
	static const struct tw_option option = { .name = "sync", .at = offsetof(struct fields, sync) };
	struct tw_reason reason;
	struct fields fields;

	takes(tw_take_size, "65536", 65536);
	takes(tw_take_size, "64k", 65536);
	takes(tw_take_size, "100M", 100 << 20);
	takes(tw_take_size, "2G", 2ull << 30);
	refuses(tw_take_size, "63k");
	refuses(tw_take_size, "1025G");
	takes(tw_take_span, "90", 90 * S);
	takes(tw_take_span, "90s", 90 * S);
	takes(tw_take_span, "30m", 1800 * S);
	takes(tw_take_span, "12h", 43200 * S);
	takes(tw_take_span, "1d", DAY);
	refuses(tw_take_span, "367d");
	refuses(tw_take_span, "1M");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		refuses(tw_take_size, wrong[i]);
		refuses(tw_take_span, wrong[i]);
	}
	assert_int_equal(tw_take_sync(&fields, &option, "second", &reason), 0);
	assert_int_equal(fields.sync, TW_SYNC_SECOND);
	assert_int_equal(tw_take_sync(&fields, &option, "often", &reason), -EINVAL);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_name),
		T(test_find),
		T(test_by_size),
		T(test_by_time),
		T(test_empty_stays),
		T(test_of_an_earlier_run),
		T(test_no_file),
		T(test_away),
		T(test_away_after_a_clock_set_back),
		T(test_pack),
		T(test_pack_empty),
		T(test_pack_fails),
		T(test_no_line_is_lost),
		T(test_compressed),
		T(test_keep),
		T(test_cannot_rotate),
		T(test_full_disk),
		T(test_beside_logrotate),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
