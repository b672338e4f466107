// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One question to the kernel over netlink, by libmnl. */
#include "netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct nlmsghdr *tw_nl_request(char buf[TW_NL_REQUEST], int type, int dump, size_t size)
{
	struct nlmsghdr *request;

	memset(buf, 0, TW_NL_REQUEST);
	request = mnl_nlmsg_put_header(buf);
	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | (dump ? NLM_F_DUMP : NLM_F_ACK);
	mnl_nlmsg_put_extra_header(request, size);
	return request;
}

static int open_socket(struct mnl_socket **socket, int bus, unsigned int groups, int flags)
{
	struct mnl_socket *nl = mnl_socket_open2(bus, SOCK_CLOEXEC | flags);
	int err;

	if (!nl)
		return -errno;
	if (mnl_socket_bind(nl, groups, MNL_SOCKET_AUTOPID) < 0) {
		err = -errno;
		mnl_socket_close(nl);
		return err;
	}
	*socket = nl;
	return 0;
}

/* mnl_cb_run: MNL_CB_STOP when the answer is complete, MNL_CB_ERROR with errno for the kernel's no. */
static int receive(struct mnl_socket *nl, unsigned int seq, mnl_cb_t message, void *ctx)
{
	static char buf[32768]; /* as iproute2: what the kernel fills at most in one go */
	int rc = MNL_CB_OK;

	while (rc > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(nl, buf, sizeof(buf));

		if (n < 0)
			return -errno;
		rc = mnl_cb_run(buf, n, seq, mnl_socket_get_portid(nl), message, ctx);
	}
	return rc == MNL_CB_ERROR ? -errno : 0;
}

int tw_nl_ask_bus(int bus, struct nlmsghdr *request, mnl_cb_t message, void *ctx)
{
	struct mnl_socket *nl = NULL;
	int err;

	err = open_socket(&nl, bus, 0, 0);
	if (err)
		return err;
	request->nlmsg_seq = time(NULL);
	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		err = -errno;
	else
		err = receive(nl, request->nlmsg_seq, message, ctx);
	mnl_socket_close(nl);
	return err;
}

int tw_nl_ask(struct nlmsghdr *request, mnl_cb_t message, void *ctx)
{
	return tw_nl_ask_bus(NETLINK_ROUTE, request, message, ctx);
}

int tw_nl_ask_diag(struct nlmsghdr *request, mnl_cb_t message, void *ctx)
{
	return tw_nl_ask_bus(NETLINK_SOCK_DIAG, request, message, ctx);
}

int tw_nl_watch_links(struct mnl_socket **socket)
{
	return open_socket(socket, NETLINK_ROUTE, RTMGRP_LINK, SOCK_NONBLOCK);
}
