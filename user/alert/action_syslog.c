/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Messages to syslog and the journal (action_syslog.h). */
#include "action_syslog.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

static int open_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	close(fd);
	return -errno;
}

/* Anew when the daemon was started anew. */
static int try_send(struct tw_messages *m, const char *path, const char *text, size_t len)
{
	for (int tries = 0; tries < 2; tries++) {
		if (m->fd < 0)
			m->fd = open_socket(path);
		if (m->fd < 0)
			return m->fd;
		if (send(m->fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EAGAIN || errno == ENOBUFS)
			return -errno;
		tw_messages_close(m);
	}
	return -ECONNREFUSED;
}

static void deliver(struct tw_messages *m, const char *path, const char *text, size_t len)
{
	int err = try_send(m, path, text, len);

	if (!err) {
		m->failing = false;
		m->stats.done++;
		return;
	}
	m->stats.dropped++;
	if (!m->failing)
		tw_say("cannot tell %s of an alert: %s", path, strerror(-err));
	m->failing = true;
}

static int priority_of(const struct tw_alert_note *note)
{
	if (!note->raised)
		return LOG_NOTICE;
	if (!strcmp(note->severity, "critical"))
		return LOG_CRIT;
	return !strcmp(note->severity, "info") ? LOG_INFO : LOG_WARNING;
}

/* What stands in a line must not end it. */
static void clean(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

void tw_syslog_alert(struct tw_messages *m, const char *path, const struct tw_alert_note *note)
{
	char text[600];

	snprintf(text, sizeof(text), "<%d>tcpwhy[%d]: alert: %s", LOG_DAEMON | priority_of(note), (int)getpid(), note->text);
	clean(text);
	deliver(m, path, text, strlen(text));
}

/* The journal's own protocol: FIELD=value lines. */
void tw_journal_alert(struct tw_messages *m, const char *path, const struct tw_alert_note *note)
{
	struct tw_alert_note n = *note;
	char text[1200];

	clean(n.text);
	clean(n.key);
	snprintf(text, sizeof(text),
		 "MESSAGE=alert: %s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=tcpwhy\nTCPWHY_RULE=%s\nTCPWHY_STATE=%s\n"
		 "TCPWHY_SEVERITY=%s\nTCPWHY_KEY=%s\nTCPWHY_VALUE=%.9g\nTCPWHY_THRESHOLD=%.9g\nTCPWHY_WINDOW=%.9g\n",
		 n.text, priority_of(note), n.rule, n.raised ? "raised" : "cleared", n.severity, n.key, n.value, n.threshold,
		 n.window_s);
	deliver(m, path, text, strlen(text));
}

void tw_messages_close(struct tw_messages *m)
{
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
}
