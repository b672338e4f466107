// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What no event names: the counts of the two final records. Offloads join segments and split them again, so that
 * only bytes, and packets without payload, are the same on both sides whatever the network cards do.
 */
#include "differ.h"

#define QUIET_NS (TW_NS_PER_SEC / 2) /* a record that is written so much later has counted what was under way */
#define TOGETHER_NS TW_NS_PER_SEC   /* what a sender may go on to send after the end, until its own record is written */

static bool is_countable(const struct tw_seen_conn *c)
{
	return c->final_ns && !c->finals && !c->midstream &&
	       (c->end == TW_END_FIN || c->end == TW_END_RESET || c->end == TW_END_EOF || c->end == TW_END_IDLE);
}

/*
 * Whatever up had counted should be in down's count: down's record was written later. That up's was written too early
 * makes its count smaller, and less is claimed. A FIN that has to be repeated ends the connection later at down.
 */
static bool counts_all(const struct tw_way *way)
{
	const struct tw_seen_conn *up = way->up, *down = way->down;
	uint64_t error = tw_bounds_error(&way->offset);

	if (!way->known || !up->ended_ns != !down->ended_ns || (up->ended_ns && up->end != down->end))
		return false;
	if (tw_way_arrival(way, up->last_ns) + error + QUIET_NS > down->final_ns)
		return false;
	return !up->ended_ns || tw_way_arrival(way, up->ended_ns) <= down->ended_ns + error + TOGETHER_NS;
}

static uint32_t pure(const struct tw_sent_count *s)
{
	return s->packets > s->data_segments ? s->packets - s->data_segments : 0;
}

/* --- payload --- */

static const struct tw_sighting *first_repeat(const struct tw_seen_conn *c, bool from_orig, bool payload)
{
	for (uint32_t i = 0; i < c->n_packets; i++) {
		const struct tw_sighting *p = &c->packets[i];

		if (p->type == TW_EV_RETRANSMIT && p->from_orig == from_orig && p->kind != TW_KIND_WINDOW_PROBE &&
		    p->kind != TW_KIND_SPURIOUS && (p->len > 0) == payload)
			return p;
	}
	return NULL;
}

/* Segments, if both sides count them alike; else as many as the bytes must have been. */
static uint32_t segments(const struct tw_sent_count *up, const struct tw_sent_count *down, uint64_t bytes)
{
	uint64_t diff = up->data_segments - down->data_segments;
	uint32_t mss = down->mss ? down->mss : 1460;

	if (up->data_segments > down->data_segments && bytes >= diff && bytes <= diff * 65535)
		return diff;
	return (bytes + mss - 1) / mss;
}

static void say_data(struct tw_differ *d, const struct tw_way *way, uint64_t bytes)
{
	const struct tw_sent_count *up = &way->up->sent[way->from_orig], *down = &way->down->sent[way->from_orig];
	const struct tw_sighting *repeat = first_repeat(way->up, way->from_orig, true);
	struct tw_finding f = tw_way_finding(way, TW_DIFF_LOST, TW_WHAT_DATA);

	f.bytes = bytes;
	f.count = segments(up, down, bytes);
	if (repeat) {
		f.seq = repeat->seq;
		f.has_seq = true;
	}
	d->sink(d->ctx, &f);
}

/* Payload that came although its sender never sent any: the count of nothing is certain. */
static void look_for_made_up(struct tw_differ *d, const struct tw_way *way)
{
	const struct tw_sent_count *up = &way->up->sent[way->from_orig];

	if (!way->up->final_ns || way->up->midstream || way->up->finals || up->bytes)
		return;
	for (uint32_t i = 0; i < way->down->n_packets; i++) {
		const struct tw_sighting *p = &way->down->packets[i];
		struct tw_finding f = tw_way_finding(way, TW_DIFF_FORGED, TW_WHAT_DATA);

		if (p->type != TW_EV_RETRANSMIT || p->from_orig != way->from_orig || !p->len ||
		    tw_way_no_forgery(way, p->ts_ns))
			continue;
		f.seq = p->seq;
		f.has_seq = true;
		f.bytes = p->len;
		f.ttl = p->ttl;
		tw_way_set_times(way, &f, 0, p->ts_ns);
		d->sink(d->ctx, &f);
	}
}

/* --- the rest --- */

/* FIN or ACK: a FIN that was sent again was lost, if anything without payload was. */
static void say_pure(struct tw_differ *d, const struct tw_way *way, uint32_t n)
{
	const struct tw_sighting *fin = first_repeat(way->up, way->from_orig, false);
	struct tw_finding f = tw_way_finding(way, TW_DIFF_LOST, TW_WHAT_FIN);
	uint32_t fins = 0;

	for (uint32_t i = 0; i < way->up->n_packets && fins < n; i++) {
		const struct tw_sighting *p = &way->up->packets[i];

		fins += p->type == TW_EV_RETRANSMIT && p->from_orig == way->from_orig && !p->len &&
			p->kind != TW_KIND_WINDOW_PROBE && p->kind != TW_KIND_SPURIOUS;
	}
	if (fins) {
		f.count = fins;
		f.seq = fin->seq;
		f.has_seq = true;
		d->sink(d->ctx, &f);
	}
	if (n == fins)
		return;
	f = tw_way_finding(way, TW_DIFF_LOST, TW_WHAT_ACK);
	f.count = n - fins;
	d->sink(d->ctx, &f);
}

void tw_differ_counted(struct tw_differ *d, const struct tw_way *way, const struct tw_named *named)
{
	const struct tw_seen_conn *u = way->up, *v = way->down;
	const struct tw_sent_count *up = &u->sent[way->from_orig], *down = &v->sent[way->from_orig];
	int64_t bytes = (int64_t)(up->bytes - down->bytes);
	int64_t rest = (int64_t)pure(up) - pure(down) - named->lost + named->forged;
	bool closed, all;

	look_for_made_up(d, way);
	if (!is_countable(u) || !is_countable(v) || (bytes <= 0 && rest <= 0))
		return;
	all = counts_all(way);
	closed = u->end == TW_END_FIN && v->end == TW_END_FIN && !tw_log_index_live(way->up_log) &&
		 !tw_log_index_live(way->down_log);
	if ((all || closed) && (u->blind || v->blind)) {
		d->doubt = "one of the captures missed packets of it";
		return;
	}
	if (bytes > 0 && (all || closed))
		say_data(d, way, bytes);
	if (rest > 0 && all)
		say_pure(d, way, rest);
}
