// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Encapsulations by EtherType. */
#include "encap_layer.h"

/* Does an Ethernet header at @at carry what can be looked at? */
static bool is_ethernet(const struct tw_layer *l, uint32_t at)
{
	uint16_t type = l->len >= at + 14 ? tw_be16(l->at + at + 12) : 0;

	return type == TW_ETHERTYPE_IP4 || type == TW_ETHERTYPE_IP6 || tw_number_find(tw_encap_types, type);
}

/* Nobody says what is under the labels. IP by its version; a pseudowire is Ethernet, a control word before it or not. */
static enum tw_found under_labels(struct tw_layer *l)
{
	uint8_t first = l->len ? l->at[0] : 0;

	if (first >> 4 == 6 || (first >> 4 == 4 && (first & 15) >= 5))
		return tw_layer_opens_to(l, 0, TW_LINKTYPE_RAW);
	return tw_layer_opens_to(l, first >> 4 || is_ethernet(l, 0) ? 0 : 4, TW_LINKTYPE_ETHERNET);
}

enum tw_found tw_encap_mpls(struct tw_layer *l)
{
	for (bool last = false; !last;) {
		if (l->len < 4)
			return TW_CLOSED;
		last = l->at[2] & 1;
		l->id = tw_be24(l->at) >> 4; /* of the innermost: the outer ones are changed by each router */
		tw_layer_pass(l, 4);
	}
	return under_labels(l);
}

/* RFC 2516: session data. */
static enum tw_found open_pppoe(struct tw_layer *l)
{
	if (l->len < 6 || l->at[0] != 0x11 || l->at[1])
		return TW_CLOSED;
	l->id = tw_be16(l->at + 2);
	return tw_layer_opens_to(l, 6, TW_LINKTYPE_PPP);
}

static enum tw_found open_vlan(struct tw_layer *l)
{
	if (l->len < 4)
		return TW_CLOSED;
	l->id = tw_be16(l->at) & 0xfff;
	return tw_layer_opens_as(l, 4, tw_be16(l->at + 2));
}

/* IEEE 802.1ah. */
static enum tw_found open_pbb(struct tw_layer *l)
{
	if (l->len < 4)
		return TW_CLOSED;
	l->id = tw_be24(l->at + 1);
	return tw_layer_opens_to(l, 4, TW_LINKTYPE_ETHERNET);
}

static enum tw_found open_fabricpath(struct tw_layer *l)
{
	if (l->len < 2)
		return TW_CLOSED;
	l->id = tw_be16(l->at) >> 6;
	return tw_layer_opens_to(l, 2, TW_LINKTYPE_ETHERNET);
}

const struct tw_number tw_encap_types[] = {
	{ TW_TYPE_MPLS, TW_ENCAP_MPLS, tw_encap_mpls },
	{ 0x8848, TW_ENCAP_MPLS, tw_encap_mpls },
	{ 0x8864, TW_ENCAP_PPPOE, open_pppoe },
	{ 0x8100, TW_ENCAP_VLAN, open_vlan },
	{ 0x88a8, TW_ENCAP_VLAN, open_vlan },
	{ 0x9100, TW_ENCAP_VLAN, open_vlan },
	{ 0x88e7, TW_ENCAP_PBB, open_pbb },
	{ 0x8903, TW_ENCAP_FABRICPATH, open_fabricpath },
	{ 0x88e5, TW_ENCAP_MACSEC, tw_encap_closed },
	{ 0, TW_ENCAP_NONE, NULL },
};
