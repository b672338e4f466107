/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The log: one JSON object a line, fields and words as in the event reference.
 *
 * Lines are buffered and written at the latest 100 ms later, whole where the file allows it. When
 * the file cannot be written, up to 16 MiB of lines are held; what finds no room is counted, and
 * said by an `events_lost` line as soon as something can be written again.
 */
#ifndef TCPWHY_USER_LOG_H
#define TCPWHY_USER_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "record/record.h"
#include "rotate.h"

struct tw_log;

#define TW_LOG_HOLD (16u << 20)                  /* bytes held while the file cannot be written */
#define TW_LOG_DELAY_NS (100 * TW_NS_PER_MS)     /* a line is written at the latest so much later */

struct tw_log_options {
	const char *path;   /* NULL: standard output */
	int no_file;        /* 1: nothing is written anywhere, only @line is called */
	uint32_t hold;      /* 0: TW_LOG_HOLD */
	struct tw_rotate_options rotate; /* all 0: the file stays, and the kernel writes it when it likes */
	int wait;           /* 1: wait for a slow reader of a pipe; nothing is lost (captures can wait) */
	/* Called with each line (NUL-terminated, without newline), for a view beside the log. May be NULL. */
	void (*line)(void *ctx, const char *json, size_t len);
	void *ctx;
	/* Called once when the file cannot be written (@error = -errno) and once when it can again
	 * (@error = 0, @lost = lines that found no room). NULL: one line on stderr each. */
	void (*trouble)(void *ctx, const char *path, int error, uint64_t lost);
};

/* lines = written + held + lost. */
struct tw_log_stats {
	uint64_t lines;   /* records taken */
	uint64_t written;
	uint64_t held;
	uint64_t lost;
	uint64_t bytes;   /* written */
	uint64_t rotations;
	int error;        /* of the last write: 0 or -errno */
};

/*
 * Opens for appending, makes the file (mode 0640) if there is none. 0 and *@log, or -errno: -EBUSY when another program
 * writes it (with @wait it may: lines are whole).
 */
int tw_log_open(struct tw_log **log, const struct tw_log_options *options);

/* The sink: @ctx is the struct tw_log. */
void tw_log_record(void *ctx, const struct tw_record *record);

/*
 * Writes what waited long enough; @now_ns is any steady clock. 0; -EPIPE when standard output's
 * reader is gone and the program may as well stop; another -errno while lines are held.
 */
int tw_log_tick(struct tw_log *log, uint64_t now_ns);

/* Writes what is there now. Returns as tw_log_tick(). */
int tw_log_flush(struct tw_log *log);

/*
 * After rotation: goes on in a new file of the same path, unless that is still the one that is open. On failure the old
 * one stays in use; -errno.
 */
int tw_log_reopen(struct tw_log *log);

void tw_log_stats(const struct tw_log *log, struct tw_log_stats *stats);

/* Writes what can be written and frees it. Returns the lines that could not be written, held ones
 * included. NULL is fine. */
uint64_t tw_log_close(struct tw_log *log);

#endif
