/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an overview is made of; for overview.c, which gathers it, and overviewtell.c, which tells it. */
#ifndef TCPWHY_USER_OVERVIEWDATA_H
#define TCPWHY_USER_OVERVIEWDATA_H

#include <uthash.h>

#include "early.h"
#include "openconn.h"
#include "overview.h"

#define TW_GROUP_KEY (TW_SERVICE_MAX + 12) /* verdict and service */

struct open_entry {
	char conn[16];
	struct tw_openconn conn_state;
	struct tw_early early;
	UT_hash_handle hh; /* in the order of their first events */
};

struct group_entry {
	char key[TW_GROUP_KEY];
	struct tw_group group;
	UT_hash_handle hh;
};

struct alert {
	char rule[32], key[64], ts[32]; /* ts: of the first time */
	double value, threshold, window; /* value: the greatest */
	uint64_t times;
};

struct tw_overview {
	struct tw_markers *between;
	struct open_entry *open;
	struct group_entry *groups;
	struct group_entry *hosts; /* groups of the same verdict and address; their records belong to groups */
	uint64_t verdicts[_TW_VERDICT_MAX];
	uint64_t connections, unfinished, early, evicted, ungrouped, events;
	uint64_t lost, untracked;
	uint64_t first_ns, last_ns;
	char first[TW_OVERVIEW_FIRST][16];
	struct alert alerts[TW_OVERVIEW_ALERTS];
	unsigned int n_alerts;
	uint64_t more_alerts;
	struct tw_idlecut *cuts;
	struct tw_pathmtu *mtus;
	struct tw_outliers *outliers;
	unsigned int n_failed; /* entries of @open with an event of a failed attempt */
};

#endif
