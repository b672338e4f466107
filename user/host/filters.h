/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which clsact qdiscs and tc filters there are. */
#ifndef TCPWHY_USER_FILTERS_H
#define TCPWHY_USER_FILTERS_H

#include <stdbool.h>
#include <stdint.h>

struct tw_filter {
	unsigned int ifindex;
	bool egress;
	uint32_t handle, priority;
	char name[64]; /* of a BPF filter: what its maker called it, libbpf "PROGRAM:[ID]"; else empty */
};

enum tw_qdisc { TW_QDISC_NONE, TW_QDISC_CLSACT, TW_QDISC_INGRESS };

/* What sits at ffff: of the interface. TW_QDISC_INGRESS has no egress side. -errno on failure. */
int tw_filters_qdisc(unsigned int ifindex);

/* Calls @qdisc for each interface that has a clsact qdisc. 0 or -errno. */
int tw_filters_each_clsact(void (*qdisc)(void *ctx, unsigned int ifindex), void *ctx);

/* Calls @filter for each filter on one side of the interface's clsact qdisc. 0 or -errno. */
int tw_filters_each(unsigned int ifindex, bool egress, void (*filter)(void *ctx, const struct tw_filter *filter),
		    void *ctx);

#endif
