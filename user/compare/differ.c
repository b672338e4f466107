// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The pairs one after another, each direction; and what may be claimed at all. The comparing itself: differ_*.c. */
#include "differ.h"

#include <string.h>

#define ONE_SIDED_NS TW_NS_PER_SEC /* when packets of one direction only bound the offset: the other bound is so far */

/* --- one direction --- */

void tw_way_init(struct tw_way *way, const struct tw_differ *d, const struct tw_pair *pair, bool from_orig)
{
	bool up_is_a = (pair->near == TW_NEAR_A) == from_orig;
	const struct tw_bounds *b = &pair->offset;

	*way = (struct tw_way){
		.up_log = up_is_a ? d->a : d->b, .down_log = up_is_a ? d->b : d->a,
		.up = up_is_a ? pair->a : pair->b, .down = up_is_a ? pair->b : pair->a,
		.pair = pair, .from_orig = from_orig,
		.toward = up_is_a ? TW_TOWARD_B : TW_TOWARD_A,
		.offset = *b, .known = b->has_lo || b->has_hi,
	};
	if (!b->has_lo)
		way->offset.lo = b->hi - (int64_t)ONE_SIDED_NS;
	if (!b->has_hi)
		way->offset.hi = b->lo + (int64_t)ONE_SIDED_NS;
	if (!pair->moved)
		return;
	if (from_orig)
		way->shift = way->down->orig_isn - way->up->orig_isn;
	else if (way->up->has_resp_isn && way->down->has_resp_isn)
		way->shift = way->down->resp_isn - way->up->resp_isn;
}

/* What bounds the offset was fast as a rule: with one bound only, that is the better guess. */
static int64_t likely_offset(const struct tw_way *way)
{
	const struct tw_bounds *b = &way->pair->offset;

	if (b->has_lo != b->has_hi)
		return b->has_lo ? b->lo : b->hi;
	return tw_bounds_middle(&way->offset);
}

uint64_t tw_way_arrival(const struct tw_way *way, uint64_t ts_ns)
{
	return way->toward == TW_TOWARD_B ? ts_ns + likely_offset(way) : ts_ns - likely_offset(way);
}

uint64_t tw_way_departure(const struct tw_way *way, uint64_t ts_ns)
{
	return way->toward == TW_TOWARD_B ? ts_ns - likely_offset(way) : ts_ns + likely_offset(way);
}

static const char *unreliable(const struct tw_way *way, const struct tw_log_index *log, const struct tw_seen_conn *conn,
			      uint64_t start_ns, uint64_t end_ns)
{
	if (tw_log_index_lost(log, start_ns, end_ns))
		return "one of the logs lost events or connections then";
	if (conn->held)
		return "events of it were held back by the event budget";
	if (conn->blind)
		return "one of the captures missed packets of it";
	return NULL;
}

const char *tw_way_no_loss(const struct tw_way *way, uint64_t sent_ns)
{
	uint64_t at, from, error = tw_bounds_error(&way->offset);

	if (!way->known)
		return "no packet of it that both saw tells how the clocks differ";
	at = tw_way_arrival(way, sent_ns);
	from = at - error;
	/* An answer cannot come before the question has left. */
	if (!way->from_orig && from < way->down->first_ns && !way->down->midstream)
		from = way->down->first_ns;
	if (at < from)
		at = from;
	if (!tw_log_index_watched(way->down_log, from, at + error + TW_WAY_SLACK_NS))
		return "";
	return unreliable(way, way->down_log, way->down, from, at + error + TW_WAY_SLACK_NS);
}

const char *tw_way_no_forgery(const struct tw_way *way, uint64_t received_ns)
{
	uint64_t at, from, error = tw_bounds_error(&way->offset);

	if (!way->known)
		return "no packet of it that both saw tells how the clocks differ";
	at = tw_way_departure(way, received_ns);
	from = at - error - TW_WAY_SLACK_NS;
	/* It cannot have been sent before the connection began. */
	if (from < way->up->first_ns && !way->up->midstream)
		from = way->up->first_ns;
	if (at < from)
		at = from;
	if (!tw_log_index_watched(way->up_log, from, at + error))
		return "";
	return unreliable(way, way->up_log, way->up, from, at + error);
}

struct tw_finding tw_way_finding(const struct tw_way *way, enum tw_diff diff, enum tw_what what)
{
	return (struct tw_finding){
		.diff = diff, .what = what, .a = way->pair->a, .b = way->pair->b, .toward = way->toward,
	};
}

void tw_way_set_times(const struct tw_way *way, struct tw_finding *f, uint64_t up_ns, uint64_t down_ns)
{
	f->ts_a = way->toward == TW_TOWARD_B ? up_ns : down_ns;
	f->ts_b = way->toward == TW_TOWARD_B ? down_ns : up_ns;
}

/* --- copies of one packet --- */

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static bool same_id(const struct tw_sighting *a, const struct tw_sighting *b)
{
	return a->has_ip_id && b->has_ip_id && a->ip_id && a->ip_id == b->ip_id;
}

static uint64_t unlike(const struct tw_way *way, const struct tw_sighting *up, const struct tw_sighting *down)
{
	if (same_id(up, down))
		return 0;
	return way->known ? apart(tw_way_arrival(way, up->ts_ns), down->ts_ns) : 1;
}

/* Of @many's [first, end) the one that is most like @one. */
static unsigned int most_like(const struct tw_way *way, const struct tw_sighting *one, bool one_is_up,
			      const struct tw_sighting *const *many, unsigned int first, unsigned int end)
{
	uint64_t least = UINT64_MAX;
	unsigned int best = first;

	for (unsigned int i = first; i < end; i++) {
		uint64_t by = one_is_up ? unlike(way, one, many[i]) : unlike(way, many[i], one);

		if (by < least) {
			least = by;
			best = i;
		}
	}
	return best;
}

/* Each of the fewer is one of the more, in order. */
void tw_way_align(const struct tw_way *way, const struct tw_sighting *const *up, unsigned int n_up,
		  const struct tw_sighting *const *down, unsigned int n_down, int *match)
{
	bool up_is_fewer = n_up < n_down;
	const struct tw_sighting *const *few = up_is_fewer ? up : down, *const *many = up_is_fewer ? down : up;
	unsigned int n_few = up_is_fewer ? n_up : n_down, n_many = up_is_fewer ? n_down : n_up, next = 0;

	for (unsigned int i = 0; i < n_down; i++)
		match[i] = -1;
	for (unsigned int i = 0; i < n_few; i++, next++) {
		next = most_like(way, few[i], up_is_fewer, many, next, n_many - (n_few - i - 1));
		if (up_is_fewer)
			match[next] = i;
		else
			match[i] = next;
	}
}

/* --- pairs --- */

static void say_doubt(struct tw_differ *d, const struct tw_pair *pair)
{
	struct tw_finding f = { .diff = TW_DIFF_NOT_COMPARABLE, .a = pair->a, .b = pair->b, .reason = d->doubt };

	if (d->doubt && d->doubt[0])
		d->sink(d->ctx, &f);
}

/* Without knowing who is nearer nothing has a direction. It matters where the two differ in anything. */
static void differ_unplaced(struct tw_differ *d, const struct tw_pair *pair)
{
	const struct tw_seen_conn *a = pair->a, *b = pair->b;
	bool same = a->n_packets == b->n_packets;

	for (uint32_t i = 0; same && i < a->n_packets; i++)
		same = a->packets[i].type == b->packets[i].type && a->packets[i].seq == b->packets[i].seq;
	if (!same)
		d->doubt = "nothing tells which of the two logs is nearer to the originator: --local-a and --local-b, or "
			   "`tcpwhy read --local`, say whose captures they are";
}

static void differ_pair(struct tw_differ *d, const struct tw_pair *pair)
{
	d->doubt = NULL;
	if (pair->near == TW_NEAR_UNKNOWN) {
		differ_unplaced(d, pair);
	} else {
		for (int orig = 1; orig >= 0; orig--) {
			struct tw_named named = { 0 };
			struct tw_way way;

			tw_way_init(&way, d, pair, orig);
			tw_differ_rewritten(d, &way);
			tw_differ_named(d, &way, &named);
			tw_differ_icmp(d, &way);
			tw_differ_counted(d, &way, &named);
		}
		tw_differ_delay(d, pair);
	}
	say_doubt(d, pair);
}

int tw_differ(struct tw_differ *d)
{
	struct tw_finding none = { .diff = TW_DIFF_NOT_COMPARABLE, .reason = "no connection is in both logs" };

	for (size_t i = 0; i < d->pairs->n; i++)
		differ_pair(d, &d->pairs->pair[i]);
	if (!d->pairs->n)
		d->sink(d->ctx, &none);
	return tw_differ_alone(d);
}
