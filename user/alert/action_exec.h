/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A program that is started for alerts: no shell, the alert in its environment, one at a time for each rule, not more
 * often than its interval, ended after its time limit. Up to TW_EXEC_WAITING alerts of a rule wait for their turn.
 */
#ifndef TCPWHY_USER_ACTION_EXEC_H
#define TCPWHY_USER_ACTION_EXEC_H

#include "action.h"

#define TW_EXEC_WAITING 8

struct tw_exec;

/* @action is copied. NULL: out of memory. */
struct tw_exec *tw_exec_new(const struct tw_action *action);
void tw_exec_alert(struct tw_exec *exec, const struct tw_alert_note *note);
void tw_exec_tick(struct tw_exec *exec, uint64_t now_ns);
void tw_exec_stats(const struct tw_exec *exec, struct tw_actions_stats *sum);
/* What runs goes on without us; NULL is fine. */
void tw_exec_free(struct tw_exec *exec);
/* As often as tw_exec_tick(): programs that went on without their action may have ended. */
void tw_exec_reap(void);

#endif
