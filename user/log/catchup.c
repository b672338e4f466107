// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The files that were begun and closed between two looks at a log. */
#include "catchup.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/stream.h"
#include "rotated.h"
#include "tcpwhy/port.h"

#define BLOCK (64u << 10)

int tw_catchup_file(const char *path, const struct tw_catchup *c)
{
	static const struct tw_stream_options none;
	struct tw_stream *stream = NULL;
	struct tw_reason reason;
	ssize_t n = 0;
	int err = tw_stream_open(&stream, path, &none, &reason);

	while (!err && (n = tw_stream_fill(stream, BLOCK, &reason)) > 0) {
		err = c->block(c->ctx, (const char *)tw_stream_window(stream)->at, n);
		if (!err)
			err = tw_stream_pass(stream, n, &reason);
	}
	tw_stream_close(stream);
	if (!err && c->ended)
		c->ended(c->ctx);
	return n < 0 ? n : err;
}

/* It may have been compressed since it was listed. */
static int read_closed(const struct tw_rotated *file, const struct tw_catchup *c)
{
	char packed[PATH_MAX];
	int err = tw_catchup_file(file->path, c);

	if (err == -ENOENT && !file->packed &&
	    snprintf(packed, sizeof(packed), "%s%s", file->path, TW_ROTATED_PACKED) < (int)sizeof(packed))
		err = tw_catchup_file(packed, c);
	return err == -ENOENT || err == -EBADMSG ? 0 : err; /* deleted, or damaged: the rest is still worth reading */
}

uint64_t tw_catchup_newest(const char *path)
{
	struct tw_rotated_list list;
	uint64_t ms;

	if (tw_rotated_find(&list, path))
		return 0; /* a directory that cannot be listed: as if there were none */
	ms = list.n ? list.file[list.n - 1].ms : 0;
	tw_rotated_release(&list);
	return ms;
}

/*
 * When @old, which is read to its end, was closed: it is the first after *@done_ms. It is known by what it is; or by
 * being gone, since it was compressed or deleted.
 */
static uint64_t closed_when(const struct tw_rotated_list *list, int old, uint64_t done_ms)
{
	struct stat st, other;

	if (old < 0 || fstat(old, &st))
		return done_ms;
	for (size_t i = 0; i < list->n; i++)
		if (!stat(list->file[i].path, &other) && other.st_dev == st.st_dev && other.st_ino == st.st_ino)
			return TW_MAX(list->file[i].ms, done_ms);
	for (size_t i = 0; i < list->n && !st.st_nlink; i++)
		if (list->file[i].ms > done_ms)
			return list->file[i].ms;
	return done_ms;
}

/* While a file is being compressed it may be there twice. */
int tw_catchup(const char *path, int old, uint64_t *done_ms, const struct tw_catchup *c)
{
	struct tw_rotated_list list;
	int n = 0, err = 0;

	if (tw_rotated_find(&list, path))
		return 0;
	*done_ms = closed_when(&list, old, *done_ms);
	for (size_t i = 0; i < list.n && !err; i++) {
		if (list.file[i].ms <= *done_ms)
			continue;
		err = read_closed(&list.file[i], c);
		*done_ms = list.file[i].ms;
		n++;
	}
	tw_rotated_release(&list);
	return err ? err : n;
}
