/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The core without a kernel: packets in, the event bytes out that the kernel programs would put into
 * their ring. Hash tables stand in for the BPF maps, with the same bounds; memory is taken as
 * connections come and given back when they are forgotten.
 *
 * Not for several threads: one table is used by one thread at a time. Knobs are in tw_cfg
 * (tcpwhy/config.h), which is defined here.
 */
#ifndef TCPWHY_USER_NATIVETABLE_H
#define TCPWHY_USER_NATIVETABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conn/store.h"
#include "tcpwhy/counters.h"

struct tw_native;

struct tw_native_options {
	uint32_t max_connections; /* of each of IPv4 and IPv6, and of connections with trouble */
	uint32_t max_half_open;   /* one more forgets the one that was not seen for longest */
};

/* Gets each record, struct tw_event or struct tw_event_replaced; the bytes are gone when it returns. */
typedef void (*tw_native_record)(void *ctx, const void *bytes, size_t len);

/* A packet as its source has it. */
struct tw_native_packet {
	const void *bytes;
	uint32_t len;      /* of @bytes: captured */
	uint32_t wire_len; /* on the wire; 0: unknown, the IP header alone is believed */
	uint32_t l2;       /* 14: Ethernet, 0: no link header */
	uint32_t ifindex;
	uint32_t segs;     /* segments of an offload super-packet; 0: not counted */
	uint16_t gso_size; /* payload of each of them; 0: it is none */
	bool egress;
	bool forwarded;    /* on egress: not made by this host */
	bool offline;      /* from a capture: neither ingress nor egress */
	uint64_t ts_ns;
};

/* 0 and *@native, or -ENOMEM. */
int tw_native_new(struct tw_native **native, const struct tw_native_options *options, tw_native_record record,
		  void *ctx);
/* NULL is fine. Forgets all connections without a word. */
void tw_native_free(struct tw_native *native);

/* Judges one packet; its events come out before it returns. */
void tw_native_feed(struct tw_native *native, const struct tw_native_packet *packet);

/* Both live as long as @native. */
const struct tw_counters *tw_native_counters(const struct tw_native *native);
struct tw_store *tw_native_store(struct tw_native *native);

#endif
