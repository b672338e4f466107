// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The words: each found again by its number, none twice, none missing. */
#include "base/names.h"
#include "made.h"

static void test_events_round_trip(void **state)
{
	for (unsigned int i = 0; i < _TW_EV_MAX; i++) {
		const char *word = tw_event_word(i);

		assert_int_equal(tw_event_number(word, strlen(word)), i);
		assert_true(strlen(tw_event_meaning(i)) > 5);
		assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz_"), strlen(word));
	}
	assert_int_equal(tw_event_number("syn", 2), -ENOENT);
	assert_int_equal(tw_event_number("syn_", 4), -ENOENT);
	assert_int_equal(tw_event_number("", 0), -ENOENT);
	assert_string_equal(tw_event_word(_TW_EV_MAX), "?");
}

static void no_word_twice(const char *(*word)(unsigned int number), unsigned int max)
{
	for (unsigned int i = 0; i < max; i++)
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(word(i), word(k));
	assert_string_equal(word(max), "?");
	assert_string_equal(word(UINT32_MAX), "?");
}

static void test_no_word_twice(void **state)
{
	no_word_twice(tw_event_word, _TW_EV_MAX);
	no_word_twice(tw_cause_word, _TW_CAUSE_MAX);
	no_word_twice(tw_stage_word, _TW_STAGE_MAX);
	no_word_twice(tw_suspect_word, _TW_SUSPECT_MAX);
	no_word_twice(tw_kind_word, _TW_KIND_MAX);
	no_word_twice(tw_confidence_word, _TW_CONFIDENCE_MAX);
	no_word_twice(tw_skip_word, _TW_SKIP_MAX);
	no_word_twice(tw_end_word, _TW_END_MAX);
	no_word_twice(tw_option_word, 10);
	no_word_twice(tw_handshake_word, _TW_HANDSHAKE_MAX);
	no_word_twice(tw_verdict_word, _TW_VERDICT_MAX);
}

static void test_verdicts_round_trip(void **state)
{
	for (unsigned int i = 0; i < _TW_VERDICT_MAX; i++) {
		assert_int_equal(tw_verdict_number(tw_verdict_word(i)), i);
		assert_true(strlen(tw_verdict_meaning(i)) > 5);
	}
	assert_int_equal(tw_verdict_number("fine"), -ENOENT);
}

static void test_public(void **state)
{
	assert_true(tw_event_is_public(TW_EV_SYN));
	assert_true(tw_event_is_public(TW_EV_CAPTURE_STOPPED));
	assert_false(tw_event_is_public(TW_EV_NONE));
	assert_false(tw_event_is_public(TW_EV_OPENED));
	assert_false(tw_event_is_public(TW_EV_ENDED));
	assert_false(tw_event_is_public(TW_EV_REPLACED));
	assert_false(tw_event_is_public(_TW_EV_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_round_trip),
		cmocka_unit_test(test_no_word_twice),
		cmocka_unit_test(test_verdicts_round_trip),
		cmocka_unit_test(test_public),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
