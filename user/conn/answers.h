/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * SYNs that somebody else answers: the SYN-ACK has the right ACK number, and comes from an address or port that was not
 * asked (a NAT that translates one way only, a balancer whose servers answer past it). Two connections in the table, one story.
 *
 * Both memories have a fixed size; what is older gives way. So a flood costs the same for each SYN, and may cost the story.
 */
#ifndef TCPWHY_USER_ANSWERS_H
#define TCPWHY_USER_ANSWERS_H

#include "record/record.h"

#define TW_ANSWERS_ASKED 1024 /* attempts remembered */
#define TW_ANSWERS_PAIRS 256  /* connections of such stories remembered */

struct tw_asked {
	uint64_t id; /* 0: none */
	struct tw_addr orig_addr, resp_addr;
	uint16_t orig_port, resp_port;
	uint32_t isn;
};

struct tw_answer {
	uint64_t id;      /* 0: none */
	uint64_t attempt; /* the connection that had asked: this one, or the one that this one answers */
	struct tw_other other;
};

struct tw_answers {
	struct tw_asked asked[TW_ANSWERS_ASKED];
	struct tw_answer answer[TW_ANSWERS_PAIRS];
};

/* A SYN of connection @name with the sequence number @isn. */
void tw_answers_asked(struct tw_answers *answers, const struct tw_conn_name *name, uint32_t isn);

/* A SYN-ACK that acknowledges @ack, of connection @name, of which no SYN was seen. */
void tw_answers_came(struct tw_answers *answers, const struct tw_conn_name *name, uint32_t ack);

/*
 * Whom connection @name, whose SYN had the number @isn, has asked answered it: nobody else did then. A router shows a SYN-ACK
 * before and after it translates it.
 */
void tw_answers_own(struct tw_answers *answers, const struct tw_conn_name *name, uint32_t isn);

/* The other one of its story; port 0: it has none. */
struct tw_other tw_answers_of(const struct tw_answers *answers, uint64_t id);

#endif
