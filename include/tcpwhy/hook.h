/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every source of packets does around the core, kernel hook or capture file alike: adds what only
 * it knows of a packet, brings a plain frame into the classifier's form, and keeps the counts.
 */
#ifndef TCPWHY_HOOK_H
#define TCPWHY_HOOK_H

#include "config.h"
#include "counters.h"
#include "key.h"
#include "obs.h"
#include "port.h"

/* Shorter than the shortest IP packet: no header is worth a copy. */
#define TW_SHORTEST 20

/* What only the hook knows of a packet. */
struct tw_hook {
	u32 point;    /* ifindex << 1 | egress */
	u32 segs;     /* as the kernel counted them; 0: it did not */
	u32 wire_len;
	u32 l2;
	u16 gso_size; /* 0: no super-packet */
	u8 flags;     /* TW_OF_EGRESS, TW_OF_FORWARDED, TW_OF_OFFLINE */
};

/* A super-packet is known by its size: a virtio card counts nothing. */
TW_INLINE void tw_pkt_merged(struct tw_pkt *p, const struct tw_hook *h)
{
	p->gso_size = h->gso_size;
	p->segs = h->segs > 1 ? h->segs : (p->len + h->gso_size - 1) / h->gso_size;
}

TW_INLINE void tw_pkt_hook(struct tw_pkt *p, const struct tw_hook *h)
{
	p->point = h->point;
	p->flags |= h->flags;
	p->segs = 1;
	p->gso_size = 0;
	if (h->gso_size && p->len > h->gso_size)
		tw_pkt_merged(p, h);
}

/* A plain frame that is no plain progress: its facts go to @o, the key in its long form. */
TW_INLINE void tw_to_scratch(const struct tw_pkt *p, int kind, struct tw_obs *o)
{
	__builtin_memset((u8 *)o + sizeof(*p), 0, sizeof(*o) - sizeof(*p));
	o->pkt = *p;
	if (kind == 4)
		tw_key_widen(&o->pkt.key, &p->key4);
	o->wscale = TW_WSCALE_NONE;
	o->options = p->flags & TW_OF_TS ? TW_OPT_TS : 0;
	o->what = TW_OBS_TCP;
}

TW_INLINE void tw_count(struct tw_counters *c, u32 skip)
{
	if (skip >= _TW_SKIP_MAX)
		return;
	c->packets++;
	if (skip == TW_SKIP_OK)
		c->judged++;
	else
		c->skipped[skip]++;
}

/* Events of no connection have a budget a second, CPU and kind. Returns -1 when it is spent, else what was held back. */
TW_INLINE int tw_stray_budget(struct tw_counters *c, u32 type, u64 now)
{
	u32 kind = type & 31;
	int held;

	if (!tw_cfg.stray_budget)
		return 0;
	if (c->stray_second != now >> 30) {
		c->stray_second = now >> 30;
		for (int i = 0; i < 32; i++)
			c->used_stray[i] = 0;
	}
	if (c->used_stray[kind] >= tw_cfg.stray_budget) {
		c->held_stray[kind]++;
		c->suppressed++;
		return -1;
	}
	c->used_stray[kind]++;
	held = c->held_stray[kind] & 0x7fffffff;
	c->held_stray[kind] = 0;
	return held;
}

#endif
