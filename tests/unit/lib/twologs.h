/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Two made-up logs, line by line, and what is found between them: for tests of `tcpwhy compare`. */
#ifndef TCPWHY_TESTS_TWOLOGS_H
#define TCPWHY_TESTS_TWOLOGS_H

#include <stdio.h>

#include "compare/compare_out.h"
#include "compare/differ.h"
#include "base/json.h"
#include "log/logread.h"
#include "base/member.h"
#include "made.h"

#define A 0
#define B 1
#define AHEAD (1000 * S + 7) /* B's clock */
#define ROOM 64

struct two {
	struct tw_log_index *log[2];
	struct tw_pairs pairs;
	struct tw_finding found[ROOM];
	unsigned int n;
};

static inline int two_setup(void **state)
{
	struct two *t = calloc(1, sizeof(*t));

	t->log[A] = tw_log_index_new(1000);
	t->log[B] = tw_log_index_new(1000);
	*state = t;
	return 0;
}

static inline int two_teardown(void **state)
{
	struct two *t = *state;

	tw_pairs_free(&t->pairs);
	tw_log_index_free(t->log[A]);
	tw_log_index_free(t->log[B]);
	free(t);
	return 0;
}

/* A line as it stands in a log. False: it is no event. */
static inline bool raw_line(struct two *t, int which, const char *text)
{
	json_t *event = json_loads(text, 0, NULL);
	bool taken = json_is_object(event) &&
		     tw_log_index_event(t->log[which], event, tw_logread_time(tw_member_text(event, "ts")));

	json_decref(event);
	return taken;
}

/* A time as it stands in a log. */
static inline void time_text(char text[40], uint64_t ns)
{
	struct tw_json j;

	tw_json_init(&j, text, 39);
	tw_json_time(&j, ns);
	*j.at = '\0';
}

/* A line of log @which, at @us of A's clock after the start; @more: further members, with a comma before each. */
static inline bool line(struct two *t, int which, uint64_t us, const char *event, const char *more)
{
	char ts[40], text[1024];

	time_text(ts, WALL + us * 1000 + (which == B ? AHEAD : 0));
	snprintf(text, sizeof(text), "{\"ts\":%s,\"event\":\"%s\"%s}", ts, event, more);
	return raw_line(t, which, text);
}

#define ENDS_OF(orig, orig_port, resp, resp_port) \
	",\"orig_addr\":\"" orig "\",\"orig_port\":" orig_port ",\"resp_addr\":\"" resp "\",\"resp_port\":" resp_port
#define BETWEEN(id, ...) ",\"conn\":\"" id "\"" ENDS_OF(__VA_ARGS__)
#define ENDS ENDS_OF("10.0.0.1", "40000", "10.0.0.2", "443")
#define NATTED ENDS_OF("192.0.2.9", "61000", "10.0.0.2", "443")
#define OUT_A ",\"dir\":\"out\",\"side\":\"originator\",\"ttl\":64"
#define IN_A ",\"dir\":\"in\",\"side\":\"originator\",\"ttl\":60"
#define OUT_B ",\"dir\":\"out\",\"side\":\"responder\",\"ttl\":64"
#define IN_B ",\"dir\":\"in\",\"side\":\"responder\",\"ttl\":60"
#define OFFER ",\"mss\":1460,\"wscale\":7,\"sack_ok\":true,\"ts_ok\":true,\"ecn\":false,\"tfo\":false,\"len\":0"
#define SYN ",\"seq\":100,\"isn\":100" OFFER
#define SYN_ACK ",\"seq\":500,\"ack\":101,\"isn\":500" OFFER

#define CONN_A ",\"conn\":\"ca\"" ENDS
#define CONN_B ",\"conn\":\"cb\"" ENDS

/* Both hosts watch for so long; captures say nothing of that. */
static inline void watch(struct two *t, uint64_t from_us, uint64_t until_us)
{
	for (int i = A; i <= B; i++) {
		line(t, i, from_us, "capture_started", ",\"iface\":\"eth0\"");
		line(t, i, until_us, "marker", "");
	}
}

/* A healthy handshake at @us, 1 ms each way. */
static inline void handshake(struct two *t, uint64_t us)
{
	line(t, A, us, "syn", CONN_A OUT_A SYN);
	line(t, B, us + 1000, "syn", CONN_B IN_B SYN);
	line(t, B, us + 1100, "syn_ack", CONN_B OUT_B SYN_ACK);
	line(t, A, us + 2100, "syn_ack", CONN_A IN_A SYN_ACK);
	line(t, A, us + 2200, "established", CONN_A OUT_A ",\"seq\":101,\"ack\":501");
	line(t, B, us + 3200, "established", CONN_B IN_B ",\"seq\":101,\"ack\":501");
}

static inline void pair_logs(struct two *t)
{
	tw_log_index_finish(t->log[A]);
	tw_log_index_finish(t->log[B]);
	assert_int_equal(tw_match(&t->pairs, t->log[A], t->log[B]), 0);
	tw_offset_pairs(&t->pairs);
}

static inline void on_found(void *ctx, const struct tw_finding *f)
{
	struct two *t = ctx;
	char json[2048];

	assert_true(t->n < ROOM);
	assert_true(tw_compare_json(json, sizeof(json), f) > 0);
	print_message("%s\n", json);
	t->found[t->n++] = *f;
}

static inline void compare_logs(struct two *t)
{
	struct tw_differ d = {
		.a = t->log[A], .b = t->log[B], .pairs = &t->pairs, .slow_ns = TW_DIFFER_SLOW_NS,
		.sink = on_found, .ctx = t,
	};

	pair_logs(t);
	assert_int_equal(tw_differ(&d), 0);
}

/* Both watch for 100 s, a connection from 10 s on. */
static inline void begin(struct two *t)
{
	watch(t, 0, 100000000);
	handshake(t, 10000000);
}

/* Another connection between them. */
#define OTHER BETWEEN("x", "10.0.0.1", "5", "10.0.0.2", "6")
#define SYN77 ",\"seq\":77,\"isn\":77" OFFER

static inline void rst_from_b(struct two *t, uint64_t us, const char *more)
{
	char text[300];

	snprintf(text, sizeof(text), "%s%s,\"seq\":501,\"ack\":0%s", CONN_B, OUT_B, more);
	line(t, B, us, "reset", text);
}

static inline void rst_at_a(struct two *t, uint64_t us)
{
	line(t, A, us, "reset", CONN_A ",\"dir\":\"in\",\"side\":\"originator\",\"seq\":501,\"ack\":0,\"ttl\":99");
}

/* Compares them: this is all that is found. */
static inline const struct tw_finding *only(struct two *t, enum tw_diff diff, enum tw_what what, enum tw_toward toward)
{
	compare_logs(t);
	assert_int_equal(t->n, 1);
	assert_int_equal(t->found[0].diff, diff);
	assert_int_equal(t->found[0].what, what);
	assert_int_equal(t->found[0].toward, toward);
	return &t->found[0];
}

static inline void not_comparable(struct two *t)
{
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

static inline void nothing(struct two *t)
{
	compare_logs(t);
	assert_int_equal(t->n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, two_setup, two_teardown)

#endif
