// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The packet programs under a bump: each run first makes the packet the next one of its connection,
 * because a test run shows the same bytes again and again. Beside them the floor that they are measured
 * against: the least parser, a key and one lookup, under the same bump.
 */
#include "../../bpf/tcpwhy.bpf.c"
#include "bump.h"

struct bump bump;

TW_INLINE void put32(u8 *p, u32 v)
{
	*(u32 *)p = __builtin_bswap32(v);
}

/* The other end sends: addresses and ports change places. @addr: bytes of an address. */
TW_INLINE void swap_ends(u8 *ip_addr, u8 *ports, u32 addr)
{
	u16 *port = (u16 *)ports, p = port[0];

	for (u32 i = 0; i < addr; i += 4) {
		u32 *a = (u32 *)(ip_addr + i), *b = (u32 *)(ip_addr + addr + i), x = *a;

		*a = *b;
		*b = x;
	}
	port[0] = port[1];
	port[1] = p;
}

/* @l4: where TCP begins; @addr: where the addresses do. The caller has checked that all is in the packet. */
TW_INLINE void bump_packet(u8 *data, u32 addr, u32 addr_len, u32 l4)
{
	u32 turn;

	switch (bump.how) {
	case BUMP_SEQ:
		bump.seq[0] += bump.step;
		put32(data + l4 + 4, bump.seq[0]);
		break;
	case BUMP_ACK:
		bump.seq[0] += bump.step;
		put32(data + l4 + 8, bump.seq[0]);
		break;
	case BUMP_TURNS: /* each packet is the other end's, and acknowledges the last one */
		turn = bump.turn & 1;
		bump.turn++;
		swap_ends(data + addr, data + l4, addr_len);
		put32(data + l4 + 4, bump.seq[turn]);
		bump.seq[turn] += bump.step;
		put32(data + l4 + 8, bump.seq[turn ^ 1]);
		break;
	}
}

TW_INLINE int bump_any(u8 *data, u8 *end)
{
	if (data + 54 > end)
		return -1;
	if (data[12] == 0x08)
		bump_packet(data, 26, 4, 34);
	else if (data + 74 <= end)
		bump_packet(data, 22, 16, 54);
	return 0;
}

#define BUMP(ctx) bump_any((u8 *)(long)(ctx)->data, (u8 *)(long)(ctx)->data_end)

/* The floor: what a program that does nothing but find the connection costs. */
TW_INLINE int floor_of(const u8 *data, const u8 *end)
{
	struct tw_key4 key4;
	struct tw_key key;
	struct tw_addr src, dst;
	struct tw_flow *f;

	if (data + 54 > end)
		return 0;
	if (tw_be16(data + 12) == TW_ETHERTYPE_IP4) {
		if (data[14] != 0x45 || data[23] != TW_PROTO_TCP)
			return 0;
		tw_key4_make(&key4, tw_load32(data + 26), tw_load32(data + 30), tw_be16(data + 34), tw_be16(data + 36));
		f = bpf_map_lookup_elem(&flows4, &key4);
		return f && f->id;
	}
	if (data + 74 > end || tw_be16(data + 12) != TW_ETHERTYPE_IP6 || data[20] != TW_PROTO_TCP)
		return 0;
	for (int i = 0; i < 4; i++) {
		src.word[i] = tw_load32(data + 22 + 4 * i);
		dst.word[i] = tw_load32(data + 38 + 4 * i);
	}
	tw_key_make(&key, &src, &dst, tw_be16(data + 54), tw_be16(data + 56), 6);
	f = bpf_map_lookup_elem(&flows6, &key);
	return f && f->id;
}

SEC("xdp.frags")
int xdp_empty(struct xdp_md *ctx)
{
	BUMP(ctx);
	return XDP_PASS;
}

SEC("xdp.frags")
int xdp_floor(struct xdp_md *ctx)
{
	BUMP(ctx);
	return floor_of((u8 *)(long)ctx->data, (u8 *)(long)ctx->data_end) ? XDP_PASS : XDP_DROP;
}

SEC("xdp.frags")
int xdp_tcpwhy(struct xdp_md *ctx)
{
	BUMP(ctx);
	return tw_xdp(ctx);
}

SEC("tc")
int tc_empty(struct __sk_buff *skb)
{
	BUMP(skb);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int tc_floor(struct __sk_buff *skb)
{
	BUMP(skb);
	return floor_of((u8 *)(long)skb->data, (u8 *)(long)skb->data_end) ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

SEC("tc")
int tc_tcpwhy(struct __sk_buff *skb)
{
	BUMP(skb);
	return tw_skb(skb, TW_ETH_LEN, 1);
}
