/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is done when an alert is raised or cleared: standard error, syslog, the journal, a program, a webhook. None of it
 * makes the loop wait, and all of it is bounded: what finds no room is dropped, counted and said.
 */
#ifndef TCPWHY_USER_ACTION_H
#define TCPWHY_USER_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "record/record.h"
#include "rules/action_list.h"

/* An alert, as those who are told get it: a copy that can wait. */
struct tw_alert_note {
	char rule[32], severity[16];
	char key_name[24], key[64];
	char text[400];               /* "refused raised for …: 300 refused connections in 60 s (threshold 300)" */
	bool raised;
	double value, threshold, window_s;
	uint64_t ts_ns;               /* wall clock */
};

void tw_alert_note_fill(struct tw_alert_note *note, const struct tw_record *record);

struct tw_actions;

struct tw_actions_stats {
	uint64_t done, failed, dropped; /* programs and requests, syslog and journal messages */
};

/* @list is copied. @quiet: not on standard error. NULL: out of memory. */
struct tw_actions *tw_actions_new(const struct tw_action_list *list, bool quiet);

/* Other actions from now on; what waits in those that stay the same stays. 0 or -ENOMEM, then nothing has changed. */
int tw_actions_change(struct tw_actions *actions, const struct tw_action_list *list);

/* Does what the alert's rule asks for. */
void tw_actions_alert(struct tw_actions *actions, const struct tw_record *record);

/* About every 10 ms, any steady clock: programs end, are ended, and the next ones start. */
void tw_actions_tick(struct tw_actions *actions, uint64_t now_ns);

void tw_actions_stats(const struct tw_actions *actions, struct tw_actions_stats *stats);

/* Programs that run are left to themselves for their time; requests get two seconds. NULL is fine. */
void tw_actions_free(struct tw_actions *actions);

#endif
