/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be read only once (standard input, a pipe), kept in a temporary file without a name. */
#ifndef TCPWHY_USER_SPOOL_H
#define TCPWHY_USER_SPOOL_H

#include "reason.h"

#define TW_SPOOL_PATH 32

/*
 * @path is `-` or no regular file: copies it into $TMPDIR or /tmp; *@fd is then to be closed, and @spooled
 * names it. Else *@fd is -1, and nothing happens. 0, or -errno with @reason.
 */
int tw_spool(const char *path, int *fd, char spooled[TW_SPOOL_PATH], struct tw_reason *reason);

#endif
