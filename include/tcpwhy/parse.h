/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The full parser: any packet, however odd, to struct tw_obs; the packet is forgotten afterwards.
 * What the fast parser (fast.h) takes, this one would read the same way.
 */
#ifndef TCPWHY_PARSE_H
#define TCPWHY_PARSE_H

#include "cursor.h"
#include "fast.h"
#include "ip.h"
#include "key.h"
#include "obs.h"
#include "options.h"
#include "port.h"

enum { TW_VLAN_TAGS = 3 };

TW_INLINE int tw_skip(struct tw_obs *o, enum tw_skip why)
{
	o->what = TW_OBS_NONE;
	o->skip = why;
	return -1;
}

/* Link header: Ethernet with up to three VLAN tags. Returns the EtherType, or -1 where it is cut off. */
TW_INLINE int tw_parse_eth(struct tw_cursor *c)
{
	const u8 *p;
	int type;

	tw_pass(c, 12);
	p = tw_at(c, 2);
	if (!p)
		return -1;
	type = tw_be16(p);
	tw_pass(c, 2);
	for (int i = 0; i < TW_VLAN_TAGS && (type == 0x8100 || type == 0x88a8 || type == 0x9100); i++) {
		p = tw_at(c, 4);
		if (!p)
			return -1;
		type = tw_be16(p + 2);
		tw_pass(c, 4);
	}
	return type;
}

TW_INLINE int tw_flags_impossible(u8 flags)
{
	if (flags & TW_RST)
		return 0;
	return (flags & (TW_SYN | TW_FIN)) == (TW_SYN | TW_FIN) || !(flags & (TW_SYN | TW_ACK));
}

TW_INLINE int tw_parse_tcp(struct tw_cursor *c, const struct tw_hdr *h, const struct tw_ip *ip, struct tw_obs *o)
{
	const u8 *p = tw_at(c, 20);
	struct tw_pkt *k = &o->pkt;
	u32 hdr;

	if (ip->rest < 20)
		return tw_skip(o, TW_SKIP_BAD_TCP_HEADER);
	if (!p)
		return tw_skip(o, TW_SKIP_TRUNCATED);
	hdr = (p[12] >> 4) * 4;
	if (hdr < 20 || (hdr > ip->rest && !(ip->frag & TW_IP4_MF)))
		return tw_skip(o, TW_SKIP_BAD_TCP_HEADER);
	if (hdr > ip->rest) { /* the rest of its options is in another fragment */
		hdr = ip->rest;
		o->options |= TW_OPT_UNKNOWN;
	}
	if (tw_flags_impossible(p[13]))
		return tw_skip(o, TW_SKIP_BAD_TCP_FLAGS);
	k->src = tw_key_make(&k->key, &ip->src, &ip->dst, tw_be16(p), tw_be16(p + 2), ip->family);
	k->seq = tw_be32(p + 4);
	k->ack = tw_be32(p + 8);
	k->tcp_flags = p[13];
	k->win = tw_be16(p + 14);
	k->len = ip->rest - hdr;
	k->hdr_len = ip->hdr_len + hdr;
	tw_pass(c, 20);
	tw_parse_options(h, c->off, hdr - 20, c->len, o);
	if (k->tcp_flags & TW_SYN) {
		o->dscp = ip->dscp;
		if ((k->tcp_flags & TW_ECE) && !(k->tcp_flags & TW_ACK) == !!(k->tcp_flags & TW_CWR))
			o->options |= TW_OPT_ECN;
	}
	o->what = TW_OBS_TCP;
	return 0;
}

/* An ICMP error: the packet that it quotes becomes the observation's tuple and sequence number. */
TW_INLINE int tw_parse_quote(struct tw_cursor *c, const struct tw_hdr *h, struct tw_obs *o)
{
	struct tw_ip quoted = {};
	struct tw_pkt *k = &o->pkt;
	const u8 *p;

	if (tw_parse_ip(h, c->off, c->len, 0, &quoted))
		return tw_skip(o, TW_SKIP_BAD_QUOTE);
	tw_cursor_init(c, h, quoted.upper, c->len, c->salt);
	if (quoted.proto != TW_PROTO_TCP)
		return tw_skip(o, TW_SKIP_NOT_TCP);
	p = tw_at(c, 8);
	if (!p || (quoted.frag & TW_IP4_OFFSET))
		return tw_skip(o, TW_SKIP_BAD_QUOTE);
	k->src = tw_key_make(&k->key, &quoted.src, &quoted.dst, tw_be16(p), tw_be16(p + 2), quoted.family);
	k->seq = tw_be32(p + 4);
	o->quoted_len = quoted.len;
	o->what = TW_OBS_ERROR;
	return 0;
}

TW_INLINE int tw_icmp_is_error(const struct tw_obs *o)
{
	if (o->pkt.family == 4)
		return o->icmp_type == 3 || o->icmp_type == 11 || o->icmp_type == 12;
	return o->icmp_type >= 1 && o->icmp_type <= 4;
}

TW_INLINE int tw_icmp_is_echo(const struct tw_obs *o)
{
	if (o->pkt.family == 4)
		return o->icmp_type == 8 || o->icmp_type == 0;
	return o->icmp_type == 128 || o->icmp_type == 129;
}

TW_INLINE int tw_parse_icmp(struct tw_cursor *c, const struct tw_hdr *h, const struct tw_ip *ip, struct tw_obs *o)
{
	const u8 *p = tw_at(c, 8);

	if (!p || ip->rest < 8)
		return tw_skip(o, TW_SKIP_TRUNCATED);
	o->icmp_type = p[0];
	o->icmp_code = p[1];
	if (tw_icmp_is_echo(o)) {
		o->icmp_id = tw_be16(p + 4);
		o->icmp_seq = tw_be16(p + 6);
		o->icmp_size = ip->rest - 8;
		o->what = TW_OBS_ECHO;
		return 0;
	}
	if (!tw_icmp_is_error(o))
		return tw_skip(o, TW_SKIP_NOT_TCP);
	o->mtu = ip->family == 4 ? tw_be16(p + 6) : tw_be32(p + 4);
	tw_pass(c, 8);
	return tw_parse_quote(c, h, o);
}

TW_INLINE int tw_parse_upper(struct tw_cursor *c, const struct tw_hdr *h, const struct tw_ip *ip, struct tw_obs *o)
{
	struct tw_pkt *k = &o->pkt;

	if (ip->proto != TW_PROTO_TCP && ip->proto != TW_PROTO_ICMP && ip->proto != TW_PROTO_ICMP6)
		return tw_skip(o, TW_SKIP_NOT_TCP);
	if (ip->frag & TW_IP4_OFFSET)
		return tw_skip(o, TW_SKIP_FRAGMENT);
	k->family = ip->family;
	k->ip_id = ip->id;
	k->ttl = ip->ttl;
	if (ip->family == 4)
		k->flags |= TW_OF_IP_ID;
	if (ip->family == 6 || (ip->frag & TW_IP4_DF))
		k->flags |= TW_OF_DF;
	if (ip->family == 4 ? (ip->src.word[3] & 0xff) == 127 :
			      !ip->src.word[0] && !ip->src.word[1] && !ip->src.word[2] && ip->src.word[3] == 0x01000000)
		k->flags |= TW_OF_LOOPBACK;
	o->from = ip->src;
	o->to = ip->dst;
	if (ip->proto == TW_PROTO_TCP)
		return tw_parse_tcp(c, h, ip, o);
	if ((ip->proto == TW_PROTO_ICMP) != (ip->family == 4))
		return tw_skip(o, TW_SKIP_NOT_TCP);
	return tw_parse_icmp(c, h, ip, o);
}

/* Of the source MAC: tells two senders on one link apart. 0: it has none (loopback). */
TW_INLINE u16 tw_mac_hash(const struct tw_hdr *h)
{
	u16 a = tw_be16(h->b + 6), b = tw_be16(h->b + 8), c = tw_be16(h->b + 10);

	if (!(a | b | c))
		return 0;
	return a ^ b ^ c ? a ^ b ^ c : 1;
}

/* Why a frame is not ours before its IP header is read; 0: it may be. */
TW_INLINE int tw_parse_link(struct tw_cursor *c, u32 l2, int *type)
{
	*type = 0;
	if (!l2)
		return TW_SKIP_OK;
	*type = tw_parse_eth(c);
	if (*type < 0)
		return TW_SKIP_TRUNCATED;
	return *type == TW_ETHERTYPE_IP4 || *type == TW_ETHERTYPE_IP6 ? TW_SKIP_OK : TW_SKIP_NOT_TCP;
}

/*
 * Parses the packet whose first @len bytes (at most 256) are in @hdr into @o.
 * @wire_len: its length on the wire, or 0 where the IP header alone is believed (captures that were
 * cut without saying so). @l2: 14 for Ethernet, 0 for no link header. Fills all of @o but time, point
 * and what only a hook knows. Returns o->what.
 */
TW_GLOBAL int tw_parse(const struct tw_hdr *hdr, u32 len, u32 wire_len, u32 l2, struct tw_obs *o)
{
	struct tw_cursor c;
	struct tw_ip ip = {};
	int type, bad;
	u32 off;

	TW_NONNULL(hdr, TW_OBS_NONE);
	TW_NONNULL(o, TW_OBS_NONE);
	__builtin_memset(o, 0, sizeof(*o));
	o->wscale = TW_WSCALE_NONE;
	o->pkt.segs = 1;
	tw_cursor_init(&c, hdr, 0, len, wire_len);
	bad = tw_parse_link(&c, l2, &type);
	off = c.off;
	if (!bad)
		bad = tw_parse_ip(hdr, off, c.len, wire_len, &ip);
	if (!bad && type && (type == TW_ETHERTYPE_IP4) != (ip.family == 4))
		bad = TW_SKIP_BAD_IP_HEADER;
	if (!bad && wire_len && off + ip.len > wire_len)
		bad = TW_SKIP_TRUNCATED;
	if (bad) {
		tw_skip(o, bad);
		return o->what;
	}
	tw_cursor_init(&c, hdr, ip.upper, len, wire_len);
	tw_parse_upper(&c, hdr, &ip, o);
	if (l2 && tw_is_never_plain(o->pkt.tcp_flags))
		o->mac = tw_mac_hash(hdr);
	return o->what;
}

#endif
