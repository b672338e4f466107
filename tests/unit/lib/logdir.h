/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A directory of the test's own with the path of a log in it, files beside it, and a disk that is full if need be. */
#ifndef TCPWHY_TESTS_LOGDIR_H
#define TCPWHY_TESTS_LOGDIR_H

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "made.h"

#define T0 (1795285323417ull) /* 2026-11-21T18:22:03.417Z, in ms: what is closed then is log.20261121T182203.417 */

static char dir[64], path[96], other[128]; /* the log, and what logrotate makes of it */

static inline int logdir_setup(void **state)
{
	strcpy(dir, "/tmp/tcpwhy-unit-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	snprintf(other, sizeof(other), "%s.1", path);
	return 0;
}

/* With all that is in it; the test may have removed it. */
static inline int logdir_teardown(void **state)
{
	char name[400];
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d && (entry = readdir(d))) {
		snprintf(name, sizeof(name), "%s/%s", dir, entry->d_name);
		if (unlink(name))
			rmdir(name);
	}
	if (d)
		closedir(d);
	rmdir(dir);
	return 0;
}

static inline void put_text(const char *name, const char *mode, const char *text)
{
	FILE *f = fopen(name, mode);

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static inline void make_file(const char *name, const char *text)
{
	put_text(name, "w", text);
}

static inline void append(const char *name, const char *text)
{
	put_text(name, "a", text);
}

static inline void make_beside(const char *suffix, const char *text)
{
	char name[300];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	make_file(name, text);
}

static inline bool is_there(const char *suffix)
{
	char name[300];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return !access(name, F_OK);
}

/* A file that may not grow stands for a full disk; the limit is lifted later. */
static inline void set_limit(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = TW_MIN(bytes, limit.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
