/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The options --rule and --action, which several commands have: into a struct tw_rules at option->at. */
#ifndef TCPWHY_USER_RULES_OPTION_H
#define TCPWHY_USER_RULES_OPTION_H

#include "options/options.h"

int tw_take_action(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);
int tw_take_rule(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);

#endif
