/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * When a log is closed and a new one begun: by size, by time, and under which name the old one stays. The loop
 * only renames; what takes longer is housekeeping.h's.
 */
#ifndef TCPWHY_USER_ROTATE_H
#define TCPWHY_USER_ROTATE_H

#include <stdbool.h>
#include <stdint.h>

#include "housekeeping.h"

#define TW_ROTATE_KEEP 10

struct tw_rotate_options {
	uint64_t size;        /* bytes from which on a new file is begun; 0: any size is fine */
	uint64_t interval_ns; /* a new file at each multiple of it since the epoch (86400 s: midnight UTC); 0: never */
	uint32_t keep;
	bool compress;
	enum tw_sync sync;
};

struct tw_rotate;

/* Whether @options ask for anything at all. */
static inline bool tw_rotate_wanted(const struct tw_rotate_options *options)
{
	return options->size || options->interval_ns || options->sync != TW_SYNC_NONE;
}

/* NULL: out of memory. */
struct tw_rotate *tw_rotate_new(const struct tw_rotate_options *options, const char *path);

/* A file was opened, at the start or after somebody else's rotation. @wall_ns: now, since the epoch. */
void tw_rotate_opened(struct tw_rotate *rotate, int fd, uint64_t wall_ns);

/* @bytes were written. */
void tw_rotate_wrote(struct tw_rotate *rotate, uint64_t bytes);

/* At the end of a line: is it time for a new file? */
bool tw_rotate_is_due(struct tw_rotate *rotate, uint64_t wall_ns);

/* Renames the file. 0; or -errno, and it will not be due again for 10 s. */
int tw_rotate_away(struct tw_rotate *rotate, uint64_t wall_ns);
/* There is a new file at the path: the old one can be looked after. */
void tw_rotate_done(struct tw_rotate *rotate);
/* There could not be one: the old file gets its name back. */
void tw_rotate_undo(struct tw_rotate *rotate, uint64_t wall_ns);

/* About every second, and at the end: the fsync policy. */
void tw_rotate_second(struct tw_rotate *rotate, int fd);
void tw_rotate_end(struct tw_rotate *rotate, int fd);

/* How many files were closed. */
uint64_t tw_rotate_count(const struct tw_rotate *rotate);

/* NULL is fine. */
void tw_rotate_free(struct tw_rotate *rotate);

#endif
