/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Alert rules from a configuration file: a group "rules" with one group a rule. */
#include <errno.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "rule_field.h"
#include "rules.h"

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
static config_setting_t *blame(config_setting_t *group)
{
	config_setting_t *s = config_setting_get_member(group, "clear");

	if (!s)
		s = config_setting_get_member(group, "threshold");
	return s ? s : group;
}

static int take_rule(struct tw_rule *rule, config_setting_t *group, const struct tw_conf *conf,
		     struct tw_reason *reason)
{
	struct tw_rule_change change;
	char why[200];

	tw_rule_change_begin(&change, rule);
	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *s = config_setting_get_elem(group, i);

		if (change_field(&change, s, why, sizeof(why)))
			return tw_conf_complain(conf, s, rule->name, why, reason);
	}
	if (tw_rule_change_check(&change, why, sizeof(why)))
		return tw_conf_complain(conf, blame(group), rule->name, why, reason);
	*rule = change.rule;
	return 0;
}

static int complain_unknown(const struct tw_rules *rules, config_setting_t *group, const struct tw_conf *conf,
			    struct tw_reason *reason)
{
	char names[160], why[220];

	tw_rules_say_names(rules, names, sizeof(names));
	snprintf(why, sizeof(why), "there is no such rule; there are %s", names);
	return tw_conf_complain(conf, group, config_setting_name(group), why, reason);
}

static int take_rules(struct tw_rules *rules, config_setting_t *list, const struct tw_conf *conf,
		      struct tw_reason *reason)
{
	int err = 0;

	if (!config_setting_is_group(list))
		return tw_conf_complain(conf, list, "rules", "must be a group: rules: { … };", reason);
	for (int i = 0; i < config_setting_length(list) && !err; i++) {
		config_setting_t *group = config_setting_get_elem(list, i);
		const char *name = config_setting_name(group);
		const struct tw_rule *rule = tw_rules_find(rules, name);

		if (!rule)
			err = complain_unknown(rules, group, conf, reason);
		else if (!config_setting_is_group(group))
			err = tw_conf_complain(conf, group, name, "must be a group of fields: { threshold = …; };",
					       reason);
		else
			err = take_rule(&rules->rule[rule - rules->rule], group, conf, reason);
	}
	return err;
}

int tw_rules_take(struct tw_rules *rules, const struct tw_conf *conf, struct tw_reason *reason)
{
	config_setting_t *list = config_lookup(&conf->file, "rules");
	struct tw_rules changed = *rules;
	int err = list ? take_rules(&changed, list, conf, reason) : 0;

	if (!err)
		*rules = changed;
	return err;
}

/* A file of rules may also be a whole configuration file. */
static int check_keys(const struct tw_conf *conf, struct tw_reason *reason)
{
	config_setting_t *root = config_root_setting(&conf->file);

	for (int i = 0; i < config_setting_length(root); i++) {
		config_setting_t *s = config_setting_get_elem(root, i);
		const char *name = config_setting_name(s);

		if (strcmp(name, "rules") && !tw_options_find_key(&tw_command_run, name))
			return tw_conf_complain(conf, s, name, "not known here; rules are in a group, rules: { … };", reason);
	}
	return 0;
}

int tw_rules_load_file(struct tw_rules *rules, const char *path, struct tw_reason *reason)
{
	struct tw_conf *conf = NULL;
	int err = tw_conf_read(&conf, path, reason);

	if (!err)
		err = check_keys(conf, reason);
	if (!err)
		err = tw_rules_take(rules, conf, reason);
	tw_conf_free(conf);
	return err;
}
