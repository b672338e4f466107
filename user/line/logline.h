/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One record as a line of the log: a JSON object, fields and words as in the event reference. */
#ifndef TCPWHY_USER_LOGLINE_H
#define TCPWHY_USER_LOGLINE_H

#include <stddef.h>

#include "record/record.h"

#define TW_LOG_LINE_MAX 16384 /* bytes of a line, newline included: only the first one, which has the configuration,
			       * comes near */

/* @record's line without newline, NUL-terminated; its length, 0 when it has no public form. */
size_t tw_log_format(char *buf, size_t size, const struct tw_record *record);

#endif
