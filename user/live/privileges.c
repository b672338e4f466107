// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Drops user and capabilities, by libcap-ng. */
#include "privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int no_such_user(const char *user, int error, struct tw_reason *reason)
{
	if (!error)
		return tw_reason(reason, -ENOENT, "--user: there is no user '%s'", user);
	return tw_reason(reason, -error, "--user %s: cannot be looked up: %s", user, strerror(error));
}

int tw_privileges_plan(struct tw_privileges *privileges, const char *user, struct tw_reason *reason)
{
	const struct passwd *found;

	*privileges = (struct tw_privileges){ .uid = geteuid(), .gid = getegid() };
	if (!user && geteuid())
		return 0;
	errno = 0;
	found = getpwnam(user ? user : TW_PRIVILEGES_USER);
	if (!found)
		return user ? no_such_user(user, errno, reason) : 0;
	if (found->pw_uid == geteuid())
		return 0;
	if (geteuid())
		return tw_reason(reason, -EPERM, "--user %s: only root can become another user", user);
	*privileges = (struct tw_privileges){ .change = true, .uid = found->pw_uid, .gid = found->pw_gid };
	return 0;
}

void tw_privileges_files(const struct tw_privileges *privileges, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	char dir[PATH_MAX];
	struct stat st;

	if (!privileges->change || !slash || slash - path >= PATH_MAX - 1)
		return;
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path) + 1, path);
	if (stat(dir, &st) || st.st_uid != privileges->uid)
		return;
	setfsgid(privileges->gid);
	setfsuid(privileges->uid);
}

void tw_privileges_files_back(void)
{
	if (geteuid())
		return; /* was never another */
	setfsuid(0);
	setfsgid(getegid());
}

/*
 * The capabilities that stay, of those that there are. Where only the old CAP_SYS_ADMIN is, it stands for two.
 * True: the bounding set may be lowered.
 */
static bool choose(void)
{
	static const unsigned int kept[] = { CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON };
	bool have[3], admin, may;

	capng_get_caps_process();
	for (int i = 0; i < 3; i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, kept[i]);
	admin = !have[0] && capng_have_capability(CAPNG_PERMITTED, CAP_SYS_ADMIN);
	may = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	capng_clear(CAPNG_SELECT_ALL);
	for (int i = 0; i < 3; i++)
		if (have[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept[i]);
	if (admin)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_SYS_ADMIN);
	return may;
}

/*
 * The bounding set can only be lowered by who has CAP_SETPCAP; without it no_new_privs alone keeps
 * programs that are started from getting more.
 */
int tw_privileges_drop(const struct tw_privileges *privileges, struct tw_reason *reason)
{
	bool bounds;
	int rc;

	bounds = choose();
	if (bounds)
		capng_apply(CAPNG_SELECT_BOUNDS);
	if (privileges->change)
		rc = capng_change_id(privileges->uid, privileges->gid, CAPNG_INIT_SUPP_GRP);
	else
		rc = capng_apply(CAPNG_SELECT_CAPS);
	if (!rc)
		rc = capng_apply(CAPNG_SELECT_AMBIENT);
	if (rc)
		return tw_reason(reason, -EPERM,
				 "cannot give up root's privileges (libcap-ng: %d): may this container change its user? "
				 "--user root keeps it", rc);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return tw_reason(reason, -errno, "cannot set no_new_privs: %s", strerror(errno));
	return 0;
}
