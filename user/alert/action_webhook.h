/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Alerts to a Prometheus Alertmanager (API v2), or to whatever takes the same body. A thread of its own sends them: a
 * server that is slow or gone never makes the loop wait. It is tried again after 1, 2, 4 … 60 s; meanwhile alerts wait in
 * a queue of fixed length, and what finds no room is dropped, counted and said.
 *
 * An Alertmanager takes an alert for resolved that it does not hear of for some minutes. So those that are raised are
 * told again every minute, to be forgotten after five: also when this program ends without a word.
 */
#ifndef TCPWHY_USER_ACTION_WEBHOOK_H
#define TCPWHY_USER_ACTION_WEBHOOK_H

#include "action.h"

#define TW_WEBHOOK_RAISED_MAX 1024 /* alerts that are told again */
#define TW_WEBHOOK_BATCH 32        /* alerts in a request */

struct tw_webhook;

/* @action is copied. The thread is started with the first alert. NULL: out of memory. */
struct tw_webhook *tw_webhook_new(const struct tw_action *action);
void tw_webhook_alert(struct tw_webhook *webhook, const struct tw_alert_note *note);
void tw_webhook_tick(struct tw_webhook *webhook, uint64_t now_ns);
void tw_webhook_stats(struct tw_webhook *webhook, struct tw_actions_stats *sum);

/* What waits gets two seconds more, for which the caller waits. NULL is fine. */
void tw_webhook_free(struct tw_webhook *webhook);
/* The same, but nobody waits: the thread frees it. */
void tw_webhook_retire(struct tw_webhook *webhook);

/* The body of a request with @n alerts: its length, 0 when @size is too small. @now_ns: wall clock. */
size_t tw_webhook_body(char *buf, size_t size, const struct tw_alert_note *notes, unsigned int n, uint64_t now_ns);

#endif
