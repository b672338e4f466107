/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A thread that does what may take long with a log's files, so that the loop never waits for a disk: compresses
 * those that are closed, deletes the oldest, and has the kernel write what is in its memory.
 */
#ifndef TCPWHY_USER_HOUSEKEEPING_H
#define TCPWHY_USER_HOUSEKEEPING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"

enum tw_sync { TW_SYNC_NONE, TW_SYNC_ROTATE, TW_SYNC_SECOND };

struct tw_housekeeping_options {
	const char *path;  /* of the log; copied */
	uint32_t keep;     /* closed files that stay */
	bool rotates;      /* there are closed files: without it nothing is compressed or deleted */
	bool compress;
	enum tw_sync sync;
};

struct tw_housekeeping;

/* The thread starts with the first tw_housekeeping_look() or tw_housekeeping_sync(). NULL: out of memory. */
struct tw_housekeeping *tw_housekeeping_new(const struct tw_housekeeping_options *options);

/* There is a newly closed file. */
void tw_housekeeping_look(struct tw_housekeeping *housekeeping);

/* What was written to @fd, which stays the caller's, should get to the disk. False: not yet, the last one is under way. */
bool tw_housekeeping_sync(struct tw_housekeeping *housekeeping, int fd);

/* Ends the thread: what it is compressing is left as it was. NULL is fine. */
void tw_housekeeping_free(struct tw_housekeeping *housekeeping);

#endif
