/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The time budget: every gap between two packets of a connection has one owner, told by the state
 * before it and the packet that ends it.
 *
 * The parts are kept where they are cheap: most gaps of bulk traffic belong to the transfer, which is
 * therefore not summed at all: it is what remains of the duration. So the parts add up exactly,
 * whatever two CPUs do at the same time.
 */
#ifndef TCPWHY_BUDGET_H
#define TCPWHY_BUDGET_H

#include "order.h"
#include "pmtu.h"
#include "wait.h"

#define TW_IDLE_NS (10 * TW_NS_PER_SEC) /* from when on a pause is nobody's turn */
#define TW_WINDOW_WAIT_NS (50 * TW_NS_PER_MS) /* queues make a round trip longer than the least */

TW_INLINE int tw_is_outstanding(const struct tw_half *side, const struct tw_half *other)
{
	return (side->flags & TW_HF_SEQ) && (other->flags & TW_HF_ACK) && tw_seq_diff(side->snd_nxt, other->ack) > 0;
}

/* Its last segment was full and had more behind it: the sender, not the path, sets the pace. */
TW_INLINE int tw_is_bulk(const struct tw_half *side, const struct tw_half *other)
{
	const struct tw_sent *last = tw_last_sent(side);

	return !(side->flags & TW_HF_PSH) && last->end - last->seq >= tw_full_size(side, other);
}

/* Bytes are under way. Whose time is that: 1 the path's, 0 the transfer's, -1 none are. */
TW_INLINE int tw_under_way(const struct tw_half *a, const struct tw_half *b)
{
	int of_a = tw_is_outstanding(a, b), of_b = tw_is_outstanding(b, a);

	if (!of_a && !of_b)
		return -1;
	return (!of_a || !tw_is_bulk(a, b)) && (!of_b || !tw_is_bulk(b, a));
}

#define TW_STANDSTILL_NS TW_NS_PER_SEC

/* What was lost is known by a repeat, a gap or, at a standstill, by a duplicate ACK. */
TW_INLINE int tw_half_recovers(const struct tw_half *side, const struct tw_half *other, const struct tw_trouble_half *t,
			       u64 gap_ns)
{
	if ((t->flags & TW_TF_REPAIRING) && tw_seq_diff(other->ack, t->repair_end) < 0)
		return 1;
	if (gap_ns >= TW_STANDSTILL_NS && other->dupack_run && tw_is_outstanding(side, other))
		return 1;
	for (int i = 0; i < TW_GAPS; i++)
		if (tw_gap_is_open(&t->gap[i]) && tw_seq_diff(other->ack, t->gap[i].end) < 0)
			return 1;
	return 0;
}

#define TW_SQUEEZED_NS (200 * TW_NS_PER_MS) /* sooner, it is the sender's own pace */

/*
 * All that @side sent was taken, more waits, and the window is smaller than a segment: so the sender waits (RFC 9293,
 * 3.8.6.2.1). That more waited is told by its last segment without PSH, or by one that now fills that window.
 */
TW_INLINE int tw_is_squeezed(const struct tw_half *side, const struct tw_half *other, const struct tw_obs *o, u32 src)
{
	u32 full = tw_full_size(side, other);

	if (!side->data_segments || !(other->flags & TW_HF_ACK) || other->win >= full || ((side->flags | other->flags) & TW_HF_FIN))
		return 0;
	return !(side->flags & TW_HF_PSH) || ((o->pkt.src & 1) == src && o->pkt.len && o->pkt.len >= other->win);
}

/*
 * At the receiver of a window-limited stream nothing is under way for a round trip after each window: not its sender's
 * application lets wait, but the transfer.
 */
TW_INLINE int tw_window_lets_wait(const struct tw_half *sender, const struct tw_half *receiver,
				  const struct tw_trouble_half *t, const struct tw_obs *o)
{
	const struct tw_sent *last = tw_last_sent(sender);

	return (t->flags & TW_TF_BOUND) && last->end - last->seq >= tw_full_size(sender, receiver) &&
	       o->gap_ns <= 2 * ((u64)sender->rtt_min_ns + receiver->rtt_min_ns) + TW_WINDOW_WAIT_NS;
}

/* Nothing is under way: whose turn is it? @t: may be NULL. */
TW_INLINE u32 tw_turn_owner(const struct tw_flow *f, const struct tw_trouble *t, const struct tw_obs *o)
{
	const struct tw_half *orig = &f->half[f->orig & 1], *resp = &f->half[(f->orig & 1) ^ 1];
	const struct tw_half *last = tw_spoke_after(orig, resp) ? orig : resp;
	int from_resp = (f->orig & 1) != (o->pkt.src & 1);
	u64 age_ns = (u32)(o->now_us - tw_last_sent(last)->at_us) * TW_NS_PER_US;

	if (tw_are_peers(f))
		return TW_OWNER_IDLE;
	if (!orig->data_segments && !resp->data_segments) {
		if ((orig->flags & TW_HF_FIN) || (from_resp && o->pkt.len))
			return TW_OWNER_RESPONDER; /* it speaks first */
		return TW_OWNER_ORIGINATOR;
	}
	if (t && tw_window_lets_wait(last, last == orig ? resp : orig, &t->half[(f->orig & 1) ^ (last == orig)], o))
		return TW_OWNER_TRANSFER;
	if ((orig->flags & TW_HF_FIN) || last == orig || !(resp->flags & TW_HF_PSH))
		return TW_OWNER_RESPONDER;
	return age_ns > TW_IDLE_NS || o->gap_ns > TW_IDLE_NS ? TW_OWNER_IDLE : TW_OWNER_ORIGINATOR;
}

/* Before the packet is judged. @t: NULL: there was no trouble. Returns, and notes in @o, enum tw_owner. */
TW_GLOBAL int tw_budget_before(const struct tw_flow *f, const struct tw_trouble *t, struct tw_obs *o)
{
	const struct tw_half *a, *b;
	int way;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	a = &f->half[0];
	b = &f->half[1];
	o->gap_ns = tw_since(o->pkt.ts_ns, f->last_ns);
	o->now_us = tw_us(TW_MAX(o->pkt.ts_ns, f->last_ns)); /* as in tw_view_init */
	if ((f->flags & TW_FF_ENDED) && !(o->pkt.tcp_flags & TW_SYN))
		o->owner = TW_OWNER_NOBODY;
	else if (!tw_is_established(f) || tw_is_reset(f))
		o->owner = TW_OWNER_HANDSHAKE;
	else if ((a->flags | b->flags) & TW_HF_ZERO_WINDOW)
		o->owner = TW_OWNER_ZERO_WINDOW;
	else if (t && (tw_half_recovers(a, b, &t->half[0], o->gap_ns) || tw_half_recovers(b, a, &t->half[1], o->gap_ns)))
		o->owner = TW_OWNER_RECOVERY;
	else if ((way = tw_under_way(a, b)) >= 0)
		o->owner = way ? TW_OWNER_PATH : TW_OWNER_TRANSFER;
	else if (o->gap_ns >= TW_SQUEEZED_NS && (tw_is_squeezed(a, b, o, 0) || tw_is_squeezed(b, a, o, 1)))
		o->owner = TW_OWNER_ZERO_WINDOW;
	else
		o->owner = tw_turn_owner(f, t, o);
	return o->owner;
}

/* After it was judged: the gap goes to its owner. */
TW_GLOBAL int tw_budget_after(struct tw_flow *f, struct tw_trouble *t, const struct tw_obs *o, const struct tw_out *out)
{
	u64 gap_ns;
	u32 owner;

	TW_NONNULL(f, 0);
	TW_NONNULL(o, 0);
	TW_NONNULL(out, 0);
	owner = o->owner;
	if (!out->judged)
		return 0;
	gap_ns = tw_claim_gap(f, o->pkt.ts_ns);
	if (owner == TW_OWNER_NOBODY)
		return 0;
	if (out->repair && owner != TW_OWNER_ZERO_WINDOW && owner != TW_OWNER_HANDSHAKE)
		owner = gap_ns < TW_ASLEEP_NS ? TW_OWNER_RECOVERY : TW_OWNER_IDLE;
	if (owner == TW_OWNER_ZERO_WINDOW && t)
		__sync_fetch_and_add(&t->time_zero_window_ns, gap_ns);
	else if (owner == TW_OWNER_RECOVERY && t)
		__sync_fetch_and_add(&t->time_recovery_ns, gap_ns);
	else if (owner < _TW_OWNER_MAX)
		__sync_fetch_and_add(&f->time_ns[owner & 3], gap_ns);
	return 1;
}

#endif
