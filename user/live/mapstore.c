// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The store of a live run: the packet programs' maps, which go on changing while they are read. */
#include "mapstore.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tcpwhy/key.h"

#define FRESH_NS (100 * TW_NS_PER_US) /* so long a look is good for a deletion */
#define ROOM 256 /* connections read by one system call, unless a bucket of the kernel's table holds more */

enum found { FOUND_NOWHERE, FOUND_ESTABLISHED, FOUND_HALF_OPEN };

struct mapstore {
	struct tw_store store; /* first */
	const struct tw_maps *maps;
	/* The last lookup(): of what, when, and where it was found. */
	uint64_t last_id, last_ns;
	enum found last_found;
	/* The walk of sweep(): which table, and the kernel's mark of where it is there. */
	bool in_flows6, started;
	uint32_t position;
	/* What one system call reads. */
	unsigned int room;
	union {
		struct tw_key *key;
		struct tw_key4 *key4;
	};
	struct tw_flow *flow;
};

static int lookup_established(const struct tw_maps *maps, const struct tw_key *key, struct tw_flow *flow)
{
	struct tw_key4 key4;

	if (key->family != 4)
		return bpf_map_lookup_elem(maps->flows6, key, flow);
	tw_key_narrow(&key4, key);
	return bpf_map_lookup_elem(maps->flows4, &key4, flow);
}

static int delete_established(const struct tw_maps *maps, const struct tw_key *key)
{
	struct tw_key4 key4;

	if (key->family != 4)
		return bpf_map_delete_elem(maps->flows6, key);
	tw_key_narrow(&key4, key);
	return bpf_map_delete_elem(maps->flows4, &key4);
}

/*
 * In which table the connection is, its state in @flow; FOUND_NOWHERE, @flow undefined. While it is
 * established, a new attempt for its tuple may wait in the half-open table.
 */
static enum found find(const struct tw_maps *maps, const struct tw_key *key, uint64_t id, struct tw_flow *flow)
{
	if (!lookup_established(maps, key, flow) && flow->id == id)
		return FOUND_ESTABLISHED;
	if (!bpf_map_lookup_elem(maps->half_open, key, flow) && flow->id == id)
		return FOUND_HALF_OPEN;
	return FOUND_NOWHERE;
}

/* What went wrong may still be known of a connection whose state is gone. */
static int lookup(struct tw_store *store, const struct tw_key *key, uint64_t id, struct tw_flow *flow,
		  struct tw_trouble *trouble, bool *troubled)
{
	struct mapstore *s = (struct mapstore *)store;

	s->last_id = id;
	s->last_ns = tw_clock_now();
	s->last_found = find(s->maps, key, id, flow);
	*troubled = (s->last_found == FOUND_NOWHERE || flow->flags & TW_FF_TROUBLE) &&
		    !bpf_map_lookup_elem(s->maps->troubles, &id, trouble);
	return s->last_found == FOUND_NOWHERE ? -ENOENT : 0;
}

/*
 * Often right after lookup() of the same connection: a flood of attempts that are never completed
 * makes many of both, so that each system call counts. Between the look and the deletion a new
 * incarnation could take the tuple; it would be tracked from its next packet on.
 */
static void forget(struct tw_store *store, const struct tw_key *key, uint64_t id)
{
	struct mapstore *s = (struct mapstore *)store;
	enum found found = s->last_found;
	struct tw_flow flow;

	if (s->last_id != id || tw_clock_now() - s->last_ns > FRESH_NS)
		found = find(s->maps, key, id, &flow);
	if (found == FOUND_ESTABLISHED)
		delete_established(s->maps, key);
	else if (found == FOUND_HALF_OPEN)
		bpf_map_delete_elem(s->maps->half_open, key);
	bpf_map_delete_elem(s->maps->troubles, &id);
}

static void visit_batch(const struct mapstore *s, unsigned int n,
			void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx)
{
	struct tw_key key;

	for (unsigned int i = 0; i < n; i++) {
		if (s->in_flows6) {
			visit(ctx, &s->key[i], &s->flow[i]);
			continue;
		}
		tw_key_widen(&key, &s->key4[i]);
		visit(ctx, &key, &s->flow[i]);
	}
}

/* Makes room for @room connections; -ENOMEM, and all stays as it was. */
static int make_room(struct mapstore *s, unsigned int room)
{
	struct tw_key *key = reallocarray(s->key, room, sizeof(*key));
	struct tw_flow *flow;

	if (!key)
		return -ENOMEM;
	s->key = key;
	flow = reallocarray(s->flow, room, sizeof(*flow));
	if (!flow)
		return -ENOMEM;
	s->flow = flow;
	s->room = room;
	return 0;
}

/*
 * Reads the next connections of the current table, *@n of them. 1: the table is through; 0; -errno. The kernel gives
 * whole buckets: where there is no room for the next one it gives none, and -ENOSPC asks for more room. That is never the end.
 */
static int read_batch(struct mapstore *s, unsigned int *n)
{
	int fd = s->in_flows6 ? s->maps->flows6 : s->maps->flows4;
	uint32_t next = s->position;
	int err;

	*n = s->room;
	err = bpf_map_lookup_batch(fd, s->started ? &s->position : NULL, &next, s->key, s->flow, n, NULL);
	if (err == -EBUSY) /* a bucket was locked: what came before it is here, and it comes next */
		err = 0;
	s->position = next;
	s->started = !err || err == -ENOSPC;
	if (err == -ENOENT)
		return 1;
	if (err)
		*n = 0;
	return err == -ENOSPC ? make_room(s, 2 * s->room) : err;
}

static int sweep(struct tw_store *store, unsigned int max,
		 void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx)
{
	struct mapstore *s = (struct mapstore *)store;
	unsigned int n;

	for (unsigned int seen = 0; seen < max; seen += n) {
		int err = read_batch(s, &n);

		if (err < 0)
			return err;
		visit_batch(s, n, visit, ctx);
		if (err != 1)
			continue;
		s->in_flows6 = !s->in_flows6;
		if (!s->in_flows6)
			return 1;
	}
	return 0;
}

struct tw_store *tw_mapstore_new(const struct tw_maps *maps)
{
	struct mapstore *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->store = (struct tw_store){ .lookup = lookup, .forget = forget, .sweep = sweep };
	s->maps = maps;
	if (!make_room(s, ROOM))
		return &s->store;
	tw_mapstore_free(&s->store);
	return NULL;
}

void tw_mapstore_free(struct tw_store *store)
{
	struct mapstore *s = (struct mapstore *)store;

	if (!s)
		return;
	free(s->key);
	free(s->flow);
	free(s);
}
