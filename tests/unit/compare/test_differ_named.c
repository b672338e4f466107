// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* RSTs that two logs name: lost, forged, honest, of other incarnations, copied by the path. */
#include "twologs.h"

/* IPv6, and kernels' own RSTs, have no IP-ID: a copy comes at once. */
static void test_copies_without_id(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 11000000, "reset", CONN_A OUT_A ",\"seq\":200");
	line(t, B, 11001000, "reset", CONN_B IN_B ",\"seq\":200");
	line(t, B, 11001900, "reset", CONN_B IN_B ",\"seq\":200");
	nothing(t);
}

static void test_lost_rst(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t);
	rst_from_b(t, 11000000, "");
	f = only(t, TW_DIFF_LOST, TW_WHAT_RST, TW_TOWARD_A);
	assert_int_equal(f->ts_b, WALL + 11 * S + AHEAD);
	assert_int_equal(f->ts_a, 0);
	assert_int_equal(f->seq, 501);
}

static void test_forged_rst(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t);
	rst_at_a(t, 11000000);
	f = only(t, TW_DIFF_FORGED, TW_WHAT_RST, TW_TOWARD_A);
	assert_int_equal(f->ttl, 99);
	assert_int_equal(f->usual_ttl, 60);
}

/* One is forged, the honest one comes later: the time tells which. */
static void test_forged_before_honest(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_at_a(t, 11000000);
	rst_from_b(t, 12000000, "");
	rst_at_a(t, 12001000);
	assert_int_equal(only(t, TW_DIFF_FORGED, TW_WHAT_RST, TW_TOWARD_A)->ts_a, WALL + 11 * S);
}

static void test_honest_rst(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 11000000, "");
	rst_at_a(t, 11001000);
	nothing(t);
}

/* After its connection was forgotten A calls it one of no connection; it is the same RST. */
static void test_stray_rst(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 90000000, "");
	line(t, A, 90001000, "reset", ENDS_OF("10.0.0.2", "443", "10.0.0.1", "40000")
	     ",\"dir\":\"in\",\"seq\":501,\"ack\":0,\"cause\":\"no_connection\"");
	nothing(t);
}

/* A tells the RST of the next incarnation of the ports, B of the one before. */
static void test_rst_of_other_incarnation(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 10900000, "syn", ",\"conn\":\"next\"" ENDS OUT_A ",\"seq\":9000,\"isn\":9000" OFFER);
	line(t, B, 10901000, "syn", ",\"conn\":\"next\"" ENDS IN_B ",\"seq\":9000,\"isn\":9000" OFFER);
	rst_from_b(t, 11000000, "");
	line(t, A, 11001000, "reset", ",\"conn\":\"next\"" ENDS IN_A ",\"seq\":501,\"ack\":0");
	nothing(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_copies_without_id), TEST(test_lost_rst), TEST(test_forged_rst),
		TEST(test_forged_before_honest), TEST(test_honest_rst), TEST(test_stray_rst),
		TEST(test_rst_of_other_incarnation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
