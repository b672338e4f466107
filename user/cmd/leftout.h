/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `tcpwhy read` does not hand to the core, and why: silence would look like health. */
#ifndef TCPWHY_USER_LEFTOUT_H
#define TCPWHY_USER_LEFTOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/encap.h"
#include "base/tally.h"

struct tw_leftout {
	uint64_t closed[_TW_ENCAP_MAX]; /* packets in it were not looked at */
	uint64_t opened[_TW_ENCAP_MAX]; /* they were: by the outermost */
	uint64_t other_tunnel;          /* see tunnels.h */
	uint64_t no_ip;
	uint64_t filtered;
	uint64_t unknown;               /* of link types that are not known */
	uint32_t unknown_type;          /* one of them */
};

/* What one file had is added to all. */
void tw_leftout_add(struct tw_leftout *all, const struct tw_leftout *file);

/* By words, for the log. */
void tw_leftout_skipped(const struct tw_leftout *leftout, struct tw_tally *tally);
void tw_leftout_opened(const struct tw_leftout *leftout, struct tw_tally *tally);

/* On standard error, nothing where nothing was in an encapsulation. @file: NULL: of all. @decap: it was tried to look inside. */
void tw_leftout_say(const struct tw_leftout *leftout, const char *file, bool decap);

#endif
