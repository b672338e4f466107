/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Actions as configured (action_list.h). */
#include "action_list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/where.h"
#include "options/conf.h"

static const char *const types[_TW_ACTION_MAX] = { "log", "stderr", "syslog", "journal", "exec", "webhook" };

void tw_actions_default(struct tw_action_list *actions)
{
	memset(actions, 0, sizeof(*actions));
	for (int i = TW_ACTION_LOG; i <= TW_ACTION_JOURNAL; i++) {
		strcpy(actions->list[i].name, types[i]);
		actions->list[i].type = i;
		actions->n++;
	}
}

uint32_t tw_actions_usual(void)
{
	return 1u << TW_ACTION_LOG | 1u << TW_ACTION_STDERR;
}

bool tw_actions_exec(const struct tw_action_list *actions)
{
	for (unsigned int i = 0; i < actions->n; i++)
		if (actions->list[i].type == TW_ACTION_EXEC)
			return true;
	return false;
}

static int find(const struct tw_action_list *actions, const char *name, size_t len)
{
	for (unsigned int i = 0; i < actions->n; i++)
		if (strlen(actions->list[i].name) == len && !memcmp(actions->list[i].name, name, len))
			return i;
	return -1;
}

static int unknown(const struct tw_action_list *actions, const char *name, size_t len, struct tw_reason *reason)
{
	tw_reason(reason, 0, "there is no action \"%.*s\"; there are", (int)(len < 40 ? len : 40), name);
	for (unsigned int i = 0; i < actions->n; i++) {
		size_t used = strlen(reason->text);

		snprintf(reason->text + used, sizeof(reason->text) - used, " %s", actions->list[i].name);
	}
	return -EINVAL;
}

int tw_actions_mask(const struct tw_action_list *actions, const char *names, uint32_t *mask, struct tw_reason *reason)
{
	*mask = 1u << TW_ACTION_LOG;
	while (*(names += strspn(names, ", "))) {
		size_t len = strcspn(names, ", ");
		int i = find(actions, names, len);

		if (i < 0)
			return unknown(actions, names, len, reason);
		*mask |= 1u << i;
		names += len;
	}
	return 0;
}

/* ---- fields of an action ---- */

static int set_type(struct tw_action *action, const char *text, struct tw_reason *reason)
{
	for (int i = TW_ACTION_EXEC; i < _TW_ACTION_MAX; i++) {
		if (strcmp(text, types[i]))
			continue;
		action->type = i;
		return 0;
	}
	return tw_reason(reason, -EINVAL, "\"%.40s\" is not accepted; write exec or webhook", text);
}

static int add_argument(struct tw_action *action, const char *text, size_t len, struct tw_reason *reason)
{
	char *at = action->command;

	for (unsigned int i = 0; i < action->n_args; i++)
		at += strlen(at) + 1;
	if (action->n_args == TW_ACTION_ARGS || at + len + 1 > action->command + sizeof(action->command))
		return tw_reason(reason, -EINVAL, "more than %d arguments, or longer than %zu bytes", TW_ACTION_ARGS,
				 sizeof(action->command));
	memcpy(at, text, len);
	at[len] = '\0';
	action->n_args++;
	return 0;
}

/* One string: words with blanks between. There is no shell. */
static int set_command(struct tw_action *action, const char *text, struct tw_reason *reason)
{
	int err = 0;

	action->n_args = 0;
	while (!err && *(text += strspn(text, " "))) {
		size_t len = strcspn(text, " ");

		err = add_argument(action, text, len, reason);
		text += len;
	}
	return err;
}

static int set_url(struct tw_action *action, const char *text, struct tw_reason *reason)
{
	if (strncmp(text, "http://", 7) && strncmp(text, "https://", 8))
		return tw_reason(reason, -EINVAL, "\"%.40s\" is not accepted; write the Alertmanager's address: "
				 "http://127.0.0.1:9093", text);
	if (strlen(text) >= sizeof(action->url))
		return tw_reason(reason, -EINVAL, "longer than %zu characters", sizeof(action->url) - 1);
	if (strchr("/?#", *(strstr(text, "://") + 3))) /* finds the NUL as well */
		return tw_reason(reason, -EINVAL, "\"%.40s\" names no host", text);
	strcpy(action->url, text);
	while (*action->url && action->url[strlen(action->url) - 1] == '/')
		action->url[strlen(action->url) - 1] = '\0';
	return 0;
}

/* A duration from @least to @most seconds. */
static int parse_duration(uint64_t *ns, const char *text, double least, double most, struct tw_reason *reason)
{
	double seconds;

	if (!tw_where_number(text, &seconds) || strchr(text, '%') || seconds < least || seconds > most)
		return tw_reason(reason, -EINVAL, "\"%.40s\" is not accepted; write %g s to %g s, in seconds or with a unit "
				 "(ms, s, m, h)", text, least, most);
	*ns = seconds * 1e9;
	return 0;
}

static int set_time_limit(struct tw_action *action, const char *text, struct tw_reason *reason)
{
	return parse_duration(&action->time_limit_ns, text, 0.1, 3600, reason);
}

static int set_interval(struct tw_action *action, const char *text, struct tw_reason *reason)
{
	return parse_duration(&action->interval_ns, text, 0, 86400, reason);
}

static int set_queue(struct tw_action *action, const char *text, struct tw_reason *reason)
{
	double n;

	if (!tw_where_number(text, &n) || n < 1 || n > 10000 || n != (uint32_t)n)
		return tw_reason(reason, -EINVAL, "\"%.40s\" is not accepted; write a whole number from 1 to 10000", text);
	action->queue = n;
	return 0;
}

static const struct field {
	const char *name;
	int (*set)(struct tw_action *action, const char *text, struct tw_reason *reason);
} fields[] = {
	{ "type", set_type }, { "command", set_command }, { "url", set_url }, { "time_limit", set_time_limit },
	{ "interval", set_interval }, { "queue", set_queue },
};

static int set_field(struct tw_action *action, const char *name, const char *text, struct tw_reason *reason)
{
	struct tw_reason said;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(name, fields[i].name))
			continue;
		if (!fields[i].set(action, text, &said))
			return 0;
		return tw_reason(reason, -EINVAL, "%s: %s", name, said.text);
	}
	return tw_reason(reason, -EINVAL, "there is no field \"%.40s\"; there are type, command, url, time_limit, "
			 "interval, queue", name);
}

/* ---- an action as a whole ---- */

static int begin(struct tw_action *action, const struct tw_action_list *actions, const char *name,
		 struct tw_reason *reason)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (!len || name[len] || len >= TW_ACTION_NAME)
		return tw_reason(reason, -EINVAL, "the name of an action has up to %d small letters, digits and _",
				 TW_ACTION_NAME - 1);
	if (find(actions, name, len) >= 0)
		return tw_reason(reason, -EINVAL, "there is an action of this name already");
	if (actions->n == TW_ACTIONS_MAX)
		return tw_reason(reason, -EINVAL, "there are %d actions already", TW_ACTIONS_MAX);
	memset(action, 0, sizeof(*action));
	strcpy(action->name, name);
	action->time_limit_ns = 10000000000;
	action->interval_ns = 10000000000;
	action->queue = 256;
	return 0;
}

static int check(const struct tw_action *action, struct tw_reason *reason)
{
	if (action->type == TW_ACTION_LOG)
		return tw_reason(reason, -EINVAL, "has no type: exec or webhook");
	if (action->type == TW_ACTION_EXEC && (!action->n_args || *action->command != '/'))
		return tw_reason(reason, -EINVAL, "command: write the whole path of a program, and its arguments; there is no "
				 "shell");
	if (action->type == TW_ACTION_WEBHOOK && !*action->url)
		return tw_reason(reason, -EINVAL, "has no url");
	return 0;
}

int tw_actions_set(struct tw_action_list *actions, const char *text, struct tw_reason *reason)
{
	char copy[1024], *item, *rest = NULL;
	struct tw_reason said;
	struct tw_action action;
	int err;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		return tw_reason(reason, -EINVAL, "--action %.40s…: too long", text);
	item = strtok_r(copy, ":", &rest);
	err = begin(&action, actions, item ? item : "", &said);
	while (!err && (item = strtok_r(NULL, ",", &rest))) {
		char *value = strchr(item, '=');

		if (value)
			*value++ = '\0';
		err = set_field(&action, item, value ? value : "", &said);
	}
	if (!err)
		err = check(&action, &said);
	if (err)
		return tw_reason(reason, err, "--action %.200s: %s", text, said.text);
	actions->list[actions->n++] = action;
	return 0;
}

/* ---- from the file ---- */

static int take_arguments(struct tw_action *action, config_setting_t *s, struct tw_reason *reason)
{
	int err = 0;

	action->n_args = 0;
	for (int i = 0; i < config_setting_length(s) && !err; i++) {
		const char *text = config_setting_get_string_elem(s, i);

		err = text ? add_argument(action, text, strlen(text), reason) :
			     tw_reason(reason, -EINVAL, "command: a list has words in quotes");
	}
	return err;
}

static int take_field(struct tw_action *action, config_setting_t *s, struct tw_reason *reason)
{
	const char *name = config_setting_name(s);
	char number[32];

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		snprintf(number, sizeof(number), "%lld", config_setting_get_int64(s));
		return set_field(action, name, number, reason);
	case CONFIG_TYPE_FLOAT:
		snprintf(number, sizeof(number), "%.15g", config_setting_get_float(s));
		return set_field(action, name, number, reason);
	case CONFIG_TYPE_STRING:
		return set_field(action, name, config_setting_get_string(s), reason);
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		if (!strcmp(name, "command"))
			return take_arguments(action, s, reason);
		/* fallthrough */
	default:
		return tw_reason(reason, -EINVAL, "%s: a value of this type is not accepted", name);
	}
}

static int take_action(struct tw_action_list *actions, config_setting_t *group, const struct tw_conf *conf,
		       struct tw_reason *reason)
{
	const char *name = config_setting_name(group);
	struct tw_action action;
	struct tw_reason said;

	if (!config_setting_is_group(group))
		return tw_conf_complain(conf, group, name, "must be a group of fields: { type = …; };", reason);
	if (begin(&action, actions, name, &said))
		return tw_conf_complain(conf, group, name, said.text, reason);
	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *s = config_setting_get_elem(group, i);

		if (take_field(&action, s, &said))
			return tw_conf_complain(conf, s, name, said.text, reason);
	}
	if (check(&action, &said))
		return tw_conf_complain(conf, group, name, said.text, reason);
	actions->list[actions->n++] = action;
	return 0;
}

int tw_actions_take(struct tw_action_list *actions, const config_setting_t *group, const struct tw_conf *conf,
		    struct tw_reason *reason)
{
	int err = 0;

	if (!config_setting_is_group(group))
		return tw_conf_complain(conf, group, "actions", "must be a group: actions: { … };", reason);
	for (int i = 0; i < config_setting_length(group) && !err; i++)
		err = take_action(actions, config_setting_get_elem(group, i), conf, reason);
	return err;
}

/* ---- for the log ---- */

/* Without what is before an @ in it: a password. */
static void show_url(struct tw_json *j, const char *url)
{
	const char *host = strstr(url, "://") + 3, *at = strrchr(host, '@');
	char text[sizeof(((struct tw_action *)0)->url)];

	snprintf(text, sizeof(text), "%.*s%s", (int)(host - url), url, at ? at + 1 : host);
	tw_json_string(j, text);
}

static void show_command(struct tw_json *j, const struct tw_action *action)
{
	const char *at = action->command;

	tw_json_lit(j, "[");
	for (unsigned int i = 0; i < action->n_args; i++, at += strlen(at) + 1) {
		if (i)
			tw_json_lit(j, ",");
		tw_json_string(j, at);
	}
	tw_json_lit(j, "]");
}

static void show_action(struct tw_json *j, const struct tw_action *action)
{
	tw_json_word(j, action->name);
	tw_json_lit(j, ":{\"type\":");
	tw_json_word(j, types[action->type]);
	tw_json_lit(j, ",\"time_limit\":");
	tw_json_number(j, action->time_limit_ns / 1e9);
	if (action->type == TW_ACTION_EXEC) {
		tw_json_lit(j, ",\"command\":");
		show_command(j, action);
		tw_json_lit(j, ",\"interval\":");
		tw_json_number(j, action->interval_ns / 1e9);
	} else {
		tw_json_lit(j, ",\"url\":");
		show_url(j, action->url);
		tw_json_lit(j, ",\"queue\":");
		tw_json_u64(j, action->queue);
	}
	tw_json_lit(j, "}");
}

void tw_actions_show(struct tw_json *j, const struct tw_action_list *actions)
{
	tw_json_lit(j, "{");
	for (unsigned int i = TW_ACTION_EXEC; i < actions->n; i++) {
		if (i > TW_ACTION_EXEC)
			tw_json_lit(j, ",");
		show_action(j, &actions->list[i]);
	}
	tw_json_lit(j, "}");
}
