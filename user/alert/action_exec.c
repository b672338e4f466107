/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs for alerts (action_exec.h). The loop turns every 10 ms anyway, so children are asked then whether they have
 * ended; nothing here ever waits for one.
 */
#include "action_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "rules/rules.h"

#define GRACE_NS (2 * TW_NS_PER_SEC) /* from SIGTERM to SIGKILL */
#define N_ENV 12

enum ending { NOT_YET, ASKED, FORCED };

/* The programs of one rule. */
struct turn {
	char rule[32];          /* empty: free */
	pid_t pid;              /* 0: none is running */
	enum ending ending;
	uint64_t started_ns, asked_ns;
	unsigned int first, n;  /* of waiting */
	uint64_t dropped;       /* since it was last said */
	struct tw_alert_note waiting[TW_EXEC_WAITING];
};

struct tw_exec {
	struct tw_action action;
	struct tw_actions_stats stats;
	struct turn turns[TW_RULES_MAX];
};

struct tw_exec *tw_exec_new(const struct tw_action *action)
{
	struct tw_exec *e = calloc(1, sizeof(*e));

	if (e)
		e->action = *action;
	return e;
}

/* Programs whose action is gone: waited for, so that none stays a zombie. */
static pid_t orphans[TW_RULES_MAX];

static void adopt(pid_t pid)
{
	for (int i = 0; i < TW_RULES_MAX; i++) {
		if (orphans[i])
			continue;
		orphans[i] = pid;
		return;
	}
}

void tw_exec_reap(void)
{
	for (int i = 0; i < TW_RULES_MAX; i++)
		if (orphans[i] && waitpid(orphans[i], NULL, WNOHANG))
			orphans[i] = 0;
}

void tw_exec_free(struct tw_exec *exec)
{
	if (!exec)
		return;
	for (int i = 0; i < TW_RULES_MAX; i++)
		if (exec->turns[i].pid)
			adopt(exec->turns[i].pid);
	free(exec);
}

void tw_exec_stats(const struct tw_exec *e, struct tw_actions_stats *sum)
{
	sum->done += e->stats.done;
	sum->failed += e->stats.failed;
	sum->dropped += e->stats.dropped;
}

/* ---- the queue ---- */

/* Of @rule, or a free one. One that is done may be given away: rules come and go when the file is read anew. */
static struct turn *turn_of(struct tw_exec *e, const char *rule)
{
	struct turn *idle = NULL;

	for (int i = 0; i < TW_RULES_MAX; i++) {
		struct turn *t = &e->turns[i];

		if (!strcmp(t->rule, rule))
			return t;
		if (!t->rule[0] || (!idle && !t->pid && !t->n))
			idle = t;
		if (!t->rule[0])
			break;
	}
	if (idle) {
		memset(idle, 0, sizeof(*idle));
		snprintf(idle->rule, sizeof(idle->rule), "%s", rule);
	}
	return idle;
}

void tw_exec_alert(struct tw_exec *e, const struct tw_alert_note *note)
{
	struct turn *t = turn_of(e, note->rule);

	if (t && t->n < TW_EXEC_WAITING) {
		t->waiting[(t->first + t->n++) % TW_EXEC_WAITING] = *note;
		return;
	}
	e->stats.dropped++;
	if (t && !t->dropped++)
		tw_say("action %s: %d alerts of rule %s wait for the program already; more are dropped", e->action.name,
		       TW_EXEC_WAITING, note->rule);
}

/* ---- starting ---- */

struct environment {
	char text[N_ENV][448];
	char *list[N_ENV + 1];
	unsigned int n;
};

__attribute__((format(printf, 2, 3)))
static void put(struct environment *env, const char *fmt, ...)
{
	va_list args;

	if (env->n == N_ENV)
		return;
	va_start(args, fmt);
	vsnprintf(env->text[env->n], sizeof(env->text[0]), fmt, args);
	va_end(args);
	env->list[env->n] = env->text[env->n];
	env->list[++env->n] = NULL;
}

static void fill_environment(struct environment *env, const struct tw_alert_note *note)
{
	env->n = 0;
	put(env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	put(env, "LC_ALL=C.UTF-8");
	put(env, "TCPWHY_RULE=%s", note->rule);
	put(env, "TCPWHY_STATE=%s", note->raised ? "raised" : "cleared");
	put(env, "TCPWHY_SEVERITY=%s", note->severity);
	put(env, "TCPWHY_KEY_NAME=%s", note->key_name);
	put(env, "TCPWHY_KEY=%s", note->key);
	put(env, "TCPWHY_VALUE=%.9g", note->value);
	put(env, "TCPWHY_THRESHOLD=%.9g", note->threshold);
	put(env, "TCPWHY_WINDOW=%.9g", note->window_s);
	put(env, "TCPWHY_TIME=%llu.%09llu", (unsigned long long)(note->ts_ns / TW_NS_PER_SEC),
	    (unsigned long long)(note->ts_ns % TW_NS_PER_SEC));
	put(env, "TCPWHY_TEXT=%s", note->text);
}

/* A group of its own, so that all of it can be ended; our signals are not its own. */
static void fill_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGHUP);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &usual);
	posix_spawnattr_setpgroup(attr, 0);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int spawn(struct tw_exec *e, const struct tw_alert_note *note, pid_t *pid)
{
	char *argv[TW_ACTION_ARGS + 1] = { NULL }, *at = e->action.command;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	struct environment env;
	int err;

	for (unsigned int i = 0; i < e->action.n_args; i++, at += strlen(at) + 1)
		argv[i] = at;
	fill_environment(&env, note);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, 2, 1); /* our standard output may be the log */
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	fill_attributes(&attr);
	err = posix_spawn(pid, argv[0], &files, &attr, argv, env.list);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return -err;
}

static void start_next(struct tw_exec *e, struct turn *t, uint64_t now_ns)
{
	const struct tw_alert_note *note = &t->waiting[t->first];
	int err;

	if (t->started_ns && now_ns - t->started_ns < e->action.interval_ns)
		return;
	err = spawn(e, note, &t->pid);
	if (err) {
		t->pid = 0;
		e->stats.failed++;
		tw_say("action %s: cannot start %s for rule %s: %s", e->action.name, e->action.command, t->rule,
		       strerror(-err));
	}
	t->first = (t->first + 1) % TW_EXEC_WAITING;
	t->n--;
	t->started_ns = now_ns;
	t->ending = NOT_YET;
	t->dropped = 0;
}

/* ---- ending ---- */

static void ended(struct tw_exec *e, struct turn *t, int status)
{
	t->pid = 0;
	if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		e->stats.done++;
		return;
	}
	e->stats.failed++;
	if (t->ending != NOT_YET)
		tw_say("action %s: %s for rule %s was ended after its time limit of %g s", e->action.name,
		       e->action.command, t->rule, (double)e->action.time_limit_ns / TW_NS_PER_SEC);
	else if (WIFEXITED(status))
		tw_say("action %s: %s for rule %s ended with status %d", e->action.name, e->action.command, t->rule,
		       WEXITSTATUS(status));
	else
		tw_say("action %s: %s for rule %s was ended by signal %d", e->action.name, e->action.command, t->rule,
		       WTERMSIG(status));
}

/* First kindly, and 2 s later not. */
static void end_late(struct tw_exec *e, struct turn *t, uint64_t now_ns)
{
	if (t->ending == NOT_YET && now_ns - t->started_ns >= e->action.time_limit_ns) {
		kill(-t->pid, SIGTERM);
		t->ending = ASKED;
		t->asked_ns = now_ns;
	} else if (t->ending == ASKED && now_ns - t->asked_ns >= GRACE_NS) {
		kill(-t->pid, SIGKILL);
		t->ending = FORCED;
	}
}

static void look(struct tw_exec *e, struct turn *t, uint64_t now_ns)
{
	int status;
	pid_t pid = waitpid(t->pid, &status, WNOHANG);

	if (pid == t->pid) {
		if (t->ending != NOT_YET)
			kill(-t->pid, SIGKILL); /* what it started itself */
		ended(e, t, status);
	} else if (pid < 0 && errno != EINTR) {
		t->pid = 0;
		e->stats.done++;
	} else {
		end_late(e, t, now_ns);
	}
}

void tw_exec_tick(struct tw_exec *e, uint64_t now_ns)
{
	for (int i = 0; i < TW_RULES_MAX && e->turns[i].rule[0]; i++) {
		struct turn *t = &e->turns[i];

		if (t->pid)
			look(e, t, now_ns);
		else if (t->n)
			start_next(e, t, now_ns);
	}
}
