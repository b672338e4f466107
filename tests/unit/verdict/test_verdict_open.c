// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How a connection opened: late and why, a full accept queue, a signature that one side lacks. And what only looks like it. */
#include "made_case.h"
#include "tcpwhy/event.h"

#define OPENING (c.notes.opening)

/* One SYN was lost: it came again after a second. */
static void late(void)
{
	healthy();
	SEE(SYN_RETRANSMIT);
	ORIG->attempts = 2;
	RESP->rtt_min_ns = 20 * MS;
	RESP->rtt_count = 1;
	c.flow.handshake_us = 1020000;
	OPENING = (struct tw_opening){ .answered = 1, .asked = 2, .asked_ms = 1000, .answer_ms = 1020 };
}

static void cause_is(enum tw_handshake_cause cause)
{
	VERDICT("handshake_delayed");
	assert_string_equal(tw_handshake_word(c.got.handshake_cause), tw_handshake_word(cause));
}

static void test_late(void **state)
{
	healthy();
	VERDICT("ok");
	assert_int_equal(c.got.handshake_cause, TW_HANDSHAKE_NONE);
	late();
	cause_is(TW_HANDSHAKE_SYN_LOST);
	why_has("It took 1.0 s to open: 1 SYN had no answer, and the next one had it after 20 ms");
	c.flow.handshake_us = 919000; /* 0.9 s and a round trip */
	VERDICT("ok");
	c.flow.handshake_us = 1020000;
	c.flow.flags |= TW_FF_MIDSTREAM;
	VERDICT("ok");
}

/* A path whose round trip is longer than the first timer repeats a SYN for nothing. */
static void test_long_path(void **state)
{
	late();
	RESP->rtt_min_ns = 1200 * MS;
	c.flow.handshake_us = 1200000;
	OPENING.answer_ms = 1200;
	VERDICT("ok");
	ORIG->attempts = 1; /* no repeat at all */
	OPENING.asked = 1;
	OPENING.asked_ms = 0;
	VERDICT("ok");
	late(); /* nothing was measured, but each SYN had its own answer */
	RESP->rtt_min_ns = 0;
	c.flow.handshake_us = 1200000;
	OPENING.answer_ms = 1200;
	cause_is(TW_HANDSHAKE_SYN_LOST);
	OPENING.retaken = 1;
	OPENING.retaken_ms = 2210;
	VERDICT("ok");
}

static void test_syn_ack_lost(void **state)
{
	late();
	ORIG->attempts = 1;
	RESP->attempts = 2;
	OPENING = (struct tw_opening){ .answered = 1, .asked = 1, .answer_ms = 20 };
	cause_is(TW_HANDSHAKE_SYN_ACK_LOST);
	c.final.side = TW_SIDE_ORIGINATOR; /* it did arrive */
	cause_is(TW_HANDSHAKE_UNKNOWN);
	late();
	OPENING.echo = TW_ECHO_EARLIER; /* the first SYN did arrive; and one round trip after the second, the answer came */
	cause_is(TW_HANDSHAKE_SYN_ACK_LOST);
	OPENING.answer_ms = 1500; /* not because of the second: it was late by itself */
	c.flow.handshake_us = 1500000;
	cause_is(TW_HANDSHAKE_UNKNOWN);
}

static void test_options_blocked(void **state)
{
	late();
	OPENING.first_without = OPENING.left_out = TW_OPT_ECN;
	cause_is(TW_HANDSHAKE_SYN_LOST); /* one SYN may be lost by chance; the next leaves ECN out in any case */
	ORIG->attempts = OPENING.asked = 3;
	OPENING.asked_ms = 3000;
	OPENING.answer_ms = 3020;
	c.flow.handshake_us = 3020000;
	cause_is(TW_HANDSHAKE_OPTIONS_BLOCKED);
	why_has("2 SYNs that offered ECN had no answer");
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
	OPENING.refused = 2;
	cause_is(TW_HANDSHAKE_OPTIONS_BLOCKED);
	why_has("were refused with a RST");
	OPENING.refused = 0;
	OPENING.first_without = 0; /* the one before was without it, too, and lost */
	cause_is(TW_HANDSHAKE_SYN_LOST);
}

static void test_other_causes(void **state)
{
	late();
	c.notes.flags |= TW_NOTE_CHALLENGE;
	cause_is(TW_HANDSHAKE_OLD_CONNECTION);
	late();
	c.notes.flags |= TW_NOTE_BAD_ACK;
	cause_is(TW_HANDSHAKE_OLD_CONNECTION);
	late();
	c.notes.flags |= TW_NOTE_QUEUE_FULL;
	cause_is(TW_HANDSHAKE_ACCEPT_QUEUE);
	late();
	c.final.side = TW_SIDE_RESPONDER; /* the SYN did arrive */
	cause_is(TW_HANDSHAKE_UNKNOWN);
	late();
	OPENING.refused = 1;
	cause_is(TW_HANDSHAKE_UNKNOWN);
	why_has("refused 1 SYN with a RST and took the next");
}

/* The SYN-ACK came again although the ACK of it had passed, and payload waited: all three are taken in the end. */
static void test_taken_late(void **state)
{
	healthy();
	c.flow.handshake_us = 20000;
	T_ORIG->retransmits = 2;
	c.time.recovery = 3 * S;
	RESP->attempts = 3;
	OPENING = (struct tw_opening){ .answered = 1, .asked = 1, .answer_ms = 20, .retaken = 2, .retaken_asked = 2,
				       .retaken_ms = 3020 };
	cause_is(TW_HANDSHAKE_ACCEPT_QUEUE);
	assert_int_equal(c.got.count, 1); /* nothing was lost */
	OPENING.retaken_asked = 0; /* TCP_DEFER_ACCEPT: it waits for payload, and gets none */
	T_ORIG->retransmits = 0;
	VERDICT("ok");
}

/* An open connection of which nothing was taken. */
static void untaken(unsigned int retaken, unsigned int asked)
{
	answered();
	c.flow.flags |= TW_FF_ESTABLISHED;
	ORIG->flags |= TW_HF_ACK;
	ORIG->ack = 5001;
	ORIG->snd_nxt = 1101;
	ORIG->data_segments = 3;
	ORIG->bytes = 300;
	ORIG->packets = 6;
	RESP->packets = 1 + retaken;
	RESP->attempts = 1 + retaken;
	T_ORIG->retransmits = 2;
	c.final.end = TW_END_EOF;
	c.final.until_ns = 110 * S;
	c.final.duration_ns = 10 * S;
	OPENING = (struct tw_opening){ .answered = 1, .asked = 1, .answer_ms = 1, .retaken = retaken,
				       .retaken_asked = asked, .retaken_ms = 7000 };
	SEE(ESTABLISHED);
	SEE(SYN_ACK_RETRANSMIT);
	SEE(RETRANSMIT);
}

static void test_accept_queue_full(void **state)
{
	untaken(3, 3);
	VERDICT("accept_queue_full");
	why_has("repeated its SYN-ACK 3 times although the ACK of it had passed here, and took none of the data");
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
	c.final.side = TW_SIDE_RESPONDER;
	judge();
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_HIGH);
	untaken(1, 1);
	VERDICT("accept_queue_full");
	T_ORIG->retransmits = 0; /* the payload may be under way still */
	VERDICT("ok");
	untaken(2, 0); /* what was sent later was not answered, but the SYN-ACK did not come again any more */
	assert_string_not_equal(judge(), "accept_queue_full");
	untaken(3, 3);
	RESP->ack = 1101;
	RESP->data_segments = 1;
	assert_string_not_equal(judge(), "accept_queue_full");
}

/* It only waited for a greeting; its FIN, or a keep-alive, found nobody. */
static void test_queue_full_without_data(void **state)
{
	untaken(3, 0);
	ORIG->data_segments = 0;
	ORIG->snd_nxt = 1001;
	ORIG->bytes = 0;
	T_ORIG->retransmits = 0;
	VERDICT("ok"); /* TCP_DEFER_ACCEPT and a browser that opens connections in advance look like that */
	c.final.end = TW_END_RESET;
	c.final.cause = TW_CAUSE_ABORTED;
	SEE(RESET);
	VERDICT("accept_queue_full");
}

static void test_auth_mismatch(void **state)
{
	answered();
	c.final.end = TW_END_TIMEOUT;
	c.final.until_ns = 110 * S;
	RESP->attempts = 3;
	VERDICT("originator_never_completed");
	ORIG->flags |= TW_HF_SIGNED;
	VERDICT("auth_mismatch");
	why_has("The originator signs its segments (TCP MD5 or AO), and the responder does not");
	RESP->flags |= TW_HF_SIGNED; /* both sign: fine */
	VERDICT("originator_never_completed");
	ORIG->flags &= ~TW_HF_SIGNED;
	VERDICT("auth_mismatch");
	why_has("The responder signs");
	RESP->options |= TW_OPT_UNKNOWN; /* cut off: unknown, not absent */
	VERDICT("originator_never_completed");
	healthy(); /* a proxy between that signs on one side */
	ORIG->flags |= TW_HF_SIGNED;
	VERDICT("ok");
}

static void test_signed_syns_unanswered(void **state)
{
	attempt();
	ORIG->attempts = ORIG->packets = 4;
	ORIG->flags |= TW_HF_SIGNED;
	c.final.end = TW_END_TIMEOUT;
	c.final.until_ns = 115 * S;
	VERDICT("unknown");
	SEE(CONNECT_TIMEOUT);
	VERDICT("auth_mismatch");
	why_has("4 signed SYNs (TCP MD5 or AO) had no answer");
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
	ORIG->flags &= ~TW_HF_SIGNED;
	VERDICT("no_answer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late), cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_syn_ack_lost), cmocka_unit_test(test_options_blocked),
		cmocka_unit_test(test_other_causes), cmocka_unit_test(test_taken_late),
		cmocka_unit_test(test_accept_queue_full), cmocka_unit_test(test_queue_full_without_data),
		cmocka_unit_test(test_auth_mismatch), cmocka_unit_test(test_signed_syns_unanswered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
