/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line of `tcpwhy run`. */
#ifndef TCPWHY_USER_RUN_OPTIONS_H
#define TCPWHY_USER_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/attach_plan.h"
#include "live/watch.h"
#include "log/rotate.h"
#include "metrics/http.h"
#include "options/options.h"
#include "readable/journal.h"
#include "rules/rules.h"
#include "tcpwhy/config.h"

struct tw_conf;

struct tw_run_options {
	const char *conf_path;            /* of argv; NULL: no configuration file */
	struct tw_conf *conf;             /* what it says: owns text that others point to */
	const char *rules_path;           /* NULL: none */
	const char *ifaces[TW_WATCH_MAX]; /* of argv */
	unsigned int n_ifaces;            /* 0: the default route's */
	enum tw_ingress ingress;
	const char *log;                  /* of argv; NULL: standard output */
	struct tw_rotate_options rotate;
	enum tw_journal_what journal;
	bool print;                       /* readable lines on standard output */
	const char *colour;               /* "auto", "always", "never" */
	uint32_t max_connections, max_half_open, ring_mib;
	const char *capture;              /* of argv; NULL: no flight recorder */
	uint32_t capture_depth, capture_mib, capture_files, capture_memory_mib;
	uint64_t duration_ns;             /* 0: until a signal */
	const char *metrics;              /* as given; NULL: nobody asked for them */
	struct tw_http_address metrics_at; /* that, read; valid unless metrics is NULL */
	bool program_stats, no_tracepoints;
	bool verbose, list_rules, no_markers;
	const char *user;                 /* of argv; NULL: as privileges.h decides */
	bool no_seccomp;
	struct tw_config config;
	struct tw_rules rules;
	bool may_exec;                    /* programs can be started: it was known at the start that they are */
	struct tw_given_list given;       /* the command line */
};

extern const struct tw_command tw_command_run;

/*
 * TW_PARSED_GO: run with @options. TW_PARSED_DONE: all was said (--help). TW_PARSED_USAGE: a mistake, said
 * on stderr with what would be accepted.
 */
enum tw_parsed tw_run_options_parse(struct tw_run_options *options, int argc, char **argv);

/* What a configuration file alone would make of them. 0, or -errno with @reason. */
int tw_run_options_check(struct tw_run_options *options, const char *path, struct tw_reason *reason);

/*
 * Reads the files that @options came from anew, with the same command line: 0 and @options->rules are new, or -errno
 * with @reason, and nothing is. *@other: there is something else in the file that is new, and needs a new start.
 */
int tw_run_options_reload(struct tw_run_options *options, bool *other, struct tw_reason *reason);

void tw_run_options_release(struct tw_run_options *options);

#define TW_CONFIG_SHOW_MAX 12288 /* less than a line of the log */

/* The configuration in effect, one JSON object, NUL-terminated. Returns its length; 0: @size is too small. */
size_t tw_run_options_show(const struct tw_run_options *options, char *buf, size_t size);

#endif
