// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets within packets: from layer to layer. IP headers are read by the core's parser. */
#include "encap.h"

#include <string.h>

#include "encap_layer.h"
#include "tcpwhy/ip.h"

#define PROTO_UDP 17

/* ---- one layer ---- */

bool tw_layer_pass(struct tw_layer *l, uint32_t n)
{
	if (l->len < n)
		return false;
	l->at += n;
	l->len -= n;
	return true;
}

enum tw_found tw_layer_opens_to(struct tw_layer *l, uint32_t header, uint32_t linktype)
{
	l->linktype = linktype;
	return tw_layer_pass(l, header) ? TW_OPENED : TW_CLOSED;
}

enum tw_found tw_layer_opens_as(struct tw_layer *l, uint32_t header, uint16_t type)
{
	if (type == 0x6558) /* transparent Ethernet bridging */
		return tw_layer_opens_to(l, header, TW_LINKTYPE_ETHERNET);
	if (type == 0x880b)
		return tw_layer_opens_to(l, header, TW_LINKTYPE_PPP);
	if (type == TW_ETHERTYPE_IP4 || type == TW_ETHERTYPE_IP6)
		return tw_layer_opens_to(l, header, TW_LINKTYPE_RAW);
	l->type = type;
	return tw_layer_pass(l, header) ? TW_OPENED : TW_CLOSED;
}

const struct tw_number *tw_number_find(const struct tw_number *n, uint32_t number)
{
	while (n->open && n->number != number)
		n++;
	return n->open ? n : NULL;
}

enum tw_found tw_encap_closed(struct tw_layer *l)
{
	return TW_CLOSED;
}

static enum tw_found open_by(const struct tw_number *list, uint32_t number, struct tw_layer *l)
{
	const struct tw_number *n = tw_number_find(list, number);

	if (!n)
		return TW_NOT_IT;
	l->encap = n->encap;
	return n->open(l);
}

static enum tw_found open_udp(struct tw_layer *l)
{
	struct tw_layer header = *l;
	enum tw_found found;

	if (!tw_layer_pass(l, 8))
		return TW_NOT_IT;
	found = open_by(tw_encap_ports, tw_be16(header.at + 2), l);
	if (found != TW_NOT_IT)
		return found;
	*l = header;
	tw_layer_pass(l, 8);
	return open_by(tw_encap_ports, tw_be16(header.at), l); /* GTP and Teredo answer from their port */
}

/* Both ways have the same. */
static uint64_t ends_of(const struct tw_ip *ip)
{
	uint64_t a = 0, b = 0;

	for (int i = 0; i < 4; i++) {
		a = a * 0x9e3779b97f4a7c15 + ip->src.word[i] + 1;
		b = b * 0x9e3779b97f4a7c15 + ip->dst.word[i] + 1;
	}
	return a + b;
}

static enum tw_found open_by_ip(struct tw_layer *l)
{
	struct tw_hdr hdr;
	struct tw_ip ip = { 0 };
	uint32_t len = TW_MIN(l->len, TW_HDR_MAX);

	memcpy(hdr.b, l->at, len);
	if (tw_parse_ip(&hdr, 0, len, 0, &ip) || ip.frag & TW_IP4_OFFSET || !tw_layer_pass(l, ip.upper))
		return TW_NOT_IT;
	l->ends = ends_of(&ip);
	l->family = ip.family;
	return ip.proto == PROTO_UDP ? open_udp(l) : open_by(tw_encap_protocols, ip.proto, l);
}

/* Of an Ethernet frame, whose header is passed, and of the VLAN tags that the core reads itself. */
static uint16_t pass_ethernet(struct tw_layer *l)
{
	uint16_t type;

	if (l->len < 14)
		return 0;
	type = tw_be16(l->at + 12);
	tw_layer_pass(l, 14);
	for (int tags = 0; tags < 3 && (type == 0x8100 || type == 0x88a8 || type == 0x9100); tags++) {
		if (l->len < 4)
			return 0;
		type = tw_be16(l->at + 2);
		tw_layer_pass(l, 4);
	}
	return type;
}

/* What nearly all packets are: told at a glance. */
static bool is_plain(const struct tw_frame *f)
{
	return f->l2 == 14 && f->len >= 34 && tw_be16(f->data + 12) == TW_ETHERTYPE_IP4 && f->data[14] == 0x45 &&
	       f->data[23] == TW_PROTO_TCP;
}

/* The outermost layer of @f. */
static enum tw_found open_one(const struct tw_frame *f, bool ip, struct tw_layer *l)
{
	uint16_t type = f->type;

	*l = (struct tw_layer){ .at = f->data, .len = f->len };
	if (is_plain(f) || !f->len)
		return TW_NOT_IT;
	if (f->l2 == 14)
		type = pass_ethernet(l);
	else if (ip)
		type = TW_ETHERTYPE_IP4; /* of either version */
	if (type == TW_ETHERTYPE_IP4 || type == TW_ETHERTYPE_IP6)
		return open_by_ip(l);
	return open_by(tw_encap_types, type, l);
}

/* ---- for others ---- */

#define X(id, word, name) word,
static const char *const words[] = { TW_ENCAPS(X) };
#undef X
#define X(id, word, name) name,
static const char *const names[] = { TW_ENCAPS(X) };
#undef X

const char *tw_encap_word(unsigned int encap)
{
	return encap < _TW_ENCAP_MAX ? words[encap] : NULL;
}

const char *tw_encap_name(unsigned int encap)
{
	return encap < _TW_ENCAP_MAX ? names[encap] : NULL;
}

bool tw_encap_opens(enum tw_encap encap)
{
	return encap != TW_ENCAP_ESP && encap != TW_ENCAP_IPCOMP && encap != TW_ENCAP_MACSEC;
}

enum tw_encap tw_encap_of(const struct tw_frame *frame, bool ip)
{
	struct tw_layer l;

	return open_one(frame, ip, &l) == TW_NOT_IT ? TW_ENCAP_NONE : l.encap;
}

static uint64_t number_tunnel(uint64_t outer, const struct tw_layer *l)
{
	uint64_t n = outer ^ l->ends ^ ((uint64_t)l->encap << 32 | l->id);

	n = (n ^ n >> 31) * 0x9e3779b97f4a7c15;
	return n ? n : 1;
}

static bool take_inner(struct tw_frame *frame, const struct tw_layer *l)
{
	uint32_t ifindex = frame->ifindex;
	bool ip = false;

	frame->data = l->at;
	frame->len = l->len;
	frame->l2 = 0;
	frame->type = l->type;
	if (l->linktype)
		ip = tw_linktype_strip(l->linktype, frame);
	frame->ifindex = ifindex;
	return ip;
}

struct tw_opened tw_encap_open(struct tw_frame *frame, bool ip)
{
	struct tw_opened opened = { .ip = ip };
	struct tw_layer l;

	for (int depth = 0; ; depth++) {
		enum tw_found found = open_one(frame, opened.ip, &l);

		if (found == TW_NOT_IT)
			return opened;
		if (!opened.outer)
			opened.outer = l.encap;
		if (found == TW_CLOSED || depth == TW_ENCAP_DEPTH) {
			opened.closed = l.encap;
			return opened;
		}
		opened.tunnel = number_tunnel(opened.tunnel, &l);
		opened.ip = take_inner(frame, &l);
	}
}
