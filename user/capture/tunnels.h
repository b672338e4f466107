/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which tunnel a connection is in. Addresses and ports are those of the packets inside, and two tunnels (two customers'
 * networks, say) may use the same ones at the same time, while the core knows a connection by these alone. So the tunnel
 * that shows one way of a connection first has it; what others show is taken when it goes on where that connection is
 * (its two ways may be in two tunnels, and a route may change), and is else not the core's: another connection of
 * the same name.
 */
#ifndef TCPWHY_USER_TUNNELS_H
#define TCPWHY_USER_TUNNELS_H

#include <stdbool.h>
#include <stdint.h>

struct tw_native_packet;
struct tw_tunnels;

/* @max: connections that are remembered; one more forgets the one that was not seen for longest. NULL: out of memory. */
struct tw_tunnels *tw_tunnels_new(uint32_t max);
void tw_tunnels_free(struct tw_tunnels *tunnels);

/* Whether @packet, which was in @tunnel (0: in none), is of the connection that has its addresses and ports. */
bool tw_tunnels_admit(struct tw_tunnels *tunnels, const struct tw_native_packet *packet, uint64_t tunnel);

#endif
