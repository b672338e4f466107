/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options from their table: getopt, and the parsers of common kinds of value (options.h). */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define FIRST 256 /* getopt's number of the first option; below are letters */
#define HELP 'h'

/* ---- the command line ---- */

struct tables {
	struct option longs[TW_OPTIONS_MAX + 2];
	char letters[3 * TW_OPTIONS_MAX + 2];
};

static void fill_tables(struct tables *t, const struct tw_option *options)
{
	char *letter = t->letters;
	unsigned int i;

	memset(t, 0, sizeof(*t));
	for (i = 0; options[i].name && i < TW_OPTIONS_MAX; i++) {
		int has_arg = options[i].argument ? required_argument : no_argument;

		t->longs[i] = (struct option){ options[i].name, has_arg, NULL, FIRST + i };
		if (options[i].letter)
			*letter++ = options[i].letter;
		if (options[i].letter && has_arg)
			*letter++ = ':';
	}
	t->longs[i] = (struct option){ "help", no_argument, NULL, HELP };
	*letter = HELP;
}

static const struct tw_option *option_of(const struct tw_option *options, int number)
{
	if (number >= FIRST)
		return &options[number - FIRST];
	while (options->name && options->letter != number)
		options++;
	return options->name ? options : NULL;
}

static enum tw_parsed note(struct tw_given_list *given, const struct tw_command *command, int number)
{
	const struct tw_option *option = option_of(command->options, number);

	if (number == HELP) {
		tw_options_help(command, stdout);
		return TW_PARSED_DONE;
	}
	if (!option) /* getopt said what is wrong */
		return tw_options_mistake(command, NULL);
	if (given->n == TW_GIVEN_MAX) {
		tw_say("%s: at most %d options are taken", command->name, TW_GIVEN_MAX);
		return tw_options_mistake(command, NULL);
	}
	given->list[given->n++] = (struct tw_given){ option, optarg };
	return TW_PARSED_GO;
}

enum tw_parsed tw_options_read(struct tw_given_list *given, const struct tw_command *command, int argc, char **argv)
{
	enum tw_parsed parsed = TW_PARSED_GO;
	static char name[32]; /* for getopt's messages */
	struct tables tables;
	int number;

	given->n = 0;
	fill_tables(&tables, command->options);
	snprintf(name, sizeof(name), "tcpwhy %s", command->name);
	argv[0] = name;
	optind = 0; /* anew, also for a second command line */
	while (parsed == TW_PARSED_GO && (number = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1)
		parsed = note(given, command, number);
	given->rest = optind;
	return parsed;
}

int tw_options_take(const struct tw_given_list *given, void *options, struct tw_reason *reason)
{
	int ret = 0;

	for (unsigned int i = 0; i < given->n && !ret; i++) {
		const struct tw_given *g = &given->list[i];

		ret = g->option->parse(options, g->option, g->value, reason);
	}
	return ret;
}

bool tw_options_given(const struct tw_given_list *given, const struct tw_option *option)
{
	for (unsigned int i = 0; i < given->n; i++)
		if (given->list[i].option == option)
			return true;
	return false;
}

const char *tw_options_value(const struct tw_given_list *given, const char *name)
{
	for (unsigned int i = given->n; i-- > 0;)
		if (!strcmp(given->list[i].option->name, name))
			return given->list[i].value;
	return NULL;
}

enum tw_parsed tw_options_mistake(const struct tw_command *command, const struct tw_reason *reason)
{
	if (reason)
		tw_say("%s", reason->text);
	fprintf(stderr, "`tcpwhy %s --help` lists the options.\n", command->name);
	return TW_PARSED_USAGE;
}

enum tw_parsed tw_options_parse(const struct tw_command *command, void *options, int argc, char **argv, int *rest)
{
	struct tw_given_list given;
	struct tw_reason reason;
	enum tw_parsed parsed = tw_options_read(&given, command, argc, argv);
	int err;

	if (parsed != TW_PARSED_GO)
		return parsed;
	err = tw_options_take(&given, options, &reason);
	if (!err && !rest && given.rest < argc)
		err = tw_reason(&reason, -EINVAL, "%s takes no argument '%s'", command->name, argv[given.rest]);
	if (rest)
		*rest = given.rest;
	if (err < 0)
		return tw_options_mistake(command, &reason);
	return err ? TW_PARSED_DONE : TW_PARSED_GO;
}

const struct tw_option *tw_options_find(const struct tw_command *command, const char *name)
{
	for (const struct tw_option *o = command->options; o->name; o++)
		if (!strcmp(o->name, name))
			return o;
	return NULL;
}

const struct tw_option *tw_options_find_key(const struct tw_command *command, const char *key)
{
	for (const struct tw_option *o = command->options; o->name; o++)
		if (o->key && !strcmp(o->key, key))
			return o;
	return NULL;
}

enum tw_option_kind tw_option_kind(const struct tw_option *option)
{
	if (!option->argument)
		return TW_OPTION_SWITCH;
	return option->most || option->parse == tw_take_seconds || option->parse == tw_take_ms ? TW_OPTION_NUMBER : TW_OPTION_TEXT;
}

/* ---- values ---- */

int tw_option_mistake(const struct tw_option *option, const char *value, const char *accepted,
		      struct tw_reason *reason)
{
	return tw_reason(reason, -EINVAL, "--%s %s: accepted is %s", option->name, value, accepted);
}

static void *field(void *options, const struct tw_option *option)
{
	return (char *)options + option->at;
}

int tw_take_set(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	if (value && strcmp(value, "true") && strcmp(value, "false"))
		return tw_option_mistake(option, value, "true or false", reason);
	*(bool *)field(options, option) = !value || !strcmp(value, "true");
	return 0;
}

int tw_take_text(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	*(const char **)field(options, option) = value;
	return 0;
}

int tw_take_file(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	return tw_take_text(options, option, strcmp(value, "-") ? value : NULL, reason);
}

/* Whether @value is one of "auto, always or never". */
static bool is_word(const char *words, const char *value)
{
	size_t len = strlen(value);

	while (*words) {
		size_t n = strcspn(words, ", ");

		if (n && n == len && !strncmp(words, value, n) && strcmp(value, "or"))
			return true;
		words += n;
		words += strspn(words, ", ");
	}
	return false;
}

int tw_take_word(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	if (!is_word(option->words, value))
		return tw_option_mistake(option, value, option->words, reason);
	return tw_take_text(options, option, value, reason);
}

int tw_take_u32(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	char accepted[64], *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (*value >= '0' && *value <= '9' && !*end && !errno && n >= option->least && n <= option->most) {
		*(uint32_t *)field(options, option) = n;
		return 0;
	}
	snprintf(accepted, sizeof(accepted), "a whole number from %u to %u", option->least, option->most);
	return tw_option_mistake(option, value, accepted, reason);
}

int tw_take_ms(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	char *end;
	double seconds = strtod(value, &end);

	if (end == value || *end || !(seconds >= 0.001 && seconds <= 4000))
		return tw_option_mistake(option, value, "seconds from 0.001 to 4000", reason);
	*(uint32_t *)field(options, option) = seconds * 1000 + 0.5;
	return 0;
}

int tw_take_seconds(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	char *end;
	double seconds = strtod(value, &end);

	if (end == value || *end || !(seconds > 0 && seconds <= 1e9))
		return tw_option_mistake(option, value, "seconds above 0, for example 0.5 or 60", reason);
	*(uint64_t *)field(options, option) = seconds * 1e9;
	return 0;
}
