// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The timing wheel against a plain list: each timer fires once, not early, at most a slot late. */
#include "base/timers.h"
#include "made.h"

#define N 2000
#define SLOT_NS (1ULL << TW_TIMER_SLOT_SHIFT)

static struct tw_timers wheel;
static struct tw_timer timers[N];
static uint64_t now, due[N];
static unsigned int fired;

static void on_fire(void *ctx, struct tw_timer *timer)
{
	size_t i = timer - timers;

	assert_ptr_equal(ctx, &fired);
	assert_int_not_equal(due[i], 0);
	assert_int_equal(timer->due_ns, due[i]);
	assert_true(due[i] <= now);
	due[i] = 0;
	fired++;
}

static unsigned int late(void)
{
	unsigned int n = 0;

	for (size_t i = 0; i < N; i++)
		n += due[i] && due[i] + SLOT_NS <= now;
	return n;
}

static void test_random_life(void **state)
{
	unsigned int seed = 1, armed = 0;

	tw_timers_init(&wheel);
	now = 1000 * S;
	tw_timers_run(&wheel, now, on_fire, &fired);
	for (unsigned int step = 0; step < 200000; step++) {
		size_t i = rand_r(&seed) % N;

		switch (rand_r(&seed) % 4) {
		case 0:
			tw_timers_stop(&wheel, &timers[i]);
			due[i] = 0;
			break;
		case 1:
			now += rand_r(&seed) % (rand_r(&seed) % 1000 ? 20 * MS : 300 * S);
			tw_timers_run(&wheel, now, on_fire, &fired);
			assert_int_equal(late(), 0);
			break;
		default:
			due[i] = now + rand_r(&seed) % (rand_r(&seed) % 2 ? 3 * S : 400 * S) + 1;
			tw_timers_arm(&wheel, &timers[i], due[i]);
			armed++;
		}
	}
	now += 1000 * S;
	tw_timers_run(&wheel, now, on_fire, &fired);
	assert_int_equal(late(), 0);
	assert_int_equal(wheel.armed, 0);
	assert_true(fired > armed / 4);
}

/* A chain of timers, each armed by the one before, within one jump of time. */
static unsigned int links;

static void on_link(void *ctx, struct tw_timer *timer)
{
	if (++links < 100)
		tw_timers_arm(&wheel, timer, timer->due_ns + 60 * S);
}

static void test_chain_in_one_jump(void **state)
{
	static struct tw_timer timer;

	tw_timers_init(&wheel);
	tw_timers_run(&wheel, 50 * S, on_link, NULL);
	tw_timers_arm(&wheel, &timer, 110 * S);
	tw_timers_run(&wheel, 50 * S + 100 * 60 * S + S, on_link, NULL);
	assert_int_equal(links, 100);
}

/* Captures jump: what is due meanwhile fires in order, turns of the wheel apart or not. */
static uint64_t last_slot;

static void on_ordered(void *ctx, struct tw_timer *timer)
{
	assert_true(timer->due_ns / SLOT_NS >= last_slot);
	last_slot = timer->due_ns / SLOT_NS;
	links++;
}

static void test_order_in_one_jump(void **state)
{
	unsigned int seed = 2;

	links = last_slot = 0;
	tw_timers_init(&wheel);
	tw_timers_run(&wheel, 10 * S, on_ordered, NULL);
	memset(timers, 0, sizeof(timers));
	for (size_t i = 0; i < N; i++)
		tw_timers_arm(&wheel, &timers[i], 10 * S + rand_r(&seed) % 7200 * S);
	tw_timers_run(&wheel, 365 * 86400 * S, on_ordered, NULL);
	assert_int_equal(links, N);
}

static void test_time_that_passed_fires_next(void **state)
{
	static struct tw_timer timer;

	links = 99;
	tw_timers_init(&wheel);
	tw_timers_run(&wheel, 100 * S, on_link, NULL);
	tw_timers_arm(&wheel, &timer, 20 * S);
	tw_timers_run(&wheel, 100 * S + SLOT_NS, on_link, NULL);
	assert_int_equal(links, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_life),
		cmocka_unit_test(test_chain_in_one_jump),
		cmocka_unit_test(test_order_in_one_jump),
		cmocka_unit_test(test_time_that_passed_fires_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
