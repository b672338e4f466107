/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a program in the kernel has cost, as the kernel counts it while somebody wants it counted. */
#ifndef TCPWHY_USER_PROGSTATS_H
#define TCPWHY_USER_PROGSTATS_H

#include <stdint.h>

struct tw_program_stats {
	const char *name;
	uint64_t run_ns, runs;
};

/* From now on the kernel counts, for all programs of the machine, until this descriptor is closed. It, or -errno. */
int tw_progstats_enable(void);

/* Sets run_ns and runs of the program @fd. 0 or -errno. */
int tw_progstats_read(struct tw_program_stats *stats, int fd);

#endif
