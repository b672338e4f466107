// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Opens a log's file, and tells what became of it. */
#include "logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line that a crash cut off must not swallow our first one. */
static void end_cut_line(int fd, off_t size)
{
	char last;

	if (size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n' && write(fd, "\n", 1) != 1)
		return; /* the next write will tell why */
}

/* Two that write one log would write everything twice, and rotate it under each other. */
static bool somebody_else_writes(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
}

int tw_logfile_open(const char *path, bool alone)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
	struct stat st;

	if (fd < 0 && (errno == EACCES || errno == EINVAL)) /* may be written, not read */
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return fd;
	if (alone && somebody_else_writes(fd)) {
		close(fd);
		return -EBUSY;
	}
	end_cut_line(fd, st.st_size);
	return fd;
}

bool tw_logfile_is_at(int fd, const char *path)
{
	struct stat ours, there;

	return !fstat(fd, &ours) && !stat(path, &there) && ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/* Some file systems know no count of names: then the name must be gone. */
bool tw_logfile_is_deleted(int fd, const char *path)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && !st.st_nlink && !tw_logfile_is_at(fd, path);
}
