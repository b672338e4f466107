/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Changing an alert rule as a whole, or adding one: what must hold between its fields. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rule_field.h"

/* Appends to the comma-separated list in @text, cut to @size. */
static void say_also(char *text, size_t size, const char *word)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s%s", len ? ", " : "", word);
}

void tw_rules_say_names(const struct tw_rules *rules, char *text, size_t size)
{
	*text = '\0';
	for (unsigned int i = 0; i < rules->n; i++)
		say_also(text, size, rules->rule[i].name);
}

static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return len && !name[len] && len < TW_RULE_NAME && !strchr("0123456789_", *name);
}

/* A new rule, with what is sensible for most. */
static int begin_new(struct tw_rule_change *change, const struct tw_rules *rules, const char *name,
		     struct tw_reason *reason)
{
	if (!is_name(name)) {
		char names[160];

		tw_rules_say_names(rules, names, sizeof(names));
		return tw_reason(reason, -EINVAL, "there is no rule \"%.40s\"; there are %s; a new one has a name of "
				 "up to %d small letters, digits and _", name, names, TW_RULE_NAME - 1);
	}
	if (rules->n == TW_RULES_MAX)
		return tw_reason(reason, -EINVAL, "there are %d rules already", TW_RULES_MAX);
	strcpy(change->rule.name, name);
	change->rule.own = true;
	change->rule.window_ns = change->rule.hold_ns = 60 * TW_NS_PER_SEC;
	change->clear_share = 0.5;
	return 0;
}

int tw_rule_change_begin(struct tw_rule_change *change, const struct tw_rules *rules, const char *name,
			 struct tw_reason *reason)
{
	const struct tw_rule *rule = tw_rules_find(rules, name);

	memset(change, 0, sizeof(*change));
	change->actions = &rules->actions;
	if (!rule)
		return begin_new(change, rules, name, reason);
	change->rule = *rule;
	change->clear_share = rule->clear / rule->threshold;
	change->has_min = true;
	return 0;
}

void tw_rule_change_end(const struct tw_rule_change *change, struct tw_rules *rules)
{
	const struct tw_rule *rule = tw_rules_find(rules, change->rule.name);
	unsigned int i = rule ? rule - rules->rule : rules->n++;

	rules->rule[i] = change->rule;
}

/* What a rule of somebody's own must say. NULL: all of it. */
static const char *missing(const struct tw_rule_change *change)
{
	const struct tw_rule *rule = &change->rule;

	if (rule->threshold <= 0)
		return "has no threshold";
	if (rule->hits.measure != TW_MEASURE_NONE && rule->hits.field[0])
		return "field goes with event or verdict, a measure has none";
	if (rule->base.measure != TW_MEASURE_NONE && rule->base.field[0])
		return "base_field goes with an event as base, a measure has none";
	if (rule->ratio && !tw_count_is_set(&rule->base))
		return "a ratio needs a base: an event or a measure (segments, connections, syns, …)";
	if (rule->quantile > 0 && !rule->hits.field[0])
		return "a quantile needs a field";
	if (rule->good > 0 && !rule->ratio && !tw_count_is_set(&rule->base))
		return "good needs a base: an event or a measure";
	if (tw_count_is_set(&rule->base) && !rule->ratio && rule->good <= 0)
		return "base is for value = \"ratio\", or for good";
	return NULL;
}

static int check_own(const struct tw_rule_change *change, struct tw_reason *reason)
{
	const char *what = missing(change);

	if (!tw_count_is_set(&change->rule.hits))
		what = "there is no such rule; there are syn_flood, refused, resets, forged_resets, retransmits, "
		       "unanswered, pmtu, pmtu_black_hole, path_down; one of your own says what it counts: event, verdict or "
		       "measure";
	return what ? tw_reason(reason, -EINVAL, "%s", what) : 0;
}

static int check_unit(const struct tw_rule_change *change, struct tw_reason *reason)
{
	const struct tw_rule *rule = &change->rule;

	if (!change->unit || (change->unit == '%' ? rule->ratio : rule->quantile > 0))
		return 0;
	return tw_reason(reason, -EINVAL, "threshold, clear: %s", change->unit == '%' ? "% is for a ratio" :
			 "a duration is for a quantile");
}

int tw_rule_change_check(struct tw_rule_change *change, struct tw_reason *reason)
{
	struct tw_rule *rule = &change->rule;
	bool share = rule->ratio && rule->hits.measure == TW_MEASURE_LOST_SEGMENTS;

	if ((rule->own && check_own(change, reason)) || check_unit(change, reason))
		return -EINVAL;
	if (rule->threshold <= 0 || (share && rule->threshold > 1))
		return tw_reason(reason, -EINVAL, "threshold: %g is not accepted; write a number above 0%s", rule->threshold,
				 share ? " and up to 1 (100%)" : "");
	if (change->has_threshold && !change->has_clear)
		rule->clear = rule->threshold * change->clear_share;
	if (rule->clear > rule->threshold)
		return tw_reason(reason, -EINVAL, "clear: %g is above the threshold %g: an alert would be cleared as it "
				 "is raised", rule->clear, rule->threshold);
	if (!change->has_min && (rule->ratio || rule->quantile > 0))
		rule->min = 100;
	if (rule->settle_ns > rule->window_ns)
		rule->settle_ns = rule->window_ns;
	return 0;
}
