// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Asks the kernel for all that the doctor wants to know of an interface. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "host/attach.h"
#include "host/drivers.h"
#include "host/ethtool.h"
#include "host/filters.h"
#include "host/netdev.h"

/* Where the kernel does not tell (before 6.3), a driver whose source we know does offer XDP. */
static void read_offer(struct tw_iface_facts *i)
{
	uint64_t features;

	if (tw_netdev_xdp_features(i->iface.index, &features)) {
		i->native = tw_driver_find(i->driver) ? TW_YES : TW_UNKNOWN;
		i->frags = TW_UNKNOWN;
		return;
	}
	i->native = features & TW_XDP_BASIC ? TW_YES : TW_NO;
	i->frags = features & TW_XDP_RX_SG ? TW_YES : TW_NO;
}

static void read_xdp_name(struct tw_iface_facts *i)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	int fd = i->iface.xdp_id ? bpf_prog_get_fd_by_id(i->iface.xdp_id) : -1;

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len))
		snprintf(i->xdp_name, sizeof(i->xdp_name), "%s", info.name);
	close(fd);
}

static void count_filter(void *ctx, const struct tw_filter *filter)
{
	++*(unsigned int *)ctx;
}

static void read_foreign(struct tw_iface_facts *i)
{
	for (int egress = 0; egress < 2; egress++) {
		int tcx = tw_tcx_programs(i->iface.index, egress);

		i->tcx[egress] = tcx > 0 ? tcx : 0;
	}
	i->ingress_qdisc = tw_filters_qdisc(i->iface.index) == TW_QDISC_INGRESS;
	if (tw_filters_qdisc(i->iface.index) != TW_QDISC_CLSACT)
		return;
	for (int egress = 0; egress < 2; egress++)
		tw_filters_each(i->iface.index, egress, count_filter, &i->filters[egress]);
}

int tw_doctor_read_iface(struct tw_iface_facts *i, const char *name, enum tw_ingress ingress, bool xdp_frags)
{
	int err;

	memset(i, 0, sizeof(*i));
	err = tw_iface_read(&i->iface, name);
	if (err)
		return err;
	i->plan_err = tw_attach_plan_make(&i->plan, &i->iface, ingress, xdp_frags, &i->plan_reason);
	tw_ethtool_driver(name, i->driver, sizeof(i->driver));
	i->lro = tw_ethtool_feature(name, "rx-lro");
	i->gro_hw = tw_ethtool_feature(name, "rx-gro-hw");
	i->vlan_strip = tw_ethtool_feature(name, "rx-vlan-hw-parse");
	i->up = i->iface.up;
	read_offer(i);
	read_xdp_name(i);
	read_foreign(i);
	return 0;
}
