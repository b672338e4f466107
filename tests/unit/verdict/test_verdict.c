// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Verdicts when no rule holds, how sure each is, and which rule comes first. */
#include "made_case.h"

static enum tw_confidence confidence(void)
{
	judge();
	return c.got.confidence;
}

static void test_ok(void **state)
{
	healthy();
	VERDICT("ok");
	assert_int_equal(c.got.count, 1);
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_HIGH);
	assert_int_equal(c.got.evidence, 1u << TW_EV_ESTABLISHED);
	c.final.trouble = NULL;
	VERDICT("ok");
	c.final.end = TW_END_EOF; /* open at the end of the input */
	VERDICT("ok");
	reset(TW_CAUSE_AFTER_CLOSE, false);
	VERDICT("ok");
}

/* What went wrong, but not enough for a verdict, is not denied. */
static void test_ok_with_trifles(void **state)
{
	healthy();
	VERDICT("ok");
	why_has("Closed by both sides, and nothing stood in its way.");
	c.trouble.half[0].retransmits = 1;
	c.time.recovery = 300 * MS;
	VERDICT("ok");
	why_has("Closed by both sides; 1 segment sent again, recovery took 300 ms: no more than that.");
	c.trouble.half[0].retransmits = 0;
	c.time.zero_window = 20 * MS;
	c.final.end = TW_END_EOF;
	VERDICT("ok");
	why_has("looked at; recovery from loss or reordering took 300 ms; a window was shut for 20 ms: no more than that.");
}

static void test_unknown(void **state)
{
	attempt();
	VERDICT("unknown");
	answered(); /* the SYN-ACK is less than 3 s old */
	VERDICT("unknown");
	attempt();
	RESP->packets = 1;
	SEE(HANDSHAKE_BAD_ACK);
	VERDICT("unknown");
	why_has("Only a challenge ACK answered");
	healthy();
	RESP->packets = 0;
	VERDICT("unknown");
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
}

static void test_confidence(void **state)
{
	healthy();
	c.flow.flags |= TW_FF_MIDSTREAM;
	assert_int_equal(confidence(), TW_CONFIDENCE_MEDIUM);
	SEE(LOST_SEGMENT_UNSEEN);
	assert_int_equal(confidence(), TW_CONFIDENCE_LOW);
	RESP->packets = 0;
	assert_int_equal(confidence(), TW_CONFIDENCE_LOW);
	healthy();
	c.final.unsure = true;
	assert_int_equal(confidence(), TW_CONFIDENCE_MEDIUM);
	healthy(); /* there was trouble, and it found no room in the table */
	c.flow.flags |= TW_FF_TROUBLE;
	c.final.trouble = NULL;
	assert_int_equal(confidence(), TW_CONFIDENCE_MEDIUM);
}

/* Who owns most time comes first, originator_idle last of all. */
static void test_order(void **state)
{
	static const char *const want[] = { "responder_slow", "lossy_path", "receiver_stalled", "nagle_delayed_ack",
					    "reordering_path", "originator_idle" };

	healthy();
	SEE(SLOW_REQUEST), SEE(SLOW_RESPONSE), SEE(RETRANSMIT);
	c.time = (struct tw_timebudget){ .zero_window = 1 * S, .recovery = 2 * S, .responder = 3 * S,
					 .delayed_ack = 600 * MS, .idle = 3400 * MS };
	T_ORIG->retransmits = T_ORIG->out_of_order = 50;
	judge();
	assert_int_equal(c.got.count, 6);
	for (int i = 0; i < 6; i++)
		assert_string_equal(tw_verdict_word(c.got.list[i]), want[i]);
	c.final.end = TW_END_RESET; /* what explains the end goes before all */
	c.final.cause = TW_CAUSE_ABORTED;
	VERDICT("reset_by_responder");
	assert_int_equal(c.got.count, 7);
	assert_string_equal(tw_verdict_word(c.got.list[1]), "responder_slow");
}

/* The originator may be either side of the key. */
static void test_other_side(void **state)
{
	struct tw_half half;

	healthy();
	T_ORIG->retransmits = 11;
	half = c.flow.half[0], c.flow.half[0] = c.flow.half[1], c.flow.half[1] = half;
	c.flow.orig = 1;
	VERDICT("lossy_path");
	why_has("from the responder");
}

/* Whatever the numbers are: it fits, and it judges. */
static void test_any(void **state)
{
	srand(7);
	for (int i = 0; i < 20000; i++) {
		uint8_t *bytes = (uint8_t *)&c;

		for (size_t k = 0; k < offsetof(struct made_case, final); k++)
			bytes[k] = rand();
		c.final = (struct tw_rec_final){ .flow = &c.flow, .trouble = &c.trouble, .notes = &c.notes, .time = &c.time,
						 .end = rand() % _TW_END_MAX, .cause = rand() % _TW_CAUSE_MAX,
						 .suspect = rand() & ((1 << _TW_SUSPECT_MAX) - 1), .seen = rand(),
						 .until_ns = rand(), .reset_by_orig = rand() & 1 };
		c.name.family = 6;
		judge();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ok), cmocka_unit_test(test_ok_with_trifles), cmocka_unit_test(test_unknown), cmocka_unit_test(test_confidence),
		cmocka_unit_test(test_order), cmocka_unit_test(test_other_side), cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
