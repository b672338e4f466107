/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fields of an alert rule that are words: what it counts, of which, as what, and who is told. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_field.h"

/* What a built-in rule counts is its name; conditions may be added. */
static int refuse_builtin(const struct tw_rule_change *change, struct tw_reason *reason)
{
	if (change->rule.own)
		return 0;
	return tw_reason(reason, -EINVAL, "is said by the built-in rule; a rule of your own has a name of its own");
}

static int set_event(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	int err = refuse_builtin(change, reason);

	return err ? err : tw_count_events(&change->rule.hits, text, reason);
}

static int set_verdict(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	int err = refuse_builtin(change, reason);

	return err ? err : tw_count_verdicts(&change->rule.hits, text, reason);
}

static int set_measure(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	int err = refuse_builtin(change, reason);

	return err ? err : tw_count_measure(&change->rule.hits, text, reason);
}

static int set_field(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	int err = refuse_builtin(change, reason);

	return err ? err : tw_count_field(&change->rule.hits, text, reason);
}

static int set_where(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	return tw_count_where(&change->rule.hits, text, reason);
}

/* A measure, or else events. */
static int set_base(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	int err = refuse_builtin(change, reason);

	if (err || !tw_count_measure(&change->rule.base, text, reason))
		return err;
	return tw_count_events(&change->rule.base, text, reason);
}

static int set_base_field(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	int err = refuse_builtin(change, reason);

	return err ? err : tw_count_field(&change->rule.base, text, reason);
}

static int set_base_where(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	return tw_count_where(&change->rule.base, text, reason);
}

static int set_value(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	struct tw_rule *rule = &change->rule;
	int err = refuse_builtin(change, reason);
	double percent;
	char *end;

	if (err)
		return err;
	rule->ratio = !strcmp(text, "ratio");
	rule->rate = !strcmp(text, "rate");
	rule->quantile = 0;
	if (rule->ratio || rule->rate || !strcmp(text, "count"))
		return 0;
	percent = *text == 'p' ? strtod(text + 1, &end) : 0;
	if (!(percent > 0 && percent < 100) || *end || !strchr("0123456789", text[1]))
		return tw_reason(reason, -EINVAL, "\"%.40s\" is not accepted; write count, rate, ratio, or a quantile: p50, "
				 "p95, p99.9", text);
	rule->quantile = percent / 100;
	return 0;
}

static int set_severity(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (!len || text[len] || len >= sizeof(change->rule.severity))
		return tw_reason(reason, -EINVAL, "\"%.40s\" is not accepted; write a word: info, warning, critical", text);
	memset(change->rule.severity, 0, sizeof(change->rule.severity));
	memcpy(change->rule.severity, text, len);
	return 0;
}

static int set_actions(struct tw_rule_change *change, const char *text, struct tw_reason *reason)
{
	return tw_actions_mask(change->actions, text, &change->rule.actions, reason);
}

static const struct {
	const char *name;
	int (*set)(struct tw_rule_change *change, const char *text, struct tw_reason *reason);
} words[] = {
	{ "event", set_event }, { "verdict", set_verdict }, { "measure", set_measure }, { "where", set_where },
	{ "field", set_field }, { "value", set_value }, { "base", set_base }, { "base_where", set_base_where },
	{ "base_field", set_base_field }, { "severity", set_severity }, { "actions", set_actions },
};

#define N_WORDS (sizeof(words) / sizeof(words[0]))

int tw_rule_words_set(struct tw_rule_change *change, const char *name, const char *text, char *why, size_t size)
{
	struct tw_reason reason;

	for (size_t i = 0; i < N_WORDS; i++) {
		if (strcmp(name, words[i].name))
			continue;
		if (!words[i].set(change, text, &reason))
			return 0;
		snprintf(why, size, "%s: %s", name, reason.text);
		return -EINVAL;
	}
	return -ENOENT;
}

void tw_rule_words_names(char *text, size_t size)
{
	for (size_t i = 0; i < N_WORDS; i++)
		snprintf(text + strlen(text), size - strlen(text), "%s%s", i ? ", " : "", words[i].name);
}
