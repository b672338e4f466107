/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What limits a transfer: the receiver's window, the sender (its application had nothing to send), or the path. Looked at
 * once a round trip, when the ACK of a timed segment comes; each look gives the time since the last one to whom it saw.
 * What the sender did not use of the room that an ACK made is its own time, counted as its next segment goes.
 *
 * The receiver's half of the trouble entry has the looks, the sender's its waits: each is written while a packet of its
 * own side is judged.
 */
#ifndef TCPWHY_LIMIT_H
#define TCPWHY_LIMIT_H

#include "order.h"
#include "pmtu.h"
#include "wait.h"

#define TW_TRANSFER_LEAST (64 << 10)  /* bytes: less is no transfer */
#define TW_LIMIT_SHIFT 4              /* times are summed in 16 µs: 19 hours fit */
#define TW_WAIT_LEAST_US 1000         /* of an application that has to be woken */
#define TW_WAIT_FULL_US 5000          /* after a full segment: pacing leaves gaps, too */
#define TW_WAIT_FAR_US 200000         /* where the sender's round trip is known from its handshake alone: queues add to it */
#define TW_WAIT_MOST_US 10000000      /* longer is a pause, no transfer */

/* Does this packet end the round trip of a timed segment of a transfer? @me sends the packet. */
TW_INLINE int tw_is_look(const struct tw_half *me, const struct tw_half *peer, const struct tw_pkt *p)
{
	return (peer->flags & TW_HF_TIMED) && (me->flags & TW_HF_ACK) && (p->tcp_flags & TW_ACK) &&
	       peer->bytes >= TW_TRANSFER_LEAST && tw_seq_diff(p->ack, peer->timed_end) >= 0 &&
	       tw_seq_diff(me->ack, peer->timed_end) < 0;
}

/*
 * Its last segment was not full: it had no more to send. Of a super-packet the last part tells. Full is what the largest
 * that arrived had, less headers as this packet's; not where options differ from packet to packet.
 */
TW_INLINE int tw_ended_short(const struct tw_half *sender, const struct tw_half *receiver, const struct tw_obs *o)
{
	const struct tw_sent *last = tw_last_sent(sender);
	u32 len = last->end - last->seq, headers = o->pkt.hdr_len, full = receiver->largest_acked;

	if (o->sacks || (sender->options & TW_OPT_MPTCP) || full <= headers)
		return 0;
	return len % (full - headers) != 0;
}

/* ---- the sender's segments ---- */

/* How long a sender that has more to send may take to answer an ACK, as seen here. */
TW_INLINE u32 tw_answer_us(const struct tw_half *me, const struct tw_half *peer, int ended_short)
{
	u32 here_us = me->rtt_min_ns / 1000;

	if (ended_short)
		return here_us + here_us / 2 + TW_WAIT_LEAST_US;
	return here_us + peer->rtt_min_ns / 2000 + (here_us >= TW_WAIT_LEAST_US ? TW_WAIT_FAR_US : TW_WAIT_FULL_US);
}

/* An ACK, or a window that opened, made room since @me sent last: it could have gone on at once. */
TW_INLINE int tw_has_room(const struct tw_half *me, const struct tw_half *peer)
{
	return (s32)(tw_us(peer->last_ns) - tw_last_sent(me)->at_us) > 0 &&
	       me->snd_nxt - peer->ack + tw_full_size(me, peer) < peer->win;
}

/* New payload of @me: whose time was it that it sent nothing? */
TW_INLINE void tw_limit_wait(const struct tw_half *me, const struct tw_half *peer, struct tw_trouble_half *t,
			     const struct tw_obs *o)
{
	int ended_short = tw_ended_short(me, peer, o), all = peer->ack == me->snd_nxt;
	u32 since_us = o->now_us - tw_us(peer->last_ns);

	if (all && (!tw_spoke_after(me, peer) || since_us > TW_WAIT_MOST_US)) {
		t->away_us += TW_MIN(since_us, o->now_us - tw_last_sent(me)->at_us);
		return;
	}
	if ((t->flags & TW_TF_REPAIRING) || !tw_has_room(me, peer))
		return;
	if (since_us > tw_answer_us(me, peer, ended_short))
		t->waited_us += since_us - me->rtt_min_ns / 1000;
	else if (ended_short && since_us > me->rtt_min_ns / 2000 + TW_WAIT_FULL_US)
		t->pauses++;
}

/* ---- the receiver's ACKs ---- */

/*
 * What the sender had under way, as it knows: what was under way here, and what passed while its answers were on their
 * way to here (Little's law). That is a mean, of a least round trip: a little below the most that it had. @us: time
 * since the last look.
 */
TW_INLINE u64 tw_flight(const struct tw_half *receiver, const struct tw_half *sender, u32 acked, u32 us)
{
	u64 beyond = (u64)acked * (sender->rtt_min_ns / 1000) / TW_MAX(us, 1);

	return sender->snd_nxt - receiver->ack + beyond + beyond / 8;
}

/*
 * enum tw_limit, from the state before the ACK. Where the handshake was not seen, the window's scale is not known. @shut:
 * the window was 0 since the last look; @paused: a pause came after a short segment; @pmtu: the size of a full segment has changed.
 */
TW_INLINE u32 tw_limit_of(const struct tw_half *me, const struct tw_half *peer, u64 flight, const struct tw_obs *o,
			  int shut, int paused, int pmtu)
{
	if (shut || ((me->flags & peer->flags & TW_HF_ISN) && flight + tw_full_size(peer, me) >= me->win))
		return TW_LIMIT_RECEIVER;
	return !pmtu && (paused || tw_ended_short(peer, me, o)) ? TW_LIMIT_SENDER : TW_LIMIT_PATH;
}

TW_INLINE void tw_limit_add(struct tw_trouble_half *t, u32 limit, u32 us)
{
	t->limit[limit < _TW_LIMIT_MAX ? limit : TW_LIMIT_PATH] += us >> TW_LIMIT_SHIFT;
}

/*
 * @us since the last look, @waited of them with nothing to send. That the sender had no more to send limits nothing when it
 * is all that there was to say: only what it sends on its own accord afterwards makes it so.
 */
TW_INLINE void tw_limit_count(struct tw_trouble_half *t, u32 limit, u32 us, u32 waited)
{
	tw_limit_add(t, TW_LIMIT_SENDER, t->look_ended_us + waited);
	t->look_ended_us = limit == TW_LIMIT_SENDER ? us - waited : 0;
	if (limit != TW_LIMIT_SENDER)
		tw_limit_add(t, limit, us - waited);
}

TW_INLINE void tw_limit_look(const struct tw_half *me, const struct tw_half *peer, struct tw_trouble_half *t,
			     const struct tw_trouble_half *sender, const struct tw_obs *o)
{
	u32 us = o->now_us - t->look_us, round_us = (me->rtt_min_ns + peer->rtt_min_ns) / 1000, limit = TW_LIMIT_PATH;
	int goes_on = (t->flags & TW_TF_LOOKED) && t->look_away == sender->away_us;
	int shut = t->zero_windows && (s32)(tw_us(t->zero_ns) - t->look_us) >= 0;

	if (goes_on && us < round_us)
		return;
	if (goes_on) {
		limit = tw_limit_of(me, peer, tw_flight(me, peer, o->pkt.ack - t->look_ack, us), o,
				    shut, t->look_pauses != sender->pauses, !!sender->pmtu);
		tw_limit_count(t, limit, us, TW_MIN(sender->waited_us - t->look_waited, us));
	} else {
		t->look_ended_us = 0; /* a turn of its own begins */
	}
	t->flags &= ~TW_TF_BOUND;
	if (limit == TW_LIMIT_RECEIVER) {
		t->flags |= TW_TF_BOUND;
		t->look_win = me->win;
	}
	t->flags |= TW_TF_LOOKED;
	t->look_us = o->now_us;
	t->look_ack = o->pkt.ack;
	t->look_away = sender->away_us;
	t->look_waited = sender->waited_us;
	t->look_pauses = sender->pauses;
}

/* Before the packet is judged. */
TW_GLOBAL int tw_limit_before(const struct tw_flow *f, struct tw_trouble *t, const struct tw_obs *o)
{
	const struct tw_half *me, *peer;
	u32 src;

	TW_NONNULL(f, 0);
	TW_NONNULL(t, 0);
	TW_NONNULL(o, 0);
	src = o->pkt.src & 1;
	me = &f->half[src];
	peer = &f->half[src ^ 1];
	if (!tw_is_established(f) || (o->pkt.tcp_flags & (TW_SYN | TW_RST)))
		return 0;
	if (o->pkt.len && me->bytes >= TW_TRANSFER_LEAST && (peer->flags & TW_HF_ACK) && o->pkt.seq == me->snd_nxt)
		tw_limit_wait(me, peer, &t->half[src], o);
	if (tw_is_look(me, peer, &o->pkt))
		tw_limit_look(me, peer, &t->half[src], &t->half[src ^ 1], o);
	return 1;
}

#endif
