/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Alerts: a sink that looks at every record, counts what the rules ask for, and hands on a record of
 * type TW_EV_ALERT when a rule's value for a key crosses its threshold, and one when it is calm again.
 *
 * Each alert is raised once and cleared once. Time is the records' own. Memory is fixed from
 * tw_alerts_new() on (at most 320 KiB a rule); which keys are remembered, and how much can be missing
 * when there are more, is told in window.h.
 */
#ifndef TCPWHY_USER_ALERT_H
#define TCPWHY_USER_ALERT_H

#include <stddef.h>
#include <stdint.h>

#include "record/record.h"
#include "rules/rules.h"

/* Alerts of one rule that can be raised at the same time; more are counted, not raised. */
#define TW_ALERTS_RAISED_MAX 100

struct tw_alerts;

struct tw_alerts_stats {
	uint64_t raised, cleared;
	uint64_t held_back; /* not raised because TW_ALERTS_RAISED_MAX keys of the rule were */
	uint32_t active;    /* raised now */
	uint64_t memory;    /* bytes */
};

/* @rules is copied. @out gets the alert records; what they point to is valid during the call only.
 * NULL: out of memory. */
struct tw_alerts *tw_alerts_new(const struct tw_rules *rules, tw_sink out, void *ctx);
void tw_alerts_free(struct tw_alerts *alerts);

/*
 * Other rules from now on. What was counted stays for rules that count the same as before (their thresholds may have
 * changed); alerts of other ones are cleared. 0, or -ENOMEM, then nothing has changed.
 */
int tw_alerts_change(struct tw_alerts *alerts, const struct tw_rules *rules);

/* A tw_sink. Alert records among them are ignored. */
void tw_alerts_sink(void *alerts, const struct tw_record *record);

/* To be called about every second: moves time on to @now_wall_ns (since the epoch) when no record
 * came since the last call, so that alerts are cleared also when all is silent. */
void tw_alerts_tick(struct tw_alerts *alerts, uint64_t now_wall_ns);

/* Calls @say for each alert that is raised now. */
void tw_alerts_open(const struct tw_alerts *alerts, void (*say)(void *ctx, const char *rule, const char *key), void *ctx);

void tw_alerts_stats(const struct tw_alerts *alerts, struct tw_alerts_stats *stats);

/* One line for people, without newline:
 * "syn_flood raised for 192.0.2.7:443: 512 SYNs in 1 s (threshold 500)". */
void tw_alert_describe(const struct tw_rec_alert *alert, char *text, size_t size);

#endif
