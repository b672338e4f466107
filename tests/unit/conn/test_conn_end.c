// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How connections end, and their final records: FIN, RST, a tuple used again, silence, the end of the input. */
#include "made_conns.h"

static void test_fin_is_recorded_after_2_s(void **state)
{
	struct made_state *s = establish(1, 100 * S);

	end_by(s, 110 * S, 0, true);
	s->flow.last_ns = 111 * S; /* the last ACK: counted, not timed */
	comes_at(TW_EV_CONNECTION, 112 * S);
	assert_int_equal(final()->end, TW_END_FIN);
	assert_string_equal(final()->state, "SF");
	assert_int_equal(final()->duration_ns, 10 * S);
	assert_int_equal(final()->side, TW_SIDE_ORIGINATOR);
	assert_int_equal(last(TW_EV_CONNECTION)->ts_ns, WALL + 112 * S);
	assert_true(s->used); /* TIME-WAIT */
	tick(170 * S - 1);
	assert_true(s->used);
	tick(170 * S + SLOT);
	assert_false(s->used);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(count(TW_EV_ENDED), 0);
}

static void test_reset_is_recorded_after_2_s(void **state)
{
	struct tw_event reset = made_end(TW_EV_RESET, 1, 109 * S, TW_CAUSE_ABORTED);
	struct made_state *s = establish(1, 100 * S);

	s->troubled = true;
	resp_half(&s->flow)->flags |= TW_HF_KEPT_TALKING;
	reset.reset.suspect = 1 << TW_SUSPECT_TTL;
	send_event(reset);
	end_by(s, 110 * S, TW_CAUSE_ABORTED, false);
	tick(112 * S + SLOT);
	assert_int_equal(final()->end, TW_END_RESET);
	assert_string_equal(final()->state, "RSTR");
	assert_int_equal(final()->cause, TW_CAUSE_ABORTED);
	assert_int_equal(final()->suspect, 1 << TW_SUSPECT_TTL | 1 << TW_SUSPECT_SENDER_KEPT_TALKING);
	assert_non_null(final()->trouble);
	assert_true(final()->seen & 1u << TW_EV_RESET);
}

static void test_reset_after_close_is_no_forgery(void **state)
{
	struct made_state *s = establish(1, 100 * S);

	resp_half(&s->flow)->flags |= TW_HF_KEPT_TALKING;
	end_by(s, 110 * S, TW_CAUSE_AFTER_CLOSE, true);
	tick(113 * S);
	assert_int_equal(final()->suspect, 0);
}

static void test_refused_is_recorded_after_the_retry_horizon(void **state)
{
	struct made_state *s = begin(1, 100 * S);

	end_by(s, 100 * S + 1 * MS, TW_CAUSE_REFUSED, false);
	comes_at(TW_EV_CONNECTION, 160 * S + 1 * MS);
	assert_string_equal(final()->state, "REJ");
	assert_int_equal(final()->end, TW_END_RESET);
	assert_int_equal(final()->duration_ns, 1 * MS);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
	assert_false(s->used);
}

/* Some stacks try three times, half a second apart: one attempt, one record. */
static void test_syn_after_refusal_goes_on(void **state)
{
	struct made_state *s = begin(1, 100 * S);
	struct tw_event again;

	for (unsigned int i = 0; i < 3; i++) {
		uint64_t at = 100 * S + i * 500 * MS;

		if (i) {
			again = made_syn_again(1, at, i + 1, i * 500 * MS, 500 * MS);
			again.syn.after_reset = 1;
			s->flow.flags &= ~TW_FF_ENDED;
			repeat(s, again);
		}
		end_by(s, at + 1 * MS, TW_CAUSE_REFUSED, false);
	}
	comes_at(TW_EV_CONNECTION, 104 * S + 1 * MS); /* 3 s after the last */
	assert_int_equal(final()->duration_ns, 1001 * MS);
	tick(400 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
}

static void replace(struct made_state *s, uint64_t at)
{
	struct tw_event e = made_event(TW_EV_REPLACED, s->flow.id, at);
	struct tw_flow old = s->flow;

	s->used = false;
	e.len = sizeof(struct tw_event_replaced);
	tw_conns_event(w.conns, &e, &old);
}

static void test_reused_tuple_ends_the_old_one(void **state)
{
	struct made_state *s = establish(1, 100 * S);

	orig_half(&s->flow)->bytes = 4711;
	s->flow.last_ns = 105 * S;
	replace(s, 120 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(count(TW_EV_REPLACED), 0);
	assert_int_equal(final()->end, TW_END_REUSED);
	assert_string_equal(final()->state, "S1");
	assert_int_equal(final()->duration_ns, 5 * S);
	assert_int_equal(orig_half((struct tw_flow *)final()->flow)->bytes, 4711);
	tick(10000 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
}

static void test_reuse_of_an_ended_one_keeps_its_end(void **state)
{
	struct made_state *s = establish(1, 100 * S);

	end_by(s, 110 * S, 0, true);
	replace(s, 111 * S);
	assert_int_equal(final()->end, TW_END_FIN);
	assert_int_equal(final()->duration_ns, 10 * S);
}

static void test_reuse_in_time_wait_writes_nothing(void **state)
{
	struct made_state *s = establish(1, 100 * S);

	end_by(s, 110 * S, 0, true);
	tick(113 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	replace(s, 120 * S);
	tick(1000 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
}

static void test_idle_limit(void **state)
{
	struct made_state *s = establish(1, 100 * S);

	s->flow.last_ns = 5000 * S; /* no event told of it */
	tick(100 * S + TW_CONNS_IDLE_NS + 1 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 0);
	comes_at(TW_EV_CONNECTION, 5000 * S + TW_CONNS_IDLE_NS);
	assert_int_equal(final()->end, TW_END_IDLE);
	assert_int_equal(final()->duration_ns, 4900 * S);
	assert_false(s->used);
}

/* --- no_response, which only the end tells --- */

static void test_unanswered_request(void **state)
{
	struct made_state *s = establish(1, 100 * S);
	struct kept *k;

	orig_half(&s->flow)->isn = 1000;
	orig_half(&s->flow)->snd_nxt = 1501;
	orig_half(&s->flow)->data_segments = 1;
	resp_half(&s->flow)->flags |= TW_HF_WAITING | TW_HF_ACK;
	resp_half(&s->flow)->flight_us = tw_us(105 * S);
	end_by(s, 117 * S, TW_CAUSE_ABORTED, true);
	tick(120 * S);
	assert_int_equal(count(TW_EV_NO_RESPONSE), 1);
	k = kept_last(&w.sink, TW_EV_NO_RESPONSE);
	assert_in_range(k->record.timeout.waited_ns, 12 * S - 5000, 12 * S + 5000); /* kept in µs */
	assert_int_equal(k->record.ts_ns, WALL + 117 * S);
	assert_true(final()->seen & 1u << TW_EV_NO_RESPONSE);
}

/* --- the end of the input --- */

static void test_finish(void **state)
{
	struct made_state *s;

	establish(1, 100 * S);
	s = establish(2, 100 * S);
	end_by(s, 109 * S, TW_CAUSE_ABORTED, true);
	begin(3, 107 * S); /* 3 s old */
	begin(4, 108 * S);
	tw_conns_finish(w.conns, 110 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 4);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 1);
	assert_int_equal(kept_last(&w.sink, TW_EV_CONNECT_TIMEOUT)->name.id, 3);
	assert_int_equal(last(TW_EV_CONNECT_TIMEOUT)->timeout.waited_ns, 3 * S);
	for (size_t i = 0; i < w.sink.n; i++) {
		static const enum tw_end ends[] = { 0, TW_END_EOF, TW_END_RESET, TW_END_TIMEOUT, TW_END_EOF };
		const struct kept *k = &w.sink.kept[i];

		if (k->record.type == TW_EV_CONNECTION)
			assert_int_equal(k->record.final.end, ends[k->name.id]);
	}
	assert_int_equal(stats().connections, 0);
	assert_int_equal(stats().half_open, 0);
}

/* The kernel's RST to what still came was shown first, the application's own behind it. */
static void test_two_resets_of_one_host_that_change_places(void **state)
{
	struct tw_event reset = from_resp(made_end(TW_EV_RESET, 1, 101 * S, TW_CAUSE_ABORTED)), ended = reset, own = reset;

	reset.reset.shape = ended.reset.shape = TW_RST_STATELESS;
	ended.type = TW_EV_ENDED;
	own.reset.cause = TW_CAUSE_NO_CONNECTION;
	for (int behind = 0; behind < 3; behind++) {
		struct tw_event second = own;

		reopen_world(&(struct tw_conns_options){ .wall_offset_ns = WALL }, true);
		establish(1, 100 * S);
		send_event(reset);
		send_event(ended);
		second.tcp_flags = behind ? TW_RST | TW_ACK : TW_RST;
		second.flags ^= behind == 2 ? TW_EF_FROM_ORIG : 0; /* the other side's */
		send_event(second);
		tick(110 * S);
		assert_int_equal(final()->shape, behind == 1 ? 0 : TW_RST_STATELESS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_fin_is_recorded_after_2_s),
		T(test_reset_is_recorded_after_2_s),
		T(test_reset_after_close_is_no_forgery),
		T(test_refused_is_recorded_after_the_retry_horizon),
		T(test_syn_after_refusal_goes_on),
		T(test_reused_tuple_ends_the_old_one),
		T(test_reuse_of_an_ended_one_keeps_its_end),
		T(test_reuse_in_time_wait_writes_nothing),
		T(test_idle_limit),
		T(test_unanswered_request),
		T(test_two_resets_of_one_host_that_change_places),
		T(test_finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
