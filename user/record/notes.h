/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the events of a connection told that neither its state nor the mere list of its events still
 * knows at the end, and that a verdict needs. Kept for each connection: small.
 */
#ifndef TCPWHY_USER_NOTES_H
#define TCPWHY_USER_NOTES_H

#include <stdint.h>

#include "tcpwhy/event.h"

enum tw_note {
	TW_NOTE_BAD_ACK = 1 << 0,         /* a handshake_bad_ack that is no challenge */
	TW_NOTE_HALF_OPEN_RESET = 1 << 1, /* a half_open_reset */
	TW_NOTE_SYN_AGAIN = 1 << 2,       /* and then the same SYN again */
	TW_NOTE_FOREIGN_TSECR = 1 << 3,   /* the SYN-ACK echoed a timestamp that the SYN never carried */
	TW_NOTE_UNREACHABLE = 1 << 4,     /* an `unreachable` that may be believed: from, icmp_* are about it */
	TW_NOTE_ICMP_ORIG = 1 << 5,       /* it quoted the originator's segment, else the responder's */
	TW_NOTE_FRAG_NEEDED = 1 << 6,     /* a valid frag_needed: from is about it, unless UNREACHABLE */
	TW_NOTE_ORIG_ABOVE_MSS = 1 << 7,  /* mss_exceeded of the originator's segments */
	TW_NOTE_RESP_ABOVE_MSS = 1 << 8,
	TW_NOTE_CHALLENGE = 1 << 9,       /* a challenge ACK answered the SYN */
	TW_NOTE_QUEUE_FULL = 1 << 10,     /* this host's kernel said that the accept queue was full */
};

/* How a connection opened; times are ms after its first event. */
struct tw_opening {
	uint32_t asked_ms, answer_ms; /* the first SYN-ACK, and the last SYN before it */
	uint32_t retaken_ms;          /* the last SYN-ACK after the ACK of it had passed here */
	uint16_t left_out;            /* TW_OPT_*: what the last SYN left out, of what the first offered */
	uint16_t first_without;       /* of them: those that the SYN before it still offered */
	uint16_t ignored;             /* RSTs that the originator must ignore */
	uint8_t asked;                /* SYNs before the first SYN-ACK */
	uint8_t refused;              /* … that a RST answered */
	uint8_t echo;                 /* of the first SYN-ACK: enum tw_echo */
	uint8_t retaken;              /* SYN-ACKs after the ACK of them had passed here, … */
	uint8_t retaken_asked;        /* … and payload that waited for an answer */
	uint8_t answered;             /* 1: there was a SYN-ACK */
};

struct tw_notes {
	struct tw_addr from;  /* of the ICMP error */
	uint32_t icmp_ms;     /* when the last `unreachable` came: ms after the connection's first event */
	uint16_t flags;       /* enum tw_note */
	uint16_t mss_len;     /* mss_exceeded: the largest payload */
	uint16_t large_len;   /* pmtu_ignored, pmtu_black_hole: IP length of what does not pass; before: payload of the SYN-ACK */
	uint16_t passed_len;  /* pmtu_black_hole: IP length of what does */
	uint16_t slowest_ds;  /* the longest slow_response, in 0.1 s, saturating */
	uint8_t icmp_type, icmp_code;
	struct tw_opening opening;
};

_Static_assert(sizeof(struct tw_notes) == 56, "there is one for each connection");

/* @since_ns: from the connection's first event to this one. */
void tw_notes_take(struct tw_notes *notes, const struct tw_event *event, uint64_t since_ns);

#endif
