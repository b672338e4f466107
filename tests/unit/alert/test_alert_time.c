// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Alerts go by the records' own time: a clock that is set back, disorder, what is told late, ticks that run ahead. */
#include "alertfeed.h"

static void test_clock_set_back(void **state)
{
	use("refused:threshold=10,clear=5,window=10,hold=5,good=0");
	start();
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	assert_int_equal(n_said, 1);
	now -= 3600 * S;
	/* Silence: ticks alone must bring it to an end, within the time it takes and not an hour later. */
	silence(40);
	assert_int_equal(n_said, 2);
	assert_false(said[1].raised);
	/* Records go on at the new time: they count, and leave the window. */
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	assert_int_equal(n_said, 3);
	now -= 3600 * S;
	send_reset(TW_CAUSE_REFUSED, 0, 40); /* the clock again, in the middle of things */
	now += 20 * S;
	for (int i = 0; i < 10; i++, now += 2 * S)
		send_event(TW_EV_ZERO_WINDOW, 1);
	assert_int_equal(n_said, 4);
	assert_false(said[3].raised);
}

/* What waited a second for the kernel's word comes in a burst: time does not turn back, and a short window has it. */
static void test_late_events_count(void **state)
{
	use("refused:threshold=60,window=1,hold=0,good=0");
	start();
	for (int i = 0; i < 3; i++) {
		send_event(TW_EV_ZERO_WINDOW, 1);
		now -= S + 10 * MS;
		send_reset(TW_CAUSE_REFUSED, 0, 20);
		now += S + 110 * MS;
	}
	assert_int_equal(n_said, 1);
	assert_true(said[0].value == 60);
	assert_true(said[0].ts_ns > WALL);
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
	now -= 60 * S;
	for (int i = 0; i < 1000; i++)
		send_final(&flow, NULL, "192.0.2.7");
	now += 60 * S + 5 * S;
	send_reset(TW_CAUSE_REFUSED, 0, 10);
	assert_int_equal(n_said, 1);
}

/* While the ring is drained late, ticks must not run ahead of the records. */
static void test_ticks_wait_for_records(void **state)
{
	use("refused:threshold=10,window=1,hold=0,good=0");
	start();
	send_reset(TW_CAUSE_REFUSED, 0, 5);
	tw_alerts_tick(alerts, now + 5 * S);
	send_reset(TW_CAUSE_REFUSED, 0, 5);
	assert_int_equal(n_said, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_clock_set_back), TEST(test_late_events_count), TEST(test_a_little_disorder),
		TEST(test_old_user_records), TEST(test_ticks_wait_for_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
