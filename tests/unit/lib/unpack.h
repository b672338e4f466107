/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is in a file, decompressed where it has to be. */
#ifndef TCPWHY_TESTS_UNPACK_H
#define TCPWHY_TESTS_UNPACK_H

#include "base/stream.h"
#include "made.h"

/* Ends with a 0 behind its *@len bytes; the caller frees it. */
static inline char *read_file(const char *name, size_t *len)
{
	static const struct tw_stream_options none;
	struct tw_stream *stream;
	struct tw_reason reason = { "" };
	char *text;
	ssize_t n;

	if (tw_stream_open(&stream, name, &none, &reason))
		fail_msg("%s", reason.text);
	n = tw_stream_fill(stream, TW_STREAM_PEEK_MAX, &reason);
	if (n < 0)
		fail_msg("%s", reason.text);
	text = malloc(n + 1);
	memcpy(text, tw_stream_window(stream)->at, n);
	text[n] = '\0';
	*len = n;
	tw_stream_close(stream);
	return text;
}

#endif
