// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The flight recorder: which packets it writes, when, and what stands beside them. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "recorder.h"
#include "verdict.h"

#define S TW_NS_PER_SEC
#define MS TW_NS_PER_MS
#define WALL 1700000000000000000LL /* wall clock at time 0 */
#define DEPTH 4
#define CONN 77

static char dir[64];
static struct tw_recorder *recorder;
static struct tw_reason reason;
static struct tw_recorder_stats stats;
static struct tw_recent *kept; /* what the kernel still has */
static char notice[512];
static uint64_t now_ns;

static int recent(void *ctx, uint64_t id, struct tw_recent *to)
{
	if (id != CONN || !kept)
		return -ENOENT;
	memcpy(to, kept, TW_RECENT_SIZE(DEPTH));
	return 0;
}

static const char *iface_name(void *ctx, uint32_t ifindex)
{
	return ifindex == 2 ? "eth0" : NULL;
}

static void on_notice(void *ctx, const char *text)
{
	snprintf(notice, sizeof(notice), "%s", text);
}

static void tick(uint64_t ns)
{
	now_ns = ns;
	tw_recorder_tick(recorder, ns, WALL);
}

static int setup(void **state)
{
	struct tw_recorder_options options = {
		.file_bytes = 1 << 20, .files = 2, .depth = DEPTH, .recent = recent, .iface_name = iface_name,
		.notice = on_notice,
	};
	static char path[96];

	strcpy(dir, "/tmp/test_recorder.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/e.pcapng", dir);
	options.path = path;
	notice[0] = '\0';
	assert_int_equal(tw_recorder_new(&recorder, &options, &reason), 0);
	kept = calloc(1, TW_RECENT_SIZE(DEPTH));
	tick(1 * S);
	return !kept;
}

static int teardown(void **state)
{
	char command[128];

	tw_recorder_free(recorder);
	free(kept);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

/* --- packets --- */

static struct tw_evidence packet(uint64_t id, uint64_t number, uint64_t ts_ns)
{
	struct tw_evidence e = {
		.ready = number, .number = number, .conn = id, .ts_ns = ts_ns, .len = 1000 + number, .point = 2 << 1 | 1,
		.cap = 60, .l2 = 14,
	};

	memset(e.bytes, number, sizeof(e.bytes));
	return e;
}

static void give(uint64_t id, uint64_t number, uint64_t ts_ns)
{
	struct tw_evidence e = packet(id, number, ts_ns);

	tw_recorder_packet(recorder, &e, sizeof(e));
}

static void keep_in_kernel(unsigned int slot, struct tw_evidence e)
{
	kept->slot[slot] = e;
}

/* --- records --- */

static struct tw_conn_name name = { .family = 4 };

static void event(unsigned int type, uint64_t id, uint64_t ts_ns, unsigned int cause)
{
	struct tw_event e = { .type = type, .conn = id, .ts_ns = ts_ns, .flags = TW_EF_TUPLE };
	struct tw_record record = { .type = type, .ts_ns = ts_ns + WALL, .event = &e, .conn = &name };

	if (type == TW_EV_RESET) {
		e.reset.cause = cause;
		e.reset.stage = TW_STAGE_LATER;
	}
	name.id = id;
	tw_recorder_record(recorder, &record);
}

static void timeout(uint64_t id, uint64_t ts_ns)
{
	struct tw_record record = { .type = TW_EV_CONNECT_TIMEOUT, .ts_ns = ts_ns + WALL, .conn = &name };

	record.timeout.attempts = 2;
	record.timeout.waited_ns = 3 * S;
	name.id = id;
	tw_recorder_record(recorder, &record);
}

static void end(uint64_t id, enum tw_verdict verdict)
{
	struct tw_flow flow = { .id = id };
	struct tw_judgement judgement = { .list = { verdict }, .count = 1, .why = "That is why." };
	struct tw_record record = { .type = TW_EV_CONNECTION, .ts_ns = now_ns + WALL, .conn = &name };

	record.final.flow = &flow;
	record.final.judgement = &judgement;
	name.id = id;
	tw_recorder_record(recorder, &record);
}

/* --- what was written --- */

static char file[1 << 20];
static size_t size;

static void read_file(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[512];
	FILE *in;

	size = 0;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		in = fopen(path, "r");
		size += fread(file + size, 1, sizeof(file) - size, in);
		fclose(in);
	}
	closedir(d);
}

static uint32_t get32(size_t at)
{
	uint32_t v;

	memcpy(&v, file + at, sizeof(v));
	return v;
}

/* The comment of the nth packet (from 0), and its number, time and interface. NULL: there are not as many. */
static const char *written(unsigned int n, unsigned int *number, uint64_t *ts_ns)
{
	static char comment[4096];
	unsigned int seen = 0;

	for (size_t at = 0; at < size; at += get32(at + 4)) {
		size_t option = at + 28 + ((get32(at + 20) + 3) & ~3);

		if (get32(at) != 6 || seen++ < n)
			continue;
		*number = file[at + 28];
		*ts_ns = (uint64_t)get32(at + 12) << 32 | get32(at + 16);
		assert_int_equal(get32(option) & 0xffff, 1);
		snprintf(comment, sizeof(comment), "%.*s", get32(option) >> 16, file + option + 4);
		return comment;
	}
	return NULL;
}

static void expect(unsigned int n, unsigned int number, uint64_t ts_ns, const char *begins, const char *has)
{
	unsigned int got;
	uint64_t ts;
	const char *comment = written(n, &got, &ts);

	assert_non_null(comment);
	assert_int_equal(got, number);
	assert_int_equal(ts, ts_ns + WALL);
	if (strncmp(comment, begins, strlen(begins)) || !strstr(comment, has))
		fail_msg("packet %u has the comment '%s'", n, comment);
}

static void expect_count(unsigned int n)
{
	unsigned int number;
	uint64_t ts;

	assert_true(!n || written(n - 1, &number, &ts));
	assert_null(written(n, &number, &ts));
	tw_recorder_stats(recorder, &stats);
	assert_int_equal(stats.given, stats.written + stats.held + stats.unwritten + stats.too_many);
}

/* --- tests --- */

static void test_event_and_verdict(void **state)
{
	give(CONN, 2, 1 * S + 20 * MS); /* in any order */
	give(CONN, 1, 1 * S + 10 * MS);
	give(CONN, 3, 1 * S + 30 * MS);
	event(TW_EV_RESET, CONN, 1 * S + 30 * MS, TW_CAUSE_ABORTED);
	give(CONN, 4, 1 * S + 40 * MS);
	tick(3 * S);
	read_file();
	expect_count(0); /* the verdict is waited for */
	end(CONN, TW_VERDICT_RESET_BY_RESPONDER);
	tick(5 * S);
	read_file();
	expect_count(4);
	expect(0, 1, 1 * S + 10 * MS, "2 before reset; verdict reset_by_responder", "[conn 2d]");
	expect(1, 2, 1 * S + 20 * MS, "1 before reset", "; verdict reset_by_responder");
	expect(2, 3, 1 * S + 30 * MS, "reset: RST", "; verdict reset_by_responder: That is why.");
	expect(3, 4, 1 * S + 40 * MS, "1 after reset", "; verdict reset_by_responder: That is why.");
	assert_int_equal(stats.connections, 1);
}

/* A connection that goes on has no verdict: it is written without, after a while. */
static void test_no_verdict(void **state)
{
	unsigned int number;
	uint64_t ts;

	give(CONN, 1, 1 * S);
	event(TW_EV_RETRANSMIT, CONN, 1 * S, 0);
	tick(5 * S);
	read_file();
	expect_count(0);
	tick(7 * S);
	read_file();
	expect_count(1);
	expect(0, 1, 1 * S, "retransmit", "[conn 2d]");
	assert_null(strstr(written(0, &number, &ts), "verdict"));
}

/* The packets of an attempt wait longer: so does its verdict. */
static void test_attempt(void **state)
{
	give(CONN, 1, 1 * S);
	give(CONN, 2, 2 * S);
	event(TW_EV_SYN_RETRANSMIT, CONN, 2 * S, 0);
	tick(8 * S);
	timeout(CONN, 8 * S);
	tick(60 * S);
	end(CONN, TW_VERDICT_NO_ANSWER);
	tick(62 * S);
	read_file();
	expect_count(2);
	expect(0, 1, 1 * S, "1 before syn_retransmit", "verdict no_answer");
	expect(1, 2, 2 * S, "syn_retransmit", "; then connect_timeout: no answer to 2 SYNs in 3.0 s; verdict no_answer: That");
}

/* A bad verdict alone: what the kernel still has, but for what it handed over, and what it was just writing. */
static void test_verdict_alone(void **state)
{
	struct tw_evidence told = packet(CONN, 5, 1 * S), torn = packet(CONN, 6, 1 * S), other = packet(78, 7, 1 * S);

	told.told = 1;
	torn.ready = 2;
	keep_in_kernel(0, packet(CONN, 8, 3 * S));
	keep_in_kernel(1, packet(CONN, 9, 4 * S));
	keep_in_kernel(2, told);
	keep_in_kernel(3, torn);
	keep_in_kernel(4, packet(CONN, 1, 1 * S)); /* the first ones have their own slots */
	keep_in_kernel(5, other);
	end(CONN, TW_VERDICT_LOSSY_PATH);
	tick(5 * S);
	read_file();
	expect_count(3);
	expect(0, 1, 1 * S, "of the last packets; verdict lossy_path", "");
	expect(1, 8, 3 * S, "of the last packets; verdict lossy_path", "");
	expect(2, 9, 4 * S, "of the last packets; verdict lossy_path: That is why.", "");
}

/* The kernel drops a packet behind the hooks: no packet program knows. */
static void test_kernel_drop(void **state)
{
	keep_in_kernel(0, packet(CONN, 8, 1 * S + 10 * MS));
	keep_in_kernel(1, packet(CONN, 9, 1 * S + 30 * MS));
	event(TW_EV_KERNEL_DROP, CONN, 1 * S + 20 * MS, 0);
	tw_recorder_finish(recorder);
	read_file();
	expect_count(2);
	expect(0, 8, 1 * S + 10 * MS, "then kernel_drop", "[conn 2d]");
	expect(1, 9, 1 * S + 30 * MS, "after kernel_drop", "[conn 2d]");
}

static void test_nothing_to_tell(void **state)
{
	keep_in_kernel(0, packet(CONN, 4, 1 * S));
	event(TW_EV_SYN, CONN, 1 * S, 0);
	event(TW_EV_SYN_ACK, CONN, 1 * S, 0);
	event(TW_EV_ESTABLISHED, CONN, 1 * S, 0);
	event(TW_EV_RESET, CONN, 2 * S, TW_CAUSE_AFTER_CLOSE);
	end(CONN, TW_VERDICT_OK);
	end(CONN, TW_VERDICT_UNKNOWN);
	end(CONN, TW_VERDICT_ORIGINATOR_IDLE);
	tick(100 * S);
	tw_recorder_finish(recorder);
	read_file();
	assert_int_equal(size, 0);
	expect_count(0);
	assert_int_equal(stats.files, 0);
}

/* Two connections are told apart, and a packet can cause two events. */
static void test_two(void **state)
{
	give(CONN, 1, 1 * S);
	give(78, 2, 1 * S);
	event(TW_EV_RETRANSMIT, CONN, 1 * S, 0);
	event(TW_EV_MSS_EXCEEDED, CONN, 1 * S, 0);
	event(TW_EV_ZERO_WINDOW, 78, 1 * S, 0);
	tw_recorder_finish(recorder);
	read_file();
	expect_count(2);
	expect(0, 1, 1 * S, "retransmit", "; mss_exceeded");
	expect(1, 2, 1 * S, "zero_window", "[conn 2e]");
}

/* No more than so many a second, of all together; the rest is counted. */
static void test_rate(void **state)
{
	for (uint64_t i = 0; i < TW_RECORDER_RATE + 500; i++)
		give(1000 + i / 10, i % 10 + 1, 1 * S + i);
	tw_recorder_stats(recorder, &stats);
	assert_int_equal(stats.given, TW_RECORDER_RATE + 500);
	assert_int_equal(stats.too_many, 500);
	tick(2 * S);
	give(CONN, 1, 2 * S);
	tw_recorder_stats(recorder, &stats);
	assert_int_equal(stats.too_many, 500);
}

/* The memory is bounded: what is oldest is written before its time. */
static void test_memory(void **state)
{
	uint64_t id = 1000;

	for (int second = 2; second < 12; second++) {
		tick(second * S);
		for (int i = 0; i < TW_RECORDER_RATE; i++)
			give(id++, 1, second * S);
	}
	tw_recorder_stats(recorder, &stats);
	assert_true(stats.written > 0);
	assert_true(stats.held * 200 < TW_RECORDER_HOLD + (1 << 20));
	assert_int_equal(stats.given, stats.written + stats.held + stats.unwritten + stats.too_many);
}

static void test_directory_gone(void **state)
{
	give(CONN, 1, 1 * S);
	assert_int_equal(rmdir(dir), 0);
	tick(7 * S);
	assert_non_null(strstr(notice, "cannot write"));
	tw_recorder_stats(recorder, &stats);
	assert_int_equal(stats.unwritten, 1);
	notice[0] = '\0';
	give(CONN, 1, 8 * S);
	tick(14 * S);
	assert_string_equal(notice, ""); /* said once */
}

/* Whatever the kernel's ring may hold: nothing of another length is read. */
static void test_odd_record(void **state)
{
	struct tw_evidence e = packet(CONN, 1, 1 * S);

	tw_recorder_packet(recorder, &e, sizeof(e) - 1);
	e.cap = 60000;
	tw_recorder_packet(recorder, &e, sizeof(e));
	tw_recorder_finish(recorder);
	read_file();
	expect_count(1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_event_and_verdict), TEST(test_no_verdict), TEST(test_attempt), TEST(test_verdict_alone),
		TEST(test_kernel_drop), TEST(test_nothing_to_tell), TEST(test_two), TEST(test_rate), TEST(test_memory),
		TEST(test_directory_gone), TEST(test_odd_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
