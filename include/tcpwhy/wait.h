/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Waiting: who is slow, the responder, the originator, or a delayed ACK in front of Nagle's algorithm
 * (RFC 896). Only where it is certain who opened the connection.
 *
 * Times of segments are kept as the low 32 bits of µs: a wait of over 71 minutes is told short.
 */
#ifndef TCPWHY_WAIT_H
#define TCPWHY_WAIT_H

#include "pmtu.h"
#include "track.h"

#define TW_LATE_ACK_LEAST_US 35000
#define TW_LATE_ACK_MOST_US 500000
#define TW_STALL_FOLLOWS_NS (10 * TW_NS_PER_MS)
#define TW_STALLS_TOLD 3     /* from the third on: fewer are chance */
#define TW_SMALL_WRITE_MARGIN 40
#define TW_UNANSWERED_BYTES 64
#define TW_UNANSWERED_NS (10 * TW_NS_PER_SEC)

TW_INLINE int tw_sides_certain(const struct tw_flow *f)
{
	return !(f->flags & TW_FF_GUESSED);
}

/* Did @a send payload after @b last did? */
TW_INLINE int tw_spoke_after(const struct tw_half *a, const struct tw_half *b)
{
	if (!a->data_segments || tw_last_sent(a)->seq == tw_last_sent(a)->end)
		return 0; /* the second: only on a SYN-ACK that was not its turn */
	return !b->data_segments || (s32)(tw_last_sent(a)->at_us - tw_last_sent(b)->at_us) > 0;
}

TW_INLINE struct tw_said *tw_say_wait(struct tw_view *v, u32 type, u64 waited_ns, const struct tw_half *whom)
{
	struct tw_said *s = tw_say(v, type);

	if (!s)
		return 0;
	s->wait.waited_ns = waited_ns;
	s->wait.rtt_ns = whom->rtt_count ? whom->rtt_min_ns : 0;
	return s;
}

/* ---- peers: each speaks when it likes, and nobody waits for an answer ---- */

#define TW_UNASKED_NS TW_NS_PER_SEC /* a pause that ends a message; sooner, it may be another part of it */
#define TW_PEERS_FROM 2

/* Its last payload was a whole message, and all of it is there. */
TW_INLINE int tw_had_finished(const struct tw_half *me, const struct tw_half *peer)
{
	return me->data_segments && (me->flags & TW_HF_PSH) && (!(peer->flags & TW_HF_ACK) || peer->ack == me->snd_nxt);
}

/* A short message of @peer is on its way while @ack is sent, which does not answer it. */
TW_INLINE int tw_crosses(const struct tw_half *me, const struct tw_half *peer, u32 ack)
{
	const struct tw_sent *last = tw_last_sent(peer);

	return peer->data_segments && (peer->flags & (TW_HF_PSH | TW_HF_FIN)) == TW_HF_PSH && last->end == peer->snd_nxt &&
	       last->end - last->seq < tw_full_size(peer, me) && tw_seq_diff(ack, last->seq) <= 0;
}

/* New payload that answers nothing: of one who had spoken last, or who has not heard yet what the other says. */
TW_INLINE void tw_check_unasked(struct tw_view *v)
{
	struct tw_half *me = v->me;

	if (!v->o->pkt.len || !tw_had_finished(me, v->peer))
		return;
	if (tw_crosses(me, v->peer, v->o->pkt.ack))
		me->crossed += me->crossed != 3;
	else if (!tw_spoke_after(v->peer, me) && v->o->now_us - tw_last_sent(me)->at_us >= TW_UNASKED_NS / TW_NS_PER_US)
		me->unasked += me->unasked != 3;
}

/* Routers, chats, message buses: both sides have spoken unasked. */
TW_INLINE int tw_are_peers(const struct tw_flow *f)
{
	const struct tw_half *a = &f->half[0], *b = &f->half[1];

	return a->unasked + a->crossed >= TW_PEERS_FROM && b->unasked + b->crossed >= TW_PEERS_FROM;
}

/*
 * Nobody owes an answer to @bytes. Messages that cross are less proof, because requests may (HTTP/2): then only short ones
 * need no answer.
 */
TW_INLINE int tw_is_between_peers(const struct tw_flow *f, u32 bytes)
{
	if (tw_are_peers(f))
		return 1;
	return f->half[0].crossed + f->half[1].crossed >= TW_PEERS_FROM && bytes <= TW_UNANSWERED_BYTES;
}

/* ---- slow_response, slow_request ---- */

/* The responder's first byte of an answer to a request that it has acknowledged. */
TW_INLINE void tw_check_response(struct tw_view *v)
{
	struct tw_half *me = v->me, *peer = v->peer;
	u32 waited_us = v->o->now_us - tw_last_sent(peer)->at_us;

	if (!v->o->pkt.len || !tw_spoke_after(peer, me) || tw_seq_diff(v->o->pkt.ack, tw_last_sent(peer)->end) < 0)
		return;
	if (me->data_segments && tw_seq_diff(me->answered, tw_last_sent(peer)->end) >= 0)
		return; /* not the first byte: the request was repeated after the answer had begun */
	if (!me->data_segments)
		v->f->first_response = TW_MAX(1, TW_MIN(waited_us / TW_FIRST_RESPONSE_US, (1u << 24) - 1));
	if (waited_us / 2000 < me->rtt_min_ns / TW_NS_PER_MS) /* most of it was the path's */
		return;
	if (waited_us / 1000 >= tw_cfg.slow_response_ms && !tw_is_between_peers(v->f, v->o->pkt.ack - me->answered))
		tw_say_wait(v, TW_EV_SLOW_RESPONSE, waited_us * TW_NS_PER_US, me);
}

/* The originator's next request, or FIN, after it acknowledged a complete response. */
TW_INLINE void tw_check_request(struct tw_view *v)
{
	struct tw_half *me = v->me, *peer = v->peer;
	u32 waited_us = v->o->now_us - me->progress_us;

	if (!(peer->flags & TW_HF_PSH) || !tw_spoke_after(peer, me) || !(me->flags & TW_HF_ACK) || me->ack != peer->snd_nxt)
		return;
	if (waited_us / 1000 >= tw_cfg.slow_request_ms && !tw_is_between_peers(v->f, v->o->pkt.len))
		tw_say_wait(v, TW_EV_SLOW_REQUEST, waited_us * TW_NS_PER_US, me);
}

/* ---- delayed_ack_stall ---- */

TW_INLINE int tw_is_small_write(const struct tw_half *me, const struct tw_half *peer, u32 len)
{
	u32 full = tw_full_size(me, peer);

	return len && full > TW_SMALL_WRITE_MARGIN && len < full - TW_SMALL_WRITE_MARGIN;
}

/* An ACK that carries nothing else, of a small write that it left waiting. @me sends the ACK. */
TW_INLINE int tw_is_late_ack(const struct tw_flow *f, const struct tw_half *me, const struct tw_half *peer,
			     const struct tw_pkt *p)
{
	const struct tw_sent *last = tw_last_sent(peer);
	u32 late_us = tw_us(p->ts_ns) - last->at_us - me->rtt_min_ns / 1000;

	if (p->len || (p->tcp_flags & TW_FIN) || !tw_sides_certain(f) || p->ack != peer->snd_nxt || p->ack == me->ack)
		return 0;
	return tw_is_small_write(peer, me, last->end - last->seq) && late_us >= TW_LATE_ACK_LEAST_US &&
	       late_us <= TW_LATE_ACK_MOST_US;
}

TW_INLINE void tw_note_late_ack(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;

	if (!t || !tw_is_late_ack(v->f, v->me, v->peer, &v->o->pkt))
		return;
	t->late_ack_ns = v->o->pkt.ts_ns;
	t->late_ack_us = v->o->now_us - tw_last_sent(v->peer)->at_us;
	t->late_ack_seq = v->o->pkt.seq;
	t->late_ack_ack = v->o->pkt.ack;
}

/* The writer's next small write, right behind the late ACK that it waited for. */
TW_INLINE void tw_check_stall(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;
	const struct tw_trouble_half *late = v->tpeer;
	struct tw_said *s;

	if (!t || !late || !late->late_ack_ns || late->late_ack_ns == t->stall_ns)
		return;
	if (tw_since(v->o->pkt.ts_ns, late->late_ack_ns) > TW_STALL_FOLLOWS_NS + v->me->rtt_min_ns)
		return;
	t->stall_ns = late->late_ack_ns; /* its next write decides */
	if (!tw_is_small_write(v->me, v->peer, v->o->pkt.len))
		return;
	t->stalls++;
	if (t->stalls < TW_STALLS_TOLD)
		return;
	t->stalled_ns += late->late_ack_us * TW_NS_PER_US;
	s = tw_say_wait(v, TW_EV_DELAYED_ACK_STALL, late->late_ack_us * TW_NS_PER_US, v->peer);
	if (!s)
		return;
	s->wait.at_ns = late->late_ack_ns;
	s->wait.seq = late->late_ack_seq;
	s->wait.ack = late->late_ack_ack;
	s->wait.times = t->stalls;
}

/* ---- no_response: told at the end of the connection, by whoever keeps its record ---- */

/* The responder acknowledged all that it was asked, and owes an answer from now on. */
TW_INLINE void tw_note_owing(struct tw_view *v)
{
	struct tw_half *me = v->me, *peer = v->peer;
	u32 ack = v->o->pkt.ack;

	if (v->o->from_orig || (me->flags & TW_HF_WAITING) || v->o->pkt.len || ack != peer->snd_nxt || !peer->data_segments)
		return;
	if (!(peer->flags & TW_HF_ACK) || peer->ack != me->snd_nxt || !tw_spoke_after(peer, me))
		return;
	me->flags |= TW_HF_WAITING;
	me->flight_us = v->o->now_us;
}

/*
 * At the end of a connection (@end_ns): was a request acknowledged and never answered? Sets how long
 * in ns. Not where the responder never spoke and was written to often: a one-way protocol.
 */
TW_INLINE int tw_is_unanswered(const struct tw_flow *f, u64 end_ns, u64 *waited_ns)
{
	const struct tw_half *orig = &f->half[f->orig & 1], *resp = &f->half[(f->orig & 1) ^ 1];
	u32 since = resp->data_segments ? resp->answered : resp->flags & TW_HF_ACK ? orig->isn + 1 : orig->isn;
	u32 bytes = orig->snd_nxt - !!(orig->flags & TW_HF_FIN) - since;

	if (!(resp->flags & TW_HF_WAITING) || !tw_sides_certain(f))
		return 0;
	if (!resp->data_segments && (orig->data_segments >= 3 || orig->bytes >= 65536))
		return 0;
	if (f->last_ns > end_ns && (u32)(tw_us(f->last_ns) - resp->flight_us) < (u32)(tw_us(f->last_ns) - tw_us(end_ns)))
		return 0; /* what it owes it acknowledged after the end */
	if (tw_is_between_peers(f, bytes))
		return 0;
	*waited_ns = (u32)(tw_us(end_ns) - resp->flight_us) * TW_NS_PER_US;
	return bytes > TW_UNANSWERED_BYTES && *waited_ns >= TW_UNANSWERED_NS;
}

/* ---- new payload or FIN: somebody's turn ---- */

TW_INLINE void tw_on_turn(struct tw_view *v)
{
	if (v->o->pkt.len)
		v->me->flags &= ~TW_HF_WAITING;
	if (!tw_sides_certain(v->f))
		return;
	tw_check_unasked(v);
	if (v->o->from_orig)
		tw_check_request(v);
	else
		tw_check_response(v);
	tw_check_stall(v);
}

#endif
