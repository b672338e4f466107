/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Completion for bash, from the table of commands and their options. */
#include <string.h>

#include "manual.h"
#include "options/options.h"

static void write_options(FILE *out, const struct tw_command *command)
{
	fputs("--help", out);
	for (const struct tw_option *o = command ? command->options : NULL; o && o->name; o++)
		fprintf(out, " --%s", o->name);
}

/* What follows an option: files, interfaces, or nothing that is known. */
static void write_arguments(FILE *out, const struct tw_command *command)
{
	for (const struct tw_option *o = command ? command->options : NULL; o && o->name; o++) {
		if (!o->argument)
			continue;
		fprintf(out, "\t%s:--%s", command->name, o->name);
		if (o->letter)
			fprintf(out, "|%s:-%c", command->name, o->letter);
		if (!strcmp(o->argument, "IFACE"))
			fputs(") COMPREPLY=($(compgen -W \"$(command ls /sys/class/net)\" -- \"$cur\")) ;;\n", out);
		else if (!strncmp(o->argument, "FILE", 4))
			fputs(") COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n", out);
		else
			fputs(") COMPREPLY=() ;;\n", out);
	}
}

void tw_completion_bash(const struct tw_manual_command *commands, FILE *out)
{
	const struct tw_manual_command *c;

	fputs("# bash completion for tcpwhy; made by `tcpwhy help --completion`.\n"
	      "_tcpwhy() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} options=\n"
	      "\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\tCOMPREPLY=($(compgen -W \"", out);
	for (c = commands; c->name; c++)
		fprintf(out, "%s ", c->name);
	fputs("help --version\" -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]}:$prev in\n", out);
	for (c = commands; c->name; c++)
		write_arguments(out, c->options);
	fputs("\t*) case ${COMP_WORDS[1]} in\n", out);
	for (c = commands; c->name; c++) {
		fprintf(out, "\t\t%s) options='", c->name);
		write_options(out, c->options);
		fputs("' ;;\n", out);
	}
	fputs("\t\tesac\n\t\tcase $cur in\n\t\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;\n"
	      "\t\t*) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n\t\tesac ;;\n\tesac\n}\n"
	      "complete -o filenames -F _tcpwhy tcpwhy\n", out);
}
