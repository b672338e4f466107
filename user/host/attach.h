/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attaches the packet programs to one interface, and detaches them. Wherever the kernel can, by a
 * link that vanishes with the process. Never replaces what somebody else attached.
 */
#ifndef TCPWHY_USER_ATTACH_H
#define TCPWHY_USER_ATTACH_H

#include "base/reason.h"
#include "clsact.h"
#include "iface.h"
#include "attach_plan.h"

/* Descriptors of the loaded programs, borrowed; -1: not loaded. */
struct tw_programs {
	int xdp_ingress, tc_ingress, tc_egress, tc_ingress_l3, tc_egress_l3;
};

enum tw_mode { TW_MODE_NONE, TW_MODE_XDP, TW_MODE_XDP_GENERIC, TW_MODE_TCX, TW_MODE_CLSACT };

struct tw_attachment {
	unsigned int ifindex;         /* 0: not attached */
	enum tw_mode ingress, egress;
	int ingress_fd, egress_fd;    /* links; -1: none */
	struct tw_clsact clsact;
};

/*
 * 0; or -errno with the reason, and nothing is attached. When XDP was refused and tc taken instead,
 * @plan says so.
 */
int tw_attach(struct tw_attachment *at, const struct tw_iface *iface, struct tw_attach_plan *plan,
	      const struct tw_programs *programs, const struct tw_slot *slot, struct tw_reason *reason);

/* Nothing is attached afterwards; fine when nothing was. */
void tw_detach(struct tw_attachment *at);

/* How many programs are attached to tcx on one side of an interface. -EINVAL: no tcx in this kernel. */
int tw_tcx_programs(unsigned int ifindex, bool egress);

/* "XDP", "generic XDP", "tcx", "tc". */
const char *tw_mode_name(enum tw_mode mode);

/* What a mode means for what is seen there, for people. */
const char *tw_mode_meaning(enum tw_mode mode);

#endif
