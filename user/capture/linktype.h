/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Link headers of captures: strips what lies before the IP header, for the classifier takes Ethernet
 * or bare IP only. Numbers are those of https://www.tcpdump.org/linktypes.html.
 */
#ifndef TCPWHY_USER_LINKTYPE_H
#define TCPWHY_USER_LINKTYPE_H

#include <stdbool.h>
#include <stdint.h>

struct tw_frame {
	const uint8_t *data;
	uint32_t len;
	uint32_t l2;      /* 14: Ethernet, 0: the IP header */
	uint32_t ifindex; /* as the link header names it (SLL2); 0: it does not */
	uint16_t type;    /* EtherType of what lies at @data where @l2 is 0; 0: none is known */
};

bool tw_linktype_is_known(uint32_t linktype);

/*
 * From the whole frame of @linktype, data and len given, to what the classifier takes. False: no IP in it, which
 * @frame->type may still tell, or too short.
 */
bool tw_linktype_strip(uint32_t linktype, struct tw_frame *frame);

#endif
