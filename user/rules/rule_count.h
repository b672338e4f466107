/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a rule counts: one of the built-in measures, or events and verdicts by name, of those the ones that a condition
 * takes, each as one or as the value of one of its fields.
 */
#ifndef TCPWHY_USER_RULE_COUNT_H
#define TCPWHY_USER_RULE_COUNT_H

#include "base/reason.h"
#include "base/where.h"
#include "measure.h"

#define TW_COUNT_FIELD 41

struct tw_count {
	enum tw_measure measure;    /* TW_MEASURE_NONE: what the next two say */
	uint64_t events;            /* bits of enum tw_event_type; 0: nothing is counted */
	uint64_t verdicts;          /* bits of enum tw_verdict: of a connection's first one; 0: any */
	char field[TW_COUNT_FIELD]; /* its value is added up; empty: each counts as one */
	char where[TW_WHERE_TEXT];  /* condition; empty: all */
};

/* A record, and its line of the log, made when the first one asks. */
struct tw_rule_record {
	const struct tw_record *record;
	const char *line; /* NULL: not made yet */
	char *buffer;     /* TW_LOG_LINE_MAX bytes */
};

/* Comma-separated names. 0, or -EINVAL with the reason and what there is. */
int tw_count_events(struct tw_count *count, const char *names, struct tw_reason *reason);
int tw_count_verdicts(struct tw_count *count, const char *names, struct tw_reason *reason);
int tw_count_measure(struct tw_count *count, const char *name, struct tw_reason *reason);
int tw_count_field(struct tw_count *count, const char *name, struct tw_reason *reason);
int tw_count_where(struct tw_count *count, const char *text, struct tw_reason *reason);

bool tw_count_is_set(const struct tw_count *count);
/* Bit of every enum tw_event_type that can amount to something. */
uint64_t tw_count_wants(const struct tw_count *count);
/*
 * How much of it the record is. @where: count->where, parsed; NULL: none. @value: gets the field's value, and each counts as one;
 * NULL: the field is added up.
 */
uint32_t tw_count_amount(const struct tw_count *count, const struct tw_where *where, struct tw_rule_record *r,
			 double *value);

/* "" when it cannot be made. */
const char *tw_rule_line(struct tw_rule_record *r);

/* For people: "resets", "reset events where …". */
void tw_count_describe(const struct tw_count *count, char *text, size_t size);

#endif
