/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Alerts as messages to syslog (/dev/log) or to systemd's journal, with fields. syslog(3) and sd_journal_send(3) wait
 * when the daemon does not read; here a message that would have to wait is dropped and counted.
 */
#ifndef TCPWHY_USER_ACTION_SYSLOG_H
#define TCPWHY_USER_ACTION_SYSLOG_H

#include "action.h"

#define TW_SYSLOG_PATH "/dev/log"
#define TW_JOURNAL_PATH "/run/systemd/journal/socket"

struct tw_messages {
	int fd;           /* -1: not open */
	bool failing;     /* it was said */
	struct tw_actions_stats stats;
};

/* Each sends one message to the datagram socket at @path, which is opened when it is needed. */
void tw_syslog_alert(struct tw_messages *m, const char *path, const struct tw_alert_note *note);
void tw_journal_alert(struct tw_messages *m, const char *path, const struct tw_alert_note *note);

void tw_messages_close(struct tw_messages *m);

#endif
