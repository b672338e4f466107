// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The connection table: time-outs, ends and their records; and that nothing is lost. */
#include "tcpwhy/track.h"
#include "made.h"

struct world {
	struct made_store store;
	struct made_sink sink;
	struct tw_conns *conns;
};

static struct world w;

static void open_world(const struct tw_conns_options *options, bool with_store)
{
	memset(&w, 0, sizeof(w));
	made_store_init(&w.store);
	w.conns = tw_conns_new(options, with_store ? &w.store.store : NULL, made_keep, &w.sink);
	assert_non_null(w.conns);
}

static int setup(void **state)
{
	struct tw_conns_options options = { .max_connections = 100, .wall_offset_ns = WALL };

	open_world(&options, true);
	return 0;
}

static int teardown(void **state)
{
	tw_conns_free(w.conns);
	return 0;
}

static void send_event(struct tw_event e)
{
	tw_conns_event(w.conns, &e, NULL);
}

static void tick(uint64_t ns)
{
	tw_conns_tick(w.conns, ns);
}

static unsigned int count(unsigned int type)
{
	return w.sink.of[type];
}

/* Timers fire at most a slot late, so tests look that much later. */
#define SLOT (70 * MS)

/* A SYN at @at, and its state in the store. */
static struct made_state *begin(uint64_t id, uint64_t at)
{
	struct tw_event syn = made_syn(id, at);
	struct made_state *s = made_state_add(&w.store, &syn);

	orig_half(&s->flow)->flags = TW_HF_ISN;
	orig_half(&s->flow)->attempts = 1;
	orig_half(&s->flow)->packets = 1;
	orig_half(&s->flow)->point = 2 << 1 | 1;
	s->flow.history = TW_LETTER_SYN + 1;
	send_event(syn);
	return s;
}

static void repeat(struct made_state *s, struct tw_event e)
{
	struct tw_half *half = e.flags & TW_EF_FROM_ORIG ? orig_half(&s->flow) : resp_half(&s->flow);

	half->attempts = e.syn.attempt;
	half->flags |= TW_HF_ISN;
	half->packets++;
	s->flow.last_ns = e.ts_ns;
	send_event(e);
}

static struct made_state *establish(uint64_t id, uint64_t at)
{
	struct made_state *s = begin(id, at);

	repeat(s, made_syn_ack(id, at + 1 * MS));
	resp_half(&s->flow)->point = 2 << 1;
	s->flow.flags |= TW_FF_ESTABLISHED;
	s->flow.last_ns = at + 2 * MS;
	send_event(made_event(TW_EV_ESTABLISHED, id, at + 2 * MS));
	return s;
}

static void end_by(struct made_state *s, uint64_t at, unsigned int cause, bool from_originator)
{
	struct tw_event reset = made_end(TW_EV_RESET, s->flow.id, at, cause), ended = made_end(TW_EV_ENDED, s->flow.id, at, cause);

	if (!from_originator) {
		reset = from_resp(reset);
		ended = from_resp(ended);
	}
	if (cause) {
		(from_originator ? orig_half(&s->flow) : resp_half(&s->flow))->rst_after = orig_half(&s->flow)->attempts + 1;
		send_event(reset);
	} else {
		orig_half(&s->flow)->flags |= TW_HF_FIN;
		resp_half(&s->flow)->flags |= TW_HF_FIN;
	}
	s->flow.flags |= TW_FF_ENDED;
	s->flow.last_ns = at;
	send_event(ended);
}

static const struct tw_rec_final *final(void)
{
	struct kept *k = kept_last(&w.sink, TW_EV_CONNECTION);

	k->record.final.flow = &k->flow;
	return &k->record.final;
}

/* --- names --- */

static void test_event_is_named(void **state)
{
	struct kept *k;

	begin(77, 5 * S);
	k = kept_last(&w.sink, TW_EV_SYN);
	assert_int_equal(k->record.ts_ns, WALL + 5 * S);
	assert_int_equal(k->name.id, 77);
	assert_int_equal(k->name.orig_port, 40000);
	assert_int_equal(k->name.resp_port, 443);
	assert_false(k->name.midstream);
	assert_int_equal(strlen(k->name.community_id), 30);
	assert_memory_equal(k->name.community_id, "1:", 2);
}

static void test_stranger_has_tuple_and_no_id(void **state)
{
	struct tw_event rst = made_end(TW_EV_RESET, 0, 1 * S, TW_CAUSE_NO_CONNECTION);
	struct tw_event marker = made_event(TW_EV_MARKER, 0, 1 * S);
	struct tw_conns_stats stats;

	send_event(rst);
	assert_int_equal(kept_last(&w.sink, TW_EV_RESET)->name.id, 0);
	assert_int_equal(strlen(kept_last(&w.sink, TW_EV_RESET)->name.community_id), 30);
	send_event(marker);
	assert_string_equal(kept_last(&w.sink, TW_EV_MARKER)->name.community_id, "");
	tw_conns_stats(w.conns, &stats);
	assert_int_equal(stats.connections, 0);
}

/* --- connect_timeout: max(3 × the last interval, 3 s) after at least one repetition, 60 s after a lone SYN --- */

static void test_lone_syn_times_out_after_60_s(void **state)
{
	struct kept *k;

	begin(1, 10 * S);
	tick(70 * S - 1);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
	tick(70 * S + SLOT);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 1);
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
	tick(130 * S - 1);
	assert_int_equal(count(TW_EV_CONNECTION), 0);
	tick(130 * S + SLOT);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
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
	tick(119 * S - 1);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
	tick(119 * S + SLOT);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 1);
	assert_int_equal(kept_last(&w.sink, TW_EV_CONNECT_TIMEOUT)->record.timeout.attempts, 4);
	assert_int_equal(kept_last(&w.sink, TW_EV_CONNECT_TIMEOUT)->record.timeout.waited_ns, 19 * S);
}

static void test_horizon_is_at_least_3_s(void **state)
{
	struct made_state *s = begin(1, 100 * S);

	repeat(s, made_syn_again(1, 100 * S + 500 * MS, 2, 500 * MS, 500 * MS));
	tick(103 * S + 500 * MS - 1);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
	tick(103 * S + 500 * MS + SLOT);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 1);
	assert_int_equal(kept_last(&w.sink, TW_EV_CONNECT_TIMEOUT)->record.timeout.waited_ns, 3500 * MS);
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
	assert_int_equal(kept_last(&w.sink, TW_EV_CONNECT_TIMEOUT)->record.timeout.attempts, 3);
	assert_int_equal(kept_last(&w.sink, TW_EV_CONNECT_TIMEOUT)->record.timeout.waited_ns, 77 * S);
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

/* --- accept_timeout --- */

static void test_accept_timeout(void **state)
{
	struct made_state *s = begin(1, 100 * S);
	struct kept *k;

	repeat(s, made_syn_ack(1, 100 * S + 1 * MS));
	repeat(s, made_syn_ack_again(1, 101 * S + 1 * MS, 2, 1 * S, 1 * S));
	repeat(s, made_syn_ack_again(1, 103 * S + 1 * MS, 3, 3 * S, 2 * S));
	tick(109 * S);
	assert_int_equal(count(TW_EV_ACCEPT_TIMEOUT), 0);
	tick(109 * S + 1 * MS + SLOT);
	assert_int_equal(count(TW_EV_ACCEPT_TIMEOUT), 1);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 0);
	k = kept_last(&w.sink, TW_EV_ACCEPT_TIMEOUT);
	assert_int_equal(k->record.timeout.attempts, 3);
	assert_int_equal(k->record.timeout.waited_ns, 9 * S);
	assert_int_equal(k->record.dir, TW_DIR_IN);
}

/* --- ends --- */

static void test_fin_is_recorded_after_2_s(void **state)
{
	struct made_state *s = establish(1, 100 * S);

	end_by(s, 110 * S, 0, true);
	s->flow.last_ns = 111 * S; /* the last ACK: counted, not timed */
	tick(112 * S - 1);
	assert_int_equal(count(TW_EV_CONNECTION), 0);
	tick(112 * S + SLOT);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(final()->end, TW_END_FIN);
	assert_string_equal(final()->state, "SF");
	assert_int_equal(final()->duration_ns, 10 * S);
	assert_int_equal(final()->side, TW_SIDE_ORIGINATOR);
	assert_int_equal(kept_last(&w.sink, TW_EV_CONNECTION)->record.ts_ns, WALL + 112 * S);
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
	tick(160 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 0);
	tick(160 * S + 1 * MS + SLOT);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
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
	tick(104 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 0);
	tick(104 * S + 1 * MS + SLOT); /* 3 s after the last */
	assert_int_equal(count(TW_EV_CONNECTION), 1);
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
	tick(5000 * S + TW_CONNS_IDLE_NS - 1);
	assert_int_equal(count(TW_EV_CONNECTION), 0);
	tick(5000 * S + TW_CONNS_IDLE_NS + SLOT);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
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

/* It is known as a stall with the next write, but tells of the ACK that came before it. */
static void test_stall_is_the_late_acks(void **state)
{
	struct tw_event e;

	establish(1, 100 * S);
	e = made_event(TW_EV_DELAYED_ACK_STALL, 1, 110 * S);
	e.wait.at_ns = 110 * S - 1 * MS;
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_DELAYED_ACK_STALL)->record.ts_ns, WALL + 110 * S - 1 * MS);
	assert_int_equal(kept_last(&w.sink, TW_EV_DELAYED_ACK_STALL)->record.dir, TW_DIR_IN);
}

/* --- the end of the input --- */

static void test_finish(void **state)
{
	struct tw_conns_stats stats;
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
	assert_int_equal(kept_last(&w.sink, TW_EV_CONNECT_TIMEOUT)->record.timeout.waited_ns, 3 * S);
	for (size_t i = 0; i < w.sink.n; i++) {
		static const enum tw_end ends[] = { 0, TW_END_EOF, TW_END_RESET, TW_END_TIMEOUT, TW_END_EOF };
		const struct kept *k = &w.sink.kept[i];

		if (k->record.type == TW_EV_CONNECTION)
			assert_int_equal(k->record.final.end, ends[k->name.id]);
	}
	tw_conns_stats(w.conns, &stats);
	assert_int_equal(stats.connections, 0);
	assert_int_equal(stats.half_open, 0);
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

/* --- lost events --- */

static void test_lost_first_event(void **state)
{
	struct tw_event e = made_event(TW_EV_RETRANSMIT, 9, 200 * S);
	struct made_state *s = made_state_add(&w.store, &e);

	s->flow.start_ns = 150 * S;
	s->flow.flags = TW_FF_ESTABLISHED | TW_FF_MIDSTREAM;
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_RETRANSMIT)->name.id, 9);
	end_by(s, 201 * S, 0, true);
	tick(204 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(final()->start_ns, WALL + 150 * S);
}

/* Its entry is gone here and there: the late event is shown, and begins nothing. */
static void test_late_event_of_a_forgotten_one(void **state)
{
	struct made_state *s = establish(1, 100 * S);
	struct tw_conns_stats stats;

	end_by(s, 110 * S, 0, true);
	tick(200 * S);
	send_event(made_end(TW_EV_RESET, 1, 200 * S, TW_CAUSE_AFTER_CLOSE));
	assert_int_equal(count(TW_EV_RESET), 1);
	tick(20000 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	tw_conns_stats(w.conns, &stats);
	assert_int_equal(stats.untracked, 1);
	assert_int_equal(stats.connections, 0);
}

/* One direction's hook is attached, and detached, before the other's: what is missing there was not lost. */
static void test_gap_of_the_start_and_of_the_end_is_not_told(void **state)
{
	struct tw_conns_stats stats;

	establish(1, 100 * S);
	tw_conns_sees_from(w.conns, 101 * S);
	establish(2, 101 * S);
	send_event(made_event(TW_EV_LOST_SEGMENT_UNSEEN, 1, 101 * S + 999 * MS));
	assert_int_equal(count(TW_EV_LOST_SEGMENT_UNSEEN), 0);
	send_event(made_event(TW_EV_LOST_SEGMENT_UNSEEN, 2, 101 * S + 999 * MS)); /* seen from its beginning */
	assert_int_equal(count(TW_EV_LOST_SEGMENT_UNSEEN), 1);
	send_event(made_event(TW_EV_LOST_SEGMENT_UNSEEN, 1, 102 * S)); /* long enough after it */
	assert_int_equal(count(TW_EV_LOST_SEGMENT_UNSEEN), 2);
	tw_conns_sees_until(w.conns, 110 * S);
	send_event(made_event(TW_EV_LOST_SEGMENT_UNSEEN, 2, 110 * S - 1));
	assert_int_equal(count(TW_EV_LOST_SEGMENT_UNSEEN), 3);
	send_event(made_event(TW_EV_LOST_SEGMENT_UNSEEN, 2, 110 * S));
	assert_int_equal(count(TW_EV_LOST_SEGMENT_UNSEEN), 3);
	tw_conns_stats(w.conns, &stats);
	assert_int_equal(stats.events, stats.shown + stats.internal);
}

static void test_sweep_finds_lost_end(void **state)
{
	struct made_state *s = establish(1, 100 * S);

	s->flow.flags |= TW_FF_ENDED;
	orig_half(&s->flow)->rst_after = 2;
	s->flow.last_ns = 110 * S;
	for (uint64_t t = 100; t < 200; t++)
		tick(t * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(final()->end, TW_END_RESET);
	assert_string_equal(final()->state, "RSTO");
	assert_int_equal(final()->duration_ns, 10 * S);
}

static void test_sweep_adopts_what_it_does_not_know(void **state)
{
	struct tw_event e = made_event(TW_EV_OPENED, 5, 100 * S);
	struct made_state *s = made_state_add(&w.store, &e);
	struct tw_conns_stats stats;

	s->flow.flags = TW_FF_ESTABLISHED;
	for (uint64_t t = 100; t < 200; t++)
		tick(t * S);
	tw_conns_stats(w.conns, &stats);
	assert_int_equal(stats.connections, 1);
	tw_conns_finish(w.conns, 200 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(final()->end, TW_END_EOF);
}

/* Too young for the sweep when the program stops. */
static void test_the_end_adopts_too(void **state)
{
	struct tw_event e = made_event(TW_EV_OPENED, 5, 100 * S);
	struct made_state *s = made_state_add(&w.store, &e);

	s->flow.flags = TW_FF_ESTABLISHED;
	establish(6, 100 * S);
	tw_conns_finish(w.conns, 101 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 2);
	assert_int_equal(final()->end, TW_END_EOF);
}

/* --- bounds --- */

static void test_flood_evicts_attempts_only(void **state)
{
	struct tw_conns_options options = { .max_connections = 100, .max_half_open = 10, .wall_offset_ns = WALL };
	struct tw_conns_stats stats;

	tw_conns_free(w.conns);
	open_world(&options, true);
	establish(1, 100 * S);
	for (unsigned int i = 0; i < 50; i++)
		send_event(made_syn(1000 + i, 101 * S + i));
	tw_conns_stats(w.conns, &stats);
	assert_int_equal(stats.half_open, 10);
	assert_int_equal(stats.connections, 11);
	assert_int_equal(stats.evicted, 40);
	assert_int_equal(count(TW_EV_CONNECTION), 40);
	assert_int_equal(final()->end, TW_END_EVICTED);
	assert_true(w.store.states[0].used);
}

static void test_ended_tuples_make_room(void **state)
{
	struct tw_conns_options options = { .max_connections = 20, .wall_offset_ns = WALL };
	unsigned int n = 0;

	tw_conns_free(w.conns);
	open_world(&options, true);
	for (unsigned int i = 1; i <= 18; i++)
		end_by(establish(i, 100 * S + i), 101 * S, 0, true);
	tick(104 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 18);
	assert_int_equal(w.store.forgotten, 0);
	establish(19, 105 * S); /* above 90 % */
	for (unsigned int i = 0; i < 64; i++)
		n += w.store.states[i].used;
	assert_true(n <= 18);
	assert_int_equal(count(TW_EV_CONNECTION), 18);
}

static void test_full_table_evicts_the_longest_idle(void **state)
{
	struct tw_conns_options options = { .max_connections = 20, .wall_offset_ns = WALL };
	struct tw_conns_stats stats;

	tw_conns_free(w.conns);
	open_world(&options, true);
	for (unsigned int i = 1; i <= 19; i++)
		establish(i, 100 * S)->flow.last_ns = i <= 5 ? 100 * S : 1000 * S;
	for (uint64_t t = 1001; t < 1100; t++)
		tick(t * S);
	tw_conns_stats(w.conns, &stats);
	assert_true(stats.connections <= 17);
	assert_true(stats.connections >= 14);
	assert_int_equal(stats.evicted, 19 - stats.connections);
	for (size_t i = 0; i < w.sink.n; i++)
		if (w.sink.kept[i % 64].record.type == TW_EV_CONNECTION) {
			assert_int_equal(w.sink.kept[i % 64].record.final.end, TW_END_EVICTED);
			assert_true(w.sink.kept[i % 64].name.id <= 5);
		}
}

/* --- side and direction --- */

static int only_192_0_2(void *ctx, const struct tw_addr *addr)
{
	return ((const uint8_t *)addr->word)[12] == 192;
}

static void test_side_and_direction(void **state)
{
	struct tw_event e = made_syn(1, 1 * S);

	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.dir, TW_DIR_OUT);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.side, TW_SIDE_ORIGINATOR);
	e = made_syn(2, 1 * S);
	e.flags &= ~TW_EF_EGRESS;
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.dir, TW_DIR_IN);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.side, TW_SIDE_RESPONDER);
	e = made_syn(3, 1 * S);
	e.flags |= TW_EF_FORWARDED;
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.dir, TW_DIR_FWD);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.side, TW_SIDE_ROUTER);
	send_event(from_resp(made_syn_ack(3, 1 * S)));
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN_ACK)->record.dir, TW_DIR_REV);
	e = made_syn(4, 1 * S);
	e.flags = TW_EF_TUPLE | TW_EF_FROM_ORIG | TW_EF_OFFLINE;
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.dir, TW_DIR_FWD);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.side, TW_SIDE_UNKNOWN);
	e = made_syn(5, 1 * S);
	e.orig_addr = e.resp_addr = made_addr("127.0.0.1");
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.dir, TW_DIR_FWD);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.side, TW_SIDE_UNKNOWN);
}

/* A router that nobody told its addresses: both sides' packets come in. */
static void test_router_is_noticed(void **state)
{
	struct tw_event e = made_syn(1, 1 * S);

	e.flags &= ~TW_EF_EGRESS;
	send_event(e);
	send_event(made_syn_ack(1, 1 * S + 1));
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN_ACK)->record.side, TW_SIDE_ROUTER);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN_ACK)->record.dir, TW_DIR_REV);
}

/* Whose socket is asked for: of this host's end only, and from the connection's first packet to its last. */
static struct {
	unsigned int asked[2]; /* the responder's end, the originator's */
	uint64_t from_ns, until_ns;
} owners;

static int own(void *ctx, const struct tw_conn_name *name, bool orig, uint64_t from_ns, uint64_t until_ns,
	       struct tw_process *process)
{
	owners.asked[orig]++;
	owners.from_ns = from_ns;
	owners.until_ns = until_ns;
	*process = (struct tw_process){ .pid = orig ? 10 : 20 };
	return 0;
}

static void test_owner_is_asked_for(void **state)
{
	struct tw_conns_options options = { .max_connections = 100, .wall_offset_ns = WALL, .owner = own };
	struct tw_event loop;

	memset(&owners, 0, sizeof(owners));
	tw_conns_free(w.conns);
	open_world(&options, true);
	end_by(establish(1, 1 * S), 2 * S, 0, true); /* ours, by the hook */
	assert_int_equal(owners.asked[0] + owners.asked[1], 0); /* not before the end */
	tick(4 * S + SLOT);
	assert_int_equal(owners.asked[0], 0);
	assert_int_equal(owners.asked[1], 1);
	assert_int_equal(owners.from_ns, 1 * S);
	assert_int_equal(owners.until_ns, 2 * S);
	assert_non_null(kept_last(&w.sink, TW_EV_CONNECTION)->record.owner);
	assert_null(kept_last(&w.sink, TW_EV_CONNECTION)->record.resp_owner);
	tw_conns_early_owner(w.conns, true);
	loop = made_syn(2, 5 * S);
	loop.orig_addr = loop.resp_addr = made_addr("127.0.0.1"); /* both ends are here */
	send_event(loop);
	assert_int_equal(owners.asked[0], 1);
	assert_int_equal(owners.asked[1], 2);
	assert_non_null(kept_last(&w.sink, TW_EV_SYN)->record.resp_owner);
}

static void test_addresses_tell_the_side(void **state)
{
	struct tw_conns_options options = { .wall_offset_ns = WALL, .is_local = only_192_0_2 };
	struct tw_event e;

	tw_conns_free(w.conns);
	open_world(&options, false);
	e = made_syn(1, 1 * S);
	e.flags &= ~TW_EF_EGRESS; /* neither is ours, and it comes in: a router's */
	e.orig_addr = made_addr("203.0.113.5");
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.side, TW_SIDE_ROUTER);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.dir, TW_DIR_FWD);
	e = made_syn(2, 1 * S);
	e.resp_addr = made_addr("192.0.2.77"); /* both are */
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.side, TW_SIDE_UNKNOWN);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.dir, TW_DIR_FWD);
}

/* An ICMP error has the quoted packet's sender, and its own direction: towards that sender. */
static void test_icmp_error_has_its_own_direction(void **state)
{
	struct tw_event e = made_event(TW_EV_FRAG_NEEDED, 1, 2 * S);

	begin(1, 1 * S);
	e.flags &= ~TW_EF_EGRESS; /* it came in */
	e.icmp.family = 4;
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_FRAG_NEEDED)->record.dir, TW_DIR_IN);
	assert_int_equal(kept_last(&w.sink, TW_EV_FRAG_NEEDED)->record.side, TW_SIDE_ORIGINATOR);
	e.flags = TW_EF_TUPLE | TW_EF_FROM_ORIG | TW_EF_OFFLINE;
	send_event(e);
	assert_int_equal(kept_last(&w.sink, TW_EV_FRAG_NEEDED)->record.dir, TW_DIR_REV);
}

/* --- time and counts --- */

static void test_wall_clock_can_be_set(void **state)
{
	begin(1, 1 * S);
	tw_conns_set_clock(w.conns, WALL + 500 * S);
	begin(2, 2 * S);
	assert_int_equal(kept_last(&w.sink, TW_EV_SYN)->record.ts_ns, WALL + 502 * S);
}

/* A capture with a hole of a day: everything that was due in it is said, with the time that it was due. */
static void test_jump_in_time(void **state)
{
	begin(1, 100 * S);
	tick(100000 * S);
	assert_int_equal(count(TW_EV_CONNECT_TIMEOUT), 1);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(kept_last(&w.sink, TW_EV_CONNECTION)->record.ts_ns, WALL + 220 * S);
}

static void test_counts_add_up(void **state)
{
	struct tw_conns_options options = { .max_connections = 8, .max_half_open = 4, .wall_offset_ns = WALL };
	struct tw_conns_stats stats;
	unsigned int seed = 1, internal = 0;
	uint64_t now = 100 * S;

	tw_conns_free(w.conns);
	open_world(&options, false);
	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int type = 1 + rand_r(&seed) % (_TW_EV_MAX - 1), id = rand_r(&seed) % 40;
		struct tw_event e = made_event(type, id, now);
		struct tw_flow old = { .id = rand_r(&seed) % 40, .start_ns = now, .last_ns = now };

		if (type == TW_EV_CONNECTION || type == TW_EV_CONNECT_TIMEOUT || type == TW_EV_ACCEPT_TIMEOUT ||
		    type == TW_EV_NO_RESPONSE)
			e.type = TW_EV_ZERO_WINDOW, type = e.type; /* made here only: tw_decode() refuses them */
		now += rand_r(&seed) % (100 * MS);
		for (size_t k = 0; k < 6; k++)
			e.raw[k] = rand_r(&seed);
		if (type == TW_EV_RESET || type == TW_EV_ENDED)
			e.reset = (struct tw_ev_reset){ .cause = 1 + rand_r(&seed) % (_TW_CAUSE_MAX - 1), .end = TW_END_RESET };
		if (type == TW_EV_KERNEL_DROP)
			e.drop.quiet = rand_r(&seed) % 2;
		internal += !!(type == TW_EV_OPENED || type == TW_EV_ENDED || type == TW_EV_REPLACED ||
				type == TW_EV_KERNEL_RESET || type == TW_EV_KERNEL_RESENT ||
				(type == TW_EV_KERNEL_DROP && e.drop.quiet));
		tw_conns_event(w.conns, &e, &old);
		if (!(i % 16))
			tick(now);
	}
	tw_conns_finish(w.conns, now);
	tw_conns_stats(w.conns, &stats);
	assert_int_equal(stats.events, 20000);
	assert_int_equal(stats.internal, internal);
	assert_int_equal(stats.events, stats.shown + stats.internal);
	assert_int_equal(w.sink.n, stats.shown + stats.made);
	assert_int_equal(stats.connections, 0);
	assert_int_equal(count(TW_EV_OPENED) + count(TW_EV_ENDED) + count(TW_EV_REPLACED), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_event_is_named),
		T(test_stranger_has_tuple_and_no_id),
		T(test_lone_syn_times_out_after_60_s),
		T(test_timed_out_attempt_is_recorded_60_s_later),
		T(test_repeated_syn_times_out_after_three_intervals),
		T(test_horizon_is_at_least_3_s),
		T(test_late_repeat_goes_on_and_is_said_again),
		T(test_late_answer_after_timeout_opens),
		T(test_answered_syn_never_times_out),
		T(test_answer_that_no_event_told_is_found_in_the_state),
		T(test_state_gone_is_no_timeout),
		T(test_accept_timeout),
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
		T(test_stall_is_the_late_acks),
		T(test_finish),
		T(test_finish_says_accept_timeout),
		T(test_lost_first_event),
		T(test_late_event_of_a_forgotten_one),
		T(test_gap_of_the_start_and_of_the_end_is_not_told),
		T(test_sweep_finds_lost_end),
		T(test_sweep_adopts_what_it_does_not_know),
		T(test_the_end_adopts_too),
		T(test_flood_evicts_attempts_only),
		T(test_ended_tuples_make_room),
		T(test_full_table_evicts_the_longest_idle),
		T(test_side_and_direction),
		T(test_router_is_noticed),
		T(test_addresses_tell_the_side),
		T(test_owner_is_asked_for),
		T(test_icmp_error_has_its_own_direction),
		T(test_wall_clock_can_be_set),
		T(test_jump_in_time),
		T(test_counts_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
