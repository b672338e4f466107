/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The bytes of a file or of standard input, decompressed (gzip, zstd) where they are compressed,
 * through a window that moves forwards only. Nothing is waited for longer than needed: what a pipe
 * has is there at once.
 */
#ifndef TCPWHY_USER_STREAM_H
#define TCPWHY_USER_STREAM_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "reason.h"

#define TW_STREAM_PEEK_MAX (17u << 20) /* bytes that can be looked at together */

struct tw_stream;

struct tw_stream_options {
	/* Called before a read that would have to wait (pipes, terminals). May be NULL. */
	void (*idle)(void *ctx);
	void *ctx;
	/* Not 0: stop. A file ends at once, a pipe when nothing came for half a second. May be NULL. */
	const volatile sig_atomic_t *stop;
};

/* What can be looked at without a call: [at, end). */
struct tw_window {
	const uint8_t *at, *end;
};

/* @path: a file, or `-` for standard input. 0 and *@stream, or -errno and @reason. */
int tw_stream_open(struct tw_stream **stream, const char *path, const struct tw_stream_options *options,
		   struct tw_reason *reason);
void tw_stream_close(struct tw_stream *stream);

/* Lives as long as @stream; calls that read may change it. */
struct tw_window *tw_stream_window(struct tw_stream *stream);

/*
 * Reads until the window has @n bytes, at most TW_STREAM_PEEK_MAX, and tells how many there are:
 * fewer than @n only at the end. -errno with @reason when reading or decompressing fails.
 */
ssize_t tw_stream_fill(struct tw_stream *stream, size_t n, struct tw_reason *reason);

/* Moves on by @n bytes, any number. 0; -ENODATA when the end comes first; -errno with @reason. */
int tw_stream_pass(struct tw_stream *stream, uint64_t n, struct tw_reason *reason);

static inline ssize_t tw_stream_peek(struct tw_stream *stream, struct tw_window *window, size_t n,
				     struct tw_reason *reason)
{
	if ((size_t)(window->end - window->at) >= n)
		return window->end - window->at;
	return tw_stream_fill(stream, n, reason);
}

/* The place of the window in the decompressed bytes. */
uint64_t tw_stream_offset(const struct tw_stream *stream);
/* Bytes read of the file itself, and its size; 0: unknown (a pipe). */
uint64_t tw_stream_read(const struct tw_stream *stream);
uint64_t tw_stream_size(const struct tw_stream *stream);

#endif
