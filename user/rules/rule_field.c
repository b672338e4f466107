/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fields of an alert rule as people write them (rule_field.h). */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_field.h"

#define DAY 86400.0
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- fields that are words: what is counted, of which, as what, and who is told ---- */

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

/* -ENOENT: the field called @name is no word. */
static int set_word(struct tw_rule_change *change, const char *name, const char *text, struct tw_reason *reason)
{
	struct tw_reason inner;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(name, words[i].name))
			continue;
		return words[i].set(change, text, &inner) ? tw_reason(reason, -EINVAL, "%s: %s", name, inner.text) : 0;
	}
	return -ENOENT;
}

/* ---- fields that are numbers, a key or a switch ---- */

enum type { NUMBER, WHOLE, DURATION, KEY, SWITCH };

static const struct field {
	const char *name;
	enum type type;
	size_t offset;      /* in struct tw_rule: double, or uint64_t for whole numbers and durations */
	double least, most; /* durations: seconds */
	const char *accepts;
} fields[] = {
	{ "threshold", NUMBER, offsetof(struct tw_rule, threshold), 0, 1e12, "a number above 0" },
	{ "clear", NUMBER, offsetof(struct tw_rule, clear), 0, 1e12, "a number from 0 to the threshold" },
	{ "good", NUMBER, offsetof(struct tw_rule, good), 0, 1e12, "a number from 0 on" },
	{ "min", WHOLE, offsetof(struct tw_rule, min), 0, 1e12, "a whole number from 0 on" },
	{ "window", DURATION, offsetof(struct tw_rule, window_ns), 1, DAY,
	  "1 s to 24 h, in seconds or with a unit (ms, s, m, h)" },
	{ "hold", DURATION, offsetof(struct tw_rule, hold_ns), 0, DAY,
	  "0 s to 24 h, in seconds or with a unit (ms, s, m, h)" },
	{ "key", KEY, 0, 0, 0,
	  "one of none, resp_addr, resp_addr:resp_port, resp_port, resp_prefix, orig_addr, orig_prefix, iface, comm, "
	  "cgroup, verdict, cause, reason, from" },
	{ "off", SWITCH, 0, 0, 0, "true or false" },
};

static const struct {
	const char *suffix;
	double seconds;
} units[] = { { "us", 1e-6 }, { "ms", 1e-3 }, { "s", 1 }, { "m", 60 }, { "min", 60 }, { "h", 3600 } };

static const struct field *find_field(const char *name, struct tw_reason *reason)
{
	char known[300] = "";

	for (size_t i = 0; i < COUNT(fields); i++) {
		if (!strcmp(fields[i].name, name))
			return &fields[i];
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s, ", fields[i].name);
	}
	for (size_t i = 0; i < COUNT(words); i++)
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s", i ? ", " : "", words[i].name);
	tw_reason(reason, -EINVAL, "there is no field \"%.40s\"; there are %s", name, known);
	return NULL;
}

static int refuse(const struct field *field, const char *text, struct tw_reason *reason)
{
	return tw_reason(reason, -EINVAL, "%s: \"%.40s\" is not accepted; write %s", field->name, text, field->accepts);
}

static int refuse_number(const struct field *field, double value, struct tw_reason *reason)
{
	char text[32];

	snprintf(text, sizeof(text), "%g", value);
	return refuse(field, text, reason);
}

static void store(struct tw_rule_change *change, const struct field *field, double value)
{
	void *at = (char *)&change->rule + field->offset;

	if (field->type == NUMBER)
		*(double *)at = value;
	else
		*(uint64_t *)at = llround(field->type == DURATION ? value * 1e9 : value);
	change->has_threshold |= at == &change->rule.threshold;
	change->has_clear |= at == &change->rule.clear;
	change->has_min |= at == &change->rule.min;
}

static bool is_number(const struct field *field)
{
	return field->type == NUMBER || field->type == WHOLE || field->type == DURATION;
}

int tw_rule_change_number(struct tw_rule_change *change, const char *name, double value, struct tw_reason *reason)
{
	const struct field *field = find_field(name, reason);

	if (!field)
		return -EINVAL;
	if (!is_number(field) || !isfinite(value) || value < field->least || value > field->most ||
	    (field->type == WHOLE && value != floor(value)))
		return refuse_number(field, value, reason);
	store(change, field, value);
	return 0;
}

int tw_rule_change_bool(struct tw_rule_change *change, const char *name, bool value, struct tw_reason *reason)
{
	const struct field *field = find_field(name, reason);

	if (!field)
		return -EINVAL;
	if (field->type != SWITCH)
		return refuse(field, value ? "true" : "false", reason);
	change->rule.off = value;
	return 0;
}

static int set_key(struct tw_rule_change *change, const struct field *field, const char *text,
		   struct tw_reason *reason)
{
	for (int key = 0; key < _TW_KEY_MAX; key++) {
		if (strcmp(text, tw_rule_key_name(key)))
			continue;
		change->rule.key = key;
		return 0;
	}
	return refuse(field, text, reason);
}

/* What a unit multiplies by; 0: no such unit for this field. */
static double unit_factor(struct tw_rule_change *change, const struct field *field, const char *unit)
{
	if (!*unit)
		return 1;
	if (field->type == NUMBER && !strcmp(unit, "%")) {
		change->unit = '%';
		return 0.01;
	}
	for (size_t i = 0; field->type != WHOLE && i < COUNT(units); i++) {
		if (strcmp(unit, units[i].suffix))
			continue;
		if (field->type == NUMBER)
			change->unit = 's';
		return units[i].seconds;
	}
	return 0;
}

int tw_rule_change_text(struct tw_rule_change *change, const char *name, const char *text, struct tw_reason *reason)
{
	int err = set_word(change, name, text, reason);
	const struct field *field;
	double value, factor;
	char *end;

	if (err != -ENOENT)
		return err;
	field = find_field(name, reason);
	if (!field)
		return -EINVAL;
	if (field->type == KEY)
		return set_key(change, field, text, reason);
	if (field->type == SWITCH && (!strcmp(text, "true") || !strcmp(text, "false")))
		return tw_rule_change_bool(change, name, *text == 't', reason);
	value = strtod(text, &end);
	factor = unit_factor(change, field, end);
	if (!is_number(field) || end == text || factor == 0 || !isfinite(value) ||
	    value * factor < field->least || value * factor > field->most)
		return refuse(field, text, reason);
	return tw_rule_change_number(change, name, value * factor, reason);
}
