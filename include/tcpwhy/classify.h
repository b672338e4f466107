/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The classifier: one packet's facts and its connection's state in, events out. It is pure: no map, no
 * clock (time is in the observation), no allocation.
 *
 * One function for each kind of packet, so that the verifier checks each alone. feed.h decides which.
 */
#ifndef TCPWHY_CLASSIFY_H
#define TCPWHY_CLASSIFY_H

#include "begin.h"
#include "handshake.h"
#include "limit.h"
#include "pmtu.h"
#include "reset.h"
#include "segment.h"
#include "syn.h"
#include "track.h"

/* ---- several observation points see the same packet ---- */

/*
 * The direction is bound to the point that showed it first, and moves to another that shows something
 * newer. 1: this is a second sight of what was judged already. At another point an IP-ID or TSval
 * newer than all before proves a packet that was not seen yet.
 */
TW_INLINE int tw_is_second_sight(struct tw_view *v)
{
	const struct tw_pkt *p = &v->o->pkt;
	struct tw_half *me = v->me;
	int first = !me->packets, newer;

	if (p->point == me->point)
		return 0;
	if ((p->tcp_flags & TW_RST) && !first)
		return (me->flags & TW_HF_RST) && me->timed_end == v->o->pkt.seq && tw_since(v->o->pkt.ts_ns, me->timed_ns) < TW_NS_PER_SEC;
	newer = tw_seq_diff(v->o->end, me->snd_nxt) > 0 || !(me->flags & TW_HF_SEQ);
	if (p->tcp_flags & TW_ACK)
		newer |= !(me->flags & TW_HF_ACK) || tw_seq_diff(p->ack, me->ack) > 0;
	if (first || newer || tw_since(v->o->pkt.ts_ns, v->f->last_ns) > TW_NS_PER_SEC) {
		me->point = p->point;
		return 0;
	}
	if ((p->flags & TW_OF_IP_ID) && p->ip_id && tw_counts_up(me) && (u16)(p->ip_id - me->ip_id - 1) < 1023)
		return 0;
	return !((p->flags & TW_OF_TS) && (me->flags & TW_HF_TS) && tw_seq_diff(p->tsval, me->tsval) > 0);
}

TW_INLINE int tw_pass_second_sight(struct tw_view *v)
{
	if (!tw_is_second_sight(v))
		return 0;
	__sync_fetch_and_add(&v->me->second_sight, 1); /* the other point may be on another CPU */
	return 1;
}

/* ---- does the packet need the trouble table? ---- */

enum { TW_FREE_ATTEMPTS = 8 };

TW_INLINE int tw_syn_is_odd(const struct tw_half *me, const struct tw_half *peer, const struct tw_pkt *p)
{
	if (me->flags & TW_HF_ISN) /* repeats limit themselves; many need a budget */
		return me->attempts > TW_FREE_ATTEMPTS;
	if (!(p->tcp_flags & TW_ACK))
		return !!p->ack;
	return (peer->flags & TW_HF_ISN) && !tw_acks_syn(peer, p->ack);
}

/* All was taken, more waits, and there is no room for a segment. */
TW_INLINE int tw_is_small_window(const struct tw_half *me, const struct tw_half *peer, const struct tw_pkt *p)
{
	return !p->len && p->ack == peer->snd_nxt && !(peer->flags & TW_HF_PSH) && peer->data_segments &&
	       tw_window(me, peer, p) < tw_full_size(peer, me);
}

/* Everything that is not the next thing expected, and transfers. The entry is made before the packet is judged. */
TW_GLOBAL int tw_wants_trouble(const struct tw_flow *f, const struct tw_obs *o)
{
	const struct tw_half *me, *peer;
	const struct tw_pkt *p;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	p = &o->pkt;
	me = &f->half[p->src & 1];
	peer = &f->half[(p->src & 1) ^ 1];
	if ((f->flags & TW_FF_TROUBLE) || o->what == TW_OBS_ERROR)
		return 1;
	if (p->tcp_flags & TW_RST) /* not for a half-open one: a scan must not fill the table */
		return tw_is_established(f);
	if (p->tcp_flags & TW_SYN)
		return tw_syn_is_odd(me, peer, p);
	if (!tw_is_established(f))
		return (peer->flags & TW_HF_ISN) && !tw_acks_syn(peer, p->ack);
	if ((me->flags & TW_HF_SEQ) && p->seq != me->snd_nxt)
		return 1;
	if (!p->win || tw_exceeds_mss(peer, p) || tw_is_small_window(me, peer, p))
		return 1;
	if ((peer->flags & TW_HF_SEQ) && tw_seq_diff(p->ack, peer->snd_nxt) > 0)
		return 1;
	if (o->sacks || tw_is_late_ack(f, me, peer, p) || tw_is_look(me, peer, p))
		return 1;
	return (!p->len || (p->tcp_flags & TW_FIN)) && (me->flags & TW_HF_ACK) && p->ack == me->ack &&
	       tw_seq_diff(peer->snd_nxt, p->ack) > 0;
}

/* ---- one global function a kind; each returns the number of events, which keeps the verifier from guessing ---- */

/* The first packet of a connection, on a flow of any content. */
TW_GLOBAL int tw_classify_first(struct tw_flow *f, struct tw_obs *o, struct tw_out *out)
{
	struct tw_view v;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	tw_flow_init(f, o);
	tw_view_init(&v, f, 0, o, out);
	if ((o->pkt.tcp_flags & (TW_SYN | TW_ACK)) == TW_SYN) {
		tw_first_syn(&v);
		tw_note_packet(&v);
	} else {
		tw_open_midstream(&v);
		if (o->pkt.tcp_flags & TW_SYN)
			tw_note_packet(&v);
	}
	return out->n;
}

/* SYN and SYN-ACK of a known flow, and what comes before it is established. */
TW_GLOBAL int tw_classify_handshake(struct tw_flow *f, struct tw_trouble *t, struct tw_obs *o, struct tw_out *out)
{
	struct tw_view v;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	tw_view_init(&v, f, t, o, out);
	if (tw_pass_second_sight(&v))
		return out->n;
	if (o->pkt.tcp_flags & TW_SYN) {
		if (o->pkt.tcp_flags & TW_ACK)
			tw_on_syn_ack(&v);
		else
			tw_on_syn(&v);
	} else if (tw_is_reset(f)) {
		tw_on_late_segment(&v);
		return out->n;
	} else if (tw_on_early_segment(&v)) {
		return out->n; /* established: the segment is judged, and counted, as such */
	}
	tw_note_packet(&v);
	return out->n;
}

/* A segment without SYN or RST of an established flow. */
TW_GLOBAL int tw_classify_segment(struct tw_flow *f, struct tw_trouble *t, struct tw_obs *o, struct tw_out *out)
{
	struct tw_view v;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	tw_view_init(&v, f, t, o, out);
	if (tw_pass_second_sight(&v))
		return out->n;
	if (tw_is_reset(f)) {
		tw_on_late_segment(&v);
		return out->n;
	}
	tw_on_segment(&v);
	tw_note_packet(&v);
	return out->n;
}

TW_GLOBAL int tw_classify_reset(struct tw_flow *f, struct tw_trouble *t, struct tw_obs *o, struct tw_out *out)
{
	struct tw_view v;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	tw_view_init(&v, f, t, o, out);
	if (!tw_pass_second_sight(&v))
		tw_on_rst(&v);
	return out->n;
}

TW_GLOBAL int tw_classify_icmp(struct tw_flow *f, struct tw_trouble *t, struct tw_obs *o, struct tw_out *out)
{
	struct tw_view v;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	tw_view_init(&v, f, t, o, out);
	tw_on_icmp_error(&v);
	return out->n;
}

/* What belongs to no tracked connection. */
TW_GLOBAL int tw_classify_stray(struct tw_obs *o, struct tw_out *out)
{
	struct tw_said *s;

	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	if (o->what == TW_OBS_ECHO) {
		s = tw_say_budgeted(out, 0, 0, TW_EV_MARKER);
		if (!s)
			return out->n;
		tw_fill_icmp(o, s);
		s->icmp.id = o->icmp_id;
		s->icmp.seq = o->icmp_seq;
		s->icmp.size = o->icmp_size;
		s->icmp.reply = o->icmp_type == 0 || o->icmp_type == 129;
	} else if (o->what == TW_OBS_ERROR) {
		s = tw_say_budgeted(out, 0, 0, tw_is_frag_needed(o) ? TW_EV_FRAG_NEEDED : TW_EV_UNREACHABLE);
		if (s)
			tw_fill_icmp(o, s);
	} else if ((o->pkt.tcp_flags & (TW_SYN | TW_RST)) == TW_SYN) { /* RST wins over SYN */
		tw_say_budgeted(out, 0, 0, TW_EV_LAND);
	} else {
		s = tw_say_budgeted(out, 0, 0, TW_EV_RESET);
		if (s) {
			s->reset.cause = TW_CAUSE_NO_CONNECTION;
			s->reset.win_zero = !o->pkt.win;
			s->reset.len = o->pkt.len;
		}
	}
	return out->n;
}

#endif
