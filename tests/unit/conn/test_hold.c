// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the kernel's own words add to events: reasons of RSTs, the fate of first copies, dropped_by_kernel. */
#include "conn/conntable.h"
#include "host/reasons.h"
#include "made.h"

static struct {
	struct made_store store;
	struct made_sink sink;
	struct tw_conns *conns;
	struct made_state *state;
} w;

static bool third_ends_here(void *ctx, uint32_t ifindex)
{
	return ifindex == 3;
}

static void open_world(unsigned int words)
{
	struct tw_conns_options options = { .max_connections = 100, .kernel_words = words, .ends_here = third_ends_here };
	struct tw_event syn = made_syn(7, S);

	memset(&w, 0, sizeof(w));
	made_store_init(&w.store);
	w.conns = tw_conns_new(&options, &w.store.store, made_keep, &w.sink);
	assert_non_null(w.conns);
	w.state = made_state_add(&w.store, &syn);
	w.state->flow.flags |= TW_FF_ESTABLISHED | TW_FF_TROUBLE;
	w.state->troubled = true;
	tw_conns_event(w.conns, &syn, NULL);
	syn = made_event(TW_EV_ESTABLISHED, 7, S + MS);
	tw_conns_event(w.conns, &syn, NULL);
}

static void give(struct tw_event e)
{
	tw_conns_event(w.conns, &e, NULL);
}

static struct tw_event leaving(unsigned int type, uint64_t ts_ns)
{
	struct tw_event e = made_event(type, 7, ts_ns);

	e.flags |= TW_EF_EGRESS;
	e.seq = 1000;
	if (type == TW_EV_RESET)
		e.reset.cause = TW_CAUSE_ABORTED;
	else if (type == TW_EV_RETRANSMIT)
		e.segment = (struct tw_ev_segment){ .kind = TW_KIND_RTO, .len = 100, .bytes = 100, .attempt = 2 };
	return e;
}

static const struct tw_event *shown(unsigned int type)
{
	return &kept_last(&w.sink, type)->event;
}

static struct tw_event told_reset(uint64_t ts_ns)
{
	struct tw_event e = made_event(TW_EV_KERNEL_RESET, 7, ts_ns);

	e.kernel = (struct tw_ev_kernel){ .reason = 5, .told = TW_TOLD_REASON };
	return e;
}

static void test_reset_with_its_reason(void **state)
{
	open_world(TW_WORDS_RESETS | TW_WORDS_ALL_RESETS);
	give(leaving(TW_EV_RESET, 2 * S));
	assert_int_equal(w.sink.of[TW_EV_RESET], 0);
	give(told_reset(2 * S + 5));
	assert_int_equal(shown(TW_EV_RESET)->reset.told, TW_TOLD_REASON);
	assert_int_equal(shown(TW_EV_RESET)->reset.reason, 5);
	tw_conns_tick(w.conns, 9 * S);
	assert_int_equal(w.sink.of[TW_EV_RESET], 1);
}

/* It waited for the next hop's address. */
static void test_reset_told_before_it_left(void **state)
{
	open_world(TW_WORDS_RESETS | TW_WORDS_ALL_RESETS);
	give(told_reset(2 * S));
	give(leaving(TW_EV_RESET, 2 * S + 500 * MS));
	assert_int_equal(shown(TW_EV_RESET)->reset.told, TW_TOLD_REASON);
}

static void test_reset_of_no_socket(void **state)
{
	open_world(TW_WORDS_RESETS | TW_WORDS_ALL_RESETS);
	give(leaving(TW_EV_RESET, 2 * S));
	tw_conns_tick(w.conns, 2 * S + TW_HOLD_NS - 1);
	assert_int_equal(w.sink.of[TW_EV_RESET], 0);
	tw_conns_tick(w.conns, 2 * S + TW_HOLD_NS);
	assert_int_equal(shown(TW_EV_RESET)->reset.told, TW_TOLD_NO_SOCKET);
}

/* A kernel that tells of some RSTs only, and lost events: silence proves nothing. */
static void test_silence_that_proves_nothing(void **state)
{
	open_world(TW_WORDS_RESETS);
	give(leaving(TW_EV_RESET, 2 * S));
	tw_conns_finish(w.conns, 3 * S);
	assert_int_equal(shown(TW_EV_RESET)->reset.told, 0);
	tw_conns_free(w.conns);
	open_world(TW_WORDS_RESETS | TW_WORDS_ALL_RESETS);
	give(leaving(TW_EV_RESET, 2 * S));
	tw_conns_note_loss(w.conns, 2 * S + MS);
	tw_conns_finish(w.conns, 4 * S);
	assert_int_equal(shown(TW_EV_RESET)->reset.told, 0);
}

static void test_words_that_were_held_back(void **state)
{
	struct tw_event held = told_reset(2 * S - MS);

	open_world(TW_WORDS_RESETS | TW_WORDS_ALL_RESETS);
	held.kernel.told = TW_TOLD_HELD;
	give(held);
	give(leaving(TW_EV_RESET, 2 * S));
	tw_conns_finish(w.conns, 4 * S);
	assert_int_equal(shown(TW_EV_RESET)->reset.told, 0);
}

/* One word for each RST: the next one, soon after, is another's. */
static void test_word_is_used_once(void **state)
{
	open_world(TW_WORDS_RESETS | TW_WORDS_ALL_RESETS);
	give(told_reset(2 * S));
	give(leaving(TW_EV_RESET, 2 * S + 1));
	give(leaving(TW_EV_RESET, 2 * S + MS));
	assert_int_equal(w.sink.of[TW_EV_RESET], 1);
	tw_conns_tick(w.conns, 2 * S + MS + TW_HOLD_NS);
	assert_int_equal(w.sink.of[TW_EV_RESET], 2);
	assert_int_equal(shown(TW_EV_RESET)->reset.told, TW_TOLD_NO_SOCKET);
}

/* The words stop a little before the packets do. */
static void test_reset_while_we_stop(void **state)
{
	open_world(TW_WORDS_RESETS | TW_WORDS_ALL_RESETS);
	tw_conns_sees_until(w.conns, 2 * S);
	give(leaving(TW_EV_RESET, 2 * S + 1));
	tw_conns_finish(w.conns, 2 * S + MS);
	assert_int_equal(shown(TW_EV_RESET)->reset.told, 0);
}

/* A new incarnation takes the tuple at once: what waits comes before the old one's record. */
static void test_waits_not_beyond_its_record(void **state)
{
	struct tw_event taken = made_event(TW_EV_REPLACED, 7, 2 * S + MS);
	struct tw_conns_stats stats;
	const struct kept *last;

	open_world(TW_WORDS_RESETS | TW_WORDS_ALL_RESETS);
	give(leaving(TW_EV_RESET, 2 * S));
	tw_conns_event(w.conns, &taken, &w.state->flow);
	assert_int_equal(w.sink.of[TW_EV_RESET], 1);
	assert_int_equal(w.sink.of[TW_EV_CONNECTION], 1);
	last = &w.sink.kept[w.sink.n - 1];
	assert_int_equal(last->record.type, TW_EV_CONNECTION);
	assert_int_equal(shown(TW_EV_RESET)->ts_ns, 2 * S);
	tw_conns_finish(w.conns, 9 * S);
	assert_int_equal(w.sink.of[TW_EV_RESET], 1);
	tw_conns_stats(w.conns, &stats);
	assert_int_equal(stats.events, stats.shown + stats.internal);
}

static void test_what_comes_in_does_not_wait(void **state)
{
	struct tw_event in = leaving(TW_EV_RESET, 2 * S);

	open_world(TW_WORDS_RESETS | TW_WORDS_ALL_RESETS | TW_WORDS_DROPS);
	in.flags &= ~TW_EF_EGRESS;
	give(in);
	assert_int_equal(shown(TW_EV_RESET)->reset.told, 0);
}

static struct tw_event drop(uint64_t ts_ns, uint32_t seq)
{
	struct tw_event e = leaving(TW_EV_KERNEL_DROP, ts_ns);

	e.seq = seq;
	e.drop = (struct tw_ev_drop){ .reason = 12, .len = 100 };
	return e;
}

static void test_died_here(void **state)
{
	open_world(TW_WORDS_DROPS);
	give(drop(2 * S, 950));
	give(leaving(TW_EV_RETRANSMIT, 3 * S));
	assert_int_equal(shown(TW_EV_RETRANSMIT)->segment.died, TW_DIED_HERE);
	assert_int_equal(shown(TW_EV_RETRANSMIT)->segment.drop_reason, 12);
}

/* Another range; the other side's; and the repeat itself, which came later. */
static void test_died_beyond(void **state)
{
	open_world(TW_WORDS_DROPS);
	give(drop(2 * S, 1100));
	give(from_resp(drop(2 * S, 1000)));
	give(leaving(TW_EV_RETRANSMIT, 3 * S));
	give(drop(3 * S + 1, 1000));
	assert_int_equal(w.sink.of[TW_EV_RETRANSMIT], 0);
	tw_conns_tick(w.conns, 3 * S + TW_HOLD_NS);
	assert_int_equal(shown(TW_EV_RETRANSMIT)->segment.died, TW_DIED_BEYOND);
}

/* Into a link whose other end is here as well: where it went from there, nobody tells. */
static void test_did_not_leave(void **state)
{
	struct tw_event e = leaving(TW_EV_RETRANSMIT, 3 * S);

	open_world(TW_WORDS_DROPS);
	e.ifindex = 3;
	give(e);
	tw_conns_tick(w.conns, 3 * S + TW_HOLD_NS);
	assert_int_equal(shown(TW_EV_RETRANSMIT)->segment.died, TW_DIED_UNKNOWN);
}

/* A word on the first copy may have been among what was lost, or held back. */
static void test_first_copy_was_not_heard_of(void **state)
{
	struct tw_event e = leaving(TW_EV_RETRANSMIT, 9 * S), held = drop(8 * S, 5000);

	e.segment.gap_ns = S;
	open_world(TW_WORDS_DROPS);
	tw_conns_note_loss(w.conns, 8 * S);
	give(e);
	tw_conns_finish(w.conns, 20 * S);
	assert_int_equal(shown(TW_EV_RETRANSMIT)->segment.died, TW_DIED_UNKNOWN);
	tw_conns_free(w.conns);
	open_world(TW_WORDS_DROPS);
	held.drop.held = held.drop.quiet = 1;
	give(held);
	give(e);
	tw_conns_finish(w.conns, 20 * S);
	assert_int_equal(shown(TW_EV_RETRANSMIT)->segment.died, TW_DIED_UNKNOWN);
}

static void test_died_nowhere(void **state)
{
	unsigned int resp;

	open_world(TW_WORDS_DROPS);
	resp = !(w.state->flow.orig & 1);
	give(leaving(TW_EV_RETRANSMIT, 3 * S));
	w.state->trouble.half[resp].needless[2] = (struct tw_needless){ 1050, 1100 };
	tw_conns_tick(w.conns, 3 * S + TW_HOLD_NS);
	assert_int_equal(shown(TW_EV_RETRANSMIT)->segment.died, TW_DIED_NOWHERE);
}

static void test_ca_state_is_added(void **state)
{
	struct tw_event word = leaving(TW_EV_KERNEL_RESENT, 3 * S + 5);

	open_world(TW_WORDS_DROPS | TW_WORDS_RESENT);
	word.kernel = (struct tw_ev_kernel){ .told = TW_TOLD_CA_STATE, .ca_state = 4 };
	give(drop(2 * S, 1000));
	give(leaving(TW_EV_RETRANSMIT, 3 * S));
	assert_int_equal(w.sink.of[TW_EV_RETRANSMIT], 0);
	give(word);
	assert_int_equal(shown(TW_EV_RETRANSMIT)->segment.ca_state, 4);
	assert_int_equal(shown(TW_EV_RETRANSMIT)->segment.died, TW_DIED_HERE);
}

/* More than can wait: the oldest go, nothing is lost, and the order stays. */
static void test_more_than_can_wait(void **state)
{
	struct tw_conns_stats stats;

	open_world(TW_WORDS_DROPS);
	for (unsigned int i = 0; i < 5000; i++)
		give(leaving(TW_EV_RETRANSMIT, 3 * S + i));
	tw_conns_finish(w.conns, 4 * S);
	assert_int_equal(w.sink.of[TW_EV_RETRANSMIT], 5000);
	assert_int_equal(shown(TW_EV_RETRANSMIT)->ts_ns, 3 * S + 4999);
	tw_conns_stats(w.conns, &stats);
	assert_int_equal(stats.events, stats.shown + stats.internal);
}

/* --- drops that explain an end --- */

static void test_fatal_drop(void **state)
{
	struct tw_drops *drops = NULL;
	struct tw_flow flow = { .flags = TW_FF_ESTABLISHED };
	struct tw_event d = drop(S, 1000);

	assert_null(tw_drops_fatal(NULL, &flow));
	tw_drops_take(&drops, &d);
	assert_null(tw_drops_fatal(drops, &flow)); /* once may be chance */
	d.ts_ns = 2 * S;
	tw_drops_take(&drops, &d);
	assert_non_null(tw_drops_fatal(drops, &flow));
	flow.half[1].flags = TW_HF_ACK;
	flow.half[1].ack = 1100;
	assert_null(tw_drops_fatal(drops, &flow)); /* it arrived in the end */
	free(drops);
}

static void test_fatal_drop_of_a_syn(void **state)
{
	struct tw_drops *drops = NULL;
	struct tw_flow flow = { .flags = 0 };
	struct tw_event d = drop(S, 1000);

	d.drop.len = 0;
	d.tcp_flags = 2;
	tw_drops_take(&drops, &d);
	assert_non_null(tw_drops_fatal(drops, &flow));
	flow.half[0].attempts = flow.half[1].attempts = 3;
	assert_non_null(tw_drops_fatal(drops, &flow));
	flow.half[0].attempts = flow.half[1].attempts = 6; /* the next hop was unknown at first; five went on */
	assert_null(tw_drops_fatal(drops, &flow));
	d.tcp_flags = 4;
	free(drops);
	drops = NULL;
	tw_drops_take(&drops, &d); /* a RST is no loss */
	assert_null(tw_drops_fatal(drops, &flow));
	free(drops);
}

static int teardown(void **state)
{
	tw_conns_free(w.conns);
	w.conns = NULL;
	return 0;
}

#define TEST(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reset_with_its_reason), TEST(test_reset_told_before_it_left), TEST(test_reset_of_no_socket),
		TEST(test_silence_that_proves_nothing), TEST(test_words_that_were_held_back),
		TEST(test_word_is_used_once), TEST(test_reset_while_we_stop), TEST(test_waits_not_beyond_its_record),
		TEST(test_first_copy_was_not_heard_of),
		TEST(test_what_comes_in_does_not_wait), TEST(test_died_here),
		TEST(test_died_beyond), TEST(test_did_not_leave), TEST(test_died_nowhere), TEST(test_ca_state_is_added), TEST(test_more_than_can_wait),
		TEST(test_fatal_drop), TEST(test_fatal_drop_of_a_syn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
