/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A segment of an established connection: its place in the sequence, and what it acknowledges.
 */
#ifndef TCPWHY_SEGMENT_H
#define TCPWHY_SEGMENT_H

#include "close.h"
#include "order.h"
#include "pmtu.h"
#include "reset.h"
#include "standstill.h"
#include "syn.h"
#include "track.h"
#include "wait.h"
#include "window.h"

/* ---- sequence ---- */

/* 0 bytes, or 1 that was already acknowledged, at SND.NXT-1 (RFC 9293, 3.8.4). */
TW_INLINE int tw_is_keep_alive(const struct tw_view *v)
{
	u32 len = v->o->pkt.len;

	if (v->o->fin || len > 1 || v->o->pkt.seq != v->me->snd_nxt - 1 || !(v->me->flags & TW_HF_SEQ))
		return 0;
	return !len || ((v->peer->flags & TW_HF_ACK) && v->peer->ack == v->me->snd_nxt);
}

TW_INLINE void tw_on_keep_alive(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;

	v->me->probes = t->probe_seen == v->peer->packets ? TW_MIN(v->me->probes + 1, 255) : 1;
	t->probe_seen = v->peer->packets;
	if (!(v->peer->flags & TW_HF_ZERO_WINDOW)) /* else a probe, which resends nothing */
		t->keep_alives++;
}

/* One byte at SND.NXT into a zero window: a probe, which does not advance SND.NXT. */
TW_INLINE int tw_is_window_probe(const struct tw_view *v)
{
	return (v->peer->flags & TW_HF_ZERO_WINDOW) && v->o->pkt.len == 1 && v->o->pkt.seq == v->me->snd_nxt && v->tme;
}

/* Its first segment of full size: whether anything as large gets through is told by the ACK of it. */
TW_INLINE void tw_note_full_size(struct tw_view *v)
{
	u32 full = tw_full_size(v->me, v->peer);

	if ((v->me->flags & TW_HF_FULL) || !full || tw_segment_len(&v->o->pkt) < full)
		return;
	v->me->full_end = v->o->end;
	v->me->flags |= TW_HF_FULL;
}

TW_INLINE int tw_is_timing(const struct tw_half *me, const struct tw_half *peer)
{
	return (me->flags & TW_HF_TIMED) && (!(peer->flags & TW_HF_ACK) || tw_seq_diff(peer->ack, me->timed_end) < 0);
}

/* New bytes: SND.NXT advances, and one segment at a time is timed. */
TW_INLINE void tw_advance(struct tw_view *v)
{
	struct tw_half *me = v->me, *peer = v->peer;

	if (!(me->flags & TW_HF_WAITING) && (!(peer->flags & TW_HF_ACK) || tw_seq_diff(peer->ack, me->snd_nxt) >= 0))
		me->flight_us = v->o->now_us;
	if (!tw_is_timing(me, peer) && v->o->pkt.seq == me->snd_nxt) {
		me->timed_ns = v->o->pkt.ts_ns;
		me->timed_end = v->o->end;
		me->timed_len = TW_MIN(tw_ip_len(&v->o->pkt), 0xffff);
		me->flags |= TW_HF_TIMED;
	}
	tw_note_full_size(v);
	me->snd_nxt = v->o->end;
}

/* The packet itself proves that it was sent after all that we saw of its side; or the peer asked for just this. */
TW_INLINE int tw_is_sent_last(const struct tw_view *v)
{
	const struct tw_pkt *p = &v->o->pkt;
	const struct tw_half *me = v->me;

	if ((p->flags & TW_OF_TS) && (me->flags & TW_HF_TS) && p->tsval != me->tsval)
		return tw_seq_diff(p->tsval, me->tsval) > 0;
	if ((p->flags & TW_OF_IP_ID) && p->ip_id && tw_counts_up(me) && (u16)(p->ip_id - me->ip_id - 1) < 1023)
		return 1;
	return v->peer->dupack_run >= 2 && p->seq == v->peer->ack;
}

/* What may have been sent before the first packet that we saw, and be late, cannot be judged. */
TW_INLINE int tw_is_before_us(const struct tw_view *v)
{
	const struct tw_half *me = v->me;

	return !(me->flags & TW_HF_ISN) && !(me->bytes >> 30) && tw_seq_diff(v->o->end, me->isn) <= 0 &&
	       !tw_is_sent_last(v);
}

/* Payload or FIN. */
TW_INLINE void tw_on_payload(struct tw_view *v)
{
	struct tw_half *me = v->me;
	s32 ahead = tw_seq_diff(v->o->pkt.seq, me->snd_nxt), past = tw_seq_diff(v->o->end, me->snd_nxt);
	int kind = TW_BELOW_LATE;

	if (tw_is_window_probe(v)) {
		tw_on_keep_alive(v);
		return;
	}
	if (ahead > 0 && v->tme)
		tw_gap_add(v, me->snd_nxt, v->o->pkt.seq);
	if (ahead < 0 && v->tme && !tw_is_before_us(v)) {
		if (past <= 0)
			kind = tw_below_highest(v);
		else
			kind = tw_retransmitted(v, me->snd_nxt - v->o->pkt.seq, TW_CONFIDENCE_MEDIUM);
		if (past > 0)
			tw_gaps_fill(v->tme, v->o->pkt.seq, v->o->end);
	}
	if (past > 0) {
		tw_on_turn(v);
		tw_advance(v);
	}
	if (v->o->pkt.len) {
		if (!me->data_segments)
			tw_history(v, TW_LETTER_DATA);
		if (past > 0)
			me->answered = v->o->pkt.ack;
	}
	if (v->o->fin && !(me->flags & TW_HF_FIN))
		tw_on_close(v);
	if (kind != TW_BELOW_COPY)
		tw_note_sent(me, &v->o->pkt, v->o->end, v->o->now_us);
	me->flags = (me->flags & ~TW_HF_PSH) | (v->o->pkt.tcp_flags & TW_PSH ? TW_HF_PSH : 0);
	if ((v->peer->flags & TW_HF_FIN) && (past > 0 || kind == TW_BELOW_LATE)) /* a repeat brings nothing */
		me->after_fin = TW_MIN(me->after_fin + v->o->pkt.len, 0xffff);
	if (v->o->fin) {
		me->flags |= TW_HF_FIN;
		tw_history(v, TW_LETTER_FIN);
	}
}

TW_INLINE void tw_on_pure_ack(struct tw_view *v)
{
	struct tw_half *me = v->me;

	if (!(me->flags & TW_HF_PURE_ACK))
		tw_history(v, TW_LETTER_ACK);
	me->flags |= TW_HF_PURE_ACK;
	if (tw_seq_diff(v->o->pkt.seq, me->snd_nxt) > 0 && v->tme) { /* ahead of payload that we have not seen */
		tw_gap_add(v, me->snd_nxt, v->o->pkt.seq);
		me->snd_nxt = v->o->pkt.seq;
	}
}

/* ---- acknowledgement ---- */

/*
 * The ACK may have waited for a second segment (RFC 1122, 4.2.3.2): the least is told by the newest one that
 * it ends with, if that was sent once. Linux keeps its least RTT likewise, and SRTT from the oldest.
 */
TW_INLINE void tw_check_least_rtt(struct tw_view *v, u32 ack)
{
	struct tw_half *me = v->me;
	const struct tw_trouble_half *t = v->tpeer;
	u32 end, ns;

	for (int i = 0; i < TW_SENT; i++) {
		const struct tw_sent *s = &v->peer->sent[i];

		end = s->end;
		if (end != ack || tw_seq_diff(s->seq, v->peer->timed_end) < 0)
			continue;
		if (t && t->rtx_attempt && tw_seq_diff(end, t->rtx_start) > 0 && tw_seq_diff(s->seq, t->rtx_end) < 0)
			continue;
		ns = tw_ns32((u64)(v->o->now_us - s->at_us) * TW_NS_PER_US);
		if (ns < me->rtt_min_ns)
			me->rtt_min_ns = ns ? ns : 1;
	}
}

/* It covers the peer's timed segment, for the first time. */
TW_INLINE void tw_check_rtt(struct tw_view *v, u32 ack)
{
	struct tw_half *me = v->me, *peer = v->peer;

	if (!(peer->flags & TW_HF_TIMED) || tw_seq_diff(ack, peer->timed_end) < 0)
		return;
	if ((me->flags & TW_HF_ACK) && tw_seq_diff(me->ack, peer->timed_end) >= 0)
		return;
	if (v->o->pkt.ts_ns > peer->timed_ns) {
		tw_rtt_sample(me, v->o->pkt.ts_ns - peer->timed_ns);
		tw_check_least_rtt(v, ack);
	}
	me->largest_acked = TW_MAX(me->largest_acked, peer->timed_len);
}

/* The bytes may still come: some captures have them behind their ACK. Only the clock will tell. */
TW_INLINE void tw_gap_by_ack(struct tw_view *v, u32 ack)
{
	struct tw_gap *g;

	if (!v->tpeer)
		return;
	g = tw_gap_open(v->tpeer, v->peer->snd_nxt, ack);
	g->at_us = v->o->now_us;
	g->ip_id = 0;
	g->has_ts = 0;
}

/* The byte of a window probe, which does not count as sent before it is taken. */
TW_INLINE int tw_takes_probe(const struct tw_view *v, u32 ack)
{
	return ack == v->peer->snd_nxt + 1 && v->peer->probes && v->tme->zero_windows;
}

/* For bytes that this vantage point never saw: the capture's loss, not the network's. */
TW_INLINE void tw_check_unseen(struct tw_view *v, u32 ack)
{
	struct tw_half *peer = v->peer;
	struct tw_trouble_half *t = v->tme;
	u32 passed = 0;
	int found = 0;

	if (!t || !(peer->flags & TW_HF_SEQ))
		return;
	if (!peer->packets || tw_takes_probe(v, ack)) /* only this direction passes here: nothing of the other is missed */
		peer->snd_nxt = ack;
	if (tw_seq_diff(ack, peer->snd_nxt) > 0) {
		tw_say_ack(v, TW_EV_LOST_SEGMENT_UNSEEN, peer->snd_nxt, ack);
		tw_gap_by_ack(v, ack);
		t->lost_seen = ack;
		t->flags |= TW_TF_LOST_SEEN;
		peer->snd_nxt = ack;
		return;
	}
	for (int i = 0; i < TW_GAPS && v->tpeer; i++) {
		const struct tw_gap *g = &v->tpeer->gap[i];

		if (tw_gap_is_open(g) && !g->merged && tw_seq_diff(g->end, ack) <= 0 &&
		    (!(t->flags & TW_TF_LOST_SEEN) || tw_seq_diff(g->end, t->lost_seen) > 0)) {
			passed = g->start;
			found = 1;
		}
	}
	if (found) {
		t->lost_seen = ack;
		t->flags |= TW_TF_LOST_SEEN;
		tw_history(v, TW_LETTER_GAP);
		tw_say_ack(v, TW_EV_LOST_SEGMENT_UNSEEN, passed, ack);
	}
}

/* The same ACK and window again, without payload, while the peer has bytes outstanding (RFC 5681, 2). */
TW_INLINE int tw_is_dup_ack(const struct tw_view *v, u32 window)
{
	const struct tw_half *me = v->me, *peer = v->peer;

	return !v->o->pkt.len && !v->o->fin && (me->flags & TW_HF_ACK) && v->o->pkt.ack == me->ack && window == me->win &&
	       (peer->flags & TW_HF_SEQ) && tw_seq_diff(peer->snd_nxt, me->ack) > 0;
}

TW_INLINE void tw_on_ack(struct tw_view *v)
{
	const struct tw_obs *o = v->o;
	struct tw_half *me = v->me;
	u32 ack = o->pkt.ack;

	if (tw_is_dup_ack(v, tw_window(me, v->peer, &o->pkt))) {
		me->dupack_run += me->dupack_run != 255;
		if (v->tme)
			v->tme->dup_acks++;
	}
	tw_check_unseen(v, ack);
	if ((me->flags & TW_HF_ACK) && tw_seq_diff(ack, me->ack) <= 0)
		return;
	tw_check_rtt(v, ack);
	tw_check_outage(v);
	tw_check_pieces_acked(v);
	tw_note_late_ack(v);
	tw_note_owing(v);
	me->ack_prev = me->flags & TW_HF_ACK ? me->ack : ack;
	me->ack = ack;
	me->flags |= TW_HF_ACK;
	me->progress_us = v->o->now_us;
	me->dupack_run = 0;
}

/* ---- the whole segment ---- */

TW_INLINE void tw_learn(struct tw_view *v)
{
	if (v->me->flags & TW_HF_SEQ)
		return;
	v->me->isn = v->o->pkt.seq;
	v->me->snd_nxt = v->o->pkt.seq;
	v->me->flags |= TW_HF_SEQ;
}

TW_INLINE void tw_check_closed(struct tw_view *v)
{
	struct tw_said *s;

	if (!tw_is_closed(v->f) || (v->f->flags & TW_FF_ENDED))
		return;
	tw_set_flow_flags(v->f, TW_FF_ENDED);
	s = tw_say_budgeted(v->out, 0, v->o->pkt.ts_ns, TW_EV_ENDED);
	if (s)
		s->reset.end = TW_END_FIN;
}

/* Nothing new at all: what answers a keep-alive. */
TW_INLINE int tw_says_nothing(const struct tw_view *v)
{
	const struct tw_half *me = v->me, *peer = v->peer;
	const struct tw_pkt *p = &v->o->pkt;

	return !p->len && !v->o->fin && (me->flags & TW_HF_PURE_ACK) && p->ack == me->ack && p->seq == me->snd_nxt &&
	       peer->snd_nxt == p->ack && !(me->flags & TW_HF_ZERO_WINDOW) && tw_window(me, peer, p) == me->win;
}

/*
 * The connection is not silent; keep-alives and their answers are no noise. What follows without a word from the
 * peer, repeats included, broke the same silence.
 */
TW_INLINE void tw_note_noise(struct tw_view *v)
{
	struct tw_half *me = v->me;
	u64 newest = TW_MAX(me->last_ns, v->peer->last_ns);
	u64 quiet = newest ? tw_since(v->o->pkt.ts_ns, newest) / TW_NS_PER_SEC : 0;

	if (!(me->flags & TW_HF_FIN) && (quiet > me->quiet_s || !tw_spoke_last(me, v->peer)))
		me->quiet_s = TW_MIN(quiet, 0xffff);
	me->last_ns = v->o->pkt.ts_ns;
}

/* Further off than any window reaches: a stray of another connection, which tells nothing of this one. */
TW_INLINE int tw_is_far(const struct tw_half *side, u32 number)
{
	return (side->flags & TW_HF_SEQ) && (u32)tw_seq_diff(number, side->snd_nxt) + (1u << 30) > 1u << 31;
}

TW_INLINE void tw_on_segment(struct tw_view *v)
{
	int noise = !tw_says_nothing(v);

	if (tw_is_far(v->me, v->o->pkt.seq) || tw_is_far(v->peer, v->o->pkt.ack))
		return;
	tw_learn(v);
	if (tw_is_keep_alive(v)) {
		if (v->tme)
			tw_on_keep_alive(v);
		if (v->peer->flags & TW_HF_ZERO_WINDOW)
			tw_note_noise(v);
		tw_on_window(v);
		return;
	}
	if (v->o->pkt.len || v->o->fin) {
		tw_check_mss(v);
		if (v->tme) {
			tw_gaps_expire(v);
			tw_check_pmtu(v);
		}
		tw_on_payload(v);
	} else {
		tw_on_pure_ack(v);
	}
	tw_on_ack(v);
	tw_on_window(v);
	if (noise)
		tw_note_noise(v);
	tw_check_closed(v);
}

#endif
