/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The values in effect, as JSON: for the log's first line. */
#include "base/json.h"
#include "options.h"

static bool is_file(const struct tw_option *option)
{
	return option->parse == tw_take_file;
}

static bool is_text(const struct tw_option *option)
{
	return is_file(option) || option->parse == tw_take_text || option->parse == tw_take_word;
}

static void show_text(struct tw_json *j, const struct tw_option *option, const char *text)
{
	tw_json_string(j, !text && is_file(option) ? "-" : text);
}

/* False: there is no way to show it. */
static bool show_value(struct tw_json *j, const struct tw_option *option, const void *options)
{
	const void *field = (const char *)options + option->at;

	if (option->show)
		option->show(j, options);
	else if (option->parse == tw_take_set)
		tw_json_bool(j, *(const bool *)field);
	else if (is_text(option))
		show_text(j, option, *(const char *const *)field);
	else if (option->parse == tw_take_seconds)
		tw_json_number(j, *(const uint64_t *)field / 1e9);
	else if (option->parse == tw_take_ms)
		tw_json_number(j, *(const uint32_t *)field / 1e3);
	else if (option->most)
		tw_json_u64(j, *(const uint32_t *)field);
	else
		return false;
	return true;
}

void tw_options_show(struct tw_json *j, const struct tw_command *command, const void *options)
{
	bool first = true;

	for (const struct tw_option *o = command->options; o->name; o++) {
		char *before = j->at;

		if (!o->key)
			continue;
		if (!first)
			tw_json_lit(j, ",");
		tw_json_word(j, o->key);
		tw_json_lit(j, ":");
		if (show_value(j, o, options))
			first = false;
		else
			j->at = before;
	}
}
