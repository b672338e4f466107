/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fields of an alert rule as people write them: names, units, ranges. A change collects fields
 * on a copy of the rule and is checked as a whole; who made it then takes change.rule over.
 */
#ifndef TCPWHY_USER_RULE_FIELD_H
#define TCPWHY_USER_RULE_FIELD_H

#include "rules.h"

struct tw_rule_change {
	struct tw_rule rule;
	const struct tw_action_list *actions;
	double clear_share;          /* of the threshold, before the change */
	bool has_threshold, has_clear, has_min;
	char unit;                   /* of threshold or clear: '%', 's', or 0 */
};

/* Of the rule called @name, or of a new one. 0, or -EINVAL with @reason. */
int tw_rule_change_begin(struct tw_rule_change *change, const struct tw_rules *rules, const char *name,
			 struct tw_reason *reason);

/* Each sets one field: 0, or -EINVAL with @reason, which says what is accepted. */
int tw_rule_change_number(struct tw_rule_change *change, const char *field, double value, struct tw_reason *reason);
int tw_rule_change_bool(struct tw_rule_change *change, const char *field, bool value, struct tw_reason *reason);
/* Text may have a unit: "5%" for ratios, "500ms", "10s", "5m", "1h" for durations. */
int tw_rule_change_text(struct tw_rule_change *change, const char *field, const char *text, struct tw_reason *reason);

/* What must hold between the fields; moves clear with the threshold unless it was set. */
int tw_rule_change_check(struct tw_rule_change *change, struct tw_reason *reason);

/* Takes it over: the rule is changed, or added. */
void tw_rule_change_end(const struct tw_rule_change *change, struct tw_rules *rules);

/* "syn_flood, refused, …" */
void tw_rules_say_names(const struct tw_rules *rules, char *text, size_t size);

#endif
