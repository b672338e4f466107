/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the flight recorder keeps of a packet, and for which events it hands packets over: shared by the
 * programs that keep them and the process that writes them.
 */
#ifndef TCPWHY_EVIDENCE_H
#define TCPWHY_EVIDENCE_H

#include "names.h"
#include "port.h"

#define TW_EVIDENCE_BYTES 128   /* Ethernet, a VLAN tag, IPv6 and TCP with all its options are 118 */
#define TW_EVIDENCE_DEPTH_MAX 64
#define TW_EVIDENCE_FIRST 3     /* a connection's first packets are kept as well: its handshake */

/* A packet, in a connection's ring of them and as it is handed over. */
struct tw_evidence {
	u64 ready;  /* = number when it is complete: written last, read first */
	u64 conn;
	u64 ts_ns;  /* as in the events that it caused */
	u32 len;    /* on the wire */
	u32 point;  /* ifindex << 1 | egress */
	u16 cap;    /* bytes kept */
	u8 l2;      /* 14: Ethernet, 0: the IP header comes first */
	u8 told;    /* 1: it was handed over */
	u32 spare;
	u8 bytes[TW_EVIDENCE_BYTES];
	u64 number; /* of the connection's packets, from 1 */
};

/*
 * The last packets of a connection: number n is in slot n % depth, but for the first ones, which have slots of their
 * own behind these. The loader knows the depth, and gives as many slots.
 */
struct tw_recent {
	u64 last;   /* number of the last packet */
	u64 until;  /* packets up to this one follow an event: they are handed over as they come */
	u64 second; /* in which … */
	u64 used;   /* … so many were handed over */
	struct tw_evidence slot[];
};

_Static_assert(sizeof(struct tw_evidence) == 176, "no holes");

#define TW_RECENT_SIZE(depth) (sizeof(struct tw_recent) + ((depth) + TW_EVIDENCE_FIRST) * sizeof(struct tw_evidence))

/* Of one connection in a second, in depths: trouble that never ends must not push out all other evidence. */
#define TW_EVIDENCE_BUDGET 4

#define TW_WORTH(id) (1ULL << TW_EV_##id)

/*
 * Events that speak of trouble. Not slow_request, which is the user's leisure, nor lost_segment_unseen, which is
 * our own loss. A reset after both FINs is harmless: see tw_is_worth_keeping().
 */
#define TW_EVENTS_WORTH \
	(TW_WORTH(SYN_RETRANSMIT) | TW_WORTH(SYN_ACK_RETRANSMIT) | TW_WORTH(HANDSHAKE_BAD_ACK) | \
	 TW_WORTH(SYN_ACK_PAYLOAD) | TW_WORTH(SYN_NONZERO_ACK) | TW_WORTH(CONNECT_TIMEOUT) | \
	 TW_WORTH(ACCEPT_TIMEOUT) | TW_WORTH(SIMULTANEOUS_OPEN) | TW_WORTH(RESET) | TW_WORTH(RETRANSMIT) | \
	 TW_WORTH(OUT_OF_ORDER) | TW_WORTH(DUPLICATE_SEGMENT) | TW_WORTH(ZERO_WINDOW) | TW_WORTH(MSS_EXCEEDED) | \
	 TW_WORTH(FRAG_NEEDED) | TW_WORTH(UNREACHABLE) | TW_WORTH(PMTU_IGNORED) | TW_WORTH(PMTU_BLACK_HOLE) | \
	 TW_WORTH(SLOW_RESPONSE) | TW_WORTH(NO_RESPONSE) | TW_WORTH(DELAYED_ACK_STALL) | TW_WORTH(KERNEL_DROP) | \
	 TW_WORTH(PATH_DOWN) | TW_WORTH(MISSING_SEGMENT))

/* @cause: of a reset. */
TW_INLINE int tw_is_worth_keeping(u32 type, u32 cause)
{
	if (type == TW_EV_RESET && cause == TW_CAUSE_AFTER_CLOSE)
		return 0;
	return type < 64 && (TW_EVENTS_WORTH >> (type & 63) & 1);
}

#endif
