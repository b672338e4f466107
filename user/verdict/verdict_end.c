// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How the connection, or the attempt, came to its end: refused, never completed, given up, silent. */
#include "record/final.h"
#include "verdict.h"
#include "verdict_open.h"

#define COMPLETE_NS (3 * TW_NS_PER_SEC) /* from when on a SYN-ACK counts as unanswered */

static uint64_t lived_ns(const struct tw_facts *f)
{
	return f->final->until_ns > f->final->flow->start_ns ? f->final->until_ns - f->final->flow->start_ns : 0;
}

/* --- refused, never completed, no answer --- */

static bool refused(const struct tw_facts *f)
{
	return tw_fact_ended_by(f, TW_CAUSE_REFUSED);
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
	if (f->final->open_beside) {
		tw_text_put(text, ", while ");
		tw_text_count(text, f->final->open_beside, "other connection");
		tw_text_put(text, " to that port %s open: its backlog is full (some systems say so with a RST), a limit is reached, this "
			    "client is not allowed, or it has just stopped listening.", f->final->open_beside == 1 ? "was" : "were");
	} else {
		tw_text_put(text, ": nothing listens there, or it is not allowed.");
	}
}

static uint64_t unanswered_ns(const struct tw_facts *f)
{
	const struct tw_half *resp = f->half[TW_RESP];
	uint64_t since = resp->timed_ns && !(resp->flags & TW_HF_RST) ? resp->timed_ns : f->final->flow->start_ns;

	return f->final->until_ns > since ? f->final->until_ns - since : 0;
}

static bool originator_never_completed(const struct tw_facts *f)
{
	if (f->established || !f->half[TW_RESP]->attempts || !tw_fact_only_syns(f))
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
	if (f->half[TW_ORIG]->attempts > 1) {
		tw_text_put(text, ", and the originator only repeated its SYN (");
		tw_text_count(text, f->half[TW_ORIG]->attempts, "SYN");
		tw_text_put(text, "): the SYN-ACK does not reach it, or its host drops it.");
	} else {
		tw_text_put(text, " without a word from the originator: it is gone, its SYN was forged, or the SYN-ACK "
			    "does not reach it.");
	}
}

static bool no_answer(const struct tw_facts *f)
{
	return !f->established && f->final->end == TW_END_TIMEOUT && tw_fact_seen(f, TW_SEEN(CONNECT_TIMEOUT)) &&
	       f->half[TW_RESP]->packets <= f->notes->opening.ignored;
}

static void why_no_answer(const struct tw_facts *f, struct tw_text *text)
{
	tw_text_put(text, "Nothing answered ");
	tw_text_count(text, f->half[TW_ORIG]->attempts, "SYN");
	tw_text_put(text, " in ");
	tw_text_ns(text, lived_ns(f));
	if (f->notes->opening.ignored) {
		tw_text_put(text, " but ");
		tw_text_count(text, f->notes->opening.ignored, "RST");
		tw_text_put(text, " with a wrong ACK number, which the originator must ignore: a host or a device that answers "
			    "SYNs wrongly.");
		return;
	}
	tw_text_put(text, ": lost on the way there or back, dropped by a firewall, or the responder's host is down.");
}

/* --- receiver_stalled: the sender had to wait, and then somebody had enough of it --- */

static bool stalled_at_end(const struct tw_facts *f)
{
	return tw_fact_stalled(f, TW_ORIG) || tw_fact_stalled(f, TW_RESP);
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
	return tw_fact_ended_by(f, TW_CAUSE_GAVE_UP) || sends_in_vain(f, TW_ORIG) || sends_in_vain(f, TW_RESP);
}

static void why_gave_up(const struct tw_facts *f, struct tw_text *text)
{
	bool reset = tw_fact_ended_by(f, TW_CAUSE_GAVE_UP);
	int side = reset ? tw_fact_resetter(f) : sends_in_vain(f, TW_ORIG) ? TW_ORIG : TW_RESP;
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

const struct tw_verdict_rule tw_verdict_ends[] = {
	{ TW_VERDICT_REFUSED, TW_SEEN(RESET), refused, why_refused, NULL },
	{ TW_VERDICT_ORIGINATOR_NEVER_COMPLETED,
	  TW_SEEN(SYN_ACK) | TW_SEEN(SYN_ACK_RETRANSMIT) | TW_SEEN(ACCEPT_TIMEOUT) | TW_SEEN(RESET),
	  originator_never_completed, why_never_completed, NULL },
	{ TW_VERDICT_ACCEPT_QUEUE_FULL, TW_SEEN(SYN_ACK_RETRANSMIT) | TW_SEEN(RETRANSMIT) | TW_SEEN(RESET), tw_accept_queue_full,
	  tw_why_accept_queue_full, NULL },
	{ TW_VERDICT_NO_ANSWER, TW_SEEN(SYN) | TW_SEEN(SYN_RETRANSMIT) | TW_SEEN(CONNECT_TIMEOUT), no_answer, why_no_answer,
	  NULL },
	{ TW_VERDICT_RECEIVER_STALLED, TW_SEEN(ZERO_WINDOW) | TW_SEEN(RETRANSMIT) | TW_SEEN(RESET), stalled_at_end, tw_why_stalled,
	  NULL },
	{ TW_VERDICT_GAVE_UP_RETRANSMITTING, TW_SEEN(RETRANSMIT) | TW_SEEN(RESET), gave_up_retransmitting, why_gave_up, NULL },
	{ TW_VERDICT_RESPONDER_SILENT, TW_SEEN(NO_RESPONSE), responder_silent, why_silent, NULL },
	{ .holds = NULL },
};
