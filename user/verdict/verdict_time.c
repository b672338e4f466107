// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where the time went: verdicts on what ended well or is open. */
#include "record/final.h"
#include "verdict.h"
#include "verdict_open.h"

#include "tcpwhy/wait.h"

#define STALL_NS TW_NS_PER_SEC
#define RECOVERY_NS TW_NS_PER_SEC
#define MANY 5             /* fewer segments are chance */
#define PERCENT(part, whole) ((whole) ? 100.0 * (part) / (whole) : 0.0)

/* --- receiver_stalled --- */

/* Its sender has more: told by a last segment without PSH, or cut to the window, by probes, or by what is not acknowledged. */
static bool more_waits(const struct tw_facts *f, int receiver)
{
	const struct tw_half *sender = f->half[!receiver];
	const struct tw_sent *last = tw_last_sent(sender);

	if (!sender->data_segments)
		return false;
	if (f->half[receiver]->win && last->end - last->seq == f->half[receiver]->win)
		return true;
	return !(sender->flags & TW_HF_PSH) || sender->probes || tw_fact_unacked(f, !receiver);
}

/* Since when its window is shut, or takes no segment, with nothing under way; 0: there is room. */
static uint64_t small_for_ns(const struct tw_facts *f, int side)
{
	const struct tw_half *me = f->half[side], *sender = f->half[!side];
	uint64_t last_ns = f->final->flow->last_ns, until_ns = f->final->until_ns;
	uint32_t since_us;

	if (me->flags & TW_HF_ZERO_WINDOW)
		return tw_since(until_ns, f->trouble[side]->zero_ns);
	if (!(me->flags & TW_HF_ACK) || me->flags & TW_HF_FIN || me->ack != sender->snd_nxt || me->win >= tw_full_size(sender, me))
		return 0;
	since_us = tw_us(last_ns) - me->progress_us;
	return since_us * TW_NS_PER_US + (f->final->end == TW_END_EOF ? 0 : tw_since(until_ns, last_ns));
}

bool tw_fact_stalled(const struct tw_facts *f, int side)
{
	return f->established && !f->one_way && small_for_ns(f, side) >= STALL_NS && more_waits(f, side);
}

static bool receiver_stalled(const struct tw_facts *f)
{
	return f->time->zero_window >= STALL_NS && !(f->ends & TW_FOUND(RECEIVER_STALLED));
}

static uint64_t owns_zero_window(const struct tw_facts *f)
{
	return f->time->zero_window;
}

/* "… of 3.4 s": how much of all time that is. */
static void put_part(const struct tw_facts *f, struct tw_text *text, uint64_t ns)
{
	tw_text_ns(text, ns);
	tw_text_put(text, " of ");
	tw_text_ns(text, f->final->duration_ns);
}

static int stalled_side(const struct tw_facts *f)
{
	const struct tw_trouble_half *orig = f->trouble[TW_ORIG], *resp = f->trouble[TW_RESP];

	if (tw_fact_stalled(f, TW_ORIG) != tw_fact_stalled(f, TW_RESP))
		return tw_fact_stalled(f, TW_ORIG) ? TW_ORIG : TW_RESP;
	if (orig->zero_windows != resp->zero_windows)
		return orig->zero_windows > resp->zero_windows ? TW_ORIG : TW_RESP;
	return f->half[TW_ORIG]->win < f->half[TW_RESP]->win ? TW_ORIG : TW_RESP;
}

void tw_why_stalled(const struct tw_facts *f, struct tw_text *text)
{
	int side = stalled_side(f);
	const struct tw_trouble_half *t = f->trouble[side];

	if (t->zero_windows) {
		tw_text_put(text, "The %s shut its receive window ", tw_side_word(side));
		tw_text_count(text, t->zero_windows, "time");
		tw_text_put(text, ", for ");
	} else {
		tw_text_put(text, "The %s's receive window was smaller than a segment (%u bytes) for ", tw_side_word(side),
			    f->half[side]->win);
	}
	put_part(f, text, TW_MAX(f->time->zero_window, small_for_ns(f, side)));
	tw_text_put(text, "%s: its application does not read fast enough.",
		    tw_fact_stalled(f, side) ? ", and more waited when it ended" : "");
}

/* --- path_outage --- */

/* Names a reason of its own why nothing of one side arrived. */
#define EXPLAINS_OUTAGE (TW_FOUND(DROPPED_BY_KERNEL) | TW_FOUND(REJECTED_BY_ICMP) | TW_FOUND(MSS_IGNORED) | \
			 TW_FOUND(PMTU_IGNORED) | TW_FOUND(PMTU_BLACK_HOLE) | TW_FOUND(GAVE_UP_RETRANSMITTING))

static uint64_t outage_ns(const struct tw_facts *f, int side)
{
	bool at_end;

	return tw_final_outage(f->final, side == TW_ORIG, &at_end);
}

static bool path_outage(const struct tw_facts *f)
{
	if (f->one_way || f->ends & EXPLAINS_OUTAGE || tw_taken_late(f))
		return false;
	return outage_ns(f, TW_ORIG) || outage_ns(f, TW_RESP);
}

/* Of both sides often the same time: the worse one's. */
static uint64_t owns_outage(const struct tw_facts *f)
{
	return path_outage(f) ? TW_MAX(tw_final_outages(f->final, true), tw_final_outages(f->final, false)) : 0;
}

static void why_outage(const struct tw_facts *f, struct tw_text *text)
{
	int side = outage_ns(f, TW_ORIG) >= outage_ns(f, TW_RESP) ? TW_ORIG : TW_RESP;
	bool at_end;
	uint64_t ns = tw_final_outage(f->final, side == TW_ORIG, &at_end);

	tw_text_put(text, "For ");
	tw_text_ns(text, ns);
	tw_text_put(text, " nothing that the %s had sent was acknowledged, though %s%s: the path between them, or the %s's host, "
		    "was dead meanwhile.", tw_side_word(side), f->trouble[side]->retransmits ? "it sent again what was missing" :
		    "bytes were missing", at_end ? ", and so it ended" : "; then it went on", tw_side_word(!side));
}

/* --- lossy_path --- */

/* Retransmissions of @side that speak for loss. */
static uint32_t lost(const struct tw_facts *f, int side)
{
	const struct tw_trouble_half *t = f->trouble[side];
	uint64_t harmless = (uint64_t)t->probes + t->spurious + t->pmtu_resent;

	return t->retransmits > harmless ? t->retransmits - harmless : 0;
}

static bool too_many(const struct tw_facts *f, int side, uint32_t n)
{
	return n >= MANY && (uint64_t)n * 100 > f->half[side]->data_segments;
}

/* Without the time for which there is a better word. */
static uint64_t owns_recovery(const struct tw_facts *f)
{
	uint64_t outage = owns_outage(f);

	return f->time->recovery > outage ? f->time->recovery - outage : 0;
}

static bool lossy_path(const struct tw_facts *f)
{
	uint32_t orig = tw_taken_late(f) ? 0 : lost(f, TW_ORIG), resp = lost(f, TW_RESP);

	if (too_many(f, TW_ORIG, orig) || too_many(f, TW_RESP, resp))
		return true;
	return (orig || resp) && !f->one_way && owns_recovery(f) >= RECOVERY_NS;
}

/* "12 of 800 segments from the responder (1.5 %)" */
static void put_share(const struct tw_facts *f, struct tw_text *text, int side, uint32_t n)
{
	tw_text_put(text, "%u of %u segments from the %s (%.1f %%)", n, f->half[side]->data_segments, tw_side_word(side),
		    PERCENT(n, f->half[side]->data_segments));
}

static void why_lossy(const struct tw_facts *f, struct tw_text *text)
{
	int side = lost(f, TW_ORIG) > lost(f, TW_RESP) ? TW_ORIG : TW_RESP;

	put_share(f, text, side, lost(f, side));
	tw_text_put(text, " had to be sent again, and recovery took ");
	put_part(f, text, f->time->recovery);
	tw_text_put(text, ": the path to the %s loses packets.", tw_side_word(!side));
}

/* --- nagle_delayed_ack --- */

static bool nagle_delayed_ack(const struct tw_facts *f)
{
	return f->time->delayed_ack && f->time->delayed_ack >= f->final->duration_ns / 20;
}

static uint64_t owns_delayed_ack(const struct tw_facts *f)
{
	return f->time->delayed_ack;
}

static void why_nagle(const struct tw_facts *f, struct tw_text *text)
{
	int side = f->trouble[TW_ORIG]->stalls > f->trouble[TW_RESP]->stalls ? TW_ORIG : TW_RESP;

	tw_text_put(text, "The %s's small writes waited ", tw_side_word(side));
	tw_text_count(text, f->trouble[side]->stalls, "time");
	tw_text_put(text, " for a delayed ACK of the %s, ", tw_side_word(!side));
	put_part(f, text, f->time->delayed_ack);
	tw_text_put(text, ": Nagle's algorithm at work; the %s should set TCP_NODELAY, or write at once what belongs together.",
		    tw_side_word(side));
}

/* --- responder_slow --- */

static bool responder_slow(const struct tw_facts *f)
{
	return tw_fact_seen(f, TW_SEEN(SLOW_RESPONSE)) && !tw_are_peers(f->final->flow);
}

static uint64_t owns_responder(const struct tw_facts *f)
{
	return f->time->responder;
}

static void why_slow(const struct tw_facts *f, struct tw_text *text)
{
	const struct tw_half *resp = f->half[TW_RESP];

	tw_text_put(text, "The responder took up to ");
	tw_text_ns(text, f->notes->slowest_ds * (100 * TW_NS_PER_MS));
	tw_text_put(text, " to answer, ");
	put_part(f, text, f->time->responder);
	tw_text_put(text, " in all");
	if (resp->rtt_count) {
		tw_text_put(text, ", on a path of ");
		tw_text_ns(text, (uint64_t)resp->rtt_min_ns + f->half[TW_ORIG]->rtt_min_ns);
	}
	tw_text_put(text, ": its application's time, not the path's.");
}

/* --- reordering_path --- */

static bool reordering_path(const struct tw_facts *f)
{
	return too_many(f, TW_ORIG, f->trouble[TW_ORIG]->out_of_order) ||
	       too_many(f, TW_RESP, f->trouble[TW_RESP]->out_of_order);
}

/* What reordering costs cannot be told from recovery; it owns nothing for certain. */
static uint64_t owns_nothing(const struct tw_facts *f)
{
	return 0;
}

static void why_reordering(const struct tw_facts *f, struct tw_text *text)
{
	int side = f->trouble[TW_ORIG]->out_of_order > f->trouble[TW_RESP]->out_of_order ? TW_ORIG : TW_RESP;

	put_share(f, text, side, f->trouble[side]->out_of_order);
	tw_text_put(text, " came out of order: the path to the %s reorders packets.", tw_side_word(!side));
}

/* --- originator_idle: last of all, whatever it owns --- */

static bool originator_idle(const struct tw_facts *f)
{
	return tw_fact_seen(f, TW_SEEN(SLOW_REQUEST)) && !tw_are_peers(f->final->flow);
}

static void why_originator(const struct tw_facts *f, struct tw_text *text)
{
	tw_text_put(text, "The originator was silent for ");
	put_part(f, text, f->time->originator + f->time->idle);
	tw_text_put(text, " while nobody owed it anything: its own time, neither the responder's nor the path's.");
}

const struct tw_verdict_rule tw_verdict_times[] = {
	{ TW_VERDICT_HANDSHAKE_DELAYED,
	  TW_SEEN(SYN_RETRANSMIT) | TW_SEEN(SYN_ACK_RETRANSMIT) | TW_SEEN(HANDSHAKE_BAD_ACK) | TW_SEEN(ESTABLISHED),
	  tw_handshake_delayed, tw_why_handshake_delayed, tw_owns_handshake },
	{ TW_VERDICT_RECEIVER_STALLED, TW_SEEN(ZERO_WINDOW) | TW_SEEN(WINDOW_OPEN), receiver_stalled, tw_why_stalled,
	  owns_zero_window },
	{ TW_VERDICT_PATH_OUTAGE, TW_SEEN(RETRANSMIT), path_outage, why_outage, owns_outage },
	{ TW_VERDICT_LOSSY_PATH, TW_SEEN(RETRANSMIT), lossy_path, why_lossy, owns_recovery },
	{ TW_VERDICT_NAGLE_DELAYED_ACK, TW_SEEN(DELAYED_ACK_STALL), nagle_delayed_ack, why_nagle, owns_delayed_ack },
	{ TW_VERDICT_RESPONDER_SLOW, TW_SEEN(SLOW_RESPONSE), responder_slow, why_slow, owns_responder },
	{ TW_VERDICT_REORDERING_PATH, TW_SEEN(OUT_OF_ORDER), reordering_path, why_reordering, owns_nothing },
	{ TW_VERDICT_ORIGINATOR_IDLE, TW_SEEN(SLOW_REQUEST), originator_idle, why_originator, NULL },
	{ .holds = NULL },
};
