/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --help from the table of options. */
#include <string.h>

#include "options.h"

#define WIDTH 100
#define INDENT 27 /* where an option's text begins */

/* Columns of @len bytes of UTF-8. */
static unsigned int columns(const char *text, size_t len)
{
	unsigned int n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* Text on its way into lines. */
struct writer {
	FILE *out;
	unsigned int indent, hang, at; /* column where lines begin; more for this paragraph; where we are */
	bool first;                    /* no word of the line was written */
};

static void new_line(struct writer *w)
{
	fprintf(w->out, "\n%*s", (int)(w->indent + w->hang), "");
	w->at = w->indent + w->hang;
	w->first = true;
}

/* @text begins with \n. Returns what follows. A line keeps the blanks that it begins with, also where it is broken. */
static const char *break_line(struct writer *w, const char *text)
{
	for (; text[1] == '\n'; text++)
		fputc('\n', w->out);
	w->hang = strspn(++text, " ");
	new_line(w);
	return text + w->hang;
}

static const char *write_word(struct writer *w, const char *text)
{
	size_t blanks = strspn(text, " "), len = strcspn(text + blanks, " \n");
	unsigned int word = columns(text + blanks, len);

	if (!w->first && w->at + blanks + word > WIDTH)
		new_line(w);
	if (w->first)
		blanks = 0;
	text += strspn(text, " ");
	fprintf(w->out, "%*s%.*s", (int)blanks, "", (int)len, text);
	w->at += blanks + word;
	w->first = false;
	return text + len;
}

/* @text, which begins at column @indent of the line, broken at blanks. */
static void write_text(FILE *out, const char *text, unsigned int indent)
{
	struct writer w = { .out = out, .indent = indent, .at = indent, .first = true };

	while (*text)
		text = *text == '\n' ? break_line(&w, text) : write_word(&w, text);
	fputc('\n', out);
}

/* Two columns: @name, and @help beside it or, when @name is long, below. */
static void write_row(FILE *out, const char *name, const char *help)
{
	unsigned int used = columns(name, strlen(name));

	fputs(name, out);
	if (used + 1 < INDENT)
		fprintf(out, "%*s", (int)(INDENT - used), "");
	else
		fprintf(out, "\n%*s", INDENT, "");
	write_text(out, help, INDENT);
}

static void write_option(FILE *out, const struct tw_option *o)
{
	char name[80], letter[8] = "    ";

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	snprintf(name, sizeof(name), "  %s--%s%s%s", letter, o->name, o->argument ? " " : "",
		 o->argument ? o->argument : "");
	write_row(out, name, o->help);
}

static void write_arguments(FILE *out, const struct tw_argument *argument)
{
	char name[40];

	for (; argument && argument->name; argument++) {
		snprintf(name, sizeof(name), "  %s", argument->name);
		write_row(out, name, argument->help);
	}
}

void tw_options_help(const struct tw_command *command, FILE *out)
{
	static const struct tw_option help = { .name = "help", .letter = 'h', .help = "this text" };

	write_text(out, command->about, 0);
	fprintf(out, "\nUsage: tcpwhy %s %s\n\n", command->name, command->usage);
	if (command->arguments) {
		write_arguments(out, command->arguments);
		fputc('\n', out);
	}
	for (const struct tw_option *o = command->options; o->name; o++) {
		if (o->section)
			fprintf(out, "%s%s%s", o == command->options ? "" : "\n", o->section, *o->section ? ":\n" : "");
		write_option(out, o);
	}
	write_option(out, &help);
	if (command->notes) {
		fputc('\n', out);
		write_text(out, command->notes, 0);
	}
}
