/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fast parser: plain frames only, straight from the packet's memory.
 *
 * It takes what bulk traffic is made of (Ethernet or no link header, IPv4 without options or IPv6
 * without extension headers, TCP with ACK or ACK and PSH, no options but padded timestamps) and leaves
 * everything else to parse.h. It never disagrees with it: tests/unit/core/test_parse.c holds them together.
 */
#ifndef TCPWHY_FAST_H
#define TCPWHY_FAST_H

#include "key.h"
#include "obs.h"
#include "port.h"

#define TW_ETH_LEN 14
#define TW_ETHERTYPE_IP4 0x0800
#define TW_ETHERTYPE_IP6 0x86dd
#define TW_PROTO_TCP 6
#define TW_PROTO_ICMP 1
#define TW_PROTO_ICMP6 58

#define TW_IP4_DF 0x4000
#define TW_IP4_MF 0x2000
#define TW_IP4_OFFSET 0x1fff

#define TW_NOP_NOP_TS 0x0a080101u /* as loaded: kind 1, kind 1, kind 8, length 10 */

/* TCP at @tcp, of which 20 bytes fit; @rest = bytes of TCP header and payload by the IP header. */
TW_INLINE int tw_fast_tcp(const u8 *tcp, const u8 *end, u32 rest, struct tw_pkt *p)
{
	u32 hdr = (tcp[12] >> 4) * 4;

	if (tw_is_never_plain(tcp[13]) || rest < hdr)
		return 0;
	if (hdr == 32) {
		if (!TW_FITS(tcp, 32, end) || tw_load32(tcp + 20) != TW_NOP_NOP_TS)
			return 0;
		p->tsval = tw_be32(tcp + 24);
		p->tsecr = tw_be32(tcp + 28);
		p->flags |= TW_OF_TS;
	} else if (hdr == 20) {
		p->tsval = 0;
		p->tsecr = 0;
	} else {
		return 0;
	}
	p->seq = tw_be32(tcp + 4);
	p->ack = tw_be32(tcp + 8);
	p->win = tw_be16(tcp + 14);
	p->tcp_flags = tcp[13];
	p->len = rest - hdr;
	p->hdr_len += hdr;
	return 1;
}

TW_INLINE int tw_fast_ip4(const u8 *ip, const u8 *end, struct tw_pkt *p)
{
	u32 total;
	u16 frag;

	if (!TW_FITS(ip, 40, end))
		return 0;
	total = tw_be16(ip + 2);
	frag = tw_be16(ip + 6);
	if (ip[0] != 0x45 || ip[9] != TW_PROTO_TCP || (frag & ~TW_IP4_DF) || total < 40)
		return 0;
	p->flags = TW_OF_IP_ID | (frag ? TW_OF_DF : 0);
	p->family = 4;
	p->hdr_len = 20;
	p->ip_id = tw_be16(ip + 4);
	p->ttl = ip[8];
	p->src = tw_key4_make(&p->key4, tw_load32(ip + 12), tw_load32(ip + 16), tw_be16(ip + 20), tw_be16(ip + 22));
	if (ip[12] == 127)
		p->flags |= TW_OF_LOOPBACK;
	return tw_fast_tcp(ip + 20, end, total - 20, p) ? 4 : 0;
}

TW_INLINE int tw_fast_ip6(const u8 *ip, const u8 *end, struct tw_pkt *p)
{
	struct tw_addr src, dst;
	u32 rest;

	if (!TW_FITS(ip, 60, end))
		return 0;
	rest = tw_be16(ip + 4);
	if ((ip[0] >> 4) != 6 || ip[6] != TW_PROTO_TCP || rest < 20)
		return 0;
	for (int i = 0; i < 4; i++) {
		src.word[i] = tw_load32(ip + 8 + 4 * i);
		dst.word[i] = tw_load32(ip + 24 + 4 * i);
	}
	p->flags = TW_OF_DF;
	if (!src.word[0] && !src.word[1] && !src.word[2] && src.word[3] == 0x01000000)
		p->flags |= TW_OF_LOOPBACK;
	p->family = 6;
	p->hdr_len = 40;
	p->ip_id = 0;
	p->ttl = ip[7];
	p->src = tw_key_make(&p->key, &src, &dst, tw_be16(ip + 40), tw_be16(ip + 42), 6);
	return tw_fast_tcp(ip + 40, end, rest, p) ? 6 : 0;
}

/*
 * @l2: 14 for Ethernet, 0 for no link header. Fills all of @p but ts_ns, point, segs, gso_size and the
 * hook's flags. For IPv4 the key is the short one. Returns 4 or 6, or 0: not a plain frame.
 */
TW_INLINE int tw_parse_fast(const u8 *data, const u8 *end, u32 l2, struct tw_pkt *p)
{
	u16 type;

	if (!TW_FITS(data, l2 + 40, end))
		return 0;
	if (l2)
		type = tw_be16(data + 12);
	else
		type = (data[0] >> 4) == 4 ? TW_ETHERTYPE_IP4 : TW_ETHERTYPE_IP6;
	if (type == TW_ETHERTYPE_IP4)
		return tw_fast_ip4(data + l2, end, p);
	if (type == TW_ETHERTYPE_IP6)
		return tw_fast_ip6(data + l2, end, p);
	return 0;
}

/* Does what the headers promise end within the frame of @wire bytes? If not, the full parser says why. */
TW_INLINE int tw_is_whole(const struct tw_pkt *p, u32 l2, u64 wire)
{
	return l2 + p->hdr_len + p->len <= wire;
}

#endif
