/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a reader of a log missed while its writer closed several files (rotated.h): they are read in between. */
#ifndef TCPWHY_USER_CATCHUP_H
#define TCPWHY_USER_CATCHUP_H

#include <stddef.h>
#include <stdint.h>

struct tw_catchup {
	/* Bytes of those files, decompressed, in order. 0 or -errno, which ends it. */
	int (*block)(void *ctx, const char *bytes, size_t len);
	void (*ended)(void *ctx); /* a file is through */
	void *ctx;
};

/* When the newest file of the log @path was closed that there is by now, in ms since the epoch; 0: there is none. */
uint64_t tw_catchup_newest(const char *path);

/*
 * Reads the files of the log @path that were closed after *@done_ms, oldest first, and sets it to the newest. @old: the
 * one that was read till now, which is among them unless somebody else renamed it; -1: none was. Returns how many were
 * read, or what ->block() returned.
 */
int tw_catchup(const char *path, int old, uint64_t *done_ms, const struct tw_catchup *catchup);

/* All of one file, decompressed where it is compressed. 0 or -errno. */
int tw_catchup_file(const char *path, const struct tw_catchup *catchup);

#endif
