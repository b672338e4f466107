// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The alert for a SYN flood: the unfinished handshakes of a server, and what is none however busy it is. */
#include "alertfeed.h"

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
	assert_in_range(said[0].ts_ns, WALL + S, WALL + 3 * S + 500 * MS);
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
	feed_times(event, 1000);
	silence(20);
	assert_int_equal(n_said, 4);
}

/* The next thing that happens after a flood comes an hour later: it is told all the same. */
static void test_flood_before_long_silence(void **state)
{
	use("syn_flood:threshold=500");
	start();
	send_syns(1000);
	now += 3600 * S;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_flood), TEST(test_flood_one_short), TEST(test_flood_too_slow),
		TEST(test_busy_server_is_no_flood), TEST(test_slow_handshakes_are_no_flood),
		TEST(test_few_completions_are_a_flood), TEST(test_flood_before_long_silence),
		TEST(test_flood_goes_on_then_heals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
