/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is told of alerts (action.h). */
#include "action.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action_exec.h"
#include "action_syslog.h"
#include "action_webhook.h"
#include "alert.h"
#include "base/text.h"
#include "rules/rules.h"

struct tw_actions {
	struct tw_action_list list;
	struct tw_exec *exec[TW_ACTIONS_MAX];       /* by number in the list; NULL: it is of another type */
	struct tw_webhook *webhook[TW_ACTIONS_MAX];
	struct tw_messages syslog, journal;
	uint64_t unsaid;                            /* on standard error, since it was last read */
	bool quiet;
};

/* Keys may be anybody's words: what is told ends no line and steers no terminal. */
static void put_clean(char *to, size_t size, const char *untrusted)
{
	struct tw_text text = { .at = to, .end = to + size };

	*to = '\0';
	tw_text_clean(&text, untrusted);
}

void tw_alert_note_fill(struct tw_alert_note *note, const struct tw_record *record)
{
	const struct tw_rec_alert *alert = &record->alert;
	const struct tw_rule *rule = alert->of;
	char text[sizeof(note->text)];

	*note = (struct tw_alert_note){ .raised = alert->raised, .value = alert->value, .threshold = alert->threshold,
					.window_s = alert->window_s, .ts_ns = record->ts_ns };
	snprintf(note->rule, sizeof(note->rule), "%s", alert->rule);
	put_clean(note->key, sizeof(note->key), alert->key ? alert->key : "");
	snprintf(note->severity, sizeof(note->severity), "%s", rule && *rule->severity ? rule->severity : "warning");
	snprintf(note->key_name, sizeof(note->key_name), "%s", rule ? tw_rule_key_name(rule->key) : "");
	tw_alert_describe(alert, text, sizeof(text));
	put_clean(note->text, sizeof(note->text), text);
}

/* ---- making ---- */

/* What has a state of its own. */
static int make(struct tw_actions *a, unsigned int i)
{
	const struct tw_action *action = &a->list.list[i];

	if (action->type == TW_ACTION_EXEC && !a->exec[i])
		a->exec[i] = tw_exec_new(action);
	else if (action->type == TW_ACTION_WEBHOOK && !a->webhook[i])
		a->webhook[i] = tw_webhook_new(action);
	else
		return 0;
	return a->exec[i] || a->webhook[i] ? 0 : -ENOMEM;
}

struct tw_actions *tw_actions_new(const struct tw_action_list *list, bool quiet)
{
	struct tw_actions *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->list = *list;
	a->quiet = quiet;
	a->syslog.fd = a->journal.fd = -1;
	for (unsigned int i = 0; i < list->n; i++) {
		if (make(a, i)) {
			tw_actions_free(a);
			return NULL;
		}
	}
	return a;
}

/* The states of actions that are as they were go from @from to @to. */
static void move_states(struct tw_actions *from, struct tw_actions *to)
{
	for (unsigned int i = 0; i < to->list.n; i++) {
		for (unsigned int k = 0; k < from->list.n; k++) {
			if (memcmp(&to->list.list[i], &from->list.list[k], sizeof(from->list.list[k])))
				continue;
			to->exec[i] = from->exec[k];
			to->webhook[i] = from->webhook[k];
			from->exec[k] = NULL;
			from->webhook[k] = NULL;
		}
	}
}

static void retire(struct tw_actions *a)
{
	for (unsigned int i = 0; i < TW_ACTIONS_MAX; i++) {
		tw_exec_free(a->exec[i]);
		tw_webhook_retire(a->webhook[i]);
		a->exec[i] = NULL;
		a->webhook[i] = NULL;
	}
}

int tw_actions_change(struct tw_actions *a, const struct tw_action_list *list)
{
	struct tw_actions fresh = { .list = *list, .syslog = a->syslog, .journal = a->journal, .unsaid = a->unsaid,
				    .quiet = a->quiet };
	int err = 0;

	move_states(a, &fresh);
	for (unsigned int i = 0; i < list->n && !err; i++)
		err = make(&fresh, i);
	if (err) {
		move_states(&fresh, a);
		retire(&fresh);
		return err;
	}
	retire(a);
	*a = fresh;
	return 0;
}

void tw_actions_free(struct tw_actions *a)
{
	if (!a)
		return;
	for (unsigned int i = 0; i < TW_ACTIONS_MAX; i++) {
		tw_exec_free(a->exec[i]);
		tw_webhook_free(a->webhook[i]);
	}
	tw_messages_close(&a->syslog);
	tw_messages_close(&a->journal);
	free(a);
}

/* ---- doing ---- */

/* A pipe that nobody reads makes nobody wait: the log has the alert. */
static void say_alert(struct tw_actions *a, const struct tw_alert_note *note)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (!poll(&out, 1, 0)) {
		a->unsaid++;
		return;
	}
	if (a->unsaid)
		tw_say("%llu alerts were not told here: standard error was not read", (unsigned long long)a->unsaid);
	a->unsaid = 0;
	tw_say("alert: %s", note->text);
}

static void act(struct tw_actions *a, unsigned int i, const struct tw_alert_note *note)
{
	switch (a->list.list[i].type) {
	case TW_ACTION_STDERR:
		if (!a->quiet)
			say_alert(a, note);
		break;
	case TW_ACTION_SYSLOG:
		tw_syslog_alert(&a->syslog, TW_SYSLOG_PATH, note);
		break;
	case TW_ACTION_JOURNAL:
		tw_journal_alert(&a->journal, TW_JOURNAL_PATH, note);
		break;
	case TW_ACTION_EXEC:
		tw_exec_alert(a->exec[i], note);
		break;
	case TW_ACTION_WEBHOOK:
		tw_webhook_alert(a->webhook[i], note);
		break;
	default: /* the log has it */
		break;
	}
}

void tw_actions_alert(struct tw_actions *a, const struct tw_record *record)
{
	const struct tw_rule *rule = record->alert.of;
	uint32_t wanted = rule && rule->actions ? rule->actions : tw_actions_usual();
	struct tw_alert_note note;

	tw_alert_note_fill(&note, record);
	for (unsigned int i = 0; i < a->list.n; i++)
		if (wanted >> i & 1)
			act(a, i, &note);
}

void tw_actions_tick(struct tw_actions *a, uint64_t now_ns)
{
	tw_exec_reap();
	for (unsigned int i = TW_ACTION_EXEC; i < a->list.n; i++) {
		if (a->exec[i])
			tw_exec_tick(a->exec[i], now_ns);
		if (a->webhook[i])
			tw_webhook_tick(a->webhook[i], now_ns);
	}
}

void tw_actions_stats(const struct tw_actions *a, struct tw_actions_stats *stats)
{
	*stats = a->syslog.stats;
	stats->done += a->journal.stats.done;
	stats->dropped += a->journal.stats.dropped;
	for (unsigned int i = TW_ACTION_EXEC; i < a->list.n; i++) {
		if (a->exec[i])
			tw_exec_stats(a->exec[i], stats);
		if (a->webhook[i])
			tw_webhook_stats(a->webhook[i], stats);
	}
}
