/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The manual pages that are not one command's, and the completion of bash: all made from the tables that the
 * program itself uses, so that they cannot say anything else. `tcpwhy help --man …` prints them.
 */
#ifndef TCPWHY_USER_MANUAL_H
#define TCPWHY_USER_MANUAL_H

#include <stdio.h>

struct tw_command;

struct tw_manual_command {
	const char *name, *summary;
	const struct tw_command *options;
};

/* tcpwhy(1); @commands ends with a NULL name. */
void tw_manual_program(const struct tw_manual_command *commands, const char *version, FILE *out);

/* tcpwhy-events(7), docs/fields.md, and docs/verdicts.md. */
void tw_manual_events(const char *version, FILE *out);
void tw_manual_fields(FILE *out);
void tw_manual_verdicts(FILE *out);

/* tcpwhy.conf(5); @run: the command whose options the keys are. */
void tw_manual_conf(const struct tw_command *run, const char *version, FILE *out);

/* For bash-completion. */
void tw_completion_bash(const struct tw_manual_command *commands, FILE *out);

/* @text as roff, where no character of it means anything to man; `…` is bold. Ends the line. */
void tw_man_text(FILE *out, const char *text);

#endif
