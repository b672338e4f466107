// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The host's TCP sockets, by sock_diag, else by /proc. */
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

	if (tw_listens(listening, here) && in_range(ephemeral, here) && there < 1024)
		return 0; /* the listener may be another address's, and this connection ours */
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

/* -E2BIG: the map is full. */
static int tell(const struct telling *t, const struct tw_addr *here, const struct tw_addr *there, uint16_t sport,
		uint16_t dport)
{
	bool v4 = !here->word[0] && !here->word[1] && here->word[2] == TW_V4_PREFIX; /* an IPv6 socket may speak IPv4 */
	struct tw_key key;
	uint8_t side = tw_key_make(&key, here, there, sport, dport, v4 ? 4 : 6);
	uint32_t opener = tw_socktable_opener(side, sport, dport, &t->listening, &t->ephemeral);

	return opener ? bpf_map_update_elem(t->map, &key, &opener, BPF_ANY) : 0;
}

static int on_connection(const struct nlmsghdr *message, void *ctx)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(message);
	struct tw_addr here, there;

	take(&here, m->idiag_family, m->id.idiag_src);
	take(&there, m->idiag_family, m->id.idiag_dst);
	if (tell(ctx, &here, &there, ntohs(m->id.idiag_sport), ntohs(m->id.idiag_dport)) == -E2BIG)
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

static int read_by_diag(struct telling *t)
{
	int err = ask_both(BIT(TCP_LISTEN), on_listener, t);

	return err ? err : ask_both(OPEN_STATES, on_connection, t);
}

/* --- where the kernel's module tcp_diag is missing: /proc/net/tcp, which takes longer --- */

/* "0100007F:1F90": words as they lie in memory. */
static int take_hex(struct tw_addr *addr, uint16_t *port, const char *text)
{
	const char *colon = strchr(text, ':');
	__be32 words[4];
	unsigned int n = colon ? (colon - text) / 8 : 0;

	if ((n != 1 && n != 4) || sscanf(colon, ":%hx", port) != 1)
		return -EINVAL;
	for (unsigned int i = 0; i < n; i++)
		if (sscanf(text + 8 * i, "%8x", &words[i]) != 1)
			return -EINVAL;
	take(addr, n == 1 ? AF_INET : AF_INET6, words);
	return 0;
}

static int read_line(struct telling *t, const char *line, bool listeners)
{
	char from[64], to[64];
	struct tw_addr here, there;
	uint16_t sport, dport;
	unsigned int state;

	if (sscanf(line, " %*u: %63s %63s %x", from, to, &state) != 3 || state > 31)
		return 0; /* the heading */
	if (take_hex(&here, &sport, from) || take_hex(&there, &dport, to))
		return 0;
	if (listeners && state == TCP_LISTEN)
		t->listening.bits[sport >> 6] |= 1ull << (sport & 63);
	return !listeners && OPEN_STATES & BIT(state) ? tell(t, &here, &there, sport, dport) : 0;
}

static int read_file(struct telling *t, const char *path, bool listeners)
{
	FILE *f = fopen(path, "re");
	char line[512];
	int err = f ? 0 : -errno;

	while (f && err != -E2BIG && fgets(line, sizeof(line), f))
		err = read_line(t, line, listeners);
	if (f)
		fclose(f);
	return f ? 0 : err;
}

static int read_by_proc(struct telling *t)
{
	int err = 0;

	for (int listeners = 1; listeners >= 0 && !err; listeners--) {
		err = read_file(t, "/proc/self/net/tcp", listeners);
		read_file(t, "/proc/self/net/tcp6", listeners); /* not without IPv6 */
	}
	return err;
}

int tw_socktable_tell(int map)
{
	struct telling *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->map = map;
	read_ephemeral(&t->ephemeral);
	err = read_by_diag(t);
	if (err)
		err = read_by_proc(t);
	free(t);
	return err;
}
