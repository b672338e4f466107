/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the program gives up when it has attached: root's identity, and every capability but the
 * three that attaching again to an interface that comes back needs (CAP_BPF, CAP_NET_ADMIN,
 * CAP_PERFMON). Programs that it starts (actions of alerts) get none of them, and no way to any.
 */
#ifndef TCPWHY_USER_PRIVILEGES_H
#define TCPWHY_USER_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/reason.h"

#define TW_PRIVILEGES_USER "tcpwhy" /* the package makes it */

struct tw_privileges {
	bool change;  /* become another user */
	uid_t uid;
	gid_t gid;
};

/*
 * Decides whom to become. @user: by name; NULL: when started as root, TW_PRIVILEGES_USER where there is such
 * a user. 0; or -errno with the reason: there is no such user, or only root can become another one.
 */
int tw_privileges_plan(struct tw_privileges *privileges, const char *user, struct tw_reason *reason);

/*
 * Files are opened as the user from now on, until tw_privileges_files_back(), if the directory of @path is that
 * user's: so that root makes nothing there that the user cannot write later, and follows no link of that
 * user's. NULL is fine.
 */
void tw_privileges_files(const struct tw_privileges *privileges, const char *path);
void tw_privileges_files_back(void);

/* Drops them for good, before any thread is started. 0; or -errno with the reason. */
int tw_privileges_drop(const struct tw_privileges *privileges, struct tw_reason *reason);

#endif
