/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Turns a fuzzer's bytes into packets of a few connections that mostly make sense: each side has its
 * sequence numbers, timestamps, IP-IDs and TTL, so that state gets deep; the bytes choose what is sent
 * next, and how far it is from what should come.
 *
 * Input: 4 bytes of choices for the whole, then 8 bytes a packet (a raw frame's bytes follow its own).
 */
#ifndef TESTS_FUZZ_SEQUENCE_H
#define TESTS_FUZZ_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

#include "capture/nativetable.h"
#include "pkt.h"

#define SEQUENCE_CONNS 4
#define SEQUENCE_RING 4

struct sequence_side {
	struct pkt_end end;
	uint32_t isn, nxt, ack;      /* next to send; highest ACK number that it sent */
	uint32_t tsval;
	uint16_t id;
	uint8_t ttl, sent;
	struct { uint32_t seq, len, tsval; uint16_t id; } ring[SEQUENCE_RING]; /* its last segments */
};

struct sequence {
	const uint8_t *at, *end;
	struct sequence_side side[SEQUENCE_CONNS][2];
	uint64_t now_ns, first_ns, last_ns; /* times so far: the least, the greatest */
	bool offline;
	uint8_t frame[PKT_MAX];
};

/* Takes the 4 bytes of choices, and sets what concerns the table. 0: the input is too short. */
int sequence_begin(struct sequence *s, const uint8_t *data, size_t size, struct tw_native_options *options);

/* The next packet, whose bytes are an exact-size copy that the caller frees. 0: the input is used up. */
int sequence_next(struct sequence *s, struct tw_native_packet *packet);

#endif
