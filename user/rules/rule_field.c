/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fields of an alert rule as people write them (rule_field.h). */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "rule_field.h"

enum type { NUMBER, WHOLE, DURATION, KEY, SWITCH };

#define DAY 86400.0

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

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct field *find_field(const char *name, char *why, size_t size)
{
	char known[300] = "";

	for (size_t i = 0; i < COUNT(fields); i++) {
		if (!strcmp(fields[i].name, name))
			return &fields[i];
		snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s, ", fields[i].name);
	}
	tw_rule_words_names(known, sizeof(known));
	snprintf(why, size, "there is no field \"%.40s\"; there are %s", name, known);
	return NULL;
}

static int refuse(const struct field *field, const char *text, char *why, size_t size)
{
	snprintf(why, size, "%s: \"%.40s\" is not accepted; write %s", field->name, text, field->accepts);
	return -EINVAL;
}

static int refuse_number(const struct field *field, double value, char *why, size_t size)
{
	char text[32];

	snprintf(text, sizeof(text), "%g", value);
	return refuse(field, text, why, size);
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

int tw_rule_change_number(struct tw_rule_change *change, const char *name, double value, char *why,
			  size_t size)
{
	const struct field *field = find_field(name, why, size);

	if (!field)
		return -EINVAL;
	if (!is_number(field) || !isfinite(value) || value < field->least || value > field->most ||
	    (field->type == WHOLE && value != floor(value)))
		return refuse_number(field, value, why, size);
	store(change, field, value);
	return 0;
}

int tw_rule_change_bool(struct tw_rule_change *change, const char *name, bool value, char *why, size_t size)
{
	const struct field *field = find_field(name, why, size);

	if (!field)
		return -EINVAL;
	if (field->type != SWITCH)
		return refuse(field, value ? "true" : "false", why, size);
	change->rule.off = value;
	return 0;
}

static int set_key(struct tw_rule_change *change, const struct field *field, const char *text, char *why,
		   size_t size)
{
	for (int key = 0; key < _TW_KEY_MAX; key++) {
		if (strcmp(text, tw_rule_key_name(key)))
			continue;
		change->rule.key = key;
		return 0;
	}
	return refuse(field, text, why, size);
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

int tw_rule_change_text(struct tw_rule_change *change, const char *name, const char *text, char *why,
			size_t size)
{
	int err = tw_rule_words_set(change, name, text, why, size);
	const struct field *field;
	double value, factor;
	char *end;

	if (err != -ENOENT)
		return err;
	field = find_field(name, why, size);
	if (!field)
		return -EINVAL;
	if (field->type == KEY)
		return set_key(change, field, text, why, size);
	if (field->type == SWITCH && (!strcmp(text, "true") || !strcmp(text, "false")))
		return tw_rule_change_bool(change, name, *text == 't', why, size);
	value = strtod(text, &end);
	factor = unit_factor(change, field, end);
	if (!is_number(field) || end == text || factor == 0 || !isfinite(value) ||
	    value * factor < field->least || value * factor > field->most)
		return refuse(field, text, why, size);
	return tw_rule_change_number(change, name, value * factor, why, size);
}
