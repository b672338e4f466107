// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Connections that only one of the logs has: nothing of them got through, or somebody else made them, or the other
 * log simply does not cover them. The last is assumed unless another connection between the same two addresses is
 * in both logs, that log was watching then, and nothing says that it was answered from there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

#define ASKED 4096 /* pairs, for the usual TTL */

struct ends {
	struct tw_addr own, other;
};

/* Of one log: whom it was seen to share connections with, and which ports the other log knows. */
struct alone {
	struct tw_differ *d;
	bool by_b;                 /* connections of B are looked at */
	const struct tw_log_index *log, *other;
	struct ends *known;        /* sorted */
	size_t n_known;
	bool port[UINT16_MAX + 1]; /* of responders in the other log */
	uint32_t *isns;            /* sorted: of the other log, which may have it as part of another pair */
	size_t n_isns;
};

static int order_ends(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ends));
}

/* The own end of a connection, and the other: only where this host is one of the two. */
static bool ends_of(const struct tw_seen_conn *c, struct ends *ends)
{
	if (c->side != TW_SIDE_ORIGINATOR && c->side != TW_SIDE_RESPONDER)
		return false;
	ends->own = c->side == TW_SIDE_ORIGINATOR ? c->orig.addr : c->resp.addr;
	ends->other = c->side == TW_SIDE_ORIGINATOR ? c->resp.addr : c->orig.addr;
	return true;
}

/* Behind a translated address may be many hosts: only an address that both logs call the same is a host's own. */
static void learn_pair(struct alone *s, const struct tw_pair *p)
{
	const struct tw_seen_conn *c = s->by_b ? p->b : p->a, *there = s->by_b ? p->a : p->b;
	const struct tw_addr *other = c->side == TW_SIDE_ORIGINATOR ? &there->resp.addr : &there->orig.addr;
	struct ends ends;

	if (ends_of(c, &ends) && tw_addr_same(&ends.other, other))
		s->known[s->n_known++] = ends;
}

static int order_isns(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int learn_isns(struct alone *s)
{
	size_t n = tw_log_index_count(s->other);

	s->isns = calloc(n + 1, sizeof(*s->isns));
	if (!s->isns)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (tw_log_index_conn(s->other, i)->has_orig_isn)
			s->isns[s->n_isns++] = tw_log_index_conn(s->other, i)->orig_isn;
	qsort(s->isns, s->n_isns, sizeof(*s->isns), order_isns);
	return 0;
}

static int learn(struct alone *s)
{
	s->known = calloc(s->d->pairs->n, sizeof(*s->known));
	if (!s->known || learn_isns(s))
		return -ENOMEM;
	for (size_t i = 0; i < s->d->pairs->n; i++)
		learn_pair(s, &s->d->pairs->pair[i]);
	qsort(s->known, s->n_known, sizeof(*s->known), order_ends);
	for (size_t i = 0; i < tw_log_index_count(s->other); i++)
		s->port[tw_log_index_conn(s->other, i)->resp.port] = true;
	return 0;
}

static bool is_expected_there(const struct alone *s, const struct tw_seen_conn *c)
{
	struct ends ends;

	return ends_of(c, &ends) && bsearch(&ends, s->known, s->n_known, sizeof(ends), order_ends) &&
	       !bsearch(&c->orig_isn, s->isns, s->n_isns, sizeof(c->orig_isn), order_isns);
}

/* --- what is said of one --- */

/* Somebody answered more than a device on the way would: so the other log does not cover it. */
static bool was_answered(const struct tw_seen_conn *c)
{
	bool own = c->side == TW_SIDE_ORIGINATOR;

	if (c->established || c->sent[!own].bytes)
		return true;
	for (uint32_t i = 0; i < c->n_packets; i++)
		if (own && c->packets[i].type == TW_EV_SYN_ACK)
			return true;
	return false;
}

/* Connections with the same ends that are not paired either, at about the same time: which is which? */
static bool has_rival(const struct alone *s, const struct tw_way *way, const struct tw_seen_conn *c)
{
	const struct tw_seen_conn *r = tw_log_index_by_ends(s->other, &c->orig, &c->resp);
	bool up = way->up == c;
	uint64_t first = up ? tw_way_arrival(way, c->first_ns) : tw_way_departure(way, c->first_ns);
	uint64_t last = first + (c->last_ns - c->first_ns), slack = tw_bounds_error(&way->offset) + TW_NS_PER_SEC;

	for (; r; r = r->older)
		if (!r->paired && first <= r->last_ns + slack && r->first_ns <= last + slack)
			return true;
	return false;
}

static void say(const struct alone *s, const struct tw_seen_conn *c, struct tw_finding f)
{
	f.a = s->by_b ? NULL : c;
	f.b = s->by_b ? c : NULL;
	s->d->sink(s->d->ctx, &f);
}

static void say_not(const struct alone *s, const struct tw_seen_conn *c, const char *reason)
{
	struct tw_finding f = { .diff = TW_DIFF_NOT_COMPARABLE, .reason = reason };

	say(s, c, f);
}

/* What this host sent and the other log has not. */
static void say_lost_syns(const struct alone *s, const struct tw_way *way, const struct tw_seen_conn *c)
{
	struct tw_finding f = tw_way_finding(way, TW_DIFF_LOST, TW_WHAT_SYN);

	for (uint32_t i = 0; i < c->n_packets; i++) {
		const struct tw_sighting *p = &c->packets[i];

		if ((p->type != TW_EV_SYN && p->type != TW_EV_SYN_RETRANSMIT) || tw_way_no_loss(way, p->ts_ns))
			continue;
		if (!f.count++)
			tw_way_set_times(way, &f, p->ts_ns, 0);
	}
	f.seq = c->orig_isn;
	f.has_seq = true;
	if (f.count)
		say(s, c, f);
}

/* Nothing else came of this connection: what comes of others from there. */
static uint8_t usual_ttl(const struct alone *s, const struct tw_seen_conn *c)
{
	struct ends ends, others;
	uint8_t ttl = 0;

	for (size_t i = 0; ends_of(c, &ends) && i < s->d->pairs->n && i < ASKED && !ttl; i++) {
		const struct tw_pair *p = &s->d->pairs->pair[i];
		const struct tw_seen_conn *seen = s->by_b ? p->b : p->a;

		if (ends_of(seen, &others) && !order_ends(&ends, &others))
			ttl = tw_differ_usual_ttl(seen, seen->side == TW_SIDE_RESPONDER);
	}
	return ttl;
}

/* What this host received in the other's name. */
static void say_forged(const struct alone *s, const struct tw_way *way, const struct tw_seen_conn *c)
{
	bool theirs = c->side == TW_SIDE_RESPONDER;

	for (uint32_t i = 0; i < c->n_packets; i++) {
		const struct tw_sighting *p = &c->packets[i];
		bool rst = p->type == TW_EV_RESET, syn = p->type == TW_EV_SYN;
		struct tw_finding f = tw_way_finding(way, TW_DIFF_FORGED, rst ? TW_WHAT_RST : TW_WHAT_SYN);

		if (p->from_orig != theirs || (!rst && !syn) || tw_way_no_forgery(way, p->ts_ns))
			continue;
		f.seq = p->seq;
		f.has_seq = true;
		f.ttl = p->ttl;
		f.usual_ttl = usual_ttl(s, c);
		tw_way_set_times(way, &f, 0, p->ts_ns);
		say(s, c, f);
	}
}

static void look_at(const struct alone *s, struct tw_seen_conn *c)
{
	static struct tw_seen_conn nobody;
	struct tw_pair pair = {
		.a = s->by_b ? &nobody : c, .b = s->by_b ? c : &nobody,
		.near = (c->side == TW_SIDE_ORIGINATOR) == s->by_b ? TW_NEAR_B : TW_NEAR_A,
		.offset = tw_offset_at(s->d->pairs, c->first_ns, s->by_b),
	};
	struct tw_way out, in;

	tw_way_init(&out, s->d, &pair, c->side == TW_SIDE_ORIGINATOR);
	tw_way_init(&in, s->d, &pair, c->side != TW_SIDE_ORIGINATOR);
	if (!out.known || tw_way_no_loss(&out, c->first_ns) || tw_way_no_forgery(&in, c->first_ns))
		return;
	if (has_rival(s, &out, c)) {
		if (!s->by_b)
			say_not(s, c, "incarnations overlap: the other log has these ends with other sequence numbers");
	} else if (was_answered(c)) {
		say_not(s, c, "the other log has nothing of it although it was answered: it does not cover it, or a "
			      "device on the way answered in its place");
	} else if (!tw_log_index_live(s->other) && !s->port[c->resp.port]) {
		say_not(s, c, "the other log has nothing of this port: its capture may have been filtered");
	} else {
		if (c->side == TW_SIDE_ORIGINATOR)
			say_lost_syns(s, &out, c);
		say_forged(s, &in, c);
	}
}

static bool is_whole(const struct tw_seen_conn *c)
{
	return !c->paired && c->family && c->has_orig_isn && !c->midstream && !c->held && c->n_packets;
}

static int look_at_log(struct tw_differ *d, bool by_b)
{
	struct alone *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	*s = (struct alone){ .d = d, .by_b = by_b, .log = by_b ? d->b : d->a, .other = by_b ? d->a : d->b };
	err = learn(s);
	for (size_t i = 0; !err && i < tw_log_index_count(s->log); i++) {
		struct tw_seen_conn *c = tw_log_index_conn(s->log, i);

		if (is_whole(c) && is_expected_there(s, c))
			look_at(s, c);
	}
	free(s->known);
	free(s->isns);
	free(s);
	return err;
}

int tw_differ_alone(struct tw_differ *d)
{
	int err;

	if (!d->pairs->n)
		return 0;
	err = look_at_log(d, false);
	return err ? err : look_at_log(d, true);
}
