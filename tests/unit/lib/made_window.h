/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sliding windows whose keys are numbers: for tests of windows. */
#ifndef TCPWHY_TESTS_MADE_WINDOW_H
#define TCPWHY_TESTS_MADE_WINDOW_H

#include "alert/window.h"
#include "made.h"

static inline struct tw_place_key key_of(uint64_t n)
{
	return (struct tw_place_key){ .word = { n, ~n, n * 7 } };
}

static inline struct tw_place *add(struct tw_window *w, uint64_t n, uint64_t at_ns, uint32_t hits, uint32_t base)
{
	struct tw_place_key key = key_of(n);

	while (tw_window_step(w, at_ns))
		;
	return tw_window_add(w, &key, tw_places_hash(&key), at_ns, hits, base);
}

static inline struct tw_place *find(struct tw_window *w, uint64_t n)
{
	struct tw_place_key key = key_of(n);

	for (uint32_t i = 0; i < tw_window_used(w); i++)
		if (!memcmp(&tw_window_place(w, i)->key, &key, sizeof(key)))
			return tw_window_place(w, i);
	return NULL;
}

static inline uint64_t hits_at(struct tw_window *w, uint64_t n, uint64_t now_ns)
{
	struct tw_place *place;

	while (tw_window_step(w, now_ns))
		;
	place = find(w, n);
	return place ? place->hits : 0;
}

static inline uint64_t ranks(struct tw_window *w)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < tw_window_used(w); i++)
		sum += tw_window_place(w, i)->rank;
	return sum;
}

static inline struct tw_window *make(uint32_t places, uint64_t length_ns, uint64_t settle_ns, bool by_base)
{
	struct tw_window_spec spec = { .places = places, .length_ns = length_ns,
				       .settle_ns = settle_ns, .by_base = by_base };
	struct tw_window *w = tw_window_new(&spec, WALL);

	assert_non_null(w);
	return w;
}

#endif
