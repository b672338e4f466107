/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options about the log's files: parsers of one field at option->at of the command's struct, and how to show it. */
#ifndef TCPWHY_USER_LOG_OPTION_H
#define TCPWHY_USER_LOG_OPTION_H

#include "base/json.h"
#include "options/options.h"

/* uint64_t: bytes, "100M" */
int tw_take_size(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);
/* uint64_t: ns, "90", "30m", "1d" */
int tw_take_span(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);
/* enum tw_sync: "none", "rotate", "second" */
int tw_take_sync(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);
const char *tw_sync_word(unsigned int sync);

#endif
