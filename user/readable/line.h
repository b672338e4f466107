/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One readable line an event, for people. It is made from the log's JSON, so that `tcpwhy tail` of a
 * log and the live view of `tcpwhy run` are the same text by construction.
 */
#ifndef TCPWHY_USER_LINE_H
#define TCPWHY_USER_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define TW_LINE_MAX 1024

/*
 * Formats the event @object as one line without newline, NUL-terminated and cut to @size. Returns
 * its length, 0 when @object is no event (no "event" member).
 */
size_t tw_line_format(char *buf, size_t size, const json_t *object, bool colour);

/* The same from a line of the log. 0 also when it is not JSON. */
size_t tw_line_from_json(char *buf, size_t size, const char *json, size_t len, bool colour);

/* Its last column only: what happened, in words. */
size_t tw_line_words(char *buf, size_t size, const char *json, size_t len);

/* Whether to use colour on @fd; @when: "auto" (a terminal, and NO_COLOR is not set), "always", "never". */
bool tw_line_colour(int fd, const char *when);

#endif
