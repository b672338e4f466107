// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Asks the generic netlink family "netdev". */
#include "netdev.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "netlink.h"

/* <linux/netdev.h> */
enum { DEV_GET = 1, DEV_IFINDEX = 1, DEV_XDP_FEATURES = 3 };

static struct nlmsghdr *make_request(char buf[TW_NL_REQUEST], uint16_t family, uint8_t cmd)
{
	struct nlmsghdr *request = tw_nl_request(buf, family, 0, sizeof(struct genlmsghdr));
	struct genlmsghdr *header = mnl_nlmsg_get_payload(request);

	header->cmd = cmd;
	header->version = 1;
	return request;
}

static int on_family(const struct nlmsghdr *message, void *ctx)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(uint16_t *)ctx = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int on_device(const struct nlmsghdr *message, void *ctx)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == DEV_XDP_FEATURES)
			*(uint64_t *)ctx = mnl_attr_get_u64(attr);
	return MNL_CB_OK;
}

int tw_netdev_xdp_features(unsigned int ifindex, uint64_t *features)
{
	char buf[TW_NL_REQUEST];
	struct nlmsghdr *request = make_request(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	uint16_t family = 0;
	int err;

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, "netdev");
	err = tw_nl_ask_bus(NETLINK_GENERIC, request, on_family, &family);
	if (err || !family)
		return err ? err : -ENOENT;
	*features = 0;
	request = make_request(buf, family, DEV_GET);
	mnl_attr_put_u32(request, DEV_IFINDEX, ifindex);
	return tw_nl_ask_bus(NETLINK_GENERIC, request, on_device, features);
}
