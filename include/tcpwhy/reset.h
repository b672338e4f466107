/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Resets: why (RFC 9293, 3.5.2 and 3.10.7), at what stage, and what speaks for a forged one.
 *
 * The facts follow what honest stacks send (each "not if" was a false alarm that was seen). What can be
 * known only later, that the sender went on or reset again with another number, is left in the flow.
 */
#ifndef TCPWHY_RESET_H
#define TCPWHY_RESET_H

#include "close.h"
#include "syn.h"
#include "track.h"

#define TW_IDLE_RESET_NS (60 * TW_NS_PER_SEC)
#define TW_ANSWERS_NS TW_NS_PER_SEC /* so late an answer may come, on any path */

/* Payload that its FIN did not acknowledge, or that came later, without what a TLS close_notify sends. */
TW_INLINE int tw_got_data_after_close(const struct tw_view *v)
{
	u32 unacked = v->tme ? v->tme->fin_unacked : 0;

	return (v->me->flags & TW_HF_FIN) && v->peer->after_fin + unacked > TW_TLS_GOODBYE;
}

TW_INLINE int tw_gave_up(const struct tw_view *v)
{
	return v->me->probes >= 3 && v->tme && v->tme->probe_seen == v->peer->packets;
}

TW_INLINE u32 tw_early_cause(const struct tw_view *v)
{
	const struct tw_pkt *p = &v->o->pkt;

	if (v->o->from_orig)
		return TW_CAUSE_HALF_OPEN_RESET;
	if (v->me->flags & TW_HF_ISN)
		return TW_CAUSE_HANDSHAKE_ABORTED;
	if ((p->tcp_flags & TW_ACK) && tw_acks_syn(v->peer, p->ack))
		return TW_CAUSE_REFUSED;
	return TW_CAUSE_UNACCEPTABLE;
}

/* Silence before the RST, or before the segment that it answers. */
TW_INLINE u64 tw_silence(const struct tw_view *v)
{
	u64 newest = TW_MAX(v->me->last_ns, v->peer->last_ns);
	u64 silent = newest ? tw_since(v->o->pkt.ts_ns, newest) : 0;

	if (v->peer->last_ns > v->me->last_ns && v->peer->quiet_s * TW_NS_PER_SEC > silent)
		silent = v->peer->quiet_s * TW_NS_PER_SEC;
	return silent;
}

TW_INLINE u32 tw_cause(const struct tw_view *v)
{
	if (tw_is_closed(v->f))
		return TW_CAUSE_AFTER_CLOSE;
	if (tw_is_reset(v->f))
		return TW_CAUSE_NO_CONNECTION;
	if (v->o->challenged)
		return TW_CAUSE_BAD_ACK_RESET;
	if (v->tpeer && (v->tpeer->flags & TW_TF_BAD_ACK) && v->tpeer->bad_ack == v->o->pkt.seq)
		return TW_CAUSE_BAD_ACK_RESET;
	if (!tw_is_established(v->f))
		return tw_early_cause(v);
	if (tw_gave_up(v))
		return TW_CAUSE_GAVE_UP;
	if (tw_got_data_after_close(v))
		return TW_CAUSE_DATA_AFTER_CLOSE;
	if ((v->me->flags | v->peer->flags) & TW_HF_FIN)
		return TW_CAUSE_AFTER_CLOSE;
	if (tw_silence(v) >= TW_IDLE_RESET_NS)
		return TW_CAUSE_IDLE_RESET;
	return TW_CAUSE_ABORTED;
}

TW_INLINE u32 tw_stage(const struct tw_view *v)
{
	const struct tw_half *orig = v->o->from_orig ? v->me : v->peer;

	if (!tw_is_established(v->f))
		return TW_STAGE_POST_SYN;
	if (!orig->data_segments)
		return TW_STAGE_POST_ACK;
	return orig->data_segments == 1 ? TW_STAGE_POST_PSH : TW_STAGE_LATER;
}

/*
 * A host that knows nothing of the connection, or a firewall that rejects in its name, answers a segment with its
 * ACK number alone (RFC 9293, 3.10.7.1): nothing of the connection's own is in it, and its IP-ID, if it has one, is
 * counted apart. An application that aborts sends RST and ACK with its own numbers.
 */
TW_INLINE int tw_is_stateless_rst(const struct tw_obs *o)
{
	const struct tw_pkt *p = &o->pkt;

	return !p->win && !p->len && !o->options && (!(p->tcp_flags & TW_ACK) || !p->seq);
}

/* The sequence numbers that an honest RST of this side has: its SND.NXT, or what the peer last acknowledged. */
TW_INLINE int tw_seq_is_honest(const struct tw_view *v, u32 seq)
{
	const struct tw_half *me = v->me, *peer = v->peer;
	u32 oldest = peer->ack_prev - peer->win;

	if ((me->flags & TW_HF_SEQ) && seq == me->snd_nxt)
		return 1;
	return seq - oldest <= peer->ack - oldest;
}

TW_INLINE u32 tw_suspect_seq(const struct tw_view *v)
{
	u32 past_next;

	if (!(v->peer->flags & TW_HF_ACK) || !tw_is_established(v->f) || tw_seq_is_honest(v, v->o->pkt.seq))
		return 0;
	if (v->f->flags & TW_FF_MIDSTREAM) /* the window's scale is not known */
		return 0;
	past_next = v->o->pkt.seq - v->peer->ack;
	return 1 << (past_next < v->peer->win ? TW_SUSPECT_SEQ_NOT_NEXT : TW_SUSPECT_SEQ_OUT_OF_WINDOW);
}

/* It answers a segment that passed here: its numbers are that one's. */
TW_INLINE int tw_answers_from_nowhere(const struct tw_view *v)
{
	const struct tw_half *me = v->me, *peer = v->peer;
	u64 patience = TW_MAX(TW_ANSWERS_NS, 2 * (u64)me->srtt_us * TW_NS_PER_US);

	if (!tw_is_stateless_rst(v->o) || (v->o->pkt.tcp_flags & TW_ACK) || !(peer->flags & TW_HF_ACK))
		return 0;
	if (v->o->pkt.seq != peer->ack && v->o->pkt.seq != peer->ack_prev)
		return 0;
	return v->o->gap_ns <= patience;
}

/* No router has counted it down: its source MAC is its sender's own. */
TW_INLINE int tw_is_from_the_link(u8 ttl)
{
	return ttl == 255 || ttl == 128 || ttl == 64 || ttl == 60 || ttl == 32;
}

/*
 * Another host on the link sent it than what else came from that side, by the same way. Behind a router the MAC is
 * the router's, and there may be two of them.
 */
TW_INLINE int tw_has_other_mac(const struct tw_view *v)
{
	const struct tw_pkt *p = &v->o->pkt;
	const struct tw_half *me = v->me;
	u16 usual = v->f->mac[p->src & 1];

	if (!usual || !v->o->mac || usual == v->o->mac || p->point != me->point || me->ttl_min != me->ttl_max)
		return 0;
	return tw_is_from_the_link(p->ttl) && tw_is_from_the_link(me->ttl_max);
}

TW_INLINE u8 tw_rst_shape(const struct tw_view *v)
{
	if (!tw_answers_from_nowhere(v))
		return 0;
	return tw_has_other_mac(v) ? TW_RST_STATELESS | TW_RST_OTHER_MAC : TW_RST_STATELESS;
}

/* Its ACK covers bytes that passed here sooner than that side could have answered them. */
TW_INLINE int tw_is_faster_than_rtt(const struct tw_view *v)
{
	const struct tw_half *me = v->me, *peer = v->peer;
	const struct tw_sent *last = tw_last_sent(peer);
	u32 ack = v->o->pkt.ack;

	if (!(v->o->pkt.tcp_flags & TW_ACK) || !me->rtt_count || !peer->data_segments || peer->packets < 2)
		return 0;
	if (tw_seq_diff(ack, last->end) < 0 || tw_seq_diff(last->end, me->ack) <= 0)
		return 0;
	return v->o->now_us - last->at_us < me->rtt_min_ns / 2000;
}

TW_INLINE u16 tw_suspects(const struct tw_view *v, u32 cause)
{
	const struct tw_obs *o = v->o;
	const struct tw_half *me = v->me;
	int own = tw_is_stateless_rst(o);
	u16 id_step = o->pkt.ip_id - me->ip_id;
	u32 bits = 0, salt = v->o->now_us;

	if (cause == TW_CAUSE_AFTER_CLOSE || cause == TW_CAUSE_NO_CONNECTION)
		return 0;
	if (me->ttl_max && (o->pkt.ttl + 3 < me->ttl_min || o->pkt.ttl > me->ttl_max + 3))
		bits |= 1 << TW_SUSPECT_TTL;
	TW_FORGET(bits, salt);
	if ((o->pkt.flags & TW_OF_IP_ID) && !own && tw_counts_up(me) && (id_step < 1 || id_step > 1023))
		bits |= 1 << TW_SUSPECT_IP_ID;
	TW_FORGET(bits, salt);
	bits |= tw_suspect_seq(v);
	TW_FORGET(bits, salt);
	if (cause == TW_CAUSE_UNACCEPTABLE)
		bits |= 1 << TW_SUSPECT_BAD_ACK;
	TW_FORGET(bits, salt);
	if (tw_is_faster_than_rtt(v))
		bits |= 1 << TW_SUSPECT_FASTER_THAN_RTT;
	TW_FORGET(bits, salt);
	if (o->pkt.len)
		bits |= 1 << TW_SUSPECT_PAYLOAD;
	TW_FORGET(bits, salt);
	if (!own && (me->flags & v->peer->flags & TW_HF_TS) && !(o->pkt.flags & TW_OF_TS) &&
	    !(o->options & TW_OPT_UNKNOWN))
		bits |= 1 << TW_SUSPECT_TCP_OPTIONS_ABSENT;
	return bits;
}

/* After a RST that ended it: again, with another number? */
TW_INLINE void tw_note_repeated_rst(struct tw_view *v)
{
	struct tw_half *me = v->me;

	if ((me->flags & TW_HF_RST) && me->timed_end != v->o->pkt.seq && tw_since(v->o->pkt.ts_ns, me->timed_ns) < TW_NS_PER_SEC &&
	    !tw_seq_is_honest(v, v->o->pkt.seq))
		me->flags |= TW_HF_RST_REPEATED;
}

/* A RST that every receiver must ignore changes no state (RFC 9293, 3.10.7.3 and 3.10.7.4). */
TW_INLINE int tw_rst_ends(u32 cause, u32 suspect)
{
	return cause != TW_CAUSE_UNACCEPTABLE && cause != TW_CAUSE_NO_CONNECTION &&
	       !(suspect & (1 << TW_SUSPECT_SEQ_OUT_OF_WINDOW));
}

TW_INLINE void tw_fill_reset(struct tw_view *v, struct tw_said *s, u32 cause, u32 suspect)
{
	if (!s)
		return;
	s->reset.silent_ns = tw_silence(v);
	s->reset.suspect = suspect;
	s->reset.cause = cause;
	s->reset.stage = tw_stage(v);
	s->reset.end = TW_END_RESET;
	s->reset.win_zero = !v->o->pkt.win;
	s->reset.ttl_min = v->me->ttl_min;
	s->reset.ttl_max = v->me->ttl_max;
	s->reset.len = v->o->pkt.len;
	s->reset.shape = tw_rst_shape(v);
	s->reset.unacked = tw_is_established(v->f) ? tw_unacked(v->peer, v->me) : 0;
}

/* The RST takes the place of the timed segment: nothing is timed any more. */
TW_INLINE void tw_note_rst(struct tw_view *v)
{
	struct tw_half *me = v->me;

	me->timed_ns = v->o->pkt.ts_ns;
	me->timed_end = v->o->pkt.seq;
	me->flags = (me->flags & ~TW_HF_TIMED) | TW_HF_RST;
}

TW_INLINE void tw_end_by_rst(struct tw_view *v, u32 cause, u32 suspect)
{
	int first = !(v->f->flags & TW_FF_ENDED);

	tw_note_rst(v);
	v->me->rst_after = v->f->half[v->f->orig & 1].attempts + 1;
	tw_set_flow_flags(v->f, TW_FF_ENDED);
	if (first)
		tw_fill_reset(v, tw_say_budgeted(v->out, 0, v->o->pkt.ts_ns, TW_EV_ENDED), cause, suspect);
}

TW_INLINE void tw_on_rst(struct tw_view *v)
{
	u32 cause = tw_cause(v), suspect;

	TW_FORGET(cause, v->o->now_us);
	suspect = tw_suspects(v, cause);
	v->me->packets += v->o->pkt.segs;
	v->out->judged = 1;
	tw_history(v, TW_LETTER_RST);
	tw_fill_reset(v, tw_say(v, TW_EV_RESET), cause, suspect);
	if (cause == TW_CAUSE_NO_CONNECTION)
		tw_note_repeated_rst(v);
	else if (tw_rst_ends(cause, suspect))
		tw_end_by_rst(v, cause, suspect);
	else
		tw_note_rst(v);
}

/* A segment after the RST that ended its connection: counted, and remembered if its sender goes on. */
TW_INLINE void tw_on_late_segment(struct tw_view *v)
{
	struct tw_half *me = v->me;
	u32 ack = v->o->pkt.ack;

	me->packets += v->o->pkt.segs;
	me->bytes += v->o->pkt.len;
	if ((me->flags & TW_HF_ACK) && tw_seq_diff(ack, me->ack) > 0 && tw_seq_diff(ack, v->peer->snd_nxt) <= 0) {
		me->ack_prev = me->ack; /* the RST that answers this one is honest */
		me->ack = ack;
	}
	if ((me->flags & TW_HF_RST) && tw_since(v->o->pkt.ts_ns, me->timed_ns) > tw_reordering_ns(me, 2))
		me->flags |= TW_HF_KEPT_TALKING;
}

#endif
