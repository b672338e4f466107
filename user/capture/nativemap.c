// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Bounded hash tables of connections in ordinary memory, on uthash. */
#include "nativemap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Nobody who writes a capture shall choose which connections share a bucket. */
static uint64_t seed;

__attribute__((constructor)) static void make_seed(void)
{
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = 0x2545f4914f6cdd1d; /* early at boot: no attack worth the wait */
}

static inline uint64_t word(const void *key, size_t i)
{
	uint64_t w;

	memcpy(&w, (const char *)key + i * sizeof(w), sizeof(w));
	return w;
}

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)(a ^ seed) * (b ^ 0x9e3779b97f4a7c15);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of a struct tw_key, or of the number of a connection. */
static inline unsigned int hash(const void *key, size_t size)
{
	uint64_t h = mix(word(key, 0), size);

	if (size > sizeof(h))
		h ^= mix(word(key, 1), word(key, 3)) ^ mix(word(key, 2) ^ h, word(key, 4));
	return h ^ h >> 32;
}

static inline int differ(const void *a, const void *b, size_t size)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < size / sizeof(bits); i++)
		bits |= word(a, i) ^ word(b, i);
	return bits != 0;
}

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, size, value) ((value) = hash(key, size))
#define HASH_KEYCMP(a, b, size) differ(a, b, size)
#include <uthash.h>

/* Each link of a chain is a cache miss: about one bucket an entry, instead of a quarter. */
#undef HASH_BKT_CAPACITY_THRESH
#define HASH_BKT_CAPACITY_THRESH 8U

_Static_assert(sizeof(struct tw_key) == 5 * sizeof(uint64_t), "what hash() takes");

/* What a search looks at comes first, and together. */
struct tw_native_flow {
	UT_hash_handle hh;
	struct tw_key key;
	struct tw_flow flow;
};

struct tw_native_trouble {
	UT_hash_handle hh;
	uint64_t id;
	struct tw_trouble trouble;
};

/* ---- connections ---- */

static struct tw_native_flow *find_entry(const struct tw_flowmap *map, const struct tw_key *key)
{
	struct tw_native_flow *e;

	HASH_FIND(hh, map->table, key, sizeof(*key), e);
	return e;
}

static void free_entry(struct tw_flowmap *map, struct tw_native_flow *e)
{
	if (map->next == e)
		map->next = e->hh.next;
	HASH_DEL(map->table, e);
	map->used--;
	free(e);
}

/* uthash keeps the order of insertion: what was used goes to its end. False: out of memory, and @e is gone. */
static bool touch(struct tw_flowmap *map, struct tw_native_flow *e)
{
	if (!e->hh.next)
		return true;
	if (map->next == e)
		map->next = e->hh.next;
	HASH_DEL(map->table, e);
	HASH_ADD(hh, map->table, key, sizeof(e->key), e);
	if (e->hh.tbl)
		return true;
	map->used--;
	free(e);
	return false;
}

struct tw_flow *tw_flowmap_find(struct tw_flowmap *map, const struct tw_key *key)
{
	struct tw_native_flow *e = find_entry(map, key);

	if (!e || (map->lru && !touch(map, e)))
		return NULL;
	return &e->flow;
}

static struct tw_native_flow *new_entry(struct tw_flowmap *map, const struct tw_key *key)
{
	struct tw_native_flow *e;

	if (map->used >= map->max) {
		if (!map->lru || !map->table)
			return NULL;
		free_entry(map, map->table);
	}
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->key = *key;
	HASH_ADD(hh, map->table, key, sizeof(e->key), e);
	if (!e->hh.tbl) {
		free(e);
		return NULL;
	}
	map->used++;
	return e;
}

struct tw_flow *tw_flowmap_add(struct tw_flowmap *map, const struct tw_key *key, const struct tw_flow *flow)
{
	struct tw_native_flow *e = find_entry(map, key);

	if (!e)
		e = new_entry(map, key);
	if (!e)
		return NULL;
	e->flow = *flow;
	return &e->flow;
}

void tw_flowmap_remove(struct tw_flowmap *map, const struct tw_key *key)
{
	struct tw_native_flow *e = find_entry(map, key);

	if (e)
		free_entry(map, e);
}

void tw_flowmap_clear(struct tw_flowmap *map)
{
	while (map->table)
		free_entry(map, map->table);
}

bool tw_flowmap_walk(struct tw_flowmap *map, unsigned int *max,
		     void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx)
{
	if (!map->next)
		map->next = map->table;
	while (map->next && *max) {
		struct tw_native_flow *e = map->next;

		map->next = e->hh.next;
		(*max)--;
		visit(ctx, &e->key, &e->flow);
	}
	return !map->next;
}

/* ---- trouble ---- */

static struct tw_native_trouble *find_trouble(const struct tw_troublemap *map, uint64_t id)
{
	struct tw_native_trouble *e;

	HASH_FIND(hh, map->table, &id, sizeof(id), e);
	return e;
}

struct tw_trouble *tw_troublemap_find(struct tw_troublemap *map, uint64_t id)
{
	struct tw_native_trouble *e = find_trouble(map, id);

	return e ? &e->trouble : NULL;
}

struct tw_trouble *tw_troublemap_add(struct tw_troublemap *map, uint64_t id)
{
	struct tw_native_trouble *e;

	if (map->used >= map->max)
		return NULL;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->id = id;
	HASH_ADD(hh, map->table, id, sizeof(e->id), e);
	if (!e->hh.tbl) {
		free(e);
		return NULL;
	}
	map->used++;
	return &e->trouble;
}

static void free_trouble(struct tw_troublemap *map, struct tw_native_trouble *e)
{
	HASH_DEL(map->table, e);
	map->used--;
	free(e);
}

void tw_troublemap_remove(struct tw_troublemap *map, uint64_t id)
{
	struct tw_native_trouble *e = find_trouble(map, id);

	if (e)
		free_trouble(map, e);
}

void tw_troublemap_clear(struct tw_troublemap *map)
{
	while (map->table)
		free_trouble(map, map->table);
}
