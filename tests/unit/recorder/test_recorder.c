// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The flight recorder: which packets it writes, when, and what stands beside them. */
#include "made_evidence.h"

static void test_event_and_verdict(void **state)
{
	give(CONN, 2, 1 * S + 20 * MS); /* in any order */
	give(CONN, 1, 1 * S + 10 * MS);
	give(CONN, 3, 1 * S + 30 * MS);
	event(TW_EV_RESET, CONN, 1 * S + 30 * MS, TW_CAUSE_ABORTED);
	give(CONN, 4, 1 * S + 40 * MS);
	tick(3 * S);
	expect_count(0); /* the verdict is waited for */
	end(CONN, TW_VERDICT_RESET_BY_RESPONDER);
	tick(5 * S);
	expect_count(4);
	expect(0, 1, 1 * S + 10 * MS, "2 before reset; verdict reset_by_responder", "[conn 2d]");
	expect(1, 2, 1 * S + 20 * MS, "1 before reset", "; verdict reset_by_responder");
	expect(2, 3, 1 * S + 30 * MS, "reset: RST", "; verdict reset_by_responder: That is why.");
	expect(3, 4, 1 * S + 40 * MS, "1 after reset", "; verdict reset_by_responder: That is why.");
	assert_int_equal(stats.connections, 1);
}

/* A connection that goes on has no verdict: it is written without, after a while. */
static void test_no_verdict(void **state)
{
	unsigned int number;
	uint64_t ts;

	give(CONN, 1, 1 * S);
	event(TW_EV_RETRANSMIT, CONN, 1 * S, 0);
	tick(5 * S);
	expect_count(0);
	tick(7 * S);
	expect_count(1);
	expect(0, 1, 1 * S, "retransmit", "[conn 2d]");
	assert_null(strstr(written(0, &number, &ts), "verdict"));
}

/* The packets of an attempt wait longer: so does its verdict. */
static void test_attempt(void **state)
{
	give(CONN, 1, 1 * S);
	give(CONN, 2, 2 * S);
	event(TW_EV_SYN_RETRANSMIT, CONN, 2 * S, 0);
	tick(8 * S);
	timeout(CONN, 8 * S);
	tick(60 * S);
	end(CONN, TW_VERDICT_NO_ANSWER);
	tick(62 * S);
	expect_count(2);
	expect(0, 1, 1 * S, "1 before syn_retransmit", "verdict no_answer");
	expect(1, 2, 2 * S, "syn_retransmit",
	       "; then connect_timeout: no answer to 2 SYNs in 3.0 s; verdict no_answer: That");
}

/* A bad verdict alone: what the kernel still has, but for what it handed over, and what it was just writing. */
static void test_verdict_alone(void **state)
{
	struct tw_evidence told = packet(CONN, 5, 1 * S), torn = packet(CONN, 6, 1 * S), other = packet(78, 7, 1 * S);

	told.told = 1;
	torn.ready = 2;
	keep_in_kernel(0, packet(CONN, 8, 3 * S));
	keep_in_kernel(1, packet(CONN, 9, 4 * S));
	keep_in_kernel(2, told);
	keep_in_kernel(3, torn);
	keep_in_kernel(4, packet(CONN, 1, 1 * S)); /* the first ones have their own slots */
	keep_in_kernel(5, other);
	end(CONN, TW_VERDICT_LOSSY_PATH);
	tick(5 * S);
	expect_count(3);
	expect(0, 1, 1 * S, "of the last packets; verdict lossy_path", "");
	expect(1, 8, 3 * S, "of the last packets; verdict lossy_path", "");
	expect(2, 9, 4 * S, "of the last packets; verdict lossy_path: That is why.", "");
}

/* The kernel drops a packet behind the hooks: no packet program knows. */
static void test_kernel_drop(void **state)
{
	keep_in_kernel(0, packet(CONN, 8, 1 * S + 10 * MS));
	keep_in_kernel(1, packet(CONN, 9, 1 * S + 30 * MS));
	event(TW_EV_KERNEL_DROP, CONN, 1 * S + 20 * MS, 0);
	tw_recorder_finish(recorder);
	expect_count(2);
	expect(0, 8, 1 * S + 10 * MS, "then kernel_drop", "[conn 2d]");
	expect(1, 9, 1 * S + 30 * MS, "after kernel_drop", "[conn 2d]");
}

static void test_nothing_to_tell(void **state)
{
	keep_in_kernel(0, packet(CONN, 4, 1 * S));
	event(TW_EV_SYN, CONN, 1 * S, 0);
	event(TW_EV_SYN_ACK, CONN, 1 * S, 0);
	event(TW_EV_ESTABLISHED, CONN, 1 * S, 0);
	event(TW_EV_RESET, CONN, 2 * S, TW_CAUSE_AFTER_CLOSE);
	end(CONN, TW_VERDICT_OK);
	end(CONN, TW_VERDICT_UNKNOWN);
	end(CONN, TW_VERDICT_ORIGINATOR_IDLE);
	tick(100 * S);
	tw_recorder_finish(recorder);
	expect_count(0);
	assert_int_equal(size, 0);
	assert_int_equal(stats.files, 0);
}

/* Two connections are told apart, and a packet can cause two events. */
static void test_two(void **state)
{
	give(CONN, 1, 1 * S);
	give(78, 2, 1 * S);
	event(TW_EV_RETRANSMIT, CONN, 1 * S, 0);
	event(TW_EV_MSS_EXCEEDED, CONN, 1 * S, 0);
	event(TW_EV_ZERO_WINDOW, 78, 1 * S, 0);
	tw_recorder_finish(recorder);
	expect_count(2);
	expect(0, 1, 1 * S, "retransmit", "; mss_exceeded");
	expect(1, 2, 1 * S, "zero_window", "[conn 2e]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_event_and_verdict), TEST(test_no_verdict), TEST(test_attempt), TEST(test_verdict_alone),
		TEST(test_kernel_drop), TEST(test_nothing_to_tell), TEST(test_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
