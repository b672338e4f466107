/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A fixed number of places for keys (places.h): chained hashing by index, and a binary heap. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "places.h"

#define NOWHERE 0xffffu

static uint64_t hash_seed[2];

static void seed_hash(void)
{
	if (hash_seed[0])
		return;
	if (getrandom(hash_seed, sizeof(hash_seed), GRND_NONBLOCK) != sizeof(hash_seed)) {
		hash_seed[0] = (uintptr_t)&hash_seed;
		hash_seed[1] = 0xd6e8feb86659fd93ULL;
	}
	hash_seed[0] |= 1;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t tw_places_hash(const struct tw_place_key *key)
{
	uint64_t h = mix(key->word[0] ^ hash_seed[0], key->word[1] ^ hash_seed[1]);

	return mix(h ^ hash_seed[1], key->word[2] ^ 0x9e3779b97f4a7c15ULL);
}

int tw_places_init(struct tw_places *p, uint32_t n)
{
	uint32_t buckets = 2;

	memset(p, 0, sizeof(*p));
	if (!n || n > TW_PLACES_MAX)
		return -EINVAL;
	seed_hash();
	while (buckets < 2 * n)
		buckets *= 2;
	p->n = n;
	p->bucket_mask = buckets - 1;
	p->place = calloc(n, sizeof(*p->place));
	p->heap = calloc(n, sizeof(*p->heap));
	p->buckets = malloc(buckets * sizeof(*p->buckets));
	if (!p->place || !p->heap || !p->buckets)
		return -ENOMEM;
	memset(p->buckets, 0xff, buckets * sizeof(*p->buckets));
	return 0;
}

void tw_places_release(struct tw_places *p)
{
	free(p->place);
	free(p->heap);
	free(p->buckets);
	memset(p, 0, sizeof(*p));
}

size_t tw_places_memory(const struct tw_places *p)
{
	return p->n * (sizeof(*p->place) + sizeof(*p->heap)) +
	       (p->bucket_mask + 1) * sizeof(*p->buckets);
}

/* ---- the heap ---- */

static uint64_t value_at(const struct tw_places *p, uint32_t at)
{
	const struct tw_place *place = &p->place[p->heap[at]];

	return place->held ? UINT64_MAX : place->rank;
}

static void swap(struct tw_places *p, uint32_t a, uint32_t b)
{
	uint16_t place = p->heap[a];

	p->heap[a] = p->heap[b];
	p->heap[b] = place;
	p->place[p->heap[a]].heap = a;
	p->place[p->heap[b]].heap = b;
}

static void sift_down(struct tw_places *p, uint32_t at)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= p->used)
			return;
		if (child + 1 < p->used && value_at(p, child + 1) < value_at(p, child))
			child++;
		if (value_at(p, at) <= value_at(p, child))
			return;
		swap(p, at, child);
		at = child;
	}
}

static void sift_up(struct tw_places *p, uint32_t at)
{
	while (at && value_at(p, at) < value_at(p, (at - 1) / 2)) {
		swap(p, at, (at - 1) / 2);
		at = (at - 1) / 2;
	}
}

void tw_places_grown(struct tw_places *p, const struct tw_place *place)
{
	sift_down(p, place->heap);
}

void tw_places_changed(struct tw_places *p)
{
	for (uint32_t i = p->used / 2; i-- > 0;)
		sift_down(p, i);
}

void tw_places_hold(struct tw_places *p, struct tw_place *place, bool held)
{
	place->held = held;
	sift_up(p, place->heap);
	sift_down(p, place->heap);
}

/* ---- the table ---- */

static uint16_t *bucket_of(struct tw_places *p, uint64_t hash)
{
	return &p->buckets[hash & p->bucket_mask];
}

struct tw_place *tw_places_find(struct tw_places *p, const struct tw_place_key *key, uint64_t hash)
{
	for (uint16_t i = *bucket_of(p, hash); i != NOWHERE; i = p->place[i].next)
		if (!memcmp(&p->place[i].key, key, sizeof(*key)))
			return &p->place[i];
	return NULL;
}

static void link_place(struct tw_places *p, struct tw_place *place, const struct tw_place_key *key,
		       uint64_t hash)
{
	uint16_t *bucket = bucket_of(p, hash);

	place->key = *key;
	place->next = *bucket;
	*bucket = place - p->place;
}

static void unlink_place(struct tw_places *p, const struct tw_place *place)
{
	uint16_t *link = bucket_of(p, tw_places_hash(&place->key));

	while (*link != place - p->place)
		link = &p->place[*link].next;
	*link = place->next;
}

struct tw_place *tw_places_take_free(struct tw_places *p, const struct tw_place_key *key, uint64_t hash)
{
	uint32_t i = p->used;

	if (i == p->n)
		return NULL;
	p->used++;
	p->heap[i] = i;
	p->place[i].heap = i;
	sift_up(p, i);
	link_place(p, &p->place[i], key, hash);
	return &p->place[i];
}

struct tw_place *tw_places_take_least(struct tw_places *p, const struct tw_place_key *key, uint64_t hash)
{
	struct tw_place *place = &p->place[p->heap[0]];

	if (place->held)
		return NULL;
	unlink_place(p, place);
	link_place(p, place, key, hash);
	return place;
}
