/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where all packets meet that are not plain progress: find the connection, let the classifier judge,
 * move and replace entries as connections come and go. The same in the kernel and natively.
 *
 * Tables: established and ended connections in one; half-open ones in another, so that a flood of
 * spoofed SYNs evicts half-open entries and never an established connection; trouble in a third.
 *
 * The includer defines what a table is, before including this file:
 *
 *   struct tw_flow *tw_table_flow(const struct tw_obs *o)        the connection of o->pkt.key, or NULL
 *   struct tw_flow *tw_table_half(const struct tw_obs *o)        likewise, half-open
 *   struct tw_flow *tw_table_add_flow(o, const struct tw_flow *) a copy of it, replacing another; NULL: full
 *   struct tw_flow *tw_table_add_half(o, const struct tw_flow *)
 *   void tw_table_drop_half(o)
 *   struct tw_trouble *tw_table_trouble(u64 id, int create)      NULL: none, or full
 *   u8 tw_table_opener(const struct tw_obs *o)                   TW_OPENER_*, as the socket table says
 *   struct tw_flow *tw_table_blank(void)                         scratch for a new flow
 *   void tw_table_full(void)                                     counts a packet that found no room
 *   void tw_table_emit(f or NULL, o, out)                        sends the events of @out on their way
 *   void tw_table_replaced(const struct tw_flow *f, o)           says that @f ends here: a new incarnation
 */
#ifndef TCPWHY_FEED_H
#define TCPWHY_FEED_H

#include "budget.h"
#include "classify.h"
#include "history.h"
#include "limit.h"
#include "outage.h"
#include "sack.h"

/* The trouble entry of @f, made if this packet needs one. */
TW_INLINE struct tw_trouble *tw_feed_trouble(struct tw_flow *f, const struct tw_obs *o)
{
	struct tw_trouble *t;

	if (!tw_wants_trouble(f, o))
		return 0;
	t = tw_table_trouble(f->id, 1);
	if (t)
		tw_set_flow_flags(f, TW_FF_TROUBLE);
	else
		tw_table_full();
	return t;
}

/* What is told by the state before the packet is judged. A function of its own, for the sake of its callers' stack. */
TW_GLOBAL int tw_feed_before(struct tw_flow *f, struct tw_trouble *t, struct tw_obs *o)
{
	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	tw_budget_before(f, t, o);
	if (t)
		tw_limit_before(f, t, o);
	return o->owner;
}

/* The packet was judged as one of @f. */
TW_INLINE void tw_feed_done(struct tw_flow *f, struct tw_trouble *t, struct tw_obs *o, struct tw_out *out)
{
	if (t && out->repair)
		tw_hole_after(f, t, o, out);
	if (t)
		tw_outage_after(f, t, o, out);
	if (t && o->sacks)
		tw_sack_after(f, t, o, out);
	tw_budget_after(f, t, o, out);
	tw_history_write(f, o, out);
	if (out->n | out->suppressed | tw_cfg.capture_depth) /* most say nothing; a recorder asks whose it is */
		tw_table_emit(f, o, out);
}

/* An established (or midstream) connection's packet. */
TW_INLINE void tw_feed_flow(struct tw_flow *f, struct tw_obs *o, struct tw_out *out)
{
	struct tw_trouble *t = tw_feed_trouble(f, o);

	tw_feed_before(f, t, o);
	if (o->pkt.tcp_flags & TW_RST)
		tw_classify_reset(f, t, o, out);
	else if (o->pkt.tcp_flags & TW_SYN)
		tw_classify_handshake(f, t, o, out);
	else
		tw_classify_segment(f, t, o, out);
	tw_feed_done(f, t, o, out);
}

/* The handshake is complete: the entry moves, and takes the place of what had the tuple before. */
TW_INLINE void tw_feed_promote(struct tw_flow *h, struct tw_flow *old, struct tw_obs *o, struct tw_out *out)
{
	struct tw_trouble *t;
	struct tw_flow *f;

	if (old)
		tw_table_replaced(old, o);
	f = tw_table_add_flow(o, h);
	if (f) {
		t = tw_feed_trouble(f, o);
		tw_classify_segment(f, t, o, out);
		tw_feed_done(f, t, o, out);
	} else {
		tw_table_full();
		tw_feed_done(h, 0, o, out);
	}
	tw_table_drop_half(o);
}

/* A half-open connection's packet; @old: an established one with the same tuple, or NULL. */
TW_INLINE void tw_feed_half(struct tw_flow *h, struct tw_flow *old, struct tw_obs *o, struct tw_out *out)
{
	struct tw_trouble *t = tw_feed_trouble(h, o);

	tw_feed_before(h, t, o);
	if (o->pkt.tcp_flags & TW_RST) {
		tw_classify_reset(h, t, o, out);
	} else {
		tw_classify_handshake(h, t, o, out);
		if (tw_is_established(h)) {
			tw_feed_promote(h, old, o, out);
			return;
		}
	}
	tw_feed_done(h, t, o, out);
}

/* The first packet of a connection that is not known. */
TW_INLINE void tw_feed_new(struct tw_flow *old, struct tw_obs *o, struct tw_out *out)
{
	struct tw_flow *blank = tw_table_blank(), *f;
	struct tw_trouble *t = 0;
	int syn = (o->pkt.tcp_flags & (TW_SYN | TW_ACK)) == TW_SYN;

	if (!blank)
		return;
	o->owner = TW_OWNER_NOBODY;
	o->gap_ns = 0;
	o->opener = syn ? 0 : tw_table_opener(o);
	tw_classify_first(blank, o, out);
	if (syn)
		f = tw_table_add_half(o, blank);
	else
		f = tw_table_add_flow(o, blank);
	if (!f) {
		tw_table_full();
		return;
	}
	if (old)
		tw_set_flow_flags(old, TW_FF_SYN_PENDING);
	if (!(o->pkt.tcp_flags & TW_SYN)) {
		t = tw_feed_trouble(f, o);
		tw_classify_segment(f, t, o, out);
	}
	tw_feed_done(f, t, o, out);
}

TW_INLINE int tw_is_land(const struct tw_pkt *p)
{
	return p->key.port[0] == p->key.port[1] && !tw_addr_cmp(&p->key.addr[0], &p->key.addr[1]) &&
	       !(p->flags & TW_OF_LOOPBACK);
}

/* A SYN with another ISN is a new incarnation, unless it crosses the other side's. */
TW_INLINE int tw_half_takes_syn(const struct tw_flow *h, const struct tw_pkt *p)
{
	const struct tw_half *me = &h->half[p->src & 1];

	return !(me->flags & TW_HF_ISN) || me->isn == p->seq;
}

/* The SYN of a connection whose SYN-ACK came first. */
TW_INLINE int tw_is_late_syn(const struct tw_flow *f, const struct tw_pkt *p)
{
	const struct tw_half *me = &f->half[p->src & 1], *peer = &f->half[(p->src & 1) ^ 1];

	return (f->flags & TW_FF_MIDSTREAM) && !(me->flags & TW_HF_ISN) && (peer->flags & TW_HF_ISN) &&
	       (peer->flags & TW_HF_ACK) && peer->ack - p->seq - 1 <= p->len;
}

TW_INLINE void tw_feed_syn(struct tw_flow *f, struct tw_obs *o, struct tw_out *out)
{
	const struct tw_pkt *p = &o->pkt;
	struct tw_flow *h;

	if (tw_is_land(p)) {
		tw_classify_stray(o, out);
		tw_table_emit(0, o, out);
		return;
	}
	if (f && (((f->half[p->src & 1].flags & TW_HF_ISN) && f->half[p->src & 1].isn == p->seq) || tw_is_late_syn(f, p))) {
		tw_feed_flow(f, o, out);
		return;
	}
	h = tw_table_half(o);
	if (h && tw_half_takes_syn(h, p)) {
		tw_feed_half(h, f, o, out);
		return;
	}
	if (h)
		tw_table_replaced(h, o);
	tw_feed_new(f, o, out);
}

/* A half-open attempt with the same tuple as an established connection: whose packet is this? */
TW_INLINE int tw_half_takes(const struct tw_flow *h, const struct tw_pkt *p)
{
	u32 src = p->src & 1;
	const struct tw_half *me = &h->half[src], *peer = &h->half[src ^ 1];

	if ((h->orig & 1) != src) /* from the responder: it must acknowledge the SYN */
		return tw_acks_syn(peer, p->ack);
	return (peer->flags & TW_HF_ISN) && tw_seq_diff(p->seq, me->isn) > 0 && p->seq - me->isn < 0x10000 &&
	       tw_acks_syn(peer, p->ack);
}

/* A SYN-ACK for a connection that ended, neither its own nor an answer to its SYN: of one that we did not see open. */
TW_INLINE int tw_fits_nothing(const struct tw_flow *f, const struct tw_pkt *p)
{
	u32 src = p->src & 1;
	const struct tw_half *me = &f->half[src], *peer = &f->half[src ^ 1];

	if ((p->tcp_flags & (TW_SYN | TW_RST)) != TW_SYN || !(f->flags & TW_FF_ENDED))
		return 0;
	if ((me->flags & TW_HF_ISN) && me->isn == p->seq)
		return 0;
	return !(peer->flags & TW_HF_ISN) || !tw_acks_syn(peer, p->ack);
}

/* Over, but for what comes late. */
TW_INLINE int tw_is_ended(const struct tw_flow *f)
{
	return !!(f->flags & TW_FF_ENDED);
}

/* @f's pure ACK with nothing new, while the SYN of @h waits: a challenge (RFC 5961, 4). It is told of the new attempt. */
TW_INLINE int tw_is_challenge(const struct tw_flow *f, const struct tw_flow *h, const struct tw_pkt *p)
{
	u32 src = p->src & 1;
	const struct tw_half *me = &f->half[src];

	if ((p->tcp_flags & (TW_SYN | TW_RST | TW_FIN)) || p->len || (h->orig & 1) == src)
		return 0;
	if ((h->half[src].flags & TW_HF_ISN) || tw_acks_syn(&h->half[src ^ 1], p->ack))
		return 0;
	return tw_is_ended(f) || (p->seq == me->snd_nxt && p->ack == me->ack);
}

/* The RST that answers such a challenge: it ends the old incarnation, and the new attempt begins again. */
TW_INLINE int tw_answers_challenge(struct tw_flow *h, const struct tw_pkt *p)
{
	u32 src = p->src & 1;
	struct tw_trouble *t;

	if (!(p->tcp_flags & TW_RST) || (h->orig & 1) != src)
		return 0;
	t = tw_table_trouble(h->id, 0);
	return t && (t->half[src ^ 1].flags & TW_TF_BAD_ACK) && t->half[src ^ 1].bad_ack == p->seq;
}

/* What of an attempt beside an older incarnation is not simply the one's or the other's. 1: nothing is left to judge. */
TW_INLINE int tw_feed_both(struct tw_flow *f, struct tw_flow *h, struct tw_obs *o, struct tw_out *out)
{
	struct tw_half *orig = &h->half[h->orig & 1];
	int answers = tw_answers_challenge(h, &o->pkt), takes = tw_half_takes(h, &o->pkt), ended = tw_is_ended(f);

	if (answers && !ended) { /* told once, as the old one's end */
		o->challenged = 1;
		orig->rst_after = orig->attempts + 1;
		return 0;
	}
	if (!answers && !tw_is_challenge(f, h, &o->pkt) && !takes)
		return 0;
	tw_feed_half(h, f, o, out); /* and @h may be gone */
	if (answers || ended || takes)
		return 1;
	tw_out_clear(out);
	return 0;
}

/* The packet of a connection beside which a new SYN waits. */
TW_INLINE void tw_feed_beside(struct tw_flow *f, struct tw_obs *o, struct tw_out *out)
{
	struct tw_flow *h = tw_table_half(o);

	if (!h)
		tw_clear_flow_flags(f, TW_FF_SYN_PENDING);
	else if (tw_feed_both(f, h, o, out))
		return;
	if (tw_fits_nothing(f, &o->pkt)) {
		tw_table_replaced(f, o);
		tw_feed_new(0, o, out);
	} else {
		tw_feed_flow(f, o, out);
	}
}

/* Not the first SYN, and no established connection is known. */
TW_INLINE void tw_feed_unknown(struct tw_obs *o, struct tw_out *out)
{
	struct tw_flow *h = tw_table_half(o);

	if (h && tw_fits_nothing(h, &o->pkt)) {
		tw_table_replaced(h, o);
		tw_table_drop_half(o);
		h = 0;
	}
	if (h) {
		tw_feed_half(h, 0, o, out);
	} else if (o->pkt.tcp_flags & TW_RST) {
		tw_classify_stray(o, out);
		tw_table_emit(0, o, out);
	} else {
		tw_feed_new(0, o, out);
	}
}

TW_INLINE void tw_feed_error(struct tw_obs *o, struct tw_out *out)
{
	struct tw_flow *f = tw_table_flow(o);

	if (!f)
		f = tw_table_half(o);
	if (f)
		tw_classify_icmp(f, tw_feed_trouble(f, o), o, out);
	else
		tw_classify_stray(o, out);
	tw_table_emit(f, o, out);
}

/* Whose packets need no look into the other tables, unless they open or end something. */
TW_INLINE int tw_is_settled(const struct tw_flow *f)
{
	return (f->flags & (TW_FF_ESTABLISHED | TW_FF_SYN_PENDING)) == TW_FF_ESTABLISHED;
}

/* tw_feed for a segment without SYN or RST of the settled connection @f, which was found already. */
TW_INLINE void tw_feed_found(struct tw_flow *f, struct tw_obs *o, struct tw_out *out)
{
	struct tw_trouble *t = tw_feed_trouble(f, o);

	tw_out_clear(out);
	tw_feed_before(f, t, o);
	tw_classify_segment(f, t, o, out);
	tw_feed_done(f, t, o, out);
}

/*
 * A segment: finds whose it is. In two steps, for the sake of the kernel's stack: what the first
 * leaves (it returns 1) is the second's.
 */
TW_INLINE int tw_feed_tcp(struct tw_obs *o, struct tw_out *out)
{
	struct tw_flow *f = tw_table_flow(o);

	tw_out_clear(out);
	if ((o->pkt.tcp_flags & (TW_SYN | TW_ACK | TW_RST)) == TW_SYN)
		tw_feed_syn(f, o, out);
	else if (!f)
		tw_feed_unknown(o, out);
	else if ((f->flags & TW_FF_SYN_PENDING) || tw_fits_nothing(f, &o->pkt))
		return 1;
	else
		tw_feed_flow(f, o, out);
	return 0;
}

TW_INLINE void tw_feed_tcp_beside(struct tw_obs *o, struct tw_out *out)
{
	struct tw_flow *f = tw_table_flow(o);

	if (f)
		tw_feed_beside(f, o, out);
}

/* A ping, or an ICMP error about a segment. */
TW_INLINE void tw_feed_icmp(struct tw_obs *o, struct tw_out *out)
{
	tw_out_clear(out);
	if (o->what == TW_OBS_ERROR) {
		tw_feed_error(o, out);
	} else if (tw_cfg.markers) {
		tw_classify_stray(o, out);
		tw_table_emit(0, o, out);
	}
}

/* Judges one packet: @o is complete, time included; @out is scratch. */
TW_INLINE void tw_feed(struct tw_obs *o, struct tw_out *out)
{
	if (o->what != TW_OBS_TCP)
		tw_feed_icmp(o, out);
	else if (tw_feed_tcp(o, out))
		tw_feed_tcp_beside(o, out);
}

#endif
