/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Writes one JSON object, fast: into a buffer that the caller owns, never beyond its end. When it
 * does not fit, `full` is set and the rest is left out; the caller looks at the end.
 */
#ifndef TCPWHY_USER_JSON_H
#define TCPWHY_USER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tcpwhy/flow.h"

struct tw_json {
	char *at, *end; /* next byte, and one past the last */
	bool full;
};

static inline void tw_json_init(struct tw_json *j, char *buf, size_t size)
{
	j->at = buf;
	j->end = buf + size;
	j->full = false;
}

static inline void tw_json_raw(struct tw_json *j, const char *text, size_t len)
{
	if (__builtin_expect((size_t)(j->end - j->at) < len, 0)) {
		j->full = true;
		return;
	}
	memcpy(j->at, text, len);
	j->at += len;
}

/* A string literal: keys, punctuation, words that need no escaping. */
#define tw_json_lit(j, literal) tw_json_raw(j, "" literal "", sizeof(literal) - 1)

void tw_json_u64(struct tw_json *j, uint64_t value);
void tw_json_seconds(struct tw_json *j, uint64_t ns);     /* 1.500000000 */
void tw_json_time(struct tw_json *j, uint64_t wall_ns);   /* "2025-01-02T03:04:05.000000006Z", quoted */
void tw_json_number(struct tw_json *j, double value);     /* 0 when it is not finite */
void tw_json_string(struct tw_json *j, const char *text); /* quoted and escaped; NULL: null */
void tw_json_word(struct tw_json *j, const char *word);   /* quoted; must need no escaping */
void tw_json_addr(struct tw_json *j, unsigned int family, const struct tw_addr *addr); /* quoted, RFC 5952 */
void tw_json_id(struct tw_json *j, uint64_t id);          /* quoted: 13 digits of base 32 at most */

static inline void tw_json_bool(struct tw_json *j, bool value)
{
	if (value)
		tw_json_lit(j, "true");
	else
		tw_json_lit(j, "false");
}

#endif
