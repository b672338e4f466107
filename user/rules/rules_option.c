/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --rule NAME:… and --action NAME:… (rules_option.h). */
#include "rules_option.h"

#include "rules.h"

static struct tw_rules *rules_at(void *options, const struct tw_option *option)
{
	return (struct tw_rules *)((char *)options + option->at);
}

int tw_take_rule(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	return tw_rules_set(rules_at(options, option), value, reason->text, sizeof(reason->text));
}

int tw_take_action(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	return tw_actions_set(&rules_at(options, option)->actions, value, reason);
}
