// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What stopped packets: this host's kernel, an ICMP error, a size that the peer or the path does not take. */
#include "base/names.h"
#include "host/reasons.h"
#include "record/drops.h"
#include "record/missing.h"
#include "tcpwhy/fast.h"
#include "tcpwhy/pmtu.h"
#include "verdict.h"
#include "verdict_open.h"

#define RECOVERY_NS TW_NS_PER_SEC /* from when on a repaired fault is worth a verdict */
#define STAYS_NS TW_NS_PER_SEC

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
	return side == TW_ORIG ? !other->packets : tw_fact_only_syns(f);
}

/* "ICMP host_prohibited from 192.0.2.254" */
static void put_icmp(const struct tw_facts *f, struct tw_text *text)
{
	const char *word = tw_unreachable_word(f->name->family, f->notes->icmp_type, f->notes->icmp_code);

	if (word)
		tw_text_put(text, "ICMP %s%s from ", word, tw_unreachable_noun(word));
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

/* Its data stays unacknowledged at the end: not just under way when the input ended, as what was sent once may be. */
static bool stays_unacked(const struct tw_facts *f, int side)
{
	const struct tw_half *peer = f->half[!side];
	bool again = f->half[side]->probes && tw_seq_diff(f->trouble[side]->rtx_end, peer->ack) > 0;

	if (f->final->end == TW_END_EOF && !again && peer->last_ns + STAYS_NS > f->final->until_ns)
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
	if (!tw_fact_seen(f, TW_SEEN(PMTU_BLACK_HOLE)))
		return -1;
	return blamed(f, f->trouble[TW_ORIG]->flags & TW_TF_BLACK_HOLE, f->trouble[TW_RESP]->flags & TW_TF_BLACK_HOLE);
}

#define HOLE_NS (3 * TW_NS_PER_SEC)

/* Payload of a full segment: what timestamps leave of the MSS. 0: not known. */
static uint32_t segment_size(const struct tw_half *me, const struct tw_half *peer)
{
	uint32_t mss = me->mss && peer->mss ? TW_MIN(me->mss, peer->mss) : 0;

	return mss > TW_TS_OPTION_LEN && me->flags & peer->flags & TW_HF_TS ? mss - TW_TS_OPTION_LEN : mss;
}

/*
 * The same where it arrives: what lacks is just one or more full segments, and nothing of that size ever came from that
 * side, while smaller ones did.
 */
static bool lacks_full_ones(const struct tw_facts *f, int side, struct tw_rec_missing *missing)
{
	const struct tw_half *me = f->half[side];
	uint32_t size = segment_size(me, f->half[!side]);

	if (f->one_way || !size || !me->data_segments || me->flags & TW_HF_FULL || f->trouble[side]->pmtu)
		return false;
	return tw_final_missing(f->final->flow, f->final->trouble, side == TW_ORIG, missing) && missing->len % size == 0 &&
	       missing->waited_ns >= HOLE_NS;
}

static int lacking(const struct tw_facts *f, struct tw_rec_missing *missing)
{
	for (int side = TW_ORIG; side <= TW_RESP; side++)
		if (lacks_full_ones(f, side, missing))
			return side;
	return -1;
}

static bool pmtu_black_hole(const struct tw_facts *f)
{
	struct tw_rec_missing missing;

	return fell_into_hole(f) >= 0 || lacking(f, &missing) >= 0;
}

static void put_lacking(const struct tw_facts *f, struct tw_text *text)
{
	struct tw_rec_missing missing;
	int side = lacking(f, &missing);
	uint32_t size = segment_size(f->half[side], f->half[!side]);

	tw_text_put(text, "The %s's ", tw_side_word(side));
	tw_text_count(text, missing.len / size, "full segment");
	tw_text_put(text, " of %u bytes never came, in ", size);
	tw_text_ns(text, missing.waited_ns);
	tw_text_put(text, ", though smaller ones did, and none of that size ever: most likely something on the path drops what is "
		    "too large, and no ICMP says so.");
}

static void why_black_hole(const struct tw_facts *f, struct tw_text *text)
{
	int side = fell_into_hole(f);

	if (side < 0) {
		put_lacking(f, text);
		return;
	}
	tw_text_put(text, "Packets of %u bytes from the %s vanish", f->notes->large_len, tw_side_word(side));
	if (f->notes->passed_len)
		tw_text_put(text, " while those of %u arrive", f->notes->passed_len);
	put_harm(f, text, side);
	tw_text_put(text, ": something on the path drops what is too large, and no ICMP says so.");
}

const struct tw_verdict_rule tw_verdict_paths[] = {
	{ TW_VERDICT_DROPPED_BY_KERNEL, TW_SEEN(KERNEL_DROP), dropped_by_kernel, why_dropped, NULL },
	{ TW_VERDICT_AUTH_MISMATCH, TW_SEEN(SYN) | TW_SEEN(SYN_ACK) | TW_SEEN(CONNECT_TIMEOUT), tw_auth_mismatch,
	  tw_why_auth_mismatch, NULL },
	{ TW_VERDICT_REJECTED_BY_ICMP, TW_SEEN(UNREACHABLE), rejected_by_icmp, why_rejected, NULL },
	{ TW_VERDICT_MSS_IGNORED, TW_SEEN(MSS_EXCEEDED) | TW_SEEN(RETRANSMIT), mss_ignored, why_mss, NULL },
	{ TW_VERDICT_PMTU_IGNORED, TW_SEEN(FRAG_NEEDED) | TW_SEEN(PMTU_IGNORED), pmtu_ignored, why_pmtu, NULL },
	{ TW_VERDICT_PMTU_BLACK_HOLE, TW_SEEN(PMTU_BLACK_HOLE) | TW_SEEN(RETRANSMIT) | TW_SEEN(MISSING_SEGMENT),
	  pmtu_black_hole, why_black_hole, NULL },
	{ .holds = NULL },
};
