/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One layer of packets within packets: what the openers of encap_udp.c, encap_ip.c and encap_link.c share. Each gets
 * a layer whose number (UDP port, IP protocol, EtherType) is its own, looks whether the header can be what
 * the number says, and moves the layer to what it carries. Nothing is read before it is known to be there.
 */
#ifndef TCPWHY_USER_ENCAP_LAYER_H
#define TCPWHY_USER_ENCAP_LAYER_H

#include <stddef.h>

#include "encap.h"
#include "tcpwhy/fast.h"
#include "tcpwhy/port.h"

#define TW_LINKTYPE_ETHERNET 1
#define TW_LINKTYPE_PPP 9
#define TW_LINKTYPE_RAW 101
#define TW_LINKTYPE_WIFI 105

#define TW_TYPE_MPLS 0x8847

enum tw_found {
	TW_NOT_IT, /* the number lies: another protocol that uses it */
	TW_CLOSED, /* it is, but what it carries cannot be read, or is cut off */
	TW_OPENED,
};

struct tw_layer {
	const uint8_t *at; /* its header; when it is opened, what is behind */
	uint32_t len;
	enum tw_encap encap;
	uint32_t id;       /* what it is numbered with, of those between the same two ends */
	uint32_t linktype; /* of what it carries; 0: @type tells */
	uint16_t type;     /* its EtherType */
	uint8_t family;    /* of the IP header before it, 4 or 6; 0: there was none */
	uint64_t ends;     /* the addresses in that, the same for both ways; 0: none */
};

struct tw_number {
	uint32_t number;
	enum tw_encap encap;
	enum tw_found (*open)(struct tw_layer *l); /* NULL: the end of the list */
};

extern const struct tw_number tw_encap_ports[], tw_encap_protocols[], tw_encap_types[];

/* Under several numbers. */
enum tw_found tw_encap_gre(struct tw_layer *l);
enum tw_found tw_encap_mpls(struct tw_layer *l);
enum tw_found tw_encap_closed(struct tw_layer *l);

/* NULL: it is not in the list. */
const struct tw_number *tw_number_find(const struct tw_number *list, uint32_t number);

bool tw_layer_pass(struct tw_layer *l, uint32_t n);
/* Behind @header bytes lies a frame of @linktype; or what EtherType @type says. */
enum tw_found tw_layer_opens_to(struct tw_layer *l, uint32_t header, uint32_t linktype);
enum tw_found tw_layer_opens_as(struct tw_layer *l, uint32_t header, uint16_t type);

static inline uint32_t tw_be24(const uint8_t *p)
{
	return p[0] << 16 | p[1] << 8 | p[2];
}

#endif
