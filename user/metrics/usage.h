/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this process uses. */
#ifndef TCPWHY_USER_USAGE_H
#define TCPWHY_USER_USAGE_H

#include <stdint.h>

struct tw_usage {
	double cpu_s;
	uint64_t resident_bytes, virtual_bytes;
	uint32_t fds;
};

/* What cannot be read is 0. */
void tw_usage_read(struct tw_usage *usage);

#endif
