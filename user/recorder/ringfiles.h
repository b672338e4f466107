/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A ring of files, named as dumpcap names them: evidence.pcapng becomes evidence_00001_20261121175500.pcapng,
 * a number and the time (UTC) when it was begun. A file that is full is followed by the next, and the oldest goes.
 * Files of an earlier run count, and their numbers go on. A file is made when the first bytes are put.
 *
 * What is put is in the file whole or not at all: when the disk is full, the rest of it is taken back.
 */
#ifndef TCPWHY_USER_RINGFILES_H
#define TCPWHY_USER_RINGFILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"

struct tw_ringfiles;

/*
 * Of @count files at most @size bytes each. Looks for earlier files, and whether others may be made. 0 and *@files,
 * or -errno with the reason.
 */
int tw_ringfiles_new(struct tw_ringfiles **files, const char *path, uint64_t size, uint32_t count,
		     struct tw_reason *reason);

/* Before bytes are put: 0: they go on; 1: a new file begins, or what comes cannot build on what came before. */
int tw_ringfiles_turn(struct tw_ringfiles *files, size_t len);

/* things = written + waiting + lost */
struct tw_ringfiles_stats {
	uint64_t things;  /* what the caller counts: of all that was put */
	uint64_t written;
	uint64_t waiting; /* in the buffer */
	uint64_t lost;
	uint64_t files;   /* made by now */
};

/*
 * @things: 1 for what is counted, 0 for headers. 0, or -errno: this, and all that was put and not written yet, is
 * lost, and the next turn is a new beginning.
 */
int tw_ringfiles_put(struct tw_ringfiles *files, const void *bytes, size_t len, unsigned int things, uint64_t wall_ns);

/* Writes what waits in a buffer. As tw_ringfiles_put(). */
int tw_ringfiles_flush(struct tw_ringfiles *files);

void tw_ringfiles_stats(const struct tw_ringfiles *files, struct tw_ringfiles_stats *stats);

/* The name of the last file, "" before the first. */
const char *tw_ringfiles_name(const struct tw_ringfiles *files);

/* Flushes, too. NULL is fine. */
void tw_ringfiles_free(struct tw_ringfiles *files);

#endif
