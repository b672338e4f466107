/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What all rules share: one packet's view of its connection, saying events within the budget,
 * history letters, where the connection stands, and the counters and running values of the side that sent the packet.
 */
#ifndef TCPWHY_TRACK_H
#define TCPWHY_TRACK_H

#include "config.h"
#include "flow.h"
#include "obs.h"
#include "out.h"
#include "port.h"

/* The connection as the sender of this packet sees it. Pointers only: numbers would take room on the kernel's stack. */
struct tw_view {
	struct tw_flow *f;
	struct tw_half *me, *peer;            /* the sender's half, and the receiver's */
	struct tw_trouble_half *tme, *tpeer;  /* NULL: no trouble so far, and none now */
	const struct tw_obs *o;
	struct tw_out *out;
};

/*
 * The low 32 bits of a time in µs. 2^32 / 1000, rounded up, and a shift instead of a division, which
 * would cost as much as half of the fast path; it runs fast by 0.2 µs a second.
 */
TW_INLINE u32 tw_us(u64 ns)
{
	return (u32)((ns * 4294968ULL) >> 32);
}

/* Saturates: durations kept in 32 bits. */
TW_INLINE u32 tw_ns32(u64 ns)
{
	return ns > 0xffffffffULL ? 0xffffffffu : (u32)ns;
}

/* The coarse clock lags the precise one by up to a tick. */
TW_INLINE u64 tw_since(u64 now, u64 then)
{
	return now > then ? now - then : 0;
}

/*
 * Takes the time since the connection's last packet. Two CPUs may ask at once: each moment is given
 * out once, so that the parts of the time budget cannot exceed the duration.
 */
TW_INLINE u64 tw_claim_gap(struct tw_flow *f, u64 now)
{
	for (int tries = 0; tries < 2; tries++) {
		u64 last = f->last_ns;

		if (now <= last)
			return 0;
		if (__sync_val_compare_and_swap(&f->last_ns, last, now) == last)
			return now - last;
	}
	return 0;
}

/* Also completes @o with what depends on the connection. */
TW_INLINE void tw_view_init(struct tw_view *v, struct tw_flow *f, struct tw_trouble *t, struct tw_obs *o,
			    struct tw_out *out)
{
	const struct tw_pkt *p = &o->pkt;
	u32 src = p->src & 1;

	/* A connection's time never runs back: clocks of two CPUs, and captures of several queues, may. */
	o->now_us = tw_us(TW_MAX(p->ts_ns, f->last_ns));
	o->fin = !!(p->tcp_flags & TW_FIN);
	o->end = p->seq + p->len + o->fin + !!(p->tcp_flags & TW_SYN);
	o->from_orig = (f->orig & 1) == src;
	v->f = f;
	v->me = &f->half[src];
	v->peer = &f->half[src ^ 1];
	v->tme = 0;
	v->tpeer = 0;
	if (t) {
		TW_OPAQUE(t); /* no arithmetic before the check */
		v->tme = &t->half[src];
		v->tpeer = &t->half[src ^ 1];
	}
	v->o = o;
	v->out = out;
}

/*
 * Room for an event, all zero but its type; NULL when the budget of this kind and side is spent
 * (counted, and told by the next one) or, which never happens, when the packet said too much.
 */
TW_INLINE struct tw_said *tw_say_budgeted(struct tw_out *out, struct tw_trouble_half *t, u64 now, u32 type)
{
	u32 n = out->n, kind = type & 31, second = (u32)(now >> 30), held = 0;
	struct tw_said *said;

	if (t && tw_cfg.event_budget) {
		if (t->budget_second != second) {
			t->budget_second = second;
			__builtin_memset(t->used, 0, sizeof(t->used));
		}
		if (t->used[kind] >= TW_MIN(tw_cfg.event_budget, 255)) {
			if (t->held[kind] != 0xffff)
				t->held[kind]++;
			out->suppressed++;
			return 0;
		}
		t->used[kind]++;
		held = t->held[kind];
		t->held[kind] = 0;
	}
	if (n >= TW_OUT_MAX) {
		out->lost++;
		return 0;
	}
	said = &out->said[n];
	out->n = n + 1;
	said->type = type;
	said->suppressed = held;
	for (int i = 0; i < 6; i++)
		said->raw[i] = 0;
	return said;
}

TW_INLINE struct tw_said *tw_say(struct tw_view *v, u32 type)
{
	return tw_say_budgeted(v->out, v->tme, v->o->pkt.ts_ns, type);
}

/* A letter of this packet, for tw_history_write. */
TW_INLINE void tw_history(struct tw_view *v, u32 letter)
{
	v->out->letters |= 1 << letter;
}

TW_INLINE void tw_set_flow_flags(struct tw_flow *f, u32 flags)
{
	if ((f->flags & flags) != flags)
		__sync_fetch_and_or(&f->flags, flags);
}

TW_INLINE void tw_clear_flow_flags(struct tw_flow *f, u32 flags)
{
	if (f->flags & flags)
		__sync_fetch_and_and(&f->flags, ~flags);
}

TW_INLINE const struct tw_sent *tw_last_sent(const struct tw_half *side)
{
	return &side->sent[(side->sent_next ^ 1) & (TW_SENT - 1)];
}

TW_INLINE void tw_note_sent(struct tw_half *me, const struct tw_pkt *p, u32 end, u32 now_us)
{
	struct tw_sent *s = &me->sent[me->sent_next & (TW_SENT - 1)];

	s->seq = p->seq;
	s->end = end;
	s->stamp = tw_stamp(p);
	s->at_us = now_us;
	me->sent_next ^= 1;
}

/* No timer of TCP waits so long (120 s at most): the sender's host was asleep, and nobody waited for a lost segment. */
#define TW_ASLEEP_NS (150 * TW_NS_PER_SEC)

/* Nothing came from the peer since; keep-alives and their answers do not count. */
TW_INLINE int tw_spoke_last(const struct tw_half *me, const struct tw_half *peer)
{
	return me->last_ns > peer->last_ns;
}

/* How a side's IP-IDs run: rising by 1…4095 each is counting up (one counter for the connection or the host). */
TW_INLINE void tw_ip_id_run(struct tw_half *me, const struct tw_pkt *p)
{
	u16 step = p->ip_id - me->ip_id;

	if (!(p->flags & TW_OF_IP_ID) || !p->ip_id) /* none: Linux has none on a SYN-ACK, and a count for what follows */
		return;
	if (me->ip_id && (!step || step > 0xffff - 1024)) /* a copy, or a late one */
		return;
	if (step <= 4095 && me->ip_id)
		me->id_run += me->id_run != 255;
	else
		me->id_run = 0;
	me->ip_id = p->ip_id + p->segs - 1; /* each segment of a super-packet has its own */
}

TW_INLINE int tw_counts_up(const struct tw_half *me)
{
	return me->id_run >= 3;
}

/* With the packet's own ID as the newest of the run. */
TW_INLINE int tw_counts_up_to(const struct tw_half *me, const struct tw_pkt *p)
{
	u16 step = p->ip_id - me->ip_id;

	return me->id_run + (step >= 1 && step <= 4095) >= 3;
}

TW_INLINE void tw_note_ttl(struct tw_half *me, const struct tw_pkt *p)
{
	if (p->ttl < me->ttl_min || !me->ttl_max)
		me->ttl_min = p->ttl;
	if (p->ttl > me->ttl_max)
		me->ttl_max = p->ttl;
}

/* Counters and running values of the sender; not for RSTs, whose TTL and IP-ID prove nothing of that side. */
TW_INLINE void tw_note_packet(struct tw_view *v)
{
	const struct tw_pkt *p = &v->o->pkt;
	struct tw_half *me = v->me;

	v->out->judged = 1;
	me->packets += p->segs;
	me->bytes += p->len;
	if (p->len)
		me->data_segments += p->segs;
	if (v->o->mac)
		v->f->mac[p->src & 1] = v->o->mac;
	tw_note_ttl(me, p);
	tw_ip_id_run(me, p);
	if (p->flags & TW_OF_TS) {
		if (!(me->flags & TW_HF_TS) || tw_seq_diff(p->tsval, me->tsval) > 0)
			me->tsval = p->tsval;
		me->flags |= TW_HF_TS;
	}
}

/* The window in bytes: the shift count holds only where both sides offered it, and never on a SYN. */
TW_INLINE u32 tw_window(const struct tw_half *me, const struct tw_half *peer, const struct tw_pkt *p)
{
	if ((p->tcp_flags & TW_SYN) || me->wscale > 14 || peer->wscale > 14)
		return p->win;
	return (u32)p->win << me->wscale;
}

/* RFC 6298, 2: one more RTT of the side that sent this packet. */
TW_INLINE void tw_rtt_sample(struct tw_half *me, u64 rtt_ns)
{
	u32 us = TW_MIN(rtt_ns / TW_NS_PER_US, 0xffffffffULL), ns = tw_ns32(rtt_ns), off;

	if (!ns)
		ns = 1;
	me->rtt_sum_ns += rtt_ns;
	if (!me->rtt_count || ns < me->rtt_min_ns)
		me->rtt_min_ns = ns;
	if (us > me->rtt_max_us)
		me->rtt_max_us = us;
	if (!me->rtt_count) {
		me->srtt_us = us;
		me->rttvar_us = us / 2;
	} else {
		off = us > me->srtt_us ? us - me->srtt_us : me->srtt_us - us;
		me->rttvar_us = me->rttvar_us - me->rttvar_us / 4 + off / 4;
		me->srtt_us = me->srtt_us - me->srtt_us / 8 + us / 8;
	}
	me->rtt_count++;
}

/* max(3 ms, least RTT of that side / @divisor): how late reordering may come. */
TW_INLINE u64 tw_reordering_ns(const struct tw_half *side, u32 divisor)
{
	u64 part = side->rtt_min_ns / divisor;

	return part > 3 * TW_NS_PER_MS ? part : 3 * TW_NS_PER_MS;
}

/* SRTT of the sender of this packet, as it measures: peer's RTT and its own least. */
TW_INLINE u32 tw_srtt_us(const struct tw_half *me, const struct tw_half *peer)
{
	return peer->srtt_us + me->rtt_min_ns / 1000;
}

/*
 * Its retransmission timer (RFC 6298, 2). @margin: at least 200 ms above SRTT, as Linux and the BSDs have it; without, at
 * least 200 ms. On a long and steady path that comes to one RTT, when fast retransmissions come too.
 */
TW_INLINE u32 tw_rto_us(const struct tw_half *me, const struct tw_half *peer, int margin)
{
	u32 srtt = tw_srtt_us(me, peer), over = 4 * peer->rttvar_us;

	if (!peer->rtt_count)
		return 1000000;
	if (margin)
		return srtt + (over < 200000 ? 200000 : over);
	return srtt + over < 200000 ? 200000 : srtt + over;
}

TW_INLINE int tw_is_established(const struct tw_flow *f)
{
	return !!(f->flags & TW_FF_ESTABLISHED);
}

/* A RST ended this attempt, and the originator has not tried again since. */
TW_INLINE int tw_is_reset(const struct tw_flow *f)
{
	u8 now = f->half[f->orig & 1].attempts + 1;

	return f->half[0].rst_after == now || f->half[1].rst_after == now;
}

TW_INLINE int tw_is_closed(const struct tw_flow *f)
{
	return (f->half[0].flags & TW_HF_FIN) && (f->half[1].flags & TW_HF_FIN);
}

#endif
