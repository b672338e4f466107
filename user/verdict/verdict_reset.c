// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A RST ended an open connection: who sent it, and what the host that it came from still knew. */
#include "record/final.h"
#include "verdict.h"

/* --- idle_timeout --- */

static bool idle_timeout(const struct tw_facts *f)
{
	return tw_fact_ended_by(f, TW_CAUSE_IDLE_RESET);
}

/* Silence before the RST, or before the segment that it answers: as the cause was found. */
static uint64_t silence_ns(const struct tw_facts *f)
{
	const struct tw_half *me = f->half[tw_fact_resetter(f)], *peer = f->half[!tw_fact_resetter(f)];
	uint64_t newest = TW_MAX(me->last_ns, peer->last_ns), until = f->final->until_ns;
	uint64_t silent = newest && until > newest ? until - newest : 0;

	if (peer->last_ns > me->last_ns)
		silent = TW_MAX(silent, peer->quiet_s * TW_NS_PER_SEC);
	return silent;
}

static void why_idle(const struct tw_facts *f, struct tw_text *text)
{
	const char *who = tw_side_word(tw_fact_resetter(f));

	tw_text_put(text, "After ");
	tw_text_ns(text, silence_ns(f));
	tw_text_put(text, " of silence the connection was cut with a RST in the %s's name", who);
	if (f->final->suspect & 1 << TW_SUSPECT_TTL)
		tw_text_put(text, ", with another TTL than all else of it: a firewall, a NAT or a balancer had forgotten it.");
	else if (f->final->shape & TW_RST_STATELESS)
		tw_text_put(text, ", as by somebody who does not know it: a balancer, a NAT or a firewall had forgotten it, or that "
			    "host was restarted.");
	else
		tw_text_put(text, ": an idle timer of a balancer, a NAT, a firewall or that host.");
}

/* --- peer_lost_state --- */

/* More than RSTs came from this side: they leave no TTL behind. */
static bool has_spoken(const struct tw_half *side)
{
	return side->ttl_max;
}

static bool peer_lost_state(const struct tw_facts *f)
{
	const struct tw_half *me = f->half[tw_fact_resetter(f)], *peer = f->half[!tw_fact_resetter(f)];

	if (!f->established || f->one_way || f->final->end != TW_END_RESET || !(f->final->shape & TW_RST_STATELESS))
		return false;
	if (!has_spoken(me) && peer->flags & (TW_HF_FIN | TW_HF_ISN)) /* it may have closed before, or had never accepted */
		return false;
	return !(me->flags & TW_HF_FIN);
}

/* What the RST answers: the last thing that the other side sent. */
static void put_answered(const struct tw_facts *f, struct tw_text *text, int asker)
{
	const struct tw_half *half = f->half[asker];

	tw_text_put(text, "the %s's ", tw_side_word(asker));
	if (tw_fact_unacked(f, asker))
		tw_text_bytes(text, tw_fact_unacked_bytes(f, asker));
	else
		tw_text_put(text, half->flags & TW_HF_FIN ? "FIN" : "ACK or keep-alive");
}

static void why_lost_state(const struct tw_facts *f, struct tw_text *text)
{
	int side = tw_fact_resetter(f);
	uint64_t silent = silence_ns(f);

	tw_text_put(text, "A RST in the %s's name answered ", tw_side_word(side));
	put_answered(f, text, !side);
	if (silent >= TW_NS_PER_SEC) {
		tw_text_put(text, " after ");
		tw_text_silence(text, silent);
		tw_text_put(text, " of silence");
	}
	tw_text_put(text, " as a host does that does not know the connection%s",
		    has_spoken(f->half[side]) ? ", which it had not closed" : "");
	if (f->final->suspect & 1 << TW_SUSPECT_TTL)
		tw_text_put(text, "; its TTL is not the usual one: a firewall in its name, or another host at its address.");
	else
		tw_text_put(text, ": that host was restarted, another took its place, or its state was lost.");
}

/* --- every other reset --- */

static bool reset_otherwise(const struct tw_facts *f, int side)
{
	const struct tw_rec_final *final = f->final;

	if (final->end != TW_END_RESET || tw_fact_resetter(f) != side)
		return false;
	switch (final->cause) {
	case TW_CAUSE_BAD_ACK_RESET:
	case TW_CAUSE_HALF_OPEN_RESET:
	case TW_CAUSE_HANDSHAKE_ABORTED:
	case TW_CAUSE_DATA_AFTER_CLOSE:
	case TW_CAUSE_ABORTED:
		return true;
	case TW_CAUSE_NONE: /* its event was lost */
		return !((f->half[TW_ORIG]->flags | f->half[TW_RESP]->flags) & TW_HF_FIN);
	default:
		return false;
	}
}

static bool reset_by_originator(const struct tw_facts *f)
{
	return reset_otherwise(f, TW_ORIG);
}

static bool reset_by_responder(const struct tw_facts *f)
{
	return reset_otherwise(f, TW_RESP);
}

static void put_aborted(const struct tw_facts *f, struct tw_text *text, const char *who)
{
	tw_text_put(text, "The %s ended the open connection with a RST after ", who);
	tw_text_ns(text, f->final->duration_ns);
	tw_text_put(text, " (");
	tw_text_bytes(text, f->half[TW_ORIG]->bytes);
	tw_text_put(text, " there, ");
	tw_text_bytes(text, f->half[TW_RESP]->bytes);
	tw_text_put(text, " back): its application or its host aborted it.");
}

static void why_reset(const struct tw_facts *f, struct tw_text *text)
{
	int side = tw_fact_resetter(f);
	const char *who = tw_side_word(side);

	switch (f->final->cause) {
	case TW_CAUSE_BAD_ACK_RESET:
		tw_text_put(text, "The %s answered a wrong ACK number of the handshake with a RST, as it must: the other side "
			    "still thinks of an older connection, or numbers were changed on the way.", who);
		break;
	case TW_CAUSE_HALF_OPEN_RESET:
		tw_text_put(text, "The originator sent a RST instead of completing the handshake, ");
		tw_text_ns(text, f->final->duration_ns);
		tw_text_put(text, " after its SYN: a scan, or an attempt that it no longer wanted.");
		break;
	case TW_CAUSE_HANDSHAKE_ABORTED:
		tw_text_put(text, "The responder took its SYN-ACK back with a RST ");
		tw_text_ns(text, f->final->duration_ns);
		tw_text_put(text, " after the SYN: its host's doing.");
		break;
	case TW_CAUSE_DATA_AFTER_CLOSE:
		tw_text_put(text, "The %s had closed and then still got ", who);
		tw_text_bytes(text, f->half[!side]->after_fin + f->trouble[side]->fin_unacked);
		tw_text_put(text, ", which its host answered with a RST: its application did not wait for the end.");
		break;
	default:
		put_aborted(f, text, who);
	}
}

const struct tw_verdict_rule tw_verdict_resets[] = {
	{ TW_VERDICT_IDLE_TIMEOUT, TW_SEEN(RESET), idle_timeout, why_idle, NULL },
	{ TW_VERDICT_PEER_LOST_STATE, TW_SEEN(RESET), peer_lost_state, why_lost_state, NULL },
	{ TW_VERDICT_RESET_BY_ORIGINATOR, TW_SEEN(RESET), reset_by_originator, why_reset, NULL },
	{ TW_VERDICT_RESET_BY_RESPONDER, TW_SEEN(RESET), reset_by_responder, why_reset, NULL },
	{ .holds = NULL },
};
