// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* When a log is closed and a new one begun. */
#include "rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rotated.h"
#include "tcpwhy/port.h"

#define PATIENCE_NS (10 * TW_NS_PER_SEC) /* after a failure */

struct tw_rotate {
	struct tw_rotate_options options;
	struct tw_housekeeping *housekeeping;
	char *path;
	char away[PATH_MAX];   /* the name of the last one that was closed */
	uint64_t size;         /* of the file */
	uint64_t slot;         /* interval that its newest line is of */
	uint64_t last_ms;      /* in its name: names never go back, even if the clock does */
	uint64_t again_ns;     /* not before that time, after a failure */
	uint64_t count;
	bool regular;          /* a file, not a pipe or device */
	bool unsynced;
};

/* When the newest file was closed that an earlier run left: the oldest names are deleted first. */
static uint64_t newest_ms(const char *path)
{
	struct tw_rotated_list list;
	uint64_t ms = 0;

	if (tw_rotated_find(&list, path))
		return 0;
	if (list.n)
		ms = list.file[list.n - 1].ms;
	tw_rotated_release(&list);
	return ms;
}

struct tw_rotate *tw_rotate_new(const struct tw_rotate_options *options, const char *path)
{
	struct tw_rotate *r = calloc(1, sizeof(*r));
	struct tw_housekeeping_options housekeeping = {
		.path = path, .keep = options->keep, .rotates = options->size || options->interval_ns,
		.compress = options->compress, .sync = options->sync,
	};

	if (!r)
		return NULL;
	r->options = *options;
	r->path = strdup(path);
	r->housekeeping = tw_housekeeping_new(&housekeeping);
	r->last_ms = newest_ms(path);
	if (r->path && r->housekeeping)
		return r;
	tw_rotate_free(r);
	return NULL;
}

void tw_rotate_free(struct tw_rotate *rotate)
{
	if (!rotate)
		return;
	tw_housekeeping_free(rotate->housekeeping);
	free(rotate->path);
	free(rotate);
}

static uint64_t slot_of(const struct tw_rotate *r, uint64_t wall_ns)
{
	return r->options.interval_ns ? wall_ns / r->options.interval_ns : 0;
}

void tw_rotate_opened(struct tw_rotate *r, int fd, uint64_t wall_ns)
{
	struct stat st;

	r->regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
	if (!r->regular)
		return;
	r->size = st.st_size;
	r->slot = slot_of(r, st.st_size ? st.st_mtim.tv_sec * TW_NS_PER_SEC + st.st_mtim.tv_nsec : wall_ns);
}

void tw_rotate_wrote(struct tw_rotate *r, uint64_t bytes)
{
	r->size += bytes;
	r->unsynced = true;
}

/* An empty file only moves on to the next interval. */
static bool is_over(struct tw_rotate *r, uint64_t wall_ns)
{
	if (r->options.size && r->size >= r->options.size)
		return true;
	if (slot_of(r, wall_ns) == r->slot)
		return false;
	if (!r->size)
		r->slot = slot_of(r, wall_ns);
	return r->size;
}

bool tw_rotate_is_due(struct tw_rotate *r, uint64_t wall_ns)
{
	if (r->again_ns && wall_ns < r->again_ns && r->again_ns - wall_ns <= PATIENCE_NS)
		return false;
	return r->regular && is_over(r, wall_ns);
}

/* Rounded up, so that no line in the file is younger than its name; one that is taken is left alone. */
int tw_rotate_away(struct tw_rotate *r, uint64_t wall_ns)
{
	uint64_t ms = TW_MAX((wall_ns + TW_NS_PER_MS - 1) / TW_NS_PER_MS, r->last_ms + 1);
	int err = tw_rotated_name(r->away, sizeof(r->away), r->path, ms);

	if (!err && renameat2(AT_FDCWD, r->path, AT_FDCWD, r->away, RENAME_NOREPLACE))
		err = -errno;
	if (err == -EINVAL || err == -ENOSYS) /* a file system that cannot promise that */
		err = rename(r->path, r->away) ? -errno : 0;
	r->last_ms = ms;
	r->again_ns = err ? wall_ns + PATIENCE_NS : 0;
	return err;
}

void tw_rotate_done(struct tw_rotate *r)
{
	r->count++;
	tw_housekeeping_look(r->housekeeping);
}

void tw_rotate_undo(struct tw_rotate *r, uint64_t wall_ns)
{
	r->again_ns = wall_ns + PATIENCE_NS;
	if (renameat2(AT_FDCWD, r->away, AT_FDCWD, r->path, RENAME_NOREPLACE))
		return; /* the file goes on under its new name */
}

void tw_rotate_second(struct tw_rotate *r, int fd)
{
	if (r->options.sync == TW_SYNC_SECOND && r->unsynced && tw_housekeeping_sync(r->housekeeping, fd))
		r->unsynced = false;
}

void tw_rotate_end(struct tw_rotate *r, int fd)
{
	if (r->options.sync != TW_SYNC_NONE && r->regular && fsync(fd))
		tw_say("log: cannot bring to the disk %s: %s", r->path, strerror(errno));
}

uint64_t tw_rotate_count(const struct tw_rotate *r)
{
	return r->count;
}
