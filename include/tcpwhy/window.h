/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A receiver's window: shut, and open again.
 *
 * A fast sender fills the buffer of a reader that was not looking, a hundred times a second, and each time the
 * window is open again before anybody has waited for it: that is flow control at work. What stays shut for
 * longer than a round trip has stopped the sender, and is told, by the receiver's next packet: the answer to a
 * probe, or the one that opens it. All are counted, and their time is.
 */
#ifndef TCPWHY_WINDOW_H
#define TCPWHY_WINDOW_H

#include "track.h"

#define TW_SHUT_LEAST_NS (10 * TW_NS_PER_MS)

/* @t: of the side whose window is shut. */
TW_INLINE int tw_shut_for_long(const struct tw_view *v, const struct tw_trouble_half *t)
{
	u64 rtt_ns = (u64)v->me->rtt_min_ns + v->peer->rtt_min_ns;

	return tw_since(v->o->pkt.ts_ns, t->zero_ns) >= TW_MAX(TW_SHUT_LEAST_NS, rtt_ns);
}

TW_INLINE void tw_window_shut(struct tw_view *v, struct tw_trouble_half *t)
{
	v->me->flags |= TW_HF_ZERO_WINDOW;
	t->flags &= ~TW_TF_SHUT_TOLD;
	t->zero_ns = v->o->pkt.ts_ns;
	t->zero_seq = v->o->pkt.seq;
	t->zero_ack = v->o->pkt.ack;
	t->zero_windows++;
	tw_history(v, TW_LETTER_ZERO_WINDOW);
}

TW_INLINE void tw_tell_shut(struct tw_view *v, struct tw_trouble_half *t)
{
	struct tw_said *s;

	if ((t->flags & TW_TF_SHUT_TOLD) || !tw_shut_for_long(v, t))
		return;
	t->flags |= TW_TF_SHUT_TOLD;
	s = tw_say(v, TW_EV_ZERO_WINDOW);
	if (!s)
		return;
	s->size.stalled_ns = tw_since(v->o->pkt.ts_ns, t->zero_ns);
	s->size.seq = t->zero_seq;
	s->size.ack = t->zero_ack;
}

TW_INLINE void tw_window_opens(struct tw_view *v, const struct tw_trouble_half *t)
{
	struct tw_said *s;

	v->me->flags &= ~TW_HF_ZERO_WINDOW;
	if (!(t->flags & TW_TF_SHUT_TOLD))
		return;
	s = tw_say(v, TW_EV_WINDOW_OPEN);
	if (s)
		s->size.stalled_ns = tw_since(v->o->pkt.ts_ns, t->zero_ns);
}

TW_INLINE void tw_on_window(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;
	struct tw_half *me = v->me;
	u32 window = tw_window(me, v->peer, &v->o->pkt);

	if ((me->flags & TW_HF_ACK) && tw_seq_diff(v->o->pkt.ack, me->ack) < 0)
		return; /* an old segment's window is no news */
	me->win = window;
	if (me->flags & TW_HF_FIN)
		return;
	TW_OPAQUE(t); /* a check of its own */
	if (!t)
		return;
	if (!(me->flags & TW_HF_ZERO_WINDOW)) {
		if (!window)
			tw_window_shut(v, t);
		return;
	}
	tw_tell_shut(v, t);
	if (window)
		tw_window_opens(v, t);
}

#endif
