/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many connections to an address and port are open: whoever is refused there while others are not was not refused
 * because nothing listens.
 */
#ifndef TCPWHY_USER_SERVICES_H
#define TCPWHY_USER_SERVICES_H

#include <stdint.h>

#include "record/record.h"

struct tw_service_node;

struct tw_services {
	struct tw_service_node *table; /* uthash: those with open connections only */
};

/* One more to its responder. False: out of memory, it is not counted. */
bool tw_services_opened(struct tw_services *services, const struct tw_conn_name *name);
/* One that was counted is over. */
void tw_services_closed(struct tw_services *services, const struct tw_conn_name *name);
uint32_t tw_services_open(const struct tw_services *services, const struct tw_conn_name *name);

#endif
