// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Attempts that nobody answers, or nobody completes: when they time out, and what comes late. */
#include "made_conns.h"

/* --- connect_timeout: max(3 × the last interval, 3 s) after at least one repetition, 60 s after a lone SYN --- */

static void test_lone_syn_times_out_after_60_s(void **state)
{
	struct kept *k;

	begin(1, 10 * S);
	comes_at(TW_EV_CONNECT_TIMEOUT, 70 * S);
	k = kept_last(&w.sink, TW_EV_CONNECT_TIMEOUT);
	assert_int_equal(k->record.timeout.attempts, 1);
	assert_int_equal(k->record.timeout.waited_ns, 60 * S);
	assert_int_equal(k->record.ts_ns, WALL + 70 * S);
	assert_int_equal(k->name.id, 1);
	assert_int_equal(k->record.dir, TW_DIR_OUT);
}

static void test_timed_out_attempt_is_recorded_60_s_later(void **state)
{
	begin(1, 10 * S);
	comes_at(TW_EV_CONNECTION, 130 * S);
	assert_int_equal(final()->end, TW_END_TIMEOUT);
	assert_string_equal(final()->state, "S0");
	assert_string_equal(final()->history, "S");
	assert_int_equal(final()->duration_ns, 0);
	assert_int_equal(final()->start_ns, WALL + 10 * S);
	assert_false(w.store.states[0].used);
}

static void test_repeated_syn_times_out_after_three_intervals(void **state)
{
	struct made_state *s = begin(1, 100 * S);

	repeat(s, made_syn_again(1, 101 * S, 2, 1 * S, 1 * S));
	repeat(s, made_syn_again(1, 103 * S, 3, 3 * S, 2 * S));
	repeat(s, made_syn_again(1, 107 * S, 4, 7 * S, 4 * S));
	comes_at(TW_EV_CONNECT_TIMEOUT, 119 * S);
	assert_int_equal(last(TW_EV_CONNECT_TIMEOUT)->timeout.attempts, 4);
	assert_int_equal(last(TW_EV_CONNECT_TIMEOUT)->timeout.waited_ns, 19 * S);
}

static void test_horizon_is_at_least_3_s(void **state)
{
	struct made_state *s = begin(1, 100 * S);

	repeat(s, made_syn_again(1, 100 * S + 500 * MS, 2, 500 * MS, 500 * MS));
	comes_at(TW_EV_CONNECT_TIMEOUT, 103 * S + 500 * MS);
	assert_int_equal(last(TW_EV_CONNECT_TIMEOUT)->timeout.waited_ns, 3500 * MS);
}

static void test_late_repeat_goes_on_and_is_said_again(void **state)
{
	struct made_state *s = begin(1, 100 * S);

	repeat(s, made_syn_again(1, 101 * S, 2, 1 * S, 1 * S));
	tick(105 * S);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 1);
	repeat(s, made_syn_again(1, 120 * S, 3, 20 * S, 19 * S));
	tick(176 * S);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 1);
	tick(178 * S); /* 120 + 57 */
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 2);
	assert_int_equal(last(TW_EV_CONNECT_TIMEOUT)->timeout.attempts, 3);
	assert_int_equal(last(TW_EV_CONNECT_TIMEOUT)->timeout.waited_ns, 77 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 0);
	tick(240 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
}

static void test_late_answer_after_timeout_opens(void **state)
{
	struct made_state *s = begin(1, 100 * S);

	repeat(s, made_syn_again(1, 101 * S, 2, 1 * S, 1 * S));
	tick(105 * S);
	repeat(s, made_syn_ack(1, 106 * S));
	s->flow.flags |= TW_FF_ESTABLISHED;
	send_event(made_event(TW_EV_ESTABLISHED, 1, 106 * S + 1));
	tick(300 * S);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 1);
	assert_int_equal(count(TW_EV_CONNECTION), 0);
}

static void test_answered_syn_never_times_out(void **state)
{
	struct made_state *s = begin(1, 100 * S);

	repeat(s, made_syn_ack(1, 101 * S));
	tick(400 * S);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
	assert_int_equal(count(TW_EV_ACCEPT_TIMEOUT), 0); /* it was not repeated */
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(final()->end, TW_END_TIMEOUT);
	assert_string_equal(final()->state, "S1");
}

static void test_answer_that_no_event_told_is_found_in_the_state(void **state)
{
	struct made_state *s = begin(1, 100 * S);

	s->flow.flags |= TW_FF_ESTABLISHED;
	s->flow.last_ns = 159 * S;
	tick(500 * S);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
	assert_int_equal(count(TW_EV_CONNECTION), 0);
}

static void test_state_gone_is_no_timeout(void **state)
{
	begin(1, 100 * S)->used = false; /* a challenge ACK ended the attempt, or a flood took its entry */
	tick(161 * S);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(final()->end, TW_END_EVICTED);
	assert_string_equal(final()->state, "S0");
}

/* A capture with a hole of a day: everything that was due in it is said, with the time that it was due. */
static void test_jump_in_time(void **state)
{
	begin(1, 100 * S);
	tick(100000 * S);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 1);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(last(TW_EV_CONNECTION)->ts_ns, WALL + 220 * S);
}

/* --- accept_timeout --- */

static void test_accept_timeout(void **state)
{
	struct made_state *s = begin(1, 100 * S);
	struct kept *k;

	repeat(s, made_syn_ack(1, 100 * S + 1 * MS));
	repeat(s, made_syn_ack_again(1, 101 * S + 1 * MS, 2, 1 * S, 1 * S));
	repeat(s, made_syn_ack_again(1, 103 * S + 1 * MS, 3, 3 * S, 2 * S));
	comes_at(TW_EV_ACCEPT_TIMEOUT, 109 * S + 1 * MS);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
	k = kept_last(&w.sink, TW_EV_ACCEPT_TIMEOUT);
	assert_int_equal(k->record.timeout.attempts, 3);
	assert_int_equal(k->record.timeout.waited_ns, 9 * S);
	assert_int_equal(k->record.dir, TW_DIR_IN);
}

static void test_finish_says_accept_timeout(void **state)
{
	struct made_state *s = begin(1, 100 * S);

	repeat(s, made_syn_ack(1, 100 * S));
	repeat(s, made_syn_ack_again(1, 101 * S, 2, 1 * S, 1 * S));
	tw_conns_finish(w.conns, 103 * S);
	assert_int_equal(count(TW_EV_ACCEPT_TIMEOUT), 1);
	assert_int_equal(final()->end, TW_END_TIMEOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_lone_syn_times_out_after_60_s),
		T(test_timed_out_attempt_is_recorded_60_s_later),
		T(test_repeated_syn_times_out_after_three_intervals),
		T(test_horizon_is_at_least_3_s),
		T(test_late_repeat_goes_on_and_is_said_again),
		T(test_late_answer_after_timeout_opens),
		T(test_answered_syn_never_times_out),
		T(test_answer_that_no_event_told_is_found_in_the_state),
		T(test_state_gone_is_no_timeout),
		T(test_jump_in_time),
		T(test_accept_timeout),
		T(test_finish_says_accept_timeout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
