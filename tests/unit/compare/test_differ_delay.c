// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which way took the time, or which host, by the clocks of two logs. */
#include "twologs.h"

static void test_slow_answer(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t);
	line(t, B, 13000000, "slow_response", CONN_B OUT_B ",\"seq\":501,\"ack\":601,\"waited\":2.0");
	line(t, A, 13500000, "slow_response", CONN_A IN_A ",\"seq\":501,\"ack\":601,\"waited\":2.6");
	f = only(t, TW_DIFF_DELAY, TW_WHAT_NONE, TW_TOWARD_B);
	assert_true(f->delay.answer);
	assert_int_equal(f->delay.there_ns, 100 * MS);
	assert_int_equal(f->delay.host_ns, 2 * S);
	assert_int_equal(f->delay.back_ns, 500 * MS);
	assert_int_equal(f->offset_ns, AHEAD);
	assert_int_equal(f->offset_error_ns, MS);
}

static void test_slow_handshake(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t); /* 1 ms each way */
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, B, 20301000, "syn", OTHER IN_B SYN77);
	line(t, B, 20301100, "syn_ack", OTHER OUT_B ",\"seq\":900,\"ack\":78,\"isn\":900" OFFER);
	line(t, A, 20302100, "syn_ack", OTHER IN_A ",\"seq\":900,\"ack\":78,\"isn\":900" OFFER);
	f = only(t, TW_DIFF_DELAY, TW_WHAT_NONE, TW_TOWARD_B);
	assert_in_range(f->delay.there_ns, 300 * MS, 303 * MS);
	assert_in_range(f->delay.back_ns, 0, 3 * MS);
	assert_int_equal(f->delay.there_ns + f->delay.host_ns + f->delay.back_ns, 302100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_slow_answer), TEST(test_slow_handshake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
