// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The ring of files: what is there, which one is next, which one goes. */
#include "ringfiles.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tcpwhy/port.h"

#define BUFFER (64u << 10)
#define INFIX "_00001_20261121175500"
#define NUMBERS 100000u /* five digits, and then from 1 again */
#define TRIES 100 /* names that another process may have taken */

struct tw_ringfiles {
	char *dir, *base, *suffix; /* "/var/log", "evidence", ".pcapng" */
	char name[PATH_MAX];       /* of the file, with its directory */
	uint64_t size, written;    /* of this file */
	uint64_t retry_ns;         /* when no file could be made: try again */
	struct tw_ringfiles_stats stats;
	uint32_t count, number;
	int fd;
	bool broken;               /* something was lost: what comes cannot build on it */
	size_t used;
	uint8_t buffer[BUFFER];
};

/* --- names --- */

/* 0: not one of ours. */
static uint32_t number_of(const struct tw_ringfiles *f, const char *name)
{
	size_t base = strlen(f->base), infix = strlen(INFIX);
	const char *at = name + base;

	if (strlen(name) != base + infix + strlen(f->suffix) || strncmp(name, f->base, base) ||
	    strcmp(at + infix, f->suffix))
		return 0;
	for (size_t i = 0; i < infix; i++)
		if (INFIX[i] == '_' ? at[i] != '_' : !isdigit((unsigned char)at[i]))
			return 0;
	return strtoul(at + 1, NULL, 10);
}

/* The time is behind the number, and of a fixed width: it tells which file is older. */
static const char *time_of(const struct tw_ringfiles *f, const char *name)
{
	return name + strlen(f->base) + strlen("_00001_");
}

static bool is_older(const struct tw_ringfiles *f, const char *a, const char *b)
{
	int order = strncmp(time_of(f, a), time_of(f, b), 14);

	return order ? order < 0 : number_of(f, a) < number_of(f, b);
}

/* How many files there are; the oldest and the newest, "" when there is none. Each of NAME_MAX + 1 bytes. */
static uint32_t look(const struct tw_ringfiles *f, char *oldest, char *newest)
{
	DIR *dir = opendir(f->dir);
	struct dirent *entry;
	uint32_t n = 0;

	*oldest = *newest = '\0';
	while (dir && (entry = readdir(dir))) {
		if (!number_of(f, entry->d_name))
			continue;
		if (!n || is_older(f, entry->d_name, oldest))
			strcpy(oldest, entry->d_name);
		if (!n || is_older(f, newest, entry->d_name))
			strcpy(newest, entry->d_name);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* Makes room for @more files. */
static void remove_oldest(const struct tw_ringfiles *f, uint32_t more)
{
	char oldest[NAME_MAX + 1], newest[NAME_MAX + 1], path[PATH_MAX];

	while (look(f, oldest, newest) + more > f->count && *oldest) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, oldest);
		if (unlink(path))
			return;
	}
}

/* --- files --- */

/* Never before the newest file's, even if the clock was set back: what is new would be deleted for the oldest. */
static void make_stamp(const struct tw_ringfiles *f, char stamp[16], uint64_t wall_ns)
{
	char oldest[NAME_MAX + 1], newest[NAME_MAX + 1];
	time_t seconds = wall_ns / TW_NS_PER_SEC;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(stamp, 16, "%Y%m%d%H%M%S", &tm);
	if (look(f, oldest, newest) && strncmp(time_of(f, newest), stamp, 14) > 0)
		memcpy(stamp, time_of(f, newest), 14);
}

static int begin_file(struct tw_ringfiles *f, uint64_t wall_ns)
{
	char stamp[16];

	remove_oldest(f, 1);
	make_stamp(f, stamp, wall_ns);
	for (int tries = 0; tries < TRIES && f->fd < 0 && (!tries || errno == EEXIST); tries++) {
		f->number = f->number % (NUMBERS - 1) + 1;
		snprintf(f->name, sizeof(f->name), "%s/%s_%05u_%s%s", f->dir, f->base, f->number, stamp, f->suffix);
		f->fd = open(f->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0640);
	}
	if (f->fd < 0)
		return -errno;
	f->written = 0;
	f->stats.files++;
	return 0;
}

static void end_file(struct tw_ringfiles *f)
{
	tw_ringfiles_flush(f);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

int tw_ringfiles_flush(struct tw_ringfiles *f)
{
	size_t done = 0;
	ssize_t n = 0;

	while (done < f->used) {
		n = write(f->fd, f->buffer + done, f->used - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}
	if (done == f->used) {
		f->written += done;
		f->stats.written += f->stats.waiting;
		f->used = f->stats.waiting = 0;
		return 0;
	}
	n = n < 0 ? -errno : -ENOSPC;
	f->stats.lost += f->stats.waiting;
	f->used = f->stats.waiting = 0;
	f->broken = true;
	if (ftruncate(f->fd, f->written) || lseek(f->fd, f->written, SEEK_SET) < 0)
		end_file(f); /* half a block is at its end: better another file */
	return n;
}

int tw_ringfiles_turn(struct tw_ringfiles *f, size_t len)
{
	if (f->fd >= 0 && f->written + f->used && f->written + f->used + len > f->size)
		end_file(f);
	return f->fd < 0 || f->broken;
}

/* A file to write to. While none can be made, it is tried once a second. */
static int need_file(struct tw_ringfiles *f, uint64_t wall_ns)
{
	int err;

	if (f->fd >= 0)
		return 0;
	if (wall_ns < f->retry_ns && f->retry_ns - wall_ns <= TW_NS_PER_SEC)
		return -EAGAIN;
	err = begin_file(f, wall_ns);
	f->retry_ns = err ? wall_ns + TW_NS_PER_SEC : 0;
	return err;
}

int tw_ringfiles_put(struct tw_ringfiles *f, const void *bytes, size_t len, unsigned int things, uint64_t wall_ns)
{
	int err = len > BUFFER ? -EMSGSIZE : need_file(f, wall_ns);

	f->stats.things += things;
	if (!err && f->used + len > BUFFER)
		err = tw_ringfiles_flush(f);
	if (err) {
		f->broken = true;
		f->stats.lost += things;
		return err;
	}
	f->broken = false;
	memcpy(f->buffer + f->used, bytes, len);
	f->used += len;
	f->stats.waiting += things;
	return 0;
}

/* --- the ring --- */

/* "dir/evidence.pcapng" → its three parts. */
static int split(struct tw_ringfiles *f, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');

	if (!dot || dot == name)
		dot = name + strlen(name);
	f->dir = !slash ? strdup(".") : slash == path ? strdup("/") : strndup(path, slash - path);
	f->base = strndup(name, dot - name);
	f->suffix = strdup(dot);
	return f->dir && f->base && f->suffix ? 0 : -ENOMEM;
}

static int check(const struct tw_ringfiles *f, const char *path, struct tw_reason *reason)
{
	if (!*f->base || strlen(f->base) + strlen(INFIX) + strlen(f->suffix) > NAME_MAX ||
	    strlen(f->dir) + NAME_MAX + 2 > PATH_MAX)
		return tw_reason(reason, -EINVAL, "cannot keep packets in %s: that is no name of a file", path);
	if (faccessat(AT_FDCWD, f->dir, W_OK | X_OK, AT_EACCESS))
		return tw_reason(reason, -errno, "cannot keep packets in %s: files cannot be made in %s: %s", path, f->dir,
				 strerror(errno));
	return 0;
}

int tw_ringfiles_new(struct tw_ringfiles **files, const char *path, uint64_t size, uint32_t count,
		     struct tw_reason *reason)
{
	struct tw_ringfiles *f = calloc(1, sizeof(*f));
	char oldest[NAME_MAX + 1], newest[NAME_MAX + 1];
	int err;

	if (!f)
		return tw_reason(reason, -ENOMEM, "out of memory");
	f->fd = -1;
	f->size = size;
	f->count = count;
	if (split(f, path))
		err = tw_reason(reason, -ENOMEM, "out of memory");
	else
		err = check(f, path, reason);
	if (err) {
		tw_ringfiles_free(f);
		return err;
	}
	if (look(f, oldest, newest))
		f->number = number_of(f, newest);
	*files = f;
	return 0;
}

void tw_ringfiles_stats(const struct tw_ringfiles *files, struct tw_ringfiles_stats *stats)
{
	*stats = files->stats;
}

const char *tw_ringfiles_name(const struct tw_ringfiles *files)
{
	return files->name;
}

void tw_ringfiles_free(struct tw_ringfiles *files)
{
	if (!files)
		return;
	end_file(files);
	free(files->dir);
	free(files->base);
	free(files->suffix);
	free(files);
}
