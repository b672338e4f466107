// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the facts of an interface mean: where tcpwhy would look, what that does to it, and what would be missed. */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "host/drivers.h"

/* A driver that takes XDP only in one piece has a page for it: less than this leaves no room. */
#define ONE_PIECE_MTU 3498u

static bool by_xdp(const struct tw_iface_facts *i)
{
	return i->plan.ingress != TW_HOOK_TC;
}

static void about_place(struct tw_doctor *d, const struct tw_iface_facts *i, const struct tw_host_facts *h)
{
	const char *tc = h->tcx ? "tcx" : "tc";
	const char *in = i->plan.ingress == TW_HOOK_XDP ? "XDP" : i->plan.ingress == TW_HOOK_XDP_GENERIC ? "generic XDP" : tc;

	tw_doctor_find(d, TW_SEVERITY_OK, "attaches", "ingress by %s (%s), egress by %s", in, i->plan.why, tc);
	if (!i->up)
		tw_doctor_find(d, TW_SEVERITY_NOTE, "link", "down: there is nothing to see before it is up");
}

static void about_driver(struct tw_doctor *d, const struct tw_iface_facts *i)
{
	const struct tw_driver *driver = tw_driver_find(i->driver);
	struct tw_finding *f;

	if (i->plan.ingress != TW_HOOK_XDP) {
		if (i->iface.hardware)
			tw_doctor_find(d, TW_SEVERITY_OK, "driver", "%s; tc leaves it as it is", i->driver[0] ? i->driver : "unknown");
		return;
	}
	if (driver && !driver->disturbs) {
		f = tw_doctor_find(d, TW_SEVERITY_OK, "driver", "%s: when XDP is attached or detached it %s", i->driver, driver->does);
	} else if (driver) {
		f = tw_doctor_find(d, TW_SEVERITY_DEGRADED, "driver", "%s: when XDP is attached or detached it %s", i->driver, driver->does);
		tw_doctor_cost(f, "connections stall for a moment as tcpwhy starts and as it ends");
		tw_doctor_cure(f, "--ingress tc");
	} else {
		f = tw_doctor_find(d, TW_SEVERITY_NOTE, "driver", "%s: many drivers reset their queues or the link when XDP is attached; of this one nothing is known",
				   i->driver[0] ? i->driver : "unknown");
		tw_doctor_cost(f, "connections may stall for a moment as tcpwhy starts and as it ends");
		tw_doctor_cure(f, "--ingress tc");
	}
	f->source = driver ? driver->source : NULL;
}

static void about_xdp(struct tw_doctor *d, const struct tw_iface_facts *i)
{
	struct tw_finding *f;

	if (i->plan.ingress != TW_HOOK_XDP)
		return;
	if (i->native == TW_NO) {
		f = tw_doctor_find(d, i->plan.may_fall_back ? TW_SEVERITY_NOTE : TW_SEVERITY_FATAL, "XDP",
				   "this driver offers no native XDP");
		tw_doctor_cost(f, i->plan.may_fall_back ? "tc is taken instead" : "`run` with --ingress xdp fails");
		tw_doctor_cure(f, "--ingress tc");
	} else {
		tw_doctor_find(d, TW_SEVERITY_OK, "XDP", i->native == TW_YES ? "the driver offers it" : "this kernel does not tell whether the driver offers it; tc is taken where not");
	}
	if (i->frags == TW_YES || i->iface.mtu <= ONE_PIECE_MTU || i->native == TW_NO)
		return;
	f = tw_doctor_find(d, i->plan.may_fall_back ? TW_SEVERITY_NOTE : TW_SEVERITY_DEGRADED, "MTU",
			   "%u: more than a driver takes that has XDP for packets in one piece only", i->iface.mtu);
	tw_doctor_cost(f, i->plan.may_fall_back ? "the driver may refuse XDP; tc is taken then" : "the driver may refuse XDP, and `run` fails");
	tw_doctor_cure(f, "--ingress tc, or an MTU of at most %u", ONE_PIECE_MTU);
}

static void about_offloads(struct tw_doctor *d, const struct tw_iface_facts *i)
{
	const char *merging = i->lro && i->gro_hw ? "LRO and hardware GRO" : i->lro ? "LRO" : "hardware GRO";
	struct tw_finding *f;

	if ((i->lro || i->gro_hw) && by_xdp(i)) {
		f = tw_doctor_find(d, TW_SEVERITY_DEGRADED, "offloads", "%s is on, and must be off while XDP is attached", merging);
		tw_doctor_cost(f, "the driver switches it off, and receiving costs more CPU, or refuses XDP");
		tw_doctor_cure(f, "--ingress tc");
	} else if (i->lro || i->gro_hw) {
		f = tw_doctor_find(d, TW_SEVERITY_NOTE, "offloads", "%s is on: packets are merged before anybody sees them", merging);
		tw_doctor_cost(f, "segments are counted as merged; what the card merged is not seen singly, nor its order");
		tw_doctor_cure(f, "ethtool -K %s lro off rx-gro-hw off, while you look for lost or reordered segments", i->iface.name);
	} else {
		tw_doctor_find(d, TW_SEVERITY_OK, "offloads", "the card merges nothing%s",
			       by_xdp(i) ? "" : "; the kernel does (GRO), which is seen and accounted for");
	}
	if (!i->vlan_strip || !by_xdp(i))
		return;
	tw_doctor_find(d, TW_SEVERITY_NOTE, "VLAN tags", "the card takes them off before XDP sees the frame: connections of all its VLANs are seen, without their number");
}

static void about_foreign_xdp(struct tw_doctor *d, const struct tw_iface_facts *i)
{
	struct tw_finding *f;

	if (!i->iface.xdp_id)
		return;
	f = tw_doctor_find(d, by_xdp(i) ? TW_SEVERITY_FATAL : TW_SEVERITY_DEGRADED, "foreign XDP", "program %u%s%s%s is attached, and stays",
			   i->iface.xdp_id, i->xdp_name[0] ? " (" : "", i->xdp_name, i->xdp_name[0] ? ")" : "");
	tw_doctor_cost(f, "what it drops or redirects never comes to tc: such packets are not seen, and look lost");
	tw_doctor_cure(f, "keep it in mind; or detach it with its own tool, or: ip link set dev %s xdp off", i->iface.name);
}

/* On tcx we stand first; a filter of the classic kind that has our priority comes first all the same. */
static void about_foreign_tc(struct tw_doctor *d, const struct tw_iface_facts *i, const struct tw_host_facts *h)
{
	unsigned int tcx = i->tcx[0] + i->tcx[1], filters = i->filters[0] + i->filters[1];
	struct tw_finding *f;

	if (i->ingress_qdisc && !h->tcx) {
		f = tw_doctor_find(d, TW_SEVERITY_FATAL, "qdisc", "there is an `ingress` qdisc, which has no egress side");
		tw_doctor_cost(f, "tc filters cannot be added");
		tw_doctor_cure(f, "replace it by `clsact`, which does the same and more; or Linux 6.6");
	}
	if (!tcx && !filters) {
		tw_doctor_find(d, TW_SEVERITY_OK, "foreign tc", "no programs or filters of others");
		return;
	}
	f = tw_doctor_find(d, TW_SEVERITY_NOTE, "foreign tc", "of others: %u on ingress, %u on egress", i->tcx[0] + i->filters[0],
			   i->tcx[1] + i->filters[1]);
	tw_doctor_cost(f, "tcpwhy looks before them, and they go on: what they drop or rewrite is seen as it was before");
}

void tw_doctor_iface(struct tw_doctor *d, const struct tw_iface_facts *i, const struct tw_host_facts *h)
{
	struct tw_finding *f;

	d->iface = i->iface.name;
	if (i->plan_err) {
		f = tw_doctor_find(d, TW_SEVERITY_FATAL, "attaches", "%s", i->plan_reason.text);
		tw_doctor_cost(f, "`run` fails on this interface");
		if (i->iface.xdp_id)
			about_foreign_xdp(d, i);
		return;
	}
	about_place(d, i, h);
	about_driver(d, i);
	about_xdp(d, i);
	about_offloads(d, i);
	about_foreign_xdp(d, i);
	about_foreign_tc(d, i, h);
}
