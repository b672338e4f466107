// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Facts about network interfaces, as the kernel tells them over rtnetlink and ethtool. */
#include "iface.h"

#include <errno.h>
#include <linux/if_link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "ethtool.h"
#include "netlink.h"

static void read_kind(struct tw_iface *iface, const struct nlattr *info)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			snprintf(iface->kind, sizeof(iface->kind), "%s", mnl_attr_get_str(attr));
}

static void read_xdp(struct tw_iface *iface, const struct nlattr *xdp)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, xdp)
		switch (mnl_attr_get_type(attr)) {
		case IFLA_XDP_PROG_ID:
		case IFLA_XDP_DRV_PROG_ID:
		case IFLA_XDP_SKB_PROG_ID:
		case IFLA_XDP_HW_PROG_ID:
			iface->xdp_id = mnl_attr_get_u32(attr);
		}
}

/* The other end of a veth is in this network namespace where the kernel gives its number and no other namespace's. */
static bool has_both_ends(const struct nlmsghdr *message)
{
	const struct nlattr *attr;
	bool link = false, elsewhere = false;

	mnl_attr_for_each(attr, message, sizeof(struct ifinfomsg)) {
		link |= mnl_attr_get_type(attr) == IFLA_LINK && mnl_attr_get_u32(attr);
		elsewhere |= mnl_attr_get_type(attr) == IFLA_LINK_NETNSID;
	}
	return link && !elsewhere;
}

static int on_link(const struct nlmsghdr *message, void *ctx)
{
	const struct ifinfomsg *link = mnl_nlmsg_get_payload(message);
	struct tw_iface *iface = ctx;
	const struct nlattr *attr;

	iface->index = link->ifi_index;
	iface->type = link->ifi_type;
	iface->up = link->ifi_flags & IFF_UP && link->ifi_flags & IFF_RUNNING;
	mnl_attr_for_each(attr, message, sizeof(*link))
		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			snprintf(iface->name, sizeof(iface->name), "%s", mnl_attr_get_str(attr));
			break;
		case IFLA_MTU:
			iface->mtu = mnl_attr_get_u32(attr);
			break;
		case IFLA_PARENT_DEV_NAME:
			iface->hardware = true;
			break;
		case IFLA_LINKINFO:
			read_kind(iface, attr);
			break;
		case IFLA_XDP:
			read_xdp(iface, attr);
			break;
		}
	iface->ends_here = link->ifi_flags & IFF_LOOPBACK || (!strcmp(iface->kind, "veth") && has_both_ends(message));
	return MNL_CB_OK;
}

int tw_iface_read(struct tw_iface *iface, const char *name)
{
	char buf[TW_NL_REQUEST];
	struct nlmsghdr *request = tw_nl_request(buf, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	int err;

	memset(iface, 0, sizeof(*iface));
	if (!*name || strlen(name) >= IF_NAMESIZE)
		return -ENODEV;
	mnl_attr_put_strz(request, IFLA_IFNAME, name);
	err = tw_nl_ask(request, on_link, iface);
	if (err)
		return err;
	if (iface->kind[0])
		iface->hardware = false;
	iface->merges = tw_ethtool_feature(name, "rx-lro") || tw_ethtool_feature(name, "rx-gro-hw");
	return 0;
}

struct best_route {
	unsigned int index;
	uint32_t metric;
};

/* A route over several next hops: the first one. */
static unsigned int first_hop(const struct nlattr *attr)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(attr);

	return mnl_attr_get_payload_len(attr) >= sizeof(*hop) ? (unsigned int)hop->rtnh_ifindex : 0;
}

static int on_route(const struct nlmsghdr *message, void *ctx)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	struct best_route *best = ctx;
	const struct nlattr *attr;
	unsigned int index = 0;
	uint32_t metric = 0;

	if (route->rtm_dst_len || route->rtm_table != RT_TABLE_MAIN || route->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(*route))
		switch (mnl_attr_get_type(attr)) {
		case RTA_OIF:
			index = mnl_attr_get_u32(attr);
			break;
		case RTA_MULTIPATH:
			index = first_hop(attr);
			break;
		case RTA_PRIORITY:
			metric = mnl_attr_get_u32(attr);
			break;
		}
	if (index && (!best->index || metric < best->metric))
		*best = (struct best_route){ index, metric };
	return MNL_CB_OK;
}

static unsigned int default_index(int family)
{
	char buf[TW_NL_REQUEST];
	struct nlmsghdr *request = tw_nl_request(buf, RTM_GETROUTE, 1, sizeof(struct rtmsg));
	struct rtmsg *route = mnl_nlmsg_get_payload(request);
	struct best_route best = { 0 };

	route->rtm_family = family;
	return tw_nl_ask(request, on_route, &best) ? 0 : best.index;
}

int tw_iface_default(char name[IF_NAMESIZE])
{
	unsigned int index = default_index(AF_INET);

	if (!index)
		index = default_index(AF_INET6);
	return index && if_indextoname(index, name) ? 0 : -ENOENT;
}

void tw_iface_names(char *buf, size_t size)
{
	struct if_nameindex *all = if_nameindex();
	size_t used = 0;

	buf[0] = '\0';
	for (struct if_nameindex *i = all; i && i->if_name && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%s", used ? ", " : "", i->if_name);
	if_freenameindex(all);
}
