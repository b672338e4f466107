// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Numbers as Prometheus reads them. Every label value is there from the start, with 0: a rate needs a beginning. */
#include "metrics_text.h"

#include <errno.h>

#include "base/names.h"
#include "record/final.h"
#include "tcpwhy/port.h"

#define TYPE(id, type, name, labels, meaning) type,
#define NAME(id, type, name, labels, meaning) name,
#define LABELS(id, type, name, labels, meaning) labels,
#define MEANING(id, type, name, labels, meaning) meaning,

static const char *const types[] = { TW_METRICS(TYPE) };
static const char *const metric_names[] = { TW_METRICS(NAME) };
static const char *const label_lists[] = { TW_METRICS(LABELS) };
static const char *const meanings[] = { TW_METRICS(MEANING) };
static const char *const sides[] = { "originator", "responder" };

const char *tw_metric_name(enum tw_metric metric)
{
	return metric_names[metric];
}

const char *tw_metric_type(enum tw_metric metric)
{
	return types[metric];
}

const char *tw_metric_labels(enum tw_metric metric)
{
	return label_lists[metric];
}

const char *tw_metric_meaning(enum tw_metric metric)
{
	return meanings[metric];
}

/* --- lines --- */

static void head(struct tw_text *t, enum tw_metric m)
{
	tw_text_put(t, "# HELP %s %s.\n# TYPE %s %s\n", metric_names[m], meanings[m], metric_names[m], types[m]);
}

/* Names may be anybody's: what would end the string is escaped as the format wants it. */
static void put_escaped(struct tw_text *t, const char *value)
{
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			tw_text_put(t, "\\%c", *value);
		else if (*value == '\n')
			tw_text_put(t, "\\n");
		else
			tw_text_put(t, "%c", *value);
	}
}

static void whole(struct tw_text *t, enum tw_metric m, uint64_t value)
{
	head(t, m);
	tw_text_put(t, "%s %llu\n", metric_names[m], (unsigned long long)value);
}

static void real(struct tw_text *t, enum tw_metric m, double value)
{
	head(t, m);
	tw_text_put(t, "%s %.9f\n", metric_names[m], value);
}

/* One sample of a metric with the one label of its table row. */
static void labelled(struct tw_text *t, enum tw_metric m, const char *value)
{
	tw_text_put(t, "%s{%s=\"", metric_names[m], label_lists[m]);
	put_escaped(t, value);
	tw_text_put(t, "\"} ");
}

static void sample(struct tw_text *t, enum tw_metric m, const char *label, uint64_t value)
{
	labelled(t, m, label);
	tw_text_put(t, "%llu\n", (unsigned long long)value);
}

static void sample_real(struct tw_text *t, enum tw_metric m, const char *label, double value)
{
	labelled(t, m, label);
	tw_text_put(t, "%.9f\n", value);
}

/* From number @first on, each with its word. */
static void by_word(struct tw_text *t, enum tw_metric m, const uint64_t *counts, unsigned int first, unsigned int n,
		    const char *(*word)(unsigned int))
{
	head(t, m);
	for (unsigned int i = first; i < n; i++)
		sample(t, m, word(i), counts[i]);
}

static void by_side(struct tw_text *t, enum tw_metric m, const uint64_t counts[2])
{
	head(t, m);
	for (int i = 0; i < 2; i++)
		sample(t, m, sides[i], counts[i]);
}

/* @label: as "side=\"originator\"", or "". */
static void histogram(struct tw_text *t, enum tw_metric m, const struct tw_histogram *h, const struct tw_buckets *b,
		      const char *label)
{
	const char *name = metric_names[m], *comma = *label ? "," : "";
	const char *open = *label ? "{" : "", *close = *label ? "}" : "";
	uint64_t sum = 0;

	for (unsigned int i = 0; i < b->n; i++) {
		sum += h->count[i];
		tw_text_put(t, "%s_bucket{%s%sle=\"%g\"} %llu\n", name, label, comma, (double)b->bound_ns[i] / TW_NS_PER_SEC,
			    (unsigned long long)sum);
	}
	sum += h->count[b->n];
	tw_text_put(t, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", name, label, comma, (unsigned long long)sum);
	tw_text_put(t, "%s_sum%s%s%s %.9f\n", name, open, label, close, h->sum_s);
	tw_text_put(t, "%s_count%s%s%s %llu\n", name, open, label, close, (unsigned long long)sum);
}

/* --- what belongs together --- */

static void put_self(struct tw_text *t, const struct tw_metrics_view *v)
{
	head(t, TW_METRIC_BUILD_INFO);
	tw_text_put(t, "%s{version=\"", metric_names[TW_METRIC_BUILD_INFO]);
	put_escaped(t, v->version);
	tw_text_put(t, "\",kernel=\"");
	put_escaped(t, v->kernel);
	tw_text_put(t, "\"} 1\n");
	whole(t, TW_METRIC_INTERFACES, v->interfaces);
	whole(t, TW_METRIC_ATTACHED, v->attached);
}

static const char *forged_word(unsigned int forged)
{
	return tw_forged_word(forged);
}

static void put_connections(struct tw_text *t, const struct tw_metrics_view *v)
{
	const struct tw_metrics *m = v->metrics;

	by_word(t, TW_METRIC_CONNECTIONS, m->verdicts, 0, _TW_VERDICT_MAX, tw_verdict_word);
	by_word(t, TW_METRIC_ENDS, m->ends, TW_END_OPEN + 1, _TW_END_MAX, tw_end_word);
	whole(t, TW_METRIC_MIDSTREAM, m->midstream);
	by_word(t, TW_METRIC_FORGED, m->forged, TW_FORGED_LOW, TW_FORGED_HIGH + 1, forged_word);
	whole(t, TW_METRIC_TRACKED, v->books.conns.connections);
	whole(t, TW_METRIC_HALF_OPEN, v->books.conns.half_open);
	head(t, TW_METRIC_TIME);
	for (int i = 0; i < TW_METRICS_OWNERS; i++)
		sample_real(t, TW_METRIC_TIME, tw_metrics_owner(i), m->time_s[i]);
	by_side(t, TW_METRIC_BYTES, m->bytes);
	by_side(t, TW_METRIC_SEGMENTS, m->data_segments);
	by_side(t, TW_METRIC_RESENT, m->retransmits);
	by_side(t, TW_METRIC_RESENT_BYTES, m->retransmit_bytes);
}

static void put_histograms(struct tw_text *t, const struct tw_metrics *m)
{
	head(t, TW_METRIC_LIFE);
	histogram(t, TW_METRIC_LIFE, &m->life, &tw_buckets_life, "");
	head(t, TW_METRIC_HANDSHAKE);
	histogram(t, TW_METRIC_HANDSHAKE, &m->handshake, &tw_buckets_rtt, "");
	head(t, TW_METRIC_RTT);
	histogram(t, TW_METRIC_RTT, &m->rtt[0], &tw_buckets_rtt, "side=\"originator\"");
	histogram(t, TW_METRIC_RTT, &m->rtt[1], &tw_buckets_rtt, "side=\"responder\"");
}

static void put_events(struct tw_text *t, const struct tw_metrics *m)
{
	head(t, TW_METRIC_EVENTS);
	for (unsigned int i = 0; i < _TW_EV_MAX; i++)
		if (tw_event_is_public(i))
			sample(t, TW_METRIC_EVENTS, tw_event_word(i), m->events[i]);
	by_word(t, TW_METRIC_RESETS, m->causes, TW_CAUSE_NONE + 1, _TW_CAUSE_MAX, tw_cause_word);
	by_word(t, TW_METRIC_RETRANSMITS, m->kinds, 0, _TW_KIND_MAX, tw_kind_word);
}

static void put_alerts(struct tw_text *t, const struct tw_metrics *m)
{
	head(t, TW_METRIC_ALERTS_RAISED);
	for (unsigned int i = 0; i < m->n_rules; i++)
		sample(t, TW_METRIC_ALERTS_RAISED, m->rule[i].name, m->rule[i].raised);
	head(t, TW_METRIC_ALERTS_CLEARED);
	for (unsigned int i = 0; i < m->n_rules; i++)
		sample(t, TW_METRIC_ALERTS_CLEARED, m->rule[i].name, m->rule[i].cleared);
	head(t, TW_METRIC_ALERTS_ACTIVE);
	for (unsigned int i = 0; i < m->n_rules; i++)
		sample(t, TW_METRIC_ALERTS_ACTIVE, m->rule[i].name, m->rule[i].raised - m->rule[i].cleared);
}

static void put_losses(struct tw_text *t, const struct tw_books *b)
{
	whole(t, TW_METRIC_PACKETS, b->kernel.packets);
	whole(t, TW_METRIC_JUDGED, b->kernel.judged);
	by_word(t, TW_METRIC_SKIPPED, (const uint64_t *)b->kernel.skipped, TW_SKIP_OK + 1, _TW_SKIP_MAX, tw_skip_word);
	whole(t, TW_METRIC_UNTRACKED, b->kernel.lost_table);
	head(t, TW_METRIC_LOST);
	sample(t, TW_METRIC_LOST, "ring", b->kernel.lost_ring);
	sample(t, TW_METRIC_LOST, "writer", b->log.lost);
	whole(t, TW_METRIC_SUPPRESSED, b->kernel.suppressed);
	whole(t, TW_METRIC_UNREADABLE, b->unreadable);
	whole(t, TW_METRIC_EVICTED, b->conns.evicted);
}

static void put_maps(struct tw_text *t, const struct tw_metrics_view *v)
{
	head(t, TW_METRIC_ENTRIES);
	for (unsigned int i = 0; i < v->n_maps; i++)
		sample(t, TW_METRIC_ENTRIES, v->map[i].name, v->map[i].entries);
	head(t, TW_METRIC_CAPACITY);
	for (unsigned int i = 0; i < v->n_maps; i++)
		sample(t, TW_METRIC_CAPACITY, v->map[i].name, v->map[i].capacity);
	whole(t, TW_METRIC_RING_USED, v->ring_used);
	whole(t, TW_METRIC_RING_SIZE, v->ring_size);
}

static void put_programs(struct tw_text *t, const struct tw_metrics_view *v)
{
	if (!v->n_programs)
		return;
	head(t, TW_METRIC_RUN_TIME);
	for (unsigned int i = 0; i < v->n_programs; i++)
		sample_real(t, TW_METRIC_RUN_TIME, v->program[i].name, (double)v->program[i].run_ns / TW_NS_PER_SEC);
	head(t, TW_METRIC_RUNS);
	for (unsigned int i = 0; i < v->n_programs; i++)
		sample(t, TW_METRIC_RUNS, v->program[i].name, v->program[i].runs);
}

static void put_process(struct tw_text *t, const struct tw_metrics_view *v)
{
	whole(t, TW_METRIC_LINES, v->books.log.lines);
	whole(t, TW_METRIC_LOG_BYTES, v->books.log.bytes);
	whole(t, TW_METRIC_ROTATIONS, v->books.log.rotations);
	whole(t, TW_METRIC_HELD, v->books.log.held);
	whole(t, TW_METRIC_SCRAPES, v->scrapes);
	real(t, TW_METRIC_CPU, v->usage.cpu_s);
	whole(t, TW_METRIC_RESIDENT, v->usage.resident_bytes);
	whole(t, TW_METRIC_VIRTUAL, v->usage.virtual_bytes);
	whole(t, TW_METRIC_FDS, v->usage.fds);
	real(t, TW_METRIC_START, (double)v->start_wall_ns / TW_NS_PER_SEC);
}

int tw_metrics_text(struct tw_text *text, const struct tw_metrics_view *view)
{
	put_self(text, view);
	put_connections(text, view);
	put_histograms(text, view->metrics);
	put_events(text, view->metrics);
	put_alerts(text, view->metrics);
	put_losses(text, &view->books);
	put_maps(text, view);
	put_programs(text, view);
	put_process(text, view);
	return text->end - text->at > 1 ? 0 : -ENOBUFS;
}
