/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bounded hash tables of connections, and of what went wrong with them, in ordinary memory: what BPF
 * maps are to the packet programs. Entries keep their address while they live.
 */
#ifndef TCPWHY_USER_NATIVEMAP_H
#define TCPWHY_USER_NATIVEMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "tcpwhy/flow.h"

struct tw_native_flow;
struct tw_native_trouble;

struct tw_flowmap {
	struct tw_native_flow *table; /* uthash: the oldest, or the one not used for longest */
	struct tw_native_flow *next;  /* where a walk goes on */
	uint32_t used, max;
	bool lru;                     /* when full, forget the one not used for longest */
};

struct tw_troublemap {
	struct tw_native_trouble *table;
	uint32_t used, max;
};

/* NULL: not there. */
struct tw_flow *tw_flowmap_find(struct tw_flowmap *map, const struct tw_key *key);
/* A copy of @flow in place of what was there before; NULL: full, or out of memory. */
struct tw_flow *tw_flowmap_add(struct tw_flowmap *map, const struct tw_key *key, const struct tw_flow *flow);
void tw_flowmap_remove(struct tw_flowmap *map, const struct tw_key *key);
void tw_flowmap_clear(struct tw_flowmap *map);

/*
 * Goes on with a walk: visits at most *@max entries, which may be removed meanwhile, and takes their
 * number from *@max. Returns true when the walk is through; the next call then starts anew.
 */
bool tw_flowmap_walk(struct tw_flowmap *map, unsigned int *max,
		     void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx);

struct tw_trouble *tw_troublemap_find(struct tw_troublemap *map, uint64_t id);
/* All zero; NULL: full, or out of memory. */
struct tw_trouble *tw_troublemap_add(struct tw_troublemap *map, uint64_t id);
void tw_troublemap_remove(struct tw_troublemap *map, uint64_t id);
void tw_troublemap_clear(struct tw_troublemap *map);

#endif
