// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Messages to syslog and the journal: what they say, and a daemon that starts anew or does not read. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "alert/action_syslog.h"
#include "made_action.h"

static char path[64];

static int open_server(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	snprintf(path, sizeof(path), "/tmp/tcpwhy-test-action-%d", (int)getpid());
	unlink(path);
	strcpy(addr.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void test_syslog(void **state)
{
	struct tw_messages m = { .fd = -1 };
	int server = open_server();
	char got[1000] = "", want[200];

	tw_syslog_alert(&m, path, &note);
	assert_true(recv(server, got, sizeof(got) - 1, 0) > 0);
	snprintf(want, sizeof(want), "<26>tcpwhy[%d]: alert: refused raised for evil?FIELD=x: 5 refused",
		 (int)getpid());
	assert_string_equal(got, want);
	/* The daemon is started anew. */
	close(server);
	server = open_server();
	tw_syslog_alert(&m, path, &note);
	assert_true(recv(server, got, sizeof(got) - 1, 0) > 0);
	assert_int_equal(m.stats.done, 2);
	close(server);
	unlink(path);
	tw_messages_close(&m);
}

/* A daemon that does not read makes nobody wait: this test would not end. */
static void test_daemon_that_does_not_read(void **state)
{
	struct tw_messages m = { .fd = -1 };
	int server = open_server();

	for (int i = 0; i < 5000; i++)
		tw_syslog_alert(&m, path, &note);
	assert_true(m.stats.dropped > 0);
	assert_int_equal(m.stats.dropped + m.stats.done, 5000);
	close(server);
	unlink(path);
	tw_syslog_alert(&m, path, &note);
	assert_int_equal(m.stats.dropped + m.stats.done, 5001);
	tw_messages_close(&m);
}

static void test_journal(void **state)
{
	struct tw_messages m = { .fd = -1 };
	int server = open_server();
	char got[2000] = "";

	tw_journal_alert(&m, path, &note);
	assert_true(recv(server, got, sizeof(got) - 1, 0) > 0);
	assert_int_equal(strncmp(got, "MESSAGE=alert: refused raised for evil?FIELD=x: 5 refused\n"
				      "PRIORITY=2\n", 69), 0);
	assert_non_null(strstr(got, "\nTCPWHY_KEY=evil?\"key?[2J\\\nTCPWHY_VALUE=5.5\n"));
	close(server);
	unlink(path);
	tw_messages_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_syslog), TEST(test_daemon_that_does_not_read), TEST(test_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
