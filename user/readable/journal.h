/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Lines of the log in the systemd journal: the readable line as MESSAGE, each field of the event as TCPWHY_FIELD.
 *
 * The journal may be slow, so that a thread of its own sends. What finds no room in its queue (4 MiB) is counted.
 */
#ifndef TCPWHY_USER_JOURNAL_H
#define TCPWHY_USER_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"
#include "record/record.h"

enum tw_journal_what { TW_JOURNAL_NONE, TW_JOURNAL_TROUBLE, TW_JOURNAL_ALL };

struct tw_journal;

/* 0 and *@journal; or -errno with the reason: there is no journal. */
int tw_journal_open(struct tw_journal **journal, enum tw_journal_what what, struct tw_reason *reason);

/*
 * Whether @record belongs there. Of trouble: alerts, what was lost, start and stop, and connections whose verdict is
 * neither ok nor unknown, originator_idle or sender_limited.
 */
bool tw_journal_wants(const struct tw_journal *journal, const struct tw_record *record);

/* Its line of the log. Does not wait. */
void tw_journal_line(struct tw_journal *journal, const char *json, size_t len);

/* Starts the thread, when there is a line: one that was made before privileges are dropped would keep them. NULL is fine. */
void tw_journal_tick(struct tw_journal *journal);

/* Sends what waits, for two seconds at most, and returns how many lines found no room or were not sent. NULL is fine. */
uint64_t tw_journal_close(struct tw_journal *journal);

#endif
