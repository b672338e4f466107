// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What each built-in rule counts, and what not: causes of resets, RSTs that look forged, the share of retransmits. */
#include "alertfeed.h"

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

static void send_final_suspect(uint16_t suspect)
{
	struct tw_conn_name conn = conn_to(SERVER);
	struct tw_flow flow = { 0 };
	struct tw_record r = { .type = TW_EV_CONNECTION, .ts_ns = now, .conn = &conn, .iface = "eth0",
			       .final = { .flow = &flow, .state = "RSTR", .suspect = suspect } };

	tw_alerts_sink(alerts, &r);
}

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

static void send_counts(unsigned int segments, unsigned int retransmits, const char *resp)
{
	struct tw_flow flow = { .half[0].data_segments = segments };
	struct tw_trouble trouble = { .half[0].retransmits = retransmits };

	send_final(&flow, retransmits ? &trouble : NULL, resp);
}

static void test_share_with_what_came_before(void **state)
{
	use("retransmits:threshold=5%,min=1000");
	start();
	send_counts(100000, 0, SERVER);
	send_counts(1000, 200, SERVER);
	assert_int_equal(n_said, 0);
	send_counts(1000, 200, "192.0.2.8");
	assert_int_equal(n_said, 1);
}

/* More destinations than places: the healthy past of a large one is not forgotten for small ones. */
static void test_share_among_many(void **state)
{
	char resp[32];

	use("retransmits:threshold=5%,min=1000");
	start();
	for (int i = 0; i < 2000; i++) {
		snprintf(resp, sizeof(resp), "10.0.%d.%d", i / 250, i % 250);
		send_counts(10, 0, resp);
	}
	send_counts(100000, 0, SERVER);
	send_counts(1000, 200, SERVER);
	assert_int_equal(n_said, 0);
}

static void send_timeout(unsigned int times)
{
	struct tw_conn_name conn = conn_to(SERVER);
	struct tw_record r = { .type = TW_EV_CONNECT_TIMEOUT, .ts_ns = now, .conn = &conn,
			       .timeout = { .attempts = 7 } };

	while (times--)
		tw_alerts_sink(alerts, &r);
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

static void test_paths_down(void **state)
{
	use("path_down:threshold=2,good=0");
	start();
	send_event(TW_EV_PATH_DOWN, 1);
	send_event(TW_EV_PATH_UP, 1);
	assert_int_equal(n_said, 0);
	send_event(TW_EV_PATH_DOWN, 1);
	assert_int_equal(n_said, 1);
	expect_said(0, "path_down", "192.0.2.7", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_causes), TEST(test_forged_resets), TEST(test_retransmit_share),
		TEST(test_share_with_what_came_before), TEST(test_share_among_many), TEST(test_unanswered),
		TEST(test_pmtu), TEST(test_paths_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
