// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* When "not in the other log" says nothing: what a log lost, held back or could not see is no proof of anything. */
#include "twologs.h"

static void test_no_common(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 1000000, "syn", CONN_A OUT_A SYN);
	not_comparable(t);
}

static void test_a_lost_events(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 11000000, "");
	line(t, A, 12000000, "events_lost", ",\"count\":3,\"where\":\"ring\"");
	not_comparable(t);
}

static void test_table_was_full(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_at_a(t, 11000000);
	line(t, B, 12000000, "table_full", ",\"count\":3");
	not_comparable(t);
}

static void test_loss_long_after(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 11000000, "");
	line(t, A, 60000000, "events_lost", ",\"count\":3,\"where\":\"ring\"");
	only(t, TW_DIFF_LOST, TW_WHAT_RST, TW_TOWARD_A);
}

static void test_held_back(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 11000000, "");
	line(t, A, 12000000, "retransmit", CONN_A OUT_A ",\"seq\":7,\"ack\":8,\"len\":1,\"suppressed\":5");
	not_comparable(t);
}

/* As many as the budget lets through, and nobody came to say how many were held back. */
static void test_budget_used_up(void **state)
{
	struct two *t = *state;

	begin(t);
	for (int i = 0; i < 30; i++)
		rst_from_b(t, 11000000 + i * 1000, "");
	for (int i = 0; i < 20; i++)
		rst_at_a(t, 11001000 + i * 1000);
	not_comparable(t);
}

static void test_a_had_stopped(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "capture_started", "");
	line(t, B, 0, "capture_started", "");
	handshake(t, 10000000);
	line(t, A, 11000000, "capture_stopped", "");
	rst_from_b(t, 11000000, "");
	nothing(t);
}

static void test_a_was_started_again(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "capture_started", "");
	line(t, B, 0, "capture_started", "");
	handshake(t, 10000000);
	line(t, A, 10500000, "capture_stopped", "");
	rst_from_b(t, 15000000, "");
	line(t, A, 20000000, "capture_started", "");
	line(t, A, 90000000, "marker", "");
	nothing(t);
}

static void test_b_started_later(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	handshake(t, 10000000);
	line(t, A, 30000000, "syn", OTHER OUT_A SYN77);
	line(t, B, 200000000, "capture_stopped", "");
	line(t, B, 300000000, "capture_started", "");
	line(t, A, 250000000, "syn", BETWEEN("y", "10.0.0.1", "5", "10.0.0.2", "6") OUT_A
	     ",\"seq\":78,\"isn\":78" OFFER);
	line(t, A, 400000000, "marker", "");
	line(t, B, 400000000, "marker", "");
	only(t, TW_DIFF_LOST, TW_WHAT_SYN, TW_TOWARD_B); /* x; nobody knows of y */
	assert_string_equal(t->found[0].a->id, "x");
}

/* The clocks are not known: no packet of it is in both, nor of any other. */
static void test_no_packet_in_both(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 11000000, "retransmit", CONN_A OUT_A ",\"seq\":7,\"ack\":8,\"len\":1");
	rst_from_b(t, 11000000, "");
	not_comparable(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_common), TEST(test_a_lost_events), TEST(test_table_was_full),
		TEST(test_loss_long_after), TEST(test_held_back), TEST(test_budget_used_up),
		TEST(test_a_had_stopped), TEST(test_a_was_started_again), TEST(test_b_started_later),
		TEST(test_no_packet_in_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
