/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * B's clock minus A's, with bounds: no packet arrives before it was sent. What went from A to B bounds it from
 * above, what went from B to A from below; the fastest packet each way bounds it best.
 */
#ifndef TCPWHY_USER_OFFSET_H
#define TCPWHY_USER_OFFSET_H

#include "match.h"

#define TW_OFFSET_DRIFT 10000 /* clocks run apart by up to 1 ns in so many: 100 ppm */

/* Fills own and offset of all pairs. */
void tw_offset_pairs(struct tw_pairs *pairs);
/* What the connections nearest to this moment of A's clock (of B's with @by_b) tell. */
struct tw_bounds tw_offset_at(const struct tw_pairs *pairs, uint64_t ts_ns, bool by_b);

void tw_bounds_from_a(struct tw_bounds *bounds, uint64_t sent_a_ns, uint64_t received_b_ns);
void tw_bounds_from_b(struct tw_bounds *bounds, uint64_t sent_b_ns, uint64_t received_a_ns);

static inline bool tw_bounds_whole(const struct tw_bounds *b)
{
	return b->has_lo && b->has_hi && b->lo <= b->hi;
}

static inline int64_t tw_bounds_middle(const struct tw_bounds *b)
{
	return b->lo + (b->hi - b->lo) / 2;
}

static inline uint64_t tw_bounds_error(const struct tw_bounds *b)
{
	return (uint64_t)(b->hi - b->lo + 1) / 2;
}

#endif
