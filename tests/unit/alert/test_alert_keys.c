// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What alerts are kept apart by: each kind of key, whose names they are, and more keys than there is room for. */
#include "alertfeed.h"

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
		start_over();
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
	struct tw_conn_name conn = { .orig_addr = made_addr("10.0.0.1"), .resp_addr = made_addr("10.0.0.2"),
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_keys), TEST(test_keys_apart), TEST(test_names_from_the_connection),
		TEST(test_nothing_to_go_by), TEST(test_a_million_keys), TEST(test_alerts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
