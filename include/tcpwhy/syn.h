/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* SYN and SYN-ACK: the first, its repeats, and those that fit nothing (RFC 9293, 3.5). */
#ifndef TCPWHY_SYN_H
#define TCPWHY_SYN_H

#include "outage.h"
#include "track.h"

/* Payload on a SYN or SYN-ACK (TCP Fast Open) is a segment like any other for what waits for an answer. */
TW_INLINE void tw_note_early_payload(struct tw_view *v)
{
	if (v->o->pkt.len)
		tw_note_sent(v->me, &v->o->pkt, v->o->end, v->o->now_us);
}

/* What both SYN and SYN-ACK announce of their sender. */
TW_INLINE void tw_note_offer(struct tw_view *v)
{
	const struct tw_obs *o = v->o;
	struct tw_half *me = v->me;

	me->isn = v->o->pkt.seq;
	me->snd_nxt = v->o->end;
	me->mss = o->mss;
	me->wscale = o->wscale;
	me->options = o->options;
	me->win = o->pkt.win;
	me->flags |= TW_HF_ISN | TW_HF_SEQ;
	if (o->options & (TW_OPT_MD5 | TW_OPT_AO))
		me->flags |= TW_HF_SIGNED;
	tw_note_early_payload(v);
}

TW_INLINE struct tw_said *tw_say_syn(struct tw_view *v, u32 type)
{
	struct tw_said *s = tw_say(v, type);
	const struct tw_obs *o = v->o;

	if (!s)
		return 0;
	s->syn.len = o->pkt.len;
	s->syn.win = o->pkt.win;
	s->syn.mss = o->mss;
	s->syn.wscale = o->wscale;
	s->syn.options = o->options;
	s->syn.attempt = v->me->attempts;
	s->syn.dscp = o->dscp;
	s->syn.tsval = o->pkt.tsval;
	return s;
}

TW_INLINE struct tw_said *tw_say_ack(struct tw_view *v, u32 type, u32 expected, u32 got)
{
	struct tw_said *s = tw_say(v, type);

	if (!s)
		return 0;
	s->ack_.expected = expected;
	s->ack_.got = got;
	s->ack_.len = v->o->pkt.len;
	return s;
}

/* An ACK number that the handshake does not allow: once per wrong number and side. */
TW_INLINE void tw_bad_ack(struct tw_view *v, u32 expected, int challenge)
{
	struct tw_said *s;
	u32 got = v->o->pkt.ack;

	if (v->tme) {
		if ((v->tme->flags & TW_TF_BAD_ACK) && v->tme->bad_ack == got)
			return;
		v->tme->flags |= TW_TF_BAD_ACK;
		v->tme->bad_ack = got;
	}
	s = tw_say_ack(v, TW_EV_HANDSHAKE_BAD_ACK, expected, got);
	if (s)
		s->ack_.challenge = challenge;
}

/* The first SYN of an incarnation, on an empty flow. */
TW_INLINE void tw_first_syn(struct tw_view *v)
{
	tw_note_offer(v);
	v->me->attempts = 1;
	v->me->timed_ns = v->o->pkt.ts_ns;
	v->me->last_ns = v->o->pkt.ts_ns;
	if (v->o->options & TW_OPT_TFO)
		tw_set_flow_flags(v->f, TW_FF_TFO);
	tw_history(v, TW_LETTER_SYN);
	tw_say_syn(v, TW_EV_SYN);
	if (v->o->pkt.ack)
		tw_say_ack(v, TW_EV_SYN_NONZERO_ACK, 0, v->o->pkt.ack);
}

/*
 * Of a repeat: timed_ns is the first one's time as long as the handshake lasts and no RST takes its
 * place, and has another use later. 0: unknown.
 */
TW_INLINE u64 tw_since_first(const struct tw_view *v)
{
	u64 first = v->me->flags & TW_HF_RST ? 0 : v->me->timed_ns;

	if (v->o->from_orig && !(v->f->flags & TW_FF_SIMULTANEOUS))
		first = v->f->start_ns;
	return tw_is_established(v->f) || !first ? 0 : tw_since(v->o->pkt.ts_ns, first);
}

/*
 * Its RST was the last word of this attempt, and it goes on, later than reordering explains. Not after
 * the RST that RFC 9293, 3.10.7, asks for: it answers a wrong ACK number, and the SYN goes on.
 */
TW_INLINE int tw_goes_on_after_rst(const struct tw_view *v)
{
	const struct tw_half *me = v->me;
	u8 now = v->f->half[v->f->orig & 1].attempts + 1;

	if (me->rst_after != now || !(me->flags & TW_HF_RST))
		return 0;
	if (v->tpeer && (v->tpeer->flags & TW_TF_BAD_ACK) && v->tpeer->bad_ack == me->timed_end)
		return 0;
	return tw_since(v->o->pkt.ts_ns, me->timed_ns) > tw_reordering_ns(me, 2);
}

/*
 * A mirror port or a bridge shows a SYN or SYN-ACK twice: at once, and with the same IP-ID or timestamp. No timer is so
 * fast. It is no attempt.
 */
TW_INLINE int tw_is_copied_syn(const struct tw_view *v)
{
	const struct tw_half *me = v->me;
	const struct tw_pkt *p = &v->o->pkt;

	if (!me->last_ns || tw_since(p->ts_ns, me->last_ns) >= tw_reordering_ns(me, 2))
		return 0;
	if (tw_seq_diff(me->snd_nxt, v->o->end) > 0) /* it has sent more since: that was not long ago, and its SYN was */
		return 0;
	if (p->ip_id)
		return p->ip_id == me->ip_id;
	if ((p->tcp_flags & TW_ACK) && v->peer->last_ns > me->last_ns) /* it answers a SYN that came since */
		return 0;
	return !(p->flags & TW_OF_TS) || p->tsval == me->tsval;
}

TW_INLINE void tw_say_copied_syn(struct tw_view *v)
{
	struct tw_said *s = tw_say(v, TW_EV_DUPLICATE_SEGMENT);

	if (v->tme)
		v->tme->duplicate_segments++;
	if (!s)
		return;
	s->segment.len = v->o->pkt.len;
	s->segment.segments = 1;
	s->segment.confidence = TW_CONFIDENCE_HIGH;
}

TW_INLINE void tw_repeated_syn(struct tw_view *v)
{
	struct tw_half *me = v->me;
	int reset = tw_is_reset(v->f);
	struct tw_said *s;

	if (tw_goes_on_after_rst(v))
		me->flags |= TW_HF_KEPT_TALKING;
	if (me->attempts != 255)
		me->attempts++;
	if (v->o->end - me->isn > me->snd_nxt - me->isn)
		me->snd_nxt = v->o->end;
	s = tw_say_syn(v, TW_EV_SYN_RETRANSMIT);
	if (s) {
		s->syn.since_first_ns = tw_since_first(v);
		s->syn.interval_ns = me->last_ns ? tw_since(v->o->pkt.ts_ns, me->last_ns) : 0;
		s->syn.answered = !!(v->peer->flags & TW_HF_ISN);
		s->syn.after_reset = reset;
		if (!(v->o->options & TW_OPT_UNKNOWN))
			s->syn.options_dropped = me->options & ~v->o->options & ~TW_OPT_UNKNOWN;
	}
	if (v->o->pkt.ack)
		tw_say_ack(v, TW_EV_SYN_NONZERO_ACK, 0, v->o->pkt.ack);
	tw_check_syn_down(v, tw_since_first(v));
	if (reset) /* the attempt is on again: rst_after no longer matches */
		tw_clear_flow_flags(v->f, TW_FF_ENDED);
	tw_note_early_payload(v);
	me->last_ns = v->o->pkt.ts_ns;
}

/* It changed places with its SYN-ACK on the way to us: what began in the middle is known from its beginning. */
TW_INLINE void tw_late_syn(struct tw_view *v)
{
	struct tw_half *me = v->me;
	u32 next = me->snd_nxt;

	if (!(me->flags & TW_HF_SEQ) || tw_seq_diff(next, v->o->end) < 0)
		next = v->o->end;
	tw_note_offer(v);
	me->snd_nxt = next;
	me->attempts = 1;
	tw_clear_flow_flags(v->f, TW_FF_MIDSTREAM);
	tw_history(v, TW_LETTER_SYN);
	tw_say_syn(v, TW_EV_SYN);
}

TW_INLINE void tw_on_syn(struct tw_view *v)
{
	struct tw_half *me = v->me;

	if (!(me->flags & TW_HF_ISN) && !v->o->from_orig) {
		tw_note_offer(v);
		me->attempts = 1;
		me->timed_ns = v->o->pkt.ts_ns;
		me->last_ns = v->o->pkt.ts_ns;
		tw_set_flow_flags(v->f, TW_FF_SIMULTANEOUS);
		tw_history(v, TW_LETTER_SYN);
		tw_say(v, TW_EV_SIMULTANEOUS_OPEN);
	} else if (!(me->flags & TW_HF_ISN)) {
		tw_late_syn(v);
	} else if (me->attempts && me->isn == v->o->pkt.seq) {
		if (tw_is_copied_syn(v))
			tw_say_copied_syn(v);
		else
			tw_repeated_syn(v);
	}
}

/* What a SYN-ACK may acknowledge: the SYN, or with TCP Fast Open also the payload on it (RFC 7413). */
TW_INLINE int tw_acks_syn(const struct tw_half *syn, u32 ack)
{
	return ack - syn->isn - 1 <= syn->snd_nxt - syn->isn - 1;
}

/* RTT of the SYN-ACK's sender: not from a repeated SYN (Karn) unless the timestamp tells which was answered. */
TW_INLINE u64 tw_syn_rtt(struct tw_view *v)
{
	struct tw_half *syn = v->peer;

	if (syn->attempts == 1)
		return tw_since(v->o->pkt.ts_ns, syn->timed_ns);
	if ((v->o->pkt.flags & TW_OF_TS) && (syn->flags & TW_HF_TS) && v->o->pkt.tsecr == syn->tsval)
		return tw_since(v->o->pkt.ts_ns, syn->last_ns);
	return 0;
}

#define TW_EARLIER_TRIES_MS 0x10000 /* for so long a host repeats its SYN; timestamps count milliseconds, or more slowly */

/*
 * Which SYN does the SYN-ACK echo? 0 is a stack that has not learned to echo. One a little newer than all that were
 * seen answers a repeat that did not pass here; one older than the first of them, a try before we looked.
 */
TW_INLINE u32 tw_echo(const struct tw_view *v)
{
	const struct tw_half *syn = v->peer;
	const struct tw_pkt *p = &v->o->pkt;
	s32 age = tw_seq_diff(syn->tsval, p->tsecr);

	if (!(p->flags & TW_OF_TS) || !(syn->flags & TW_HF_TS) || !p->tsecr)
		return TW_ECHO_UNKNOWN;
	if (!age)
		return TW_ECHO_LAST;
	if (age < 0)
		return age < -TW_EARLIER_TRIES_MS ? TW_ECHO_FOREIGN : TW_ECHO_UNKNOWN;
	if ((u32)age > TW_EARLIER_TRIES_MS + tw_since(p->ts_ns, v->f->start_ns) / TW_NS_PER_MS)
		return TW_ECHO_FOREIGN;
	return TW_ECHO_EARLIER;
}

TW_INLINE void tw_first_syn_ack(struct tw_view *v)
{
	u64 rtt = tw_syn_rtt(v);
	struct tw_said *s;

	tw_note_offer(v);
	v->me->attempts = 1;
	v->me->timed_ns = v->o->pkt.ts_ns;
	v->me->ack = v->me->ack_prev = v->o->pkt.ack;
	v->me->flags |= TW_HF_ACK;
	if (rtt) {
		v->f->syn_rtt_ns = tw_ns32(rtt);
		tw_rtt_sample(v->me, rtt);
	}
	tw_history(v, TW_LETTER_SYN_ACK);
	s = tw_say_syn(v, TW_EV_SYN_ACK);
	if (s) {
		s->syn.rtt_ns = rtt;
		s->syn.echo = tw_echo(v);
	}
	tw_check_syn_up(v);
	if (v->o->pkt.len && !(v->f->flags & TW_FF_TFO)) {
		tw_set_flow_flags(v->f, TW_FF_PAYLOAD_ON_SYN_ACK);
		tw_say_ack(v, TW_EV_SYN_ACK_PAYLOAD, 0, 0);
	}
	v->me->last_ns = v->o->pkt.ts_ns;
}

/* Its ACK passed here already: it was lost behind us, or the responder did not take it. */
TW_INLINE u32 tw_what_was_acked(const struct tw_view *v)
{
	if (!tw_is_established(v->f) || !(v->peer->flags & TW_HF_ACK) || tw_seq_diff(v->peer->ack, v->me->isn) <= 0)
		return TW_ACKED_NOTHING;
	return tw_seq_diff(v->peer->snd_nxt, v->me->ack) > 0 && v->peer->data_segments ? TW_ACKED_AND_ASKED : TW_ACKED_SYN_ACK;
}

TW_INLINE void tw_repeated_syn_ack(struct tw_view *v)
{
	struct tw_half *me = v->me;
	struct tw_said *s;

	if (me->attempts != 255)
		me->attempts++;
	s = tw_say_syn(v, TW_EV_SYN_ACK_RETRANSMIT);
	if (s) {
		s->syn.since_first_ns = tw_since_first(v);
		s->syn.interval_ns = me->last_ns ? tw_since(v->o->pkt.ts_ns, me->last_ns) : 0;
		s->syn.acked = tw_what_was_acked(v);
	}
	me->last_ns = v->o->pkt.ts_ns;
}

TW_INLINE void tw_on_syn_ack(struct tw_view *v)
{
	struct tw_half *me = v->me;
	struct tw_said *s;

	if (tw_goes_on_after_rst(v))
		me->flags |= TW_HF_KEPT_TALKING;
	if (tw_is_established(v->f) && (v->f->flags & TW_FF_ENDED))
		return; /* what comes late is only counted */
	if (v->o->from_orig && !(v->f->flags & TW_FF_SIMULTANEOUS))
		return; /* from the wrong side: says nothing of this connection */
	if (me->attempts && me->isn == v->o->pkt.seq && (me->flags & TW_HF_ACK)) {
		if (tw_is_copied_syn(v))
			tw_say_copied_syn(v);
		else
			tw_repeated_syn_ack(v);
	} else if (tw_is_established(v->f)) {
		s = tw_say_syn(v, TW_EV_SYN_ACK);
		if (s)
			s->syn.stray = 1;
	} else if ((v->peer->flags & TW_HF_ISN) && !tw_acks_syn(v->peer, v->o->pkt.ack)) {
		tw_bad_ack(v, v->peer->isn + 1, 0);
	} else {
		tw_first_syn_ack(v);
	}
}

#endif
