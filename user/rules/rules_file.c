/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Alert rules from a configuration file: a group "rules" with one group a rule. */
#include <errno.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "options/conf.h"
#include "rule_field.h"
#include "rules.h"

/* Words of a list, as on the command line: with commas. */
static int change_list(struct tw_rule_change *change, config_setting_t *s, struct tw_reason *reason)
{
	const char *name = config_setting_name(s);
	char text[2048] = "";

	for (int i = 0; i < config_setting_length(s); i++) {
		const char *word = config_setting_get_string_elem(s, i);

		if (!word)
			return tw_reason(reason, -EINVAL, "%s: a list has words in quotes", name);
		if (strlen(text) + strlen(word) + 2 > sizeof(text))
			return tw_reason(reason, -EINVAL, "%s: the list is longer than %zu bytes", name, sizeof(text) - 1);
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? "," : "", word);
	}
	return tw_rule_change_text(change, name, text, reason);
}

static int change_field(struct tw_rule_change *change, config_setting_t *s, struct tw_reason *reason)
{
	const char *name = config_setting_name(s);

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
		return tw_rule_change_number(change, name, config_setting_get_int(s), reason);
	case CONFIG_TYPE_INT64:
		return tw_rule_change_number(change, name, config_setting_get_int64(s), reason);
	case CONFIG_TYPE_FLOAT:
		return tw_rule_change_number(change, name, config_setting_get_float(s), reason);
	case CONFIG_TYPE_BOOL:
		return tw_rule_change_bool(change, name, config_setting_get_bool(s), reason);
	case CONFIG_TYPE_STRING:
		return tw_rule_change_text(change, name, config_setting_get_string(s), reason);
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		return change_list(change, s, reason);
	default:
		return tw_reason(reason, -EINVAL, "%s: a group is not accepted; write one value", name);
	}
}

/* The line to blame for what does not fit together: the field that was written last. */
static config_setting_t *blame(const struct tw_rule_change *change, config_setting_t *group)
{
	config_setting_t *s = config_setting_get_member(group, "clear");

	if (!tw_count_is_set(&change->rule.hits)) /* the name is misspelt */
		return group;
	if (!s)
		s = config_setting_get_member(group, "threshold");
	return s ? s : group;
}

static int take_rule(struct tw_rules *rules, config_setting_t *group, const struct tw_conf *conf,
		     struct tw_reason *reason)
{
	const char *name = config_setting_name(group);
	struct tw_rule_change change;
	struct tw_reason why;

	if (!config_setting_is_group(group))
		return tw_conf_complain(conf, group, name, "must be a group of fields: { threshold = …; };", reason);
	if (tw_rule_change_begin(&change, rules, name, &why))
		return tw_conf_complain(conf, group, name, why.text, reason);
	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *s = config_setting_get_elem(group, i);

		if (change_field(&change, s, &why))
			return tw_conf_complain(conf, s, name, why.text, reason);
	}
	if (tw_rule_change_check(&change, &why))
		return tw_conf_complain(conf, blame(&change, group), name, why.text, reason);
	tw_rule_change_end(&change, rules);
	return 0;
}

static int take_rules(struct tw_rules *rules, config_setting_t *list, const struct tw_conf *conf,
		      struct tw_reason *reason)
{
	int err = 0;

	if (!config_setting_is_group(list))
		return tw_conf_complain(conf, list, "rules", "must be a group: rules: { … };", reason);
	for (int i = 0; i < config_setting_length(list) && !err; i++)
		err = take_rule(rules, config_setting_get_elem(list, i), conf, reason);
	return err;
}

int tw_rules_take(struct tw_rules *rules, const struct tw_conf *conf, struct tw_reason *reason)
{
	config_setting_t *actions = config_lookup(&conf->file, "actions");
	config_setting_t *list = config_lookup(&conf->file, "rules");
	struct tw_rules *changed = malloc(sizeof(*changed));
	int err = 0;

	if (!changed)
		return tw_reason(reason, -ENOMEM, "out of memory");
	*changed = *rules;
	if (actions)
		err = tw_actions_take(&changed->actions, actions, conf, reason);
	if (list && !err)
		err = take_rules(changed, list, conf, reason);
	if (!err)
		*rules = *changed;
	free(changed);
	return err;
}

/* A file of rules may also be a whole configuration file. */
static int check_keys(const struct tw_conf *conf, const struct tw_command *also, struct tw_reason *reason)
{
	config_setting_t *root = config_root_setting(&conf->file);

	for (int i = 0; i < config_setting_length(root); i++) {
		config_setting_t *s = config_setting_get_elem(root, i);
		const char *name = config_setting_name(s);

		if (!strcmp(name, "rules") || !strcmp(name, "actions"))
			continue;
		if (!also || !tw_options_find_key(also, name))
			return tw_conf_complain(conf, s, name, "not known here; rules are in a group, rules: { … };", reason);
	}
	return 0;
}

int tw_rules_load_file(struct tw_rules *rules, const char *path, const struct tw_command *also,
		       struct tw_reason *reason)
{
	struct tw_conf *conf = NULL;
	int err = tw_conf_read(&conf, path, reason);

	if (!err)
		err = check_keys(conf, also, reason);
	if (!err)
		err = tw_rules_take(rules, conf, reason);
	tw_conf_free(conf);
	return err;
}
