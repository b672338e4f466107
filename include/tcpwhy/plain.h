/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fast path: plain progress of an established connection, for which nothing is to be judged.
 *
 * It must leave the flow exactly as the classifier would (tests/unit/core/test_plain.c holds them together);
 * it needs no precise clock, because it neither times a segment nor takes a sample.
 */
#ifndef TCPWHY_PLAIN_H
#define TCPWHY_PLAIN_H

#include "budget.h"
#include "pmtu.h"
#include "segment.h"
#include "track.h"

#define TW_HF_NOT_PLAIN (TW_HF_FIN | TW_HF_ZERO_WINDOW | TW_HF_WATCH)

/* True when the packet is the next thing expected of its sender, and says nothing that a rule asks for. */
TW_INLINE int tw_is_plain(const struct tw_flow *f, const struct tw_half *me, const struct tw_half *peer,
			  const struct tw_pkt *p)
{
	u32 newly = p->ack - me->ack, allowed = peer->snd_nxt - me->ack;

	if ((f->flags & (TW_FF_ESTABLISHED | TW_FF_SYN_PENDING | TW_FF_ENDED)) != TW_FF_ESTABLISHED)
		return 0;
	if (((me->flags | peer->flags) & TW_HF_NOT_PLAIN) || !(me->flags & peer->flags & TW_HF_SEQ) ||
	    !(me->flags & peer->flags & TW_HF_ACK))
		return 0;
	if (p->point != me->point || p->seq != me->snd_nxt || newly > allowed || allowed >> 30 || !p->win)
		return 0;
	if (p->ttl < me->ttl_min || p->ttl > me->ttl_max || tw_since(p->ts_ns, me->last_ns) >= TW_NS_PER_SEC)
		return 0;
	if (newly && tw_is_timing(peer, me) && p->ack - me->ack >= peer->timed_end - me->ack)
		return 0; /* an RTT sample */
	if (!p->len) /* from the ACK of everything on, somebody owes an answer */
		return newly && (me->flags & TW_HF_PURE_ACK) && p->ack != peer->snd_nxt;
	if (p->ack != me->answered && tw_spoke_after(peer, me))
		return 0; /* its turn */
	/* Payload: in flight already, one segment being timed, and of no new size. */
	return tw_is_timing(me, peer) && !tw_exceeds_mss(peer, p) &&
	       ((me->flags & TW_HF_FULL) || tw_segment_len(p) < tw_full_size(me, peer));
}

TW_INLINE void tw_plain_update(struct tw_flow *f, struct tw_half *me, const struct tw_half *peer, const struct tw_pkt *p)
{
	u32 now_us = tw_us(TW_MAX(p->ts_ns, f->last_ns)); /* as in tw_view_init */
	u64 gap_ns = tw_claim_gap(f, p->ts_ns); /* 0 but once a tick of the coarse clock */

	if (gap_ns && tw_under_way(me, peer) > 0)
		__sync_fetch_and_add(&f->time_ns[TW_OWNER_PATH], gap_ns);
	me->packets += p->segs;
	if (p->len) {
		me->bytes += p->len;
		me->data_segments += p->segs;
		me->snd_nxt = p->seq + p->len;
		me->answered = p->ack;
		tw_note_sent(me, p, me->snd_nxt, now_us);
		me->flags = (me->flags & ~TW_HF_PSH) | (p->tcp_flags & TW_PSH ? TW_HF_PSH : 0);
	}
	if (p->ack != me->ack) {
		me->ack_prev = me->ack;
		me->ack = p->ack;
		me->progress_us = now_us;
		me->dupack_run = 0;
	}
	me->win = tw_window(me, peer, p);
	if (!tw_spoke_last(me, peer))
		me->quiet_s = 0;
	tw_ip_id_run(me, p);
	if (p->flags & TW_OF_TS) {
		if (!(me->flags & TW_HF_TS) || tw_seq_diff(p->tsval, me->tsval) > 0)
			me->tsval = p->tsval;
		me->flags |= TW_HF_TS;
	}
	me->last_ns = p->ts_ns;
}

/* @f: the packet's connection; @p: with the coarse time. 1: all is done. */
TW_INLINE int tw_plain(struct tw_flow *f, const struct tw_pkt *p)
{
	struct tw_half *me, *peer;

	/* Constant offsets, not half[src]: the verifier and the compiler both do better. */
	if (p->src) {
		me = &f->half[1];
		peer = &f->half[0];
	} else {
		me = &f->half[0];
		peer = &f->half[1];
	}
	if (!tw_is_plain(f, me, peer, p))
		return 0;
	tw_plain_update(f, me, peer, p);
	return 1;
}

#endif
