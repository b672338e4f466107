/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Alerts: raised once, cleared once, by the records' own time, whatever the keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"

#define MS 1000000ULL
#define SEC (1000 * MS)
#define START (1700000000 * SEC)

/* What came out. */
static struct {
	char rule[TW_RULE_NAME], key[64];
	bool raised;
	double value, threshold, window_s;
	uint64_t ts_ns;
} said[1000];
static unsigned int n_said;

static struct tw_rules rules;
static struct tw_alerts *alerts;
static uint64_t now;

static void hear(void *ctx, const struct tw_record *r)
{
	assert_ptr_equal(ctx, said);
	assert_int_equal(r->type, TW_EV_ALERT);
	assert_null(r->event);
	assert_null(r->conn);
	assert_true(n_said < 1000);
	snprintf(said[n_said].rule, sizeof(said[0].rule), "%s", r->alert.rule);
	snprintf(said[n_said].key, sizeof(said[0].key), "%s", r->alert.key);
	said[n_said].raised = r->alert.raised;
	said[n_said].value = r->alert.value;
	said[n_said].threshold = r->alert.threshold;
	said[n_said].window_s = r->alert.window_s;
	said[n_said].ts_ns = r->ts_ns;
	n_said++;
	/* A chain of sinks may lead back here. */
	tw_alerts_sink(alerts, r);
}

static int begin(void **state)
{
	tw_rules_default(&rules);
	for (unsigned int i = 0; i < rules.n; i++)
		rules.rule[i].off = true;
	alerts = NULL;
	n_said = 0;
	now = START;
	return 0;
}

static int end(void **state)
{
	tw_alerts_free(alerts);
	return 0;
}

/* Switches @option's rule on, alone. */
static void use(const char *option)
{
	char err[256], on[64];

	if (tw_rules_set(&rules, option, err, sizeof(err)))
		fail_msg("%s", err);
	snprintf(on, sizeof(on), "%.*s:on", (int)strcspn(option, ":"), option);
	assert_int_equal(tw_rules_set(&rules, on, err, sizeof(err)), 0);
}

static void start(void)
{
	alerts = tw_alerts_new(&rules, hear, said);
	assert_non_null(alerts);
}

static void expect_said(unsigned int i, const char *rule, const char *key, bool raised)
{
	if (i >= n_said)
		fail_msg("alert %u of %s for \"%s\" is missing", i, rule, key);
	assert_string_equal(said[i].rule, rule);
	assert_string_equal(said[i].key, key);
	assert_int_equal(said[i].raised, raised);
}

static struct tw_addr v4(const char *text)
{
	struct tw_addr addr = { .word = { 0, 0, htonl(0xffff), inet_addr(text) } };

	return addr;
}

static struct tw_event event_of(enum tw_event_type type)
{
	return (struct tw_event){ .version = TW_ABI_VERSION, .type = type, .len = sizeof(struct tw_event),
				  .flags = TW_EF_TUPLE, .family = 4, .ifindex = 2,
				  .orig_addr = v4("198.51.100.9"), .resp_addr = v4("192.0.2.7"),
				  .orig_port = 40000, .resp_port = 443 };
}

static void feed(struct tw_event *event)
{
	struct tw_record r = { .type = event->type, .ts_ns = now, .event = event, .iface = "eth0" };

	event->ts_ns = now - START; /* another clock: nobody may look at it */
	tw_alerts_sink(alerts, &r);
}

static void send_event(enum tw_event_type type, unsigned int times)
{
	struct tw_event event = event_of(type);

	while (times--)
		feed(&event);
}

static void send_reset(enum tw_cause cause, uint16_t suspect, unsigned int times)
{
	struct tw_event event = event_of(TW_EV_RESET);

	event.reset.cause = cause;
	event.reset.suspect = suspect;
	while (times--)
		feed(&event);
}

/* A handshake that took @took_ns is complete: its SYN was sent that long ago. */
static void send_established(uint64_t took_ns, unsigned int times)
{
	struct tw_event event = event_of(TW_EV_ESTABLISHED);

	event.established.syn_rtt_ns = took_ns - took_ns / 4;
	event.established.ack_rtt_ns = took_ns / 4;
	while (times--)
		feed(&event);
}

static void send_final(const struct tw_flow *flow, const struct tw_trouble *trouble, const char *resp)
{
	struct tw_conn_name conn = { .id = 1, .orig_addr = v4("198.51.100.9"), .resp_addr = v4(resp),
				     .orig_port = 40000, .resp_port = 443, .family = 4 };
	struct tw_record r = { .type = TW_EV_CONNECTION, .ts_ns = now, .conn = &conn, .iface = "eth0",
			       .final = { .flow = flow, .trouble = trouble, .state = "SF" } };

	tw_alerts_sink(alerts, &r);
}

static void send_final_suspect(uint16_t suspect)
{
	struct tw_conn_name conn = { .id = 1, .orig_addr = v4("198.51.100.9"), .resp_addr = v4("192.0.2.7"),
				     .orig_port = 40000, .resp_port = 443, .family = 4 };
	struct tw_flow flow = { 0 };
	struct tw_record r = { .type = TW_EV_CONNECTION, .ts_ns = now, .conn = &conn, .iface = "eth0",
			       .final = { .flow = &flow, .state = "RSTR", .suspect = suspect } };

	tw_alerts_sink(alerts, &r);
}

static void send_timeout(unsigned int times)
{
	struct tw_conn_name conn = { .id = 1, .orig_addr = v4("198.51.100.9"), .resp_addr = v4("192.0.2.7"),
				     .resp_port = 443, .family = 4 };
	struct tw_record r = { .type = TW_EV_CONNECT_TIMEOUT, .ts_ns = now, .conn = &conn,
			       .timeout = { .attempts = 7 } };

	while (times--)
		tw_alerts_sink(alerts, &r);
}

/* As the program does it: a tick a second while nothing comes. */
static void silence(unsigned int seconds)
{
	while (seconds--) {
		now += SEC;
		tw_alerts_tick(alerts, now);
	}
}

static void test_raised_once_cleared_once(void **state)
{
	use("refused:threshold=10,clear=5,window=10,hold=0,good=0");
	start();
	send_reset(TW_CAUSE_REFUSED, 0, 9);
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_REFUSED, 0, 1);
	assert_int_equal(n_said, 1);
	expect_said(0, "refused", "192.0.2.7:443", true);
	assert_true(said[0].value == 10 && said[0].threshold == 10 && said[0].window_s == 10);
	assert_int_equal(said[0].ts_ns, START);
	send_reset(TW_CAUSE_REFUSED, 0, 1000);
	now += 9 * SEC;
	send_reset(TW_CAUSE_REFUSED, 0, 1);
	assert_int_equal(n_said, 1);
	silence(30);
	assert_int_equal(n_said, 2);
	expect_said(1, "refused", "192.0.2.7:443", false);
	assert_in_range(said[1].ts_ns, START + 10 * SEC, START + 13 * SEC);
	silence(100);
	assert_int_equal(n_said, 2);
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	assert_int_equal(n_said, 3);
	expect_said(2, "refused", "192.0.2.7:443", true);
}

/* Between clear and threshold nothing happens, in either direction. */
static void test_hysteresis(void **state)
{
	use("refused:threshold=10,clear=5,window=10,hold=0,good=0");
	start();
	for (int round = 0; round < 50; round++) {
		/* 7 in the window: not raised from below … */
		send_reset(TW_CAUSE_REFUSED, 0, 7);
		now += 10 * SEC;
	}
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	assert_int_equal(n_said, 1);
	for (int round = 0; round < 500; round++) {
		/* … and 7 to 10 at any time keep it from being cleared. */
		now += SEC;
		send_reset(TW_CAUSE_REFUSED, 0, round % 10 < 7);
	}
	assert_int_equal(n_said, 1);
	for (int round = 0; round < 100; round++) {
		now += SEC;
		send_reset(TW_CAUSE_REFUSED, 0, round % 10 < 4);
	}
	assert_int_equal(n_said, 2);
	assert_false(said[1].raised);
	assert_true(said[1].value < 5);
}

static void test_hold(void **state)
{
	use("refused:threshold=10,clear=5,window=10,hold=30,good=0");
	start();
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	silence(35); /* calm since the 10th second: not long enough */
	assert_int_equal(n_said, 1);
	send_reset(TW_CAUSE_REFUSED, 0, 5); /* not calm: begins anew */
	silence(38);
	assert_int_equal(n_said, 1);
	silence(5);
	assert_int_equal(n_said, 2);
	assert_in_range(said[1].ts_ns, START + 75 * SEC, START + 78 * SEC);
}

/* In a capture nobody ticks: the next packet, an hour later, is enough. */
static void test_cleared_by_the_next_record(void **state)
{
	use("refused:threshold=10,window=10,hold=30,good=0");
	start();
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	now += 3600 * SEC;
	send_event(TW_EV_ZERO_WINDOW, 1);
	assert_int_equal(n_said, 2);
	assert_false(said[1].raised);
}

static void test_window_slides(void **state)
{
	use("refused:threshold=10,window=10,good=0");
	start();
	/* One a second, nine in any ten seconds of them … */
	for (int i = 0; i < 100; i++) {
		now += SEC + SEC / 9;
		send_reset(TW_CAUSE_REFUSED, 0, 1);
	}
	assert_int_equal(n_said, 0);
	/* … and ten across what would be two fixed windows. */
	now = START + 1005 * SEC;
	send_reset(TW_CAUSE_REFUSED, 0, 5);
	now += 8 * SEC;
	send_reset(TW_CAUSE_REFUSED, 0, 5);
	assert_int_equal(n_said, 1);
}

static void test_suppressed_count(void **state)
{
	struct tw_event event = event_of(TW_EV_RESET);

	use("refused:threshold=42,good=0");
	start();
	event.reset.cause = TW_CAUSE_REFUSED;
	event.suppressed = 40;
	feed(&event); /* 41 */
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_REFUSED, 0, 1);
	assert_int_equal(n_said, 1);
	assert_true(said[0].value == 42);
	silence(200);
	event.suppressed = UINT32_MAX;
	feed(&event);
	assert_int_equal(n_said, 3);
	assert_true(said[2].value == UINT32_MAX);
}

static void send_syns(unsigned int times)
{
	struct tw_event event = event_of(TW_EV_SYN);

	for (unsigned int i = 0; i < times; i++) {
		event.orig_addr.word[3] = rand(); /* spoofed */
		feed(&event);
	}
}

static void test_flood(void **state)
{
	use("syn_flood:threshold=500");
	start();
	for (int i = 0; i < 100; i++, now += MS)
		send_syns(5);
	silence(1);
	assert_int_equal(n_said, 0); /* the window has not been closed for 1 s */
	silence(2);
	assert_int_equal(n_said, 1);
	expect_said(0, "syn_flood", "192.0.2.7:443", true);
	assert_true(said[0].value == 500);
	assert_in_range(said[0].ts_ns, START + SEC, START + 3 * SEC + 500 * MS);
	silence(30);
	assert_int_equal(n_said, 2);
	assert_false(said[1].raised);
}

static void test_flood_one_short(void **state)
{
	use("syn_flood:threshold=500");
	start();
	send_syns(499);
	silence(20);
	assert_int_equal(n_said, 0);
}

static void test_flood_too_slow(void **state)
{
	use("syn_flood:threshold=500");
	start();
	for (int i = 0; i < 20000; i++, now += 2 * MS + MS / 10) /* 476 a second */
		send_syns(1);
	silence(20);
	assert_int_equal(n_said, 0);
}

/* Twenty seconds of 2,000 SYNs a second of which @of_ten in ten complete after @took. */
static void busy_server(unsigned int of_ten, uint64_t took)
{
	for (int tick = 0; tick < 2000; tick++, now += 10 * MS) {
		send_syns(20);
		if (tick * 10 * MS >= took)
			send_established(took, 2 * of_ten);
	}
	for (uint64_t late = 0; late < took; late += 10 * MS, now += 10 * MS)
		send_established(took, 2 * of_ten);
	silence(30);
}

static void test_busy_server_is_no_flood(void **state)
{
	use("syn_flood:threshold=500");
	start();
	busy_server(10, 50 * MS);
	assert_int_equal(n_said, 0);
}

/* Handshakes over a satellite complete when the next window is half over: still their own window's. */
static void test_slow_handshakes_are_no_flood(void **state)
{
	use("syn_flood:threshold=500");
	start();
	busy_server(2, 900 * MS);
	assert_int_equal(n_said, 0);
}

static void test_few_completions_are_a_flood(void **state)
{
	struct tw_event event;

	use("syn_flood:threshold=500");
	start();
	send_syns(1000);
	now += 5 * MS;
	send_established(5 * MS, 100); /* 10 %: not < 10 % */
	silence(20);
	assert_int_equal(n_said, 0);
	send_syns(1000);
	now += 5 * MS;
	send_established(5 * MS, 99);
	silence(20);
	assert_int_equal(n_said, 2);
	/* Completions at another port excuse nothing. */
	send_syns(1000);
	event = event_of(TW_EV_ESTABLISHED);
	event.resp_port = 80;
	for (int i = 0; i < 1000; i++)
		feed(&event);
	silence(20);
	assert_int_equal(n_said, 4);
}

/* The next thing that happens after a flood comes an hour later: it is told all the same. */
static void test_flood_before_long_silence(void **state)
{
	use("syn_flood:threshold=500");
	start();
	send_syns(1000);
	now += 3600 * SEC;
	send_syns(1);
	assert_true(n_said >= 1);
	expect_said(0, "syn_flood", "192.0.2.7:443", true);
	silence(30);
	assert_int_equal(n_said, 2);
}

static void test_flood_goes_on_then_heals(void **state)
{
	use("syn_flood:threshold=500");
	start();
	for (int i = 0; i < 600; i++, now += 100 * MS)
		send_syns(200);
	assert_int_equal(n_said, 1);
	/* The flood is over, the service as busy as before: calm, though there are as many SYNs. */
	for (int i = 0; i < 300; i++, now += 100 * MS) {
		send_syns(200);
		send_established(MS, 200);
	}
	assert_int_equal(n_said, 2);
	assert_false(said[1].raised);
}

static void test_good_connections_excuse(void **state)
{
	use("refused:threshold=100,window=10,good=9");
	start();
	for (int i = 0; i < 10; i++, now += 100 * MS) {
		send_established(MS, 200);
		send_reset(TW_CAUSE_REFUSED, 0, 20); /* 1 in 11 */
	}
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_REFUSED, 0, 30); /* now more than 1 in 10 */
	assert_int_equal(n_said, 1);
}

static void test_causes(void **state)
{
	use("refused:threshold=1,good=0");
	use("resets:threshold=5,good=0");
	start();
	for (int cause = 0; cause < _TW_CAUSE_MAX; cause++)
		send_reset(cause, 0, 1);
	assert_int_equal(n_said, 2);
	expect_said(0, "refused", "192.0.2.7:443", true);
	expect_said(1, "resets", "192.0.2.7:443", true);
	assert_true(said[1].value == 5); /* the fifth is the last that counts */
	silence(200);
	n_said = 0;
	send_reset(TW_CAUSE_AFTER_CLOSE, 0, 1000);
	send_reset(TW_CAUSE_NO_CONNECTION, 0, 1000);
	send_reset(TW_CAUSE_UNACCEPTABLE, 0, 1000);
	send_reset(TW_CAUSE_HALF_OPEN_RESET, 0, 1000);
	send_reset(TW_CAUSE_DATA_AFTER_CLOSE, 0, 1000);
	assert_int_equal(n_said, 0);
}

#define FACT(id) (1 << TW_SUSPECT_##id)

static void test_forged_resets(void **state)
{
	use("forged_resets:threshold=1,hold=0,good=0");
	start();
	send_reset(TW_CAUSE_ABORTED, 0, 10);
	send_reset(TW_CAUSE_ABORTED, FACT(TTL), 10);                   /* low */
	send_reset(TW_CAUSE_REFUSED, FACT(TTL) | FACT(PAYLOAD), 10);   /* a message: low at most */
	send_final_suspect(0);
	send_final_suspect(FACT(TTL));                                 /* low */
	send_final_suspect(FACT(TTL) | FACT(IP_ID));                   /* told by the event already */
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_ABORTED, FACT(TTL) | FACT(IP_ID), 1);
	assert_int_equal(n_said, 1);
	expect_said(0, "forged_resets", "192.0.2.7", true);
	silence(100);
	assert_int_equal(n_said, 2);
	send_final_suspect(FACT(SENDER_KEPT_TALKING));
	assert_int_equal(n_said, 3);
	silence(100);
	send_final_suspect(FACT(TTL) | FACT(REPEATED_WITH_OTHER_SEQ));
	assert_int_equal(n_said, 5);
}

static void test_retransmit_share(void **state)
{
	struct tw_flow flow = { 0 };
	struct tw_trouble trouble = { 0 };

	use("retransmits:threshold=5%,clear=3%,min=1000,hold=0");
	start();
	flow.half[0].data_segments = 90;
	flow.half[1].data_segments = 9;
	trouble.half[0].retransmits = 10;
	trouble.half[1].retransmits = 10;
	trouble.half[1].spurious = 4; /* no loss, nor are these */
	trouble.half[1].probes = 3;
	trouble.half[1].pmtu_resent = 3;
	for (int i = 0; i < 10; i++) /* 10 of 99, 990 segments: too few */
		send_final(&flow, &trouble, "192.0.2.7");
	assert_int_equal(n_said, 0);
	send_final(&flow, &trouble, "192.0.2.7");
	assert_int_equal(n_said, 1);
	expect_said(0, "retransmits", "192.0.2.7", true);
	assert_float_equal(said[0].value, 10.0 / 99, 1e-9);
	/* Healthy connections count as much as sick ones: 110 of 11,089 is 1 %. */
	flow.half[0].data_segments = 10000;
	send_final(&flow, NULL, "192.0.2.7");
	silence(60);
	assert_int_equal(n_said, 2);
	assert_float_equal(said[1].value, 110.0 / (11 * 99 + 10009), 1e-9);
}

static void test_share_with_what_came_before(void **state)
{
	struct tw_flow flow = { 0 };
	struct tw_trouble trouble = { 0 };

	use("retransmits:threshold=5%,min=1000");
	start();
	flow.half[0].data_segments = 100000;
	send_final(&flow, NULL, "192.0.2.7");
	flow.half[0].data_segments = 1000;
	trouble.half[0].retransmits = 200;
	send_final(&flow, &trouble, "192.0.2.7");
	assert_int_equal(n_said, 0);
	send_final(&flow, &trouble, "192.0.2.8");
	assert_int_equal(n_said, 1);
}

/* More destinations than places: the healthy past of a large one is not forgotten for small ones. */
static void test_share_among_many(void **state)
{
	struct tw_flow flow = { 0 };
	struct tw_trouble trouble = { 0 };
	char resp[32];

	use("retransmits:threshold=5%,min=1000");
	start();
	flow.half[0].data_segments = 10;
	for (int i = 0; i < 2000; i++) {
		snprintf(resp, sizeof(resp), "10.0.%d.%d", i / 250, i % 250);
		send_final(&flow, NULL, resp);
	}
	flow.half[0].data_segments = 100000;
	send_final(&flow, NULL, "192.0.2.7");
	flow.half[0].data_segments = 1000;
	trouble.half[0].retransmits = 200;
	send_final(&flow, &trouble, "192.0.2.7");
	assert_int_equal(n_said, 0);
}

static void test_unanswered(void **state)
{
	use("unanswered:threshold=20,window=60");
	start();
	send_timeout(19);
	assert_int_equal(n_said, 0);
	send_timeout(1);
	expect_said(0, "unanswered", "192.0.2.7:443", true);
}

static void test_pmtu(void **state)
{
	struct tw_event event = event_of(TW_EV_FRAG_NEEDED);

	use("pmtu:threshold=3,good=0");
	use("pmtu_black_hole:threshold=2,good=0");
	start();
	event.icmp.valid = 0;
	feed(&event);
	event.icmp.valid = 2; /* cannot be told */
	feed(&event);
	event.icmp.valid = 1;
	feed(&event);
	send_event(TW_EV_PMTU_IGNORED, 1);
	assert_int_equal(n_said, 0);
	send_event(TW_EV_PMTU_BLACK_HOLE, 1);
	assert_int_equal(n_said, 2);
	expect_said(0, "pmtu", "192.0.2.7", true);
	expect_said(1, "pmtu_black_hole", "192.0.2.7", true);
}

static void test_keys(void **state)
{
	static const struct {
		const char *option, *key;
	} rows[] = {
		{ "refused:threshold=1,good=0,key=none", "" },
		{ "refused:threshold=1,good=0,key=resp_addr", "192.0.2.7" },
		{ "refused:threshold=1,good=0,key=resp_addr:resp_port", "192.0.2.7:443" },
		{ "refused:threshold=1,good=0,key=orig_addr", "198.51.100.9" },
		{ "refused:threshold=1,good=0,key=iface", "eth0" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		use(rows[i].option);
		start();
		send_reset(TW_CAUSE_REFUSED, 0, 3);
		expect_said(0, "refused", rows[i].key, true);
		assert_int_equal(n_said, 1);
		n_said = 0;
		tw_alerts_free(alerts);
		alerts = NULL;
	}
}

static void test_keys_apart(void **state)
{
	struct tw_event event = event_of(TW_EV_RESET);

	use("refused:threshold=10,good=0");
	start();
	event.reset.cause = TW_CAUSE_REFUSED;
	for (int port = 1; port <= 65535; port++) { /* a port scan */
		event.resp_port = port;
		feed(&event);
	}
	assert_int_equal(n_said, 0);
	event.resp_port = 443;
	inet_pton(AF_INET6, "2001:db8::7", &event.resp_addr);
	event.family = 6;
	for (int i = 0; i < 10; i++)
		feed(&event);
	expect_said(0, "refused", "[2001:db8::7]:443", true);
}

/* The connection's names win over the event's, whose sender may be the responder. */
static void test_names_from_the_connection(void **state)
{
	struct tw_event event = event_of(TW_EV_RESET);
	struct tw_conn_name conn = { .orig_addr = v4("10.0.0.1"), .resp_addr = v4("10.0.0.2"),
				     .resp_port = 22, .family = 4 };
	struct tw_record r = { .type = TW_EV_RESET, .ts_ns = now, .event = &event, .conn = &conn };

	use("refused:threshold=1,good=0");
	start();
	event.reset.cause = TW_CAUSE_REFUSED;
	tw_alerts_sink(alerts, &r);
	expect_said(0, "refused", "10.0.0.2:22", true);
}

static void test_nothing_to_go_by(void **state)
{
	struct tw_event event = event_of(TW_EV_RESET);
	struct tw_record r = { .type = TW_EV_RESET, .ts_ns = now, .event = &event };

	use("refused:threshold=1,good=0");
	start();
	event.reset.cause = TW_CAUSE_REFUSED;
	event.flags = 0; /* no tuple */
	tw_alerts_sink(alerts, &r);
	r.event = NULL;
	for (int type = 0; type < _TW_EV_MAX + 5; type++) {
		r.type = type;
		if (type != TW_EV_CONNECTION)
			tw_alerts_sink(alerts, &r);
	}
	assert_int_equal(n_said, 0);
}

static void test_a_million_keys(void **state)
{
	struct tw_event event = event_of(TW_EV_RESET), heavy = event_of(TW_EV_RESET);
	struct tw_alerts_stats before, after;

	use("refused:threshold=300,window=60,key=orig_addr,good=0");
	start();
	tw_alerts_stats(alerts, &before);
	event.reset.cause = heavy.reset.cause = TW_CAUSE_REFUSED;
	for (uint32_t i = 0; i < 1000000; i++) {
		event.orig_addr.word[3] = htonl(0x0a000000 + i);
		feed(&event);
		if (i % 50 == 0)
			feed(&heavy);
		now += 10000;
	}
	tw_alerts_stats(alerts, &after);
	assert_int_equal(before.memory, after.memory);
	assert_true(after.memory < 320 * 1024);
	assert_int_equal(n_said, 1); /* the heavy one, and nobody else by mistake */
	expect_said(0, "refused", "198.51.100.9", true);
	silence(200);
	assert_int_equal(n_said, 2);
	expect_said(1, "refused", "198.51.100.9", false);
}

/* Whoever can forge sources can make many alerts: not more than a hundred at a time. */
static void test_alerts_are_bounded(void **state)
{
	struct tw_event event = event_of(TW_EV_RESET);
	struct tw_alerts_stats stats;

	use("refused:threshold=2,window=10,key=orig_addr,hold=0,good=0");
	start();
	event.reset.cause = TW_CAUSE_REFUSED;
	for (uint32_t i = 0; i < 500; i++) {
		event.orig_addr.word[3] = i;
		for (int k = 0; k < 5; k++)
			feed(&event);
	}
	assert_int_equal(n_said, TW_ALERTS_RAISED_MAX);
	tw_alerts_stats(alerts, &stats);
	assert_int_equal(stats.raised, TW_ALERTS_RAISED_MAX);
	assert_int_equal(stats.active, TW_ALERTS_RAISED_MAX);
	assert_int_equal(stats.held_back, 400);
	silence(30);
	tw_alerts_stats(alerts, &stats);
	assert_int_equal(stats.cleared, stats.raised);
	assert_int_equal(stats.active, 0);
}

static void test_clock_set_back(void **state)
{
	use("refused:threshold=10,clear=5,window=10,hold=5,good=0");
	start();
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	assert_int_equal(n_said, 1);
	now -= 3600 * SEC;
	/* Silence: ticks alone must bring it to an end, within the time it takes and not an hour later. */
	silence(40);
	assert_int_equal(n_said, 2);
	assert_false(said[1].raised);
	/* Records go on at the new time: they count, and leave the window. */
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	assert_int_equal(n_said, 3);
	now -= 3600 * SEC;
	send_reset(TW_CAUSE_REFUSED, 0, 40); /* the clock again, in the middle of things */
	now += 20 * SEC;
	for (int i = 0; i < 10; i++, now += 2 * SEC)
		send_event(TW_EV_ZERO_WINDOW, 1);
	assert_int_equal(n_said, 4);
	assert_false(said[3].raised);
}

static void test_a_little_disorder(void **state)
{
	use("refused:threshold=1000,window=10,good=0");
	start();
	for (int i = 0; i < 999; i++, now += MS) {
		now -= 20 * MS * (i % 2);
		send_reset(TW_CAUSE_REFUSED, 0, 1);
		now += 20 * MS * (i % 2);
	}
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_REFUSED, 0, 1);
	assert_int_equal(n_said, 1);
	assert_true(said[0].value == 1000);
}

/* What is about long ago (a final record, written a minute later) does not turn time back. */
static void test_old_user_records(void **state)
{
	struct tw_flow flow = { 0 };

	use("refused:threshold=20,clear=5,window=10,hold=0,good=0");
	start();
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	now -= 60 * SEC;
	for (int i = 0; i < 1000; i++)
		send_final(&flow, NULL, "192.0.2.7");
	now += 60 * SEC + 5 * SEC;
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	assert_int_equal(n_said, 1);
}

/* What waited a second for the kernel's word comes in a burst: time does not turn back, and a short window has it. */
static void test_late_events_count(void **state)
{
	use("refused:threshold=60,window=1,hold=0,good=0");
	start();
	for (int i = 0; i < 3; i++) {
		send_event(TW_EV_ZERO_WINDOW, 1);
		now -= SEC + 10 * MS;
		send_reset(TW_CAUSE_REFUSED, 0, 20);
		now += SEC + 110 * MS;
	}
	assert_int_equal(n_said, 1);
	assert_true(said[0].value == 60);
	assert_true(said[0].ts_ns > START);
}

/* While the ring is drained late, ticks must not run ahead of the records. */
static void test_ticks_wait_for_records(void **state)
{
	use("refused:threshold=10,window=1,hold=0,good=0");
	start();
	send_reset(TW_CAUSE_REFUSED, 0, 5);
	tw_alerts_tick(alerts, now + 5 * SEC);
	send_reset(TW_CAUSE_REFUSED, 0, 5);
	assert_int_equal(n_said, 1);
}

static void test_describe(void **state)
{
	struct tw_rec_alert alert = { .rule = "syn_flood", .raised = true, .value = 512, .threshold = 500,
				      .window_s = 1, .key = "192.0.2.7:443" };
	char text[200];

	tw_alert_describe(&alert, text, sizeof(text));
	assert_string_equal(text, "syn_flood raised for 192.0.2.7:443: 512 SYNs in 1 s (threshold 500)");
	alert = (struct tw_rec_alert){ .rule = "retransmits", .value = 0.012, .threshold = 0.05,
				       .window_s = 300, .key = "" };
	tw_alert_describe(&alert, text, sizeof(text));
	assert_string_equal(text, "retransmits cleared: 1.2% of data segments in 300 s (threshold 5%)");
	alert.rule = "one_day_a_rule_of_the_users_own";
	tw_alert_describe(&alert, text, 10);
	assert_int_equal(strlen(text), 9);
}

static void test_all_off(void **state)
{
	start();
	send_syns(10000);
	silence(10);
	assert_int_equal(n_said, 0);
	tw_alerts_free(alerts);
	alerts = NULL;
	tw_alerts_free(NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_raised_once_cleared_once),
		TEST(test_hysteresis),
		TEST(test_hold),
		TEST(test_cleared_by_the_next_record),
		TEST(test_window_slides),
		TEST(test_suppressed_count),
		TEST(test_flood),
		TEST(test_flood_one_short),
		TEST(test_flood_too_slow),
		TEST(test_busy_server_is_no_flood),
		TEST(test_slow_handshakes_are_no_flood),
		TEST(test_few_completions_are_a_flood),
		TEST(test_flood_before_long_silence),
		TEST(test_flood_goes_on_then_heals),
		TEST(test_good_connections_excuse),
		TEST(test_causes),
		TEST(test_forged_resets),
		TEST(test_retransmit_share),
		TEST(test_share_with_what_came_before),
		TEST(test_share_among_many),
		TEST(test_unanswered),
		TEST(test_pmtu),
		TEST(test_keys),
		TEST(test_keys_apart),
		TEST(test_names_from_the_connection),
		TEST(test_nothing_to_go_by),
		TEST(test_a_million_keys),
		TEST(test_alerts_are_bounded),
		TEST(test_clock_set_back), TEST(test_late_events_count),
		TEST(test_a_little_disorder),
		TEST(test_old_user_records),
		TEST(test_ticks_wait_for_records),
		TEST(test_describe),
		TEST(test_all_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
