/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What completes a handshake, or strays into it: segments without SYN before the flow is established (RFC 9293, 3.5). */
#ifndef TCPWHY_HANDSHAKE_H
#define TCPWHY_HANDSHAKE_H

#include "syn.h"

TW_INLINE u16 tw_agreed_options(const struct tw_half *a, const struct tw_half *b)
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

#endif
