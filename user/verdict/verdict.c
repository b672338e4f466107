// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Goes through the rules: what explains the end first, then by the time that each owns. */
#include "verdict.h"

#include "tcpwhy/port.h"
#include "verdict_open.h"

static const char *const side_words[] = { [TW_ORIG] = "originator", [TW_RESP] = "responder" };

const char *tw_side_word(int side)
{
	return side_words[side];
}

void tw_text_ns(struct tw_text *text, uint64_t ns)
{
	tw_text_time(text, ns / 1e9);
}

void tw_text_silence(struct tw_text *text, uint64_t ns)
{
	if (ns < 120 * TW_NS_PER_SEC)
		tw_text_put(text, "%u s", (unsigned int)(ns / TW_NS_PER_SEC));
	else
		tw_text_ns(text, ns);
}

void tw_text_count(struct tw_text *text, uint64_t n, const char *what)
{
	tw_text_put(text, "%llu %s%s", (unsigned long long)n, what, n == 1 ? "" : "s");
}

uint32_t tw_fact_unacked_bytes(const struct tw_facts *f, int side)
{
	const struct tw_half *me = f->half[side], *peer = f->half[!side];
	uint32_t end = me->snd_nxt - !!(me->flags & TW_HF_FIN);

	if (!f->established || f->one_way || !(me->flags & TW_HF_SEQ) || !(peer->flags & TW_HF_ACK))
		return 0;
	return TW_MAX((int32_t)(end - peer->ack), 0);
}

bool tw_fact_unacked(const struct tw_facts *f, int side)
{
	return tw_fact_unacked_bytes(f, side);
}

/* --- facts --- */

static void gather(struct tw_facts *f, const struct tw_rec_final *final, const struct tw_conn_name *name)
{
	static const struct tw_notes no_notes;
	static const struct tw_timebudget no_time;
	static const struct tw_transfer no_transfer[2];
	static const struct tw_trouble_half no_trouble;
	const struct tw_flow *flow = final->flow;
	unsigned int orig = flow->orig & 1;

	f->ends = 0;
	f->final = final;
	f->name = name;
	f->notes = final->notes ? final->notes : &no_notes;
	f->time = final->time ? final->time : &no_time;
	f->transfer = final->transfer ? final->transfer : no_transfer;
	for (unsigned int side = TW_ORIG; side <= TW_RESP; side++) {
		f->half[side] = &flow->half[orig ^ side];
		f->trouble[side] = final->trouble ? &final->trouble->half[orig ^ side] : &no_trouble;
	}
	f->established = flow->flags & TW_FF_ESTABLISHED;
	f->one_way = f->established && (!f->half[TW_ORIG]->packets || !f->half[TW_RESP]->packets);
}

/* Starts high; a step down for each kind of thing that was not seen. */
static uint8_t confidence(const struct tw_facts *f)
{
	const struct tw_rec_final *final = f->final;
	bool lost = final->unsure || tw_fact_seen(f, TW_SEEN(LOST_SEGMENT_UNSEEN)) ||
		    (final->flow->flags & TW_FF_TROUBLE && !final->trouble);
	unsigned int steps = !!(final->flow->flags & TW_FF_MIDSTREAM) + f->one_way + lost;

	return TW_MIN(TW_CONFIDENCE_HIGH + steps, TW_CONFIDENCE_LOW);
}

/* What is told from what hosts usually do is not certain, however much was seen. */
static uint8_t at_best(const struct tw_facts *f, enum tw_verdict verdict)
{
	switch (verdict) {
	case TW_VERDICT_NAT_STATE_LOST:
		return TW_CONFIDENCE_MEDIUM;
	case TW_VERDICT_HANDSHAKE_DELAYED:
	case TW_VERDICT_AUTH_MISMATCH:
	case TW_VERDICT_ACCEPT_QUEUE_FULL:
		return tw_open_at_best(f, verdict);
	case TW_VERDICT_PMTU_BLACK_HOLE: /* what never came may have been lost otherwise */
		return tw_fact_seen(f, TW_SEEN(PMTU_BLACK_HOLE)) ? TW_CONFIDENCE_HIGH : TW_CONFIDENCE_MEDIUM;
	default:
		return TW_CONFIDENCE_HIGH;
	}
}

/* --- when no rule holds --- */

/* The RST may have cost what one side had not acknowledged, or an answer that nobody waited for. */
static void why_late_reset(const struct tw_facts *f, struct tw_text *text)
{
	uint32_t lost = tw_fact_unacked_bytes(f, !tw_fact_resetter(f));

	tw_text_put(text, "Closed; the RST came after a FIN");
	if (lost) {
		tw_text_put(text, ", and the last ");
		tw_text_bytes(text, lost);
		tw_text_put(text, " of the %s were not taken.", tw_side_word(!tw_fact_resetter(f)));
	} else if (tw_fact_resetter(f) == TW_RESP && f->half[TW_RESP]->data_segments &&
		   f->half[TW_RESP]->flags & TW_HF_WAITING) {
		tw_text_put(text, "; the originator had closed before its last request was answered.");
	} else {
		tw_text_put(text, " and did no harm.");
	}
}

/* What went wrong on the way, too little of it for a verdict of its own. */
static void put_trifles(const struct tw_facts *f, struct tw_text *text)
{
	uint32_t again = f->trouble[TW_ORIG]->retransmits + f->trouble[TW_RESP]->retransmits;
	uint64_t recovery_ns = f->one_way ? 0 : f->time->recovery;

	if (!again && !recovery_ns && !f->time->zero_window) {
		tw_text_put(text, ", and nothing stood in its way.");
		return;
	}
	if (again) {
		tw_text_put(text, "; ");
		tw_text_count(text, again, "segment");
		tw_text_put(text, " sent again");
	}
	if (recovery_ns) {
		tw_text_put(text, again ? ", recovery took " : "; recovery from loss or reordering took ");
		tw_text_ns(text, recovery_ns);
	}
	if (f->time->zero_window) {
		tw_text_put(text, "; a window was shut for ");
		tw_text_ns(text, f->time->zero_window);
	}
	tw_text_put(text, ": no more than that.");
}

static void why_ok(const struct tw_facts *f, struct tw_text *text)
{
	const struct tw_rec_final *final = f->final;

	if (final->end == TW_END_RESET) {
		why_late_reset(f, text);
		return;
	}
	tw_text_put(text, final->end == TW_END_FIN ? "Closed by both sides" : "Still open when it was last looked at");
	put_trifles(f, text);
}

static void why_unknown(const struct tw_facts *f, struct tw_text *text)
{
	if (f->one_way)
		tw_text_put(text, "Only the %s's packets were seen: too little to tell.",
			    tw_side_word(f->half[TW_ORIG]->packets ? TW_ORIG : TW_RESP));
	else if (tw_fact_seen(f, TW_SEEN(HANDSHAKE_BAD_ACK)) && !f->half[TW_RESP]->attempts)
		tw_text_put(text, "Only a challenge ACK answered the SYN: the responder still thinks of an older connection with these ports.");
	else
		tw_text_put(text, "The handshake was not complete when it was last looked at: too little to tell.");
}

static const struct tw_verdict_rule ok = { TW_VERDICT_OK, TW_SEEN(ESTABLISHED), NULL, why_ok, NULL };
static const struct tw_verdict_rule unknown = { TW_VERDICT_UNKNOWN, TW_SEEN(SYN) | TW_SEEN(HANDSHAKE_BAD_ACK), NULL, why_unknown, NULL };

/* --- all rules --- */

struct found {
	const struct tw_verdict_rule *rules[_TW_VERDICT_MAX];
	unsigned int count;
};

/* The first that holds explains the end. */
static void find_ends(struct found *found, const struct tw_facts *f)
{
	static const struct tw_verdict_rule *const tables[] = {
		tw_verdict_paths, tw_verdict_devices, tw_verdict_ends, tw_verdict_closes, tw_verdict_resets,
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct tw_verdict_rule *rule = tables[i]; rule->holds; rule++)
			if (rule->holds(f))
				found->rules[found->count++] = rule;
}

/* Those that own most time first; one that owns none comes last of all, and its table last. */
static void find_times(struct found *found, const struct tw_facts *f, const struct tw_verdict_rule *table,
		       unsigned int first)
{
	unsigned int at;

	for (const struct tw_verdict_rule *rule = table; rule->holds; rule++) {
		if (!rule->holds(f))
			continue;
		for (at = found->count++; at > first; at--) {
			const struct tw_verdict_rule *before = found->rules[at - 1];

			if (!rule->owns_ns || before->owns_ns(f) >= rule->owns_ns(f))
				break;
			found->rules[at] = before;
		}
		found->rules[at] = rule;
	}
}

void tw_verdict_judge(struct tw_judgement *j, const struct tw_rec_final *final, const struct tw_conn_name *name)
{
	static const struct tw_verdict_rule *const times[] = { tw_verdict_limits, tw_verdict_times };
	struct tw_text text = { .at = j->why, .end = j->why + sizeof(j->why) };
	struct found found = { .count = 0 };
	unsigned int ends;
	struct tw_facts f;

	gather(&f, final, name);
	find_ends(&found, &f);
	for (unsigned int i = 0; i < found.count; i++)
		f.ends |= 1ull << found.rules[i]->verdict;
	ends = found.count;
	for (size_t i = 0; f.established && i < sizeof(times) / sizeof(times[0]); i++)
		find_times(&found, &f, times[i], ends);
	if (!found.count)
		found.rules[found.count++] = f.established && !f.one_way ? &ok : &unknown;
	j->count = found.count;
	for (unsigned int i = 0; i < found.count; i++)
		j->list[i] = found.rules[i]->verdict;
	j->confidence = TW_MAX(confidence(&f), at_best(&f, found.rules[0]->verdict));
	j->handshake_cause = tw_handshake_delayed(&f) ? tw_handshake_cause(&f) : TW_HANDSHAKE_NONE;
	j->evidence = found.rules[0]->evidence & final->seen;
	j->why[0] = '\0';
	found.rules[0]->why(&f, &text);
}
