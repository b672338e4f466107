/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How long an outage was, once it is over: seconds at one stretch in which nothing that one side had sent was
 * acknowledged, although its bytes were missed (they were sent again, or duplicate ACKs asked for them) and the receiver
 * had room for them.
 */
#ifndef TCPWHY_STANDSTILL_H
#define TCPWHY_STANDSTILL_H

#include "outage.h"
#include "track.h"

#define TW_GOODBYE_BYTES 64

/* How long nothing of what @me has on its way was acknowledged, in µs; 0: not known. */
TW_INLINE u32 tw_unacked_us(const struct tw_half *me, const struct tw_half *peer, u32 now_us)
{
	return me->flags & TW_HF_WAITING ? 0 : tw_unheard_us(me, peer, now_us);
}

/* Two repeats that brought nothing; or one, and the receiver had said that something is missing. */
TW_INLINE int tw_is_missed(const struct tw_trouble_half *t, const struct tw_half *peer)
{
	return t->repeats >= 2 || (t->repeats && peer->dupack_run);
}

/* @peer could not take it, at some time of the last @us. */
TW_INLINE int tw_was_shut(const struct tw_half *peer, const struct tw_trouble_half *tpeer, u32 now_us, u32 us)
{
	return (peer->flags & TW_HF_ZERO_WINDOW) || (tpeer->zero_ns && now_us - tw_us(tpeer->zero_ns) <= us);
}

/* The packet's sender acknowledges something new, of which nothing was heard for long. */
TW_INLINE void tw_check_outage(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tpeer;
	u32 us = tw_unacked_us(v->peer, v->me, v->o->now_us);

	if (!t || !v->tme || !t->repeats)
		return;
	if (us >= TW_OUTAGE_US && tw_is_missed(t, v->me) && !tw_was_shut(v->me, v->tme, v->o->now_us, us)) {
		t->outage_us = TW_MAX(t->outage_us, us);
		t->outages_us = us > ~t->outages_us ? ~0u : t->outages_us + us;
	}
	t->repeats = 0;
}

/* ---- one that lasted to the end: told by whoever keeps the record ---- */

/* The receiver has bytes behind some that it lacks. */
TW_INLINE int tw_has_hole(const struct tw_trouble_half *t, const struct tw_half *peer, const struct tw_trouble_half *tpeer)
{
	if (tpeer->sack_high && tw_seq_diff(tpeer->sack_high, peer->ack) > 0)
		return 1;
	for (int i = 0; i < TW_GAPS; i++)
		if (t->gap[i].start != t->gap[i].end && tw_seq_diff(t->gap[i].start, peer->ack) >= 0)
			return peer->dupack_run;
	return 0;
}

/* A goodbye, of TLS for example, that nobody waits for any more. */
TW_INLINE int tw_is_goodbye(const struct tw_half *me, u32 bytes)
{
	return (me->flags & TW_HF_FIN) && bytes <= TW_GOODBYE_BYTES;
}

/*
 * At the last packet of a connection: how long nothing that @side sent had been acknowledged, in µs; 0: no outage. What
 * comes after it nobody knows: the capture may have ended, or both hosts may sleep.
 */
TW_INLINE u32 tw_dead_at_end(const struct tw_flow *f, const struct tw_trouble *t, u32 side)
{
	const struct tw_half *me = &f->half[side & 1], *peer = &f->half[(side & 1) ^ 1];
	const struct tw_trouble_half *tme = &t->half[side & 1], *tpeer = &t->half[(side & 1) ^ 1];
	u32 now_us = tw_us(f->last_ns), us = tw_unacked_us(me, peer, now_us);
	s32 bytes = tw_seq_diff(me->snd_nxt - !!(me->flags & TW_HF_FIN), peer->ack);

	if (!(me->flags & TW_HF_SEQ) || !(peer->flags & TW_HF_ACK) || bytes <= 0 || tw_is_goodbye(me, bytes))
		return 0;
	if (us < TW_OUTAGE_US || tw_was_shut(peer, tpeer, now_us, us))
		return 0;
	return tw_is_missed(tme, peer) || tw_has_hole(tme, peer, tpeer) ? us : 0;
}

#endif
