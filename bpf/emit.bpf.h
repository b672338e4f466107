/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events into the ring buffer. What does not fit is counted, never silent. */
#ifndef TCPWHY_EMIT_BPF_H
#define TCPWHY_EMIT_BPF_H

#include "maps.bpf.h"
#include "tcpwhy/config.h"
#include "tcpwhy/emit.h"
#include "tcpwhy/hook.h"

/*
 * A wake-up costs as much as a hundred packets. The reader looks every 10 ms by itself, and is woken
 * only as the backlog crosses a quarter of the ring.
 */
TW_INLINE u64 tw_ring_flags(void)
{
	u64 backlog = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	u64 quarter = bpf_ringbuf_query(&events, BPF_RB_RING_SIZE) / 4;

	return backlog - quarter < 4096 ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* One event of a packet; @f: NULL when no connection is tracked. */
__attribute__((noinline)) int tw_emit_one(const struct tw_flow *f, const struct tw_obs *o, const struct tw_said *s)
{
	struct tw_counters *c = tw_counters_get();
	struct tw_event *e;
	int held = 0;

	if (!o || !s || !c)
		return 0;
	if (!f) {
		held = tw_stray_budget(c, s->type, o->pkt.ts_ns);
		if (held < 0)
			return 0;
	}
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		c->lost_ring++;
		return 0;
	}
	tw_event_fill(e, s->type, s->suppressed + held, f, o);
	for (int i = 0; i < 6; i++)
		e->raw[i] = s->raw[i];
	bpf_ringbuf_submit(e, tw_ring_flags());
	c->emitted++;
	return 1;
}

/* The whole state of a connection whose tuple a new incarnation takes. */
__attribute__((noinline)) int tw_emit_replaced(const struct tw_flow *f, const struct tw_obs *o)
{
	struct tw_counters *c = tw_counters_get();
	struct tw_event_replaced *e;

	if (!f || !o || !c)
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		c->lost_ring++;
		return 0;
	}
	tw_event_fill(&e->event, TW_EV_REPLACED, 0, f, o);
	for (int i = 0; i < 6; i++)
		e->event.raw[i] = 0;
	__builtin_memcpy(&e->flow, f, sizeof(e->flow));
	bpf_ringbuf_submit(e, tw_ring_flags());
	c->emitted++;
	return 1;
}

#endif
