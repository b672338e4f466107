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
 *   It may be too small when there are more keys than places: with N = what all keys together had
 *   in the window and K places, at most N/K is missing while no slice expires (the paper's bound),
 *   and at most (slices + 1) * N/K ever: 1.1 % of N for 1,024 places and ten slices.
 */
#ifndef TCPWHY_USER_WINDOW_H
#define TCPWHY_USER_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define TW_WINDOW_SLICES 10       /* of a window */
#define TW_WINDOW_PLACES_MAX 4096

struct tw_window_key {
	uint64_t word[3]; /* every bit counts: zero what is not used */
};

struct tw_window_spec {
	uint32_t places;    /* keys that are remembered: 1…TW_WINDOW_PLACES_MAX */
	uint64_t length_ns; /* of the window */
	uint64_t settle_ns; /* counts are shown this much later, at most length_ns; 0: at once */
	bool by_base;       /* the smallest base makes room, else the fewest hits */
};

/* What is known of one key. The caller reads it; held and calm_ns are its own. */
struct tw_window_place {
	struct tw_window_key key;
	uint64_t hits, base; /* in the window that has settled */
	uint64_t rank;       /* what makes room: hits or base, unsettled and inherited included */
	uint64_t calm_ns;    /* the caller's */
	bool held;           /* never makes room; set by tw_window_hold() */
	uint16_t next, heap; /* internal */
};

struct tw_window;

/* NULL: out of memory, or @spec out of range. The window begins at @now_ns. */
struct tw_window *tw_window_new(const struct tw_window_spec *spec, uint64_t now_ns);
void tw_window_free(struct tw_window *window);

/* A key's hash, so that windows of the same kind of key need it only once. Seeded at random. */
uint64_t tw_window_hash(const struct tw_window_key *key);

/* Moves time on to @now_ns; earlier than before: does nothing. True when slices have expired or settled. */
bool tw_window_advance(struct tw_window *window, uint64_t now_ns);
/* The clock was set: what was "now" is @now_ns from here on, earlier or later. Counts stay. */
void tw_window_rebase(struct tw_window *window, uint64_t now_ns);
/* When tw_window_advance() will next have something to do. */
uint64_t tw_window_next_ns(const struct tw_window *window);

/*
 * Adds to @key in the slice of @at_ns: later than now counts as now, earlier than all slices is
 * forgotten. Room is made only by what ranks, base alone takes free places only. NULL: not counted.
 */
struct tw_window_place *tw_window_add(struct tw_window *window, const struct tw_window_key *key,
				      uint64_t hash, uint64_t at_ns, uint32_t hits, uint32_t base);
/* A held place keeps its key whatever comes. */
void tw_window_hold(struct tw_window *window, struct tw_window_place *place, bool held);

/* Places in use are 0…used-1. */
uint32_t tw_window_used(const struct tw_window *window);
struct tw_window_place *tw_window_place(struct tw_window *window, uint32_t i);
/* Bytes of memory: constant from tw_window_new() on. */
uint64_t tw_window_memory(const struct tw_window *window);

#endif
