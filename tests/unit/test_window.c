/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sliding windows: what slides out, what settles, and what a flood of keys can and cannot do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "window.h"

#define SEC 1000000000ULL
#define START (1700000000 * SEC)

static struct tw_place_key key_of(uint64_t n)
{
	return (struct tw_place_key){ .word = { n, ~n, n * 7 } };
}

static struct tw_place *add(struct tw_window *w, uint64_t n, uint64_t at_ns, uint32_t hits, uint32_t base)
{
	struct tw_place_key key = key_of(n);

	while (tw_window_step(w, at_ns))
		;
	return tw_window_add(w, &key, tw_places_hash(&key), at_ns, hits, base);
}

static struct tw_place *find(struct tw_window *w, uint64_t n)
{
	struct tw_place_key key = key_of(n);

	for (uint32_t i = 0; i < tw_window_used(w); i++)
		if (!memcmp(&tw_window_place(w, i)->key, &key, sizeof(key)))
			return tw_window_place(w, i);
	return NULL;
}

static uint64_t hits_at(struct tw_window *w, uint64_t n, uint64_t now_ns)
{
	struct tw_place *place;

	while (tw_window_step(w, now_ns))
		;
	place = find(w, n);
	return place ? place->hits : 0;
}

static uint64_t ranks(struct tw_window *w)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < tw_window_used(w); i++)
		sum += tw_window_place(w, i)->rank;
	return sum;
}

static struct tw_window *make(uint32_t places, uint64_t length_ns, uint64_t settle_ns, bool by_base)
{
	struct tw_window_spec spec = { .places = places, .length_ns = length_ns,
				       .settle_ns = settle_ns, .by_base = by_base };
	struct tw_window *w = tw_window_new(&spec, START);

	assert_non_null(w);
	return w;
}

static void test_counts_and_slides(void **state)
{
	struct tw_window *w = make(16, 10 * SEC, 0, false);

	add(w, 1, START, 5, 0);
	add(w, 1, START + 5 * SEC, 7, 2);
	add(w, 2, START + 5 * SEC, 1, 0);
	assert_int_equal(find(w, 1)->hits, 12);
	assert_int_equal(find(w, 1)->base, 2);
	assert_int_equal(find(w, 2)->hits, 1);
	assert_int_equal(hits_at(w, 1, START + 10 * SEC - 1), 12);
	assert_int_equal(hits_at(w, 1, START + 10 * SEC), 7);
	assert_int_equal(hits_at(w, 1, START + 15 * SEC - 1), 7);
	assert_int_equal(hits_at(w, 1, START + 15 * SEC), 0);
	assert_int_equal(find(w, 1)->base, 0);
	assert_int_equal(ranks(w), 0);
	tw_window_free(w);
}

/* Never more than the window's length is counted, at whatever moment it is asked. */
static void test_steady_rate(void **state)
{
	struct tw_window *w = make(4, SEC, 0, false);
	uint64_t most = 0, least = UINT64_MAX;

	for (int ms = 0; ms < 5000; ms++) {
		uint64_t hits = add(w, 1, START + ms * SEC / 1000, 1, 0)->hits;

		if (ms >= 1000) {
			most = hits > most ? hits : most;
			least = hits < least ? hits : least;
		}
	}
	assert_int_equal(most, 1000);
	assert_int_equal(least, 901);
	tw_window_free(w);
}

static void test_settles_later(void **state)
{
	struct tw_window *w = make(4, SEC, SEC, false);

	add(w, 1, START, 100, 0);
	assert_int_equal(find(w, 1)->hits, 0);
	/* A completion that is learnt of later, at the time of its SYN: the same slice. */
	while (tw_window_step(w, START + SEC / 2))
		;
	struct tw_place_key key = key_of(1);

	tw_window_add(w, &key, tw_places_hash(&key), START, 0, 90);
	assert_int_equal(find(w, 1)->base, 0);
	assert_int_equal(hits_at(w, 1, START + SEC - 1), 0);
	assert_int_equal(hits_at(w, 1, START + SEC), 100);
	assert_int_equal(find(w, 1)->base, 90);
	assert_int_equal(hits_at(w, 1, START + 2 * SEC - 1), 100);
	assert_int_equal(hits_at(w, 1, START + 2 * SEC), 0);
	tw_window_free(w);
}

/* Each slice is shown on the way, also when nobody came by for long. */
static void test_steps_one_by_one(void **state)
{
	struct tw_window *w = make(4, SEC, SEC, false);
	int steps = 0, shown = 0;

	add(w, 1, START, 100, 0);
	while (tw_window_step(w, START + 3600 * SEC)) {
		shown += find(w, 1)->hits == 100;
		steps++;
	}
	assert_int_equal(shown, 10);
	assert_in_range(steps, 20, 21);
	assert_true(tw_window_next_ns(w) > START + 3600 * SEC);
	tw_window_free(w);
}

static void test_late_and_early(void **state)
{
	struct tw_window *w = make(4, 10 * SEC, 0, false);
	struct tw_place_key key = key_of(1);
	uint64_t hash = tw_places_hash(&key);

	add(w, 1, START + 20 * SEC, 1, 0);
	assert_non_null(tw_window_add(w, &key, hash, START + 15 * SEC, 1, 0));
	assert_null(tw_window_add(w, &key, hash, START + 9 * SEC, 1, 0));
	assert_null(tw_window_add(w, &key, hash, 0, 1, 0));
	assert_non_null(tw_window_add(w, &key, hash, UINT64_MAX, 1, 0));
	assert_int_equal(find(w, 1)->hits, 3);
	/* The late one leaves when its own time is up. */
	assert_int_equal(hits_at(w, 1, START + 25 * SEC), 2);
	assert_false(tw_window_step(w, START));
	tw_window_free(w);
}

static void test_rebase_keeps_counts(void **state)
{
	struct tw_window *w = make(4, 10 * SEC, 0, false);

	add(w, 1, START, 3, 0);
	tw_window_rebase(w, START - 3600 * SEC);
	assert_int_equal(add(w, 1, START - 3600 * SEC + 1, 1, 0)->hits, 4);
	assert_int_equal(hits_at(w, 1, START - 3590 * SEC), 0);
	tw_window_free(w);
}

static void test_absurd_times(void **state)
{
	struct tw_window *w = make(4, SEC, SEC, false);

	add(w, 1, START, 3, 0);
	while (tw_window_step(w, UINT64_MAX))
		;
	assert_int_equal(find(w, 1)->hits, 0);
	assert_non_null(add(w, 1, UINT64_MAX, 1, 0));
	tw_window_free(w);
}

static void test_counts_saturate(void **state)
{
	struct tw_window *w = make(1, SEC, 0, false);

	add(w, 1, START, UINT32_MAX, 0);
	add(w, 1, START, UINT32_MAX, 0);
	assert_int_equal(find(w, 1)->hits, UINT32_MAX);
	add(w, 2, START, UINT32_MAX, 0);
	assert_int_equal(find(w, 2)->hits, UINT32_MAX);
	assert_int_equal(hits_at(w, 2, START + SEC), 0);
	assert_int_equal(ranks(w), 0);
	tw_window_free(w);
}

/* What only compares (base) takes no place that counts. */
static void test_base_makes_no_room(void **state)
{
	struct tw_window *w = make(2, SEC, 0, false);

	add(w, 1, START, 1, 0);
	assert_non_null(add(w, 2, START, 0, 1));
	assert_null(add(w, 3, START, 0, 1));
	assert_non_null(add(w, 3, START, 1, 0));
	assert_null(find(w, 2));
	assert_non_null(find(w, 1));
	assert_int_equal(find(w, 3)->base, 0);
	tw_window_free(w);
}

/* Who has the least may change as slices expire. */
static void test_least_after_expiry(void **state)
{
	struct tw_window *w = make(3, 10 * SEC, 0, false);

	add(w, 1, START, 100, 0)->calm_ns = 5;
	add(w, 2, START + 5 * SEC, 1, 0);
	add(w, 3, START + 5 * SEC, 1, 0);
	assert_int_equal(add(w, 4, START + 10 * SEC, 1, 0)->calm_ns, 0);
	assert_null(find(w, 1));
	assert_non_null(find(w, 2));
	assert_non_null(find(w, 3));
	tw_window_free(w);
}

static void test_by_base(void **state)
{
	struct tw_window *w = make(2, SEC, 0, true);

	add(w, 1, START, 0, 10);
	add(w, 2, START, 5, 5);
	add(w, 3, START, 0, 1);
	assert_null(find(w, 2));
	assert_int_equal(find(w, 3)->base, 1);
	assert_int_equal(find(w, 3)->rank, 6);
	tw_window_free(w);
}

static void test_held_keeps_its_place(void **state)
{
	struct tw_window *w = make(2, SEC, 0, false);

	tw_window_hold(w, add(w, 1, START, 1, 0), true);
	for (uint64_t n = 2; n < 100; n++)
		add(w, n, START, 10, 0);
	assert_non_null(find(w, 1));
	tw_window_hold(w, find(w, 99), true);
	assert_null(add(w, 100, START, 1000, 0));
	tw_window_hold(w, find(w, 1), false);
	assert_non_null(add(w, 100, START, 1, 0));
	assert_null(find(w, 1));
	tw_window_free(w);
}

/* What the paper proves while no slice expires: ranks sum to all, no count too large, error ≤ N/K. */
static void test_space_saving_bounds(void **state)
{
	enum { PLACES = 32, KEYS = 500, EVENTS = 20000 };
	struct tw_window *w = make(PLACES, 3600 * SEC, 0, false);
	uint64_t truth[KEYS] = { 0 }, n = 0;

	srand(1);
	for (int i = 0; i < EVENTS; i++) {
		uint32_t weight = 1 + rand() % 3;
		int key = rand() % (1 + rand() % KEYS);

		truth[key] += weight;
		n += weight;
		add(w, key, START, weight, 0);
	}
	assert_int_equal(ranks(w), n);
	for (int key = 0; key < KEYS; key++) {
		struct tw_place *place = find(w, key);

		if (truth[key] > n / PLACES)
			assert_non_null(place);
		if (!place)
			continue;
		assert_true(place->hits <= truth[key]);
		assert_true(place->rank >= truth[key]);
		assert_true(place->rank - place->hits <= n / PLACES);
	}
	tw_window_free(w);
}

/* With slices expiring: what is missing stays within (slices + 1) * N/K, and nothing is invented. */
static void test_sliding_bounds(void **state)
{
	enum { PLACES = 64, KEYS = 400, SLICES = 100, PER_SLICE = 500 };
	static uint32_t truth[SLICES][KEYS];
	struct tw_window *w = make(PLACES, 10 * SEC, 0, false);

	memset(truth, 0, sizeof(truth));
	srand(2);
	for (int slice = 0; slice < SLICES; slice++) {
		int events = rand() % PER_SLICE;

		for (int i = 0; i < events; i++) {
			int key = rand() % (1 + rand() % KEYS);

			truth[slice][key]++;
			add(w, key, START + slice * SEC, 1, 0);
		}
		while (tw_window_step(w, START + slice * SEC))
			;
		uint64_t n = 0, sum[KEYS] = { 0 };

		for (int s = slice < 9 ? 0 : slice - 9; s <= slice; s++)
			for (int key = 0; key < KEYS; n += truth[s][key], key++)
				sum[key] += truth[s][key];
		assert_int_equal(ranks(w), n);
		for (int key = 0; key < KEYS; key++) {
			struct tw_place *place = find(w, key);
			uint64_t hits = place ? place->hits : 0;

			assert_true(hits <= sum[key]);
			assert_true(sum[key] - hits <= 11 * n / PLACES);
		}
	}
	tw_window_free(w);
}

static void test_a_million_keys(void **state)
{
	struct tw_window *w = make(1024, 10 * SEC, 0, false);
	uint64_t memory = tw_window_memory(w);
	uint64_t heavy = 0;

	/* One in 50 is the heavy one, among a million that come once. */
	for (uint64_t i = 0; i < 1000000; i++) {
		uint64_t at_ns = START + i * 10000;

		add(w, 1000 + i, at_ns, 1, 0);
		if (i % 50)
			continue;
		add(w, 1, at_ns, 1, 0);
		heavy++;
	}
	assert_int_equal(tw_window_memory(w), memory);
	assert_true(memory < 256 * 1024);
	assert_int_equal(tw_window_used(w), 1024);
	assert_non_null(find(w, 1));
	assert_true(find(w, 1)->hits <= heavy);
	assert_true(heavy - find(w, 1)->hits <= 1020000 / 1024);
	tw_window_free(w);
}

static void test_bad_specs(void **state)
{
	struct tw_window_spec spec = { .places = 1, .length_ns = SEC };

	spec.places = 0;
	assert_null(tw_window_new(&spec, 0));
	spec.places = TW_PLACES_MAX + 1;
	assert_null(tw_window_new(&spec, 0));
	spec.places = 1;
	spec.length_ns = 0;
	assert_null(tw_window_new(&spec, 0));
	spec.length_ns = SEC;
	spec.settle_ns = 2 * SEC;
	assert_null(tw_window_new(&spec, 0));
	tw_window_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_and_slides),
		cmocka_unit_test(test_steady_rate),
		cmocka_unit_test(test_settles_later),
		cmocka_unit_test(test_steps_one_by_one),
		cmocka_unit_test(test_late_and_early),
		cmocka_unit_test(test_rebase_keeps_counts),
		cmocka_unit_test(test_absurd_times),
		cmocka_unit_test(test_counts_saturate),
		cmocka_unit_test(test_base_makes_no_room),
		cmocka_unit_test(test_least_after_expiry),
		cmocka_unit_test(test_by_base),
		cmocka_unit_test(test_held_keeps_its_place),
		cmocka_unit_test(test_space_saving_bounds),
		cmocka_unit_test(test_sliding_bounds),
		cmocka_unit_test(test_a_million_keys),
		cmocka_unit_test(test_bad_specs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
