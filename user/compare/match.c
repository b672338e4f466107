// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Pairs the connections of two logs. What is not certain stays unpaired. */
#include "match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Connections of B that are not paired yet, by a number that each pass chooses. */
struct indexed {
	uint64_t key;
	struct tw_seen_conn *conn;
};

struct match {
	struct tw_log_index *a, *b;
	struct indexed *index;
	size_t n_index, room;
	struct tw_pairs *pairs;
	size_t pairs_room;
	int err;
};

static int order_index(const void *x, const void *y)
{
	const struct indexed *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->conn->number < b->conn->number ? -1 : a->conn->number > b->conn->number;
}

static void index_add(struct match *m, uint64_t key, struct tw_seen_conn *conn)
{
	struct indexed *grown;

	if (m->n_index == m->room) {
		grown = realloc(m->index, (m->room ? 2 * m->room : 1024) * sizeof(*grown));
		if (!grown) {
			m->err = -ENOMEM;
			return;
		}
		m->index = grown;
		m->room = m->room ? 2 * m->room : 1024;
	}
	m->index[m->n_index++] = (struct indexed){ key, conn };
}

/* The first of this key; the others follow. */
static const struct indexed *index_find(const struct match *m, uint64_t key)
{
	size_t low = 0, high = m->n_index;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->index[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return m->index + low;
}

static void pair_up(struct match *m, struct tw_seen_conn *a, struct tw_seen_conn *b)
{
	struct tw_pairs *p = m->pairs;
	struct tw_pair *grown;

	if (p->n == m->pairs_room) {
		grown = realloc(p->pair, (m->pairs_room ? 2 * m->pairs_room : 256) * sizeof(*grown));
		if (!grown) {
			m->err = -ENOMEM;
			return;
		}
		p->pair = grown;
		m->pairs_room = m->pairs_room ? 2 * m->pairs_room : 256;
	}
	a->paired = b->paired = true;
	p->pair[p->n++] = (struct tw_pair){
		.a = a, .b = b,
		.moved = a->has_orig_isn && b->has_orig_isn && a->orig_isn != b->orig_isn,
	};
}

/* --- what speaks for a pair --- */

static bool same_tuple(const struct tw_seen_conn *a, const struct tw_seen_conn *b)
{
	return tw_endpoint_same(&a->orig, &b->orig) && tw_endpoint_same(&a->resp, &b->resp);
}

static bool turned_tuple(const struct tw_seen_conn *a, const struct tw_seen_conn *b)
{
	return tw_endpoint_same(&a->orig, &b->resp) && tw_endpoint_same(&a->resp, &b->orig);
}

#define WHOLE 8 /* points: both ends are the same */
#define SOME 2

/* NAT changes one end as a rule; an ISN that is the same by chance has no end in common. */
static int score(const struct tw_seen_conn *a, const struct tw_seen_conn *b)
{
	int points = 0;

	if (tw_endpoint_same(&a->orig, &b->orig))
		points += 4;
	if (tw_endpoint_same(&a->resp, &b->resp))
		points += 4;
	if (a->has_resp_isn && b->has_resp_isn && a->resp_isn == b->resp_isn)
		points += 2;
	return points;
}

/* The best of this key with @least points. */
static void pair_best(struct match *m, struct tw_seen_conn *a, uint64_t key, int least)
{
	struct tw_seen_conn *best = NULL;
	int most = least - 1;

	for (const struct indexed *i = index_find(m, key); i < m->index + m->n_index && i->key == key; i++) {
		int points = i->conn->paired ? 0 : score(a, i->conn);

		if (points > most) {
			most = points;
			best = i->conn;
		}
	}
	if (best)
		pair_up(m, a, best);
}

/* --- passes --- */

typedef bool (*key_fn)(const struct tw_seen_conn *conn, uint64_t *key);

static bool key_isn(const struct tw_seen_conn *c, uint64_t *key)
{
	*key = c->orig_isn;
	return c->has_orig_isn;
}

static bool key_tsval(const struct tw_seen_conn *c, uint64_t *key)
{
	*key = c->syn_tsval;
	return c->has_orig_isn && c->has_syn_tsval && c->syn_tsval;
}

/* Both ends, in either order. */
static bool key_ends(const struct tw_seen_conn *c, uint64_t *key)
{
	uint64_t sum = 0;

	for (int i = 0; i < 4; i++)
		sum += (c->orig.addr.word[i] * 0x9e3779b97f4a7c15ULL) + (c->resp.addr.word[i] * 0x9e3779b97f4a7c15ULL);
	*key = sum + (uint64_t)c->orig.port * 0xbf58476d1ce4e5b9ULL + (uint64_t)c->resp.port * 0xbf58476d1ce4e5b9ULL;
	return true;
}

static void fill_index(struct match *m, key_fn key_of)
{
	uint64_t key;

	m->n_index = 0;
	for (size_t i = 0; i < tw_log_index_count(m->b); i++) {
		struct tw_seen_conn *c = tw_log_index_conn(m->b, i);

		if (!c->paired && c->family && key_of(c, &key))
			index_add(m, key, c);
	}
	if (m->n_index)
		qsort(m->index, m->n_index, sizeof(*m->index), order_index);
}

static void pass_by_number(struct match *m, key_fn key_of, int least)
{
	uint64_t key;

	fill_index(m, key_of);
	for (size_t i = 0; i < tw_log_index_count(m->a); i++) {
		struct tw_seen_conn *c = tw_log_index_conn(m->a, i);

		if (!c->paired && c->family && key_of(c, &key))
			pair_best(m, c, key, least);
	}
}

/* The sides were guessed the other way round. */
static void turn(struct tw_seen_conn *c)
{
	struct tw_endpoint end = c->orig;
	struct tw_sent_count sent = c->sent[0];

	c->orig = c->resp;
	c->resp = end;
	c->sent[0] = c->sent[1];
	c->sent[1] = sent;
	if (c->side == TW_SIDE_ORIGINATOR || c->side == TW_SIDE_RESPONDER)
		c->side = c->side == TW_SIDE_ORIGINATOR ? TW_SIDE_RESPONDER : TW_SIDE_ORIGINATOR;
	for (uint32_t i = 0; i < c->n_packets; i++)
		c->packets[i].from_orig = !c->packets[i].from_orig;
}

/* The SYNs are the same packet although their numbers differ: IP-ID and window were left alone. */
static bool same_syn(const struct tw_seen_conn *a, const struct tw_seen_conn *b)
{
	if (!a->n_packets || !b->n_packets || a->packets[0].type != TW_EV_SYN || b->packets[0].type != TW_EV_SYN)
		return false;
	return a->packets[0].has_ip_id && b->packets[0].has_ip_id && a->packets[0].ip_id &&
	       a->packets[0].ip_id == b->packets[0].ip_id;
}

static bool fits_by_ends(const struct tw_seen_conn *a, const struct tw_seen_conn *b)
{
	if (!same_tuple(a, b) && !turned_tuple(a, b))
		return false;
	if (a->has_orig_isn && b->has_orig_isn)
		return same_tuple(a, b) && same_syn(a, b);
	if (a->has_resp_isn && b->has_resp_isn)
		return a->resp_isn == b->resp_isn;
	return true;
}

/* The only one on both sides that is left with these ends: else nobody knows which is which. */
static struct tw_seen_conn *only_one(struct match *m, const struct tw_seen_conn *a, uint64_t key, bool *several)
{
	struct tw_seen_conn *found = NULL;

	*several = false;
	for (const struct indexed *i = index_find(m, key); i < m->index + m->n_index && i->key == key; i++) {
		if (i->conn->paired || (!same_tuple(a, i->conn) && !turned_tuple(a, i->conn)))
			continue;
		*several |= found != NULL;
		found = i->conn;
	}
	return found;
}

static size_t left_with_ends(const struct match *m, const struct tw_seen_conn *like)
{
	size_t n = 0;

	for (size_t i = 0; i < tw_log_index_count(m->a); i++) {
		const struct tw_seen_conn *c = tw_log_index_conn(m->a, i);

		n += !c->paired && c->family && (same_tuple(c, like) || turned_tuple(c, like));
	}
	return n;
}

static void pass_by_ends(struct match *m)
{
	uint64_t key;
	bool several;

	fill_index(m, key_ends);
	for (size_t i = 0; i < tw_log_index_count(m->a) && m->n_index; i++) {
		struct tw_seen_conn *a = tw_log_index_conn(m->a, i), *b;

		if (a->paired || !a->family || !key_ends(a, &key))
			continue;
		b = only_one(m, a, key, &several);
		if (!b || several || !fits_by_ends(a, b) || left_with_ends(m, a) != 1)
			continue;
		if (!same_tuple(a, b))
			turn(b);
		pair_up(m, a, b);
	}
}

/* --- open before, and behind NAT: a packet that both name --- */

static bool is_telling(const struct tw_sighting *p)
{
	return p->has_ack && p->seq && p->ack &&
	       (p->type == TW_EV_RESET || p->type == TW_EV_RETRANSMIT || p->type == TW_EV_SLOW_RESPONSE);
}

static uint64_t key_of_packet(const struct tw_sighting *p)
{
	return (uint64_t)p->seq << 32 | p->ack;
}

static void index_packets(struct match *m)
{
	m->n_index = 0;
	for (size_t i = 0; i < tw_log_index_count(m->b); i++) {
		struct tw_seen_conn *c = tw_log_index_conn(m->b, i);

		for (uint32_t k = 0; k < c->n_packets && !c->paired && !c->has_orig_isn; k++)
			if (is_telling(&c->packets[k]))
				index_add(m, key_of_packet(&c->packets[k]), c);
	}
	if (m->n_index)
		qsort(m->index, m->n_index, sizeof(*m->index), order_index);
}

static void pass_by_packet(struct match *m)
{
	index_packets(m);
	for (size_t i = 0; i < tw_log_index_count(m->a) && m->n_index; i++) {
		struct tw_seen_conn *c = tw_log_index_conn(m->a, i);

		for (uint32_t k = 0; k < c->n_packets && !c->paired && !c->has_orig_isn; k++)
			if (is_telling(&c->packets[k]))
				pair_best(m, c, key_of_packet(&c->packets[k]), SOME);
	}
}

/* --- all of it --- */

static int order_pairs(const void *x, const void *y)
{
	const struct tw_pair *a = x, *b = y;

	if (a->a->first_ns != b->a->first_ns)
		return a->a->first_ns < b->a->first_ns ? -1 : 1;
	return a->a->number < b->a->number ? -1 : a->a->number > b->a->number;
}

int tw_match(struct tw_pairs *pairs, struct tw_log_index *a, struct tw_log_index *b)
{
	struct match m = { .a = a, .b = b, .pairs = pairs };

	*pairs = (struct tw_pairs){ 0 };
	pass_by_number(&m, key_isn, WHOLE); /* a host that translates itself has both connections in its log */
	pass_by_number(&m, key_isn, SOME);
	pass_by_number(&m, key_tsval, SOME);
	pass_by_ends(&m);
	pass_by_packet(&m);
	free(m.index);
	if (m.err) {
		tw_pairs_free(pairs);
		return m.err;
	}
	for (size_t i = 0; i < pairs->n; i++)
		pairs->pair[i].near = tw_match_near(pairs->pair[i].a, pairs->pair[i].b);
	if (pairs->n)
		qsort(pairs->pair, pairs->n, sizeof(*pairs->pair), order_pairs);
	return 0;
}

void tw_pairs_free(struct tw_pairs *pairs)
{
	free(pairs->pair);
	*pairs = (struct tw_pairs){ 0 };
}
