/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is remembered of a connection between its events and its record, and what the record makes of it. */
#ifndef TCPWHY_USER_OPENCONN_H
#define TCPWHY_USER_OPENCONN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "idlecut.h"

struct tw_openconn {
	uint64_t first_ns, last_ns;
	uint64_t pending_ns;     /* when the silence ended whose fate is not known yet */
	uint32_t harmless;       /* retransmissions that speak for no loss */
	uint32_t seq;            /* of what was sent after the last silence */
	uint16_t resent;         /* how often that was sent again */
	bool pending;            /* its fate is not known yet */
	bool cut;                /* a RST ended a silence */
	float silence;           /* the pending one, seconds */
	float lived;             /* the longest that was survived; 0: none */
	float died;              /* the one that was not; 0: none */
};

/* An event of it that is no record; @type: enum tw_event_type. */
void tw_openconn_note(struct tw_openconn *conn, int type, const json_t *event, uint64_t ts_ns);

/* The record: hands the connection's silences over. 0 or -ENOMEM. */
int tw_openconn_finish(struct tw_openconn *conn, const json_t *final, struct tw_idlecut *cuts);

#endif
