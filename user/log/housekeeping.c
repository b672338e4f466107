// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The thread that looks after closed files. It looks at the directory each time, so that what an earlier run
 * left is taken care of as well. It is started late: a thread made before privileges are dropped would keep them.
 */
#include "housekeeping.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pack.h"
#include "rotated.h"

struct tw_housekeeping {
	struct tw_housekeeping_options options;
	char *path;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	/* Under the mutex. */
	bool look;
	int sync_fd;         /* a duplicate; -1: nothing to do */
	atomic_bool stop;
	bool started;
	int said;            /* the error that was told last: once is enough */
};

/* --- in the thread --- */

static void complain(struct tw_housekeeping *k, const char *what, const char *path, int err)
{
	if (k->said == err)
		return;
	k->said = err;
	tw_say("log: cannot %s %s: %s", what, path, strerror(-err));
}

static void sync_path(struct tw_housekeeping *k, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	if (fsync(fd))
		complain(k, "bring to the disk", path, -errno);
	close(fd);
}

static void compress(struct tw_housekeeping *k, const char *path)
{
	char packed[PATH_MAX];
	int err;

	if (snprintf(packed, sizeof(packed), "%s%s", path, TW_ROTATED_PACKED) >= (int)sizeof(packed))
		return;
	err = tw_pack_file(path, packed, k->options.sync != TW_SYNC_NONE, &k->stop);
	if (!err)
		unlink(path);
	else if (err != -ECANCELED)
		complain(k, "compress", path, err);
}

/* The newest come last. Returns the index of the oldest that stays. */
static size_t delete_oldest(struct tw_housekeeping *k, const struct tw_rotated_list *list)
{
	size_t excess = list->n > k->options.keep ? list->n - k->options.keep : 0;

	for (size_t i = 0; i < excess; i++)
		if (unlink(list->file[i].path))
			complain(k, "delete", list->file[i].path, -errno);
	return excess;
}

static void look_after(struct tw_housekeeping *k)
{
	struct tw_rotated_list list;

	if (!k->options.rotates || tw_rotated_find(&list, k->path))
		return;
	for (size_t i = delete_oldest(k, &list); i < list.n && !atomic_load(&k->stop); i++) {
		const struct tw_rotated *file = &list.file[i];

		if (file->packed)
			continue;
		if (k->options.compress)
			compress(k, file->path);
		else if (k->options.sync != TW_SYNC_NONE)
			sync_path(k, file->path); /* costs nothing where it was done before */
	}
	tw_rotated_release(&list);
}

static void sync_fd(struct tw_housekeeping *k, int fd)
{
	if (fdatasync(fd) && errno != EINVAL) /* EINVAL: a pipe or device */
		complain(k, "bring to the disk", k->path, -errno);
	close(fd);
}

static void *work(void *housekeeping)
{
	struct tw_housekeeping *k = housekeeping;

	pthread_mutex_lock(&k->mutex);
	while (!atomic_load(&k->stop)) {
		int fd = k->sync_fd;
		bool look = k->look;

		if (fd < 0 && !look) {
			pthread_cond_wait(&k->wake, &k->mutex);
			continue;
		}
		k->look = false;
		pthread_mutex_unlock(&k->mutex);
		if (fd >= 0)
			sync_fd(k, fd);
		if (look)
			look_after(k);
		pthread_mutex_lock(&k->mutex);
		if (fd >= 0)
			k->sync_fd = -1;
	}
	pthread_mutex_unlock(&k->mutex);
	return NULL;
}

/* --- outside --- */

struct tw_housekeeping *tw_housekeeping_new(const struct tw_housekeeping_options *options)
{
	struct tw_housekeeping *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->options = *options;
	k->sync_fd = -1;
	k->path = strdup(options->path);
	if (!k->path) {
		free(k);
		return NULL;
	}
	pthread_mutex_init(&k->mutex, NULL);
	pthread_cond_init(&k->wake, NULL);
	return k;
}

/* Signals are the loop's. */
static void start(struct tw_housekeeping *k)
{
	sigset_t all, before;
	int err;

	if (k->started)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&k->thread, NULL, work, k);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	k->started = !err;
	if (err)
		complain(k, "start a thread to look after", k->path, -err);
}

void tw_housekeeping_look(struct tw_housekeeping *housekeeping)
{
	start(housekeeping);
	pthread_mutex_lock(&housekeeping->mutex);
	housekeeping->look = true;
	pthread_cond_signal(&housekeeping->wake);
	pthread_mutex_unlock(&housekeeping->mutex);
}

bool tw_housekeeping_sync(struct tw_housekeeping *housekeeping, int fd)
{
	bool free;

	start(housekeeping);
	pthread_mutex_lock(&housekeeping->mutex);
	free = housekeeping->started && housekeeping->sync_fd < 0;
	if (free)
		housekeeping->sync_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	pthread_cond_signal(&housekeeping->wake);
	pthread_mutex_unlock(&housekeeping->mutex);
	return free;
}

void tw_housekeeping_free(struct tw_housekeeping *housekeeping)
{
	if (!housekeeping)
		return;
	if (housekeeping->started) {
		pthread_mutex_lock(&housekeeping->mutex);
		atomic_store(&housekeeping->stop, true);
		pthread_cond_signal(&housekeeping->wake);
		pthread_mutex_unlock(&housekeeping->mutex);
		pthread_join(housekeeping->thread, NULL);
		look_after(housekeeping); /* only what is quick, since it is to stop */
	}
	if (housekeeping->sync_fd >= 0)
		close(housekeeping->sync_fd);
	pthread_cond_destroy(&housekeeping->wake);
	pthread_mutex_destroy(&housekeeping->mutex);
	free(housekeeping->path);
	free(housekeeping);
}
