/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The time between two markers: pings of sizes that somebody chose, before and after an attempt. */
#ifndef TCPWHY_USER_BETWEEN_H
#define TCPWHY_USER_BETWEEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"

#define TW_BETWEEN_SIZES 64 /* that are told when the one that was asked for is not there */

struct tw_between {
	bool asked;
	unsigned int first_size, last_size;
	uint64_t from_ns, to_ns; /* 0: not met */
	unsigned int sizes[TW_BETWEEN_SIZES], n_sizes;
};

/* "22,33". 0, or -EINVAL with @reason. */
int tw_between_parse(struct tw_between *between, const char *text, struct tw_reason *reason);

/* A `marker` event: the first of the first size begins it, the next of the last size ends it. */
void tw_between_mark(struct tw_between *between, const json_t *marker, uint64_t ts_ns);

/* 0 when both were met; -ENOENT with @reason. */
int tw_between_check(const struct tw_between *between, struct tw_reason *reason);

/* Did something that lasted from @start_ns to @end_ns touch the time between them? */
bool tw_between_has(const struct tw_between *between, uint64_t start_ns, uint64_t end_ns);

#endif
