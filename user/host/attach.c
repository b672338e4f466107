// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Attaches the packet programs to one interface, and detaches them. */
#include "attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 6.6; libbpf 1.1 and its headers do not know them yet. */
enum { TW_BPF_TCX_INGRESS = 46, TW_BPF_TCX_EGRESS = 47 };
#define TW_BPF_F_BEFORE (1U << 3)

/*
 * First of all tcx programs: one that stands before ours could end the walk, and packets would be
 * missed. -EINVAL: no tcx in this kernel.
 */
static int tcx_link(int prog_fd, unsigned int ifindex, bool egress)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = prog_fd;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = egress ? TW_BPF_TCX_EGRESS : TW_BPF_TCX_INGRESS;
	attr.link_create.flags = TW_BPF_F_BEFORE;
	fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	return fd < 0 ? -errno : fd;
}

int tw_tcx_programs(unsigned int ifindex, bool egress)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = ifindex;
	attr.query.attach_type = egress ? TW_BPF_TCX_EGRESS : TW_BPF_TCX_INGRESS;
	/* Without room for their ids the kernel tells their number. */
	if (syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)) && errno != ENOSPC)
		return errno == ENOENT ? 0 : -errno;
	return attr.query.prog_cnt;
}

static int xdp_link(int prog_fd, unsigned int ifindex, bool generic)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
	int fd = bpf_link_create(prog_fd, ifindex, BPF_XDP, &opts);

	return fd < 0 ? -errno : fd;
}

/* Only what the interfaces of the start needed was loaded. */
static int other_kind(const struct tw_iface *iface, struct tw_reason *reason)
{
	return tw_reason(reason, -ENOEXEC, "%s: it has come back as another kind of interface: start tcpwhy again",
			 iface->name);
}

static int attach_tc(struct tw_attachment *at, const struct tw_iface *iface, bool egress, int prog_fd,
		     const struct tw_slot *slot, struct tw_reason *reason)
{
	enum tw_mode *mode = egress ? &at->egress : &at->ingress;
	int *link = egress ? &at->egress_fd : &at->ingress_fd;
	int fd;

	if (prog_fd < 0)
		return other_kind(iface, reason);
	fd = tcx_link(prog_fd, iface->index, egress);
	if (fd >= 0) {
		*link = fd;
		*mode = TW_MODE_TCX;
		return 0;
	}
	if (fd != -EINVAL)
		return tw_reason(reason, fd, "%s: cannot attach to tc %s: %s", iface->name,
				 egress ? "egress" : "ingress", strerror(-fd));
	*mode = TW_MODE_CLSACT;
	return tw_clsact_add(&at->clsact, slot, iface->name, iface->index, egress, prog_fd, reason);
}

static int explain_xdp(const struct tw_iface *iface, bool generic, int err, struct tw_reason *reason)
{
	const char *name = generic ? "generic XDP" : "native XDP";

	switch (err) {
	case -EBUSY:
	case -EEXIST:
		return tw_reason(reason, err,
				 "%s: another XDP program is attached and is not replaced: use --ingress tc",
				 iface->name);
	case -EOPNOTSUPP:
		return tw_reason(reason, err, "%s: its driver has no %s: use --ingress tc", iface->name, name);
	default:
		return tw_reason(reason, err,
				 "%s: its driver refuses %s (because of MTU %u, offloads or queues?): %s; use --ingress tc",
				 iface->name, name, iface->mtu, strerror(-err));
	}
}

static int attach_xdp(struct tw_attachment *at, const struct tw_iface *iface, const struct tw_attach_plan *plan,
		      const struct tw_programs *programs, struct tw_reason *reason)
{
	bool generic = plan->ingress == TW_HOOK_XDP_GENERIC;
	int fd;

	if (programs->xdp_ingress < 0)
		return other_kind(iface, reason);
	fd = xdp_link(programs->xdp_ingress, iface->index, generic);
	if (fd < 0)
		return explain_xdp(iface, generic, fd, reason);
	at->ingress_fd = fd;
	at->ingress = generic ? TW_MODE_XDP_GENERIC : TW_MODE_XDP;
	return 0;
}

static int attach_ingress(struct tw_attachment *at, const struct tw_iface *iface, struct tw_attach_plan *plan,
			  const struct tw_programs *programs, const struct tw_slot *slot, struct tw_reason *reason)
{
	int err;

	if (plan->ingress != TW_HOOK_TC) {
		err = attach_xdp(at, iface, plan, programs, reason);
		if (!err || !plan->may_fall_back)
			return err;
		plan->ingress = TW_HOOK_TC;
		plan->why = "its driver refused XDP";
	}
	return attach_tc(at, iface, false, plan->l3 ? programs->tc_ingress_l3 : programs->tc_ingress, slot, reason);
}

int tw_attach(struct tw_attachment *at, const struct tw_iface *iface, struct tw_attach_plan *plan,
	      const struct tw_programs *programs, const struct tw_slot *slot, struct tw_reason *reason)
{
	int err;

	*at = (struct tw_attachment){ .ifindex = iface->index, .ingress_fd = -1, .egress_fd = -1 };
	err = attach_ingress(at, iface, plan, programs, slot, reason);
	if (!err)
		err = attach_tc(at, iface, true, plan->l3 ? programs->tc_egress_l3 : programs->tc_egress, slot,
				reason);
	if (err)
		tw_detach(at);
	return err;
}

void tw_detach(struct tw_attachment *at)
{
	if (!at->ifindex)
		return;
	if (at->ingress_fd >= 0)
		close(at->ingress_fd);
	if (at->egress_fd >= 0)
		close(at->egress_fd);
	tw_clsact_remove(&at->clsact);
	*at = (struct tw_attachment){ .ingress_fd = -1, .egress_fd = -1 };
}

static const struct {
	const char *name, *meaning;
} modes[] = {
	[TW_MODE_NONE] = { "nothing", "nothing" },
	[TW_MODE_XDP] = { "XDP", "each frame as it comes off the wire" },
	[TW_MODE_XDP_GENERIC] = { "generic XDP", "each packet before it is merged with others" },
	[TW_MODE_TCX] = { "tcx", "packets as the kernel has merged them" },
	[TW_MODE_CLSACT] = { "tc", "packets as the kernel has merged them" },
};

const char *tw_mode_name(enum tw_mode mode)
{
	return modes[mode].name;
}

const char *tw_mode_meaning(enum tw_mode mode)
{
	return modes[mode].meaning;
}
