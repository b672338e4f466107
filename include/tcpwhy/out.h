/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the classifier says of one packet: up to TW_OUT_MAX events, each with its detail, not yet
 * in the form of event.h (the packet's own facts are added when it is emitted).
 */
#ifndef TCPWHY_OUT_H
#define TCPWHY_OUT_H

#include "event.h"
#include "port.h"

/* Size, path MTU, order, black hole (2), waiting (2), stall, ACK, window (2), end and outages (2): no packet says more. */
#define TW_OUT_MAX 14

struct tw_said {
	u32 type;       /* enum tw_event_type */
	u32 suppressed; /* of this kind, held back before */
	union {
		struct tw_ev_syn syn;
		struct tw_ev_established established;
		struct tw_ev_ack ack_;
		struct tw_ev_reset reset;
		struct tw_ev_segment segment;
		struct tw_ev_size size;
		struct tw_ev_wait wait;
		struct tw_ev_outage outage;
		struct tw_ev_icmp icmp;
		u64 raw[6];
	};
};

struct tw_out {
	u32 n;
	u16 lost;       /* events that found no room: always 0, asserted by tests; counted as lost */
	u16 suppressed; /* events held back by the budget */
	u32 letters;    /* of the history: bits of enum tw_letter */
	u16 judged;     /* 1: the packet was one of the connection: no second sight, not after its end */
	u8 repair;      /* 1: it repaired a loss: the gap before it was recovery */
	u8 timeout;     /* 1: of kind rto */
	u64 conn;       /* flight recorder only: the connection whose packet it was; 0: none, or seen before */
	struct tw_said said[TW_OUT_MAX];
};

TW_INLINE void tw_out_clear(struct tw_out *out)
{
	out->n = 0;
	out->lost = 0;
	out->suppressed = 0;
	out->letters = 0;
	out->judged = 0;
	out->repair = 0;
	out->timeout = 0;
}

#endif
