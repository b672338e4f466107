/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a connection begins to be known: its number, who opened it, and what is learned of one that is met in its middle. */
#ifndef TCPWHY_BEGIN_H
#define TCPWHY_BEGIN_H

#include "key.h"
#include "syn.h"

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

/*
 * Without a handshake: as the socket table says, else the side without the well-known port, if only one has such
 * a port, else the first sender.
 */
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
