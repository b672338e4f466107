/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The two passes of `tcpwhy explain`: what there is in a log, and the stories that are worth telling. */
#ifndef TCPWHY_USER_EXPLAIN_H
#define TCPWHY_USER_EXPLAIN_H

#include "base/spool.h"
#include "markers.h"
#include "overview.h"
#include "pick.h"
#include "tell.h"

#define TW_EXPLAIN_WORST_MAX 100

struct tw_explain {
	const char *name;                /* the log, for people */
	const char *path;                /* what is read: twice */
	char spooled[TW_SPOOL_PATH];
	const char *wanted;              /* CONN as it was given; NULL: all */
	struct tw_pick *pick;            /* NULL: all */
	struct tw_markers between;
	unsigned int worst;              /* stories of an overview */
	struct tw_tell tell;
};

/* Reads and tells. 0, or -errno with @reason; -ENOENT: no connection fits; -EBADMSG: it is no log. */
int tw_explain_run(struct tw_explain *explain, struct tw_reason *reason);

/* Columns to write to @fd: a terminal's, else 110. */
unsigned int tw_explain_width(int fd);

#endif
