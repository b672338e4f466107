/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a log tells of an attempt that failed before it has the final record, which comes up to a minute later, so
 * that a late repeat still belongs to it. During an incident these are the ones that matter.
 */
#ifndef TCPWHY_USER_EARLY_H
#define TCPWHY_USER_EARLY_H

#include <jansson.h>
#include <stdbool.h>

struct tw_early {
	bool attempt;   /* its SYN was seen, and nothing that opened it */
	char start[32]; /* the SYN's ts */
	int type;       /* enum tw_event_type of @event */
	json_t *event;  /* with which it failed; NULL: it has not */
};

/* An event of the connection, in order of time; @type: enum tw_event_type. Takes a reference of what it keeps. */
void tw_early_note(struct tw_early *early, int type, const json_t *event);
void tw_early_release(struct tw_early *early);

/* A record with what is known: ends, start, verdict, why. A new reference; NULL: out of memory. */
json_t *tw_early_record(const struct tw_early *early);

#endif
