// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Numbers for monitoring, counted from records. */
#include "metrics.h"

#include <string.h>

#include "record/final.h"
#include "record/timebudget.h"
#include "tcpwhy/port.h"
#include "verdict/verdict.h"

#define OTHER "other" /* the rule of names that found no room */

const char *tw_metrics_owner(unsigned int owner)
{
	static const char *const words[TW_METRICS_OWNERS] = {
		"handshake", "zero_window", "recovery", "path", "transfer", "responder", "originator", "idle", "delayed_ack",
	};

	return owner < TW_METRICS_OWNERS ? words[owner] : "?";
}

static void count_time(struct tw_metrics *m, const struct tw_timebudget *t)
{
	const uint64_t parts[TW_METRICS_OWNERS] = {
		t->handshake, t->zero_window, t->recovery, t->path, t->transfer, t->responder, t->originator, t->idle,
		t->delayed_ack,
	};

	for (int i = 0; i < TW_METRICS_OWNERS; i++)
		m->time_s[i] += (double)parts[i] / TW_NS_PER_SEC;
}

static void count_side(struct tw_metrics *m, int side, const struct tw_half *half, const struct tw_trouble_half *trouble)
{
	m->bytes[side] += half->bytes;
	m->packets[side] += half->packets;
	m->data_segments[side] += half->data_segments;
	if (trouble) {
		m->retransmits[side] += trouble->retransmits;
		m->retransmit_bytes[side] += trouble->retransmit_bytes;
	}
	if (half->rtt_count)
		tw_histogram_add(&m->rtt[side], &tw_buckets_rtt, half->rtt_sum_ns / half->rtt_count);
}

static void count_final(struct tw_metrics *m, const struct tw_rec_final *final)
{
	unsigned int orig = final->flow->orig & 1;

	m->ends[final->end < _TW_END_MAX ? final->end : TW_END_OPEN]++;
	m->verdicts[final->judgement ? final->judgement->list[0] : TW_VERDICT_UNKNOWN]++;
	m->forged[tw_forged(final->suspect, final->cause)]++;
	m->midstream += !!(final->flow->flags & TW_FF_MIDSTREAM);
	for (unsigned int i = 0; i < 2; i++)
		count_side(m, i != orig, &final->flow->half[i], final->trouble ? &final->trouble->half[i] : NULL);
	tw_histogram_add(&m->life, &tw_buckets_life, final->duration_ns);
	if (final->time)
		count_time(m, final->time);
}

static void count_handshake(struct tw_metrics *m, const struct tw_ev_established *e)
{
	if (e->syn_rtt_ns && e->ack_rtt_ns)
		tw_histogram_add(&m->handshake, &tw_buckets_rtt, e->syn_rtt_ns + e->ack_rtt_ns);
}

/* Returns the last place, "other", when there is no room. */
static struct tw_metrics_rule *find_rule(struct tw_metrics *m, const char *name)
{
	struct tw_metrics_rule *rule = m->rule;

	for (unsigned int i = 0; i < m->n_rules; i++, rule++)
		if (!strncmp(rule->name, name, sizeof(rule->name) - 1))
			return rule;
	if (m->n_rules > TW_RULES_MAX)
		return &m->rule[TW_RULES_MAX];
	if (m->n_rules == TW_RULES_MAX)
		name = OTHER;
	m->n_rules++;
	memcpy(rule->name, name, strnlen(name, sizeof(rule->name) - 1)); /* of zeroes */
	return rule;
}

void tw_metrics_rules(struct tw_metrics *metrics, const struct tw_rules *rules)
{
	for (unsigned int i = 0; i < rules->n; i++)
		if (!rules->rule[i].off)
			find_rule(metrics, rules->rule[i].name);
}

static void count_alert(struct tw_metrics *m, const struct tw_rec_alert *alert)
{
	struct tw_metrics_rule *rule = find_rule(m, alert->rule);

	if (alert->raised)
		rule->raised++;
	else
		rule->cleared++;
}

static void count_event(struct tw_metrics *m, const struct tw_event *e, uint32_t n)
{
	switch (e->type) {
	case TW_EV_RESET:
		m->causes[e->reset.cause < _TW_CAUSE_MAX ? e->reset.cause : TW_CAUSE_NONE] += n;
		return;
	case TW_EV_RETRANSMIT:
		m->kinds[e->segment.kind < _TW_KIND_MAX ? e->segment.kind : TW_KIND_UNKNOWN] += n;
		return;
	case TW_EV_ESTABLISHED:
		count_handshake(m, &e->established);
		return;
	default:
		return;
	}
}

void tw_metrics_record(void *metrics, const struct tw_record *r)
{
	uint32_t n = 1 + (r->event ? r->event->suppressed : 0);
	struct tw_metrics *m = metrics;

	if (r->type >= _TW_EV_MAX)
		return;
	m->events[r->type] += n;
	if (r->type == TW_EV_CONNECTION)
		count_final(m, &r->final);
	else if (r->type == TW_EV_ALERT)
		count_alert(m, &r->alert);
	else if (r->event)
		count_event(m, r->event, n);
}
