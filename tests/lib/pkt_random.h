/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets at random, the same for the same seed. Pure noise would be refused by the first check, so most
 * packets belong to a few connections that half behave: they open, send, repeat, skip, acknowledge,
 * shut windows, reset and start again; then some are cut, and some have bytes changed.
 */
#ifndef TESTS_PKT_RANDOM_H
#define TESTS_PKT_RANDOM_H

#include "pkt.h"

#define PKT_RANDOM_TUPLES 12

struct pkt_random {
	uint64_t state;
	uint64_t ts_ns;
	struct {
		uint32_t nxt[2], acked[2], tsval[2];
		uint16_t id[2];
		int opening; /* a handshake goes on: 1 + the side whose turn it is */
	} tuple[PKT_RANDOM_TUPLES];
};

struct pkt_random_frame {
	uint8_t bytes[2048];
	size_t len;
	uint64_t ts_ns;
	uint32_t segs;
	uint16_t gso_size;
	bool egress, forwarded;
};

void pkt_random_init(struct pkt_random *r, uint64_t seed);
uint32_t pkt_random_below(struct pkt_random *r, uint32_t n);
/* The next packet; only whole and unchanged ones with @sound. */
void pkt_random_next(struct pkt_random *r, struct pkt_random_frame *frame, bool sound);

#endif
