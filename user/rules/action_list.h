/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What can be done when an alert is raised or cleared, as configured: group `actions` of the configuration file, and
 * what needs no configuration.
 */
#ifndef TCPWHY_USER_ACTION_LIST_H
#define TCPWHY_USER_ACTION_LIST_H

#include <libconfig.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"

struct tw_conf;
struct tw_json;

#define TW_ACTIONS_MAX 16
#define TW_ACTION_NAME 32
#define TW_ACTION_ARGS 16

enum tw_action_type {
	TW_ACTION_LOG,     /* an `alert` event in the log: always done */
	TW_ACTION_STDERR,
	TW_ACTION_SYSLOG,  /* /dev/log */
	TW_ACTION_JOURNAL, /* systemd's, with fields */
	TW_ACTION_EXEC,
	TW_ACTION_WEBHOOK,
	_TW_ACTION_MAX
};

struct tw_action {
	char name[TW_ACTION_NAME];
	enum tw_action_type type;
	char command[512];          /* exec: arguments, each with its NUL */
	unsigned int n_args;
	char url[256];              /* webhook: of the Alertmanager, without /api/v2/alerts */
	uint64_t time_limit_ns;     /* exec: then it is ended; webhook: of one request */
	uint64_t interval_ns;       /* exec: least time between two starts for one rule */
	uint32_t queue;             /* webhook: alerts that wait at most */
};

struct tw_action_list {
	unsigned int n;
	struct tw_action list[TW_ACTIONS_MAX];
};

/* log, stderr, syslog, journal. */
void tw_actions_default(struct tw_action_list *actions);

/* Adds what group `actions` says. 0, or -EINVAL with file, line and @reason. */
int tw_actions_take(struct tw_action_list *actions, const config_setting_t *group, const struct tw_conf *conf,
		    struct tw_reason *reason);

/* Adds one from the command line: "NAME:type=exec,command=/usr/bin/x -y,time_limit=5s". The same. */
int tw_actions_set(struct tw_action_list *actions, const char *text, struct tw_reason *reason);

/* The bits of comma-separated @names. 0, or -EINVAL with what there is. */
int tw_actions_mask(const struct tw_action_list *actions, const char *names, uint32_t *mask, struct tw_reason *reason);

/* What is done when a rule says nothing: log and standard error. */
uint32_t tw_actions_usual(void);

/* Whether one of them starts programs. */
bool tw_actions_exec(const struct tw_action_list *actions);

/* {"name":{"type":…},…} of those that were configured; without what may be secret in URLs. */
void tw_actions_show(struct tw_json *j, const struct tw_action_list *actions);

#endif
