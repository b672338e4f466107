// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How connections end: time-outs, idle limit, FIN and RST, eviction, end of input; and the final record. */
#include <string.h>

#include "conntable.h"
#include "host/reasons.h"
#include "record/final.h"
#include "record/missing.h"
#include "record/timebudget.h"
#include "record/transfer.h"
#include "tcpwhy/key.h"
#include "verdict/verdict.h"

static uint8_t entry_key(const struct tw_entry *e, struct tw_key *key)
{
	const struct tw_conn_name *n = &e->name;

	return tw_key_make(key, &n->orig_addr, &n->resp_addr, n->orig_port, n->resp_port, n->family);
}

/* --- the state of a connection, from the store or from what events told --- */

static uint64_t seen_history(uint64_t seen, bool reset_by_orig)
{
	uint64_t history = 0;
	int shift = 0;

	if (seen & 1ULL << TW_EV_SYN) {
		history |= (uint64_t)(TW_LETTER_SYN + 1) << shift;
		shift += 5;
	}
	if (seen & 1ULL << TW_EV_SYN_ACK) {
		history |= (uint64_t)((TW_LETTER_SYN_ACK + 1) | 16) << shift;
		shift += 5;
	}
	if (seen & 1ULL << TW_EV_ESTABLISHED) {
		history |= (uint64_t)(TW_LETTER_ACK + 1) << shift;
		shift += 5;
	}
	if (seen & 1ULL << TW_EV_RESET)
		history |= (uint64_t)((TW_LETTER_RST + 1) | (reset_by_orig ? 0 : 16)) << shift;
	return history;
}

static void flow_from_events(const struct tw_entry *e, struct tw_flow *flow)
{
	struct tw_key key;
	struct tw_half *orig, *resp;

	memset(flow, 0, sizeof(*flow));
	flow->id = e->name.id;
	flow->start_ns = e->start_ns;
	flow->last_ns = e->last_ns;
	flow->orig = entry_key(e, &key);
	flow->history = seen_history(e->seen, e->reset_by_orig);
	flow->flags = (e->name.midstream ? TW_FF_MIDSTREAM : 0) | (e->established ? TW_FF_ESTABLISHED : 0);
	orig = &flow->half[flow->orig];
	resp = &flow->half[!flow->orig];
	orig->wscale = resp->wscale = TW_WSCALE_NONE;
	orig->attempts = orig->packets = e->syns;
	resp->attempts = resp->packets = e->syn_acks;
	orig->isn = e->isn;
	orig->flags = e->syns ? TW_HF_ISN : 0;
	resp->flags = e->syn_acks ? TW_HF_ISN : 0;
}

bool tw_entry_load(struct tw_conns *conns, const struct tw_entry *e, bool *troubled)
{
	struct tw_key key;

	*troubled = false;
	if (conns->store) {
		entry_key(e, &key);
		if (!conns->store->lookup(conns->store, &key, e->name.id, &conns->flow, &conns->trouble, troubled))
			return true;
	}
	flow_from_events(e, &conns->flow);
	return false;
}

/* --- the final record --- */

/* All that speaks for forged RSTs. One after a FIN is no forger's work, whatever came later. */
static uint16_t suspects(const struct tw_entry *e, const struct tw_flow *flow)
{
	bool harmless = e->end != TW_END_RESET || e->cause == TW_CAUSE_AFTER_CLOSE;
	uint16_t bits = e->suspect | (harmless ? 0 : tw_final_suspect(flow));

	/* Who does not know the connection is another host than its end, or one that a NAT hides: that end may go on. */
	if (e->shape & TW_RST_OTHER_MAC || (e->shape & TW_RST_STATELESS && !(bits & 1 << TW_SUSPECT_TTL)))
		bits &= ~(1 << TW_SUSPECT_SENDER_KEPT_TALKING);
	return bits;
}

static bool ended_by_packet(const struct tw_entry *e)
{
	return e->end == TW_END_FIN || e->end == TW_END_RESET;
}

/* Until when there was something to judge. @ns: when it came to its end, unless something ended it before. */
static uint64_t until(const struct tw_entry *e, uint64_t ns)
{
	return ended_by_packet(e) || e->end == TW_END_TIMEOUT ? TW_MIN(e->ended_ns ? e->ended_ns : ns, ns) : ns;
}

static uint64_t duration(const struct tw_entry *e, const struct tw_flow *flow)
{
	uint64_t until = ended_by_packet(e) ? e->ended_ns : flow->last_ns;

	return until > flow->start_ns ? until - flow->start_ns : 0;
}

static enum tw_side final_side(const struct tw_entry *e, const struct tw_flow *flow)
{
	enum tw_side seen = tw_final_side(flow);

	if (e->side == TW_SIDE_ROUTER || e->offline || e->both_local || seen == TW_SIDE_UNKNOWN)
		return e->side;
	return seen;
}

/* Only the end tells that an answer did not come. @ns: when it came to that, unless a packet ended it. */
static void say_unanswered(struct tw_conns *conns, struct tw_entry *e, const struct tw_flow *flow, uint64_t ns)
{
	uint64_t until = ended_by_packet(e) ? e->ended_ns : ns;
	struct tw_record record = { .type = TW_EV_NO_RESPONSE, .ts_ns = tw_conns_wall(conns, until) };
	uint64_t waited_ns;

	if (!ended_by_packet(e) && e->end != TW_END_IDLE && e->end != TW_END_EOF)
		return;
	if (!tw_final_unanswered(flow, until, &waited_ns))
		return;
	record.timeout.waited_ns = waited_ns;
	e->seen |= 1ULL << TW_EV_NO_RESPONSE;
	tw_conns_emit(conns, &record, e);
}

/* Nor that lost bytes did not come any more. */
static void say_missing(struct tw_conns *conns, struct tw_entry *e, const struct tw_flow *flow, const struct tw_trouble *trouble,
			bool orig, uint64_t ns)
{
	struct tw_record record = { .type = TW_EV_MISSING_SEGMENT,
				    .ts_ns = tw_conns_wall(conns, ended_by_packet(e) ? e->ended_ns : ns) };

	if (!tw_final_missing(flow, trouble, orig, &record.missing))
		return;
	e->seen |= 1ULL << TW_EV_MISSING_SEGMENT;
	tw_conns_emit(conns, &record, e);
}

/* Some of what happened to it may not have come here. */
static bool is_unsure(const struct tw_conns *conns, const struct tw_entry *e, bool known)
{
	return conns->lost_ns > e->start_ns || (conns->store && !known);
}

/* A RST before it was established is an answer: it was refused, whoever dropped its SYN. */
static void find_drop(const struct tw_entry *e, struct tw_rec_final *final)
{
	const struct tw_dropped *fatal = tw_drops_fatal(e->drops, final->flow);
	const char *word;

	if (!fatal || final->end == TW_END_FIN ||
	    (final->end == TW_END_RESET && !(final->flow->flags & TW_FF_ESTABLISHED)))
		return;
	word = tw_drop_word(fatal->reason);
	final->drop_reason = word ? word : "a reason without a name";
	final->dropped = fatal;
}

/* What each side sent, the originator first. */
static void fold_transfers(struct tw_conns *conns, const struct tw_entry *e, const struct tw_rec_final *final,
			   struct tw_transfer transfer[2])
{
	unsigned int orig = final->flow->orig & 1;
	struct tw_chrono chrono;

	for (int i = 0; i < 2; i++) {
		bool told = conns->options.chrono && !e->offline &&
			    !conns->options.chrono(conns->options.ctx, &e->name, !i,
						   e->name.midstream ? 0 : final->flow->start_ns, &chrono);

		tw_transfer_fold(&transfer[i], final->flow, final->trouble, orig ^ i, told ? &chrono : NULL);
	}
}

void tw_entry_record(struct tw_conns *conns, struct tw_entry *e, enum tw_end end, uint64_t ns,
		     const struct tw_flow *replaced)
{
	struct tw_record record = { .type = TW_EV_CONNECTION, .ts_ns = tw_conns_wall(conns, ns) };
	struct tw_rec_final *final = &record.final;
	struct tw_judgement judgement;
	struct tw_transfer transfer[2];
	struct tw_timebudget time;
	bool troubled, known;

	tw_hold_flush(conns, e);
	known = tw_entry_load(conns, e, &troubled) || replaced;
	e->end = end;
	final->flow = replaced ? replaced : &conns->flow;
	say_unanswered(conns, e, final->flow, ns);
	final->trouble = troubled ? &conns->trouble : NULL;
	say_missing(conns, e, final->flow, final->trouble, true, ns);
	say_missing(conns, e, final->flow, final->trouble, false, ns);
	final->end = end;
	e->side = final_side(e, final->flow);
	final->side = e->side;
	final->start_ns = tw_conns_wall(conns, final->flow->start_ns);
	final->duration_ns = duration(e, final->flow);
	final->until_ns = until(e, ns);
	final->state = tw_final_state(final->flow, end, e->reset_by_orig);
	tw_final_history(final->history, final->flow);
	final->seen = e->seen;
	final->suspect = suspects(e, final->flow);
	final->cause = end == TW_END_RESET ? e->cause : TW_CAUSE_NONE;
	final->reset_by_orig = e->reset_by_orig;
	final->shape = end == TW_END_RESET ? e->shape : 0;
	final->unsure = is_unsure(conns, e, known);
	final->notes = &e->notes;
	final->open_beside = e->beside;
	final->other = tw_answers_of(&conns->answers, e->name.id);
	find_drop(e, final);
	tw_timebudget_fold(&time, final->flow, final->trouble, final->duration_ns);
	final->time = &time;
	fold_transfers(conns, e, final, transfer);
	final->transfer = transfer;
	tw_verdict_judge(&judgement, final, &e->name);
	final->judgement = &judgement;
	tw_conns_emit(conns, &record, e);
}

void tw_entry_forget(struct tw_conns *conns, struct tw_entry *e)
{
	struct tw_key key;

	if (conns->store) {
		entry_key(e, &key);
		conns->store->forget(conns->store, &key, e->name.id);
	}
	tw_entry_free(conns, e);
}

void tw_entry_evict(struct tw_conns *conns, struct tw_entry *e, uint64_t ns)
{
	if (e->phase != TW_PHASE_DONE) {
		conns->stats.evicted++;
		tw_entry_record(conns, e, e->phase == TW_PHASE_ENDED || e->phase == TW_PHASE_TIMEOUT ?
				e->end : TW_END_EVICTED, ns, NULL);
	}
	tw_entry_forget(conns, e);
}

/* --- ends --- */

void tw_entry_ended(struct tw_conns *conns, struct tw_entry *e, enum tw_end end, uint64_t ns)
{
	uint64_t wait = TW_CONNS_FINAL_NS;

	if (e->phase == TW_PHASE_ENDED || e->phase == TW_PHASE_DONE)
		return;
	if (end == TW_END_RESET && !e->established) /* some stacks try again after a refusal */
		wait = TW_MAX(wait, e->horizon_ns);
	e->phase = TW_PHASE_ENDED;
	tw_entry_over(conns, e);
	e->end = end;
	e->ended_ns = ns;
	tw_timers_arm(&conns->timers, &e->timer, ns + wait);
}

void tw_entry_ended_by_state(struct tw_conns *conns, struct tw_entry *e, const struct tw_flow *flow)
{
	const struct tw_half *orig = &flow->half[flow->orig & 1], *resp = &flow->half[!(flow->orig & 1)];
	bool fin = orig->flags & resp->flags & TW_HF_FIN;

	e->reset_by_orig = !fin && orig->rst_after;
	tw_entry_ended(conns, e, fin ? TW_END_FIN : TW_END_RESET, flow->last_ns);
}

static void done(struct tw_conns *conns, struct tw_entry *e, uint64_t now_ns)
{
	uint64_t until = e->ended_ns + TW_CONNS_TIME_WAIT_NS;

	if (until <= now_ns) {
		tw_entry_forget(conns, e);
		return;
	}
	e->phase = TW_PHASE_DONE;
	tw_entry_enqueue(conns, e, TW_QUEUE_DONE);
	tw_timers_arm(&conns->timers, &e->timer, until);
}

/* --- waiting for an answer --- */

/* The state knows of packets that no event told. True: nothing is over yet. */
static bool still_alive(struct tw_conns *conns, struct tw_entry *e, uint64_t now_ns)
{
	const struct tw_flow *flow = &conns->flow;
	const struct tw_half *orig = &flow->half[flow->orig & 1], *resp = &flow->half[!(flow->orig & 1)];

	e->syns = orig->attempts;
	e->syn_acks = resp->attempts;
	if (flow->flags & TW_FF_ESTABLISHED) {
		e->phase = TW_PHASE_OPEN;
		tw_entry_set_established(conns, e);
	}
	if (flow->flags & TW_FF_ENDED)
		tw_entry_ended_by_state(conns, e, flow);
	else if (e->phase == TW_PHASE_OPEN)
		tw_timers_arm(&conns->timers, &e->timer, flow->last_ns + conns->options.idle_ns);
	else if (flow->last_ns + e->horizon_ns > now_ns)
		tw_timers_arm(&conns->timers, &e->timer, flow->last_ns + e->horizon_ns);
	else
		return false;
	return true;
}

/* Says that the wait is over, unless nothing was waited for: a lone SYN-ACK, a SYN that a challenge ACK answered. */
static void say_timeout(struct tw_conns *conns, struct tw_entry *e, uint64_t ns)
{
	bool answered = e->phase == TW_PHASE_ANSWERED;
	uint64_t asked = e->asked_ns ? e->asked_ns : e->start_ns;
	struct tw_record record = {
		.type = answered ? TW_EV_ACCEPT_TIMEOUT : TW_EV_CONNECT_TIMEOUT, .ts_ns = tw_conns_wall(conns, ns),
		.timeout = { .attempts = answered ? e->syn_acks : e->syns, .waited_ns = ns > asked ? ns - asked : 0 },
	};

	if (answered ? e->syn_acks < 2 : e->challenged)
		return;
	e->seen |= 1ULL << record.type;
	tw_conns_emit(conns, &record, e);
}

static void wait_is_over(struct tw_conns *conns, struct tw_entry *e, uint64_t due_ns)
{
	bool troubled;

	if (tw_entry_load(conns, e, &troubled)) {
		if (still_alive(conns, e, due_ns))
			return;
	} else if (conns->store) { /* gone there: a flood evicted it, or a challenge ACK ended the attempt */
		tw_entry_evict(conns, e, due_ns);
		return;
	}
	say_timeout(conns, e, due_ns);
	e->phase = TW_PHASE_TIMEOUT;
	e->end = TW_END_TIMEOUT;
	e->ended_ns = due_ns;
	tw_timers_arm(&conns->timers, &e->timer, due_ns + TW_CONNS_TIME_WAIT_NS);
}

static void idle_is_over(struct tw_conns *conns, struct tw_entry *e, uint64_t due_ns)
{
	bool troubled, known = tw_entry_load(conns, e, &troubled);

	if (known && conns->flow.flags & TW_FF_ENDED) {
		tw_entry_ended_by_state(conns, e, &conns->flow);
	} else if (known && conns->flow.last_ns + conns->options.idle_ns > due_ns) {
		tw_timers_arm(&conns->timers, &e->timer, conns->flow.last_ns + conns->options.idle_ns);
	} else {
		tw_entry_record(conns, e, known || !conns->store ? TW_END_IDLE : TW_END_EVICTED, due_ns, NULL);
		tw_entry_forget(conns, e);
	}
}

/* Times are those that were due, not those when somebody looked: the same live and offline. */
void tw_entry_due(void *ctx, struct tw_timer *timer)
{
	struct tw_entry *e = (struct tw_entry *)timer;
	struct tw_conns *conns = ctx;
	uint64_t due_ns = timer->due_ns;

	switch (e->phase) {
	case TW_PHASE_OPENING:
	case TW_PHASE_ANSWERED:
		wait_is_over(conns, e, due_ns);
		break;
	case TW_PHASE_TIMEOUT:
		tw_entry_record(conns, e, TW_END_TIMEOUT, due_ns, NULL);
		tw_entry_forget(conns, e);
		break;
	case TW_PHASE_OPEN:
		idle_is_over(conns, e, due_ns);
		break;
	case TW_PHASE_ENDED:
		tw_entry_record(conns, e, e->end, due_ns, NULL);
		done(conns, e, due_ns);
		break;
	default:
		tw_entry_forget(conns, e);
	}
}

/* --- the end of the input --- */

static bool waited_long_enough(const struct tw_entry *e, uint64_t ns)
{
	uint64_t asked = e->asked_ns ? e->asked_ns : e->start_ns;

	return ns >= asked + TW_CONNS_RETRY_NS && (e->phase == TW_PHASE_ANSWERED ? e->syn_acks >= 2 : !e->challenged);
}

static enum tw_end end_of_input(struct tw_conns *conns, struct tw_entry *e, uint64_t ns)
{
	bool troubled;

	if (e->phase == TW_PHASE_ENDED || e->phase == TW_PHASE_TIMEOUT)
		return e->end;
	if (tw_entry_load(conns, e, &troubled)) {
		if (conns->flow.flags & TW_FF_ENDED) {
			tw_entry_ended_by_state(conns, e, &conns->flow);
			return e->end;
		}
		if (conns->flow.flags & TW_FF_ESTABLISHED)
			return TW_END_EOF;
	}
	if (e->phase == TW_PHASE_OPEN || !waited_long_enough(e, ns))
		return TW_END_EOF;
	say_timeout(conns, e, ns);
	return TW_END_TIMEOUT;
}

void tw_entry_finish(struct tw_conns *conns, struct tw_entry *e, uint64_t ns)
{
	if (e->phase != TW_PHASE_DONE)
		tw_entry_record(conns, e, end_of_input(conns, e, ns), ns, NULL);
	tw_entry_free(conns, e);
}
