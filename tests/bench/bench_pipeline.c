// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an event costs on its way from the ring to the log: decode → connection table → alerts → log, on
 * one core. Made-up events of a realistic mix; each row adds a stage. The aim is 1.5 million a second.
 *
 * usage: bench_pipeline [LOG [ROUNDS]]     (default /dev/null, 5 rounds; the median is shown)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alert/alert.h"
#include "conn/conn.h"
#include "conn/decode.h"
#include "log/log.h"
#include "rules/rules.h"
#include "tcpwhy/key.h"
#include "tcpwhy/obs.h"

#define CONNS 200000u   /* in all */
#define OPEN 4000u      /* of them at the same time */
#define EVENTS_MAX 12u  /* of one */
#define ROUNDS_MAX 31

enum stage { DECODE, TABLE, ALERTS, LOG, STAGES };

static const char *const stage_names[] = { "decode", "+ connection table", "+ alerts", "+ log" };

struct conn {
	uint8_t count, done;
	uint8_t type[EVENTS_MAX];
	bool v6, troubled;
};

struct bench {
	struct conn *conns;
	struct tw_event *events;
	size_t count;
	struct tw_store store;
	enum stage stage;
	struct tw_alerts *alerts;
	struct tw_log *log;
	uint64_t records;
};

static uint32_t dice(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 32;
}

static bool percent(unsigned int n)
{
	return dice() % 100 < n;
}

/* --- made-up events --- */

static void add(struct conn *c, unsigned int type)
{
	if (c->count < EVENTS_MAX)
		c->type[c->count++] = type;
}

/* Of 100 connections 2 are not answered, 3 refused, 10 lose something, 2 stall, 3 end by a RST. */
static void plan(struct conn *c)
{
	c->v6 = percent(30);
	add(c, TW_EV_SYN);
	if (percent(2)) {
		for (int i = 0; i < 3; i++)
			add(c, TW_EV_SYN_RETRANSMIT);
		return;
	}
	if (percent(3)) {
		add(c, TW_EV_RESET);
		add(c, TW_EV_ENDED);
		return;
	}
	add(c, TW_EV_SYN_ACK);
	add(c, TW_EV_ESTABLISHED);
	for (unsigned int n = percent(10) ? 1 + dice() % 5 : 0; n; n--, c->troubled = true)
		add(c, percent(80) ? TW_EV_RETRANSMIT : TW_EV_OUT_OF_ORDER);
	if (percent(2)) {
		add(c, TW_EV_ZERO_WINDOW);
		add(c, TW_EV_WINDOW_OPEN);
		c->troubled = true;
	}
	if (percent(3))
		add(c, TW_EV_RESET);
	add(c, TW_EV_ENDED);
}

static void name(struct tw_event *e, uint32_t conn, bool v6)
{
	uint32_t client = conn % 5000, server = conn % 97;

	e->family = v6 ? 6 : 4;
	if (v6) {
		e->orig_addr = (struct tw_addr){ { 0xb80d0120, 0, client, 0x01000000 } };
		e->resp_addr = (struct tw_addr){ { 0xb80d0120, 1, server, 0x02000000 } };
	} else {
		tw_addr_v4(&e->orig_addr, 0x0a | client << 12);
		tw_addr_v4(&e->resp_addr, 0x2a64 | server << 24);
	}
	e->orig_port = 1024 + conn % 60000;
	e->resp_port = conn % 3 ? 443 : 80;
}

static void detail(struct tw_event *e)
{
	switch (e->type) {
	case TW_EV_SYN:
	case TW_EV_SYN_ACK:
	case TW_EV_SYN_RETRANSMIT:
		e->syn = (struct tw_ev_syn){ .mss = 1460, .wscale = 7, .options = 15, .win = 64240, .attempt = 1 + (e->type == TW_EV_SYN_RETRANSMIT) };
		break;
	case TW_EV_ESTABLISHED:
		e->established = (struct tw_ev_established){ .syn_rtt_ns = 20123456, .ack_rtt_ns = 123456, .mss = 1460, .options = 15 };
		break;
	case TW_EV_RETRANSMIT:
	case TW_EV_OUT_OF_ORDER:
		e->segment = (struct tw_ev_segment){ .gap_ns = 213456789, .len = 1448, .bytes = 1448, .in_flight = 14480, .segments = 1,
						     .attempt = 2, .kind = dice() % _TW_KIND_MAX };
		break;
	case TW_EV_WINDOW_OPEN:
		e->size.stalled_ns = 1234567890;
		break;
	case TW_EV_RESET:
		e->reset = (struct tw_ev_reset){ .cause = TW_CAUSE_ABORTED, .stage = TW_STAGE_LATER, .end = TW_END_RESET };
		break;
	case TW_EV_ENDED:
		e->reset.end = TW_END_FIN;
		break;
	}
}

static bool to_responder(unsigned int type)
{
	return type != TW_EV_SYN_ACK && type != TW_EV_RETRANSMIT && type != TW_EV_OUT_OF_ORDER;
}

static void make_event(struct bench *b, uint32_t conn, uint64_t ts_ns)
{
	struct conn *c = &b->conns[conn];
	struct tw_event *e = &b->events[b->count++];

	*e = (struct tw_event){
		.version = TW_ABI_VERSION, .type = c->type[c->done++], .len = sizeof(*e), .ts_ns = ts_ns,
		.conn = (conn + 1) * 0x9e3779b97f4a7c15ULL, .ifindex = 2, .seq = dice(), .ack = dice(), .ip_id = dice(), .ttl = 64,
		.tcp_flags = TW_ACK,
	};
	name(e, conn, c->v6);
	e->flags = TW_EF_TUPLE | (c->v6 ? 0 : TW_EF_IP_ID) | (to_responder(e->type) ? TW_EF_FROM_ORIG : TW_EF_EGRESS);
	detail(e);
}

/* OPEN connections at a time, each the next of its events in turn at random. */
static int make_events(struct bench *b)
{
	uint32_t *open = calloc(OPEN, sizeof(*open)), n = 0, next = 0;
	uint64_t ts_ns = 1000 * TW_NS_PER_SEC;

	b->conns = calloc(CONNS, sizeof(*b->conns));
	b->events = calloc((size_t)CONNS * EVENTS_MAX, sizeof(*b->events));
	if (!open || !b->conns || !b->events)
		return -ENOMEM;
	for (uint32_t i = 0; i < CONNS; i++)
		plan(&b->conns[i]);
	while (n || next < CONNS) {
		while (n < OPEN && next < CONNS)
			open[n++] = next++;
		uint32_t i = dice() % n;

		make_event(b, open[i], ts_ns += 1000);
		if (b->conns[open[i]].done == b->conns[open[i]].count)
			open[i] = open[--n];
	}
	free(open);
	return 0;
}

/* --- a store, as fast as memory: the kernel's takes a system call for each connection --- */

static void fill_half(struct tw_half *h, uint32_t id)
{
	*h = (struct tw_half){
		.packets = 10 + id % 90, .data_segments = 5 + id % 80, .bytes = 500 + id % 100000, .isn = id, .snd_nxt = id + 60000,
		.ack = id, .mss = 1460, .ttl_min = 60, .ttl_max = 60, .rtt_count = 8, .rtt_sum_ns = 160000000, .rtt_min_ns = 18000000,
		.rtt_max_us = 25000, .flags = TW_HF_ISN | TW_HF_SEQ | TW_HF_ACK | TW_HF_FIN, .attempts = 1,
	};
}

static int lookup(struct tw_store *store, const struct tw_key *key, uint64_t id, struct tw_flow *flow, struct tw_trouble *trouble,
		  bool *troubled)
{
	*troubled = id % 10 == 0;
	memset(flow, 0, sizeof(*flow));
	flow->id = id;
	flow->start_ns = 1000 * TW_NS_PER_SEC;
	flow->last_ns = 1001 * TW_NS_PER_SEC;
	flow->flags = TW_FF_ESTABLISHED | TW_FF_ENDED;
	flow->syn_rtt_ns = 20000000;
	fill_half(&flow->half[0], id);
	fill_half(&flow->half[1], id >> 32);
	if (*troubled) {
		memset(trouble, 0, sizeof(*trouble));
		trouble->half[0].retransmits = 3;
		trouble->half[0].retransmit_bytes = 4344;
	}
	return 0;
}

static void forget(struct tw_store *store, const struct tw_key *key, uint64_t id)
{
}

static int sweep(struct tw_store *store, unsigned int max,
		 void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx)
{
	return 1;
}

/* --- one run --- */

static void on_alert(void *ctx, const struct tw_record *record)
{
	struct bench *b = ctx;

	if (b->stage >= LOG)
		tw_log_record(b->log, record);
}

static void on_record(void *ctx, const struct tw_record *record)
{
	struct bench *b = ctx;

	b->records++;
	if (b->stage >= LOG)
		tw_log_record(b->log, record);
	if (b->stage >= ALERTS)
		tw_alerts_sink(b->alerts, record);
}

static void feed(struct bench *b, struct tw_conns *conns)
{
	static struct tw_event event;
	static struct tw_flow replaced;
	uint64_t tick_ns = 0;

	for (size_t i = 0; i < b->count; i++) {
		if (tw_decode(&b->events[i], sizeof(event), &event, &replaced))
			abort();
		if (b->stage == DECODE)
			continue;
		tw_conns_event(conns, &event, &replaced);
		if (event.ts_ns < tick_ns)
			continue;
		tick_ns = event.ts_ns + 10 * TW_NS_PER_MS; /* as `run` does */
		tw_conns_tick(conns, event.ts_ns);
		tw_log_tick(b->log, event.ts_ns);
	}
	tw_conns_finish(conns, b->events[b->count - 1].ts_ns + 5 * TW_NS_PER_SEC);
	tw_log_flush(b->log);
}

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* ns an event. */
static double run(struct bench *b, enum stage stage, const char *path, struct tw_log_stats *written)
{
	struct tw_conns_options options = { .wall_offset_ns = 1700000000LL * 1000000000 };
	struct tw_log_options log = { .path = path };
	struct tw_rules rules;
	struct tw_conns *conns;
	double start;

	tw_rules_default(&rules);
	b->stage = stage;
	b->records = 0;
	if (tw_log_open(&b->log, &log)) {
		fprintf(stderr, "bench_pipeline: cannot write %s\n", path);
		exit(1);
	}
	b->alerts = tw_alerts_new(&rules, on_alert, b);
	conns = tw_conns_new(&options, &b->store, on_record, b);
	start = cpu_ns();
	feed(b, conns);
	start = cpu_ns() - start;
	tw_log_stats(b->log, written);
	tw_conns_free(conns);
	tw_alerts_free(b->alerts);
	tw_log_close(b->log);
	return start / b->count;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	static struct bench b = { .store = { .lookup = lookup, .forget = forget, .sweep = sweep } };
	static double ns[STAGES][ROUNDS_MAX];
	const char *path = argc > 1 ? argv[1] : "/dev/null";
	int rounds = argc > 2 ? atoi(argv[2]) : 5;
	struct tw_log_stats written = { 0 };

	if (rounds < 1 || rounds > ROUNDS_MAX || make_events(&b))
		return 1;
	for (int round = 0; round < rounds; round++)
		for (int stage = 0; stage < STAGES; stage++)
			ns[stage][round] = run(&b, stage, path, &written);
	printf("%zu events of %u connections, %.0f bytes of log an event (%s)\n\n%-22s %8s %12s\n", b.count, CONNS,
	       (double)written.bytes / b.count, path, "", "ns/event", "M events/s");
	for (int stage = 0; stage < STAGES; stage++) {
		qsort(ns[stage], rounds, sizeof(double), by_value);
		printf("%-22s %8.0f %12.2f\n", stage_names[stage], ns[stage][rounds / 2], 1e3 / ns[stage][rounds / 2]);
	}
	return 0;
}
