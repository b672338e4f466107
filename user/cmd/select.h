/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which events of a log somebody wants to see: by kind, address and port. All that were given must hold. */
#ifndef TCPWHY_USER_SELECT_H
#define TCPWHY_USER_SELECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"
#include "base/reason.h"

struct tw_select {
	bool by_event, by_addr, by_port;
	bool event[_TW_EV_MAX];
	int family;            /* AF_INET or AF_INET6 */
	uint8_t addr[16];
	unsigned int prefix;   /* bits of it that count */
	uint16_t port;
};

/* Each adds to what is selected; 0, or -EINVAL with @reason. A zeroed tw_select takes everything. */
int tw_select_events(struct tw_select *select, const char *words, struct tw_reason *reason); /* "reset,syn" */
int tw_select_addr(struct tw_select *select, const char *text, struct tw_reason *reason);    /* ADDR[/PREFIX] */
int tw_select_port(struct tw_select *select, const char *text, struct tw_reason *reason);

bool tw_select_takes(const struct tw_select *select, const json_t *event);

#endif
