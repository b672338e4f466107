// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The time budget: the parts sum to the duration exactly, whatever the parts are. */
#include "made.h"
#include "record/timebudget.h"

static uint64_t sum(const struct tw_timebudget *b)
{
	return b->handshake + b->zero_window + b->recovery + b->path + b->transfer + b->responder + b->originator +
	       b->idle + b->delayed_ack;
}

static struct tw_flow open_flow(void)
{
	return (struct tw_flow){ .flags = TW_FF_ESTABLISHED, .handshake_us = 1000,
				 .time_ns = { 10 * MS, 20 * MS, 30 * MS, 40 * MS } };
}

static void test_all_owners(void **state)
{
	struct tw_flow f = open_flow();
	struct tw_trouble t = { .time_zero_window_ns = 5 * MS, .time_recovery_ns = 6 * MS, .half[1].stalled_ns = 3 * MS };
	struct tw_timebudget b;

	tw_timebudget_fold(&b, &f, &t, 200 * MS);
	assert_int_equal(b.handshake, 1 * MS);
	assert_int_equal(b.zero_window, 5 * MS);
	assert_int_equal(b.recovery, 6 * MS);
	assert_int_equal(b.path, 7 * MS);
	assert_int_equal(b.delayed_ack, 3 * MS);
	assert_int_equal(b.responder, 20 * MS);
	assert_int_equal(b.originator, 30 * MS);
	assert_int_equal(b.idle, 40 * MS);
	assert_int_equal(b.transfer, 200 * MS - 112 * MS);
	assert_int_equal(sum(&b), 200 * MS);
}

/* An attempt is handshake and nothing else, whatever is in the state. */
static void test_never_established(void **state)
{
	struct tw_flow f = open_flow();
	struct tw_timebudget b;

	f.flags = 0;
	tw_timebudget_fold(&b, &f, NULL, 21 * S);
	assert_int_equal(b.handshake, 21 * S);
	assert_int_equal(sum(&b), 21 * S);
}

/* Midstream there was no handshake that anybody saw. */
static void test_midstream(void **state)
{
	struct tw_flow f = open_flow();
	struct tw_timebudget b;

	f.flags |= TW_FF_MIDSTREAM;
	f.handshake_us = 0;
	tw_timebudget_fold(&b, &f, NULL, 100 * MS + 5);
	assert_int_equal(b.handshake, 0);
	assert_int_equal(b.transfer, 5);
	assert_int_equal(sum(&b), 100 * MS + 5);
}

/* Kept in µs, told in ns: a connection that only opened and closed has no transfer. */
static void test_rounding(void **state)
{
	struct tw_flow f = open_flow();
	struct tw_timebudget b;

	tw_timebudget_fold(&b, &f, NULL, 101 * MS + 999);
	assert_int_equal(b.transfer, 0);
	assert_int_equal(b.handshake, 1 * MS + 999);
	tw_timebudget_fold(&b, &f, NULL, 101 * MS + 1000);
	assert_int_equal(b.transfer, 1000);
	assert_int_equal(b.handshake, 1 * MS);
}

/* Cut in order: what comes first in the budget is kept longest. */
static void test_cut(void **state)
{
	struct tw_flow f = open_flow();
	struct tw_trouble t = { .half[0].stalled_ns = 50 * MS };
	struct tw_timebudget b;

	tw_timebudget_fold(&b, &f, &t, 25 * MS);
	assert_int_equal(b.handshake, 1 * MS);
	assert_int_equal(b.path, 0);
	assert_int_equal(b.delayed_ack, 10 * MS); /* never more than path had */
	assert_int_equal(b.responder, 14 * MS);
	assert_int_equal(b.originator, 0);
	assert_int_equal(b.idle, 0);
	assert_int_equal(b.transfer, 0);
	assert_int_equal(sum(&b), 25 * MS);
}

static uint64_t any(void)
{
	return ((uint64_t)rand() << 31 ^ rand()) >> (rand() % 62);
}

static void test_always_sums(void **state)
{
	srand(1);
	for (int i = 0; i < 100000; i++) {
		struct tw_flow f = { .flags = rand(), .handshake_us = any(), .time_ns = { any(), any(), any(), any() } };
		struct tw_trouble t = { .time_zero_window_ns = any(), .time_recovery_ns = any(),
					.half = { { .stalled_ns = any() / 2 }, { .stalled_ns = any() / 2 } } };
		uint64_t duration = any();
		struct tw_timebudget b;

		tw_timebudget_fold(&b, &f, i % 3 ? &t : NULL, duration);
		assert_int_equal(sum(&b), duration);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_owners),
		cmocka_unit_test(test_never_established),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_always_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
