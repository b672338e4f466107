/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Quantiles by buckets of growing size (quantile.h). */
#include "quantile.h"

#include <math.h>

#define LEAST 1e-6
#define GROWTH 1.1

static unsigned int bucket_of(double value)
{
	double n;

	if (!(value > LEAST))
		return 0;
	n = ceil(log(value / LEAST) / log(GROWTH));
	return n < TW_QUANTILE_BUCKETS ? n : TW_QUANTILE_BUCKETS - 1;
}

/* In the middle of the bucket, measured by the error on either side. */
static double value_of(unsigned int bucket)
{
	return LEAST * pow(GROWTH, bucket) * 2 / (1 + GROWTH);
}

static void add(uint32_t *count, uint32_t more)
{
	*count = more > UINT32_MAX - *count ? UINT32_MAX : *count + more;
}

void tw_quantile_add(struct tw_quantile *q, double value, uint32_t times)
{
	add(&q->count[bucket_of(value)], times);
}

void tw_quantile_merge(struct tw_quantile *sum, const struct tw_quantile *q)
{
	for (unsigned int i = 0; i < TW_QUANTILE_BUCKETS; i++)
		add(&sum->count[i], q->count[i]);
}

double tw_quantile_get(const struct tw_quantile *q, double p)
{
	uint64_t all = 0, seen = 0, rank;

	for (unsigned int i = 0; i < TW_QUANTILE_BUCKETS; i++)
		all += q->count[i];
	if (!all)
		return 0;
	rank = ceil(p * all);
	for (unsigned int i = 0; i < TW_QUANTILE_BUCKETS; i++) {
		seen += q->count[i];
		if (seen >= rank && seen)
			return value_of(i);
	}
	return value_of(TW_QUANTILE_BUCKETS - 1);
}
