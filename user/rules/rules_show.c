/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rules in effect: as a table for people, and as JSON for the log's first line. */
#include <string.h>

#include "base/json.h"
#include "rules.h"

static void print_rule(const struct tw_rule *rule, FILE *out)
{
	char sample[24] = "-", good[24] = "-", counts[160];

	if (rule->min)
		snprintf(sample, sizeof(sample), "%llu", (unsigned long long)rule->min);
	if (rule->good > 0 && !rule->ratio)
		snprintf(good, sizeof(good), "%g", rule->good);
	tw_count_describe(&rule->hits, counts, sizeof(counts));
	fprintf(out, "  %-16s %9g %7g %7s %5s %6gs %5gs  %-20s %s%s\n", rule->name, rule->threshold,
		rule->clear, sample, good, (double)rule->window_ns / TW_NS_PER_SEC,
		(double)rule->hold_ns / TW_NS_PER_SEC, tw_rule_key_name(rule->key),
		rule->off ? "(off) " : "", rule->summary ? rule->summary : counts);
}

void tw_rules_print(const struct tw_rules *rules, FILE *out)
{
	fprintf(out, "  %-16s %9s %7s %7s %5s %7s %6s  %-20s %s\n", "rule", "threshold", "clear", "min",
		"good", "window", "hold", "key", "counts");
	for (unsigned int i = 0; i < rules->n; i++)
		print_rule(&rules->rule[i], out);
	fputs("Raised once when the count (retransmits: the share) of a key in the window reaches threshold, "
	      "not\njudged below min, nor while good × count connections of that key succeeded; "
	      "cleared once when it\nwas below clear for hold.\n\nKeys: ", out);
	for (int key = 0; key < _TW_KEY_MAX; key++)
		fprintf(out, "%s%s", !key ? "" : key == _TW_KEY_MAX / 2 ? ",\n      " : ", ", tw_rule_key_name(key));
	fputs(".\n", out);
}

/* ---- JSON ---- */

static void show_number(struct tw_json *j, const char *key, double value)
{
	tw_json_lit(j, ",");
	tw_json_word(j, key);
	tw_json_lit(j, ":");
	tw_json_number(j, value);
}

static void show_text(struct tw_json *j, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	tw_json_lit(j, ",");
	tw_json_word(j, key);
	tw_json_lit(j, ":");
	tw_json_string(j, text);
}

static const char *value_word(const struct tw_rule *rule, char text[16])
{
	if (rule->quantile > 0)
		snprintf(text, 16, "p%g", 100 * rule->quantile);
	else
		snprintf(text, 16, "%s", rule->ratio ? "ratio" : rule->rate ? "rate" : "count");
	return text;
}

/* What a rule of somebody's own counts, in words. */
static void show_own(struct tw_json *j, const struct tw_rule *rule)
{
	char text[160], value[16];

	tw_count_describe(&rule->hits, text, sizeof(text));
	show_text(j, "counts", text);
	show_text(j, "value", value_word(rule, value));
	if (tw_count_is_set(&rule->base)) {
		tw_count_describe(&rule->base, text, sizeof(text));
		show_text(j, "base", text);
	}
}

static void show_actions(struct tw_json *j, const struct tw_rules *rules, uint32_t actions)
{
	char text[512] = "";

	for (unsigned int i = 0; i < rules->actions.n; i++)
		if (actions >> i & 1)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", *text ? "," : "",
				 rules->actions.list[i].name);
	show_text(j, "actions", text);
}

static void show_rule(struct tw_json *j, const struct tw_rules *rules, const struct tw_rule *rule)
{
	tw_json_lit(j, "{\"key\":");
	tw_json_word(j, tw_rule_key_name(rule->key));
	if (rule->own)
		show_own(j, rule);
	show_text(j, "where", rule->hits.where);
	show_text(j, "base_where", rule->base.where);
	show_number(j, "threshold", rule->threshold);
	show_number(j, "clear", rule->clear);
	if (rule->min)
		show_number(j, "min", rule->min);
	if (rule->good > 0)
		show_number(j, "good", rule->good);
	show_number(j, "window", (double)rule->window_ns / TW_NS_PER_SEC);
	show_number(j, "hold", (double)rule->hold_ns / TW_NS_PER_SEC);
	show_text(j, "severity", rule->severity);
	show_actions(j, rules, rule->actions);
	tw_json_lit(j, "}");
}

void tw_rules_show(struct tw_json *j, const struct tw_rules *rules)
{
	tw_json_lit(j, "{");
	for (unsigned int i = 0; i < rules->n; i++) {
		if (i)
			tw_json_lit(j, ",");
		tw_json_string(j, rules->rule[i].name);
		tw_json_lit(j, ":");
		if (rules->rule[i].off)
			tw_json_lit(j, "{\"off\":true}");
		else
			show_rule(j, rules, &rules->rule[i]);
	}
	tw_json_lit(j, "}");
}
