// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The final record: counts of both sides, round-trip times, how it ended. */
#include "logjson.h"

#include "base/names.h"
#include "record/final.h"
#include "record/timebudget.h"
#include "record/transfer.h"
#include "verdict/verdict.h"

void tw_log_put_words(struct tw_json *j, uint64_t mask, const char *(*word)(unsigned int bit))
{
	const char *open = "[";

	for (unsigned int bit = 0; bit < 64 && mask >> bit; bit++) {
		if (!(mask >> bit & 1))
			continue;
		tw_json_raw(j, open, 1);
		tw_json_word(j, word(bit));
		open = ",";
	}
	if (!mask)
		tw_json_lit(j, "[");
	tw_json_lit(j, "]");
}

void tw_log_put_suspect(struct tw_json *j, unsigned int suspect, enum tw_cause cause)
{
	if (!suspect)
		return;
	TW_FIELD(j, "suspect");
	tw_log_put_words(j, suspect, tw_suspect_word);
	TW_WORD(j, "forged", tw_forged_word(tw_forged(suspect, cause)));
}

void tw_log_put_side(struct tw_json *j, enum tw_side side)
{
	static const char *const words[] = { NULL, "originator", "responder", "router" };

	if (side == TW_SIDE_UNKNOWN || side > TW_SIDE_ROUTER)
		return;
	TW_WORD(j, "side", words[side]);
}

void tw_log_put_owners(struct tw_json *j, const struct tw_record *record)
{
	const struct tw_process *owner = record->owner, *resp = record->resp_owner;

	if (owner) {
		TW_NUMBER(j, "pid", owner->pid);
		TW_STRING(j, "comm", owner->comm);
	}
	if (owner && owner->cgroup[0])
		TW_STRING(j, "cgroup", owner->cgroup);
	if (resp) {
		TW_NUMBER(j, "resp_pid", resp->pid);
		TW_STRING(j, "resp_comm", resp->comm);
	}
	if (resp && resp->cgroup[0])
		TW_STRING(j, "resp_cgroup", resp->cgroup);
}

/* A field of one side: ,"orig_packets": */
static void side_key(struct tw_json *j, bool orig, const char *name, size_t len)
{
	if (orig)
		tw_json_lit(j, ",\"orig_");
	else
		tw_json_lit(j, ",\"resp_");
	tw_json_raw(j, name, len);
	tw_json_lit(j, "\":");
}

#define SIDE(j, orig, name) side_key(j, orig, name, sizeof(name) - 1)
#define COUNT(j, orig, name, value) do { SIDE(j, orig, name); tw_json_u64(j, value); } while (0)

/* Without an entry nothing ever went wrong; but when the table was full, nobody knows. */
static void put_trouble(struct tw_json *j, bool orig, const struct tw_trouble_half *t)
{
	COUNT(j, orig, "retransmits", t->retransmits);
	COUNT(j, orig, "retransmit_bytes", t->retransmit_bytes);
	COUNT(j, orig, "spurious", t->spurious);
	COUNT(j, orig, "out_of_order", t->out_of_order);
	COUNT(j, orig, "duplicate_segments", t->duplicate_segments);
	COUNT(j, orig, "dup_acks", t->dup_acks);
	COUNT(j, orig, "dsacks", t->dsacks);
	COUNT(j, orig, "keep_alives", t->keep_alives);
	COUNT(j, orig, "zero_windows", t->zero_windows);
}

static void put_rtt(struct tw_json *j, bool orig, const struct tw_half *half)
{
	if (!half->rtt_count)
		return;
	SIDE(j, orig, "rtt_min");
	tw_json_seconds(j, half->rtt_min_ns);
	SIDE(j, orig, "rtt_avg");
	tw_json_seconds(j, half->rtt_sum_ns / half->rtt_count);
	SIDE(j, orig, "rtt_max");
	/* Kept in microseconds: never below the least, which is exact. */
	tw_json_seconds(j, TW_MAX((uint64_t)half->rtt_max_us * 1000, half->rtt_min_ns));
}

static void put_outage(struct tw_json *j, bool orig, const struct tw_rec_final *final)
{
	bool at_end;
	uint64_t ns = tw_final_outage(final, orig, &at_end);

	if (!ns)
		return;
	SIDE(j, orig, "outage");
	tw_json_seconds(j, ns);
}

static void put_half(struct tw_json *j, bool orig, const struct tw_rec_final *final)
{
	static const struct tw_trouble_half none;
	unsigned int i = orig ? final->flow->orig & 1 : !(final->flow->orig & 1);
	const struct tw_half *half = &final->flow->half[i];

	COUNT(j, orig, "packets", half->packets);
	COUNT(j, orig, "bytes", half->bytes);
	COUNT(j, orig, "data_segments", half->data_segments);
	if (final->trouble)
		put_trouble(j, orig, &final->trouble->half[i]);
	else if (!(final->flow->flags & TW_FF_TROUBLE))
		put_trouble(j, orig, &none);
	put_outage(j, orig, final);
	if (half->mss)
		COUNT(j, orig, "mss", half->mss);
	if (half->ttl_max)
		COUNT(j, orig, "ttl", half->ttl_min);
	put_rtt(j, orig, half);
}

static void put_seconds(struct tw_json *j, bool orig, const char *name, size_t len, uint64_t ns)
{
	side_key(j, orig, name, len);
	tw_json_seconds(j, ns);
}

#define SIDE_SECONDS(j, orig, name, ns) put_seconds(j, orig, name, sizeof(name) - 1, ns)

/* Shares of the time in which it sent: three decimals, which sum to 1. */
static void put_transfer(struct tw_json *j, bool orig, const struct tw_transfer *t)
{
	unsigned int receiver = 1000 * tw_transfer_share(t, TW_LIMIT_RECEIVER) + 0.5;
	unsigned int sender = TW_MIN(1000 * tw_transfer_share(t, TW_LIMIT_SENDER) + 0.5, 1000 - receiver);

	if (t->chrono.busy_ns) {
		SIDE_SECONDS(j, orig, "busy", t->chrono.busy_ns);
		SIDE_SECONDS(j, orig, "rwnd_limited", t->chrono.rwnd_ns);
		SIDE_SECONDS(j, orig, "sndbuf_limited", t->chrono.sndbuf_ns);
	}
	if (!t->total_ns)
		return;
	SIDE(j, orig, "limit_receiver");
	tw_json_number(j, receiver / 1e3);
	SIDE(j, orig, "limit_sender");
	tw_json_number(j, sender / 1e3);
	SIDE(j, orig, "limit_path");
	tw_json_number(j, (1000 - receiver - sender) / 1e3);
	if (t->window && t->limit_ns[TW_LIMIT_RECEIVER])
		COUNT(j, orig, "limit_window", t->window);
}

static unsigned int least_pmtu(const struct tw_trouble *trouble)
{
	unsigned int a = trouble ? trouble->half[0].pmtu : 0, b = trouble ? trouble->half[1].pmtu : 0;

	return a && b ? TW_MIN(a, b) : a | b;
}

/* Who answered this connection's SYN, or who had been asked. */
static void put_other(struct tw_json *j, const struct tw_rec_final *final)
{
	const struct tw_other *other = &final->other;

	if (!other->port)
		return;
	if (other->answers)
		TW_FIELD(j, "answers_for");
	else
		TW_FIELD(j, "answered_from");
	tw_json_addr(j, other->family, &other->addr);
	if (other->answers)
		TW_NUMBER(j, "answers_for_port", other->port);
	else
		TW_NUMBER(j, "answered_from_port", other->port);
}

static void put_whole(struct tw_json *j, const struct tw_rec_final *final)
{
	const struct tw_flow *flow = final->flow;

	if (flow->syn_rtt_ns)
		TW_SECONDS(j, "syn_rtt", flow->syn_rtt_ns);
	if (flow->first_response)
		TW_SECONDS(j, "first_response", (uint64_t)flow->first_response * TW_FIRST_RESPONSE_US * TW_NS_PER_US);
	if (least_pmtu(final->trouble))
		TW_NUMBER(j, "pmtu", least_pmtu(final->trouble));
	put_other(j, final);
	if (final->open_beside)
		TW_NUMBER(j, "open_beside", final->open_beside);
	if (final->drop_reason)
		TW_STRING(j, "drop_reason", final->drop_reason);
	TW_NUMBER(j, "second_sight", (uint64_t)flow->half[0].second_sight + flow->half[1].second_sight);
	tw_log_put_suspect(j, final->suspect, final->cause);
}

static void put_time(struct tw_json *j, const struct tw_timebudget *t)
{
	TW_SECONDS(j, "time_handshake", t->handshake);
	TW_SECONDS(j, "time_zero_window", t->zero_window);
	TW_SECONDS(j, "time_recovery", t->recovery);
	TW_SECONDS(j, "time_path", t->path);
	TW_SECONDS(j, "time_transfer", t->transfer);
	TW_SECONDS(j, "time_responder", t->responder);
	TW_SECONDS(j, "time_originator", t->originator);
	TW_SECONDS(j, "time_idle", t->idle);
	TW_SECONDS(j, "time_delayed_ack", t->delayed_ack);
}

static void put_judgement(struct tw_json *j, const struct tw_judgement *judgement)
{
	const char *open = "[";

	TW_WORD(j, "verdict", tw_verdict_word(judgement->list[0]));
	TW_STRING(j, "why", judgement->why);
	TW_FIELD(j, "evidence");
	tw_log_put_words(j, judgement->evidence, tw_event_word);
	TW_WORD(j, "confidence", tw_confidence_word(judgement->confidence));
	if (judgement->handshake_cause != TW_HANDSHAKE_NONE)
		TW_WORD(j, "handshake_cause", tw_handshake_word(judgement->handshake_cause));
	TW_FIELD(j, "verdicts");
	for (unsigned int i = 0; i < judgement->count; i++) {
		tw_json_raw(j, open, 1);
		tw_json_word(j, tw_verdict_word(judgement->list[i]));
		open = ",";
	}
	tw_json_lit(j, "]");
}

void tw_log_put_final(struct tw_json *j, const struct tw_rec_final *final)
{
	TW_FIELD(j, "start");
	tw_json_time(j, final->start_ns);
	TW_SECONDS(j, "duration", final->duration_ns);
	TW_WORD(j, "end", tw_end_word(final->end));
	if (final->cause != TW_CAUSE_NONE)
		TW_WORD(j, "cause", tw_cause_word(final->cause));
	tw_log_put_side(j, final->side);
	TW_BOOL(j, "midstream", final->flow->flags & TW_FF_MIDSTREAM);
	TW_WORD(j, "state", final->state);
	TW_WORD(j, "history", final->history);
	put_half(j, true, final);
	put_half(j, false, final);
	put_whole(j, final);
	for (int i = 0; final->transfer && i < 2; i++)
		put_transfer(j, !i, &final->transfer[i]);
	if (final->time)
		put_time(j, final->time);
	if (final->judgement)
		put_judgement(j, final->judgement);
}
