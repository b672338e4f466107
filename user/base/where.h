/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Conditions on fields of events, as alert rules write them:
 *
 *   resp_port = 443 and (cause = aborted or cause = gave_up) and not orig_addr in 10.0.0.0/8
 *
 * FIELD alone: the event has it, and it is not false. = != < <= > >= compare numbers (also "200ms", "5%"), else words;
 * a list has any of its elements. `in` takes networks and words: in 10.0.0.0/8, in (22, 80, 443). A field that an
 * event does not have makes every comparison false.
 */
#ifndef TCPWHY_USER_WHERE_H
#define TCPWHY_USER_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include "prefixes.h"
#include "reason.h"

#define TW_WHERE_TEXT 256  /* bytes of a condition, NUL included */
#define TW_WHERE_NODES 24  /* fields, and, or, not, elements of lists */

struct tw_where_node {
	enum { TW_WHERE_AND, TW_WHERE_OR, TW_WHERE_NOT, TW_WHERE_HAS, TW_WHERE_COMPARE } kind;
	enum { TW_WHERE_EQ, TW_WHERE_NE, TW_WHERE_LT, TW_WHERE_LE, TW_WHERE_GT, TW_WHERE_GE, TW_WHERE_IN } op;
	signed char left, right; /* nodes of and, or, not; of an element of a list: right is the next one, -1 none */
	bool is_number, is_network;
	double number;
	struct tw_prefix network;
	short field, value;      /* offsets in words */
};

struct tw_where {
	char text[TW_WHERE_TEXT];  /* as it was written; empty: everything is taken */
	char words[2 * TW_WHERE_TEXT]; /* fields and values, each with its NUL */
	struct tw_where_node node[TW_WHERE_NODES];
	signed char root, n;
	short used;                /* of words */
};

/* 0, or -EINVAL with what is wrong, and where. */
int tw_where_parse(struct tw_where *where, const char *text, struct tw_reason *reason);

/* @line: of the log, one JSON object, NUL-terminated. */
bool tw_where_takes(const struct tw_where *where, const char *line);

/* A number, also with a unit: us ms s m h (to seconds), % (to a share). False: @text is none. */
bool tw_where_number(const char *text, double *number);

/* Calls @check for each field that is asked for. */
void tw_where_fields(const struct tw_where *where, void (*check)(void *ctx, const char *field), void *ctx);

#endif
