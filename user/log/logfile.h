/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The file that a log is written to, and what others do to it. */
#ifndef TCPWHY_USER_LOGFILE_H
#define TCPWHY_USER_LOGFILE_H

#include <stdbool.h>

/*
 * Opens it for appending, makes it (mode 0640) if there is none, and ends a line that a crash cut off. A descriptor or
 * -errno: -EBUSY when it is to be ours @alone and another program that asked for the same has it open.
 */
int tw_logfile_open(const char *path, bool alone);

/* Is @fd the file at @path? */
bool tw_logfile_is_at(int fd, const char *path);

/* It has no name any more. */
bool tw_logfile_is_deleted(int fd, const char *path);

#endif
