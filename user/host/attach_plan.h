/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where to look at an interface's packets: a decision from its facts alone. */
#ifndef TCPWHY_USER_ATTACH_PLAN_H
#define TCPWHY_USER_ATTACH_PLAN_H

#include "base/reason.h"
#include "iface.h"

/* What the user asked for. */
enum tw_ingress { TW_INGRESS_AUTO, TW_INGRESS_XDP, TW_INGRESS_XDP_GENERIC, TW_INGRESS_TC, _TW_INGRESS_MAX };

enum tw_hook { TW_HOOK_TC, TW_HOOK_XDP, TW_HOOK_XDP_GENERIC };

struct tw_attach_plan {
	enum tw_hook ingress;
	bool l3;           /* packets have no Ethernet header */
	bool may_fall_back; /* to tc, when the driver refuses XDP */
	const char *why;   /* a clause, for people: "because …" */
};

/* "auto", "xdp", "xdp-generic", "tc". -EINVAL: another word. */
int tw_ingress_parse(enum tw_ingress *ingress, const char *word);
const char *tw_ingress_word(enum tw_ingress ingress);

/* @xdp_frags: this kernel can run our XDP program. 0; or -EINVAL, -EBUSY, -EOPNOTSUPP with the reason. */
int tw_attach_plan_make(struct tw_attach_plan *plan, const struct tw_iface *iface, enum tw_ingress wanted,
			bool xdp_frags, struct tw_reason *reason);

#endif
