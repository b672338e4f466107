/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The listening sockets of this host, by sock_diag: how many connections wait to be accepted, and how many may.
 * The kernel drops a SYN for a full accept queue without a word; this is how it is known.
 */
#ifndef TCPWHY_USER_LISTENER_H
#define TCPWHY_USER_LISTENER_H

#include <stdint.h>

#include "tcpwhy/flow.h"

struct tw_listener {
	uint16_t port;
	uint32_t queued, backlog; /* full: queued > backlog */
	uint32_t pid;             /* 0: unknown */
	char comm[16];            /* NUL-terminated; empty: unknown */
};

/*
 * The listener of an address of ours (IPv4 as ::ffff:a.b.c.d) and @port; of several that share it, the one with the
 * most waiting. pid and comm are left alone. 0; -ENOENT: none; -errno.
 */
int tw_listener_find(const struct tw_addr *addr, uint16_t port, struct tw_listener *listener);

#endif
