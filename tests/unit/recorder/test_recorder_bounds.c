// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The flight recorder's bounds: packets a second, memory, a directory that is gone, records that are none. */
#include "made_evidence.h"

/* No more than so many a second, of all together; the rest is counted. */
static void test_rate(void **state)
{
	for (uint64_t i = 0; i < TW_RECORDER_RATE + 500; i++)
		give(1000 + i / 10, i % 10 + 1, 1 * S + i);
	tw_recorder_stats(recorder, &stats);
	assert_int_equal(stats.given, TW_RECORDER_RATE + 500);
	assert_int_equal(stats.too_many, 500);
	tick(2 * S);
	give(CONN, 1, 2 * S);
	tw_recorder_stats(recorder, &stats);
	assert_int_equal(stats.too_many, 500);
}

/* The memory is bounded: what is oldest is written before its time. */
static void test_memory(void **state)
{
	uint64_t id = 1000;

	for (int second = 2; second < 12; second++) {
		tick(second * S);
		for (int i = 0; i < TW_RECORDER_RATE; i++)
			give(id++, 1, second * S);
	}
	tw_recorder_stats(recorder, &stats);
	assert_true(stats.written > 0);
	assert_true(stats.held * 200 < TW_RECORDER_HOLD + (1 << 20));
	assert_int_equal(stats.given, stats.written + stats.held + stats.unwritten + stats.too_many);
}

static void test_directory_gone(void **state)
{
	give(CONN, 1, 1 * S);
	assert_int_equal(rmdir(dir), 0);
	tick(7 * S);
	assert_non_null(strstr(notice, "cannot write"));
	tw_recorder_stats(recorder, &stats);
	assert_int_equal(stats.unwritten, 1);
	notice[0] = '\0';
	give(CONN, 1, 8 * S);
	tick(14 * S);
	assert_string_equal(notice, ""); /* said once */
}

/* Whatever the kernel's ring may hold: nothing of another length is read. */
static void test_odd_record(void **state)
{
	struct tw_evidence e = packet(CONN, 1, 1 * S);

	tw_recorder_packet(recorder, &e, sizeof(e) - 1);
	e.cap = 60000;
	tw_recorder_packet(recorder, &e, sizeof(e));
	tw_recorder_finish(recorder);
	expect_count(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rate), TEST(test_memory), TEST(test_directory_gone), TEST(test_odd_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
