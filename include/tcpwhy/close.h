/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How a side closes: what its FIN tells of the silence before it, and of payload that it will not take any more.
 *
 * A server that closes idle connections and a client that uses one at that moment lose a request between them: the
 * request is under way when the FIN is sent, and a RST answers it.
 */
#ifndef TCPWHY_CLOSE_H
#define TCPWHY_CLOSE_H

#include "track.h"

#define TW_TLS_GOODBYE 64 /* payload before or after a close that is no business of the application's */

/* Payload of @from that @to has not acknowledged. */
TW_INLINE u32 tw_unacked(const struct tw_half *from, const struct tw_half *to)
{
	s32 bytes = tw_seq_diff(from->snd_nxt - !!(from->flags & TW_HF_FIN), to->ack);

	if (!(from->flags & TW_HF_SEQ) || !(to->flags & TW_HF_ACK))
		return 0;
	return bytes > 0 ? bytes : 0;
}

/*
 * How long the sender of a FIN had had nothing to say and got nothing: since its last packet, or, when that is a
 * goodbye right before the FIN, since what came before.
 */
TW_INLINE u64 tw_silence_before_fin(const struct tw_view *v)
{
	const struct tw_half *me = v->me;
	const struct tw_sent *bye = tw_last_sent(me), *before = &me->sent[me->sent_next & (TW_SENT - 1)];
	u64 silent = me->last_ns ? tw_since(v->o->pkt.ts_ns, me->last_ns) : 0;
	u32 since = me->progress_us;

	if (silent >= TW_NS_PER_SEC || !me->data_segments || bye->end - bye->seq > TW_TLS_GOODBYE)
		return silent;
	if (v->o->now_us - bye->at_us >= TW_NS_PER_SEC / TW_NS_PER_US)
		return silent;
	if (me->data_segments > 1 && (s32)(before->at_us - since) > 0)
		since = before->at_us;
	if ((s32)(bye->at_us - since) < 0) /* it took something since its goodbye */
		return silent;
	return (u64)(v->o->now_us - since) * TW_NS_PER_US;
}

/* Its first FIN. */
TW_INLINE void tw_on_close(struct tw_view *v)
{
	struct tw_half *me = v->me;
	u64 silent = tw_silence_before_fin(v);
	u32 crossing;

	if (v->o->pkt.len > TW_TLS_GOODBYE || ((me->flags & TW_HF_ACK) && tw_seq_diff(v->o->pkt.ack, me->ack) > 0))
		silent = 0; /* it says or takes something just now */
	me->quiet_s = TW_MIN(silent / TW_NS_PER_SEC, 0xffff);
	if ((v->peer->flags & TW_HF_FIN) && tw_seq_diff(v->o->pkt.ack, v->peer->snd_nxt) < 0)
		tw_set_flow_flags(v->f, TW_FF_FINS_CROSSED);
	crossing = v->o->pkt.ack == me->ack ? tw_unacked(v->peer, me) : 0;
	if (!crossing || !v->tme)
		return;
	v->tme->fin_unacked = crossing;
	if (v->o->now_us - v->peer->flight_us < TW_NS_PER_SEC / TW_NS_PER_US)
		v->tme->flags |= TW_TF_CROSSED;
}

#endif
