// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The histogram: where a value belongs, at the bounds above all. */
#include "base/histogram.h"
#include "made.h"

static void check_rising(const struct tw_buckets *b)
{
	assert_in_range(b->n, 1, TW_HISTOGRAM_MAX - 1);
	for (unsigned int i = 1; i < b->n; i++)
		assert_true(b->bound_ns[i] > b->bound_ns[i - 1]);
}

static void test_bounds_rise(void **state)
{
	check_rising(&tw_buckets_rtt);
	check_rising(&tw_buckets_life);
	assert_true(tw_buckets_rtt.bound_ns[0] == 100000);
	assert_true(tw_buckets_rtt.bound_ns[tw_buckets_rtt.n - 1] == 10 * S);
}

/* "le" is less or equal; one more is the next. */
static void test_at_the_bounds(void **state)
{
	const struct tw_buckets *b = &tw_buckets_rtt;

	for (unsigned int i = 0; i < b->n; i++) {
		struct tw_histogram h = { 0 };

		tw_histogram_add(&h, b, b->bound_ns[i]);
		assert_int_equal(h.count[i], 1);
		tw_histogram_add(&h, b, b->bound_ns[i] + 1);
		assert_int_equal(h.count[i], 1);
		assert_int_equal(h.count[i + 1], 1);
	}
}

static void test_sum(void **state)
{
	struct tw_histogram h = { 0 };

	tw_histogram_add(&h, &tw_buckets_rtt, 0);
	tw_histogram_add(&h, &tw_buckets_rtt, 250 * MS);
	tw_histogram_add(&h, &tw_buckets_rtt, UINT64_MAX);
	assert_int_equal(h.count[0], 1);
	assert_int_equal(h.count[tw_buckets_rtt.n], 1);
	assert_true(h.sum_s > 18446744073.0 && h.sum_s < 18446744074.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds_rise),
		cmocka_unit_test(test_at_the_bounds),
		cmocka_unit_test(test_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
