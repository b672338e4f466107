// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A temporary copy. */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not every file system knows O_TMPFILE. */
static int open_temporary(const char *dir)
{
	char path[4096];
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "%s/tcpwhy.XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? n : 0;
	}
	return 0;
}

static int copy(int from, int to, const char *name, struct tw_reason *reason)
{
	char block[64 << 10];
	ssize_t n;

	while ((n = read(from, block, sizeof(block))) != 0) {
		int err;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tw_reason(reason, -errno, "cannot read %s: %s", name, strerror(errno));
		err = write_all(to, block, n);
		if (err)
			return tw_reason(reason, err, "cannot keep %s in a temporary file: %s; TMPDIR says where there is room",
					 name, strerror(-err));
	}
	return 0;
}

int tw_spool(const char *path, int *fd, char spooled[TW_SPOOL_PATH], struct tw_reason *reason)
{
	bool standard = !strcmp(path, "-");
	const char *dir = getenv("TMPDIR"), *name = standard ? "standard input" : path;
	int from = standard ? STDIN_FILENO : -1, err;
	struct stat st;

	*fd = -1;
	if (!standard && (stat(path, &st) || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return 0; /* whoever reads it will say what is wrong */
	if (!standard)
		from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return tw_reason(reason, -errno, "cannot open %s: %s", path, strerror(errno));
	*fd = open_temporary(dir && *dir ? dir : "/tmp");
	if (*fd < 0)
		err = tw_reason(reason, -errno, "cannot make a temporary file in %s: %s", dir && *dir ? dir : "/tmp",
				strerror(errno));
	else
		err = copy(from, *fd, name, reason);
	if (!standard)
		close(from);
	if (err && *fd >= 0)
		close(*fd);
	if (err)
		*fd = -1;
	else
		snprintf(spooled, TW_SPOOL_PATH, "/proc/self/fd/%d", *fd);
	return err;
}
