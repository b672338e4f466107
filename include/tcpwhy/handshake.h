/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the first SYN to the originator's last ACK (RFC 9293, 3.5), and what strays into it later.
 */
#ifndef TCPWHY_HANDSHAKE_H
#define TCPWHY_HANDSHAKE_H

#include "key.h"
#include "track.h"

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

/* A number for the incarnation: the same natively and in the kernel, and different for each. */
TW_INLINE u64 tw_flow_id(const struct tw_pkt *p)
{
	const struct tw_key *k = &p->key;
	u64 h = p->ts_ns ^ ((u64)p->seq << 32) ^ ((u64)k->port[0] << 16) ^ k->port[1];

	for (int i = 0; i < 4; i++) {
		h = (h ^ k->addr[0].word[i]) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
		h = (h ^ k->addr[1].word[i]) * 0xbf58476d1ce4e5b9ULL;
		h ^= h >> 32;
	}
	return h ? h : 1;
}

/* Without a handshake: as the socket table says, else the side without the well-known port, if only one has such a port, else the first sender. */
TW_INLINE u8 tw_guess_originator(const struct tw_obs *o)
{
	const struct tw_pkt *p = &o->pkt;
	u32 src = p->src & 1;
	u16 sport = src ? p->key.port[1] : p->key.port[0];
	u16 dport = src ? p->key.port[0] : p->key.port[1];

	if (o->opener)
		return (o->opener & TW_OPENER_SIDE) - 1;
	if (sport < 1024 && dport >= 1024)
		return src ^ 1;
	return src;
}

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

TW_INLINE void tw_say_ack(struct tw_view *v, u32 type, u32 expected, u32 got)
{
	struct tw_said *s = tw_say(v, type);

	if (!s)
		return;
	s->ack_.expected = expected;
	s->ack_.got = got;
	s->ack_.len = v->o->pkt.len;
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
	s = tw_say(v, TW_EV_HANDSHAKE_BAD_ACK);
	if (!s)
		return;
	s->ack_.expected = expected;
	s->ack_.got = got;
	s->ack_.len = v->o->pkt.len;
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

/*
 * Its TSecr is none that the SYN carried: somebody changed it on the way. 0 is a stack that has not
 * learned to echo; a little later than the SYN's, it may answer a repeat that we did not see.
 */
TW_INLINE int tw_is_foreign_tsecr(const struct tw_view *v)
{
	const struct tw_half *syn = v->peer;
	const struct tw_pkt *p = &v->o->pkt;

	if (!(p->flags & TW_OF_TS) || !(syn->flags & TW_HF_TS) || syn->attempts != 1 || !p->tsecr)
		return 0;
	return p->tsecr - syn->tsval > 0xffff;
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
		s->syn.foreign_tsecr = tw_is_foreign_tsecr(v);
	}
	if (v->o->pkt.len && !(v->f->flags & TW_FF_TFO)) {
		tw_set_flow_flags(v->f, TW_FF_PAYLOAD_ON_SYN_ACK);
		tw_say_ack(v, TW_EV_SYN_ACK_PAYLOAD, 0, 0);
	}
	v->me->last_ns = v->o->pkt.ts_ns;
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

TW_INLINE u8 tw_agreed_options(const struct tw_half *a, const struct tw_half *b)
{
	return a->options & b->options & ~TW_OPT_UNKNOWN;
}

/* The originator acknowledged the SYN-ACK: the flow is established, and its half-open entry is moved (feed.h). */
TW_INLINE void tw_establish(struct tw_view *v)
{
	struct tw_half *me = v->me, *peer = v->peer;
	struct tw_said *s;
	u64 ack_rtt = 0;

	if (peer->attempts == 1) {
		ack_rtt = tw_since(v->o->pkt.ts_ns, peer->timed_ns);
		tw_rtt_sample(me, ack_rtt);
	}
	me->ack = me->ack_prev = v->o->pkt.ack;
	me->flags |= TW_HF_ACK;
	me->win = tw_window(me, peer, &v->o->pkt);
	me->progress_us = peer->progress_us = v->o->now_us;
	me->timed_ns = peer->timed_ns = 0;
	v->f->handshake_us = tw_us(tw_since(v->o->pkt.ts_ns, v->f->start_ns));
	tw_set_flow_flags(v->f, TW_FF_ESTABLISHED);
	s = tw_say(v, TW_EV_ESTABLISHED);
	if (!s)
		return;
	s->established.syn_rtt_ns = v->f->syn_rtt_ns;
	s->established.ack_rtt_ns = ack_rtt;
	s->established.mss = me->mss && peer->mss ? TW_MIN(me->mss, peer->mss) : me->mss | peer->mss;
	s->established.orig_wscale = me->wscale;
	s->established.resp_wscale = peer->wscale;
	s->established.options = tw_agreed_options(me, peer);
}

/* The handshake went on without a SYN-ACK that we saw: only one direction passes here, or it was lost to us. */
TW_INLINE void tw_unseen_syn_ack(struct tw_half *resp, u32 isn, u32 snd_nxt)
{
	resp->isn = isn;
	resp->snd_nxt = snd_nxt;
	resp->flags |= TW_HF_ISN | TW_HF_SEQ;
}

/*
 * A segment without SYN or RST before the flow is established. Returns 1 when it established it: the
 * segment itself then still has to be judged.
 */
TW_INLINE int tw_on_early_segment(struct tw_view *v)
{
	u32 ack = v->o->pkt.ack, next = v->peer->isn + 1;

	if (!v->o->from_orig) {
		if (!(v->me->flags & TW_HF_ISN) && !tw_acks_syn(v->peer, ack))
			tw_bad_ack(v, next, 1); /* no SYN in it: a challenge ACK */
		else if (!(v->me->flags & TW_HF_ISN))
			tw_unseen_syn_ack(v->me, v->o->pkt.seq - 1, v->o->end);
		else if (tw_seq_diff(v->o->end, v->me->snd_nxt) > 0)
			v->me->snd_nxt = v->o->end; /* the responder speaks before the last ACK: TFO */
		return 0;
	}
	if (!(v->peer->flags & TW_HF_ISN)) {
		tw_unseen_syn_ack(v->peer, ack - 1, ack);
		next = ack;
	}
	if (tw_seq_diff(ack, next) < 0 || tw_seq_diff(ack, v->peer->snd_nxt) > 0) {
		tw_bad_ack(v, next, 0);
		return 0;
	}
	tw_establish(v);
	return 1;
}

/* A connection that was already open: nothing is judged before it is learned. */
TW_INLINE void tw_open_midstream(struct tw_view *v)
{
	const struct tw_pkt *p = &v->o->pkt;

	tw_set_flow_flags(v->f, TW_FF_MIDSTREAM | TW_FF_ESTABLISHED);
	v->me->isn = v->o->pkt.seq; /* not its ISN: what lies before is not judged */
	v->me->snd_nxt = v->o->pkt.seq;
	v->me->flags |= TW_HF_SEQ;
	if (p->tcp_flags & TW_SYN) { /* a SYN-ACK names its peer as the originator */
		tw_note_offer(v);
		v->me->attempts = 1;
		v->me->timed_ns = v->o->pkt.ts_ns;
		v->me->last_ns = v->o->pkt.ts_ns;
		v->me->ack = v->me->ack_prev = p->ack;
		v->me->flags |= TW_HF_ACK;
		tw_history(v, TW_LETTER_SYN_ACK);
	} else if (!(v->o->opener & TW_OPENER_CERTAIN)) {
		tw_set_flow_flags(v->f, TW_FF_GUESSED);
	}
	tw_say_budgeted(v->out, 0, v->o->pkt.ts_ns, TW_EV_OPENED);
	if (p->tcp_flags & TW_SYN)
		tw_say_syn(v, TW_EV_SYN_ACK);
}

/* An empty flow becomes this packet's connection. */
TW_INLINE void tw_flow_init(struct tw_flow *f, const struct tw_obs *o)
{
	const struct tw_pkt *p = &o->pkt;
	int syn_ack = (p->tcp_flags & (TW_SYN | TW_ACK)) == (TW_SYN | TW_ACK);

	__builtin_memset(f, 0, sizeof(*f));
	f->id = tw_flow_id(p);
	f->start_ns = p->ts_ns;
	f->last_ns = p->ts_ns;
	f->half[0].wscale = TW_WSCALE_NONE;
	f->half[1].wscale = TW_WSCALE_NONE;
	f->half[p->src & 1].point = p->point;
	if (syn_ack)
		f->orig = (p->src & 1) ^ 1;
	else if (p->tcp_flags & TW_SYN)
		f->orig = p->src & 1;
	else
		f->orig = tw_guess_originator(o);
}

#endif
