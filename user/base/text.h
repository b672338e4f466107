/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Pieces of readable lines. */
#ifndef TCPWHY_USER_TEXT_H
#define TCPWHY_USER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcpwhy/flow.h"

/* Text that is cut at the end of its buffer, never beyond; always NUL-terminated. */
struct tw_text {
	char *at, *end; /* the NUL, and one past the last byte of the buffer */
};

__attribute__((format(printf, 2, 3)))
void tw_text_put(struct tw_text *text, const char *fmt, ...);
void tw_text_time(struct tw_text *text, double seconds);   /* "0.3 ms", "3.0 s", "2 min" */
void tw_text_rate(struct tw_text *text, double bits);      /* a second: "7.8 Mbit/s" */
void tw_text_grouped(struct tw_text *text, uint64_t n);    /* "17,520" */
void tw_text_bytes(struct tw_text *text, uint64_t bytes);  /* "1448 bytes", "1.4 MB" */
void tw_text_addr(struct tw_text *text, unsigned int family, const struct tw_addr *addr);
/* Bytes that would upset a terminal are replaced: the log may be anybody's. */
void tw_text_clean(struct tw_text *text, const char *untrusted);

void tw_text_nth(struct tw_text *text, uint64_t n); /* "3rd" */

#endif
