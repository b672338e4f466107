/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The time between two markers: pings of sizes that somebody chose, before and after an attempt. */
#ifndef TCPWHY_USER_MARKERS_H
#define TCPWHY_USER_MARKERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"

#define TW_MARKERS_SIZES 64 /* that are told when the one that was asked for is not there */

struct tw_markers {
	bool asked;
	unsigned int first_size, last_size;
	uint64_t from_ns, to_ns; /* 0: not met */
	unsigned int sizes[TW_MARKERS_SIZES], n_sizes;
};

/* "22,33". 0, or -EINVAL with @reason. */
int tw_markers_parse(struct tw_markers *between, const char *text, struct tw_reason *reason);

/* A `marker` event: the first of the first size begins it, the next of the last size ends it. */
void tw_markers_mark(struct tw_markers *between, const json_t *marker, uint64_t ts_ns);

/* 0 when both were met; -ENOENT with @reason. */
int tw_markers_check(const struct tw_markers *between, struct tw_reason *reason);

/* Did something that lasted from @start_ns to @end_ns touch the time between them? */
bool tw_markers_has(const struct tw_markers *between, uint64_t start_ns, uint64_t end_ns);

#endif
