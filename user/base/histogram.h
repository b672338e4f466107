/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How often a duration lay in which range: the classic histogram of Prometheus, in fixed memory. */
#ifndef TCPWHY_USER_HISTOGRAM_H
#define TCPWHY_USER_HISTOGRAM_H

#include <stdint.h>

#define TW_HISTOGRAM_MAX 20 /* buckets, the one without a bound included */

/* Upper bounds in ns, rising. */
struct tw_buckets {
	unsigned int n; /* < TW_HISTOGRAM_MAX */
	uint64_t bound_ns[TW_HISTOGRAM_MAX - 1];
};

/* 100 µs … 10 s: round-trip times, handshakes, waits. 1 ms … 1 day: lives of connections. */
extern const struct tw_buckets tw_buckets_rtt, tw_buckets_life;

struct tw_histogram {
	uint64_t count[TW_HISTOGRAM_MAX]; /* of this bucket alone; the last has no bound */
	double sum_s;
};

/* A value equal to a bound belongs to it ("le": less or equal). */
void tw_histogram_add(struct tw_histogram *histogram, const struct tw_buckets *buckets, uint64_t ns);

#endif
