// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The walk over the kernel's table: what lost events left behind, and what makes room when it is full. */
#include "made_conns.h"

static void tick_each_second(uint64_t from_s, uint64_t until_s)
{
	for (uint64_t t = from_s; t < until_s; t++)
		tick(t * S);
}

static void test_sweep_finds_lost_end(void **state)
{
	struct made_state *s = establish(1, 100 * S);

	s->flow.flags |= TW_FF_ENDED;
	orig_half(&s->flow)->rst_after = 2;
	s->flow.last_ns = 110 * S;
	tick_each_second(100, 200);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(final()->end, TW_END_RESET);
	assert_string_equal(final()->state, "RSTO");
	assert_int_equal(final()->duration_ns, 10 * S);
}

/* An open connection that is in the kernel's table only. */
static void open_untold(uint64_t id, uint64_t at)
{
	struct tw_event e = made_event(TW_EV_OPENED, id, at);

	made_state_add(&w.store, &e)->flow.flags = TW_FF_ESTABLISHED;
}

static void test_sweep_adopts_what_it_does_not_know(void **state)
{
	open_untold(5, 100 * S);
	tick_each_second(100, 200);
	assert_int_equal(stats().connections, 1);
	tw_conns_finish(w.conns, 200 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 1);
	assert_int_equal(final()->end, TW_END_EOF);
}

/* Too young for the sweep when the program stops. */
static void test_the_end_adopts_too(void **state)
{
	open_untold(5, 100 * S);
	establish(6, 100 * S);
	tw_conns_finish(w.conns, 101 * S);
	assert_int_equal(count(TW_EV_CONNECTION), 2);
	assert_int_equal(final()->end, TW_END_EOF);
}

/* --- bounds --- */

static void test_flood_evicts_attempts_only(void **state)
{
	struct tw_conns_options options = { .max_connections = 100, .max_half_open = 10, .wall_offset_ns = WALL };

	reopen_world(&options, true);
	establish(1, 100 * S);
	for (unsigned int i = 0; i < 50; i++)
		send_event(made_syn(1000 + i, 101 * S + i));
	assert_int_equal(stats().half_open, 10);
	assert_int_equal(stats().connections, 11);
	assert_int_equal(stats().evicted, 40);
	assert_int_equal(count(TW_EV_CONNECTION), 40);
	assert_int_equal(final()->end, TW_END_EVICTED);
	assert_true(w.store.states[0].used);
}

static void test_ended_tuples_make_room(void **state)
{
	struct tw_conns_options options = { .max_connections = 20, .wall_offset_ns = WALL };
	unsigned int n = 0;

	reopen_world(&options, true);
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

	reopen_world(&options, true);
	for (unsigned int i = 1; i <= 19; i++)
		establish(i, 100 * S)->flow.last_ns = i <= 5 ? 100 * S : 1000 * S;
	tick_each_second(1001, 1100);
	assert_true(stats().connections <= 17);
	assert_true(stats().connections >= 14);
	assert_int_equal(stats().evicted, 19 - stats().connections);
	for (size_t i = 0; i < w.sink.n; i++)
		if (w.sink.kept[i % 64].record.type == TW_EV_CONNECTION) {
			assert_int_equal(w.sink.kept[i % 64].record.final.end, TW_END_EVICTED);
			assert_true(w.sink.kept[i % 64].name.id <= 5);
		}
}

/* Only one side of it was ever seen, and nobody saw it open. */
static void open_one_sided(uint64_t id, uint64_t at)
{
	struct tw_event e = made_event(TW_EV_OPENED, id, at);
	struct made_state *s = made_state_add(&w.store, &e);

	s->flow.flags = TW_FF_ESTABLISHED | TW_FF_MIDSTREAM;
	s->flow.half[0].packets = 1;
}

/* Their events were lost in the flood: the walk alone tells that the table is full. */
static void test_what_spoofed_packets_leave_goes_first(void **state)
{
	struct tw_conns_options options = { .max_connections = 40, .wall_offset_ns = WALL };

	reopen_world(&options, true);
	for (unsigned int i = 1; i <= 8; i++)
		establish(i, 100 * S)->flow.half[0].packets = 5;
	for (unsigned int i = 101; i <= 132; i++)
		open_one_sided(i, 100 * S + i * MS);
	tw_conns_note_full(w.conns);
	for (uint64_t t = 1010; t < 1060; t++)
		tick(t * S / 10);
	assert_true(stats().evicted >= 6);
	assert_true(stats().in_kernel[0] <= 34);
	for (size_t i = 0; i < w.sink.n; i++)
		if (w.sink.kept[i % 64].record.type == TW_EV_CONNECTION)
			assert_true(w.sink.kept[i % 64].name.id > 100);
}

static void test_without_pressure_one_sided_ones_stay(void **state)
{
	struct tw_conns_options options = { .max_connections = 64, .wall_offset_ns = WALL };

	reopen_world(&options, true);
	for (unsigned int i = 101; i <= 132; i++)
		open_one_sided(i, 100 * S + i * MS);
	tw_conns_note_full(w.conns);
	tick_each_second(101, 200);
	assert_int_equal(stats().evicted, 0);
	assert_int_equal(stats().in_kernel[0], 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_sweep_finds_lost_end),
		T(test_sweep_adopts_what_it_does_not_know),
		T(test_the_end_adopts_too),
		T(test_flood_evicts_attempts_only),
		T(test_ended_tuples_make_room),
		T(test_full_table_evicts_the_longest_idle),
		T(test_what_spoofed_packets_leave_goes_first),
		T(test_without_pressure_one_sided_ones_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
