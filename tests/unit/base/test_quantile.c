// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Quantiles: never more than 5 % wrong, whatever the values are. */
#include "made.h"

#include <math.h>

#include "base/quantile.h"

#define N 20000

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Compares with what sorting tells. */
static void check(double *values, const char *what)
{
	static const double ps[] = { 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1 };
	struct tw_quantile q = { 0 };

	for (int i = 0; i < N; i++)
		tw_quantile_add(&q, values[i], 1);
	qsort(values, N, sizeof(*values), by_size);
	for (size_t i = 0; i < sizeof(ps) / sizeof(ps[0]); i++) {
		double exact = values[(int)ceil(ps[i] * N) - 1], got = tw_quantile_get(&q, ps[i]);

		if (fabs(got - exact) > 0.05 * exact + 1e-12)
			fail_msg("%s: p%g is %g, told as %g", what, 100 * ps[i], exact, got);
	}
}

static double share(void)
{
	return (random() + 1.0) / (RAND_MAX + 2.0);
}

static void test_error_bound(void **state)
{
	static double values[N];

	srandom(7);
	for (int i = 0; i < N; i++)
		values[i] = 1e-5 + share();
	check(values, "uniform");
	for (int i = 0; i < N; i++)
		values[i] = 2e-6 * pow(1e14, share());
	check(values, "fourteen orders of magnitude");
	for (int i = 0; i < N; i++)
		values[i] = 1e-3 / pow(share(), 1.2);
	check(values, "heavy tail");
	for (int i = 0; i < N; i++)
		values[i] = i % 2 ? 1e-4 : 100;
	check(values, "two values");
	for (int i = 0; i < N; i++)
		values[i] = 1e-6 * pow(1.1, i % 364) * (i % 3 ? 1 : 1.0001);
	check(values, "at the bounds of buckets");
}

static void test_ends(void **state)
{
	struct tw_quantile q = { 0 };

	assert_true(tw_quantile_get(&q, 0.5) == 0);
	tw_quantile_add(&q, 0, 1);
	tw_quantile_add(&q, -5, 1);
	tw_quantile_add(&q, NAN, 1);
	assert_true(tw_quantile_get(&q, 1) <= 1e-6);
	tw_quantile_add(&q, 1e12, UINT32_MAX);
	tw_quantile_add(&q, INFINITY, UINT32_MAX);
	assert_true(tw_quantile_get(&q, 0.5) > 9e8);
}

static void test_merge(void **state)
{
	struct tw_quantile a = { 0 }, b = { 0 };

	tw_quantile_add(&a, 1, 90);
	tw_quantile_add(&b, 10, 10);
	tw_quantile_merge(&a, &b);
	assert_float_equal(tw_quantile_get(&a, 0.9), 1, 0.05);
	assert_float_equal(tw_quantile_get(&a, 0.95), 10, 0.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_error_bound), cmocka_unit_test(test_ends), cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
