// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Actions of alerts: how they are written, messages to syslog and the journal, programs, the webhook's body. */
#include "made.h"

#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "action_exec.h"
#include "action_syslog.h"
#include "action_webhook.h"
#include "json.h"
#include "rules.h"

static struct tw_action_list list;
static struct tw_reason reason;

static const struct tw_alert_note note = {
	.rule = "refused", .severity = "critical", .key_name = "comm", .key = "evil\n\"key\x1b[2J\\", .raised = true,
	.text = "refused raised for evil\nFIELD=x: 5 refused", .value = 5.5, .threshold = 5, .window_s = 60, .ts_ns = WALL,
};

static int begin(void **state)
{
	tw_actions_default(&list);
	return 0;
}

static const struct tw_action *set(const char *text)
{
	if (tw_actions_set(&list, text, &reason))
		fail_msg("%s", reason.text);
	return &list.list[list.n - 1];
}

static void refuse(const char *text, const char *word)
{
	unsigned int n = list.n;

	assert_int_equal(tw_actions_set(&list, text, &reason), -EINVAL);
	if (!strstr(reason.text, word))
		fail_msg("\"%s\" lacks \"%s\"", reason.text, word);
	assert_int_equal(list.n, n);
}

static void test_written(void **state)
{
	const struct tw_action *a = set("page:type=exec,command=/bin/page -x  two,time_limit=500ms,interval=1m");

	assert_int_equal(a->type, TW_ACTION_EXEC);
	assert_int_equal(a->n_args, 3);
	assert_memory_equal(a->command, "/bin/page\0-x\0two", 17);
	assert_true(a->time_limit_ns == 500000000 && a->interval_ns == 60 * S);
	assert_true(tw_actions_exec(&list));
	a = set("am:type=webhook,url=https://u:p@example.net:9093/am/,queue=7");
	assert_int_equal(a->type, TW_ACTION_WEBHOOK);
	assert_string_equal(a->url, "https://u:p@example.net:9093/am");
	assert_int_equal(a->queue, 7);
}

static void test_mistakes(void **state)
{
	refuse("", "name");
	refuse("Page:type=exec,command=/x", "small letters");
	refuse("log:type=exec,command=/x", "already");
	refuse("page", "no type");
	refuse("page:type=shell", "exec or webhook");
	refuse("page:type=exec", "whole path");
	refuse("page:type=exec,command=page", "whole path");
	refuse("page:type=webhook", "no url");
	refuse("page:type=webhook,url=127.0.0.1:9093", "http://");
	refuse("page:type=webhook,url=file:///etc/passwd", "http://");
	refuse("page:type=webhook,url=http://", "no host");
	refuse("page:type=webhook,url=https:///am", "no host");
	refuse("page:type=exec,command=/x,time_limit=0", "0.1 s to 3600 s");
	refuse("page:type=exec,command=/x,time_limit=5%", "0.1 s to 3600 s");
	refuse("page:type=webhook,url=http://x,queue=0", "1 to 10000");
	refuse("page:type=webhook,url=http://x,queue=1.5", "1 to 10000");
	refuse("page:type=exec,command=/a b c d e f g h i j k l m n o p q", "more than 16 arguments");
	refuse("page:type=exec,command=/x,colour=red", "no field \"colour\"");
}

static void test_masks(void **state)
{
	uint32_t mask;

	set("page:type=exec,command=/x");
	assert_int_equal(tw_actions_mask(&list, "stderr, page", &mask, &reason), 0);
	assert_int_equal(mask, 1u << TW_ACTION_LOG | 1u << TW_ACTION_STDERR | 1u << 4);
	assert_int_equal(tw_actions_mask(&list, "", &mask, &reason), 0);
	assert_int_equal(mask, 1u << TW_ACTION_LOG); /* an alert is an event: the log always has it */
	assert_int_equal(tw_actions_mask(&list, "stderr,pag", &mask, &reason), -EINVAL);
	assert_non_null(strstr(reason.text, "log stderr syslog journal page"));
}

static void test_passwords_are_not_shown(void **state)
{
	char text[1000];
	struct tw_json j;

	set("am:type=webhook,url=https://user:secret@example.net/am");
	tw_json_init(&j, text, sizeof(text) - 1);
	tw_actions_show(&j, &list);
	*j.at = '\0';
	assert_non_null(strstr(text, "\"url\":\"https://example.net/am\""));
	assert_null(strstr(text, "secret"));
}

/* ---- messages ---- */

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
	snprintf(want, sizeof(want), "<26>tcpwhy[%d]: alert: refused raised for evil?FIELD=x: 5 refused", (int)getpid());
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
	assert_int_equal(strncmp(got, "MESSAGE=alert: refused raised for evil?FIELD=x: 5 refused\nPRIORITY=2\n", 69), 0);
	assert_non_null(strstr(got, "\nTCPWHY_KEY=evil?\"key?[2J\\\nTCPWHY_VALUE=5.5\n"));
	close(server);
	unlink(path);
	tw_messages_close(&m);
}

/* ---- standard error ---- */

/* What the rule's key may be: a process can call itself anything. */
static const struct tw_record bad_name = {
	.type = TW_EV_ALERT, .ts_ns = WALL,
	.alert = { .rule = "refused", .raised = true, .value = 5, .threshold = 5, .window_s = 60, .key = "evil\nx\x1b[2J" },
};

static void test_notes_are_one_line(void **state)
{
	struct tw_alert_note got;

	tw_alert_note_fill(&got, &bad_name);
	assert_string_equal(got.key, "evil?x?[2J");
	assert_int_equal(strncmp(got.text, "refused raised for evil?x?[2J: ", 31), 0);
}

/* A pipe that nobody reads makes nobody wait: this test would not end. */
static void test_stderr_that_nobody_reads(void **state)
{
	struct tw_actions *a = tw_actions_new(&list, false);
	int ends[2], before = dup(STDERR_FILENO);
	char got[200] = "";

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	for (int i = 0; i < 5000; i++)
		tw_actions_alert(a, &bad_name);
	while (read(ends[0], got, sizeof(got) - 1) == sizeof(got) - 1 && poll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, 0))
		;
	tw_actions_alert(a, &bad_name);
	memset(got, 0, sizeof(got));
	assert_true(read(ends[0], got, sizeof(got) - 1) > 0);
	dup2(before, STDERR_FILENO);
	assert_non_null(strstr(got, "alerts were not told here"));
	close(before);
	close(ends[0]);
	close(ends[1]);
	tw_actions_free(a);
}

/* ---- programs ---- */

/* Turns until @done programs have ended well and @failed not; 20 s at most. */
static void turn(struct tw_exec *e, uint64_t done, uint64_t failed)
{
	struct tw_actions_stats stats;

	for (int i = 0; i < 2000; i++) {
		struct timespec ts;

		stats = (struct tw_actions_stats){ 0 };
		tw_exec_stats(e, &stats);
		if (stats.done == done && stats.failed == failed)
			return;
		clock_gettime(CLOCK_MONOTONIC, &ts);
		tw_exec_tick(e, ts.tv_sec * S + ts.tv_nsec);
		poll(NULL, 0, 10);
	}
	fail_msg("%llu done, %llu failed", (unsigned long long)stats.done, (unsigned long long)stats.failed);
}

static void test_programs(void **state)
{
	struct tw_exec *e = tw_exec_new(set("ok:type=exec,command=/bin/true,interval=0"));

	tw_exec_alert(e, &note);
	tw_exec_alert(e, &note);
	turn(e, 2, 0);
	tw_exec_free(e);
	e = tw_exec_new(set("bad:type=exec,command=/bin/false,interval=0"));
	tw_exec_alert(e, &note);
	turn(e, 0, 1);
	tw_exec_free(e);
	e = tw_exec_new(set("none:type=exec,command=/nonexistent/x,interval=0"));
	tw_exec_alert(e, &note);
	turn(e, 0, 1);
	tw_exec_free(e);
}

static void test_program_that_hangs(void **state)
{
	struct tw_exec *e = tw_exec_new(set("slow:type=exec,command=/bin/sleep 1000,interval=0,time_limit=0.1"));

	tw_exec_alert(e, &note);
	turn(e, 0, 1);
	tw_exec_free(e);
}

/* One at a time for a rule; those that wait are bounded; another rule has its own turn. */
static void test_programs_wait_for_each_other(void **state)
{
	struct tw_exec *e = tw_exec_new(set("slow:type=exec,command=/bin/sleep 1000,time_limit=0.2,interval=0"));
	struct tw_actions_stats stats = { 0 };
	struct tw_alert_note other = note;

	for (int i = 0; i < 3 * TW_EXEC_WAITING; i++)
		tw_exec_alert(e, &note);
	strcpy(other.rule, "other");
	tw_exec_alert(e, &other);
	tw_exec_stats(e, &stats);
	assert_int_equal(stats.dropped, 2 * TW_EXEC_WAITING);
	turn(e, 0, TW_EXEC_WAITING + 1);
	tw_exec_free(e);
}

/* The rules are read anew while a program runs: it goes on, and leaves no zombie. */
static void test_program_of_an_action_that_is_gone(void **state)
{
	struct tw_exec *e = tw_exec_new(set("slow:type=exec,command=/bin/sleep 0.2,interval=0"));
	siginfo_t info;

	tw_exec_alert(e, &note);
	tw_exec_tick(e, S);
	assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), 0); /* it runs */
	tw_exec_free(e);
	for (int i = 0; i < 2000 && !waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT); i++) {
		tw_exec_reap();
		poll(NULL, 0, 10);
	}
	assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), -1);
	assert_int_equal(errno, ECHILD);
}

/* As many rules as one likes over time: places of those that are idle are used again. */
static void test_rules_come_and_go(void **state)
{
	struct tw_exec *e = tw_exec_new(set("ok:type=exec,command=/bin/true,interval=0"));
	struct tw_alert_note n = note;

	for (int i = 0; i < 2 * TW_RULES_MAX; i++) {
		snprintf(n.rule, sizeof(n.rule), "rule%d", i);
		tw_exec_alert(e, &n);
		if (i % 16 == 15)
			turn(e, i + 1, 0);
	}
	tw_exec_free(e);
}

/* ---- the webhook's body ---- */

static void test_body(void **state)
{
	static char text[3 * 4096];
	struct tw_alert_note notes[2] = { note, note };
	json_t *body, *labels;

	notes[1].raised = false;
	notes[1].key[0] = '\0';
	assert_true(tw_webhook_body(text, sizeof(text), notes, 2, WALL + S) > 0);
	body = json_loads(text, 0, NULL);
	assert_non_null(body);
	assert_int_equal(json_array_size(body), 2);
	labels = json_object_get(json_array_get(body, 0), "labels");
	assert_string_equal(json_string_value(json_object_get(labels, "alertname")), "refused");
	assert_string_equal(json_string_value(json_object_get(labels, "key")), note.key);
	assert_string_equal(json_string_value(json_object_get(json_array_get(body, 0), "startsAt")),
			    "2023-11-14T22:13:20.000000000Z");
	assert_string_equal(json_string_value(json_object_get(json_array_get(body, 0), "endsAt")),
			    "2023-11-14T22:18:21.000000000Z");
	assert_string_equal(json_string_value(json_object_get(json_array_get(body, 1), "endsAt")),
			    "2023-11-14T22:13:20.000000000Z");
	assert_null(json_object_get(json_object_get(json_array_get(body, 1), "labels"), "key"));
	json_decref(body);
	assert_int_equal(tw_webhook_body(text, 100, notes, 2, WALL), 0);
}

/* As large as they can be, a whole batch fits. */
static void test_largest_batch(void **state)
{
	static char text[TW_WEBHOOK_BATCH * 4096];
	static struct tw_alert_note notes[TW_WEBHOOK_BATCH];

	for (int i = 0; i < TW_WEBHOOK_BATCH; i++) {
		notes[i] = note;
		memset(notes[i].text, '\x01', sizeof(notes[i].text) - 1);
		memset(notes[i].key, '\x01', sizeof(notes[i].key) - 1);
	}
	assert_true(tw_webhook_body(text, sizeof(text), notes, TW_WEBHOOK_BATCH, WALL) > 0);
}

/* Nobody listens: nothing waits, and the end comes soon. */
static void test_nobody_listens(void **state)
{
	struct tw_webhook *w = tw_webhook_new(set("am:type=webhook,url=http://127.0.0.1:1,queue=3"));
	struct tw_actions_stats stats = { 0 };

	for (int i = 0; i < 10; i++)
		tw_webhook_alert(w, &note);
	tw_webhook_stats(w, &stats);
	assert_int_equal(stats.dropped, 7);
	tw_webhook_free(w);
	w = tw_webhook_new(&list.list[list.n - 1]);
	tw_webhook_alert(w, &note);
	tw_webhook_retire(w);
}

/* While the server is gone, what is told again every minute leaves room for what is new. */
static void test_told_again(void **state)
{
	struct tw_webhook *w = tw_webhook_new(set("am:type=webhook,url=http://127.0.0.1:1,queue=4"));
	struct tw_actions_stats stats = { 0 };

	tw_webhook_alert(w, &note);
	for (uint64_t now_ns = S; now_ns < 600 * S; now_ns += 10 * S)
		tw_webhook_tick(w, now_ns);
	for (int i = 0; i < 3; i++)
		tw_webhook_alert(w, &note);
	tw_webhook_stats(w, &stats);
	assert_int_equal(stats.dropped, 1); /* one was told again */
	tw_webhook_free(w);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, begin)
	const struct CMUnitTest tests[] = {
		TEST(test_written), TEST(test_mistakes), TEST(test_masks), TEST(test_passwords_are_not_shown), TEST(test_syslog),
		TEST(test_daemon_that_does_not_read), TEST(test_journal), TEST(test_notes_are_one_line),
		TEST(test_stderr_that_nobody_reads), TEST(test_programs), TEST(test_program_that_hangs),
		TEST(test_programs_wait_for_each_other), TEST(test_rules_come_and_go),
		TEST(test_program_of_an_action_that_is_gone), TEST(test_body),
		TEST(test_largest_batch), TEST(test_nobody_listens), TEST(test_told_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
