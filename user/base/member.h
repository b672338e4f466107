/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Members of an event as it was read from a log: a JSON object. */
#ifndef TCPWHY_USER_MEMBER_H
#define TCPWHY_USER_MEMBER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* Members of an event, 0, NULL or false when it has none of this name and type. */
uint64_t tw_member_u64(const json_t *event, const char *key);
double tw_member_real(const json_t *event, const char *key);
const char *tw_member_text(const json_t *event, const char *key); /* "" for none */
bool tw_member_true(const json_t *event, const char *key);
bool tw_member_has(const json_t *event, const char *key);

/* Of the member @key, nothing when there is none: @before, the duration, @after; a list of words behind @before. */
void tw_text_span(struct tw_text *text, const char *before, const json_t *event, const char *key, const char *after);
void tw_text_list(struct tw_text *text, const char *before, const json_t *event, const char *key);

#endif
