// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The clocks' offset. Only packets of the handshake are used: the first that each log shows of a kind. If the
 * other log missed an earlier copy, the bound is looser, never wrong. A RST could be forged, and is not used.
 */
#include "offset.h"

#define FARTHEST_NS 3000000000000000000 /* 95 years */
#define NEIGHBOURS 64 /* pairs before and after that are asked */

/* Logs may be anybody's: times that are centuries apart are none that can be reckoned with. */
static int64_t difference(uint64_t b_ns, uint64_t a_ns)
{
	int64_t d = (int64_t)(b_ns - a_ns);

	return d > FARTHEST_NS ? FARTHEST_NS : d < -FARTHEST_NS ? -FARTHEST_NS : d;
}

void tw_bounds_from_a(struct tw_bounds *b, uint64_t sent_a_ns, uint64_t received_b_ns)
{
	int64_t d = difference(received_b_ns, sent_a_ns);

	if (!b->has_hi || d < b->hi)
		b->hi = d;
	b->has_hi = true;
}

void tw_bounds_from_b(struct tw_bounds *b, uint64_t sent_b_ns, uint64_t received_a_ns)
{
	int64_t d = difference(sent_b_ns, received_a_ns);

	if (!b->has_lo || d > b->lo)
		b->lo = d;
	b->has_lo = true;
}

static const struct tw_sighting *first_of(const struct tw_seen_conn *c, enum tw_event_type type)
{
	for (uint32_t i = 0; i < c->n_packets; i++)
		if (c->packets[i].type == type)
			return &c->packets[i];
	return NULL;
}

static void bound_by(struct tw_pair *p, enum tw_event_type type, bool from_orig)
{
	const struct tw_sighting *a = first_of(p->a, type), *b = first_of(p->b, type);

	if (!a || !b || a->from_orig != from_orig || b->from_orig != from_orig)
		return;
	if (!p->moved && (a->seq != b->seq || (type == TW_EV_ESTABLISHED && a->ack != b->ack)))
		return;
	if (from_orig == (p->near == TW_NEAR_A))
		tw_bounds_from_a(&p->own, a->ts_ns, b->ts_ns);
	else
		tw_bounds_from_b(&p->own, b->ts_ns, a->ts_ns);
}

static void bound_pair(struct tw_pair *p)
{
	p->own = (struct tw_bounds){ 0 };
	if (p->near == TW_NEAR_UNKNOWN)
		return;
	bound_by(p, TW_EV_SYN, true);
	bound_by(p, TW_EV_SYN_ACK, false);
	bound_by(p, TW_EV_ESTABLISHED, true);
	if (p->own.has_lo && p->own.has_hi && p->own.lo > p->own.hi)
		p->own = (struct tw_bounds){ 0 }; /* a packet before it was sent: it was another */
}

/* Another connection's bounds, as far as the clocks may have run apart since. */
static void take_neighbour(struct tw_bounds *b, const struct tw_bounds *other, uint64_t apart_ns)
{
	int64_t drift = apart_ns / TW_OFFSET_DRIFT;

	if (other->has_hi && (!b->has_hi || other->hi + drift < b->hi))
		b->hi = other->hi + drift, b->has_hi = true;
	if (other->has_lo && (!b->has_lo || other->lo - drift > b->lo))
		b->lo = other->lo - drift, b->has_lo = true;
}

static uint64_t time_of(const struct tw_pair *p, bool by_b)
{
	return by_b ? p->b->first_ns : p->a->first_ns;
}

static struct tw_bounds from_neighbours(const struct tw_pairs *pairs, size_t at, uint64_t ts_ns, bool by_b)
{
	size_t first = at > NEIGHBOURS ? at - NEIGHBOURS : 0;
	size_t end = pairs->n - at > NEIGHBOURS ? at + NEIGHBOURS : pairs->n;
	struct tw_bounds b = { 0 };

	for (size_t i = first; i < end; i++) {
		uint64_t t = time_of(&pairs->pair[i], by_b);

		take_neighbour(&b, &pairs->pair[i].own, t > ts_ns ? t - ts_ns : ts_ns - t);
	}
	return b;
}

void tw_offset_pairs(struct tw_pairs *pairs)
{
	for (size_t i = 0; i < pairs->n; i++)
		bound_pair(&pairs->pair[i]);
	for (size_t i = 0; i < pairs->n; i++) {
		struct tw_pair *p = &pairs->pair[i];

		p->offset = from_neighbours(pairs, i, p->a->first_ns, false);
		if (!tw_bounds_whole(&p->offset))
			p->offset = p->own; /* a clock was set meanwhile */
	}
}

struct tw_bounds tw_offset_at(const struct tw_pairs *pairs, uint64_t ts_ns, bool by_b)
{
	size_t low = 0, high = pairs->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (time_of(&pairs->pair[mid], by_b) < ts_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return from_neighbours(pairs, low, ts_ns, by_b);
}
