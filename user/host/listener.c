// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A dump of the listening sockets, and the one that a SYN would meet. */
#include "listener.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"
#include "tcpwhy/key.h"

struct search {
	struct tw_addr addr;
	uint16_t port;
	bool found;
	struct tw_listener *listener;
};

/* Bound to all addresses, or to this one. */
static bool takes(const struct inet_diag_msg *msg, const struct tw_addr *addr)
{
	static const struct tw_addr any;
	struct tw_addr bound;

	if (msg->idiag_family == AF_INET)
		tw_addr_v4(&bound, msg->id.idiag_src[0]);
	else
		memcpy(&bound, msg->id.idiag_src, sizeof(bound));
	if (msg->idiag_family == AF_INET && !msg->id.idiag_src[0])
		return addr->word[2] == TW_V4_PREFIX;
	return !tw_addr_cmp(&bound, &any) || !tw_addr_cmp(&bound, addr);
}

static int on_socket(const struct nlmsghdr *message, void *ctx)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(message);
	struct search *s = ctx;

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*msg) || ntohs(msg->id.idiag_sport) != s->port ||
	    !takes(msg, &s->addr))
		return MNL_CB_OK;
	if (s->found && msg->idiag_rqueue <= s->listener->queued)
		return MNL_CB_OK;
	s->found = true;
	s->listener->port = s->port;
	s->listener->queued = msg->idiag_rqueue;
	s->listener->backlog = msg->idiag_wqueue;
	return MNL_CB_OK;
}

static int dump(int family, struct search *s)
{
	char buf[TW_NL_REQUEST];
	struct nlmsghdr *request = tw_nl_request(buf, SOCK_DIAG_BY_FAMILY, 1, sizeof(struct inet_diag_req_v2));
	struct inet_diag_req_v2 *ask = mnl_nlmsg_get_payload(request);

	ask->sdiag_family = family;
	ask->sdiag_protocol = IPPROTO_TCP;
	ask->idiag_states = 1 << TCP_LISTEN;
	ask->id.idiag_sport = htons(s->port); /* newer kernels leave the others out */
	return tw_nl_ask_diag(request, on_socket, s);
}

int tw_listener_find(const struct tw_addr *addr, uint16_t port, struct tw_listener *listener)
{
	struct search s = { .addr = *addr, .port = port, .listener = listener };
	int err = addr->word[2] == TW_V4_PREFIX ? dump(AF_INET, &s) : 0;

	if (!err)
		err = dump(AF_INET6, &s); /* one that takes both */
	if (err && err != -ENOENT && !s.found)
		return err;
	return s.found ? 0 : -ENOENT;
}
