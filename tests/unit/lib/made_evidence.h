/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A flight recorder with packets and records for it, what the kernel still has, and what is found in its files. */
#ifndef TCPWHY_TESTS_MADE_EVIDENCE_H
#define TCPWHY_TESTS_MADE_EVIDENCE_H

#include "logdir.h"
#include "recorder/recorder.h"
#include "verdict/verdict.h"

#define DEPTH 4
#define CONN 77

static struct tw_recorder *recorder;
static struct tw_reason reason;
static struct tw_recorder_stats stats;
static struct tw_recent *kept; /* what the kernel still has */
static char notice[512];
static uint64_t now_ns;

static inline int recent(void *ctx, uint64_t id, struct tw_recent *to)
{
	if (id != CONN || !kept)
		return -ENOENT;
	memcpy(to, kept, TW_RECENT_SIZE(DEPTH));
	return 0;
}

static inline const char *iface_name(void *ctx, uint32_t ifindex)
{
	return ifindex == 2 ? "eth0" : NULL;
}

static inline void on_notice(void *ctx, const char *text)
{
	snprintf(notice, sizeof(notice), "%s", text);
}

static inline void tick(uint64_t ns)
{
	now_ns = ns;
	tw_recorder_tick(recorder, ns, WALL);
}

static inline int setup(void **state)
{
	struct tw_recorder_options options = {
		.file_bytes = 1 << 20, .files = 2, .depth = DEPTH, .recent = recent, .iface_name = iface_name,
		.notice = on_notice,
	};

	logdir_setup(state);
	snprintf(path, sizeof(path), "%s/e.pcapng", dir);
	options.path = path;
	notice[0] = '\0';
	assert_int_equal(tw_recorder_new(&recorder, &options, &reason), 0);
	kept = calloc(1, TW_RECENT_SIZE(DEPTH));
	tick(1 * S);
	return !kept;
}

static inline int teardown(void **state)
{
	tw_recorder_free(recorder);
	free(kept);
	return logdir_teardown(state);
}

/* --- packets --- */

static inline struct tw_evidence packet(uint64_t id, uint64_t number, uint64_t ts_ns)
{
	struct tw_evidence e = {
		.ready = number, .number = number, .conn = id, .ts_ns = ts_ns, .len = 1000 + number,
		.point = 2 << 1 | 1, .cap = 60, .l2 = 14,
	};

	memset(e.bytes, number, sizeof(e.bytes));
	return e;
}

static inline void give(uint64_t id, uint64_t number, uint64_t ts_ns)
{
	struct tw_evidence e = packet(id, number, ts_ns);

	tw_recorder_packet(recorder, &e, sizeof(e));
}

static inline void keep_in_kernel(unsigned int slot, struct tw_evidence e)
{
	kept->slot[slot] = e;
}

/* --- records --- */

static struct tw_conn_name name = { .family = 4 };

static inline void event(unsigned int type, uint64_t id, uint64_t ts_ns, unsigned int cause)
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

static inline void timeout(uint64_t id, uint64_t ts_ns)
{
	struct tw_record record = { .type = TW_EV_CONNECT_TIMEOUT, .ts_ns = ts_ns + WALL, .conn = &name };

	record.timeout.attempts = 2;
	record.timeout.waited_ns = 3 * S;
	name.id = id;
	tw_recorder_record(recorder, &record);
}

static inline void end(uint64_t id, enum tw_verdict verdict)
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

static inline void read_file(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char full[512];
	FILE *in;

	size = 0;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(full, sizeof(full), "%s/%s", dir, e->d_name);
		in = fopen(full, "r");
		size += fread(file + size, 1, sizeof(file) - size, in);
		fclose(in);
	}
	closedir(d);
}

static inline uint32_t get32(size_t at)
{
	uint32_t v;

	memcpy(&v, file + at, sizeof(v));
	return v;
}

/* The comment of the nth packet (from 0), and its number, time and interface. NULL: there are not as many. */
static inline const char *written(unsigned int n, unsigned int *number, uint64_t *ts_ns)
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

static inline void expect(unsigned int n, unsigned int number, uint64_t ts_ns, const char *begins, const char *has)
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

/* So many packets, by now. */
static inline void expect_count(unsigned int n)
{
	unsigned int number;
	uint64_t ts;

	read_file();
	assert_true(!n || written(n - 1, &number, &ts));
	assert_null(written(n, &number, &ts));
	tw_recorder_stats(recorder, &stats);
	assert_int_equal(stats.given, stats.written + stats.held + stats.unwritten + stats.too_many);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
