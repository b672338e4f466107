// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From the kernel programs' clock (CLOCK_MONOTONIC) to wall clock. */
#include "clock.h"

#include <time.h>

static int64_t read_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

uint64_t tw_clock_now(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

/* The pair of readings that took least time has the least error (some 50 ns). */
void tw_clock_refresh(struct tw_clock *clock)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < 3; i++) {
		int64_t before = read_ns(CLOCK_MONOTONIC);
		int64_t wall = read_ns(CLOCK_REALTIME);
		int64_t after = read_ns(CLOCK_MONOTONIC);

		if (after - before >= best)
			continue;
		best = after - before;
		clock->offset_ns = wall - (before + after) / 2;
	}
}
