// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which clsact qdiscs and tc filters there are: dumps over rtnetlink. */
#include "filters.h"

#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"

struct qdisc_walk {
	unsigned int ifindex; /* 0: all */
	int found;            /* enum tw_qdisc, of the last one */
	void (*qdisc)(void *ctx, unsigned int ifindex);
	void *ctx;
};

static int kind_of(const struct nlmsghdr *message)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct tcmsg)) {
		if (mnl_attr_get_type(attr) != TCA_KIND)
			continue;
		if (!strcmp(mnl_attr_get_str(attr), "clsact"))
			return TW_QDISC_CLSACT;
		if (!strcmp(mnl_attr_get_str(attr), "ingress"))
			return TW_QDISC_INGRESS;
	}
	return TW_QDISC_NONE;
}

static int on_qdisc(const struct nlmsghdr *message, void *ctx)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	struct qdisc_walk *walk = ctx;
	int kind = kind_of(message);

	if (kind == TW_QDISC_NONE || (walk->ifindex && walk->ifindex != (unsigned int)tc->tcm_ifindex))
		return MNL_CB_OK;
	walk->found = kind;
	if (walk->qdisc && kind == TW_QDISC_CLSACT)
		walk->qdisc(walk->ctx, tc->tcm_ifindex);
	return MNL_CB_OK;
}

static int walk_qdiscs(struct qdisc_walk *walk)
{
	char buf[TW_NL_REQUEST];
	struct nlmsghdr *request = tw_nl_request(buf, RTM_GETQDISC, 1, sizeof(struct tcmsg));
	struct tcmsg *tc = mnl_nlmsg_get_payload(request);

	tc->tcm_family = AF_UNSPEC;
	tc->tcm_ifindex = walk->ifindex;
	return tw_nl_ask(request, on_qdisc, walk);
}

int tw_filters_qdisc(unsigned int ifindex)
{
	struct qdisc_walk walk = { .ifindex = ifindex };
	int err = walk_qdiscs(&walk);

	return err ? err : walk.found;
}

int tw_filters_each_clsact(void (*qdisc)(void *ctx, unsigned int ifindex), void *ctx)
{
	struct qdisc_walk walk = { .qdisc = qdisc, .ctx = ctx };

	return walk_qdiscs(&walk);
}

struct filter_walk {
	bool egress;
	void (*filter)(void *ctx, const struct tw_filter *filter);
	void *ctx;
};

static void read_name(struct tw_filter *filter, const struct nlattr *options)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, options)
		if (mnl_attr_get_type(attr) == TCA_BPF_NAME)
			snprintf(filter->name, sizeof(filter->name), "%s", mnl_attr_get_str(attr));
}

static int on_filter(const struct nlmsghdr *message, void *ctx)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	struct filter_walk *walk = ctx;
	const struct nlattr *attr, *options = NULL;
	bool bpf = false;
	struct tw_filter filter = {
		.ifindex = tc->tcm_ifindex,
		.egress = walk->egress,
		.handle = tc->tcm_handle,
		.priority = TC_H_MAJ(tc->tcm_info) >> 16,
	};

	if (!filter.handle) /* the head of a list of filters */
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(*tc)) {
		if (mnl_attr_get_type(attr) == TCA_KIND)
			bpf = !strcmp(mnl_attr_get_str(attr), "bpf");
		else if (mnl_attr_get_type(attr) == TCA_OPTIONS)
			options = attr;
	}
	if (bpf && options) /* other kinds number their options differently */
		read_name(&filter, options);
	walk->filter(walk->ctx, &filter);
	return MNL_CB_OK;
}

int tw_filters_each(unsigned int ifindex, bool egress, void (*filter)(void *ctx, const struct tw_filter *filter),
		    void *ctx)
{
	char buf[TW_NL_REQUEST];
	struct nlmsghdr *request = tw_nl_request(buf, RTM_GETTFILTER, 1, sizeof(struct tcmsg));
	struct tcmsg *tc = mnl_nlmsg_get_payload(request);
	struct filter_walk walk = { .egress = egress, .filter = filter, .ctx = ctx };

	tc->tcm_family = AF_UNSPEC;
	tc->tcm_ifindex = ifindex;
	tc->tcm_parent = TC_H_MAKE(TC_H_CLSACT, egress ? TC_H_MIN_EGRESS : TC_H_MIN_INGRESS);
	return tw_nl_ask(request, on_filter, &walk);
}
