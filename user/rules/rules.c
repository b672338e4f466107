/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The built-in alert rules, and changing them from the command line.
 * Why each value is what it is stands beside it in etc/tcpwhy/rules.conf, which has the same ones.
 */
#include <errno.h>
#include <string.h>

#include "options/options.h"
#include "rule_field.h"
#include "rules.h"

#define SECONDS(n) ((n) * TW_NS_PER_SEC)

static const struct tw_rule builtin[] = {
	{ .name = "syn_flood", .summary = "SYNs of which almost none becomes a connection",
	  .hits.measure = TW_MEASURE_SYNS, .base.measure = TW_MEASURE_COMPLETED, .good = 0.1,
	  .key = TW_KEY_RESP_ADDR_PORT, .threshold = 500, .clear = 250,
	  .window_ns = SECONDS(1), .settle_ns = SECONDS(1), .hold_ns = SECONDS(10) },
	{ .name = "refused", .summary = "connections refused by a RST",
	  .hits.measure = TW_MEASURE_REFUSED, .base.measure = TW_MEASURE_ESTABLISHED, .good = 9,
	  .key = TW_KEY_RESP_ADDR_PORT, .threshold = 300, .clear = 60,
	  .window_ns = SECONDS(60), .hold_ns = SECONDS(60) },
	{ .name = "resets", .summary = "connections cut off by a RST",
	  .hits.measure = TW_MEASURE_RESETS, .base.measure = TW_MEASURE_ESTABLISHED, .good = 2,
	  .key = TW_KEY_RESP_ADDR_PORT, .threshold = 600, .clear = 300,
	  .window_ns = SECONDS(60), .hold_ns = SECONDS(60) },
	{ .name = "forged_resets", .summary = "RSTs that a device on the path seems to have made",
	  .hits.measure = TW_MEASURE_FORGED_RESETS, .base.measure = TW_MEASURE_ESTABLISHED, .good = 99,
	  .key = TW_KEY_RESP_ADDR, .threshold = 20, .clear = 5,
	  .window_ns = SECONDS(60), .hold_ns = SECONDS(120) },
	{ .name = "retransmits", .summary = "share of data segments that had to be sent again",
	  .hits.measure = TW_MEASURE_LOST_SEGMENTS, .base.measure = TW_MEASURE_DATA_SEGMENTS, .ratio = true,
	  .key = TW_KEY_RESP_ADDR, .threshold = 0.05, .clear = 0.03, .min = 10000,
	  .window_ns = SECONDS(300), .hold_ns = SECONDS(60) },
	{ .name = "unanswered", .summary = "connection attempts that nobody answered",
	  .hits.measure = TW_MEASURE_UNANSWERED, .base.measure = TW_MEASURE_ESTABLISHED, .good = 9,
	  .key = TW_KEY_RESP_ADDR_PORT, .threshold = 100, .clear = 50,
	  .window_ns = SECONDS(60), .hold_ns = SECONDS(60) },
	{ .name = "pmtu", .summary = "packets too big for the path: told, not heeded, or swallowed",
	  .hits.measure = TW_MEASURE_PMTU, .base.measure = TW_MEASURE_ESTABLISHED, .good = 19,
	  .key = TW_KEY_RESP_ADDR, .threshold = 200, .clear = 100,
	  .window_ns = SECONDS(60), .hold_ns = SECONDS(120) },
	{ .name = "pmtu_black_hole", .summary = "of these the harmful ones: not heeded, or swallowed",
	  .hits.measure = TW_MEASURE_PMTU_BLACK_HOLE, .base.measure = TW_MEASURE_ESTABLISHED, .good = 999,
	  .key = TW_KEY_RESP_ADDR, .threshold = 20, .clear = 10,
	  .window_ns = SECONDS(300), .hold_ns = SECONDS(120) },
	{ .name = "path_down", .summary = "connections whose data, or SYN, nobody acknowledges, while it lasts",
	  .hits.measure = TW_MEASURE_PATHS_DOWN, .base.measure = TW_MEASURE_ESTABLISHED, .good = 9,
	  .key = TW_KEY_RESP_ADDR, .threshold = 20, .clear = 5,
	  .window_ns = SECONDS(60), .hold_ns = SECONDS(60) },
};

#define BUILTIN (sizeof(builtin) / sizeof(builtin[0]))

_Static_assert(BUILTIN <= TW_RULES_MAX, "the built-in rules fit");

void tw_rules_default(struct tw_rules *rules)
{
	memset(rules, 0, sizeof(*rules));
	tw_actions_default(&rules->actions);
	memcpy(rules->rule, builtin, sizeof(builtin));
	rules->n = BUILTIN;
}

const struct tw_rule *tw_rules_find(const struct tw_rules *rules, const char *name)
{
	for (unsigned int i = 0; i < rules->n; i++)
		if (!strcmp(rules->rule[i].name, name))
			return &rules->rule[i];
	return NULL;
}

bool tw_rules_use(const struct tw_rules *rules, enum tw_rule_key key)
{
	for (unsigned int i = 0; i < rules->n; i++)
		if (!rules->rule[i].off && (rules->rule[i].key == key ||
					    strstr(rules->rule[i].hits.where, tw_rule_key_name(key)) ||
					    strstr(rules->rule[i].base.where, tw_rule_key_name(key))))
			return true;
	return false;
}

const char *tw_rule_key_name(enum tw_rule_key key)
{
	static const char *const words[] = {
#define X(id, word, meaning) word,
		TW_RULE_KEYS(X)
#undef X
	};

	return key < _TW_KEY_MAX ? words[key] : "?";
}

/* One "field=value" or "off". */
static int apply_item(struct tw_rule_change *change, char *item, struct tw_reason *reason)
{
	char *value = strchr(item, '=');

	if (value) {
		*value++ = '\0';
		return tw_rule_change_text(change, item, value, reason);
	}
	if (!strcmp(item, "off") || !strcmp(item, "on"))
		return tw_rule_change_bool(change, "off", item[1] == 'f', reason);
	return tw_reason(reason, -EINVAL, "\"%.40s\" is neither field=value nor off nor on", item);
}

/* Cuts the next item off @rest at a comma; those of a list in parentheses or of quoted text are its own. NULL: none. */
static char *next_item(char **rest)
{
	char *item = *rest + strspn(*rest, ","), *end = item;
	bool quoted = false;
	int depth = 0;

	for (; *end && (*end != ',' || quoted || depth > 0); end++) {
		quoted ^= *end == '\'';
		if (!quoted)
			depth += (*end == '(') - (*end == ')');
	}
	*rest = end + (*end == ',');
	*end = '\0';
	return *item ? item : NULL;
}

static int apply_items(struct tw_rule_change *change, char *items, struct tw_reason *reason)
{
	char *item;
	int ret = 0;

	while (!ret && (item = next_item(&items)))
		ret = apply_item(change, item, reason);
	return ret ? ret : tw_rule_change_check(change, reason);
}

/* @items: what follows the name; NULL or empty is an error. */
static int change_rule(struct tw_rules *rules, const char *name, char *items, struct tw_reason *reason)
{
	struct tw_rule_change change;
	int ret;

	ret = tw_rule_change_begin(&change, rules, name, reason);
	if (!ret && (!items || !*items))
		ret = tw_reason(reason, -EINVAL, "says nothing; write for example %.32s:threshold=100,window=60", name);
	if (!ret)
		ret = apply_items(&change, items, reason);
	if (!ret)
		tw_rule_change_end(&change, rules);
	return ret;
}

int tw_rules_set(struct tw_rules *rules, const char *text, struct tw_reason *reason)
{
	struct tw_reason why;
	char copy[256], *items;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		return tw_reason(reason, -EINVAL, "rules: --rule %.40s…: longer than %zu characters", text,
				 sizeof(copy) - 1);
	items = strchr(copy, ':');
	if (items)
		*items++ = '\0';
	if (change_rule(rules, copy, items, &why))
		return tw_reason(reason, -EINVAL, "rules: --rule %s: %s", text, why.text);
	return 0;
}

static struct tw_rules *rules_at(void *options, const struct tw_option *option)
{
	return (struct tw_rules *)((char *)options + option->at);
}

int tw_take_rule(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	return tw_rules_set(rules_at(options, option), value, reason);
}

int tw_take_action(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	return tw_actions_set(&rules_at(options, option)->actions, value, reason);
}
