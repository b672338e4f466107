/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Community ID, version 1, seed 0: the name of a 5-tuple that other tools give it too. */
#ifndef TCPWHY_USER_COMMUNITY_H
#define TCPWHY_USER_COMMUNITY_H

#include <stdint.h>

#include "tcpwhy/flow.h"

#define TW_COMMUNITY_SIZE 32 /* "1:" + 28 letters of base64 + NUL */

/* For TCP, in either direction. @family is 4 or 6; ports in host order. */
void tw_community_id(char id[TW_COMMUNITY_SIZE], unsigned int family,
		     const struct tw_addr *a, uint16_t a_port, const struct tw_addr *b, uint16_t b_port);

#endif
