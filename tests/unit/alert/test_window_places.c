// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sliding windows with more keys than places: who gives way, what is missed at most, and a flood of keys. */
#include "made_window.h"

/* What only compares (base) takes no place that counts. */
static void test_base_makes_no_room(void **state)
{
	struct tw_window *w = make(2, S, 0, false);

	add(w, 1, WALL, 1, 0);
	assert_non_null(add(w, 2, WALL, 0, 1));
	assert_null(add(w, 3, WALL, 0, 1));
	assert_non_null(add(w, 3, WALL, 1, 0));
	assert_null(find(w, 2));
	assert_non_null(find(w, 1));
	assert_int_equal(find(w, 3)->base, 0);
	tw_window_free(w);
}

/* Who has the least may change as slices expire. */
static void test_least_after_expiry(void **state)
{
	struct tw_window *w = make(3, 10 * S, 0, false);

	add(w, 1, WALL, 100, 0)->calm_ns = 5;
	add(w, 2, WALL + 5 * S, 1, 0);
	add(w, 3, WALL + 5 * S, 1, 0);
	assert_int_equal(add(w, 4, WALL + 10 * S, 1, 0)->calm_ns, 0);
	assert_null(find(w, 1));
	assert_non_null(find(w, 2));
	assert_non_null(find(w, 3));
	tw_window_free(w);
}

static void test_by_base(void **state)
{
	struct tw_window *w = make(2, S, 0, true);

	add(w, 1, WALL, 0, 10);
	add(w, 2, WALL, 5, 5);
	add(w, 3, WALL, 0, 1);
	assert_null(find(w, 2));
	assert_int_equal(find(w, 3)->base, 1);
	assert_int_equal(find(w, 3)->rank, 6);
	tw_window_free(w);
}

static void test_held_keeps_its_place(void **state)
{
	struct tw_window *w = make(2, S, 0, false);

	tw_window_hold(w, add(w, 1, WALL, 1, 0), true);
	for (uint64_t n = 2; n < 100; n++)
		add(w, n, WALL, 10, 0);
	assert_non_null(find(w, 1));
	tw_window_hold(w, find(w, 99), true);
	assert_null(add(w, 100, WALL, 1000, 0));
	tw_window_hold(w, find(w, 1), false);
	assert_non_null(add(w, 100, WALL, 1, 0));
	assert_null(find(w, 1));
	tw_window_free(w);
}

/* What the paper proves while no slice expires: ranks sum to all, no count too large, error ≤ N/K. */
static void test_space_saving_bounds(void **state)
{
	enum { PLACES = 32, KEYS = 500, EVENTS = 20000 };
	struct tw_window *w = make(PLACES, 3600 * S, 0, false);
	uint64_t truth[KEYS] = { 0 }, n = 0;

	srand(1);
	for (int i = 0; i < EVENTS; i++) {
		uint32_t weight = 1 + rand() % 3;
		int key = rand() % (1 + rand() % KEYS);

		truth[key] += weight;
		n += weight;
		add(w, key, WALL, weight, 0);
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
	struct tw_window *w = make(PLACES, 10 * S, 0, false);

	memset(truth, 0, sizeof(truth));
	srand(2);
	for (int slice = 0; slice < SLICES; slice++) {
		int events = rand() % PER_SLICE;

		for (int i = 0; i < events; i++) {
			int key = rand() % (1 + rand() % KEYS);

			truth[slice][key]++;
			add(w, key, WALL + slice * S, 1, 0);
		}
		while (tw_window_step(w, WALL + slice * S))
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
	struct tw_window *w = make(1024, 10 * S, 0, false);
	uint64_t memory = tw_window_memory(w);
	uint64_t heavy = 0;

	/* One in 50 is the heavy one, among a million that come once. */
	for (uint64_t i = 0; i < 1000000; i++) {
		uint64_t at_ns = WALL + i * 10000;

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_makes_no_room), cmocka_unit_test(test_least_after_expiry),
		cmocka_unit_test(test_by_base), cmocka_unit_test(test_held_keeps_its_place),
		cmocka_unit_test(test_space_saving_bounds), cmocka_unit_test(test_sliding_bounds),
		cmocka_unit_test(test_a_million_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
