/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which connections of a log somebody means: by `conn` or `community_id`, by address, by ADDR:PORT or
 * [ADDR]:PORT, or by a pcap-filter expression over addresses and ports.
 */
#ifndef TCPWHY_USER_PICK_H
#define TCPWHY_USER_PICK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/reason.h"

struct tw_pick;

/* Can @text, where a file's name might stand, only mean connections? A filter of one word may be a name. */
bool tw_pick_is_meant(const char *text);

/* 0 and *@pick, or -errno with @reason. */
int tw_pick_new(struct tw_pick **pick, const char *text, struct tw_reason *reason);
void tw_pick_free(struct tw_pick *pick); /* NULL is fine */

/* Is the event one of such a connection? NULL picks all. */
bool tw_pick_takes(const struct tw_pick *pick, const json_t *event);

/* A quick look at a line of the log: false only if it cannot be one. */
bool tw_pick_may_take(const struct tw_pick *pick, const char *line, size_t len);

/* It names one connection: by `conn`. */
bool tw_pick_is_one(const struct tw_pick *pick);

#endif
