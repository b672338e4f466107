/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is the remote side of a log's connection: the one that is not this host; unknown: the responder. */
#ifndef TCPWHY_USER_REMOTE_H
#define TCPWHY_USER_REMOTE_H

#include <stdio.h>
#include <string.h>

#include "base/member.h"

#define TW_SERVICE_MAX 64 /* "[IPv6]:port", NUL included */

static inline const char *tw_remote_addr(const json_t *event)
{
	bool resp_here = !strcmp(tw_member_text(event, "side"), "responder");

	return tw_member_text(event, resp_here ? "orig_addr" : "resp_addr");
}

/* The responder's address and port. */
static inline void tw_service(char service[TW_SERVICE_MAX], const json_t *event)
{
	const char *addr = tw_member_text(event, "resp_addr");

	snprintf(service, TW_SERVICE_MAX, strchr(addr, ':') ? "[%.46s]:%u" : "%.46s:%u", addr,
		 (unsigned int)tw_member_u64(event, "resp_port"));
}

#endif
