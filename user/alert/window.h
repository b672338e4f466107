/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sliding windows, one a key, in memory that no sender of packets can make grow.
 *
 * Time is cut into slices, ten a window; a window slides by one slice. The keys are kept by
 * Space-Saving (Metwally, Agrawal, El Abbadi: "Efficient computation of frequent and top-k elements
 * in data streams", 2005): when all places are taken, a new key takes the place with the smallest
 * count, and inherits that count as "maybe mine". What is inherited is kept apart here, so:
 *
 *   A count is never too large: only what was seen of this very key is in it.
 *   It may be too small when there are more keys than places. With N = what all keys together had
 *   in the window and K = places that are not held: at most N/K is missing while no slice expires
 *   (the paper's bound), and since every slice that expires can lower the least count, at most
 *   (slices + 1) * N/K in the worst order of events: 1.2 % of N with K = 924 and ten slices.
 */
#ifndef TCPWHY_USER_WINDOW_H
#define TCPWHY_USER_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/places.h"

#define TW_WINDOW_SLICES 10 /* of a window */

struct tw_window_spec {
	uint32_t places;    /* keys that are remembered: 1…TW_PLACES_MAX */
	uint64_t length_ns; /* of the window */
	uint64_t settle_ns; /* counts are shown this much later, at most length_ns; 0: at once */
	bool by_base;       /* the smallest base makes room, else the fewest hits */
	uint32_t extra;     /* bytes a key and slice beside its counts, for tw_window_extra() */
};

struct tw_window;

/* NULL: out of memory, or @spec out of range. The window begins at @now_ns. */
struct tw_window *tw_window_new(const struct tw_window_spec *spec, uint64_t now_ns);
void tw_window_free(struct tw_window *window);

/*
 * Moves time on towards @now_ns by one slice (by all there are when nothing is counted), and tells
 * whether it did: call it until it does not, and look at the places each time. Never goes back.
 */
bool tw_window_step(struct tw_window *window, uint64_t now_ns);
/* The clock was set: what was "now" is @now_ns from here on, earlier or later. Counts stay. */
void tw_window_rebase(struct tw_window *window, uint64_t now_ns);
/* When tw_window_step() will next have something to do: the end of the newest slice. */
uint64_t tw_window_next_ns(const struct tw_window *window);

/*
 * Adds to @key, whose tw_places_hash() is @hash, in the slice of @at_ns: later than now counts as
 * now, earlier than all slices is not counted. For what does not rank no other key has to go: it
 * takes free places only. NULL: not counted.
 */
struct tw_place *tw_window_add(struct tw_window *window, const struct tw_place_key *key, uint64_t hash,
			       uint64_t at_ns, uint32_t hits, uint32_t base);
/*
 * The extra bytes of @place's slice that is @age slices older than the newest, up to tw_window_slices() - 1. They are
 * zero when the slice begins, and when the place gets another key. What is counted now belongs in age 0.
 */
void *tw_window_extra(struct tw_window *window, const struct tw_place *place, uint32_t age);
uint32_t tw_window_slices(const struct tw_window *window);

/* A held place keeps its key whatever comes. */
void tw_window_hold(struct tw_window *window, struct tw_place *place, bool held);

/* Places in use are 0…used-1. */
uint32_t tw_window_used(const struct tw_window *window);
struct tw_place *tw_window_place(struct tw_window *window, uint32_t i);
/* Bytes of memory: constant from tw_window_new() on. */
uint64_t tw_window_memory(const struct tw_window *window);

#endif
