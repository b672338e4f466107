/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The time budget of a connection as its record has it: every nanosecond of the duration has one
 * owner, and the parts sum to the duration exactly.
 */
#ifndef TCPWHY_USER_TIMEBUDGET_H
#define TCPWHY_USER_TIMEBUDGET_H

#include <stdint.h>

#include "tcpwhy/flow.h"

/* All in ns. */
struct tw_timebudget {
	uint64_t handshake;
	uint64_t zero_window;
	uint64_t recovery;
	uint64_t path;        /* without delayed_ack */
	uint64_t transfer;
	uint64_t responder;
	uint64_t originator;
	uint64_t idle;
	uint64_t delayed_ack; /* moved over from path: confirmed stalls */
};

/*
 * Folds the parts that the core has summed into @duration_ns. @trouble: NULL for none. What is left is
 * the transfer's. Should the parts exceed the duration (two CPUs raced over the last packets), they
 * are cut in this order, the last ones losing first: handshake, zero_window, recovery, path with
 * delayed_ack, responder, originator, idle.
 */
void tw_timebudget_fold(struct tw_timebudget *budget, const struct tw_flow *flow, const struct tw_trouble *trouble,
			uint64_t duration_ns);

#endif
