/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A list of address prefixes: whose addresses are ours. */
#ifndef TCPWHY_USER_PREFIXES_H
#define TCPWHY_USER_PREFIXES_H

#include <stdbool.h>

#include "tcpwhy/flow.h"

#define TW_PREFIXES_MAX 64

struct tw_prefix {
	struct tw_addr addr; /* IPv4 as ::ffff:a.b.c.d */
	unsigned int bits;   /* of its 128 */
};

struct tw_prefixes {
	struct tw_prefix list[TW_PREFIXES_MAX];
	unsigned int n;
};

/* "192.0.2.7", "10.0.0.0/8", "2001:db8::/32". 0; -EINVAL: it is none; -ENOSPC: there are TW_PREFIXES_MAX. */
int tw_prefixes_add(struct tw_prefixes *prefixes, const char *text);
bool tw_prefixes_have(const struct tw_prefixes *prefixes, const struct tw_addr *addr);

#endif
