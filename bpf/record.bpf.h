/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The flight recorder: the headers of each connection's last packets, in a ring of its own. As soon as something
 * happens to the connection they are handed to the loader, and then those that follow.
 *
 * All functions here are static, and called only where tw_cfg.capture_depth, which is constant, is not 0: else the
 * verifier removes them, and the maps are not even made.
 */
#ifndef TCPWHY_RECORD_BPF_H
#define TCPWHY_RECORD_BPF_H

#include "maps.bpf.h"
#include "tcpwhy/config.h"
#include "tcpwhy/evidence.h"

#define TW_RECENT_DEFAULT TW_RECENT_SIZE(16)

/* By connection id. LRU: what was silent for longest makes room; it is a recorder, and its loss is only that. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(u64));
	__uint(value_size, TW_RECENT_DEFAULT);
} recent SEC(".maps");

/* One element, all zero, for the map above to copy. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(u32));
	__uint(value_size, TW_RECENT_DEFAULT);
} recent_blank SEC(".maps");

/* struct tw_evidence, to the loader. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} evidence SEC(".maps");

TW_INLINE u64 tw_record_depth(void)
{
	return tw_cfg.capture_depth;
}

/* Plain progress of @conn: it went past the classifier, and no event can come of it. */
TW_INLINE void tw_record_plain(u64 conn, u32 point, u64 ts_ns)
{
	struct tw_scratch *s = tw_scratch_get();

	if (!s)
		return;
	s->out.n = 0;
	s->out.conn = conn;
	s->obs.pkt.point = point;
	s->obs.pkt.ts_ns = ts_ns;
}

TW_INLINE struct tw_recent *tw_record_find(u64 conn)
{
	struct tw_recent *r = bpf_map_lookup_elem(&recent, &conn);
	u32 zero = 0;
	void *blank;

	if (r)
		return r;
	blank = bpf_map_lookup_elem(&recent_blank, &zero);
	if (!blank)
		return 0;
	bpf_map_update_elem(&recent, &conn, blank, BPF_NOEXIST);
	return bpf_map_lookup_elem(&recent, &conn);
}

/* Both directions run at once: each packet has a slot of its own. */
TW_INLINE struct tw_evidence *tw_record_slot(struct tw_recent *r, u64 number)
{
	u64 depth = tw_record_depth(), i;

	if (!depth)
		return 0;
	i = number > TW_EVIDENCE_FIRST ? number % depth : depth + number - 1;
	if (i >= tw_record_depth() + TW_EVIDENCE_FIRST) /* asked anew: else the compiler knows, the verifier does not */
		return 0;
	return (struct tw_evidence *)((u8 *)r + sizeof(*r) + i * sizeof(struct tw_evidence));
}

TW_INLINE void tw_record_tell(struct tw_recent *r, struct tw_evidence *e)
{
	struct tw_counters *c;

	if (e->told)
		return;
	if (r->second != e->ts_ns >> 30) {
		r->second = e->ts_ns >> 30;
		r->used = 0;
	}
	if (r->used >= TW_EVIDENCE_BUDGET * tw_record_depth())
		return;
	r->used++;
	e->told = 1;
	if (!bpf_ringbuf_output(&evidence, e, sizeof(*e), BPF_RB_NO_WAKEUP))
		return;
	c = tw_counters_get();
	if (c)
		c->lost_evidence++;
}

/* How the connection began, what led to packet @number, and itself. */
TW_INLINE void tw_record_tell_all(struct tw_recent *r, u64 number)
{
	u64 depth = tw_record_depth(), before = number > depth ? number - depth : 0, n;
	struct tw_evidence *e;

	for (u64 i = 1; i <= TW_EVIDENCE_FIRST + TW_EVIDENCE_DEPTH_MAX; i++) {
		n = i <= TW_EVIDENCE_FIRST ? i : before + i - TW_EVIDENCE_FIRST;
		if (n > number)
			break;
		e = tw_record_slot(r, n);
		if (e && e->ready == n)
			tw_record_tell(r, e);
	}
}

TW_INLINE int tw_record_is_event(const struct tw_out *out)
{
	int worth = 0;

	for (u32 i = 0; i < TW_OUT_MAX; i++)
		if (i < out->n)
			worth |= tw_is_worth_keeping(out->said[i].type, out->said[i].reset.cause);
	return worth;
}

/* The packet in @e is complete. */
TW_INLINE void tw_record_done(struct tw_recent *r, struct tw_evidence *e, const struct tw_scratch *s)
{
	u64 number = e->number;

	e->ready = number;
	if (tw_record_is_event(&s->out)) {
		r->until = number + tw_record_depth();
		tw_record_tell_all(r, number);
	} else if (number <= r->until) {
		tw_record_tell(r, e);
	}
}

/* A slot for the packet of which this CPU's scratch tells, and in @r its connection's. NULL: it is nobody's. */
TW_INLINE struct tw_evidence *tw_record_begin(struct tw_scratch *s, u64 len, u32 l2, struct tw_recent **r)
{
	struct tw_evidence *e;
	u64 number;

	*r = s && s->out.conn ? tw_record_find(s->out.conn) : 0;
	if (!*r)
		return 0;
	number = __sync_fetch_and_add(&(*r)->last, 1) + 1;
	e = tw_record_slot(*r, number);
	if (!e)
		return 0;
	e->ready = 0;
	e->number = number;
	e->conn = s->out.conn;
	e->ts_ns = s->obs.pkt.ts_ns;
	e->point = s->obs.pkt.point;
	e->len = len;
	e->cap = TW_MIN(len, TW_EVIDENCE_BYTES);
	e->l2 = l2;
	e->told = 0;
	s->out.conn = 0; /* the next packet may be nobody's */
	return e;
}

static __attribute__((noinline)) int tw_record_xdp(struct xdp_md *ctx)
{
	struct tw_scratch *s = tw_scratch_get();
	u64 len = bpf_xdp_get_buff_len(ctx);
	struct tw_recent *r;
	struct tw_evidence *e = tw_record_begin(s, len, TW_ETH_LEN, &r);

	if (!e)
		return 0;
	len = TW_MIN(len, TW_EVIDENCE_BYTES);
	if (len >= TW_SHORTEST && !bpf_xdp_load_bytes(ctx, 0, e->bytes, len))
		tw_record_done(r, e, s);
	return len;
}

static __attribute__((noinline)) int tw_record_skb(struct __sk_buff *skb, u32 l2)
{
	struct tw_scratch *s = tw_scratch_get();
	u64 len = skb->len;
	struct tw_recent *r;
	struct tw_evidence *e = tw_record_begin(s, len, l2, &r);

	if (!e)
		return 0;
	len = TW_MIN(len, TW_EVIDENCE_BYTES);
	if (len >= TW_SHORTEST && !bpf_skb_load_bytes(skb, 0, e->bytes, len))
		tw_record_done(r, e, s);
	return len;
}

#endif
