/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Loss and order: is a segment below the highest sequence a retransmission, a late one, or a copy?
 * And if it is a retransmission, of which kind?
 */
#ifndef TCPWHY_ORDER_H
#define TCPWHY_ORDER_H

#include "track.h"
#include "window.h"

/* Sent by this host and seen on egress: nothing can have reordered or copied it. */
TW_INLINE int tw_is_certain(const struct tw_obs *o)
{
	return (o->pkt.flags & (TW_OF_EGRESS | TW_OF_FORWARDED | TW_OF_OFFLINE)) == TW_OF_EGRESS;
}

/* ---- gaps: ranges below the highest that were not seen ---- */

TW_INLINE int tw_gap_is_open(const struct tw_gap *g)
{
	return g->start != g->end;
}

/* [start, end) was skipped. The table holds four; a fifth merges with the newest. */
TW_INLINE struct tw_gap *tw_gap_open(struct tw_trouble_half *t, u32 start, u32 end)
{
	struct tw_gap *g = &t->gap[TW_GAPS - 1];

	for (int i = 0; i < TW_GAPS; i++)
		if (!tw_gap_is_open(&t->gap[i])) {
			g = &t->gap[i];
			break;
		}
	g->merged = tw_gap_is_open(g);
	if (!g->merged)
		g->start = start;
	g->end = end;
	return g;
}

TW_INLINE void tw_gap_add(struct tw_view *v, u32 start, u32 end)
{
	const struct tw_pkt *p = &v->o->pkt;
	struct tw_gap *g = tw_gap_open(v->tme, start, end);

	g->at_us = v->o->now_us;
	g->ip_id = p->ip_id;
	g->has_ts = !!(p->flags & TW_OF_TS);
	g->tsval = p->tsval;
	v->me->flags |= TW_HF_WATCH;
}

/* Does the segment fall into @g, at least in part? */
TW_INLINE int tw_gap_has(const struct tw_gap *g, u32 seq, u32 end)
{
	return tw_gap_is_open(g) && tw_seq_diff(seq, g->end) < 0 && tw_seq_diff(end, g->start) > 0;
}

/* Takes [seq, end) out of @g; what stays behind a segment in its middle is dropped rather than split. */
TW_INLINE void tw_gap_fill(struct tw_gap *g, u32 seq, u32 end)
{
	if (tw_seq_diff(seq, g->start) > 0 && tw_seq_diff(end, g->end) < 0)
		g->start = end; /* the front part is given up */
	else if (tw_seq_diff(seq, g->start) <= 0)
		g->start = tw_seq_diff(end, g->end) < 0 ? end : g->end;
	else
		g->end = seq;
}

/* A segment may fill several. */
TW_INLINE void tw_gaps_fill(struct tw_trouble_half *t, u32 seq, u32 end)
{
	for (int i = 0; i < TW_GAPS; i++)
		if (tw_gap_has(&t->gap[i], seq, end))
			tw_gap_fill(&t->gap[i], seq, end);
}

/* What the peer acknowledged is over: gaps that did not fill in time (captures may have an ACK first), and repairs. */
TW_INLINE void tw_gaps_expire(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;
	int open = 0;

	for (int i = 0; i < TW_GAPS; i++) {
		struct tw_gap *g = &t->gap[i];

		if (tw_gap_is_open(g) && (v->peer->flags & TW_HF_ACK) && tw_seq_diff(g->end, v->peer->ack) <= 0 &&
		    v->o->now_us - g->at_us > tw_reordering_ns(v->me, 2) / 1000)
			g->start = g->end;
		open |= tw_gap_is_open(g);
	}
	if ((t->flags & TW_TF_REPAIRING) && tw_seq_diff(v->peer->ack, t->repair_end) >= 0)
		t->flags &= ~TW_TF_REPAIRING;
	if (!open && !t->pmtu && !(t->flags & TW_TF_REPAIRING))
		v->me->flags &= ~TW_HF_WATCH;
}

/* ---- copies ---- */

/* What is larger is no segment but an offload super-packet. */
TW_INLINE u32 tw_largest_segment(const struct tw_half *receiver)
{
	return receiver->mss ? receiver->mss : 1460;
}

/* A segment of the offload super-packet @s beside which it is seen: at offset k × size it has the k-th IP-ID of its run. */
TW_INLINE int tw_is_piece_of(const struct tw_pkt *p, const struct tw_sent *s)
{
	u32 offset = p->seq - s->seq;
	u16 k = p->ip_id - s->stamp;

	if (!k)
		return !offset;
	return p->len && offset % k == 0 && offset / k >= p->len;
}

/*
 * Made by the path or the tap: the same range as one of the last segments and the same IP-ID; without
 * IP-ID the same TSval soon after; without both, sooner than a retransmission could come.
 */
TW_INLINE int tw_is_copy_of(const struct tw_view *v, const struct tw_sent *s)
{
	const struct tw_pkt *p = &v->o->pkt;
	u32 ago_us = v->o->now_us - s->at_us;
	int same = p->seq == s->seq && v->o->end == s->end;

	if (tw_seq_diff(p->seq, s->seq) < 0 || tw_seq_diff(v->o->end, s->end) > 0)
		return 0;
	if ((p->flags & TW_OF_TS) && tw_seq_diff(p->tsval, v->me->tsval) > 0)
		return 0; /* sent later than anything before */
	if (p->ip_id)
		return same ? p->ip_id == s->stamp : s->end - s->seq > tw_largest_segment(v->peer) && tw_is_piece_of(p, s);
	if (!same)
		return 0;
	if (p->flags & TW_OF_TS)
		return p->tsval == s->stamp && ago_us < tw_reordering_ns(v->me, 2) / 1000;
	return v->peer->rtt_count && ago_us < v->peer->rtt_min_ns / 4000 && !v->peer->dupack_run;
}

/*
 * Sent no later than the newest, by its running IP-ID: a retransmission would have a newer one. Not
 * where the newest is itself a repeat: two of those may have changed places.
 */
TW_INLINE int tw_is_older_by_id(const struct tw_view *v)
{
	const struct tw_pkt *p = &v->o->pkt;

	if (!(p->flags & TW_OF_IP_ID) || !p->ip_id || !tw_counts_up(v->me) || (u16)(v->me->ip_id - p->ip_id) >= 1024)
		return 0;
	return tw_seq_diff(tw_last_sent(v->me)->end, v->me->snd_nxt) >= 0;
}

TW_INLINE int tw_is_copy(const struct tw_view *v)
{
	if (tw_is_copy_of(v, &v->me->sent[0]) || tw_is_copy_of(v, &v->me->sent[1]))
		return 1;
	return tw_is_older_by_id(v);
}

/* ---- out of order ---- */

enum tw_order { TW_ORDER_SENT_BEFORE, TW_ORDER_SENT_AFTER };

/* Was a never-seen segment sent before or after the one that opened the gap? Says how sure that is. */
TW_INLINE enum tw_order tw_order_of(const struct tw_view *v, const struct tw_gap *g, u32 *confidence)
{
	const struct tw_pkt *p = &v->o->pkt;
	u16 before = g->ip_id - p->ip_id, after = p->ip_id - g->ip_id;

	*confidence = TW_CONFIDENCE_HIGH;
	if (g->has_ts && (p->flags & TW_OF_TS) && p->tsval != g->tsval)
		return tw_seq_diff(p->tsval, g->tsval) < 0 ? TW_ORDER_SENT_BEFORE : TW_ORDER_SENT_AFTER;
	if ((p->flags & TW_OF_IP_ID) && p->ip_id && g->ip_id && tw_counts_up_to(v->me, p)) {
		if (before >= 1 && before <= 4095)
			return TW_ORDER_SENT_BEFORE;
		if (after >= 1 && after <= 4095)
			return TW_ORDER_SENT_AFTER;
	}
	*confidence = TW_CONFIDENCE_LOW;
	if (v->o->now_us - g->at_us <= tw_reordering_ns(v->me, 2) / 1000)
		return TW_ORDER_SENT_BEFORE;
	return TW_ORDER_SENT_AFTER;
}

/* ---- retransmissions ---- */

/* Time since this sequence was last sent, in µs; 0 where that was not seen. */
TW_INLINE u32 tw_last_sent_ago(const struct tw_view *v)
{
	const struct tw_trouble_half *t = v->tme;

	if (t->rtx_attempt && v->o->pkt.seq - t->rtx_start < t->rtx_end - t->rtx_start)
		return v->o->now_us - t->rtx_at_us;
	for (int i = 0; i < TW_SENT; i++) {
		const struct tw_sent *s = &v->me->sent[i];

		if (s->seq != s->end && v->o->pkt.seq - s->seq < s->end - s->seq)
			return v->o->now_us - s->at_us;
	}
	return 0;
}

TW_INLINE int tw_is_fast(const struct tw_view *v, u32 una)
{
	const struct tw_half *peer = v->peer;
	u32 outstanding = v->me->snd_nxt - una;

	if (v->tpeer && v->tpeer->sack_high && tw_seq_diff(v->tpeer->sack_high, v->o->end) >= 0 &&
	    tw_seq_diff(v->tpeer->sack_high, una) > 0)
		return 1;
	if (peer->dupack_run >= 2)
		return 1;
	return peer->dupack_run == 1 && outstanding <= 4u * (peer->mss ? peer->mss : 536);
}

/* ≥ RTO since the last progress and since it was last sent, or still in the recovery that such one began. */
TW_INLINE int tw_is_rto(struct tw_view *v, u32 una, u32 ago)
{
	struct tw_trouble_half *t = v->tme;
	u32 quiet = v->o->now_us - v->peer->progress_us, flight = v->o->now_us - v->me->flight_us, rto;

	if ((t->flags & TW_TF_RECOVERING) && tw_seq_diff(v->o->end, t->recover_end) <= 0 &&
	    tw_seq_diff(una, t->recover_end) < 0)
		return 1;
	quiet = TW_MIN(quiet, flight);
	/* The margin where something else may have caused it: duplicate ACKs, or the probe's timer. */
	rto = tw_rto_us(v->me, v->peer, v->o->end == v->me->snd_nxt || tw_is_fast(v, una));
	if (quiet < rto - rto / 16 || (ago && ago < rto - rto / 16))
		return 0;
	t->flags |= TW_TF_RECOVERING;
	t->recover_end = v->me->snd_nxt;
	return 1;
}

TW_INLINE u32 tw_kind_of(struct tw_view *v, u32 ago)
{
	const struct tw_half *me = v->me, *peer = v->peer;
	u32 una = peer->flags & TW_HF_ACK ? peer->ack : me->isn;

	if ((peer->flags & TW_HF_ZERO_WINDOW) && v->tpeer && tw_shut_for_long(v, v->tpeer)) /* sooner nobody asks */
		return TW_KIND_WINDOW_PROBE;
	if ((peer->flags & TW_HF_ACK) && tw_seq_diff(v->o->end, una) <= 0)
		return TW_KIND_SPURIOUS;
	if (v->tme->pmtu && v->o->now_us - v->tme->frag_us < tw_rto_us(me, peer, 1))
		return TW_KIND_PMTU;
	/* Whose round trips nobody measured, of him no time tells that his timer expired, if the peer did ask for it. */
	if (!me->rtt_count && !tw_is_certain(v->o) && tw_is_fast(v, una))
		return TW_KIND_FAST;
	if (tw_is_rto(v, una, ago)) {
		v->out->timeout = 1;
		return TW_KIND_RTO;
	}
	if (tw_is_fast(v, una))
		return TW_KIND_FAST;
	ago = TW_MIN(ago, v->o->now_us - peer->progress_us); /* an ACK of anything starts its timer again */
	if (v->o->end == me->snd_nxt && !peer->dupack_run && ago && peer->rtt_count && 2 * ago >= 3 * tw_srtt_us(me, peer))
		return TW_KIND_TLP;
	return TW_KIND_UNKNOWN;
}

/* The range that was resent, how often, and whether anything answered. */
TW_INLINE void tw_note_retransmit(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;
	struct tw_half *me = v->me;

	if (t->rtx_attempt && t->rtx_start == v->o->pkt.seq)
		t->rtx_attempt += t->rtx_attempt != 0xffff;
	else
		t->rtx_attempt = 2;
	t->rtx_start = v->o->pkt.seq;
	t->rtx_end = v->o->end;
	t->rtx_at_us = v->o->now_us;
	if (v->o->gap_ns >= TW_ASLEEP_NS)
		me->flight_us = v->o->now_us; /* as when it begins to send */
	me->probes = t->probe_seen == v->peer->packets ? TW_MIN(me->probes + 1, 255) : 1;
	t->probe_seen = v->peer->packets;
	if ((me->flags & TW_HF_TIMED) && tw_seq_diff(v->o->pkt.seq, me->timed_end) < 0)
		me->flags &= ~TW_HF_TIMED; /* Karn: an ACK of it would be ambiguous */
}

TW_INLINE void tw_count_kind(struct tw_trouble_half *t, u32 kind, u32 segments)
{
	if (kind == TW_KIND_SPURIOUS)
		t->spurious += segments;
	else if (kind == TW_KIND_WINDOW_PROBE)
		t->probes += segments;
	else if (kind == TW_KIND_PMTU)
		t->pmtu_resent += segments;
}

/* @bytes of the segment are below the highest sequence. Returns the kind. */
TW_INLINE u32 tw_retransmitted(struct tw_view *v, u32 bytes, u32 confidence)
{
	struct tw_trouble_half *t = v->tme;
	u32 ago = tw_last_sent_ago(v), kind = tw_kind_of(v, ago);
	u32 seg = tw_segment_len(&v->o->pkt), segments = 1;
	struct tw_said *s;

	if (v->o->pkt.segs > 1 && seg)
		segments = TW_MIN((bytes + seg - 1) / seg, v->o->pkt.segs);
	tw_note_retransmit(v);
	t->retransmits += segments;
	t->retransmit_bytes += bytes;
	tw_count_kind(t, kind, segments);
	if (kind != TW_KIND_SPURIOUS && kind != TW_KIND_WINDOW_PROBE) {
		t->repair_end = v->me->snd_nxt;
		t->flags |= TW_TF_REPAIRING;
		v->me->flags |= TW_HF_WATCH;
		v->out->repair = 1;
		t->repeats += t->repeats != 0xffff;
	}
	tw_history(v, TW_LETTER_RETRANSMIT);
	s = tw_say(v, TW_EV_RETRANSMIT);
	if (!s)
		return kind;
	s->segment.gap_ns = ago * TW_NS_PER_US;
	s->segment.len = v->o->pkt.len;
	s->segment.bytes = bytes;
	s->segment.in_flight = v->peer->flags & TW_HF_ACK ? v->me->snd_nxt - v->peer->ack : 0;
	s->segment.segments = segments;
	s->segment.attempt = t->rtx_attempt;
	s->segment.kind = kind;
	s->segment.confidence = confidence;
	return kind;
}

TW_INLINE void tw_say_segment(struct tw_view *v, u32 type, u32 late_us, u32 confidence)
{
	struct tw_said *s = tw_say(v, type);

	if (!s)
		return;
	s->segment.gap_ns = late_us * TW_NS_PER_US;
	s->segment.len = v->o->pkt.len;
	s->segment.segments = v->o->pkt.segs;
	s->segment.confidence = confidence;
}

/* How sure that seen bytes were sent again: proven by a newer TSval or IP-ID, or only seen before. */
TW_INLINE u32 tw_repeat_confidence(const struct tw_view *v, u32 old_tsval)
{
	const struct tw_pkt *p = &v->o->pkt;

	if ((p->flags & TW_OF_TS) && tw_seq_diff(p->tsval, old_tsval) > 0)
		return TW_CONFIDENCE_HIGH;
	if ((p->flags & TW_OF_IP_ID) && p->ip_id && tw_counts_up(v->me))
		return TW_CONFIDENCE_HIGH;
	return TW_CONFIDENCE_MEDIUM;
}

enum { TW_BELOW_LATE = -1, TW_BELOW_COPY = -2 };

/* A segment that lies wholly below the highest sequence. Returns a kind if it is a retransmission, else one of these. */
TW_INLINE int tw_below_highest(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;
	u32 bytes = v->o->end - v->o->pkt.seq, confidence = TW_CONFIDENCE_HIGH;
	struct tw_gap *g = 0;

	if (tw_is_certain(v->o))
		return tw_retransmitted(v, bytes, TW_CONFIDENCE_HIGH);
	for (int i = 0; i < TW_GAPS; i++)
		if (tw_gap_has(&t->gap[i], v->o->pkt.seq, v->o->end)) {
			g = &t->gap[i];
			break;
		}
	if (g) {
		enum tw_order order = tw_order_of(v, g, &confidence);
		u32 late_us = v->o->now_us - g->at_us;

		tw_gaps_fill(t, v->o->pkt.seq, v->o->end);
		if (order == TW_ORDER_SENT_AFTER)
			return tw_retransmitted(v, bytes, confidence);
		t->out_of_order += v->o->pkt.segs;
		tw_say_segment(v, TW_EV_OUT_OF_ORDER, late_us, confidence);
		return TW_BELOW_LATE;
	}
	if (tw_is_copy(v)) {
		t->duplicate_segments += v->o->pkt.segs;
		tw_say_segment(v, TW_EV_DUPLICATE_SEGMENT, 0, TW_CONFIDENCE_HIGH);
		return TW_BELOW_COPY;
	}
	return tw_retransmitted(v, bytes, tw_repeat_confidence(v, v->me->tsval));
}

#endif
