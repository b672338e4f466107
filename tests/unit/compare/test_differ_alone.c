// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Connections that one log alone has: lost, forged, translated, or of no concern to the other. */
#include "twologs.h"

static void test_rejected(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, A, 20001000, "reset", OTHER IN_A ",\"seq\":0,\"ack\":78,\"cause\":\"refused\"");
	compare_logs(t);
	assert_int_equal(t->n, 2);
	assert_int_equal(t->found[0].diff, TW_DIFF_LOST);
	assert_int_equal(t->found[1].diff, TW_DIFF_FORGED);
	assert_int_equal(t->found[1].what, TW_WHAT_RST);
	assert_null(t->found[1].b);
	assert_int_equal(t->found[1].usual_ttl, 60);
}

/* B answered: then its log does not cover it (another interface, a filter), and nothing was lost. */
static void test_answered_elsewhere(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, A, 20001000, "syn_ack", OTHER IN_A ",\"seq\":900,\"ack\":78,\"isn\":900" OFFER);
	not_comparable(t);
}

static void test_other_host(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 20000000, "syn", BETWEEN("x", "10.0.0.1", "5", "10.0.0.3", "6") OUT_A SYN77);
	line(t, B, 20000000, "syn", BETWEEN("y", "10.0.0.4", "5", "10.0.0.2", "6") IN_B SYN77);
	nothing(t);
}

/* A capture may have been filtered: a port that B never shows proves nothing. */
static void test_filtered_capture(void **state)
{
	struct two *t = *state;

	handshake(t, 10000000);
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, A, 50000000, "marker", "");
	line(t, B, 50000000, "marker", "");
	line(t, B, 0, "marker", "");
	not_comparable(t);
}

/* Many hosts behind one translated address: which of them sent what B alone has is not known. */
static void test_others_behind_nat(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 10000000, "syn", CONN_A OUT_A SYN);
	line(t, B, 10001000, "syn", ",\"conn\":\"cb\"" NATTED IN_B SYN);
	line(t, B, 20000000, "syn", BETWEEN("y", "192.0.2.9", "5", "10.0.0.2", "6") IN_B SYN77);
	assert_int_equal(only(t, TW_DIFF_REWRITTEN, TW_WHAT_ADDR, TW_TOWARD_B)->received.end.port, 61000);
}

static void test_forged_syn(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, B, 20000000, "syn", OTHER IN_B SYN77);
	only(t, TW_DIFF_FORGED, TW_WHAT_SYN, TW_TOWARD_B);
}

static void test_overlapping_incarnations(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, B, 20001000, "syn", OTHER IN_B ",\"seq\":78,\"isn\":78" OFFER);
	not_comparable(t);
	assert_non_null(strstr(t->found[0].reason, "incarnations"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rejected), TEST(test_answered_elsewhere), TEST(test_other_host),
		TEST(test_filtered_capture), TEST(test_others_behind_nat), TEST(test_forged_syn),
		TEST(test_overlapping_incarnations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
