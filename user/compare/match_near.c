// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which of two observers of a connection is nearer to its originator: by whose host it is, by TTLs, by round-trip times. */
#include "match.h"

/* Routers that a packet has passed: stacks begin with 64, 128 or 255. */
static int hops(unsigned int ttl)
{
	return ttl <= 64 ? 64 - ttl : ttl <= 128 ? 128 - ttl : 255 - ttl;
}

static int hops_of(const struct tw_seen_conn *c, bool from_orig)
{
	for (uint32_t i = 0; i < c->n_packets; i++)
		if (c->packets[i].from_orig == from_orig && c->packets[i].ttl && c->packets[i].type != TW_EV_RESET)
			return hops(c->packets[i].ttl);
	return c->sent[from_orig].ttl ? hops(c->sent[from_orig].ttl) : -1;
}

/* > 0: A is nearer to the originator. */
static int vote_by_hops(const struct tw_seen_conn *a, const struct tw_seen_conn *b, bool from_orig)
{
	int x = hops_of(a, from_orig), y = hops_of(b, from_orig);

	if (x < 0 || y < 0 || x == y)
		return 0;
	return (x < y) == from_orig ? 1 : -1;
}

/* The nearer one waits longer for the SYN-ACK. */
static int vote_by_rtt(const struct tw_seen_conn *a, const struct tw_seen_conn *b)
{
	uint64_t x = a->syn_rtt_ns, y = b->syn_rtt_ns;

	if (!x || !y || (x * 20 < y * 21 && y * 20 < x * 21))
		return 0;
	return x > y ? 1 : -1;
}

enum tw_near tw_match_near(const struct tw_seen_conn *a, const struct tw_seen_conn *b)
{
	int votes;

	if (a->side != b->side) {
		if (a->side == TW_SIDE_ORIGINATOR || b->side == TW_SIDE_RESPONDER)
			return TW_NEAR_A;
		if (a->side == TW_SIDE_RESPONDER || b->side == TW_SIDE_ORIGINATOR)
			return TW_NEAR_B;
	}
	votes = vote_by_hops(a, b, true) + vote_by_hops(a, b, false);
	if (!votes)
		votes = vote_by_rtt(a, b);
	return votes > 0 ? TW_NEAR_A : votes < 0 ? TW_NEAR_B : TW_NEAR_UNKNOWN;
}
