/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What drivers do when an XDP program is attached or detached, as their source tells. */
#ifndef TCPWHY_USER_DRIVERS_H
#define TCPWHY_USER_DRIVERS_H

#include <stdbool.h>

struct tw_driver {
	const char *name;   /* as ethtool -i tells it */
	bool disturbs;      /* packets are lost meanwhile */
	const char *does;   /* for people */
	const char *source; /* file and function in the kernel's source */
};

/* NULL: not known. */
const struct tw_driver *tw_driver_find(const char *name);

#endif
