/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Alerts: one line for people. */
#include <string.h>

#include "alert.h"

static void say_value(const struct tw_rule *rule, const struct tw_rec_alert *alert, char *text, size_t size)
{
	char hits[160], base[160];

	tw_count_describe(&rule->hits, hits, sizeof(hits));
	tw_count_describe(&rule->base, base, sizeof(base));
	if (rule->quantile > 0)
		snprintf(text, size, "p%g %s is %.4g in %g s (threshold %g)", 100 * rule->quantile, hits, alert->value,
			 alert->window_s, alert->threshold);
	else if (rule->rate)
		snprintf(text, size, "%.4g %s a second in %g s (threshold %g)", alert->value, hits, alert->window_s,
			 alert->threshold);
	else if (rule->ratio && rule->own)
		snprintf(text, size, "%.1f%%: %s of %s in %g s (threshold %g%%)", 100 * alert->value, hits, base,
			 alert->window_s, 100 * alert->threshold);
	else if (rule->ratio)
		snprintf(text, size, "%.1f%% of %s in %g s (threshold %g%%)", 100 * alert->value, base, alert->window_s,
			 100 * alert->threshold);
	else
		snprintf(text, size, "%.0f %s in %g s (threshold %g)", alert->value, hits, alert->window_s,
			 alert->threshold);
}

void tw_alert_describe(const struct tw_rec_alert *alert, char *text, size_t size)
{
	static const struct tw_rule unknown = { .hits.events = 0 };
	static struct tw_rules builtin;
	const struct tw_rule *rule = alert->of;
	char value[480];

	if (!rule) {
		tw_rules_default(&builtin);
		rule = tw_rules_find(&builtin, alert->rule);
	}
	say_value(rule ? rule : &unknown, alert, value, sizeof(value));
	snprintf(text, size, "%s %s%s%s: %s", alert->rule, alert->raised ? "raised" : "cleared",
		 *alert->key ? " for " : "", alert->key, value);
}
