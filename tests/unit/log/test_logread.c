// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reading a log: whole, damaged, cut, compressed, and no log at all. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "log/logread.h"

#define LINE(n) "{\"ts\":\"2026-11-21T15:23:2" #n ".5Z\",\"event\":\"syn\",\"n\":" #n "}\n"

struct seen {
	unsigned int n;
	json_int_t sum;
	uint64_t last_ns;
};

static void on_event(void *ctx, const json_t *event, uint64_t ts_ns)
{
	struct seen *seen = ctx;

	seen->n++;
	seen->sum += json_integer_value(json_object_get(event, "n"));
	seen->last_ns = ts_ns;
}

static char path[] = "/tmp/test_logread.XXXXXX";

static void write_file(const void *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
}

static int read_text(struct tw_logread *read, struct seen *seen, const char *text, struct tw_reason *reason)
{
	*seen = (struct seen){ 0 };
	*read = (struct tw_logread){ .event = on_event, .ctx = seen };
	write_file(text, strlen(text));
	return tw_logread_run(read, path, reason);
}

static void test_whole(void **state)
{
	struct tw_reason reason;
	struct tw_logread read;
	struct seen seen;

	assert_int_equal(read_text(&read, &seen, LINE(1) LINE(2) "\n" LINE(3), &reason), 0);
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.sum, 6);
	assert_int_equal(seen.last_ns, 1795274603500000000);
	assert_int_equal(read.odd, 0);
	assert_false(read.cut);
}

static void test_damaged(void **state)
{
	struct tw_reason reason;
	struct tw_logread read;
	struct seen seen;

	assert_int_equal(read_text(&read, &seen, LINE(1) "{\"event\":\n" "[]\n" LINE(2), &reason), 0);
	assert_int_equal(seen.n, 2);
	assert_int_equal(read.odd, 2);
	assert_int_equal(read.first_odd, 2);
}

static void test_cut(void **state)
{
	struct tw_reason reason;
	struct tw_logread read;
	struct seen seen;

	assert_int_equal(read_text(&read, &seen, LINE(1) "{\"ts\":\"2026-11-2", &reason), 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(read.odd, 0);
	assert_true(read.cut);
	/* a whole last line that only lacks its newline */
	assert_int_equal(read_text(&read, &seen, LINE(1) "{\"event\":\"syn\",\"n\":7}", &reason), 0);
	assert_int_equal(seen.sum, 8);
	assert_false(read.cut);
}

static void test_no_log(void **state)
{
	struct tw_reason reason = { .text = "" };
	struct tw_logread read;
	struct seen seen;

	assert_int_equal(read_text(&read, &seen, "Dear diary,\ntoday\n", &reason), -EBADMSG);
	assert_non_null(strstr(reason.text, "is no event log"));
	assert_int_equal(read_text(&read, &seen, "binary without any newline", &reason), -EBADMSG);
	assert_int_equal(read_text(&read, &seen, "", &reason), 0); /* empty, but not wrong */
	assert_int_equal(tw_logread_run(&read, "/nonexistent/log", &reason), -ENOENT);
}

static void test_long_line(void **state)
{
	size_t len = 3 * (size_t)TW_LOGREAD_LINE_MAX;
	char *text = malloc(len + 200);
	struct tw_reason reason;
	struct tw_logread read;
	struct seen seen;

	strcpy(text, LINE(1));
	memset(text + strlen(LINE(1)), 'x', len);
	strcpy(text + strlen(LINE(1)) + len, "\n" LINE(2));
	assert_int_equal(read_text(&read, &seen, text, &reason), 0);
	assert_int_equal(seen.sum, 3);
	assert_true(read.odd > 0);
	free(text);
}

static void test_gzip(void **state)
{
	gzFile gz = gzopen(path, "w");
	struct tw_reason reason;
	struct seen seen = { 0 };
	struct tw_logread read = { .event = on_event, .ctx = &seen };

	gzputs(gz, LINE(1) LINE(2));
	gzclose(gz);
	assert_int_equal(tw_logread_run(&read, path, &reason), 0);
	assert_int_equal(seen.sum, 3);
}

static bool only_two(void *ctx, const char *line, size_t len)
{
	return memmem(line, len, "\"n\":2", 5);
}

static void test_wanted(void **state)
{
	struct tw_reason reason;
	struct seen seen = { 0 };
	struct tw_logread read = { .event = on_event, .wanted = only_two, .ctx = &seen };

	write_file(LINE(1) LINE(2), strlen(LINE(1) LINE(2)));
	assert_int_equal(tw_logread_run(&read, path, &reason), 0);
	assert_int_equal(seen.sum, 2);
}

static void test_time(void **state)
{
	assert_int_equal(tw_logread_time("1970-01-01T00:00:01Z"), 1000000000);
	assert_int_equal(tw_logread_time("1970-01-01T00:00:00.000000001Z"), 1);
	assert_int_equal(tw_logread_time("2026-11-21T15:23:25.187481809Z"), 1795274605187481809);
	assert_int_equal(tw_logread_time("yesterday"), 0);
	assert_int_equal(tw_logread_time("2026-11-21T15:23:25+01:00"), 0);
	assert_int_equal(tw_logread_time(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_no_log),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_time),
	};
	int fd = mkstemp(path), failed;

	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
