/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of the alerts share: alert.c judges and tells, alert_change.c takes rules in. */
#ifndef TCPWHY_USER_ALERT_PRIVATE_H
#define TCPWHY_USER_ALERT_PRIVATE_H

#include "alert.h"
#include "line/logline.h"
#include "rules/rule_key.h"
#include "window.h"

/* One rule at work. */
struct tw_watched {
	struct tw_rule rule;
	struct tw_window *window;
	uint64_t hit_events, base_events; /* bits of enum tw_event_type */
	uint32_t raised;                  /* now */
	struct tw_where *hit_where, *base_where; /* conditions; NULL: none */
	bool kept;                        /* the window was there before the rules were read anew */
};

struct tw_alerts {
	uint64_t now_ns;           /* the newest time that a record or a tick had */
	uint64_t next_ns;          /* when the first window slides */
	uint32_t back;             /* events in a row that were older than BACK_NS */
	bool seen;                 /* a record came since the last tick */
	uint32_t want[_TW_EV_MAX]; /* by event type: bits of watches */
	unsigned int n;
	struct tw_watched watch[TW_RULES_MAX];
	tw_sink out;
	void *ctx;
	struct tw_alerts_stats stats;
	char line[TW_LOG_LINE_MAX];
};

_Static_assert(TW_RULES_MAX <= 32, "a bit for every rule");

/* Frees its conditions; the window may have been taken over. */
void tw_watched_release(struct tw_watched *watch);

/* It is calm, or there is no rule for it any more. */
void tw_alert_clear(struct tw_alerts *alerts, struct tw_watched *watch, struct tw_place *place);

#endif
