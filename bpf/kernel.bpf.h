/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's own words on packets of tracked connections, by tracepoints: what it dropped, which RSTs its
 * TCP sent and which segments it sent again, and why.
 *
 * Tracepoints fire for all network namespaces and all protocols; what is not ours leaves early. Arguments
 * differ between kernels: the loader looks each tracepoint up in BTF and says how many it has
 * (user/host/kernelprogs.c); 0 = there is none, and the program is not loaded.
 */
#ifndef TCPWHY_KERNEL_BPF_H
#define TCPWHY_KERNEL_BPF_H

#include <bpf/bpf_core_read.h>

#include "emit.bpf.h"
#include "ktypes.bpf.h"
#include "maps.bpf.h"
#include "tcpwhy/fast.h"

#define TW_QUIET_REASONS 256 /* as TW_MASK8 has it */

const volatile u32 tw_netns;          /* inode number of our network namespace */
const volatile u32 tw_kfree_skb_args; /* arguments of the tracepoint in this kernel */
const volatile u32 tw_send_reset_args;
/* Drop reasons that are no fault, by number: of what every healthy connection meets, too. */
const volatile u8 tw_quiet_reason[TW_QUIET_REASONS];

/*
 * Working memory of a tracepoint program. One for each of them, and none is the packet programs': a tracepoint
 * may interrupt, and be interrupted.
 */
enum tw_kernel_scratch_of { TW_SCRATCH_DROP, TW_SCRATCH_RESET, TW_SCRATCH_RESENT, _TW_SCRATCH_MAX };

struct tw_kernel_scratch {
	struct tw_hdr hdr;
	struct tw_obs obs;
	struct tw_key4 key4;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, _TW_SCRATCH_MAX);
	__type(key, u32);
	__type(value, struct tw_kernel_scratch);
} kernel_scratch SEC(".maps");

/* Events of a connection in one second: by its id. */
struct tw_drop_budget {
	u64 second;
	u32 used;
	u32 held; /* held back since the last one that was not */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct tw_drop_budget);
} drop_budgets SEC(".maps");

TW_INLINE struct tw_kernel_scratch *tw_kernel_scratch_get(u32 which)
{
	return bpf_map_lookup_elem(&kernel_scratch, &which);
}

/* 1: ours, 0: another's, -1: it does not say. */
TW_INLINE int tw_is_our_net(const struct net *net)
{
	if (!net)
		return -1;
	return net->ns.inum == tw_netns;
}

/* The interface, else the socket, else the route tells the namespace; deep in TCP all may be gone. */
TW_INLINE int tw_is_our_skb(const struct sk_buff *skb, const struct sock *sk)
{
	const struct net_device *dev = skb->dev;
	int ours = -1;

	if (!sk)
		sk = skb->sk;
	if (sk)
		ours = tw_is_our_net(sk->__sk_common.skc_net.net);
	if (ours < 0 && dev)
		ours = tw_is_our_net(dev->nd_net.net);
	return ours > 0;
}

#define TW_ETH_IP4 0x0008 /* as it lies in memory */
#define TW_ETH_IP6 0xdd86

/* Reads the packet from its IP header on, and parses it. 0: it is a TCP segment, in s->obs. */
TW_INLINE int tw_read_skb(const struct sk_buff *skb, struct tw_kernel_scratch *s)
{
	u32 at = skb->network_header, tail = skb->tail;
	const unsigned char *head = skb->head;
	u16 protocol = skb->protocol;
	u64 len;

	if ((protocol != TW_ETH_IP4 && protocol != TW_ETH_IP6) || !at || at == 0xffff || tail < at + TW_SHORTEST)
		return -1;
	if (bpf_probe_read_kernel(s->hdr.b, 10, head + at))
		return -1;
	/* most that is dropped is no TCP: IPv6 has its extension headers before it */
	if (protocol == TW_ETH_IP4 ? s->hdr.b[9] != TW_PROTO_TCP : s->hdr.b[6] == 17 || s->hdr.b[6] == TW_PROTO_ICMP6)
		return -1;
	len = tail - at;
	if (len > TW_HDR_MAX)
		len = TW_HDR_MAX;
	if (bpf_probe_read_kernel(s->hdr.b, len, head + at))
		return -1;
	return tw_parse(&s->hdr, len, 0, 0, &s->obs) == TW_OBS_TCP ? 0 : -1;
}

TW_INLINE struct tw_flow *tw_kernel_settled(struct tw_kernel_scratch *s)
{
	if (s->obs.pkt.key.family == 6)
		return bpf_map_lookup_elem(&flows6, &s->obs.pkt.key);
	tw_key_narrow(&s->key4, &s->obs.pkt.key);
	return bpf_map_lookup_elem(&flows4, &s->key4);
}

/* The connection that the packet in @s belongs to, if it is under way. */
TW_INLINE struct tw_flow *tw_kernel_flow(struct tw_kernel_scratch *s)
{
	int syn = (s->obs.pkt.tcp_flags & (TW_SYN | TW_ACK)) == TW_SYN;
	struct tw_flow *f = tw_kernel_settled(s), *h;

	if (f && !(f->flags & TW_FF_ENDED) && !(syn && (f->flags & TW_FF_SYN_PENDING)))
		return f;
	h = bpf_map_lookup_elem(&half_open, &s->obs.pkt.key);
	if (h && (h->flags & TW_FF_ENDED))
		return 0;
	return h;
}

/* Which way it went: as that side's packets go, or against the other's. */
TW_INLINE void tw_kernel_way(const struct tw_flow *f, struct tw_pkt *p)
{
	const struct tw_half *me = &f->half[p->src & 1], *peer = &f->half[(p->src & 1) ^ 1];

	p->point = me->point ? me->point : peer->point ^ 1;
	if (p->point & 1)
		p->flags |= TW_OF_EGRESS;
	p->ts_ns = bpf_ktime_get_ns();
}

/* An event of the kernel's; @detail: its six words, or NULL. */
TW_INLINE struct tw_event *tw_kernel_event(u32 type, u32 suppressed, const struct tw_flow *f, const struct tw_obs *o)
{
	struct tw_counters *c = tw_counters_get();
	struct tw_event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e) {
		if (c)
			__sync_fetch_and_add(&c->lost_ring, 1);
		return 0;
	}
	tw_event_fill(e, type, suppressed, f, o);
	for (int i = 0; i < 6; i++)
		e->raw[i] = 0;
	if (c)
		__sync_fetch_and_add(&c->emitted, 1);
	return e;
}

/* What of a connection's drops goes to the log: as many a second as of any event. -1: none now; else what was held back. */
TW_INLINE int tw_drop_budget_take(u64 id, u64 now)
{
	struct tw_drop_budget *b = bpf_map_lookup_elem(&drop_budgets, &id), fresh = { .second = now >> 30, .used = 1 };
	int held;

	if (!tw_cfg.event_budget)
		return 0;
	if (!b) {
		bpf_map_update_elem(&drop_budgets, &id, &fresh, BPF_ANY);
		return 0;
	}
	if (b->second != now >> 30) {
		b->second = now >> 30;
		b->used = 0;
	}
	if (b->used >= tw_cfg.event_budget) {
		b->held++;
		return -1;
	}
	b->used++;
	held = b->held & 0x7fffffff;
	b->held = 0;
	return held;
}

/* Of all connections together: a flood that is dropped or refused must not double what it puts into the ring. */
TW_INLINE int tw_kernel_budget(u32 type, u64 now)
{
	struct tw_counters *c = tw_counters_get();

	return c ? tw_stray_budget(c, type, now) : -1;
}

TW_INLINE int tw_is_first_held(u32 type)
{
	struct tw_counters *c = tw_counters_get();

	return c && c->held_stray[type & 31] == 1;
}

TW_INLINE void tw_say_drop(const struct tw_flow *f, const struct tw_obs *o, u32 reason)
{
	int all = tw_kernel_budget(TW_EV_KERNEL_DROP, o->pkt.ts_ns), held = -1;
	struct tw_event *e;

	if (all >= 0)
		held = tw_drop_budget_take(f->id, o->pkt.ts_ns);
	else if (!tw_is_first_held(TW_EV_KERNEL_DROP))
		return;
	e = tw_kernel_event(TW_EV_KERNEL_DROP, held < 0 ? 0 : held + all, f, o);
	if (!e)
		return;
	e->drop.reason = reason;
	e->drop.len = o->pkt.len;
	e->drop.quiet = held < 0;
	e->drop.held = all < 0; /* silence proves nothing for a while */
	bpf_ringbuf_submit(e, tw_ring_flags());
}

TW_INLINE int tw_is_quiet(u64 reason)
{
	u64 at = reason;

	TW_MASK8(at);
	return reason < TW_QUIET_REASONS && tw_quiet_reason[at];
}

/* (skb, location, reason[, rx_sk]) */
SEC("?tp_btf/kfree_skb")
int kernel_kfree_skb(u64 *ctx)
{
	const struct sk_buff *skb = (const struct sk_buff *)ctx[0];
	const struct sock *sk = 0;
	u64 reason = (u32)ctx[2];
	struct tw_kernel_scratch *s;
	struct tw_flow *f;

	if (tw_is_quiet(reason) || !skb)
		return 0;
	if (tw_kfree_skb_args >= 4)
		sk = (const struct sock *)ctx[3];
	s = tw_kernel_scratch_get(TW_SCRATCH_DROP);
	if (!s || !tw_is_our_skb(skb, sk) || tw_read_skb(skb, s))
		return 0;
	f = tw_kernel_flow(s);
	if (!f)
		return 0;
	tw_kernel_way(f, &s->obs.pkt);
	tw_say_drop(f, &s->obs, reason);
	return 0;
}

/* ---- what this host's TCP sent ---- */

/* The tuple of a socket as the key in @s, its own side as the sender. 0 or -1. */
TW_INLINE int tw_read_sock(const struct sock *sk, struct tw_kernel_scratch *s)
{
	const struct sock_common *c = &sk->__sk_common;
	struct tw_pkt *p = &s->obs.pkt;
	struct tw_addr here, there;
	u32 family = c->skc_family == 10 ? 6 : 4;
	u16 port;

	__builtin_memset(&s->obs, 0, sizeof(s->obs));
	if (bpf_core_read(&port, sizeof(port), &((const struct inet_sock *)sk)->inet_sport))
		return -1;
	if (family == 6) {
		if (!bpf_core_field_exists(c->skc_v6_daddr))
			return -1;
		bpf_core_read(&here, sizeof(here), &c->skc_v6_rcv_saddr);
		bpf_core_read(&there, sizeof(there), &c->skc_v6_daddr);
		if (there.word[2] == TW_V4_PREFIX && !there.word[0] && !there.word[1])
			family = 4;
	} else {
		tw_addr_v4(&here, c->skc_rcv_saddr);
		tw_addr_v4(&there, c->skc_daddr);
	}
	p->src = tw_key_make(&p->key, &here, &there, __builtin_bswap16(port), __builtin_bswap16(c->skc_dport), family);
	p->family = family;
	s->obs.what = TW_OBS_TCP;
	return 0;
}

/* The connection that a RST ends, or has ended just now. */
TW_INLINE struct tw_flow *tw_reset_flow(struct tw_kernel_scratch *s)
{
	struct tw_flow *f = tw_kernel_settled(s), *h;

	if (f && !(f->flags & (TW_FF_ENDED | TW_FF_SYN_PENDING)))
		return f;
	h = bpf_map_lookup_elem(&half_open, &s->obs.pkt.key);
	return h ? h : f;
}

/* (sk, skb[, reason]): @skb is the packet that is answered, or none. Up to 6.9 not said of RSTs without a socket. */
SEC("?tp_btf/tcp_send_reset")
int kernel_send_reset(u64 *ctx)
{
	const struct sock *sk = (const struct sock *)ctx[0];
	const struct sk_buff *skb = (const struct sk_buff *)ctx[1];
	struct tw_kernel_scratch *s = tw_kernel_scratch_get(TW_SCRATCH_RESET);
	u32 reason = 0, told = 0;
	struct tw_event *e;
	struct tw_flow *f;

	if (tw_send_reset_args >= 3) {
		reason = ctx[2];
		told = TW_TOLD_REASON;
	}
	if (!s)
		return 0;
	if (skb) {
		if (!tw_is_our_skb(skb, sk) || tw_read_skb(skb, s))
			return 0;
	} else {
		if (!sk || tw_is_our_net(sk->__sk_common.skc_net.net) <= 0 || tw_read_sock(sk, s))
			return 0;
	}
	f = tw_reset_flow(s);
	if (!f)
		return 0;
	s->obs.pkt.ts_ns = bpf_ktime_get_ns();
	if (tw_kernel_budget(TW_EV_KERNEL_RESET, s->obs.pkt.ts_ns) < 0) {
		if (!tw_is_first_held(TW_EV_KERNEL_RESET))
			return 0;
		told = TW_TOLD_HELD; /* silence proves nothing for a while */
	}
	e = tw_kernel_event(TW_EV_KERNEL_RESET, 0, f, &s->obs);
	if (!e)
		return 0;
	e->kernel.reason = reason;
	e->kernel.told = told;
	bpf_ringbuf_submit(e, tw_ring_flags());
	return 0;
}

/* (sk, skb[, err]) */
SEC("?tp_btf/tcp_retransmit_skb")
int kernel_retransmit_skb(u64 *ctx)
{
	const struct sock *sk = (const struct sock *)ctx[0];
	const struct sk_buff *skb = (const struct sk_buff *)ctx[1];
	struct tw_kernel_scratch *s = tw_kernel_scratch_get(TW_SCRATCH_RESENT);
	struct tw_event *e;
	struct tw_flow *f;
	u64 now;

	if (!s || !sk || !skb || tw_is_our_net(sk->__sk_common.skc_net.net) <= 0 || tw_read_sock(sk, s))
		return 0;
	f = tw_kernel_settled(s);
	now = bpf_ktime_get_ns();
	if (!f || tw_drop_budget_take(f->id ^ TW_EV_KERNEL_RESENT, now) < 0)
		return 0;
	s->obs.pkt.ts_ns = now;
	bpf_core_read(&s->obs.pkt.seq, sizeof(s->obs.pkt.seq), &skb->cb);
	e = tw_kernel_event(TW_EV_KERNEL_RESENT, 0, f, &s->obs);
	if (!e)
		return 0;
	e->kernel.ca_state = BPF_CORE_READ_BITFIELD_PROBED((const struct inet_connection_sock *)sk, icsk_ca_state);
	e->kernel.told = TW_TOLD_CA_STATE;
	bpf_ringbuf_submit(e, tw_ring_flags());
	return 0;
}

#endif
