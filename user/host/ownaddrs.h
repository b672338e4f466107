/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The addresses of this host: they tell which end of a connection is here, and what is only routed. */
#ifndef TCPWHY_USER_OWNADDRS_H
#define TCPWHY_USER_OWNADDRS_H

#include <stdbool.h>
#include <stddef.h>

#include "tcpwhy/flow.h"

struct tw_ownaddrs {
	struct tw_addr *list; /* sorted; zeroed: none are known */
	size_t n;
};

/* Asks the kernel anew: about 0.1 ms. 0; or -errno, then the old list stays. */
int tw_ownaddrs_refresh(struct tw_ownaddrs *own);

bool tw_ownaddrs_have(const struct tw_ownaddrs *own, const struct tw_addr *addr);
void tw_ownaddrs_release(struct tw_ownaddrs *own);

#endif
