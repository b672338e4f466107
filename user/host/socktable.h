/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The host's TCP sockets as the kernel lists them (sock_diag): who opened the connections that are there
 * before us.
 */
#ifndef TCPWHY_USER_SOCKTABLE_H
#define TCPWHY_USER_SOCKTABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "tcpwhy/flow.h"

/* Ports that somebody here listens on. */
struct tw_listening {
	uint64_t bits[1024];
};

static inline bool tw_listens(const struct tw_listening *l, uint16_t port)
{
	return l->bits[port >> 6] >> (port & 63) & 1;
}

/* The ports from which the kernel takes those of outgoing connections, both included. */
struct tw_port_range {
	uint16_t from, to;
};

/*
 * Who opened a connection with a socket here: TW_OPENER_* for a key of which @side is here, 0 where it cannot
 * be told. Certain: a peer with a well-known port, or a listener here.
 */
uint8_t tw_socktable_opener(uint8_t side, uint16_t here, uint16_t there, const struct tw_listening *listening,
			    const struct tw_port_range *ephemeral);

/* Writes who opened each connection into the map: struct tw_key → u32. What does not fit is left out. 0 or -errno. */
int tw_socktable_tell(int map);

#endif
