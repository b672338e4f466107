// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The classic histogram of Prometheus. */
#include "histogram.h"

#include "tcpwhy/port.h"

#define US(n) ((n) * TW_NS_PER_US)
#define MS(n) ((n) * TW_NS_PER_MS)
#define S(n) ((n) * TW_NS_PER_SEC)

/* Three a decade, from a switch away to the longest that anybody waits. */
const struct tw_buckets tw_buckets_rtt = {
	.n = 16,
	.bound_ns = { US(100), US(250), US(500), MS(1), MS(2) + US(500), MS(5), MS(10), MS(25), MS(50), MS(100),
		      MS(250), MS(500), S(1), S(2) + MS(500), S(5), S(10) },
};

const struct tw_buckets tw_buckets_life = {
	.n = 12,
	.bound_ns = { MS(1), MS(10), MS(100), MS(500), S(1), S(5), S(10), S(60), S(300), S(1800), S(7200), S(86400) },
};

/* Few enough that a search would not be faster. */
void tw_histogram_add(struct tw_histogram *h, const struct tw_buckets *buckets, uint64_t ns)
{
	unsigned int i = 0;

	while (i < buckets->n && ns > buckets->bound_ns[i])
		i++;
	h->count[i]++;
	h->sum_s += (double)ns / TW_NS_PER_SEC;
}
