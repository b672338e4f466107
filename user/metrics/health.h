/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether the program does its work, in words: /healthz. */
#ifndef TCPWHY_USER_HEALTH_H
#define TCPWHY_USER_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct tw_health {
	unsigned int interfaces, attached;
	int log_error;      /* of the last write: 0 or -errno */
	uint64_t lines_held;
	bool table_full;    /* a moment ago a connection found no room */
	uint64_t untracked; /* packets of such connections, since the start */
};

/* Writes "ok", or what is wrong, a line each. Returns how many things are wrong. */
unsigned int tw_health_text(struct tw_text *text, const struct tw_health *health);

#endif
