/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What limited what a side sent: shares of the time in which it was sending. From the packets, once a round trip
 * (tcpwhy/limit.h); where the sender's socket is on this host, its kernel kept the time itself, and knows better.
 */
#ifndef TCPWHY_USER_TRANSFER_H
#define TCPWHY_USER_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "tcpwhy/flow.h"

/* A sender's own kernel: how long it had something to send, and what kept it from sending. */
struct tw_chrono {
	uint64_t busy_ns;    /* 0: not told */
	uint64_t rwnd_ns;    /* the receiver's window was full */
	uint64_t sndbuf_ns;  /* its own buffer was too small for more */
};

struct tw_transfer {
	uint64_t limit_ns[3]; /* by enum tw_limit */
	uint64_t total_ns;    /* their sum; 0: it was no transfer */
	uint64_t rtt_ns;      /* the mean round trip; 0: not known */
	uint32_t window;      /* in bytes: what limited it last; 0: it never did */
	struct tw_chrono chrono;
};

/*
 * What side @side of the key sent. @trouble: NULL for none. @chrono: NULL where the kernel did not tell. Less than 1 MB in
 * less than 2 s is no transfer.
 */
void tw_transfer_fold(struct tw_transfer *transfer, const struct tw_flow *flow, const struct tw_trouble *trouble,
		      unsigned int side, const struct tw_chrono *chrono);

/* 0 to 1; 0 where there was no transfer. */
double tw_transfer_share(const struct tw_transfer *transfer, enum tw_limit limit);

#endif
