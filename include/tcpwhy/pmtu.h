/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sizes: segments above the MSS or the path MTU, and what ICMP says of them.
 * RFC 1191 and 8201 (PMTUD), RFC 5927 (ICMP attacks: a quoted sequence must be in flight).
 */
#ifndef TCPWHY_PMTU_H
#define TCPWHY_PMTU_H

#include "order.h"
#include "track.h"

#define TW_TS_OPTION_LEN 12 /* timestamps take this much of each segment's MSS, padding included */

/* Payload from which a segment counts as full; 0: no MSS was seen. */
TW_INLINE u32 tw_full_size(const struct tw_half *me, const struct tw_half *peer)
{
	u32 mss = me->mss && peer->mss ? TW_MIN(me->mss, peer->mss) : 0;

	return mss > TW_TS_OPTION_LEN ? mss - TW_TS_OPTION_LEN : mss;
}

TW_INLINE struct tw_said *tw_say_size(struct tw_view *v, u32 type, u32 len, u32 limit)
{
	struct tw_said *s = tw_say(v, type);

	if (!s)
		return 0;
	s->size.len = len;
	s->size.limit = limit;
	return s;
}

/* Larger than the receiver announced. A super-packet is not the wire's; offline nor is one above 1,500 bytes. */
TW_INLINE int tw_exceeds_mss(const struct tw_half *peer, const struct tw_pkt *p)
{
	if (!(peer->options & TW_OPT_MSS) || p->segs > 1 || p->len <= peer->mss)
		return 0;
	return !(p->flags & TW_OF_OFFLINE) || tw_ip_len(p) <= 1500;
}

TW_INLINE void tw_check_mss(struct tw_view *v)
{
	const struct tw_pkt *p = &v->o->pkt;

	if (tw_exceeds_mss(v->peer, p))
		tw_say_size(v, TW_EV_MSS_EXCEEDED, p->len, v->peer->mss);
}

/* It was told the path MTU at least one RTT ago, and goes on above it. */
TW_INLINE void tw_check_pmtu(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;
	const struct tw_pkt *p = &v->o->pkt;
	u32 len = tw_ip_len(p), rtt_us = TW_MAX(v->peer->srtt_us, 10000);
	struct tw_said *s;

	if (!t->pmtu || !(p->flags & TW_OF_DF) || len <= t->pmtu || len > t->frag_len)
		return;
	if (v->o->now_us - t->frag_us < rtt_us)
		return;
	t->ignored += t->ignored != 0xffff;
	s = tw_say_size(v, TW_EV_PMTU_IGNORED, len, t->pmtu);
	if (s)
		s->size.times = t->ignored;
}

TW_INLINE void tw_say_black_hole(struct tw_view *v, struct tw_trouble_half *t, u32 len, u32 largest_acked)
{
	struct tw_said *s;

	if (t->flags & TW_TF_BLACK_HOLE)
		return;
	t->flags |= TW_TF_BLACK_HOLE;
	s = tw_say_size(v, TW_EV_PMTU_BLACK_HOLE, len, 0);
	if (s)
		s->size.largest_acked = largest_acked;
}

/* No segment of full size was ever acknowledged, and nobody sent a frag_needed. A long SACK block may be of full ones. */
TW_INLINE int tw_full_never_acked(const struct tw_view *v, u32 full)
{
	return (v->me->flags & TW_HF_FULL) && (v->peer->flags & TW_HF_ACK) && !v->tme->pmtu &&
	       tw_seq_diff(v->peer->ack, v->me->full_end) < 0 && v->tpeer->sacked < full;
}

/* Something smaller got through; a handshake alone proves nothing. */
TW_INLINE int tw_smaller_arrived(const struct tw_view *v)
{
	return v->peer->ack - v->me->isn > 1 || v->tpeer->sacked;
}

/*
 * At the first repeat: is a smaller segment on its way behind it, of which a SACK block would tell? Where none comes, all
 * is lost, whatever its size.
 */
TW_INLINE void tw_note_tail(struct tw_view *v, u32 full)
{
	const struct tw_half *me = v->me;

	v->tme->flags &= ~TW_TF_BH_TAIL;
	if (!(me->options & v->peer->options & TW_OPT_SACK))
		return;
	for (int i = 0; i < TW_SENT; i++)
		if (me->sent[i].end == me->snd_nxt && me->sent[i].end - me->sent[i].seq < full)
			v->tme->flags |= TW_TF_BH_TAIL;
}

TW_INLINE int tw_tail_is_lost(const struct tw_view *v)
{
	return (v->tme->flags & TW_TF_BH_TAIL) &&
	       (!v->tpeer->sack_high || tw_seq_diff(v->tpeer->sack_high, v->peer->ack) <= 0);
}

/* Full-size segments that vanish while smaller ones were acknowledged. */
TW_INLINE void tw_check_black_hole(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tme;
	u32 full = tw_full_size(v->me, v->peer), len = tw_ip_len(&v->o->pkt);
	int same = t->rtx_attempt > 2;

	if (!full || !tw_full_never_acked(v, full) || !tw_smaller_arrived(v))
		return;
	if (!same)
		tw_note_tail(v, full);
	if ((t->flags & TW_TF_BH_FULL) && same && len + 100 <= t->rtx_len) {
		t->flags |= TW_TF_BH_PIECES;
		return;
	}
	if (tw_segment_len(&v->o->pkt) < full) {
		t->flags &= ~TW_TF_BH_FULL;
		return;
	}
	t->rtx_len = len;
	if (t->rtx_attempt >= 3 && v->out->timeout)
		t->flags |= TW_TF_BH_FULL;
	if (t->rtx_attempt >= 4 && !tw_tail_is_lost(v))
		tw_say_black_hole(v, t, len, TW_MAX(v->peer->largest_acked, v->tpeer->sacked ? v->tpeer->sacked + v->o->pkt.hdr_len : 0u));
}

/* After a packet that was a repair. */
TW_GLOBAL int tw_hole_after(struct tw_flow *f, struct tw_trouble *t, struct tw_obs *o, struct tw_out *out)
{
	struct tw_view v;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	tw_view_init(&v, f, t, o, out);
	if (v.tme && out->repair)
		tw_check_black_hole(&v);
	return out->n;
}

/*
 * The packet's sender acknowledged what its peer had to send in smaller pieces. Or it did get through at full size, after
 * all: then it was an outage, and no matter of size.
 */
TW_INLINE void tw_check_pieces_acked(struct tw_view *v)
{
	struct tw_trouble_half *t = v->tpeer;

	if (!t || !(t->flags & (TW_TF_BH_PIECES | TW_TF_BLACK_HOLE)) || tw_seq_diff(v->o->pkt.ack, t->rtx_start) <= 0)
		return;
	if (!(t->flags & (TW_TF_BH_PIECES | TW_TF_BH_PROVEN))) {
		t->flags &= ~TW_TF_BLACK_HOLE;
		return;
	}
	if (!(t->flags & TW_TF_BH_PIECES))
		return;
	if (!t->pmtu) {
		t->flags |= TW_TF_BH_PROVEN;
		tw_say_black_hole(v, t, t->rtx_len, t->rtx_end - t->rtx_start + v->o->pkt.hdr_len);
	}
	t->flags &= ~(TW_TF_BH_PIECES | TW_TF_BH_FULL);
}

/* ---- ICMP errors: the view is that of the quoted segment's sender ---- */

enum { TW_VALID_NO, TW_VALID_YES, TW_VALID_UNKNOWN };

TW_INLINE int tw_is_frag_needed(const struct tw_obs *o)
{
	return o->pkt.family == 4 ? o->icmp_type == 3 && o->icmp_code == 4 : o->icmp_type == 2 && o->icmp_code == 0;
}

TW_INLINE u32 tw_quote_valid(const struct tw_view *v)
{
	const struct tw_half *me = v->me, *peer = v->peer;
	u32 una = peer->flags & TW_HF_ACK ? peer->ack : me->isn;

	if (!(me->flags & TW_HF_SEQ))
		return TW_VALID_UNKNOWN;
	return v->o->pkt.seq - una < me->snd_nxt - una ? TW_VALID_YES : TW_VALID_NO;
}

/*
 * IP length of the packet that did not fit; 0: unknown. Some routers quote it with the length that they
 * cut the quote to: then what was last sent there tells, else that it may have been of full size.
 */
TW_INLINE u32 tw_unfit_len(const struct tw_view *v)
{
	const struct tw_obs *o = v->o;
	const struct tw_half *me = v->me, *peer = v->peer;
	u32 headers = o->pkt.family == 4 ? 40 : 60, full;

	if (!o->quoted_len || o->quoted_len > o->mtu || !me->mss || !peer->mss)
		return o->quoted_len;
	full = TW_MIN(me->mss, peer->mss);
	if (me->flags & peer->flags & TW_HF_TS)
		headers += TW_TS_OPTION_LEN, full -= TW_MIN(full, TW_TS_OPTION_LEN);
	for (int i = 0; i < TW_SENT; i++)
		if (me->sent[i].seq == o->pkt.seq && me->sent[i].end != me->sent[i].seq)
			full = TW_MIN(full, me->sent[i].end - me->sent[i].seq);
	return headers + full;
}

/* 0 is an old router's (RFC 1191, 5); else it must be possible, and less than what did not fit. */
TW_INLINE int tw_mtu_plausible(const struct tw_obs *o, u32 unfit_len)
{
	u32 least = o->pkt.family == 4 ? 68 : 1280;

	return !o->mtu || (o->mtu >= least && (!unfit_len || o->mtu < unfit_len));
}

TW_INLINE void tw_fill_icmp(const struct tw_obs *o, struct tw_said *s)
{
	s->icmp.from = o->from;
	s->icmp.mtu = o->mtu;
	s->icmp.quoted_seq = o->pkt.seq;
	s->icmp.quoted_len = o->quoted_len;
	s->icmp.type = o->icmp_type;
	s->icmp.code = o->icmp_code;
	s->icmp.family = o->pkt.family;
	s->icmp.valid = TW_VALID_UNKNOWN;
}

TW_INLINE void tw_note_frag_needed(struct tw_view *v, u32 unfit_len)
{
	struct tw_trouble_half *t = v->tme;
	const struct tw_obs *o = v->o;

	if (!t || !o->mtu || o->mtu > 0xffff)
		return;
	if (!t->pmtu || o->mtu <= t->pmtu || v->o->now_us - t->frag_us > 600u * 1000000) {
		if (t->pmtu != o->mtu)
			t->frag_us = v->o->now_us;
		t->pmtu = o->mtu;
		t->frag_len = TW_MIN(unfit_len ? unfit_len : 0xffff, 0xffff);
	}
	v->me->flags |= TW_HF_WATCH;
	tw_set_flow_flags(v->f, TW_FF_PMTU_TOLD);
}

TW_INLINE void tw_on_icmp_error(struct tw_view *v)
{
	int frag = tw_is_frag_needed(v->o);
	u32 valid = tw_quote_valid(v), unfit_len = tw_unfit_len(v);
	struct tw_said *s;

	if (frag && valid == TW_VALID_YES && !tw_mtu_plausible(v->o, unfit_len))
		valid = TW_VALID_NO;
	s = tw_say(v, frag ? TW_EV_FRAG_NEEDED : TW_EV_UNREACHABLE);
	if (s) {
		tw_fill_icmp(v->o, s);
		s->icmp.matched = 1;
		s->icmp.valid = valid;
	}
	if (frag && valid == TW_VALID_YES)
		tw_note_frag_needed(v, unfit_len);
}

#endif
