/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line of `tcpwhy read`. */
#ifndef TCPWHY_USER_READ_OPTIONS_H
#define TCPWHY_USER_READ_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/prefixes.h"
#include "options/options.h"
#include "rules/rules.h"
#include "tcpwhy/config.h"

struct tw_read_options {
	char **files;             /* of argv */
	unsigned int n_files;
	char *expression;         /* to be freed; NULL: no filter */
	const char *log;          /* of argv; NULL: standard output */
	bool print;               /* readable lines on standard output */
	const char *colour;       /* "auto", "always", "never" */
	uint32_t max_connections, max_half_open;
	bool verbose, no_markers, decap;
	struct tw_prefixes local;
	struct tw_config config;
	struct tw_rules rules;
};

extern const struct tw_command tw_command_read;

/*
 * TW_PARSED_GO: read with @options. TW_PARSED_DONE: all was said (--help). TW_PARSED_USAGE: a mistake, said
 * on stderr with what would be accepted.
 */
enum tw_parsed tw_read_options_parse(struct tw_read_options *options, int argc, char **argv);

#endif
