// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Follows a file across rotation: by rename and create, and by copy and truncate. */
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/inflate.h"
#include "catchup.h"

#define BLOCK (64u << 10)
#define TRIES 100        /* to open a file that is not closed at once */
#define PATIENCE_MS 2000 /* how long an emptied successor may stay empty before the old file is left */

struct tw_follow {
	struct tw_follow_options options;
	char *path;
	char *pending;           /* the beginning of a line that is not whole yet */
	size_t n_pending, room;
	off_t offset;            /* of what is read next */
	uint64_t done_ms;        /* closed files up to this time are read, or were there before */
	uint64_t successor_ms;   /* when an empty successor was first seen; 0: none was */
	int fd, inotify;
	bool anything;           /* in this call of tw_follow_read() */
	/* A compressed file: read twice, to count and then to pass over what is not to be shown. */
	bool packed, counting, passing, over;
	uint64_t n_wanted, skip;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000 + 1;
}

/* --- lines --- */

static int keep(struct tw_follow *f, const char *text, size_t len)
{
	size_t need = f->n_pending + len;
	char *more;

	if (need > f->room) {
		more = realloc(f->pending, need + BLOCK);
		if (!more)
			return -ENOMEM;
		f->pending = more;
		f->room = need + BLOCK;
	}
	memcpy(f->pending + f->n_pending, text, len);
	f->n_pending = need;
	return 0;
}

/* Up to the first of the wanted lines that are to be shown. */
static bool passes_over(struct tw_follow *f, const char *line, size_t len)
{
	if (!f->counting && !f->passing)
		return false;
	if (!f->options.wanted(f->options.ctx, line, len))
		return true;
	if (f->counting)
		f->n_wanted++;
	else if (f->skip)
		f->skip--;
	else
		f->passing = false;
	return f->counting || f->passing;
}

static void hand_over(struct tw_follow *f, const char *line, size_t len)
{
	if (passes_over(f, line, len))
		return;
	f->anything = true;
	f->options.line(f->options.ctx, line, len);
}

static void flush_pending(struct tw_follow *f)
{
	if (f->n_pending)
		hand_over(f, f->pending, f->n_pending);
	f->n_pending = 0;
}

static int take_block(struct tw_follow *f, const char *block, size_t len)
{
	const char *newline;
	int err = 0;

	while (len && !err && (newline = memchr(block, '\n', len))) {
		size_t n = newline - block;

		if (f->n_pending) {
			err = keep(f, block, n);
			flush_pending(f);
		} else {
			hand_over(f, block, n);
		}
		block += n + 1;
		len -= n + 1;
	}
	if (!err && len)
		err = keep(f, block, len);
	if (f->n_pending >= TW_FOLLOW_LINE_MAX)
		flush_pending(f);
	return err;
}

static int read_rest(struct tw_follow *f)
{
	char block[BLOCK];
	ssize_t n;
	int err;

	while (f->fd >= 0 && (n = pread(f->fd, block, sizeof(block), f->offset)) != 0) {
		if (n < 0 && errno == ESPIPE)
			n = read(f->fd, block, sizeof(block));
		if (n <= 0)
			return n < 0 && errno != EINTR ? -errno : 0;
		f->offset += n;
		err = take_block(f, block, n);
		if (err)
			return err;
	}
	return 0;
}

/* --- going back --- */

/* Where the line that ends before @end begins, found backwards by blocks. */
static off_t line_start(int fd, off_t end)
{
	char block[4096];
	off_t from = end;

	while (from > 0) {
		size_t want = from < (off_t)sizeof(block) ? (size_t)from : sizeof(block);
		ssize_t n = pread(fd, block, want, from - want);
		char *newline;

		if (n != (ssize_t)want)
			return from;
		newline = memrchr(block, '\n', n);
		if (newline)
			return from - want + (newline - block) + 1;
		from -= want;
	}
	return 0;
}

static bool is_wanted(struct tw_follow *f, char **line, size_t *room, off_t start, off_t end)
{
	size_t len = end - start;
	char *more;

	if (len > TW_FOLLOW_LINE_MAX)
		return false;
	if (len > *room) {
		more = realloc(*line, len);
		if (!more)
			return false;
		*line = more;
		*room = len;
	}
	return pread(f->fd, *line, len, start) == (ssize_t)len && f->options.wanted(f->options.ctx, *line, len);
}

/* The offset of the line from which on @back wanted ones follow. */
static off_t go_back(struct tw_follow *f, off_t size)
{
	off_t start = line_start(f->fd, size); /* what is behind the last newline is not whole yet */
	uint64_t left = f->options.back;
	char *line = NULL;
	size_t room = 0;

	if (left == TW_FOLLOW_ALL)
		return 0;
	while (left && start > 0) {
		off_t end = start - 1;

		start = line_start(f->fd, end);
		left -= is_wanted(f, &line, &room, start, end);
	}
	free(line);
	return start;
}

/* --- the file --- */

static int open_path(struct tw_follow *f)
{
	struct stat st;
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		close(fd);
		return -EISDIR;
	}
	f->fd = fd;
	f->offset = 0;
	return 0;
}

static bool is_packed(int fd)
{
	uint8_t magic[TW_PACKING_MAGIC];
	ssize_t n = pread(fd, magic, sizeof(magic), 0);
	const char *name;

	return n > 0 && tw_packing_of(magic, n, &name) != TW_PACKING_NONE;
}

/* The directory is watched: that tells of writing to the file, and of its renaming and making. */
static int watch_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, slash == path ? 1 : slash - path) : strdup(".");
	int fd = dir ? inotify_init1(IN_NONBLOCK | IN_CLOEXEC) : -1;

	if (fd >= 0 &&
	    inotify_add_watch(fd, dir, IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_ATTRIB) < 0) {
		close(fd);
		fd = -1;
	}
	free(dir);
	return fd;
}

int tw_follow_open(struct tw_follow **result, const struct tw_follow_options *options)
{
	struct tw_follow *f = calloc(1, sizeof(*f));
	struct stat st;
	int err = -ENOMEM;

	if (!f)
		return -ENOMEM;
	f->options = *options;
	f->fd = f->inotify = -1;
	f->path = strdup(options->path);
	if (!f->path)
		goto out;
	f->done_ms = tw_catchup_newest(f->path);
	err = open_path(f);
	if (err && !(err == -ENOENT && options->wait_for_it))
		goto out;
	if (f->fd >= 0 && !fstat(f->fd, &st) && S_ISREG(st.st_mode)) {
		f->packed = is_packed(f->fd);
		f->offset = f->packed ? 0 : go_back(f, st.st_size);
	}
	f->inotify = watch_directory(f->path);
	*result = f;
	return 0;
out:
	tw_follow_close(f);
	return err;
}

/* copytruncate: what was read is gone, and so is the half line that we waited for. */
static void look_for_truncation(struct tw_follow *f)
{
	struct stat st;

	if (f->fd >= 0 && !fstat(f->fd, &st) && S_ISREG(st.st_mode) && st.st_size < f->offset) {
		f->offset = 0;
		flush_pending(f);
	}
}

/*
 * True when the path shows another file, to which its writer has turned: it has content, or had the
 * time to get some. Until then lines may still come in the old one.
 */
static bool has_successor(struct tw_follow *f)
{
	struct stat old, new;

	if (stat(f->path, &new))
		return false;
	if (f->fd < 0)
		return true;
	if (fstat(f->fd, &old) || !S_ISREG(old.st_mode) || (old.st_dev == new.st_dev && old.st_ino == new.st_ino)) {
		f->successor_ms = 0;
		return false;
	}
	if (!f->successor_ms)
		f->successor_ms = now_ms();
	return new.st_size > 0 || now_ms() - f->successor_ms > PATIENCE_MS;
}

static int on_block(void *ctx, const char *bytes, size_t len)
{
	return take_block(ctx, bytes, len);
}

static void on_file_end(void *ctx)
{
	flush_pending(ctx);
}

/*
 * Opens the path anew. What was closed between the last look and the opening is read first; when there is such a file,
 * the one that was opened may be among them, and another is opened.
 */
static int open_next(struct tw_follow *f, int old)
{
	const struct tw_catchup between = { .block = on_block, .ended = on_file_end, .ctx = f };
	int err = 0, fd;

	for (int i = 0; i < TRIES; i++) {
		fd = f->fd;
		err = open_path(f);
		if (err == -ENOENT && i) { /* just renamed: the next one is not there yet */
			usleep(1000);
			continue;
		}
		if (i && !err)
			close(fd);
		if (!err)
			err = tw_catchup(f->path, i ? -1 : old, &f->done_ms, &between);
		if (err <= 0)
			break;
	}
	return err < 0 ? err : 0;
}

static int change_over(struct tw_follow *f)
{
	int old = f->fd, err;

	f->successor_ms = 0;
	flush_pending(f);
	err = open_next(f, old);
	if (err == -ENOENT) /* gone again: it may come back */
		return 0;
	if (err)
		return err;
	if (old >= 0)
		close(old);
	return read_rest(f);
}

static int read_packed(struct tw_follow *f)
{
	const struct tw_catchup all = { .block = on_block, .ended = on_file_end, .ctx = f };
	int err = 0;

	if (f->over)
		return 0;
	f->over = true;
	if (f->options.back != TW_FOLLOW_ALL) {
		f->counting = true;
		err = tw_catchup_file(f->path, &all);
		f->counting = false;
		f->passing = true;
		f->skip = f->n_wanted > f->options.back ? f->n_wanted - f->options.back : 0;
	}
	return err ? err : tw_catchup_file(f->path, &all);
}

static void drop_notices(struct tw_follow *f)
{
	char buffer[4096];

	while (f->inotify >= 0 && read(f->inotify, buffer, sizeof(buffer)) > 0)
		continue;
}

int tw_follow_read(struct tw_follow *f)
{
	int err;

	f->anything = false;
	drop_notices(f);
	if (f->packed) {
		err = read_packed(f);
		return err ? err : f->anything;
	}
	look_for_truncation(f);
	err = read_rest(f);
	if (!err && has_successor(f)) {
		err = read_rest(f); /* what came before the writer turned */
		if (!err)
			err = change_over(f);
	}
	return err ? err : f->anything;
}

bool tw_follow_is_packed(const struct tw_follow *f)
{
	return f->packed;
}

void tw_follow_last(struct tw_follow *f)
{
	flush_pending(f);
}

int tw_follow_fd(const struct tw_follow *f)
{
	return f->inotify;
}

/* inotify may say nothing of a file that another machine writes: so look now and then all the same. */
int tw_follow_pause_ms(const struct tw_follow *f)
{
	return f->inotify >= 0 && !f->successor_ms ? 1000 : 250;
}

void tw_follow_close(struct tw_follow *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	if (f->inotify >= 0)
		close(f->inotify);
	free(f->pending);
	free(f->path);
	free(f);
}
