/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The options of a command: one table from which getopt, --help, the configuration file and the
 * manual page are made, so that they cannot disagree.
 */
#ifndef TCPWHY_USER_OPTIONS_H
#define TCPWHY_USER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/reason.h"

#define TW_OPTIONS_MAX 64 /* of a command */
#define TW_GIVEN_MAX 256  /* on one command line */

struct tw_option;
struct tw_json;

/*
 * Takes one @value into @options, the command's own struct. NULL: a switch on the command line (in the
 * configuration file "true" or "false"). 0; 1: all was said, there is nothing more to do; or -errno with @reason.
 */
typedef int (*tw_option_parse)(void *options, const struct tw_option *option, const char *value,
			       struct tw_reason *reason);

struct tw_option {
	const char *section;  /* heading before this option; NULL: the same as that of the one before */
	const char *name;     /* without the dashes */
	char letter;          /* 0: none */
	const char *argument; /* its word in --help; NULL: a switch */
	const char *key;      /* in the configuration file; NULL: only on the command line */
	const char *help;     /* paragraphs, broken into lines by who shows them; a line of its own begins with \n */
	tw_option_parse parse;
	size_t at;            /* offset in the command's struct, for the parsers below */
	uint32_t least, most; /* for whole numbers; most = 0: it is none */
	const char *words;    /* for tw_take_word: "auto, always or never" */
	void (*show)(struct tw_json *j, const void *options); /* NULL: as the parser below tells */
	bool many;            /* may be given several times; in the configuration file also as a list */
};

struct tw_argument {
	const char *name, *help;
};

/* A command as people are told of it. */
struct tw_command {
	const char *name;                    /* "run" */
	const char *about;                   /* paragraphs */
	const char *usage;                   /* what follows the name: "[OPTION…] FILE…" */
	const struct tw_argument *arguments; /* ends with a NULL name; NULL: none */
	const struct tw_option *options;     /* ends with a NULL name; --help is added */
	const char *notes;                   /* paragraphs at the end; NULL: none */
};

/* An option on the command line. */
struct tw_given {
	const struct tw_option *option;
	const char *value;
};

struct tw_given_list {
	struct tw_given list[TW_GIVEN_MAX];
	unsigned int n;
	int rest; /* index in argv of the first argument that is no option */
};

enum tw_parsed { TW_PARSED_GO, TW_PARSED_DONE, TW_PARSED_USAGE };

/*
 * Reads argv without taking anything yet. TW_PARSED_GO; TW_PARSED_DONE: --help was shown;
 * TW_PARSED_USAGE: a mistake, said on stderr. Changes argv[0] and the order of argv.
 */
enum tw_parsed tw_options_read(struct tw_given_list *given, const struct tw_command *command, int argc, char **argv);

/* Takes them all into @options: 0, 1 or -errno as the parsers say. */
int tw_options_take(const struct tw_given_list *given, void *options, struct tw_reason *reason);

bool tw_options_given(const struct tw_given_list *given, const struct tw_option *option);
/* The last value of the option called @name; NULL: it was not given. */
const char *tw_options_value(const struct tw_given_list *given, const char *name);

/*
 * Both at once, and what is wrong is said. *@rest: index in argv of the first argument that is no
 * option; NULL: there must be none.
 */
enum tw_parsed tw_options_parse(const struct tw_command *command, void *options, int argc, char **argv, int *rest);

/* Says a mistake, and where help is. Returns TW_PARSED_USAGE. */
enum tw_parsed tw_options_mistake(const struct tw_command *command, const struct tw_reason *reason);

/* NULL: there is none. By name; by key in the configuration file. */
const struct tw_option *tw_options_find(const struct tw_command *command, const char *name);
const struct tw_option *tw_options_find_key(const struct tw_command *command, const char *key);

/* What a value is in the configuration file. */
enum tw_option_kind { TW_OPTION_SWITCH, TW_OPTION_NUMBER, TW_OPTION_TEXT };
enum tw_option_kind tw_option_kind(const struct tw_option *option);

/* --help. */
void tw_options_help(const struct tw_command *command, FILE *out);

/* "key":value,… of all that can be in the configuration file. */
void tw_options_show(struct tw_json *j, const struct tw_command *command, const void *options);

/* The manual page, as roff (man(7)). */
void tw_options_man(const struct tw_command *command, const char *summary, const char *version, FILE *out);

/* Parsers of one field at option->at. */
int tw_take_set(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);     /* bool */
int tw_take_text(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);    /* const char * */
int tw_take_file(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);    /* …; "-": NULL */
int tw_take_word(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);    /* …, of ->words */
int tw_take_u32(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);     /* uint32_t */
int tw_take_seconds(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason); /* uint64_t, ns */

int tw_take_ms(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);      /* uint32_t; seconds up to 4000 */

/* "--option value: accepted is …": returns -EINVAL. */
int tw_option_mistake(const struct tw_option *option, const char *value, const char *accepted,
		      struct tw_reason *reason);

#endif
