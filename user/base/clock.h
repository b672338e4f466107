/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the kernel programs' clock (CLOCK_MONOTONIC) to wall clock: ns since the epoch. */
#ifndef TCPWHY_USER_CLOCK_H
#define TCPWHY_USER_CLOCK_H

#include <stdint.h>

struct tw_clock {
	int64_t offset_ns; /* wall clock - monotonic clock */
};

/* Now, CLOCK_MONOTONIC. */
uint64_t tw_clock_now(void);

/* Reads both clocks; call it each second, so that steps and slews of the wall clock are followed. */
void tw_clock_refresh(struct tw_clock *clock);

static inline uint64_t tw_clock_wall(const struct tw_clock *clock, uint64_t monotonic_ns)
{
	return monotonic_ns + clock->offset_ns;
}

#endif
