// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A device between the two hosts that changed their packets, or sent some in their name. */
#include "base/names.h"
#include "record/final.h"
#include "verdict.h"

/* Names of the bits that are set: "ttl, ip_id". */
static void put_words(struct tw_text *text, unsigned int bits, const char *(*word)(unsigned int bit))
{
	const char *between = "";

	for (unsigned int bit = 0; bits >> bit; bit++)
		if (bits >> bit & 1) {
			tw_text_put(text, "%s%s", between, word(bit));
			between = ", ";
		}
}

/* --- middlebox_broke_handshake --- */

enum breakage { NOT_BROKEN, SYN_ACK_PAYLOAD, BAD_ACK, FORGED_RESET, FOREIGN_OPTIONS, FOREIGN_TSECR };

/* Never established, or nothing that the originator sent then was ever acknowledged. */
static bool handshake_failed(const struct tw_facts *f)
{
	const struct tw_half *orig = f->half[TW_ORIG], *resp = f->half[TW_RESP];

	if (!f->established)
		return true;
	return tw_fact_unacked(f, TW_ORIG) && orig->flags & TW_HF_ISN && resp->ack == orig->isn + 1;
}

/* Options on the SYN-ACK that the SYN did not offer. MSS may come unasked; ECN is a flag, and no option. */
static unsigned int foreign_options(const struct tw_facts *f)
{
	const struct tw_half *orig = f->half[TW_ORIG], *resp = f->half[TW_RESP];
	unsigned int asked = TW_OPT_WSCALE | TW_OPT_SACK | TW_OPT_TS;

	if (!orig->attempts || !resp->attempts || f->final->flow->flags & TW_FF_SIMULTANEOUS)
		return 0;
	if ((orig->options | resp->options) & TW_OPT_UNKNOWN)
		return 0;
	return resp->options & ~orig->options & asked;
}

static enum breakage breakage(const struct tw_facts *f)
{
	if (tw_fact_seen(f, TW_SEEN(SYN_ACK_PAYLOAD)) && handshake_failed(f))
		return SYN_ACK_PAYLOAD;
	if (f->notes->flags & TW_NOTE_BAD_ACK && !f->established)
		return BAD_ACK;
	if (tw_fact_seen(f, TW_SEEN(SYN_NONZERO_ACK)) && f->notes->flags & TW_NOTE_SYN_AGAIN)
		return FORGED_RESET;
	if (foreign_options(f))
		return FOREIGN_OPTIONS;
	return f->notes->flags & TW_NOTE_FOREIGN_TSECR ? FOREIGN_TSECR : NOT_BROKEN;
}

static bool middlebox_broke_handshake(const struct tw_facts *f)
{
	return breakage(f) != NOT_BROKEN;
}

static void put_bad_ack(const struct tw_facts *f, struct tw_text *text)
{
	int side = f->trouble[TW_RESP]->flags & TW_TF_BAD_ACK ? TW_RESP : TW_ORIG;
	int32_t off = f->trouble[side]->bad_ack - (f->half[!side]->isn + 1);

	tw_text_put(text, "The %s acknowledged ", tw_side_word(side));
	if (!(f->trouble[side]->flags & TW_TF_BAD_ACK) || off < -65536 || off > 65536)
		tw_text_put(text, "a sequence number that the %s did not send", tw_side_word(!side));
	else if (off > 0)
		tw_text_put(text, "%d byte%s more than the %s had sent", off, off == 1 ? "" : "s", tw_side_word(!side));
	else
		tw_text_put(text, "%d byte%s less than the %s had sent", -off, off == -1 ? "" : "s", tw_side_word(!side));
	tw_text_put(text, " and the handshake failed: a device on the path changed its packets.");
}

static void why_middlebox(const struct tw_facts *f, struct tw_text *text)
{
	switch (breakage(f)) {
	case SYN_ACK_PAYLOAD:
		tw_text_put(text, "The SYN-ACK came with %u bytes of payload that nobody had asked for, and nothing that the "
			    "originator sent then was acknowledged: a device on the path added them.",
			    f->notes->large_len);
		break;
	case BAD_ACK:
		put_bad_ack(f, text);
		break;
	case FORGED_RESET:
		tw_text_put(text, "The originator's SYN carries a stray ACK number, a RST in its name answered the SYN-ACK, and "
			    "it sent the same SYN again: a device on the path changes and forges its packets.");
		break;
	case FOREIGN_OPTIONS:
		tw_text_put(text, "The SYN-ACK has options that the SYN did not offer (");
		put_words(text, foreign_options(f), tw_option_word);
		tw_text_put(text, "): a device on the path rewrote the handshake.");
		break;
	default:
		tw_text_put(text, "The SYN-ACK echoes a timestamp that the SYN never carried: a device on the path rewrote "
			    "the handshake.");
	}
}

/* --- answered_by_other --- */

static bool answered_by_other(const struct tw_facts *f)
{
	const struct tw_rec_final *final = f->final;

	if (!final->other.port)
		return false;
	return final->other.answers ? !f->half[TW_ORIG]->data_segments : !f->established;
}

static void put_end(const struct tw_facts *f, struct tw_text *text, const struct tw_addr *addr, unsigned int port)
{
	tw_text_addr(text, f->name->family, addr);
	tw_text_put(text, f->name->family == 6 ? " port %u" : ":%u", port);
}

static void why_other(const struct tw_facts *f, struct tw_text *text)
{
	const struct tw_other *other = &f->final->other;

	tw_text_put(text, "The SYN to ");
	if (other->answers)
		put_end(f, text, &other->addr, other->port);
	else
		put_end(f, text, &f->name->resp_addr, f->name->resp_port);
	tw_text_put(text, " was answered from ");
	if (other->answers)
		put_end(f, text, &f->name->resp_addr, f->name->resp_port);
	else
		put_end(f, text, &other->addr, other->port);
	tw_text_put(text, " instead, and the originator does not take that: the answer went past the device that had translated "
		    "the address.");
}

/* --- duplicate_address --- */

/*
 * A host that does not know the connection answered from another MAC. With the same TTL it may be the same host, or
 * one that took its place (failover), unless the first one speaks on.
 */
static bool duplicate_address(const struct tw_facts *f)
{
	const struct tw_rec_final *final = f->final;

	if (!f->established || final->end != TW_END_RESET || !(final->shape & TW_RST_OTHER_MAC))
		return false;
	return final->suspect & 1 << TW_SUSPECT_TTL || f->half[tw_fact_resetter(f)]->flags & TW_HF_KEPT_TALKING;
}

static void why_duplicate(const struct tw_facts *f, struct tw_text *text)
{
	int side = tw_fact_resetter(f);

	tw_text_put(text, "A RST in the %s's name came from another MAC than all else of that side%s, and has what a host answers "
		    "that does not know the connection: two hosts on this link have the %s's address.",
		    tw_side_word(side), f->final->suspect & 1 << TW_SUSPECT_TTL ? ", with another TTL" : ", which went on",
		    tw_side_word(side));
}

/* --- middlebox_broke_sack --- */

#define FOREIGN_SACKS 3 /* fewer may be another connection's strays */

/* The side whose bytes were sent again, because what told of them named others; -1: none. */
static int unread_sacks(const struct tw_facts *f)
{
	for (int side = TW_ORIG; side <= TW_RESP; side++)
		if (f->trouble[!side]->foreign_sacks >= FOREIGN_SACKS && f->trouble[side]->retransmits && !f->one_way)
			return side;
	return -1;
}

static bool middlebox_broke_sack(const struct tw_facts *f)
{
	return unread_sacks(f) >= 0;
}

static void why_sack(const struct tw_facts *f, struct tw_text *text)
{
	int side = unread_sacks(f);

	tw_text_put(text, "%u ACKs of the %s report bytes by SACK that the %s never sent, and it had to send ",
		    f->trouble[!side]->foreign_sacks, tw_side_word(!side), tw_side_word(side));
	tw_text_count(text, f->trouble[side]->retransmits, "segment");
	tw_text_put(text, " again: a device between them changes sequence numbers, but not those in SACK blocks, and so makes "
		    "each loss a time-out.");
}

/* --- reset_forged --- */

static enum tw_forged forged(const struct tw_facts *f)
{
	return tw_forged(f->final->suspect, f->final->cause);
}

static bool reset_forged(const struct tw_facts *f)
{
	return forged(f) >= TW_FORGED_MEDIUM;
}

static void why_forged(const struct tw_facts *f, struct tw_text *text)
{
	if (f->final->end == TW_END_RESET)
		tw_text_put(text, "The RST in the %s's name was most likely forged on the way (", tw_side_word(tw_fact_resetter(f)));
	else
		tw_text_put(text, "A RST was most likely forged on the way (");
	put_words(text, f->final->suspect, tw_suspect_word);
	tw_text_put(text, "): a device on the path, not that host.");
}

/* --- nat_state_lost --- */

/* A RST from a host that does not know the connection, and the side that it names goes on in it. */
static bool nat_state_lost(const struct tw_facts *f)
{
	const struct tw_rec_final *final = f->final;

	if (!f->established || final->end != TW_END_RESET || !(final->shape & TW_RST_STATELESS))
		return false;
	return f->half[tw_fact_resetter(f)]->flags & TW_HF_KEPT_TALKING && !(final->suspect & 1 << TW_SUSPECT_TTL);
}

static void why_nat(const struct tw_facts *f, struct tw_text *text)
{
	int side = tw_fact_resetter(f);

	tw_text_put(text, "A RST in the %s's name answered a packet of the %s's as a host does that does not know the "
		    "connection, and the %s itself went on: that packet came to the wrong place. A NAT did not translate it "
		    "(its connection tracking had lost or refused it), or a balancer sent it elsewhere.",
		    tw_side_word(side), tw_side_word(!side), tw_side_word(side));
}

const struct tw_verdict_rule tw_verdict_devices[] = {
	{ TW_VERDICT_MIDDLEBOX_BROKE_HANDSHAKE,
	  TW_SEEN(SYN_ACK_PAYLOAD) | TW_SEEN(HANDSHAKE_BAD_ACK) | TW_SEEN(SYN_NONZERO_ACK) | TW_SEEN(SYN_ACK),
	  middlebox_broke_handshake, why_middlebox, NULL },
	{ TW_VERDICT_MIDDLEBOX_BROKE_SACK, TW_SEEN(RETRANSMIT), middlebox_broke_sack, why_sack, NULL },
	{ TW_VERDICT_ANSWERED_BY_OTHER, TW_SEEN(SYN) | TW_SEEN(SYN_ACK) | TW_SEEN(RESET), answered_by_other, why_other, NULL },
	{ TW_VERDICT_DUPLICATE_ADDRESS, TW_SEEN(RESET), duplicate_address, why_duplicate, NULL },
	{ TW_VERDICT_RESET_FORGED, TW_SEEN(RESET), reset_forged, why_forged, NULL },
	{ TW_VERDICT_NAT_STATE_LOST, TW_SEEN(RESET), nat_state_lost, why_nat, NULL },
	{ .holds = NULL },
};
