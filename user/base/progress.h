/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A line on a terminal that tells how far long work is. Silent for the first second, and where stderr is no terminal. */
#ifndef TCPWHY_USER_PROGRESS_H
#define TCPWHY_USER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct tw_progress {
	const char *what;     /* the file */
	uint64_t started_ns, next_ns;
	bool terminal, shown;
};

void tw_progress_start(struct tw_progress *progress, const char *what);
/* @size: 0 when it is not known. Cheap; call it every some thousand packets. */
void tw_progress_show(struct tw_progress *progress, uint64_t done, uint64_t size);
/* Takes the line away: before anything else is written to the terminal, and at the end. */
void tw_progress_clear(struct tw_progress *progress);

#endif
