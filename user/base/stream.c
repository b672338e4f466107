// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The bytes of a file or pipe, decompressed, through a window that moves forwards. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inflate.h"

#define WINDOW_BYTES (256u << 10)
#define STOP_WAIT_MS 500 /* for what the writer of a pipe still has to say after Ctrl-C */

struct tw_stream {
	struct tw_window window;  /* in buffer */
	struct tw_stream_options options;
	const char *path;         /* for people */
	char *path_copy;
	uint8_t *buffer;
	size_t size;
	uint64_t end_offset;      /* of window.end in the decompressed bytes */
	/* Compressed bytes on their way. */
	struct tw_inflate *inflate;
	const char *packing;
	uint8_t *raw;
	const uint8_t *raw_at;
	size_t raw_len;
	uint64_t file_read, file_size;
	int fd;
	bool paced;               /* a pipe or terminal: a read may wait */
	bool ended;               /* the file itself */
};

/* --- the file --- */

static bool stopped(const struct tw_stream *s)
{
	return s->options.stop && *s->options.stop;
}

/* Waits for something to read, and uses the time. False: it is time to stop. */
static bool wait_for_input(struct tw_stream *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	int n = poll(&p, 1, 0);

	if (n)
		return true;
	if (s->options.idle)
		s->options.idle(s->options.ctx);
	while (!stopped(s)) {
		n = poll(&p, 1, -1);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return true; /* reading will tell what is wrong */
	}
	return poll(&p, 1, STOP_WAIT_MS) > 0;
}

/* Bytes, 0 at the end, -errno. */
static ssize_t read_file(struct tw_stream *s, uint8_t *to, size_t n, struct tw_reason *reason)
{
	ssize_t got;

	if (s->ended)
		return 0;
	do {
		if (s->paced ? !wait_for_input(s) : stopped(s)) {
			s->ended = true;
			return 0;
		}
		got = read(s->fd, to, n);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got < 0) {
		int err = -errno;

		return tw_reason(reason, err, "cannot read %s: %s", s->path, strerror(-err));
	}
	s->ended = !got;
	s->file_read += got;
	return got;
}

/* --- decompression --- */

static int damaged(const struct tw_stream *s, struct tw_reason *reason)
{
	return tw_reason(reason, -EBADMSG, "%s: the %s data is damaged before byte %llu of the file; what comes before is read",
			 s->path, s->packing, (unsigned long long)(s->file_read - s->raw_len));
}

static int cut(const struct tw_stream *s, struct tw_reason *reason)
{
	return tw_reason(reason, -EBADMSG, "%s: the %s data is cut off at byte %llu of the file; what comes before is read",
			 s->path, s->packing, (unsigned long long)s->file_read);
}

/* Bytes, 0 at the end, -errno. */
static ssize_t inflate_some(struct tw_stream *s, uint8_t *to, size_t n, struct tw_reason *reason)
{
	uint8_t *out = to;
	ssize_t got;
	int err;

	for (;;) {
		size_t left = n;

		err = tw_inflate_run(s->inflate, &s->raw_at, &s->raw_len, &out, &left);
		if (out > to)
			return out - to; /* what is damaged shows again next time */
		if (err)
			return err == -EBADMSG ? damaged(s, reason) : tw_reason(reason, err, "out of memory");
		if (s->raw_len)
			continue;
		got = read_file(s, s->raw, WINDOW_BYTES, reason);
		if (got < 0)
			return got;
		if (!got)
			return tw_inflate_is_whole(s->inflate) || stopped(s) ? 0 : cut(s, reason);
		s->raw_at = s->raw;
		s->raw_len = got;
	}
}

static ssize_t get_some(struct tw_stream *s, uint8_t *to, size_t n, struct tw_reason *reason)
{
	return s->inflate ? inflate_some(s, to, n, reason) : read_file(s, to, n, reason);
}

/* --- the window --- */

/* Room for @n bytes from window.at on. */
static int make_room(struct tw_stream *s, size_t n, struct tw_reason *reason)
{
	size_t have = s->window.end - s->window.at, size = s->size;
	uint8_t *bigger;

	if (s->window.at != s->buffer) {
		memmove(s->buffer, s->window.at, have);
		s->window.at = s->buffer;
		s->window.end = s->buffer + have;
	}
	while (size < n)
		size *= 2;
	if (size == s->size)
		return 0;
	bigger = realloc(s->buffer, size);
	if (!bigger)
		return tw_reason(reason, -ENOMEM, "out of memory");
	s->buffer = bigger;
	s->size = size;
	s->window.at = bigger;
	s->window.end = bigger + have;
	return 0;
}

ssize_t tw_stream_fill(struct tw_stream *s, size_t n, struct tw_reason *reason)
{
	if (n > TW_STREAM_PEEK_MAX)
		n = TW_STREAM_PEEK_MAX;
	while ((size_t)(s->window.end - s->window.at) < n) {
		ssize_t got;
		int err = make_room(s, n, reason);

		if (err)
			return err;
		got = get_some(s, (uint8_t *)s->window.end, s->buffer + s->size - s->window.end, reason);
		if (got < 0)
			return got;
		if (!got)
			break;
		s->window.end += got;
		s->end_offset += got;
	}
	return s->window.end - s->window.at;
}

int tw_stream_pass(struct tw_stream *s, uint64_t n, struct tw_reason *reason)
{
	while (n > (uint64_t)(s->window.end - s->window.at)) {
		ssize_t got;

		n -= s->window.end - s->window.at;
		s->window.at = s->window.end;
		got = tw_stream_fill(s, 1, reason);
		if (got < 0)
			return got;
		if (!got)
			return -ENODATA;
	}
	s->window.at += n;
	return 0;
}

struct tw_window *tw_stream_window(struct tw_stream *s)
{
	return &s->window;
}

uint64_t tw_stream_offset(const struct tw_stream *s)
{
	return s->end_offset - (s->window.end - s->window.at);
}

uint64_t tw_stream_read(const struct tw_stream *s)
{
	return s->file_read - s->raw_len;
}

uint64_t tw_stream_size(const struct tw_stream *s)
{
	return s->file_size;
}

/* --- open and close --- */

static int open_file(struct tw_stream *s, struct tw_reason *reason)
{
	struct stat st;
	int err = 0;

	s->fd = strcmp(s->path_copy, "-") ? open(s->path_copy, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (s->fd < 0 || fstat(s->fd, &st))
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	if (err)
		return tw_reason(reason, err, "cannot open %s: %s", s->path, strerror(-err));
	s->paced = !S_ISREG(st.st_mode);
	s->file_size = S_ISREG(st.st_mode) ? st.st_size : 0;
	return 0;
}

/* The first bytes tell whether it is compressed; then they are the decompressor's. */
static int find_packing(struct tw_stream *s, struct tw_reason *reason)
{
	ssize_t have = tw_stream_fill(s, TW_PACKING_MAGIC, reason);
	enum tw_packing packing;

	if (have < 0)
		return have;
	packing = tw_packing_of(s->window.at, have, &s->packing);
	if (packing == TW_PACKING_NONE)
		return 0;
	if (packing == TW_PACKING_OTHER)
		return tw_reason(reason, -EBADMSG, "%s is compressed with %s, which is not supported; decompress it first, "
				 "for example: %s -dc FILE | tcpwhy read -", s->path, s->packing, s->packing);
	s->inflate = tw_inflate_new(packing);
	if (!s->inflate)
		return tw_reason(reason, -ENOMEM, "out of memory");
	s->raw = s->buffer; /* of WINDOW_BYTES */
	s->raw_at = s->window.at;
	s->raw_len = have;
	s->buffer = malloc(s->size);
	if (!s->buffer)
		return tw_reason(reason, -ENOMEM, "out of memory");
	s->window.at = s->window.end = s->buffer;
	s->end_offset = 0;
	return 0;
}

int tw_stream_open(struct tw_stream **result, const char *path, const struct tw_stream_options *options,
		   struct tw_reason *reason)
{
	struct tw_stream *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return tw_reason(reason, -ENOMEM, "out of memory");
	s->fd = -1;
	s->options = *options;
	s->size = WINDOW_BYTES;
	s->buffer = malloc(s->size);
	s->path_copy = strdup(path);
	if (!s->buffer || !s->path_copy) {
		err = tw_reason(reason, -ENOMEM, "out of memory");
		goto out;
	}
	s->path = strcmp(path, "-") ? s->path_copy : "standard input";
	s->window.at = s->window.end = s->buffer;
	err = open_file(s, reason);
	if (!err)
		err = find_packing(s, reason);
	if (err)
		goto out;
	*result = s;
	return 0;
out:
	tw_stream_close(s);
	return err;
}

void tw_stream_close(struct tw_stream *s)
{
	if (!s)
		return;
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	tw_inflate_free(s->inflate);
	free(s->raw);
	free(s->buffer);
	free(s->path_copy);
	free(s);
}
