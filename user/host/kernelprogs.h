/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which of the kernel's tracepoints there are, and what they tell here: tracepoints come, and their arguments
 * change, from kernel to kernel. All are optional: without one a field is absent, and that is all.
 */
#ifndef TCPWHY_USER_KERNELPROGS_H
#define TCPWHY_USER_KERNELPROGS_H

#include <stdint.h>

/* Arguments of each tracepoint in the running kernel; 0: there is no such tracepoint, or it tells too little. */
struct tw_kernelprogs {
	uint32_t kfree_skb;     /* (skb, location, reason[, rx_sk]) */
	uint32_t send_reset;    /* (sk, skb[, reason]) */
	uint32_t retransmit;    /* (sk, skb[, err]) */
};

/* Looks into the kernel's BTF; loads the names of reasons from there, too. Finds nothing where there is no BTF. */
void tw_kernelprogs_probe(struct tw_kernelprogs *found);

/* The inode number of our own network namespace: tracepoints fire for all. 0: unknown. */
uint32_t tw_kernelprogs_netns(void);

#endif
