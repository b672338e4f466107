/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A pcap-filter expression (pcap-filter(7)), compiled by libpcap for each link type that is met. */
#ifndef TCPWHY_USER_PACKETFILTER_H
#define TCPWHY_USER_PACKETFILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"

struct tw_packetfilter;

/* 0 and *@filter; -EINVAL with @reason when the expression makes no sense on Ethernet; -ENOMEM. */
int tw_packetfilter_new(struct tw_packetfilter **filter, const char *expression, struct tw_reason *reason);
void tw_packetfilter_free(struct tw_packetfilter *filter);

/* Does the packet pass? On a link type for which the expression cannot be compiled, none does. NULL passes all. */
bool tw_packetfilter_passes(struct tw_packetfilter *filter, uint32_t linktype, const uint8_t *data, uint32_t cap_len,
			    uint32_t wire_len);

/* Packets of link types for which the expression could not be compiled. */
uint64_t tw_packetfilter_unjudged(const struct tw_packetfilter *filter);

#endif
