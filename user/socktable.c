// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The host's TCP sockets, by sock_diag. */
#include "socktable.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netlink.h"
#include "tcpwhy/key.h"
#include "tcpwhy/obs.h"

#define BIT(state) (1u << (state))
/* Packets may still come, and there is a socket that is somebody's. */
#define OPEN_STATES (BIT(TCP_ESTABLISHED) | BIT(TCP_FIN_WAIT1) | BIT(TCP_FIN_WAIT2) | BIT(TCP_CLOSE_WAIT) | \
		     BIT(TCP_LAST_ACK) | BIT(TCP_CLOSING))

struct telling {
	struct tw_listening listening;
	struct tw_port_range ephemeral;
	int map;
};

static bool in_range(const struct tw_port_range *range, uint16_t port)
{
	return port >= range->from && port <= range->to;
}

uint8_t tw_socktable_opener(uint8_t side, uint16_t here, uint16_t there, const struct tw_listening *listening,
			    const struct tw_port_range *ephemeral)
{
	uint8_t we = side + 1, they = (side ^ 1) + 1;

	if (tw_listens(listening, here))
		return they | TW_OPENER_CERTAIN;
	if (here >= 1024 && there < 1024)
		return we | TW_OPENER_CERTAIN;
	/* Whoever listened may be gone; but what is chosen for connect() is seldom listened on. */
	if (in_range(ephemeral, here))
		return we;
	return in_range(ephemeral, there) ? they : 0;
}

static int ask(int family, uint32_t states, mnl_cb_t message, void *ctx)
{
	char buf[TW_NL_REQUEST];
	struct nlmsghdr *request = tw_nl_request(buf, SOCK_DIAG_BY_FAMILY, 1, sizeof(struct inet_diag_req_v2));
	struct inet_diag_req_v2 *wanted = mnl_nlmsg_get_payload(request);

	wanted->sdiag_family = family;
	wanted->sdiag_protocol = IPPROTO_TCP;
	wanted->idiag_states = states;
	return tw_nl_ask_bus(NETLINK_SOCK_DIAG, request, message, ctx);
}

static int on_listener(const struct nlmsghdr *message, void *ctx)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(message);
	struct telling *t = ctx;
	uint16_t port = ntohs(m->id.idiag_sport);

	t->listening.bits[port >> 6] |= 1ull << (port & 63);
	return MNL_CB_OK;
}

static void take(struct tw_addr *addr, int family, const __be32 from[4])
{
	if (family == AF_INET)
		tw_addr_v4(addr, from[0]);
	else
		memcpy(addr, from, sizeof(*addr));
}

static int on_connection(const struct nlmsghdr *message, void *ctx)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(message);
	const struct telling *t = ctx;
	uint16_t sport = ntohs(m->id.idiag_sport), dport = ntohs(m->id.idiag_dport);
	struct tw_addr here, there;
	struct tw_key key;
	uint32_t opener;
	uint8_t side;
	bool v4;

	take(&here, m->idiag_family, m->id.idiag_src);
	take(&there, m->idiag_family, m->id.idiag_dst);
	v4 = !here.word[0] && !here.word[1] && here.word[2] == TW_V4_PREFIX; /* an IPv6 socket may speak IPv4 */
	side = tw_key_make(&key, &here, &there, sport, dport, v4 ? 4 : 6);
	opener = tw_socktable_opener(side, sport, dport, &t->listening, &t->ephemeral);
	if (opener && bpf_map_update_elem(t->map, &key, &opener, BPF_ANY) == -E2BIG)
		return MNL_CB_STOP;
	return MNL_CB_OK;
}

static void read_ephemeral(struct tw_port_range *range)
{
	FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");

	*range = (struct tw_port_range){ 32768, 60999 };
	if (!f)
		return;
	if (fscanf(f, "%hu %hu", &range->from, &range->to) != 2)
		*range = (struct tw_port_range){ 32768, 60999 };
	fclose(f);
}

/* A kernel without IPv6 says ENOENT. */
static int ask_both(uint32_t states, mnl_cb_t message, void *ctx)
{
	int err = ask(AF_INET, states, message, ctx);
	int err6 = err ? 0 : ask(AF_INET6, states, message, ctx);

	return err ? err : err6 == -ENOENT ? 0 : err6;
}

int tw_socktable_tell(int map)
{
	struct telling *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->map = map;
	read_ephemeral(&t->ephemeral);
	err = ask_both(BIT(TCP_LISTEN), on_listener, t);
	if (!err)
		err = ask_both(OPEN_STATES, on_connection, t);
	free(t);
	return err;
}
