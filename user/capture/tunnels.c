// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which tunnel a connection is in: by tuple, each way of it. */
#include "tunnels.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "nativetable.h"
#include "tcpwhy/config.h"
#include "tcpwhy/parse.h"

/* A tuple that was silent for so long is free, as it is for the core. */
#define SILENT_NS (60 * TW_NS_PER_SEC)
/* Sequence numbers of one connection lie no further apart than what may be under way; of two, one in 500 do. */
#define NEAR (1 << 22)

/* One way of a connection. */
struct way {
	uint64_t tunnel; /* that showed it last */
	uint32_t next;   /* sequence number that comes next */
	bool seen;
	bool ended;      /* by FIN or RST */
};

struct claim {
	struct tw_key key;
	struct way way[2];
	uint64_t last_ns;
	UT_hash_handle hh;
};

struct tw_tunnels {
	struct claim *table; /* the one that was not seen for longest first */
	uint32_t max;
};

struct tw_tunnels *tw_tunnels_new(uint32_t max)
{
	struct tw_tunnels *t = calloc(1, sizeof(*t));

	if (t)
		t->max = max;
	return t;
}

static void forget(struct tw_tunnels *t, struct claim *c)
{
	HASH_DEL(t->table, c);
	free(c);
}

void tw_tunnels_free(struct tw_tunnels *t)
{
	struct claim *c, *next;

	if (!t)
		return;
	HASH_ITER(hh, t->table, c, next)
		forget(t, c);
	free(t);
}

static struct claim *find(const struct tw_tunnels *t, const struct tw_key *key)
{
	struct claim *c;

	HASH_FIND(hh, t->table, key, sizeof(*key), c);
	return c;
}

/* The claim on @key as the newest; NULL: out of memory. */
static struct claim *find_or_make(struct tw_tunnels *t, const struct tw_key *key)
{
	struct claim *c = find(t, key);

	if (c) {
		HASH_DEL(t->table, c);
	} else {
		if (HASH_COUNT(t->table) >= t->max)
			forget(t, t->table);
		c = calloc(1, sizeof(*c));
		if (!c)
			return NULL;
		c->key = *key;
	}
	HASH_ADD(hh, t->table, key, sizeof(c->key), c);
	return c;
}

static bool is_near(uint32_t a, uint32_t b)
{
	int32_t d = tw_seq_diff(a, b);

	return d > -NEAR && d < NEAR;
}

static bool is_opening(const struct tw_pkt *p)
{
	return (p->tcp_flags & (TW_SYN | TW_ACK)) == TW_SYN;
}

static bool is_ended(const struct claim *c)
{
	return c->way[0].ended || c->way[1].ended;
}

/* May @p, of another connection, have the name from now on? */
static bool is_free(const struct claim *c, const struct tw_pkt *p, uint64_t ts_ns)
{
	return (!c->way[0].seen && !c->way[1].seen) || (is_opening(p) && is_ended(c)) || ts_ns > c->last_ns + SILENT_NS;
}

/* Does @p, from another tunnel, go on where the connection of @c is? */
static bool goes_on(const struct claim *c, const struct tw_pkt *p)
{
	const struct way *me = &c->way[p->src & 1], *peer = &c->way[(p->src & 1) ^ 1];

	if (me->seen && is_near(p->seq, me->next))
		return true;
	return !me->seen && p->tcp_flags & TW_ACK && is_near(p->ack, peer->next);
}

static bool is_its(const struct claim *c, const struct tw_pkt *p, uint64_t tunnel)
{
	const struct way *me = &c->way[p->src & 1], *peer = &c->way[(p->src & 1) ^ 1];

	return (me->seen && me->tunnel == tunnel) || (!me->seen && peer->tunnel == tunnel) || goes_on(c, p);
}

static void note(struct claim *c, const struct tw_pkt *p, uint64_t tunnel, uint64_t ts_ns)
{
	struct way *me = &c->way[p->src & 1];

	if (!(p->tcp_flags & TW_RST) || !me->seen) /* whose own number may be any */
		me->next = p->seq + p->len + !!(p->tcp_flags & TW_SYN);
	me->tunnel = tunnel;
	me->seen = true;
	me->ended = me->ended || p->tcp_flags & (TW_FIN | TW_RST);
	c->last_ns = ts_ns;
}

static bool admit_segment(struct tw_tunnels *t, const struct tw_pkt *p, uint64_t tunnel, uint64_t ts_ns)
{
	struct claim *c = find_or_make(t, &p->key);

	if (!c)
		return true;
	if (!is_its(c, p, tunnel)) {
		if (!is_free(c, p, ts_ns))
			return false;
		memset(c->way, 0, sizeof(c->way));
	}
	if (is_opening(p) && is_ended(c))
		memset(c->way, 0, sizeof(c->way)); /* a new incarnation */
	note(c, p, tunnel, ts_ns);
	return true;
}

/* An ICMP error travels back to who sent what it quotes: in its own tunnel, or with a sequence number of it. */
static bool admit_error(const struct tw_tunnels *t, const struct tw_pkt *p, uint64_t tunnel)
{
	const struct claim *c = find(t, &p->key);

	return !c || c->way[0].tunnel == tunnel || c->way[1].tunnel == tunnel || goes_on(c, p);
}

bool tw_tunnels_admit(struct tw_tunnels *t, const struct tw_native_packet *packet, uint64_t tunnel)
{
	uint32_t len = TW_MIN(packet->len, TW_HDR_MAX);
	struct tw_hdr hdr;
	struct tw_obs o;

	memcpy(hdr.b, packet->bytes, len);
	switch (tw_parse(&hdr, len, packet->wire_len, packet->l2, &o)) {
	case TW_OBS_TCP:
		return admit_segment(t, &o.pkt, tunnel, packet->ts_ns);
	case TW_OBS_ERROR:
		return admit_error(t, &o.pkt, tunnel);
	default:
		return true;
	}
}
