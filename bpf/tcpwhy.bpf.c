// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The programs that the kernel runs for each packet: XDP or tc on ingress, tc on egress.
 *
 * They look, and never drop, alter or delay a packet. Each is an adapter of its context to one road:
 * the fast parser, one lookup, plain progress; else the full parser on a copy, and the classifier.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "tcpwhy/config.h"
#include "maps.bpf.h"
#include "feed.bpf.h"
#include "record.bpf.h"
#include "tcpwhy/fast.h"
#include "tcpwhy/hook.h"
#include "tcpwhy/plain.h"

const volatile struct tw_config tw_cfg = TW_CONFIG_DEFAULT;
u64 tw_test_now; /* tests only: the time of the next packet */

TW_INLINE u64 tw_coarse_now(void)
{
	return tw_cfg.test_clock ? tw_test_now : bpf_ktime_get_coarse_ns();
}

/* The coarse clock changes once a tick, and costs a call; that a tick has come, a load tells. */
TW_INLINE u64 tw_tick_now(struct tw_counters *c)
{
	u64 tick = bpf_jiffies64();

	if (!c || tw_cfg.test_clock)
		return tw_coarse_now();
	if (c->tick != tick) {
		c->tick = tick;
		c->tick_ns = tw_coarse_now();
	}
	return c->tick_ns;
}

TW_INLINE u64 tw_precise_now(void)
{
	return tw_cfg.test_clock ? tw_test_now : bpf_ktime_get_ns();
}

/* After the fast parser took the frame. 1: it is in scratch, and tw_slow must judge it. */
TW_INLINE int tw_on_plain_frame(struct tw_pkt *p, int kind, const struct tw_hook *h)
{
	struct tw_counters *c = tw_counters_get();
	struct tw_scratch *s;
	struct tw_flow *f;

	if (c)
		tw_count(c, TW_SKIP_OK);
	tw_pkt_hook(p, h);
	p->ts_ns = tw_tick_now(c);
	f = kind == 4 ? bpf_map_lookup_elem(&flows4, &p->key4) : bpf_map_lookup_elem(&flows6, &p->key);
	if (f && tw_plain(f, p)) {
		if (tw_cfg.capture_depth)
			tw_record_plain(f->id, p->point, tw_precise_now());
		return 0;
	}
	s = tw_scratch_get();
	if (!s)
		return 0;
	tw_to_scratch(p, kind, &s->obs);
	if (!f || !tw_is_settled(f))
		return 1;
	tw_slow_found(f, tw_precise_now());
	return 0;
}

/* A frame that could not even be copied. */
TW_INLINE int tw_on_short_frame(void)
{
	struct tw_counters *c = tw_counters_get();

	if (c)
		tw_count(c, TW_SKIP_TRUNCATED);
	return 0;
}

/* After the copy of the first bytes is in scratch: @len of them. 1: tw_slow must judge it, 2: tw_slow_icmp. */
TW_INLINE int tw_on_odd_frame(struct tw_scratch *s, u32 len, const struct tw_hook *h)
{
	struct tw_counters *c = tw_counters_get();
	int what = tw_parse(&s->hdr, len, h->wire_len, h->l2, &s->obs);

	if (c)
		tw_count(c, what == TW_OBS_NONE ? s->obs.skip : TW_SKIP_OK);
	if (what == TW_OBS_NONE)
		return 0;
	tw_pkt_hook(&s->obs.pkt, h);
	return what == TW_OBS_TCP ? 1 : 2;
}

TW_INLINE void tw_judge(int how)
{
	if (how == 2)
		tw_slow_icmp(tw_precise_now());
	else if (how == 1 && tw_slow(tw_precise_now()))
		tw_slow_beside();
}

static __attribute__((noinline)) int tw_xdp_odd(struct xdp_md *ctx)
{
	struct tw_scratch *s = tw_scratch_get();
	struct tw_hook h = { .point = ctx->ingress_ifindex << 1, .l2 = TW_ETH_LEN };
	u64 len = bpf_xdp_get_buff_len(ctx);

	if (!s)
		return 0;
	h.wire_len = len;
	if (len > TW_HDR_MAX)
		len = TW_HDR_MAX;
	if (len < TW_SHORTEST || bpf_xdp_load_bytes(ctx, 0, s->hdr.b, len))
		return tw_on_short_frame();
	return tw_on_odd_frame(s, len, &h);
}

TW_INLINE int tw_xdp(struct xdp_md *ctx)
{
	const u8 *data = (const u8 *)(long)ctx->data, *end = (const u8 *)(long)ctx->data_end;
	struct tw_hook h = { .point = ctx->ingress_ifindex << 1, .l2 = TW_ETH_LEN };
	struct tw_pkt p;
	int kind = tw_parse_fast(data, end, TW_ETH_LEN, &p);

	/* The linear part may be all that there is; only where it is not, the helper is worth its cost. */
	if (kind && !tw_is_whole(&p, TW_ETH_LEN, end - data) && !tw_is_whole(&p, TW_ETH_LEN, bpf_xdp_get_buff_len(ctx)))
		kind = 0;
	tw_judge(kind ? tw_on_plain_frame(&p, kind, &h) : tw_xdp_odd(ctx));
	if (tw_cfg.capture_depth)
		tw_record_xdp(ctx);
	return XDP_PASS;
}

SEC("xdp.frags")
int xdp_ingress(struct xdp_md *ctx)
{
	return tw_xdp(ctx);
}

TW_INLINE void tw_skb_hook(const struct __sk_buff *skb, u32 l2, u32 egress, struct tw_hook *h)
{
	h->point = skb->ifindex << 1 | egress;
	h->segs = skb->gso_segs;
	h->gso_size = skb->gso_size;
	h->wire_len = skb->len;
	h->l2 = l2;
	h->flags = 0;
	if (egress)
		h->flags = skb->ingress_ifindex ? TW_OF_EGRESS | TW_OF_FORWARDED : TW_OF_EGRESS;
}

static __attribute__((noinline)) int tw_skb_odd(struct __sk_buff *skb, u32 l2, u32 egress)
{
	struct tw_scratch *s = tw_scratch_get();
	struct tw_hook h;
	u64 len = skb->len;

	if (!s)
		return 0;
	tw_skb_hook(skb, l2, egress, &h);
	if (len > TW_HDR_MAX)
		len = TW_HDR_MAX;
	if (len < TW_SHORTEST || bpf_skb_load_bytes(skb, 0, s->hdr.b, len))
		return tw_on_short_frame();
	return tw_on_odd_frame(s, len, &h);
}

TW_INLINE int tw_skb(struct __sk_buff *skb, u32 l2, u32 egress)
{
	const u8 *data = (const u8 *)(long)skb->data, *end = (const u8 *)(long)skb->data_end;
	struct tw_hook h;
	struct tw_pkt p;
	int kind = tw_parse_fast(data, end, l2, &p);

	if (kind && tw_is_whole(&p, l2, skb->len)) {
		tw_skb_hook(skb, l2, egress, &h);
		tw_judge(tw_on_plain_frame(&p, kind, &h));
	} else {
		tw_judge(tw_skb_odd(skb, l2, egress));
	}
	if (tw_cfg.capture_depth)
		tw_record_skb(skb, l2);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int tc_ingress(struct __sk_buff *skb)
{
	return tw_skb(skb, TW_ETH_LEN, 0);
}

SEC("tc")
int tc_egress(struct __sk_buff *skb)
{
	return tw_skb(skb, TW_ETH_LEN, 1);
}

/* Interfaces without a link header: tun, ipip, wireguard. */
SEC("tc")
int tc_ingress_l3(struct __sk_buff *skb)
{
	return tw_skb(skb, 0, 0);
}

SEC("tc")
int tc_egress_l3(struct __sk_buff *skb)
{
	return tw_skb(skb, 0, 1);
}

#include "kernel.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
