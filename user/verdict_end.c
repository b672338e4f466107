// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What explains an end, in the order of TW_VERDICTS (names.h): the first that holds is the verdict. */
#include <string.h>

#include "drops.h"
#include "final.h"
#include "names.h"
#include "reasons.h"
#include "tcpwhy/fast.h"
#include "verdict.h"

#define RECOVERY_NS TW_NS_PER_SEC        /* from when on a repaired fault is worth a verdict */
#define STAYS_NS TW_NS_PER_SEC
#define COMPLETE_NS (3 * TW_NS_PER_SEC)  /* from when on a SYN-ACK counts as unanswered */

static bool ended_by(const struct tw_facts *f, enum tw_cause cause)
{
	return f->final->end == TW_END_RESET && f->final->cause == cause;
}

static int resetter(const struct tw_facts *f)
{
	return f->final->reset_by_orig ? TW_ORIG : TW_RESP;
}

/* Nothing but its SYN (and repeats of it) came from the originator. */
static bool only_syns(const struct tw_facts *f)
{
	const struct tw_half *orig = f->half[TW_ORIG];

	return orig->packets <= orig->attempts || orig->attempts == UINT8_MAX;
}

static uint64_t lived_ns(const struct tw_facts *f)
{
	return f->final->until_ns > f->final->flow->start_ns ? f->final->until_ns - f->final->flow->start_ns : 0;
}

/* --- dropped_by_kernel --- */

static bool dropped_by_kernel(const struct tw_facts *f)
{
	return f->final->drop_reason;
}

static const char *dropped_what(const struct tw_dropped *d)
{
	if (d->tcp_flags & TW_SYN)
		return d->tcp_flags & TW_ACK ? "SYN-ACK" : "SYN";
	return d->tcp_flags & TW_FIN ? "FIN" : "data";
}

static void why_dropped(const struct tw_facts *f, struct tw_text *text)
{
	const struct tw_dropped *d = f->final->dropped;
	const char *meaning = tw_drop_meaning(f->final->drop_reason);

	if (d)
		tw_text_put(text, "This host's kernel dropped the %s's %s: ", tw_side_word(d->from_orig ? TW_ORIG : TW_RESP),
			    dropped_what(d));
	else
		tw_text_put(text, "This host's kernel dropped its packets: ");
	tw_text_clean(text, f->final->drop_reason);
	if (meaning)
		tw_text_put(text, ", %s", meaning);
	if (d && d->listen_port) {
		tw_text_put(text, " on port %u fast enough (%u wait, %u may", d->listen_port, d->queued, d->backlog);
		if (d->comm[0])
			tw_text_put(text, "; process ");
		tw_text_clean(text, d->comm);
		tw_text_put(text, ")");
	}
	tw_text_put(text, ".");
}

/* --- rejected_by_icmp --- */

static int quoted(const struct tw_facts *f)
{
	return f->notes->flags & TW_NOTE_ICMP_ORIG ? TW_ORIG : TW_RESP;
}

/* Nothing else answered what the ICMP error was about. */
static bool rejected_by_icmp(const struct tw_facts *f)
{
	int side = quoted(f);
	const struct tw_half *other = f->half[!side];
	uint64_t icmp_ns = f->final->flow->start_ns + (f->notes->icmp_ms + 1ull) * TW_NS_PER_MS;

	if (!(f->notes->flags & TW_NOTE_UNREACHABLE))
		return false;
	if (f->established)
		return tw_fact_unacked(f, side) && other->last_ns < icmp_ns;
	if (f->final->end == TW_END_RESET)
		return false;
	return side == TW_ORIG ? !other->packets : only_syns(f);
}

/* "ICMP host_prohibited from 192.0.2.254" */
static void put_icmp(const struct tw_facts *f, struct tw_text *text)
{
	const char *word = tw_unreachable_word(f->name->family, f->notes->icmp_type, f->notes->icmp_code);

	if (word)
		tw_text_put(text, "ICMP %s from ", word);
	else
		tw_text_put(text, "ICMP %u/%u from ", f->notes->icmp_type, f->notes->icmp_code);
	tw_text_addr(text, f->name->family, &f->notes->from);
}

static void why_rejected(const struct tw_facts *f, struct tw_text *text)
{
	put_icmp(f, text);
	if (f->established)
		tw_text_put(text, " was all that answered the %s's last data: the path there, or a firewall, is to blame.",
			    tw_side_word(quoted(f)));
	else if (quoted(f) == TW_RESP)
		tw_text_put(text, " was all that answered the SYN-ACK: the originator cannot be reached from the responder.");
	else
		tw_text_put(text, " was all that answered the SYN: a router, a firewall or the host itself rejects it.");
}

/* --- too large for the peer or the path --- */

/* Its data stays unacknowledged at the end: not just under way when the input ended. */
static bool stays_unacked(const struct tw_facts *f, int side)
{
	const struct tw_half *peer = f->half[!side];

	if (f->final->end == TW_END_EOF && !f->half[side]->probes && peer->last_ns + STAYS_NS > f->final->until_ns)
		return false;
	return tw_fact_unacked(f, side);
}

/* It did harm: its data never arrived, or the repair took long. */
static bool harmed(const struct tw_facts *f, int side)
{
	return stays_unacked(f, side) || (!f->one_way && f->time->recovery >= RECOVERY_NS);
}

/* The side that did it and was harmed, by a bit for each side; -1: none. */
static int blamed(const struct tw_facts *f, bool orig, bool resp)
{
	if (orig && harmed(f, TW_ORIG))
		return TW_ORIG;
	return resp && harmed(f, TW_RESP) ? TW_RESP : -1;
}

static void put_harm(const struct tw_facts *f, struct tw_text *text, int side)
{
	if (stays_unacked(f, side)) {
		tw_text_put(text, ", and data was never acknowledged");
		return;
	}
	tw_text_put(text, ", and ");
	tw_text_ns(text, f->time->recovery);
	tw_text_put(text, " went into recovery");
}

static int ignored_mss(const struct tw_facts *f)
{
	return blamed(f, f->notes->flags & TW_NOTE_ORIG_ABOVE_MSS, f->notes->flags & TW_NOTE_RESP_ABOVE_MSS);
}

static bool mss_ignored(const struct tw_facts *f)
{
	return ignored_mss(f) >= 0;
}

static void why_mss(const struct tw_facts *f, struct tw_text *text)
{
	int side = ignored_mss(f);

	tw_text_put(text, "The %s sends segments of %u bytes although the %s announced an MSS of %u", tw_side_word(side),
		    f->notes->mss_len, tw_side_word(!side), f->half[!side]->mss);
	put_harm(f, text, side);
	tw_text_put(text, ": the fault of the %s's host.", tw_side_word(side));
}

static int ignored_pmtu(const struct tw_facts *f)
{
	return blamed(f, f->trouble[TW_ORIG]->ignored, f->trouble[TW_RESP]->ignored);
}

static bool pmtu_ignored(const struct tw_facts *f)
{
	return tw_fact_seen(f, TW_SEEN(PMTU_IGNORED)) && ignored_pmtu(f) >= 0;
}

static void why_pmtu(const struct tw_facts *f, struct tw_text *text)
{
	int side = ignored_pmtu(f);
	const struct tw_trouble_half *t = f->trouble[side];

	if (f->notes->flags & TW_NOTE_FRAG_NEEDED && !(f->notes->flags & TW_NOTE_UNREACHABLE)) {
		tw_text_addr(text, f->name->family, &f->notes->from);
		tw_text_put(text, " told the %s", tw_side_word(side));
	} else {
		tw_text_put(text, "The %s was told", tw_side_word(side));
	}
	tw_text_put(text, " that packets above %u bytes do not pass, and it sent ", t->pmtu);
	tw_text_count(text, t->ignored, "more packet");
	tw_text_put(text, " of %u bytes", f->notes->large_len);
	put_harm(f, text, side);
	tw_text_put(text, ": its host ignores the ICMP, or never got it.");
}

static int fell_into_hole(const struct tw_facts *f)
{
	return blamed(f, f->trouble[TW_ORIG]->flags & TW_TF_BLACK_HOLE, f->trouble[TW_RESP]->flags & TW_TF_BLACK_HOLE);
}

static bool pmtu_black_hole(const struct tw_facts *f)
{
	return tw_fact_seen(f, TW_SEEN(PMTU_BLACK_HOLE)) && fell_into_hole(f) >= 0;
}

static void why_black_hole(const struct tw_facts *f, struct tw_text *text)
{
	int side = fell_into_hole(f);

	tw_text_put(text, "Packets of %u bytes from the %s vanish", f->notes->large_len, tw_side_word(side));
	if (f->notes->passed_len)
		tw_text_put(text, " while those of %u arrive", f->notes->passed_len);
	put_harm(f, text, side);
	tw_text_put(text, ": something on the path drops what is too large, and no ICMP says so.");
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

static void put_options(struct tw_text *text, unsigned int options)
{
	const char *between = "";

	for (unsigned int bit = 0; options >> bit; bit++)
		if (options >> bit & 1) {
			tw_text_put(text, "%s%s", between, tw_option_word(bit));
			between = ", ";
		}
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
		put_options(text, foreign_options(f));
		tw_text_put(text, "): a device on the path rewrote the handshake.");
		break;
	default:
		tw_text_put(text, "The SYN-ACK echoes a timestamp that the SYN never carried: a device on the path rewrote "
			    "the handshake.");
	}
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
	const char *between = "";

	if (f->final->end == TW_END_RESET)
		tw_text_put(text, "The RST in the %s's name was most likely forged on the way (", tw_side_word(resetter(f)));
	else
		tw_text_put(text, "A RST was most likely forged on the way (");
	for (unsigned int bit = 0; f->final->suspect >> bit; bit++)
		if (f->final->suspect >> bit & 1) {
			tw_text_put(text, "%s%s", between, tw_suspect_word(bit));
			between = ", ";
		}
	tw_text_put(text, "): a device on the path, not that host.");
}

/* --- refused, never completed, no answer --- */

static bool refused(const struct tw_facts *f)
{
	return ended_by(f, TW_CAUSE_REFUSED);
}

static void why_refused(const struct tw_facts *f, struct tw_text *text)
{
	unsigned int attempts = f->half[TW_ORIG]->attempts;

	tw_text_put(text, "The responder's host, or a firewall in its name, refused port %u with a RST ", f->name->resp_port);
	if (attempts > 1)
		tw_text_put(text, "to each of %u SYNs", attempts);
	else
		tw_text_put(text, "after ");
	if (attempts <= 1)
		tw_text_ns(text, f->final->duration_ns);
	tw_text_put(text, ": nothing listens there, or it is not allowed.");
}

static uint64_t unanswered_ns(const struct tw_facts *f)
{
	const struct tw_half *resp = f->half[TW_RESP];
	uint64_t since = resp->timed_ns && !(resp->flags & TW_HF_RST) ? resp->timed_ns : f->final->flow->start_ns;

	return f->final->until_ns > since ? f->final->until_ns - since : 0;
}

static bool originator_never_completed(const struct tw_facts *f)
{
	if (f->established || !f->half[TW_RESP]->attempts || !only_syns(f))
		return false;
	if (f->final->end == TW_END_RESET)
		return f->final->cause == TW_CAUSE_HANDSHAKE_ABORTED;
	return unanswered_ns(f) >= COMPLETE_NS;
}

static void why_never_completed(const struct tw_facts *f, struct tw_text *text)
{
	tw_text_put(text, "The responder sent ");
	tw_text_count(text, f->half[TW_RESP]->attempts, "SYN-ACK");
	if (f->final->end == TW_END_RESET) {
		tw_text_put(text, " and gave up with a RST after ");
		tw_text_ns(text, f->final->duration_ns);
	} else {
		tw_text_put(text, " and waited ");
		tw_text_ns(text, unanswered_ns(f));
	}
	tw_text_put(text, " without a word from the originator: it is gone, its SYN was forged, or the SYN-ACK "
		    "does not reach it.");
}

static bool no_answer(const struct tw_facts *f)
{
	return !f->established && f->final->end == TW_END_TIMEOUT && tw_fact_seen(f, TW_SEEN(CONNECT_TIMEOUT)) &&
	       !f->half[TW_RESP]->packets;
}

static void why_no_answer(const struct tw_facts *f, struct tw_text *text)
{
	tw_text_put(text, "Nothing answered ");
	tw_text_count(text, f->half[TW_ORIG]->attempts, "SYN");
	tw_text_put(text, " in ");
	tw_text_ns(text, lived_ns(f));
	tw_text_put(text, ": lost on the way there or back, dropped by a firewall, or the responder's host is down.");
}

/* --- gave_up_retransmitting --- */

/* Its data, sent again three times or more, has no answer up to the end. */
static bool sends_in_vain(const struct tw_facts *f, int side)
{
	const struct tw_half *me = f->half[side], *peer = f->half[!side];

	return me->probes >= 3 && f->trouble[side]->probe_seen == peer->packets && f->trouble[side]->retransmits >= 3 &&
	       tw_fact_unacked(f, side);
}

static bool gave_up_retransmitting(const struct tw_facts *f)
{
	return ended_by(f, TW_CAUSE_GAVE_UP) || sends_in_vain(f, TW_ORIG) || sends_in_vain(f, TW_RESP);
}

static void why_gave_up(const struct tw_facts *f, struct tw_text *text)
{
	bool reset = ended_by(f, TW_CAUSE_GAVE_UP);
	int side = reset ? resetter(f) : sends_in_vain(f, TW_ORIG) ? TW_ORIG : TW_RESP;
	bool data = tw_fact_unacked(f, side);

	tw_text_put(text, "The %s %s ", tw_side_word(side), data ? "sent data again" : "probed");
	tw_text_count(text, f->half[side]->probes, "time");
	tw_text_put(text, " without any answer from the %s%s: the path, or the %s's host, is gone.", tw_side_word(!side),
		    reset ? " and gave up" : "", tw_side_word(!side));
}

/* --- responder_silent --- */

static bool responder_silent(const struct tw_facts *f)
{
	return tw_fact_seen(f, TW_SEEN(NO_RESPONSE));
}

static void why_silent(const struct tw_facts *f, struct tw_text *text)
{
	uint64_t waited_ns = 0;

	tw_final_unanswered(f->final->flow, f->final->until_ns, &waited_ns);
	tw_text_put(text, "The responder's host acknowledged the request and its application did not answer in ");
	tw_text_ns(text, waited_ns);
	tw_text_put(text, ": the application's fault, not the path's.");
}

/* --- idle_timeout, and every other reset --- */

static bool idle_timeout(const struct tw_facts *f)
{
	return ended_by(f, TW_CAUSE_IDLE_RESET);
}

/* Silence before the RST, or before the segment that it answers: as the cause was found. */
static uint64_t silence_ns(const struct tw_facts *f)
{
	const struct tw_half *me = f->half[resetter(f)], *peer = f->half[!resetter(f)];
	uint64_t newest = TW_MAX(me->last_ns, peer->last_ns), until = f->final->until_ns;
	uint64_t silent = newest && until > newest ? until - newest : 0;

	if (peer->last_ns > me->last_ns)
		silent = TW_MAX(silent, peer->quiet_s * TW_NS_PER_SEC);
	return silent;
}

static void why_idle(const struct tw_facts *f, struct tw_text *text)
{
	tw_text_put(text, "After ");
	tw_text_ns(text, silence_ns(f));
	tw_text_put(text, " of silence the connection was cut with a RST in the %s's name: an idle timer of a balancer, a NAT, "
		    "a firewall or that host.", tw_side_word(resetter(f)));
}

static bool reset_otherwise(const struct tw_facts *f, int side)
{
	const struct tw_rec_final *final = f->final;

	if (final->end != TW_END_RESET || resetter(f) != side)
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
	int side = resetter(f);
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
		tw_text_bytes(text, f->half[!side]->after_fin);
		tw_text_put(text, ", which its host answered with a RST: its application did not wait for the end.");
		break;
	default:
		put_aborted(f, text, who);
	}
}

const struct tw_verdict_rule tw_verdict_ends[] = {
	{ TW_VERDICT_DROPPED_BY_KERNEL, TW_SEEN(KERNEL_DROP), dropped_by_kernel, why_dropped, NULL },
	{ TW_VERDICT_REJECTED_BY_ICMP, TW_SEEN(UNREACHABLE), rejected_by_icmp, why_rejected, NULL },
	{ TW_VERDICT_MSS_IGNORED, TW_SEEN(MSS_EXCEEDED) | TW_SEEN(RETRANSMIT), mss_ignored, why_mss, NULL },
	{ TW_VERDICT_PMTU_IGNORED, TW_SEEN(FRAG_NEEDED) | TW_SEEN(PMTU_IGNORED), pmtu_ignored, why_pmtu, NULL },
	{ TW_VERDICT_PMTU_BLACK_HOLE, TW_SEEN(PMTU_BLACK_HOLE) | TW_SEEN(RETRANSMIT), pmtu_black_hole, why_black_hole, NULL },
	{ TW_VERDICT_MIDDLEBOX_BROKE_HANDSHAKE,
	  TW_SEEN(SYN_ACK_PAYLOAD) | TW_SEEN(HANDSHAKE_BAD_ACK) | TW_SEEN(SYN_NONZERO_ACK) | TW_SEEN(SYN_ACK),
	  middlebox_broke_handshake, why_middlebox, NULL },
	{ TW_VERDICT_RESET_FORGED, TW_SEEN(RESET), reset_forged, why_forged, NULL },
	{ TW_VERDICT_REFUSED, TW_SEEN(RESET), refused, why_refused, NULL },
	{ TW_VERDICT_ORIGINATOR_NEVER_COMPLETED,
	  TW_SEEN(SYN_ACK) | TW_SEEN(SYN_ACK_RETRANSMIT) | TW_SEEN(ACCEPT_TIMEOUT) | TW_SEEN(RESET),
	  originator_never_completed, why_never_completed, NULL },
	{ TW_VERDICT_NO_ANSWER, TW_SEEN(SYN) | TW_SEEN(SYN_RETRANSMIT) | TW_SEEN(CONNECT_TIMEOUT), no_answer, why_no_answer,
	  NULL },
	{ TW_VERDICT_GAVE_UP_RETRANSMITTING, TW_SEEN(RETRANSMIT) | TW_SEEN(RESET), gave_up_retransmitting, why_gave_up, NULL },
	{ TW_VERDICT_RESPONDER_SILENT, TW_SEEN(NO_RESPONSE), responder_silent, why_silent, NULL },
	{ TW_VERDICT_IDLE_TIMEOUT, TW_SEEN(RESET), idle_timeout, why_idle, NULL },
	{ TW_VERDICT_RESET_BY_ORIGINATOR, TW_SEEN(RESET), reset_by_originator, why_reset, NULL },
	{ TW_VERDICT_RESET_BY_RESPONDER, TW_SEEN(RESET), reset_by_responder, why_reset, NULL },
	{ .holds = NULL },
};
