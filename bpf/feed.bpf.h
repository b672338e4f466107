/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF maps as the tables that the core's feed.h asks for, and the slow path that all hooks share. */
#ifndef TCPWHY_FEED_BPF_H
#define TCPWHY_FEED_BPF_H

#include "emit.bpf.h"
#include "maps.bpf.h"

/* The short key lies in scratch: the stack is full. */
TW_INLINE struct tw_flow *tw_table_flow(const struct tw_obs *o)
{
	struct tw_scratch *s;

	if (o->pkt.key.family == 6)
		return bpf_map_lookup_elem(&flows6, &o->pkt.key);
	s = tw_scratch_get();
	if (!s)
		return 0;
	tw_key_narrow(&s->key4, &o->pkt.key);
	return bpf_map_lookup_elem(&flows4, &s->key4);
}

TW_INLINE struct tw_flow *tw_table_half(const struct tw_obs *o)
{
	return bpf_map_lookup_elem(&half_open, &o->pkt.key);
}

TW_INLINE struct tw_flow *tw_table_add_flow(const struct tw_obs *o, const struct tw_flow *f)
{
	struct tw_scratch *s;

	if (o->pkt.key.family == 6) {
		bpf_map_update_elem(&flows6, &o->pkt.key, f, BPF_ANY);
		return bpf_map_lookup_elem(&flows6, &o->pkt.key);
	}
	s = tw_scratch_get();
	if (!s)
		return 0;
	tw_key_narrow(&s->key4, &o->pkt.key);
	bpf_map_update_elem(&flows4, &s->key4, f, BPF_ANY);
	return bpf_map_lookup_elem(&flows4, &s->key4);
}

TW_INLINE struct tw_flow *tw_table_add_half(const struct tw_obs *o, const struct tw_flow *f)
{
	bpf_map_update_elem(&half_open, &o->pkt.key, f, BPF_ANY);
	return bpf_map_lookup_elem(&half_open, &o->pkt.key);
}

TW_INLINE void tw_table_drop_half(const struct tw_obs *o)
{
	bpf_map_delete_elem(&half_open, &o->pkt.key);
}

/* All zero, for the map to copy: 560 bytes are too much for the stack. */
static const struct tw_trouble tw_no_trouble;

TW_INLINE struct tw_trouble *tw_table_trouble(u64 id, int create)
{
	struct tw_trouble *t = bpf_map_lookup_elem(&troubles, &id);

	if (t || !create)
		return t;
	bpf_map_update_elem(&troubles, &id, &tw_no_trouble, BPF_NOEXIST);
	return bpf_map_lookup_elem(&troubles, &id);
}

TW_INLINE u8 tw_table_opener(const struct tw_obs *o)
{
	const u32 *opener = bpf_map_lookup_elem(&sockets, &o->pkt.key);

	return opener ? *opener : 0;
}

TW_INLINE struct tw_flow *tw_table_blank(void)
{
	struct tw_scratch *s = tw_scratch_get();

	return s ? &s->blank : 0;
}

TW_INLINE void tw_table_full(void)
{
	struct tw_counters *c = tw_counters_get();

	if (c)
		c->lost_table++;
}

/*
 * For the flight recorder: whose packet is it? A second sight, which did not become its direction's observation
 * point, was kept at the first.
 */
__attribute__((noinline)) int tw_feed_note(const struct tw_flow *f)
{
	struct tw_scratch *s = tw_scratch_get();
	u32 point;

	if (!s || !f)
		return 0;
	point = s->obs.pkt.src & 1 ? f->half[1].point : f->half[0].point;
	s->out.conn = s->obs.what == TW_OBS_ERROR || point == s->obs.pkt.point ? f->id : 0;
	return point;
}

TW_INLINE void tw_table_emit(const struct tw_flow *f, const struct tw_obs *o, struct tw_out *out)
{
	struct tw_counters *c = tw_counters_get();

	if (c) {
		c->suppressed += out->suppressed;
		c->lost_ring += out->lost;
	}
	if (tw_cfg.capture_depth)
		tw_feed_note(f);
	for (u32 i = 0; i < TW_OUT_MAX; i++)
		if (i < out->n)
			tw_emit_one(f, o, &out->said[i]);
}

TW_INLINE void tw_table_replaced(const struct tw_flow *f, const struct tw_obs *o)
{
	tw_emit_replaced(f, o);
}

#include "tcpwhy/feed.h"

/* Judges the segment in this CPU's scratch as one of @f, which is settled: one lookup less than tw_slow. */
__attribute__((noinline)) int tw_slow_found(struct tw_flow *f, u64 ts_ns)
{
	struct tw_scratch *s = tw_scratch_get();

	if (!s || !f)
		return 0;
	s->obs.pkt.ts_ns = ts_ns;
	tw_feed_found(f, &s->obs, &s->out);
	return s->out.n;
}

/*
 * Judge the packet in this CPU's scratch. Global: the verifier checks them once for all hooks; several,
 * because together they would take too much of the stack. The first returns 1 for what is the second's.
 */
__attribute__((noinline)) int tw_slow(u64 ts_ns)
{
	struct tw_scratch *s = tw_scratch_get();

	if (!s)
		return 0;
	s->obs.pkt.ts_ns = ts_ns;
	return tw_feed_tcp(&s->obs, &s->out);
}

__attribute__((noinline)) int tw_slow_beside(void)
{
	struct tw_scratch *s = tw_scratch_get();

	if (!s)
		return 0;
	tw_feed_tcp_beside(&s->obs, &s->out);
	return s->out.n;
}

__attribute__((noinline)) int tw_slow_icmp(u64 ts_ns)
{
	struct tw_scratch *s = tw_scratch_get();

	if (!s)
		return 0;
	s->obs.pkt.ts_ns = ts_ns;
	tw_feed_icmp(&s->obs, &s->out);
	return s->out.n;
}

#endif
