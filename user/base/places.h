/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A fixed number of places for keys that anybody on the network may choose: a hash table to find
 * them and a heap, least rank first, to tell which one makes room. Never allocates after init.
 */
#ifndef TCPWHY_USER_PLACES_H
#define TCPWHY_USER_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_PLACES_MAX 4096

struct tw_place_key {
	uint64_t word[3]; /* every bit counts: zero what is not used */
};

/* What is known of one key. Users read it; calm_ns is theirs. */
struct tw_place {
	struct tw_place_key key;
	uint64_t hits, base; /* in the window that has settled */
	uint64_t rank;       /* the least makes room */
	uint64_t calm_ns;
	bool held;           /* never makes room; set by tw_places_hold() */
	uint16_t next, heap; /* internal */
};

struct tw_places {
	uint32_t n, used; /* places 0…used-1 are in use */
	uint32_t bucket_mask;
	struct tw_place *place;
	uint16_t *heap;
	uint16_t *buckets;
};

/* 0, or -EINVAL (@n is not 1…TW_PLACES_MAX), or -ENOMEM; release is due in any case. */
int tw_places_init(struct tw_places *places, uint32_t n);
void tw_places_release(struct tw_places *places);
size_t tw_places_memory(const struct tw_places *places);

/* Seeded at random by the first tw_places_init(): senders cannot aim at one chain. */
uint64_t tw_places_hash(const struct tw_place_key *key);

/* NULL: @key has no place. */
struct tw_place *tw_places_find(struct tw_places *places, const struct tw_place_key *key, uint64_t hash);
/* A free place for @key, rank and counts 0. NULL: there is none. */
struct tw_place *tw_places_take_free(struct tw_places *places, const struct tw_place_key *key, uint64_t hash);
/* The place of least rank, given to @key with all that is in it. NULL: all are held. */
struct tw_place *tw_places_take_least(struct tw_places *places, const struct tw_place_key *key,
				      uint64_t hash);

/* To be called after rank grew, or after the ranks of many changed. */
void tw_places_grown(struct tw_places *places, const struct tw_place *place);
void tw_places_changed(struct tw_places *places);
void tw_places_hold(struct tw_places *places, struct tw_place *place, bool held);

#endif
