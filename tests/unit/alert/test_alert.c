// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Alerts: raised once, cleared once, with what lies between; what excuses, and how they are told. */
#include "alertfeed.h"

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
	assert_int_equal(said[0].ts_ns, WALL);
	send_reset(TW_CAUSE_REFUSED, 0, 1000);
	now += 9 * S;
	send_reset(TW_CAUSE_REFUSED, 0, 1);
	assert_int_equal(n_said, 1);
	silence(30);
	assert_int_equal(n_said, 2);
	expect_said(1, "refused", "192.0.2.7:443", false);
	assert_in_range(said[1].ts_ns, WALL + 10 * S, WALL + 13 * S);
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
		now += 10 * S;
	}
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	assert_int_equal(n_said, 1);
	for (int round = 0; round < 500; round++) {
		/* … and 7 to 10 at any time keep it from being cleared. */
		now += S;
		send_reset(TW_CAUSE_REFUSED, 0, round % 10 < 7);
	}
	assert_int_equal(n_said, 1);
	for (int round = 0; round < 100; round++) {
		now += S;
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
	assert_in_range(said[1].ts_ns, WALL + 75 * S, WALL + 78 * S);
}

/* In a capture nobody ticks: the next packet, an hour later, is enough. */
static void test_cleared_by_the_next_record(void **state)
{
	use("refused:threshold=10,window=10,hold=30,good=0");
	start();
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	now += 3600 * S;
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
		now += S + S / 9;
		send_reset(TW_CAUSE_REFUSED, 0, 1);
	}
	assert_int_equal(n_said, 0);
	/* … and ten across what would be two fixed windows. */
	now = WALL + 1005 * S;
	send_reset(TW_CAUSE_REFUSED, 0, 5);
	now += 8 * S;
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
	const struct CMUnitTest tests[] = {
		TEST(test_raised_once_cleared_once), TEST(test_hysteresis), TEST(test_hold),
		TEST(test_cleared_by_the_next_record), TEST(test_window_slides), TEST(test_suppressed_count),
		TEST(test_good_connections_excuse), TEST(test_describe), TEST(test_all_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
