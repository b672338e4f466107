/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * path_down and path_up: nothing that a side sends is acknowledged any more, told while it lasts. Its record comes when
 * the sender gives up, up to 15 minutes later.
 *
 * No clock is needed: it is the sender's own timer that shows the outage, each time with a packet.
 */
#ifndef TCPWHY_OUTAGE_H
#define TCPWHY_OUTAGE_H

#include "track.h"

#define TW_DOWN_TIMEOUTS 3       /* told from the third on, … */
#define TW_DOWN_LEAST_US 1000000 /* but a stack with short timers does not make an outage of a short pause */
#define TW_OUTAGE_TIMEOUTS 2     /* … or sooner, if they took so long */
#define TW_OUTAGE_US 3000000
#define TW_DOWN_SYNS 3
#define TW_TIMEOUTS_APART_US 100000 /* what comes sooner is no timer of its own, but more of what one sent */

/* How long nothing of what @me sent has been acknowledged, while something was outstanding. */
TW_INLINE u32 tw_unheard_us(const struct tw_half *me, const struct tw_half *peer, u32 now_us)
{
	u32 sent = now_us - me->flight_us, acked = now_us - peer->progress_us;

	return peer->flags & TW_HF_ACK ? TW_MIN(sent, acked) : sent;
}

TW_INLINE int tw_is_outage(u32 timeouts, u32 unheard_us)
{
	return timeouts >= TW_OUTAGE_TIMEOUTS && unheard_us >= TW_OUTAGE_US;
}

TW_INLINE struct tw_said *tw_say_outage(struct tw_out *out, u32 type, u64 waited_ns)
{
	struct tw_said *s = tw_say_budgeted(out, 0, 0, type); /* once an outage, which takes a second: no budget */

	if (s)
		s->outage.waited_ns = waited_ns;
	return s;
}

/* ---- of an established connection ---- */

/* Timeouts of the same data in a row. A duplicate ACK between them says that something does arrive. */
TW_INLINE void tw_count_timeout(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;

	if (t->rtx_attempt <= 2 || t->timeout_acks != v->tpeer->dup_acks)
		t->timeouts = 0;
	if (v->out->timeout && (!t->timeouts || v->o->now_us - t->timeout_us >= TW_TIMEOUTS_APART_US)) {
		t->timeouts += t->timeouts != 255;
		t->timeout_us = v->o->now_us;
	}
	t->timeout_acks = v->tpeer->dup_acks;
}

/* Payload that waits to be acknowledged; of a lone FIN nobody waits for more. */
TW_INLINE u32 tw_waiting_bytes(const struct tw_half *me, const struct tw_half *peer)
{
	return peer->flags & TW_HF_ACK ? me->snd_nxt - peer->ack - !!(me->flags & TW_HF_FIN) : 0;
}

/* Its timer has expired. */
TW_INLINE void tw_check_down(struct tw_view *v)
{
	const struct tw_half *me = v->me, *peer = v->peer;
	struct tw_trouble_half *t = v->tme;
	u32 unheard_us = tw_unheard_us(me, peer, v->o->now_us), bytes = tw_waiting_bytes(me, peer);
	struct tw_said *s;

	tw_count_timeout(v);
	if ((t->flags & TW_TF_DOWN) || !v->out->timeout || (!bytes && (peer->flags & TW_HF_ACK)))
		return;
	if (!(t->timeouts >= TW_DOWN_TIMEOUTS && unheard_us >= TW_DOWN_LEAST_US) && !tw_is_outage(t->timeouts, unheard_us))
		return;
	t->flags |= TW_TF_DOWN;
	t->down_us = v->o->now_us - unheard_us;
	t->down_seq = v->o->pkt.seq;
	s = tw_say_outage(v->out, TW_EV_PATH_DOWN, unheard_us * TW_NS_PER_US);
	if (!s)
		return;
	s->outage.attempts = t->rtx_attempt;
	s->outage.bytes = bytes;
}

/* The peer acknowledged what had been sent in vain. */
TW_INLINE void tw_check_up(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tpeer;

	if (!(t->flags & TW_TF_DOWN) || tw_seq_diff(v->me->ack, t->down_seq) <= 0)
		return;
	t->flags &= ~TW_TF_DOWN;
	t->timeouts = 0;
	tw_say_outage(v->out, TW_EV_PATH_UP, (u32)(v->o->now_us - t->down_us) * TW_NS_PER_US);
}

/* After a packet of @f was judged. */
TW_GLOBAL int tw_outage_after(struct tw_flow *f, struct tw_trouble *t, struct tw_obs *o, struct tw_out *out)
{
	struct tw_view v;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	tw_view_init(&v, f, t, o, out);
	if (!v.tme || !out->judged || !tw_is_established(f))
		return out->n;
	tw_check_up(&v);
	if (out->repair)
		tw_check_down(&v);
	return out->n;
}

/* ---- of a handshake ---- */

/* So many SYNs, the last of them @since_first_ns after the first: is that enough to say it? */
TW_INLINE int tw_syns_are_down(u32 attempts, u64 since_first_ns)
{
	return attempts >= TW_DOWN_SYNS && since_first_ns >= TW_DOWN_LEAST_US * TW_NS_PER_US;
}

/* A SYN again, which nothing ever answered. Said with the first that is enough. */
TW_INLINE void tw_check_syn_down(struct tw_view *v, u64 since_first_ns)
{
	const struct tw_half *me = v->me;
	u64 before_ns = tw_since(me->last_ns, v->f->start_ns);
	struct tw_said *s;

	if (v->peer->packets || (v->peer->flags & TW_HF_RST) || !tw_syns_are_down(me->attempts, since_first_ns) ||
	    tw_syns_are_down(me->attempts - 1, before_ns))
		return;
	s = tw_say_outage(v->out, TW_EV_PATH_DOWN, since_first_ns);
	if (!s)
		return;
	s->outage.handshake = 1;
	s->outage.attempts = me->attempts;
	s->outage.bytes = v->o->pkt.len;
}

/* The first SYN-ACK, after SYNs of which path_down was said. */
TW_INLINE void tw_check_syn_up(struct tw_view *v)
{
	const struct tw_half *syn = v->peer;
	struct tw_said *s;

	if (v->me->packets || (v->me->flags & TW_HF_RST) ||
	    !tw_syns_are_down(syn->attempts, tw_since(syn->last_ns, v->f->start_ns)))
		return;
	s = tw_say_outage(v->out, TW_EV_PATH_UP, tw_since(v->o->pkt.ts_ns, v->f->start_ns));
	if (s)
		s->outage.handshake = 1;
}

#endif
