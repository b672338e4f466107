// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs that alerts start: one at a time for a rule, none for ever, none left behind. */
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "alert/action_exec.h"
#include "made_action.h"
#include "rules/rules.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_programs), TEST(test_program_that_hangs), TEST(test_programs_wait_for_each_other),
		TEST(test_rules_come_and_go), TEST(test_program_of_an_action_that_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
