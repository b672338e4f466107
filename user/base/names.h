/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The words of include/tcpwhy/names.h as text, and back. Each function returns a constant string,
 * "?" for a number that is not in its table.
 */
#ifndef TCPWHY_USER_NAMES_H
#define TCPWHY_USER_NAMES_H

#include <stdbool.h>

#include "tcpwhy/names.h"

const char *tw_event_word(unsigned int type);
const char *tw_event_meaning(unsigned int type);
const char *tw_cause_word(unsigned int cause);
const char *tw_stage_word(unsigned int stage);
const char *tw_suspect_word(unsigned int suspect); /* a bit number, not a mask */
const char *tw_kind_word(unsigned int kind);
const char *tw_confidence_word(unsigned int confidence);
const char *tw_skip_word(unsigned int skip);
const char *tw_end_word(unsigned int end);
const char *tw_option_word(unsigned int bit);      /* of TW_OPT_*, a bit number: the log's field */
const char *tw_handshake_word(unsigned int cause);
const char *tw_verdict_word(unsigned int verdict);
const char *tw_verdict_meaning(unsigned int verdict);
/* What an ICMP error of this @family (4 or 6) that is no frag_needed says; NULL: there is no word for it. */
const char *tw_unreachable_word(unsigned int family, unsigned int type, unsigned int code);
const char *tw_unreachable_noun(const char *word); /* what makes a sentence of "net": " unreachable"; else "" */
char tw_letter_char(unsigned int letter);          /* lower case; '?' */

/* The number of the event called @word (not NUL-terminated, @len bytes), or -ENOENT. */
int tw_event_number(const char *word, unsigned int len);

/* The number of the verdict called @word, or -ENOENT. */
int tw_verdict_number(const char *word);

/* Of what ended well or is open: it only cost time. What else is no "ok" and no "unknown" failed. */
bool tw_verdict_cost_time(unsigned int verdict);

/* True for events that can be in a log: not "none", and not what stays inside the program. */
bool tw_event_is_public(unsigned int type);
/* False where nothing stood in its way, nobody knows, or one side took its time as it may. */
bool tw_verdict_is_trouble(unsigned int verdict);

#endif
