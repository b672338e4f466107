/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * IP headers: IPv4 with options and fragments, IPv6 with extension headers (RFC 8200).
 * A function of its own for the verifier, which would otherwise check every way through these headers
 * with every way through those above.
 */
#ifndef TCPWHY_IP_H
#define TCPWHY_IP_H

#include "cursor.h"
#include "fast.h"
#include "key.h"
#include "names.h"
#include "port.h"

enum { TW_IP6_EXTENSIONS = 6 };

/* What of an IP header the upper layers need. */
struct tw_ip {
	struct tw_addr src, dst;
	u32 rest;    /* bytes after the headers, by the IP header */
	u32 len;     /* IP length */
	u16 id, frag;
	u16 upper;   /* offset of the upper header in the copy */
	u8 proto, ttl, family, hdr_len;
	u8 skip;     /* enum tw_skip */
	u8 dscp;
	u8 spare[2];
};

TW_INLINE int tw_ip_skip(struct tw_ip *ip, enum tw_skip why)
{
	ip->skip = why;
	return -1;
}

TW_INLINE int tw_parse_ip4(struct tw_cursor *c, struct tw_ip *ip, u32 wire_len)
{
	const u8 *p = tw_at(c, 20);
	u32 hdr;

	if (!p)
		return tw_ip_skip(ip, TW_SKIP_TRUNCATED);
	hdr = (p[0] & 15) * 4;
	ip->len = tw_be16(p + 2);
	if (!ip->len && wire_len > 0xffff) /* a super-packet beyond 64 KiB has no length here */
		ip->len = wire_len - c->off;
	if ((p[0] >> 4) != 4 || hdr < 20 || ip->len < hdr)
		return tw_ip_skip(ip, TW_SKIP_BAD_IP_HEADER);
	tw_addr_v4(&ip->src, tw_load32(p + 12));
	tw_addr_v4(&ip->dst, tw_load32(p + 16));
	ip->id = tw_be16(p + 4);
	ip->frag = tw_be16(p + 6);
	ip->ttl = p[8];
	ip->dscp = p[1] >> 2;
	ip->proto = p[9];
	ip->family = 4;
	ip->hdr_len = hdr;
	ip->rest = ip->len - hdr;
	tw_pass(c, hdr);
	return 0;
}

/* One extension header at the cursor. 1: passed, 0: an upper layer, -1: skipped. */
TW_INLINE int tw_parse_ip6_extension(struct tw_cursor *c, struct tw_ip *ip, u32 *passed)
{
	const u8 *p;
	u32 len;

	if (ip->proto != 0 && ip->proto != 43 && ip->proto != 44 && ip->proto != 51 && ip->proto != 60 &&
	    ip->proto != 135)
		return 0;
	p = tw_at(c, 8);
	if (!p)
		return tw_ip_skip(ip, *passed + 8 > ip->rest ? TW_SKIP_BAD_EXTENSION : TW_SKIP_TRUNCATED);
	if (ip->proto == 44) {
		ip->frag = (tw_be16(p + 2) >> 3) | (p[3] & 1 ? TW_IP4_MF : 0);
		len = 8;
	} else {
		len = ip->proto == 51 ? (p[1] + 2) * 4 : (p[1] + 1) * 8;
	}
	if (*passed + len > ip->rest || len > TW_HDR_MAX)
		return tw_ip_skip(ip, TW_SKIP_BAD_EXTENSION);
	ip->proto = p[0];
	*passed += len;
	tw_pass(c, len);
	return 1;
}

TW_INLINE int tw_parse_ip6(struct tw_cursor *c, struct tw_ip *ip, u32 wire_len)
{
	const u8 *p = tw_at(c, 40);
	u32 passed = 0;
	int more = 1;

	if (!p)
		return tw_ip_skip(ip, TW_SKIP_TRUNCATED);
	if ((p[0] >> 4) != 6)
		return tw_ip_skip(ip, TW_SKIP_BAD_IP_HEADER);
	ip->rest = tw_be16(p + 4);
	if (!ip->rest && wire_len > 0xffff)
		ip->rest = wire_len - c->off - 40;
	ip->len = ip->rest + 40;
	for (int i = 0; i < 4; i++) {
		ip->src.word[i] = tw_load32(p + 8 + 4 * i);
		ip->dst.word[i] = tw_load32(p + 24 + 4 * i);
	}
	ip->proto = p[6];
	ip->ttl = p[7];
	ip->dscp = (p[0] & 15) << 2 | p[1] >> 6;
	ip->id = 0;
	ip->frag = TW_IP4_DF;
	ip->family = 6;
	tw_pass(c, 40);
	for (int i = 0; i < TW_IP6_EXTENSIONS && more > 0; i++)
		more = tw_parse_ip6_extension(c, ip, &passed);
	if (more < 0)
		return -1;
	if (more > 0 && ip->proto != TW_PROTO_TCP && ip->proto != TW_PROTO_ICMP6)
		return tw_ip_skip(ip, TW_SKIP_BAD_EXTENSION);
	ip->rest -= passed;
	ip->hdr_len = TW_MIN(40 + passed, 195);
	return 0;
}

/*
 * Parses the IP header at @off of @hdr, whose first @len bytes are valid, into @ip. @wire_len: the
 * packet's length on the wire, for super-packets beyond 64 KiB, which have none in their header; or 0.
 * Returns enum tw_skip: 0, or why the packet cannot be judged.
 */
TW_GLOBAL int tw_parse_ip(const struct tw_hdr *hdr, u32 off, u32 len, u32 wire_len, struct tw_ip *ip)
{
	struct tw_cursor c;
	const u8 *p;
	int bad;

	TW_NONNULL(hdr, TW_SKIP_TRUNCATED);
	TW_NONNULL(ip, TW_SKIP_TRUNCATED);
	tw_cursor_init(&c, hdr, off, len, wire_len);
	ip->skip = TW_SKIP_OK;
	p = tw_at(&c, 1);
	if (!p)
		return TW_SKIP_TRUNCATED;
	if ((p[0] >> 4) == 6)
		bad = tw_parse_ip6(&c, ip, wire_len);
	else
		bad = tw_parse_ip4(&c, ip, wire_len);
	ip->upper = c.off;
	if (!c.len && !bad)
		return TW_SKIP_TRUNCATED;
	return ip->skip;
}

#endif
