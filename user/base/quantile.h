/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Quantiles of what is above 0, in fixed memory: values are counted in buckets whose bounds grow by a tenth
 * (Masson, Rim, Lee: "DDSketch", VLDB 2019). A quantile is told at most 5 % wrong, from 10^-6 to 10^9 (1 µs to 30 years,
 * a byte to a GB), whatever the values are; what is smaller or larger counts as the nearest bound. Sketches of several times add up.
 */
#ifndef TCPWHY_USER_QUANTILE_H
#define TCPWHY_USER_QUANTILE_H

#include <stdint.h>

#define TW_QUANTILE_BUCKETS 364 /* 1e-6 × 1.1^363 = 1.06e9 */

struct tw_quantile {
	uint32_t count[TW_QUANTILE_BUCKETS];
};

void tw_quantile_add(struct tw_quantile *q, double value, uint32_t times);
void tw_quantile_merge(struct tw_quantile *sum, const struct tw_quantile *q);

/* The value that a share of @p (0…1) of all is not above. 0: there is none. */
double tw_quantile_get(const struct tw_quantile *q, double p);

#endif
