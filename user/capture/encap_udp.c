// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Encapsulations over UDP, by port. A port is only a hint: each looks at the header first. */
#include "encap_layer.h"

/* RFC 7348: the flag that says that there is a VNI. */
static enum tw_found open_vxlan(struct tw_layer *l)
{
	if (l->len < 8 || !(l->at[0] & 0x08))
		return TW_NOT_IT;
	l->id = tw_be24(l->at + 4);
	return tw_layer_opens_to(l, 8, TW_LINKTYPE_ETHERNET);
}

/* The same with a next protocol (draft-ietf-nvo3-vxlan-gpe). */
static enum tw_found open_vxlan_gpe(struct tw_layer *l)
{
	static const uint32_t carries[] = { 0, TW_LINKTYPE_RAW, TW_LINKTYPE_RAW, TW_LINKTYPE_ETHERNET };

	if (l->len < 8 || !(l->at[0] & 0x08))
		return TW_NOT_IT;
	l->id = tw_be24(l->at + 4);
	if (!(l->at[0] & 0x04))
		return tw_layer_opens_to(l, 8, TW_LINKTYPE_ETHERNET);
	if (l->at[3] == 5)
		return tw_layer_opens_as(l, 8, TW_TYPE_MPLS);
	if (!l->at[3] || l->at[3] > 3)
		return TW_CLOSED;
	return tw_layer_opens_to(l, 8, carries[l->at[3]]);
}

/* RFC 8926. */
static enum tw_found open_geneve(struct tw_layer *l)
{
	if (l->len < 8 || l->at[0] & 0xc0)
		return TW_NOT_IT;
	l->id = tw_be24(l->at + 4);
	return tw_layer_opens_as(l, 8 + (l->at[0] & 0x3f) * 4, tw_be16(l->at + 2));
}

/* 3GPP TS 29.281: version 1, user data. */
static enum tw_found open_gtp(struct tw_layer *l)
{
	uint8_t next;

	if (l->len < 8 || (l->at[0] & 0xf0) != 0x30 || l->at[1] != 0xff)
		return TW_NOT_IT;
	l->id = tw_be32(l->at + 4);
	l->linktype = TW_LINKTYPE_RAW;
	if (!(l->at[0] & 0x07))
		return tw_layer_pass(l, 8) ? TW_OPENED : TW_CLOSED;
	if (l->len < 12)
		return TW_CLOSED;
	next = l->at[0] & 0x04 ? l->at[11] : 0;
	tw_layer_pass(l, 12);
	while (next) { /* each is four bytes long at least */
		uint32_t len;

		if (l->len < 4 || !l->at[0])
			return TW_CLOSED;
		len = l->at[0] * 4;
		if (l->len < len)
			return TW_CLOSED;
		next = l->at[len - 1];
		tw_layer_pass(l, len);
	}
	return TW_OPENED;
}

/* TaZmen sniffer protocol: tagged fields, then the frame. */
static enum tw_found open_tzsp(struct tw_layer *l)
{
	uint16_t protocol;

	if (l->len < 4 || l->at[0] != 1 || l->at[1] > 1)
		return TW_NOT_IT;
	protocol = tw_be16(l->at + 2);
	tw_layer_pass(l, 4);
	while (l->len && l->at[0] != 1) { /* 1: the end; 0: padding */
		if (l->at[0] && l->len < 2)
			return TW_CLOSED;
		if (!tw_layer_pass(l, l->at[0] ? l->at[1] + 2 : 1))
			return TW_CLOSED;
	}
	if (protocol != 1 && protocol != 0x12)
		return TW_CLOSED;
	return tw_layer_opens_to(l, 1, protocol == 1 ? TW_LINKTYPE_ETHERNET : TW_LINKTYPE_WIFI);
}

/* RFC 4380: where its sender sits may stand before the IPv6 packet. */
static enum tw_found open_teredo(struct tw_layer *l)
{
	if (l->len >= 8 && !l->at[0] && !l->at[1])
		tw_layer_pass(l, 8);
	if (l->len < 40 || l->at[0] >> 4 != 6)
		return TW_NOT_IT;
	return tw_layer_opens_to(l, 0, TW_LINKTYPE_RAW);
}

/* RFC 2661: data of version 2. */
static enum tw_found open_l2tp(struct tw_layer *l)
{
	uint32_t header = 6;
	uint16_t flags;

	if (l->len < 6)
		return TW_NOT_IT;
	flags = tw_be16(l->at);
	if (flags & 0x8000 || (flags & 0x000f) != 2)
		return TW_NOT_IT;
	if (flags & 0x4000) /* its length */
		header += 2;
	if (l->len < header)
		return TW_CLOSED;
	l->id = tw_be32(l->at + header - 4);
	if (flags & 0x0800) /* numbered */
		header += 4;
	if (flags & 0x0200) { /* an offset */
		if (l->len < header + 2)
			return TW_CLOSED;
		header += 2 + tw_be16(l->at + header);
	}
	return tw_layer_opens_to(l, header, TW_LINKTYPE_PPP);
}

/* RFC 3948: neither IKE nor a keep-alive. */
static enum tw_found is_esp_in_udp(struct tw_layer *l)
{
	return l->len >= 8 && tw_be32(l->at) ? TW_CLOSED : TW_NOT_IT;
}

const struct tw_number tw_encap_ports[] = {
	{ 4789, TW_ENCAP_VXLAN, open_vxlan },
	{ 8472, TW_ENCAP_VXLAN, open_vxlan }, /* Linux's own default */
	{ 4790, TW_ENCAP_VXLAN, open_vxlan_gpe },
	{ 6081, TW_ENCAP_GENEVE, open_geneve },
	{ 2152, TW_ENCAP_GTP, open_gtp },
	{ 37008, TW_ENCAP_TZSP, open_tzsp },
	{ 3544, TW_ENCAP_TEREDO, open_teredo },
	{ 1701, TW_ENCAP_L2TP, open_l2tp },
	{ 4500, TW_ENCAP_ESP, is_esp_in_udp },
	{ 4754, TW_ENCAP_GRE, tw_encap_gre },
	{ 6635, TW_ENCAP_MPLS, tw_encap_mpls },
	{ 0, TW_ENCAP_NONE, NULL },
};
