// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The connection table takes events in: what it shows of them, when, and that nothing is lost. */
#include "made_conns.h"

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

	end_by(s, 110 * S, 0, true);
	tick(200 * S);
	send_event(made_end(TW_EV_RESET, 1, 200 * S, TW_CAUSE_AFTER_CLOSE));
	assert_int_equal(count(TW_EV_RESET), 1);
	tick(20000 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(stats().untracked, 1);
	assert_int_equal(stats().connections, 0);
}

/* One direction's hook is attached, and detached, before the other's: what is missing there was not lost. */
static void test_gap_of_the_start_and_of_the_end_is_not_told(void **state)
{
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
	assert_int_equal(stats().events, stats().shown + stats().internal);
}

/* It is known as a stall with the next write, but tells of the ACK that came before it. */
static void test_stall_is_the_late_acks(void **state)
{
	struct tw_event e;

	establish(1, 100 * S);
	e = made_event(TW_EV_DELAYED_ACK_STALL, 1, 110 * S);
	e.wait.at_ns = 110 * S - 1 * MS;
	send_event(e);
	assert_int_equal(last(TW_EV_DELAYED_ACK_STALL)->ts_ns, WALL + 110 * S - 1 * MS);
	assert_int_equal(last(TW_EV_DELAYED_ACK_STALL)->dir, TW_DIR_IN);
}

static void test_wall_clock_can_be_set(void **state)
{
	begin(1, 1 * S);
	tw_conns_set_clock(w.conns, WALL + 500 * S);
	begin(2, 2 * S);
	assert_int_equal(last(TW_EV_SYN)->ts_ns, WALL + 502 * S);
}

static void test_counts_add_up(void **state)
{
	struct tw_conns_options options = { .max_connections = 8, .max_half_open = 4, .wall_offset_ns = WALL };
	unsigned int seed = 1, internal = 0;
	uint64_t now = 100 * S;

	reopen_world(&options, false);
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
	assert_int_equal(stats().events, 20000);
	assert_int_equal(stats().internal, internal);
	assert_int_equal(stats().events, stats().shown + stats().internal);
	assert_int_equal(w.sink.n, stats().shown + stats().made);
	assert_int_equal(stats().connections, 0);
	assert_int_equal(count(TW_EV_OPENED) + count(TW_EV_ENDED) + count(TW_EV_REPLACED), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_lost_first_event),
		T(test_late_event_of_a_forgotten_one),
		T(test_gap_of_the_start_and_of_the_end_is_not_told),
		T(test_stall_is_the_late_acks),
		T(test_wall_clock_can_be_set),
		T(test_counts_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
