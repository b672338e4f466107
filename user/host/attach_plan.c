// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where to look at an interface's packets.
 *
 * Native XDP sees them first and cheapest on a network card, before the kernel makes its buffers. On
 * virtual links it halves the throughput: they hand over buffers, which XDP makes them copy. The
 * same is true where XDP makes the driver stop merging packets.
 */
#include "attach_plan.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <string.h>

static const char *const words[_TW_INGRESS_MAX] = { "auto", "xdp", "xdp-generic", "tc" };

int tw_ingress_parse(enum tw_ingress *ingress, const char *word)
{
	for (int i = 0; i < _TW_INGRESS_MAX; i++)
		if (!strcmp(word, words[i])) {
			*ingress = i;
			return 0;
		}
	return -EINVAL;
}

const char *tw_ingress_word(enum tw_ingress ingress)
{
	return ingress < _TW_INGRESS_MAX ? words[ingress] : "?";
}

/* 1: without link header; 0: Ethernet; -1: something that the packet programs cannot read. */
static int link_layer(unsigned int type)
{
	switch (type) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return 0;
	case ARPHRD_NONE: /* tun, wireguard */
	case ARPHRD_RAWIP:
	case ARPHRD_PPP:
	case ARPHRD_TUNNEL: /* ipip */
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
		return 1;
	}
	return -1;
}

static void choose(struct tw_attach_plan *plan, const struct tw_iface *iface, bool xdp_frags)
{
	plan->ingress = TW_HOOK_TC;
	if (plan->l3)
		plan->why = "its packets have no Ethernet header";
	else if (iface->type == ARPHRD_LOOPBACK)
		plan->why = "it is the loopback interface";
	else if (!iface->hardware)
		plan->why = "it is a virtual link, where XDP would halve the throughput";
	else if (!xdp_frags)
		plan->why = "this kernel has no XDP for large packets (5.18 has)";
	else if (iface->xdp_id)
		plan->why = "another XDP program is attached and stays";
	else if (iface->merges)
		plan->why = "XDP would switch off its receive offload (LRO or hardware GRO)";
	else {
		plan->ingress = TW_HOOK_XDP;
		plan->may_fall_back = true;
		plan->why = "it is a network card with its own driver";
	}
}

static int insist_on_xdp(struct tw_attach_plan *plan, const struct tw_iface *iface, bool xdp_frags,
			 struct tw_reason *reason)
{
	if (plan->l3)
		return tw_reason(reason, -EOPNOTSUPP,
				 "%s: its packets have no Ethernet header, which XDP cannot say: use --ingress tc",
				 iface->name);
	if (!xdp_frags)
		return tw_reason(reason, -EOPNOTSUPP,
				 "%s: this kernel has no XDP for large packets (5.18 has): use --ingress tc",
				 iface->name);
	if (iface->xdp_id)
		return tw_reason(reason, -EBUSY,
				 "%s: another XDP program (id %u) is attached and is not replaced: use --ingress tc",
				 iface->name, iface->xdp_id);
	plan->why = "asked for";
	return 0;
}

int tw_attach_plan_make(struct tw_attach_plan *plan, const struct tw_iface *iface, enum tw_ingress wanted,
			bool xdp_frags, struct tw_reason *reason)
{
	int l3 = link_layer(iface->type);

	memset(plan, 0, sizeof(*plan));
	if (l3 < 0)
		return tw_reason(reason, -EINVAL,
				 "%s: cannot read interfaces of hardware type %u: only Ethernet, loopback, IP tunnels",
				 iface->name, iface->type);
	plan->l3 = l3;
	switch (wanted) {
	case TW_INGRESS_XDP:
		plan->ingress = TW_HOOK_XDP;
		return insist_on_xdp(plan, iface, xdp_frags, reason);
	case TW_INGRESS_XDP_GENERIC:
		plan->ingress = TW_HOOK_XDP_GENERIC;
		return insist_on_xdp(plan, iface, xdp_frags, reason);
	case TW_INGRESS_TC:
		plan->why = "asked for";
		return 0;
	default:
		choose(plan, iface, xdp_frags);
		return 0;
	}
}
