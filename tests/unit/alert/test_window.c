// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sliding windows: what slides out, what settles, what comes late or early or at absurd times. */
#include "made_window.h"

static void test_counts_and_slides(void **state)
{
	struct tw_window *w = make(16, 10 * S, 0, false);

	add(w, 1, WALL, 5, 0);
	add(w, 1, WALL + 5 * S, 7, 2);
	add(w, 2, WALL + 5 * S, 1, 0);
	assert_int_equal(find(w, 1)->hits, 12);
	assert_int_equal(find(w, 1)->base, 2);
	assert_int_equal(find(w, 2)->hits, 1);
	assert_int_equal(hits_at(w, 1, WALL + 10 * S - 1), 12);
	assert_int_equal(hits_at(w, 1, WALL + 10 * S), 7);
	assert_int_equal(hits_at(w, 1, WALL + 15 * S - 1), 7);
	assert_int_equal(hits_at(w, 1, WALL + 15 * S), 0);
	assert_int_equal(find(w, 1)->base, 0);
	assert_int_equal(ranks(w), 0);
	tw_window_free(w);
}

/* Never more than the window's length is counted, at whatever moment it is asked. */
static void test_steady_rate(void **state)
{
	struct tw_window *w = make(4, S, 0, false);
	uint64_t most = 0, least = UINT64_MAX;

	for (int ms = 0; ms < 5000; ms++) {
		uint64_t hits = add(w, 1, WALL + ms * S / 1000, 1, 0)->hits;

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
	struct tw_window *w = make(4, S, S, false);

	add(w, 1, WALL, 100, 0);
	assert_int_equal(find(w, 1)->hits, 0);
	/* A completion that is learnt of later, at the time of its SYN: the same slice. */
	while (tw_window_step(w, WALL + S / 2))
		;
	struct tw_place_key key = key_of(1);

	tw_window_add(w, &key, tw_places_hash(&key), WALL, 0, 90);
	assert_int_equal(find(w, 1)->base, 0);
	assert_int_equal(hits_at(w, 1, WALL + S - 1), 0);
	assert_int_equal(hits_at(w, 1, WALL + S), 100);
	assert_int_equal(find(w, 1)->base, 90);
	assert_int_equal(hits_at(w, 1, WALL + 2 * S - 1), 100);
	assert_int_equal(hits_at(w, 1, WALL + 2 * S), 0);
	tw_window_free(w);
}

/* Each slice is shown on the way, also when nobody came by for long. */
static void test_steps_one_by_one(void **state)
{
	struct tw_window *w = make(4, S, S, false);
	int steps = 0, shown = 0;

	add(w, 1, WALL, 100, 0);
	while (tw_window_step(w, WALL + 3600 * S)) {
		shown += find(w, 1)->hits == 100;
		steps++;
	}
	assert_int_equal(shown, 10);
	assert_in_range(steps, 20, 21);
	assert_true(tw_window_next_ns(w) > WALL + 3600 * S);
	tw_window_free(w);
}

static void test_late_and_early(void **state)
{
	struct tw_window *w = make(4, 10 * S, 0, false);
	struct tw_place_key key = key_of(1);
	uint64_t hash = tw_places_hash(&key);

	add(w, 1, WALL + 20 * S, 1, 0);
	assert_non_null(tw_window_add(w, &key, hash, WALL + 15 * S, 1, 0));
	assert_null(tw_window_add(w, &key, hash, WALL + 9 * S, 1, 0));
	assert_null(tw_window_add(w, &key, hash, 0, 1, 0));
	assert_non_null(tw_window_add(w, &key, hash, UINT64_MAX, 1, 0));
	assert_int_equal(find(w, 1)->hits, 3);
	/* The late one leaves when its own time is up. */
	assert_int_equal(hits_at(w, 1, WALL + 25 * S), 2);
	assert_false(tw_window_step(w, WALL));
	tw_window_free(w);
}

static void test_rebase_keeps_counts(void **state)
{
	struct tw_window *w = make(4, 10 * S, 0, false);

	add(w, 1, WALL, 3, 0);
	tw_window_rebase(w, WALL - 3600 * S);
	assert_int_equal(add(w, 1, WALL - 3600 * S + 1, 1, 0)->hits, 4);
	assert_int_equal(hits_at(w, 1, WALL - 3590 * S), 0);
	tw_window_free(w);
}

static void test_absurd_times(void **state)
{
	struct tw_window *w = make(4, S, S, false);

	add(w, 1, WALL, 3, 0);
	while (tw_window_step(w, UINT64_MAX))
		;
	assert_int_equal(find(w, 1)->hits, 0);
	assert_non_null(add(w, 1, UINT64_MAX, 1, 0));
	tw_window_free(w);
}

static void test_counts_saturate(void **state)
{
	struct tw_window *w = make(1, S, 0, false);

	add(w, 1, WALL, UINT32_MAX, 0);
	add(w, 1, WALL, UINT32_MAX, 0);
	assert_int_equal(find(w, 1)->hits, UINT32_MAX);
	add(w, 2, WALL, UINT32_MAX, 0);
	assert_int_equal(find(w, 2)->hits, UINT32_MAX);
	assert_int_equal(hits_at(w, 2, WALL + S), 0);
	assert_int_equal(ranks(w), 0);
	tw_window_free(w);
}

static void test_bad_specs(void **state)
{
	struct tw_window_spec spec = { .places = 1, .length_ns = S };

	spec.places = 0;
	assert_null(tw_window_new(&spec, 0));
	spec.places = TW_PLACES_MAX + 1;
	assert_null(tw_window_new(&spec, 0));
	spec.places = 1;
	spec.length_ns = 0;
	assert_null(tw_window_new(&spec, 0));
	spec.length_ns = S;
	spec.settle_ns = 2 * S;
	assert_null(tw_window_new(&spec, 0));
	tw_window_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_and_slides), cmocka_unit_test(test_steady_rate),
		cmocka_unit_test(test_settles_later), cmocka_unit_test(test_steps_one_by_one),
		cmocka_unit_test(test_late_and_early), cmocka_unit_test(test_rebase_keeps_counts),
		cmocka_unit_test(test_absurd_times), cmocka_unit_test(test_counts_saturate),
		cmocka_unit_test(test_bad_specs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
