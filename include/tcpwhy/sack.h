/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a receiver reports by SACK (RFC 2018, 2883): how far it has got, what it got twice, how large a segment it got, and
 * blocks about bytes that nobody sent. A device that changes sequence numbers and forgets those in SACK makes such.
 */
#ifndef TCPWHY_SACK_H
#define TCPWHY_SACK_H

#include "track.h"

#define TW_SACK_SLACK 65536u /* a window may have been larger before, and nobody guesses so exactly */

/* What a D-SACK is about had arrived already when it was sent again. */
TW_INLINE void tw_note_needless(struct tw_trouble_half *t, u32 start, u32 end)
{
	struct tw_needless *n = &t->needless[t->needless_next++ & (TW_NEEDLESS - 1)];

	n->start = start;
	n->end = end;
}

/* How far above its ACK number a receiver may hold bytes: its window, as large as it may be where its scale is not known. */
TW_INLINE u32 tw_sack_room(const struct tw_flow *f, const struct tw_half *me, const struct tw_pkt *p)
{
	u32 window = f->flags & TW_FF_MIDSTREAM ? (u32)p->win << 14 : me->win;

	return TW_MAX(window, 65535u) + TW_SACK_SLACK;
}

/*
 * The first block lies outside everything that @peer sent: beyond the window, so that no loss of ours explains it, or
 * before the first byte.
 */
TW_INLINE int tw_sack_is_foreign(const struct tw_flow *f, const struct tw_half *me, const struct tw_half *peer,
				 const struct tw_obs *o)
{
	u32 above = o->sack_end - o->pkt.ack, below = o->pkt.ack - o->sack_start;

	if (!peer->data_segments || peer->bytes >> 30)
		return 0;
	if (tw_seq_diff(o->sack_start, o->pkt.ack) >= 0)
		return above > tw_sack_room(f, me, &o->pkt) && tw_seq_diff(o->sack_end, peer->snd_nxt) > 0;
	return (peer->flags & TW_HF_ISN) && below > o->pkt.ack - peer->isn;
}

/* After a packet with SACK blocks was judged. */
TW_GLOBAL int tw_sack_after(struct tw_flow *f, struct tw_trouble *trouble, struct tw_obs *o, struct tw_out *out)
{
	struct tw_view v;
	struct tw_trouble_half *t;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	tw_view_init(&v, f, trouble, o, out);
	t = v.tme;
	if (!t || !out->judged || !tw_is_established(f))
		return out->n;
	if (tw_sack_is_foreign(f, v.me, v.peer, o)) {
		if (v.me->dupack_run) /* it asks for something; a mere D-SACK does no harm */
			t->foreign_sacks += t->foreign_sacks != 0xffff;
		return out->n;
	}
	if (!t->sack_high || tw_seq_diff(o->sack_high, t->sack_high) > 0)
		t->sack_high = o->sack_high;
	if (o->pkt.flags & TW_OF_DSACK) {
		t->dsacks++;
		tw_note_needless(t, o->sack_start, o->sack_end);
	} else {
		t->sacked = TW_MAX(t->sacked, TW_MIN(o->sack_end - o->sack_start, 0xffff));
	}
	return out->n;
}

#endif
