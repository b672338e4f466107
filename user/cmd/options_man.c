/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A command's manual page from the table of options, as roff: man(7). */
#include <ctype.h>
#include <string.h>

#include "manual.h"
#include "options/options.h"

/* Text that man must not take for requests: no line begins with a dot or quote, hyphens stay hyphens. */
void tw_man_text(FILE *out, const char *text)
{
	bool code = false, start = true;

	for (; *text; text++) {
		if (*text == '\n') {
			size_t lines = strspn(text, "\n"), blanks;

			text += lines;
			blanks = strspn(text, " ");
			fprintf(out, lines > 1 && !blanks ? "\n.sp\n" : "\n.br\n");
			while (blanks--)
				fputs("\\ ", out);
			text += strspn(text, " ") - 1;
			start = true;
			continue;
		}
		if (start && (*text == '.' || *text == '\''))
			fputs("\\&", out);
		start = false;
		if (*text == '`') {
			code = !code;
			fputs(code ? "\\fB" : "\\fR", out);
		} else if (*text == '\\') {
			fputs("\\e", out);
		} else if (*text == '-') {
			fputs("\\-", out);
		} else {
			fputc(*text, out);
		}
	}
	fputc('\n', out);
}

static void write_upper(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(toupper((unsigned char)*text), out);
}

static void write_dashed(FILE *out, const char *name)
{
	for (; *name; name++)
		fprintf(out, *name == '-' ? "\\-" : "%c", *name);
}

static void write_option(FILE *out, const struct tw_option *o)
{
	fputs(".TP\n", out);
	if (o->letter)
		fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
	fputs("\\fB\\-\\-", out);
	write_dashed(out, o->name);
	fprintf(out, "\\fR%s%s%s\n", o->argument ? " \\fI" : "", o->argument ? o->argument : "",
		o->argument ? "\\fR" : "");
	tw_man_text(out, o->help);
	if (o->key)
		fprintf(out, ".br\nIn the configuration file: \\fB%s\\fR.\n", o->key);
}

static void write_options(FILE *out, const struct tw_command *command)
{
	static const struct tw_option help = { .name = "help", .letter = 'h', .help = "all options, in short" };

	fputs(".SH OPTIONS\n", out);
	for (const struct tw_option *o = command->options; o->name; o++) {
		if (o->section && *o->section)
			fprintf(out, ".SS %s\n", o->section);
		write_option(out, o);
	}
	write_option(out, &help);
}

void tw_options_man(const struct tw_command *command, const char *summary, const char *version, FILE *out)
{
	fputs(".TH TCPWHY-", out);
	write_upper(out, command->name);
	fprintf(out, " 1 \"\" \"tcpwhy %s\"\n.ad l\n.SH NAME\ntcpwhy\\-", version);
	write_dashed(out, command->name);
	fprintf(out, " \\- %s\n.SH SYNOPSIS\n\\fBtcpwhy ", summary);
	write_dashed(out, command->name);
	fprintf(out, "\\fR %s\n.SH DESCRIPTION\n", command->usage);
	tw_man_text(out, command->about);
	for (const struct tw_argument *a = command->arguments; a && a->name; a++) {
		fprintf(out, ".TP\n\\fI%s\\fR\n", a->name);
		tw_man_text(out, a->help);
	}
	write_options(out, command);
	if (command->notes) {
		fputs(".SH NOTES\n", out);
		tw_man_text(out, command->notes);
	}
	fputs(".SH SEE ALSO\n\\fBtcpwhy\\fR(1)\n", out);
}
