/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Two ways to write what `tcpwhy compare` found. */
#ifndef TCPWHY_USER_COMPARE_OUT_H
#define TCPWHY_USER_COMPARE_OUT_H

#include <stdio.h>

#include "finding.h"

/* One JSON object without newline, NUL-terminated; its length, 0 when it does not fit. */
size_t tw_compare_json(char *buf, size_t size, const struct tw_finding *finding);

/*
 * For people: a heading for each connection, and a line for each finding under it. @last: the connection of the line
 * before, at first NULL; what is returned is to be given the next time.
 */
const struct tw_seen_conn *tw_compare_text(FILE *to, const struct tw_finding *finding, const struct tw_seen_conn *last);

#endif
