// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How a connection opened: late, not at all because the responder's queue was full, or because one side signs. */
#include "verdict_open.h"

#include "base/names.h"
#include "tcpwhy/port.h"

#define LATE_NS (900 * TW_NS_PER_MS) /* the first repeat of a SYN comes after a second */
#define LATE_MS (LATE_NS / TW_NS_PER_MS)
#define BY_CHANCE 1 /* so many SYNs may be lost by chance before the one that leaves an option out */

/* --- handshake_delayed --- */

static uint64_t handshake_ns(const struct tw_facts *f)
{
	return (uint64_t)f->final->flow->handshake_us * TW_NS_PER_US;
}

/* The least that a handshake takes on this path, as far as its round trips were measured. */
static uint64_t path_ns(const struct tw_facts *f)
{
	return (uint64_t)f->half[TW_ORIG]->rtt_min_ns + f->half[TW_RESP]->rtt_min_ns;
}

/*
 * A round trip longer than the first timer: each SYN had its own SYN-ACK, and nothing was lost. The answers are as far
 * apart as the SYNs were.
 */
static bool each_was_answered(const struct tw_opening *o)
{
	uint32_t apart = o->retaken_ms - o->answer_ms;

	return o->asked == 2 && o->retaken && apart <= o->asked_ms + o->asked_ms / 10 && apart + o->asked_ms / 10 >= o->asked_ms;
}

bool tw_taken_late(const struct tw_facts *f)
{
	const struct tw_opening *o = &f->notes->opening;
	const struct tw_half *orig = f->half[TW_ORIG];

	return f->established && o->retaken_asked && o->retaken_ms - o->answer_ms >= LATE_MS && !each_was_answered(o) &&
	       (f->half[TW_RESP]->data_segments || f->half[TW_RESP]->ack != orig->isn + 1);
}

static bool opened_late(const struct tw_facts *f)
{
	const struct tw_opening *o = &f->notes->opening;

	if (f->half[TW_ORIG]->attempts < 2 && f->half[TW_RESP]->attempts < 2)
		return false;
	return handshake_ns(f) >= LATE_NS + path_ns(f) && !each_was_answered(o);
}

bool tw_handshake_delayed(const struct tw_facts *f)
{
	if (!f->established || f->one_way || f->final->flow->flags & (TW_FF_MIDSTREAM | TW_FF_SIMULTANEOUS))
		return false;
	return opened_late(f) || tw_taken_late(f);
}

uint64_t tw_owns_handshake(const struct tw_facts *f)
{
	uint64_t taken = tw_taken_late(f) ? f->notes->opening.retaken_ms * TW_NS_PER_MS : 0;

	return TW_MAX(taken, handshake_ns(f));
}

/* The SYN-ACK had been there for most of the time. */
static bool answer_was_not_acked(const struct tw_facts *f)
{
	uint64_t answer_ns = f->notes->opening.answer_ms * TW_NS_PER_MS;

	return handshake_ns(f) > 2 * answer_ns;
}

/* It echoes an earlier SYN than the last, and comes when the last can just have been answered: that one was a reminder. */
static bool was_answered_before(const struct tw_facts *f)
{
	const struct tw_opening *o = &f->notes->opening;
	uint64_t took_ns = (o->answer_ms - o->asked_ms) * TW_NS_PER_MS;

	return o->echo == TW_ECHO_EARLIER && path_ns(f) && took_ns <= 2 * path_ns(f) + 10 * TW_NS_PER_MS;
}

static enum tw_handshake_cause cause_of_no_ack(const struct tw_facts *f)
{
	if (f->final->side == TW_SIDE_ORIGINATOR) /* the SYN-ACK did arrive */
		return TW_HANDSHAKE_UNKNOWN;
	return TW_HANDSHAKE_SYN_ACK_LOST;
}

static enum tw_handshake_cause cause_of_no_answer(const struct tw_facts *f)
{
	const struct tw_opening *o = &f->notes->opening;

	if (o->asked < 2)
		return TW_HANDSHAKE_UNKNOWN;
	if (o->first_without && o->asked - 1 > BY_CHANCE)
		return TW_HANDSHAKE_OPTIONS_BLOCKED;
	if (was_answered_before(f))
		return TW_HANDSHAKE_SYN_ACK_LOST;
	if (f->final->side == TW_SIDE_RESPONDER || o->echo == TW_ECHO_EARLIER || o->refused) /* the SYN did arrive */
		return TW_HANDSHAKE_UNKNOWN;
	return TW_HANDSHAKE_SYN_LOST;
}

enum tw_handshake_cause tw_handshake_cause(const struct tw_facts *f)
{
	if (f->notes->flags & (TW_NOTE_CHALLENGE | TW_NOTE_BAD_ACK))
		return TW_HANDSHAKE_OLD_CONNECTION;
	if (f->notes->flags & TW_NOTE_QUEUE_FULL || (tw_taken_late(f) && !opened_late(f)))
		return TW_HANDSHAKE_ACCEPT_QUEUE;
	if (!f->notes->opening.answered)
		return TW_HANDSHAKE_UNKNOWN;
	return answer_was_not_acked(f) ? cause_of_no_ack(f) : cause_of_no_answer(f);
}

/* "2 SYNs had no answer, and the next one had it after 93 ms" */
static void put_unanswered(const struct tw_facts *f, struct tw_text *text)
{
	const struct tw_opening *o = &f->notes->opening;

	tw_text_count(text, o->asked - 1, "SYN");
	tw_text_put(text, " had no answer, and the next one had it");
	if (o->answer_ms > o->asked_ms)
		tw_text_put(text, " after ");
	else
		tw_text_put(text, " at once");
	if (o->answer_ms > o->asked_ms)
		tw_text_ns(text, (o->answer_ms - o->asked_ms) * TW_NS_PER_MS);
}

static void put_options(struct tw_text *text, unsigned int options)
{
	static const char *const names[] = { "an MSS", "window scaling", "SACK", "timestamps", "Fast Open", "Multipath TCP", "ECN" };
	const char *between = "";

	for (size_t bit = 0; bit < sizeof(names) / sizeof(names[0]); bit++)
		if (options >> bit & 1) {
			tw_text_put(text, "%s%s", between, names[bit]);
			between = ", ";
		}
}

static void put_cause(const struct tw_facts *f, struct tw_text *text)
{
	const struct tw_opening *o = &f->notes->opening;

	switch (tw_handshake_cause(f)) {
	case TW_HANDSHAKE_SYN_LOST:
		put_unanswered(f, text);
		tw_text_put(text, ": lost between here and the responder, or their answers were.");
		break;
	case TW_HANDSHAKE_SYN_ACK_LOST:
		tw_text_put(text, "the responder had answered the SYN before, and the SYN-ACK, or the ACK of it, was lost on its way.");
		break;
	case TW_HANDSHAKE_OPTIONS_BLOCKED:
		tw_text_count(text, o->asked - 1, "SYN");
		tw_text_put(text, " that offered ");
		put_options(text, o->first_without);
		tw_text_put(text, o->refused ? " were refused with a RST" : " had no answer");
		tw_text_put(text, ", and the first one without was answered: something on the path, or the responder, %s SYNs with it.",
			    o->refused ? "rejects" : "drops");
		break;
	case TW_HANDSHAKE_OLD_CONNECTION:
		tw_text_put(text, "the responder still knew an older connection with these ports, and answered from it first.");
		break;
	case TW_HANDSHAKE_ACCEPT_QUEUE:
		if (o->retaken)
			tw_text_put(text, "the responder repeated its SYN-ACK although the ACK of it had passed here: ");
		tw_text_put(text, "its queue of connections to be accepted was full.");
		break;
	default:
		if (o->refused) {
			tw_text_put(text, "the responder refused ");
			tw_text_count(text, o->refused, "SYN");
			tw_text_put(text, " with a RST and took the next: its backlog was full, or it had only just begun to listen.");
			break;
		}
		tw_text_count(text, TW_MAX(f->half[TW_ORIG]->attempts, 1), "SYN");
		tw_text_put(text, " and ");
		tw_text_count(text, f->half[TW_RESP]->attempts, "SYN-ACK");
		tw_text_put(text, " were needed, and what was seen here does not tell why.");
	}
}

void tw_why_handshake_delayed(const struct tw_facts *f, struct tw_text *text)
{
	tw_text_put(text, "It took ");
	tw_text_ns(text, tw_owns_handshake(f));
	tw_text_put(text, " to open: ");
	put_cause(f, text);
}

/* --- accept_queue_full --- */

/* Nothing that the originator sent after the handshake was acknowledged. */
static bool never_taken(const struct tw_facts *f)
{
	const struct tw_half *orig = f->half[TW_ORIG], *resp = f->half[TW_RESP];

	return !resp->data_segments && !(resp->flags & TW_HF_FIN) && resp->ack == orig->isn + 1;
}

/*
 * A listener with TCP_DEFER_ACCEPT repeats its SYN-ACK, too, as long as the originator has sent nothing: a SYN-ACK that
 * comes again speaks against it only when something waits for an answer, or got a RST.
 */
bool tw_accept_queue_full(const struct tw_facts *f)
{
	const struct tw_opening *o = &f->notes->opening;
	bool reset = f->final->end == TW_END_RESET && !f->final->reset_by_orig;
	bool again = f->trouble[TW_ORIG]->retransmits || reset;

	if (!f->established || f->final->flow->flags & TW_FF_MIDSTREAM || !o->retaken || !never_taken(f))
		return false;
	if (f->half[TW_ORIG]->data_segments)
		return o->retaken_asked && (o->retaken > 1 || again);
	return o->retaken > 1 && again;
}

void tw_why_accept_queue_full(const struct tw_facts *f, struct tw_text *text)
{
	const struct tw_opening *o = &f->notes->opening;

	tw_text_put(text, "The responder repeated its SYN-ACK ");
	tw_text_count(text, o->retaken, "time");
	tw_text_put(text, " although the ACK of it had passed here");
	if (f->half[TW_ORIG]->data_segments)
		tw_text_put(text, ", and took none of the data");
	if (f->final->side == TW_SIDE_RESPONDER)
		tw_text_put(text, ": its queue of connections to be accepted is full.");
	else
		tw_text_put(text, ": its queue of connections to be accepted is full, or nothing from the originator reaches it any more.");
}

/* --- auth_mismatch --- */

static bool signs(const struct tw_facts *f, int side)
{
	return f->half[side]->flags & TW_HF_SIGNED;
}

static bool answered(const struct tw_facts *f)
{
	return f->half[TW_RESP]->attempts;
}

bool tw_auth_mismatch(const struct tw_facts *f)
{
	const struct tw_half *orig = f->half[TW_ORIG], *resp = f->half[TW_RESP];

	if (f->established || !orig->attempts || (orig->options | resp->options) & TW_OPT_UNKNOWN)
		return false;
	if (answered(f))
		return signs(f, TW_ORIG) != signs(f, TW_RESP) && f->final->end != TW_END_EOF;
	return signs(f, TW_ORIG) && tw_fact_seen(f, TW_SEEN(CONNECT_TIMEOUT)) && !resp->packets &&
	       !(f->notes->flags & TW_NOTE_UNREACHABLE);
}

void tw_why_auth_mismatch(const struct tw_facts *f, struct tw_text *text)
{
	int signer = signs(f, TW_ORIG) ? TW_ORIG : TW_RESP;

	if (answered(f)) {
		tw_text_put(text, "The %s signs its segments (TCP MD5 or AO), and the %s does not: each must drop what the other "
			    "sends. The key is set up on one side only.", tw_side_word(signer), tw_side_word(!signer));
		return;
	}
	tw_text_count(text, f->half[TW_ORIG]->attempts, "signed SYN");
	tw_text_put(text, " (TCP MD5 or AO) had no answer: a responder with no key, or another one, drops them in silence; "
		    "or nothing reaches it.");
}

/* --- how sure --- */

uint8_t tw_open_at_best(const struct tw_facts *f, enum tw_verdict verdict)
{
	bool unsure = false;

	if (verdict == TW_VERDICT_ACCEPT_QUEUE_FULL)
		unsure = f->final->side != TW_SIDE_RESPONDER;
	else if (verdict == TW_VERDICT_AUTH_MISMATCH)
		unsure = !answered(f);
	else if (verdict == TW_VERDICT_HANDSHAKE_DELAYED)
		unsure = tw_handshake_cause(f) == TW_HANDSHAKE_OPTIONS_BLOCKED;
	return unsure ? TW_CONFIDENCE_MEDIUM : TW_CONFIDENCE_HIGH;
}
