/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reads an event log from its beginning to its end, line by line: a file or standard input, plain or
 * compressed (gzip, zstd). A line that is no event is counted and passed over.
 */
#ifndef TCPWHY_USER_LOGREAD_H
#define TCPWHY_USER_LOGREAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"

#define TW_LOGREAD_LINE_MAX (1u << 20) /* a longer line is damaged */

struct tw_logread {
	/* Is the line worth parsing? Not NUL-terminated, without newline. NULL: each is. */
	bool (*wanted)(void *ctx, const char *line, size_t len);
	/* One event, as an object that has "event", and its `ts` as ns since the epoch (0: none that can be read). */
	void (*event)(void *ctx, const json_t *event, uint64_t ts_ns);
	void *ctx;
	const char *name;        /* of the log, for people; NULL: its path */
	/* Filled by tw_logread_run(). */
	uint64_t lines, events;
	uint64_t odd, first_odd; /* lines that are no events, and the number of the first */
	bool cut;                /* the last line is not whole: the log is still written, or was cut off */
};

/* @path: a file, or `-`. 0, or -errno and @reason; -EBADMSG: there are lines, and none of the first is an event. */
int tw_logread_run(struct tw_logread *read, const char *path, struct tw_reason *reason);

/* "2026-11-21T15:23:25.187481809Z" as ns since the epoch; 0: it is none. */
uint64_t tw_logread_time(const char *text);

/* When a `connection` record's connection began (0: it does not say) and ended, ns since the epoch. */
uint64_t tw_logread_start(const json_t *final);
uint64_t tw_logread_end(const json_t *final);

#endif
