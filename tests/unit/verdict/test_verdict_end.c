// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How connections and attempts ended: what each such verdict needs, and which RST counts. */
#include "made_case.h"

static void test_refused(void **state)
{
	attempt();
	c.final.end = TW_END_RESET;
	c.final.cause = TW_CAUSE_REFUSED;
	c.final.duration_ns = 300000;
	SEE(RESET);
	VERDICT("refused");
	why_has("port 443");
	why_has("0.3 ms");
	why_has("nothing listens there");
	c.final.open_beside = 1;
	why_has("while 1 other connection to that port was open");
	c.final.open_beside = 30;
	why_has("while 30 other connections to that port were open");
	ORIG->attempts = ORIG->packets = 3;
	why_has("3 SYNs");
	c.final.suspect = 1 << TW_SUSPECT_PAYLOAD | 1 << TW_SUSPECT_TTL; /* a message, low at most */
	VERDICT("refused");
	reject(true); /* a RST is another answer */
	VERDICT("refused");
}

static void test_never_completed(void **state)
{
	answered();
	c.final.until_ns = 103 * S + MS;
	VERDICT("originator_never_completed");
	c.final.until_ns--;
	VERDICT("unknown");
	answered();
	c.final.end = TW_END_RESET;
	c.final.cause = TW_CAUSE_HANDSHAKE_ABORTED;
	VERDICT("originator_never_completed");
	ORIG->packets = 2; /* it has said something */
	VERDICT("reset_by_responder");
	answered();
	c.final.end = TW_END_RESET;
	c.final.cause = TW_CAUSE_HALF_OPEN_RESET;
	c.final.reset_by_orig = true;
	ORIG->packets = 2;
	VERDICT("reset_by_originator");
}

static void test_no_answer(void **state)
{
	attempt();
	ORIG->attempts = ORIG->packets = 3;
	SEE(SYN_RETRANSMIT), SEE(CONNECT_TIMEOUT);
	c.final.end = TW_END_TIMEOUT;
	c.final.until_ns = 121 * S;
	VERDICT("no_answer");
	why_has("3 SYNs in 21.0 s");
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_HIGH);
	healthy(); /* a late repeat was answered */
	SEE(CONNECT_TIMEOUT);
	VERDICT("ok");
}

static void test_gave_up(void **state)
{
	healthy();
	c.final.end = TW_END_IDLE;
	lose(100);
	ORIG->probes = 3;
	T_ORIG->retransmits = 3;
	T_ORIG->probe_seen = RESP->packets;
	VERDICT("gave_up_retransmitting");
	why_has("The originator sent data again 3 times");
	ORIG->probes = 2;
	assert_false(holds("gave_up_retransmitting"));
	ORIG->probes = 3;
	T_ORIG->probe_seen--; /* something came back */
	assert_false(holds("gave_up_retransmitting"));
	T_ORIG->probe_seen++;
	lose(0); /* keep-alives, or the FIN alone */
	assert_false(holds("gave_up_retransmitting"));
	healthy(); /* half of it was never seen: nobody knows what was answered */
	lose(100);
	ORIG->probes = 9;
	T_ORIG->retransmits = 9;
	RESP->packets = 0;
	assert_false(holds("gave_up_retransmitting"));
	reset(TW_CAUSE_GAVE_UP, true);
	ORIG->probes = 5;
	VERDICT("gave_up_retransmitting");
	assert_false(holds("reset_by_originator"));
}

static void test_responder_silent(void **state)
{
	healthy();
	SEE(NO_RESPONSE);
	VERDICT("responder_silent");
	reset(TW_CAUSE_ABORTED, true); /* explains the end better than the RST that came of it */
	SEE(NO_RESPONSE);
	VERDICT("responder_silent");
	assert_true(holds("reset_by_originator"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused), cmocka_unit_test(test_never_completed),
		cmocka_unit_test(test_no_answer), cmocka_unit_test(test_gave_up),
		cmocka_unit_test(test_responder_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
