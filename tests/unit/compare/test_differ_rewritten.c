// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the path rewrote between two logs, and what only looks so. */
#include "twologs.h"

static void test_rewritten(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 10000000, "syn", CONN_A OUT_A SYN);
	line(t, B, 10001000, "syn", CONN_B IN_B ",\"seq\":100,\"isn\":100,"
	     "\"mss\":1300,\"sack_ok\":false,\"ts_ok\":true,\"ecn\":false,\"tfo\":false,\"len\":0");
	compare_logs(t);
	assert_int_equal(t->n, 2);
	assert_int_equal(t->found[0].what, TW_WHAT_MSS);
	assert_int_equal(t->found[0].sent.number, 1460);
	assert_int_equal(t->found[0].received.number, 1300);
	assert_int_equal(t->found[1].what, TW_WHAT_OPTIONS);
	assert_int_equal(t->found[1].sent.options & ~t->found[1].received.options, TW_OPT_WSCALE | TW_OPT_SACK);
}

/* A's first SYN is lost, and its repeat has fewer options by itself. */
static void test_repeat_with_fewer_options(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 9000000, "syn", CONN_A OUT_A SYN);
	line(t, A, 10000000, "syn_retransmit", CONN_A OUT_A ",\"seq\":100,\"options_dropped\":[\"wscale\",\"ts_ok\"]");
	line(t, B, 10001000, "syn", CONN_B IN_B ",\"seq\":100,\"isn\":100,"
	     "\"mss\":1460,\"sack_ok\":true,\"ts_ok\":false,\"ecn\":false,\"tfo\":false,\"len\":0");
	line(t, B, 10001100, "syn_ack", CONN_B OUT_B SYN_ACK);
	line(t, A, 10002100, "syn_ack", CONN_A IN_A SYN_ACK);
	only(t, TW_DIFF_LOST, TW_WHAT_SYN, TW_TOWARD_B);
}

/* B's capture cut the options off: unknown is not absent. */
static void test_options_cut_off(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 10000000, "syn", CONN_A OUT_A SYN);
	line(t, B, 10001000, "syn", CONN_B IN_B ",\"seq\":100,\"isn\":100,\"ecn\":false,\"len\":0");
	nothing(t);
}

static void test_moved_sequence(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 10000000, "syn", CONN_A OUT_A ",\"ip_id\":5" SYN);
	line(t, B, 10001000, "syn", CONN_B IN_B ",\"ip_id\":5,\"seq\":1100,\"isn\":1100" OFFER);
	line(t, B, 10001100, "syn_ack", CONN_B OUT_B ",\"seq\":500,\"ack\":1101,\"isn\":500" OFFER);
	line(t, A, 10002100, "syn_ack", CONN_A IN_A SYN_ACK);
	line(t, A, 11000000, "reset", CONN_A OUT_A ",\"seq\":150,\"ack\":501");
	line(t, B, 11001000, "reset", CONN_B IN_B ",\"seq\":1150,\"ack\":501");
	assert_int_equal(only(t, TW_DIFF_REWRITTEN, TW_WHAT_SEQ, TW_TOWARD_B)->received.number, 1100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rewritten), TEST(test_repeat_with_fewer_options), TEST(test_options_cut_off),
		TEST(test_moved_sequence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
