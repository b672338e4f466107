/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The configuration file (libconfig): a command's options by their keys, and a group of alert rules. What is not
 * known is an error with file and line, because a misspelt threshold that is silently ignored is found in the
 * night it should have rung.
 */
#ifndef TCPWHY_USER_CONF_H
#define TCPWHY_USER_CONF_H

#include <libconfig.h>

#include "options.h"

struct tw_conf {
	const char *path;     /* borrowed */
	config_t file;        /* owns the strings that options point to */
};

/* Reads the whole file: 0, or -errno with "PATH:LINE: …". */
int tw_conf_read(struct tw_conf **conf, const char *path, struct tw_reason *reason);
/* NULL is fine. */
void tw_conf_free(struct tw_conf *conf);

/*
 * Takes the file's keys of @command into @options, but for options that @given has: the command line wins. Group
 * `rules` is left to tw_rules_take(). Text that options point to lives as long as @conf. 0, or -EINVAL with @reason.
 */
int tw_conf_take(const struct tw_conf *conf, const struct tw_command *command, const struct tw_given_list *given,
		 void *options, struct tw_reason *reason);

/* "PATH:LINE: what: why", for the line of @setting. Returns -EINVAL. */
int tw_conf_complain(const struct tw_conf *conf, const config_setting_t *setting, const char *what, const char *why,
		     struct tw_reason *reason);

#endif
