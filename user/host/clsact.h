/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tc filters on kernels without tcx (before 6.6). They outlive the process that made them, so each
 * carries a mark that says whose it is: its handle is TW_CLSACT_MARK, whether the clsact qdisc was
 * made for it, and the slot of its process. A process holds its slot as long as it lives (an abstract
 * socket of the network namespace); a filter with our mark and our program name whose slot is free
 * was left behind by a crash and is removed by the next start. Nobody else's filter is touched.
 */
#ifndef TCPWHY_USER_CLSACT_H
#define TCPWHY_USER_CLSACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"

#define TW_CLSACT_MARK 0x74770000u  /* "tw" */
#define TW_CLSACT_OURS 0x100u       /* the qdisc was made by tcpwhy */
#define TW_CLSACT_SLOTS 16          /* tcpwhy processes of one network namespace */

/* The slot of this process. */
struct tw_slot {
	int fd;
	unsigned int number;
};

/* Takes a free slot. 0, or -EUSERS with the reason. */
int tw_slot_take(struct tw_slot *slot, struct tw_reason *reason);
void tw_slot_leave(struct tw_slot *slot);

/*
 * Removes what processes that are gone left behind, on all interfaces of this network namespace.
 * Returns how many filters, or -errno.
 */
int tw_clsact_sweep(const struct tw_slot *slot);

/* The filters of this process on one interface. All zero: none. */
struct tw_clsact {
	unsigned int ifindex;
	uint32_t handle;
	uint32_t priority[2]; /* ingress, egress; 0: no filter there */
};

/* Adds @prog_fd on ingress or egress, before other filters; makes the qdisc if there is none. 0 or -errno. */
int tw_clsact_add(struct tw_clsact *clsact, const struct tw_slot *slot, const char *ifname, unsigned int ifindex,
		  bool egress, int prog_fd, struct tw_reason *reason);

/* Removes them, and the qdisc if tcpwhy made it and nothing else uses it. */
void tw_clsact_remove(struct tw_clsact *clsact);

#endif
