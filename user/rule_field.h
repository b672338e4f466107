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
	double clear_share;          /* of the threshold, before the change */
	bool has_threshold, has_clear;
};

void tw_rule_change_begin(struct tw_rule_change *change, const struct tw_rule *rule);

/* Each sets one field: 0, or -EINVAL with the reason and what is accepted in @why. */
int tw_rule_change_number(struct tw_rule_change *change, const char *field, double value, char *why,
			  size_t size);
int tw_rule_change_bool(struct tw_rule_change *change, const char *field, bool value, char *why, size_t size);
/* Text may have a unit: "5%" for ratios, "500ms", "10s", "5m", "1h" for durations. */
int tw_rule_change_text(struct tw_rule_change *change, const char *field, const char *text, char *why,
			size_t size);

/* What must hold between the fields; moves clear with the threshold unless it was set. */
int tw_rule_change_check(struct tw_rule_change *change, char *why, size_t size);

/* "syn_flood, refused, …" */
void tw_rules_say_names(const struct tw_rules *rules, char *text, size_t size);

#endif
