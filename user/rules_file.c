/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Alert rules from a file (libconfig): a group "rules" with one group a rule. What is not known is an
 * error with file and line, because a misspelt threshold that is silently ignored is found in the
 * night it should have rung.
 */
#include <errno.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "rule_field.h"
#include "rules.h"

#define FILE_MAX_BYTES (1u << 20)

/* Where to say what is wrong. */
struct complaint {
	const char *path;
	char *err;
	size_t size;
};

static int complain(const struct complaint *c, int line, const char *what, const char *why)
{
	snprintf(c->err, c->size, "rules: %s:%d: %s%s%s", c->path, line, what, *what ? ": " : "", why);
	return -EINVAL;
}

static int change_field(struct tw_rule_change *change, config_setting_t *s, char *why, size_t size)
{
	const char *name = config_setting_name(s);

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
		return tw_rule_change_number(change, name, config_setting_get_int(s), why, size);
	case CONFIG_TYPE_INT64:
		return tw_rule_change_number(change, name, config_setting_get_int64(s), why, size);
	case CONFIG_TYPE_FLOAT:
		return tw_rule_change_number(change, name, config_setting_get_float(s), why, size);
	case CONFIG_TYPE_BOOL:
		return tw_rule_change_bool(change, name, config_setting_get_bool(s), why, size);
	case CONFIG_TYPE_STRING:
		return tw_rule_change_text(change, name, config_setting_get_string(s), why, size);
	default:
		snprintf(why, size, "%s: a list or group is not accepted; write one value", name);
		return -EINVAL;
	}
}

/* The line to blame for what does not fit together: the field that was written last. */
static int line_of(config_setting_t *group)
{
	config_setting_t *s = config_setting_get_member(group, "clear");

	if (!s)
		s = config_setting_get_member(group, "threshold");
	return config_setting_source_line(s ? s : group);
}

static int apply_rule(struct tw_rule *rule, config_setting_t *group, const struct complaint *c)
{
	struct tw_rule_change change;
	char why[200];

	tw_rule_change_begin(&change, rule);
	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *s = config_setting_get_elem(group, i);

		if (change_field(&change, s, why, sizeof(why)))
			return complain(c, config_setting_source_line(s), rule->name, why);
	}
	if (tw_rule_change_check(&change, why, sizeof(why)))
		return complain(c, line_of(group), rule->name, why);
	*rule = change.rule;
	return 0;
}

static int apply_rules(struct tw_rules *rules, config_setting_t *list, const struct complaint *c)
{
	int ret = 0;

	if (!config_setting_is_group(list))
		return complain(c, config_setting_source_line(list), "rules",
				"must be a group: rules: { … };");
	for (int i = 0; i < config_setting_length(list) && !ret; i++) {
		config_setting_t *group = config_setting_get_elem(list, i);
		const char *name = config_setting_name(group);
		const struct tw_rule *rule = tw_rules_find(rules, name);
		int line = config_setting_source_line(group);
		char names[160], why[220];

		tw_rules_say_names(rules, names, sizeof(names));
		snprintf(why, sizeof(why), "there is no such rule; there are %s", names);
		if (!rule)
			ret = complain(c, line, name, why);
		else if (!config_setting_is_group(group))
			ret = complain(c, line, name, "must be a group of fields: { threshold = …; };");
		else
			ret = apply_rule(&rules->rule[rule - rules->rule], group, c);
	}
	return ret;
}

static int apply_root(struct tw_rules *rules, config_setting_t *root, const struct complaint *c)
{
	for (int i = 0; i < config_setting_length(root); i++) {
		config_setting_t *s = config_setting_get_elem(root, i);
		int ret;

		if (strcmp(config_setting_name(s), "rules"))
			return complain(c, config_setting_source_line(s), config_setting_name(s),
					"not known here; this file has one group, rules: { … };");
		ret = apply_rules(rules, s, c);
		if (ret)
			return ret;
	}
	return 0;
}

/* The whole file, NUL-terminated. libconfig's own reader ends the program when @path is a directory. */
static int read_file(const char *path, char **text)
{
	FILE *f = fopen(path, "re");
	int ret = 0;
	size_t n;

	if (!f)
		return -errno;
	*text = malloc(FILE_MAX_BYTES + 1);
	if (!*text) {
		ret = -ENOMEM;
		goto out;
	}
	n = fread(*text, 1, FILE_MAX_BYTES + 1, f);
	if (ferror(f))
		ret = -errno;
	else if (n > FILE_MAX_BYTES)
		ret = -EFBIG;
	else if (memchr(*text, '\0', n))
		ret = -EILSEQ;
	else
		(*text)[n] = '\0';
out:
	fclose(f);
	return ret;
}

int tw_rules_load_file(struct tw_rules *rules, const char *path, char *err, size_t size)
{
	const struct complaint c = { .path = path, .err = err, .size = size };
	struct tw_rules changed = *rules;
	char *text = NULL;
	config_t config;
	int ret;

	config_init(&config);
	ret = read_file(path, &text);
	if (ret) {
		snprintf(err, size, "rules: cannot read %s: %s", path, strerror(-ret));
		goto out;
	}
	if (config_read_string(&config, text) != CONFIG_TRUE)
		ret = complain(&c, config_error_line(&config), "", config_error_text(&config));
	else
		ret = apply_root(&changed, config_root_setting(&config), &c);
	if (!ret)
		*rules = changed;
out:
	config_destroy(&config);
	free(text);
	return ret;
}
