// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The store of a live run: the packet programs' maps, which go on changing while they are read. */
#include "mapstore.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>

#include "tcpwhy/key.h"

#define BATCH 256 /* connections read by one system call */

struct mapstore {
	struct tw_store store; /* first */
	const struct tw_maps *maps;
	/* The walk of sweep(): which table, and the kernel's mark of where it is there. */
	bool in_flows6, started;
	uint32_t position;
	union {
		struct tw_key key[BATCH];
		struct tw_key4 key4[BATCH];
	};
	struct tw_flow flow[BATCH];
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

/* While a connection is established, a new attempt for its tuple may wait in the half-open table. */
static int lookup(struct tw_store *store, const struct tw_key *key, uint64_t id, struct tw_flow *flow,
		  struct tw_trouble *trouble, bool *troubled)
{
	const struct tw_maps *maps = ((struct mapstore *)store)->maps;

	*troubled = !bpf_map_lookup_elem(maps->troubles, &id, trouble);
	if ((lookup_established(maps, key, flow) || flow->id != id) &&
	    (bpf_map_lookup_elem(maps->half_open, key, flow) || flow->id != id))
		return -ENOENT;
	return 0;
}

/*
 * Between the look and the deletion a new incarnation could take the tuple: within microseconds,
 * and it would then be tracked from its next packet on.
 */
static void forget(struct tw_store *store, const struct tw_key *key, uint64_t id)
{
	const struct tw_maps *maps = ((struct mapstore *)store)->maps;
	struct tw_flow flow;

	if (!lookup_established(maps, key, &flow) && flow.id == id)
		delete_established(maps, key);
	if (!bpf_map_lookup_elem(maps->half_open, key, &flow) && flow.id == id)
		bpf_map_delete_elem(maps->half_open, key);
	bpf_map_delete_elem(maps->troubles, &id);
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

/*
 * Reads the next connections of the current table, at most *@n. 1: the table is through; 0; -errno,
 * which is -ENOSPC when a bucket of the table holds more than *@n: then ask for more.
 */
static int read_batch(struct mapstore *s, unsigned int *n)
{
	int fd = s->in_flows6 ? s->maps->flows6 : s->maps->flows4;
	uint32_t next;
	int err;

	err = bpf_map_lookup_batch(fd, s->started ? &s->position : NULL, &next, s->key, s->flow, n, NULL);
	s->position = next;
	s->started = !err;
	if (err == -ENOENT)
		return 1;
	if (err)
		*n = 0;
	return err;
}

static int sweep(struct tw_store *store, unsigned int max,
		 void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx)
{
	struct mapstore *s = (struct mapstore *)store;

	while (max) {
		unsigned int n = TW_MIN(max, BATCH);
		int err = read_batch(s, &n);

		visit_batch(s, n, visit, ctx);
		if (err < 0)
			return err;
		max -= n < max ? n : max;
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
	return &s->store;
}

void tw_mapstore_free(struct tw_store *store)
{
	free(store);
}
