/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sliding windows per key in bounded memory: Space-Saving over slices of time (window.h).
 *
 * Each place has a ring of slices. The bounds that window.h states rest on two invariants: the ranks
 * of all places sum to what the window saw of all keys, and the place that makes room is the least.
 */
#include <stdlib.h>
#include <string.h>

#include "window.h"

/* What one slice of time saw of one key. */
struct slice {
	uint32_t hits, base;
	uint32_t inherited; /* rank taken over from the keys that had this place before */
};

struct tw_window {
	struct tw_places places;
	bool by_base;
	uint64_t slice_ns;
	uint64_t end_ns;     /* of the newest slice */
	uint32_t newest;     /* its index in each ring */
	uint32_t slices;     /* in a ring */
	uint32_t settling;   /* of them not shown yet: the newest */
	uint64_t load;       /* all hits, base and inherited in all slices */
	struct slice *rings; /* places × slices */
	uint32_t extra;      /* bytes … */
	char *extras;        /* … of each slice */
};

static void set_newest_slice(struct tw_window *w, uint64_t now_ns)
{
	if (now_ns > INT64_MAX)
		now_ns = INT64_MAX;
	w->end_ns = (now_ns / w->slice_ns + 1) * w->slice_ns;
}

struct tw_window *tw_window_new(const struct tw_window_spec *spec, uint64_t now_ns)
{
	struct tw_window *w;

	if (spec->length_ns < TW_WINDOW_SLICES || spec->settle_ns > spec->length_ns)
		return NULL;
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->by_base = spec->by_base;
	w->slice_ns = spec->length_ns / TW_WINDOW_SLICES;
	w->settling = (spec->settle_ns + w->slice_ns - 1) / w->slice_ns;
	w->slices = TW_WINDOW_SLICES + w->settling;
	set_newest_slice(w, now_ns);
	w->rings = calloc((size_t)spec->places * w->slices, sizeof(*w->rings));
	w->extra = spec->extra;
	if (w->extra)
		w->extras = calloc((size_t)spec->places * w->slices, w->extra);
	if (tw_places_init(&w->places, spec->places) || !w->rings || (w->extra && !w->extras)) {
		tw_window_free(w);
		return NULL;
	}
	return w;
}

void tw_window_free(struct tw_window *w)
{
	if (!w)
		return;
	tw_places_release(&w->places);
	free(w->rings);
	free(w->extras);
	free(w);
}

uint64_t tw_window_memory(const struct tw_window *w)
{
	return sizeof(*w) + tw_places_memory(&w->places) +
	       (uint64_t)w->places.n * w->slices * (sizeof(*w->rings) + w->extra);
}

uint32_t tw_window_used(const struct tw_window *w)
{
	return w->places.used;
}

struct tw_place *tw_window_place(struct tw_window *w, uint32_t i)
{
	return &w->places.place[i];
}

uint64_t tw_window_next_ns(const struct tw_window *w)
{
	return w->end_ns;
}

void tw_window_hold(struct tw_window *w, struct tw_place *place, bool held)
{
	tw_places_hold(&w->places, place, held);
}

static struct slice *ring_of(struct tw_window *w, const struct tw_place *place)
{
	return &w->rings[(size_t)(place - w->places.place) * w->slices];
}

/* Index in a ring of the slice that is @age slices older than the newest. */
static uint32_t slice_at(const struct tw_window *w, uint32_t age)
{
	return w->newest >= age ? w->newest - age : w->newest + w->slices - age;
}

static void *extra_at(struct tw_window *w, const struct slice *slice)
{
	return w->extras + (size_t)(slice - w->rings) * w->extra;
}

void *tw_window_extra(struct tw_window *w, const struct tw_place *place, uint32_t age)
{
	return extra_at(w, &ring_of(w, place)[slice_at(w, age)]);
}

uint32_t tw_window_slices(const struct tw_window *w)
{
	return w->slices;
}

static uint64_t rank_of(const struct tw_window *w, const struct slice *slice)
{
	return (w->by_base ? slice->base : slice->hits) + (uint64_t)slice->inherited;
}

static uint64_t load_of(const struct slice *slice)
{
	return (uint64_t)slice->hits + slice->base + slice->inherited;
}

/* ---- time ---- */

static void expire(struct tw_window *w, struct tw_place *place, struct slice *oldest)
{
	place->hits -= oldest->hits;
	place->base -= oldest->base;
	place->rank -= rank_of(w, oldest);
	w->load -= load_of(oldest);
	memset(oldest, 0, sizeof(*oldest));
	if (w->extra)
		memset(extra_at(w, oldest), 0, w->extra);
}

/* The oldest slice becomes the newest. */
static void slide(struct tw_window *w)
{
	uint32_t settled;

	w->newest = w->newest + 1 == w->slices ? 0 : w->newest + 1;
	w->end_ns += w->slice_ns;
	settled = slice_at(w, w->settling);
	for (uint32_t i = 0; i < w->places.used; i++) {
		struct tw_place *place = &w->places.place[i];
		struct slice *ring = ring_of(w, place);

		expire(w, place, &ring[w->newest]);
		place->hits += ring[settled].hits;
		place->base += ring[settled].base;
	}
	tw_places_changed(&w->places);
}

bool tw_window_step(struct tw_window *w, uint64_t now_ns)
{
	if (now_ns > INT64_MAX)
		now_ns = INT64_MAX;
	if (now_ns < w->end_ns)
		return false;
	slide(w);
	if (!w->load && now_ns >= w->end_ns)
		set_newest_slice(w, now_ns);
	return true;
}

void tw_window_rebase(struct tw_window *w, uint64_t now_ns)
{
	set_newest_slice(w, now_ns);
}

/* ---- counting ---- */

/* What the slices had of the key before ranks on, as "maybe of the new one". */
static void inherit(struct tw_window *w, struct tw_place *place)
{
	struct slice *ring = ring_of(w, place);

	place->hits = place->base = place->rank = place->calm_ns = 0;
	if (w->extra)
		memset(extra_at(w, ring), 0, (size_t)w->extra * w->slices);
	for (uint32_t i = 0; i < w->slices; i++) {
		uint64_t rank = rank_of(w, &ring[i]);

		w->load -= load_of(&ring[i]);
		ring[i].hits = ring[i].base = 0;
		ring[i].inherited = rank < UINT32_MAX ? rank : UINT32_MAX;
		w->load += ring[i].inherited;
		place->rank += ring[i].inherited;
	}
}

static struct tw_place *make_room(struct tw_window *w, const struct tw_place_key *key, uint64_t hash,
				  uint32_t ranking)
{
	struct tw_place *place = tw_places_take_free(&w->places, key, hash);

	if (place || !ranking)
		return place;
	place = tw_places_take_least(&w->places, key, hash);
	if (place)
		inherit(w, place);
	return place;
}

/* Adds up to the largest number; returns what was added. */
static uint32_t saturate(uint32_t *count, uint32_t more)
{
	uint32_t room = UINT32_MAX - *count;

	if (more > room)
		more = room;
	*count += more;
	return more;
}

static void count(struct tw_window *w, struct tw_place *place, uint32_t age, uint32_t hits, uint32_t base)
{
	struct slice *slice = &ring_of(w, place)[slice_at(w, age)];

	hits = saturate(&slice->hits, hits);
	base = saturate(&slice->base, base);
	w->load += (uint64_t)hits + base;
	if (age >= w->settling) {
		place->hits += hits;
		place->base += base;
	}
	if (w->by_base ? base : hits) {
		place->rank += w->by_base ? base : hits;
		tw_places_grown(&w->places, place);
	}
}

struct tw_place *tw_window_add(struct tw_window *w, const struct tw_place_key *key, uint64_t hash,
			       uint64_t at_ns, uint32_t hits, uint32_t base)
{
	uint64_t age = at_ns < w->end_ns ? (w->end_ns - 1 - at_ns) / w->slice_ns : 0;
	struct tw_place *place;

	if (age >= w->slices)
		return NULL;
	place = tw_places_find(&w->places, key, hash);
	if (!place)
		place = make_room(w, key, hash, w->by_base ? base : hits);
	if (place)
		count(w, place, age, hits, base);
	return place;
}
