// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Encapsulations over IP, by protocol. */
#include "encap_layer.h"

static enum tw_found open_ip4(struct tw_layer *l)
{
	if (l->family == 6)
		l->encap = TW_ENCAP_4IN6;
	return tw_layer_opens_to(l, 0, TW_LINKTYPE_RAW);
}

static enum tw_found open_ip6(struct tw_layer *l)
{
	if (l->family == 6)
		l->encap = TW_ENCAP_6IN6;
	return tw_layer_opens_to(l, 0, TW_LINKTYPE_RAW);
}

/* Cisco's mirror in GRE: type I has no header of its own, II and III say so by GRE's sequence number and type. */
static enum tw_found open_erspan(struct tw_layer *l, uint32_t gre, uint16_t type, bool numbered)
{
	uint32_t header = numbered ? 8 : 0;

	l->encap = TW_ENCAP_ERSPAN;
	if (!header)
		return tw_layer_opens_to(l, gre, TW_LINKTYPE_ETHERNET);
	if (type == 0x22eb)
		header = 12;
	if (l->len < gre + header)
		return TW_CLOSED;
	l->id = tw_be16(l->at + gre + 2) & 0x3ff;
	if (type != 0x22eb)
		return tw_layer_opens_to(l, gre + header, TW_LINKTYPE_ETHERNET);
	if (l->at[gre + 11] & 1) /* its optional part */
		header += 8;
	return tw_layer_opens_to(l, gre + header, l->at[gre + 10] >> 2 & 0x1f ? TW_LINKTYPE_RAW : TW_LINKTYPE_ETHERNET);
}

/* RFC 2784, 2890; version 1 is RFC 2637 (PPTP). */
enum tw_found tw_encap_gre(struct tw_layer *l)
{
	uint32_t header = 4;
	uint16_t flags, type;

	if (l->len < 4)
		return TW_CLOSED;
	flags = tw_be16(l->at);
	type = tw_be16(l->at + 2);
	if ((flags & 7) > 1 || flags & 0x4000) /* with routes in it (RFC 1701): nobody does */
		return TW_CLOSED;
	if (flags & 0x8000)
		header += 4;
	if (flags & 0x2000) {
		if (l->len < header + 4)
			return TW_CLOSED;
		l->id = flags & 1 ? tw_be16(l->at + header + 2) : tw_be32(l->at + header);
		header += 4;
	}
	if (flags & 0x1000)
		header += 4;
	if (flags & 1 && flags & 0x0080)
		header += 4;
	if (type == 0x88be || type == 0x22eb)
		return open_erspan(l, header, type, flags & 0x1000);
	return tw_layer_opens_as(l, header, type);
}

/* RFC 4302: what it carries is readable, and a packet of its own only in a tunnel. */
static enum tw_found open_ah(struct tw_layer *l)
{
	if (l->len < 12 || (l->at[0] != 4 && l->at[0] != 41))
		return TW_CLOSED;
	return tw_layer_opens_to(l, (l->at[1] + 2) * 4, TW_LINKTYPE_RAW);
}

/* RFC 3378. */
static enum tw_found open_etherip(struct tw_layer *l)
{
	return tw_layer_opens_to(l, 2, TW_LINKTYPE_ETHERNET);
}

const struct tw_number tw_encap_protocols[] = {
	{ 4, TW_ENCAP_IPIP, open_ip4 },
	{ 41, TW_ENCAP_6IN4, open_ip6 },
	{ 47, TW_ENCAP_GRE, tw_encap_gre },
	{ 50, TW_ENCAP_ESP, tw_encap_closed },
	{ 51, TW_ENCAP_AH, open_ah },
	{ 97, TW_ENCAP_ETHERIP, open_etherip },
	{ 108, TW_ENCAP_IPCOMP, tw_encap_closed },
	{ 115, TW_ENCAP_L2TP, tw_encap_closed }, /* version 3 does not say what it carries */
	{ 137, TW_ENCAP_MPLS, tw_encap_mpls },
	{ 0, TW_ENCAP_NONE, NULL },
};
