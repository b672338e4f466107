// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where the time went: from how much on each such verdict holds, and what it must not be fooled by. */
#include "made_case.h"
#include "tcpwhy/track.h"

static void test_receiver_stalled(void **state)
{
	healthy();
	c.time.zero_window = S - 1;
	T_RESP->zero_windows = 2;
	VERDICT("ok");
	c.time.zero_window = S;
	VERDICT("receiver_stalled");
	why_has("The responder shut its receive window 2 times");
}

/* The originator's window was shut, or small, since 104 s; more waits. */
static void squeezed(uint32_t window)
{
	reset(TW_CAUSE_ABORTED, false);
	ORIG->win = window;
	ORIG->progress_us = tw_us(104 * S);
	RESP->flags &= ~TW_HF_PSH;
	if (window)
		return;
	ORIG->flags |= TW_HF_ZERO_WINDOW;
	T_ORIG->zero_windows = 1;
	T_ORIG->zero_ns = 104 * S;
}

static void test_stalled_at_end(void **state)
{
	squeezed(0);
	VERDICT("receiver_stalled");
	why_has("The originator shut its receive window 1 time, for 6.0 s of 10.0 s, and more waited when it ended");
	assert_int_equal(c.got.list[1], TW_VERDICT_RESET_BY_RESPONDER);
	c.time.zero_window = 6 * S; /* said once */
	judge();
	assert_int_equal(c.got.count, 2);
	RESP->flags |= TW_HF_PSH; /* all was sent */
	c.time.zero_window = 0;
	VERDICT("reset_by_responder");
	RESP->probes = 1;
	VERDICT("receiver_stalled");
	squeezed(0);
	T_ORIG->zero_ns = 109 * S + 1;
	VERDICT("reset_by_responder");
	squeezed(600);
	VERDICT("receiver_stalled");
	why_has("The originator's receive window was smaller than a segment (600 bytes) for 6.0 s");
	RESP->flags |= TW_HF_PSH; /* a stack that sets it on each piece */
	VERDICT("reset_by_responder");
	RESP->sent[1].end = RESP->sent[1].seq + 600;
	VERDICT("receiver_stalled");
	ORIG->win = 1460;
	VERDICT("reset_by_responder");
	squeezed(600);
	RESP->snd_nxt++; /* something is on its way */
	VERDICT("reset_by_responder");
}

static void test_lossy_path(void **state)
{
	healthy();
	SEE(RETRANSMIT);
	T_ORIG->retransmits = 10;
	VERDICT("ok"); /* 1 % and no more */
	T_ORIG->retransmits = 11;
	VERDICT("lossy_path");
	why_has("11 of 1000 segments from the originator (1.1 %)");
	T_ORIG->spurious = 1; /* nothing was lost */
	VERDICT("ok");
	T_ORIG->spurious = 0;
	T_ORIG->probes = 1;
	VERDICT("ok");
	T_ORIG->probes = 0;
	T_ORIG->pmtu_resent = 1;
	VERDICT("ok");
	healthy();
	ORIG->data_segments = 40;
	T_ORIG->retransmits = 4; /* 10 %, but 4 */
	VERDICT("ok");
	T_ORIG->retransmits = 1;
	c.final.duration_ns = 1000 * S;
	c.time.recovery = S;
	VERDICT("lossy_path");
	c.time.recovery = S - 1;
	VERDICT("ok");
	c.time.recovery = 4 * S;
	T_ORIG->retransmits = 0; /* a gap that filled by itself */
	VERDICT("ok");
}

static void test_path_outage(void **state)
{
	healthy();
	SEE(RETRANSMIT);
	T_ORIG->retransmits = 1;
	T_ORIG->outage_us = T_ORIG->outages_us = 4000000;
	c.time.recovery = 4 * S;
	VERDICT("path_outage");
	why_has("For 4.0 s nothing that the originator had sent was acknowledged, though it sent again what was missing; then it went on");
	assert_int_equal(c.got.count, 1); /* all of the recovery was that outage's */
	c.time.recovery = 5 * S;
	judge();
	assert_int_equal(c.got.count, 2);
	assert_int_equal(c.got.list[1], TW_VERDICT_LOSSY_PATH);
	T_ORIG->flags |= TW_TF_BLACK_HOLE; /* which says more */
	SEE(PMTU_BLACK_HOLE);
	VERDICT("pmtu_black_hole");
	assert_int_equal(c.got.count, 2);
}

/* Open at the end, 100 bytes of the originator's unacknowledged since 104 s, and sent again twice. */
static void dead(void)
{
	reset(TW_CAUSE_AFTER_CLOSE, true);
	c.final.end = TW_END_EOF;
	lose(100);
	ORIG->flight_us = RESP->progress_us = tw_us(104 * S);
	T_ORIG->retransmits = T_ORIG->repeats = 2;
	SEE(RETRANSMIT);
}

static void test_path_outage_at_end(void **state)
{
	dead();
	VERDICT("path_outage");
	why_has("For 6.0 s nothing that the originator had sent was acknowledged, though it sent again what was missing, and so it ended");
	ORIG->flight_us = tw_us(108 * S); /* the ACK before is old because nothing was sent */
	VERDICT("ok");
	dead();
	T_ORIG->repeats = 1;
	VERDICT("ok");
	RESP->dupack_run = 1; /* it said that something is missing */
	VERDICT("path_outage");
	dead();
	T_ORIG->repeats = T_ORIG->retransmits = 0;
	T_RESP->sack_high = RESP->ack + 100;
	VERDICT("path_outage");
	why_has("though bytes were missing");
	T_RESP->sack_high = RESP->ack;
	VERDICT("ok");
	T_ORIG->gap[0].start = RESP->ack;
	T_ORIG->gap[0].end = RESP->ack + 50;
	VERDICT("ok"); /* the capture's, perhaps: nobody asked for it */
	RESP->dupack_run = 1;
	VERDICT("path_outage");
}

static void test_no_outage(void **state)
{
	dead();
	RESP->flags |= TW_HF_ZERO_WINDOW;
	T_RESP->zero_ns = 104 * S;
	VERDICT("receiver_stalled");
	assert_false(holds("path_outage"));
	dead();
	T_RESP->zero_ns = 105 * S; /* it was shut meanwhile */
	VERDICT("ok");
	T_RESP->zero_ns = 103 * S;
	VERDICT("path_outage");
	dead();
	ORIG->flags |= TW_HF_FIN;
	ORIG->snd_nxt = RESP->ack + 64 + 1; /* a goodbye that nobody waits for */
	VERDICT("ok");
	ORIG->snd_nxt++;
	VERDICT("path_outage");
	dead();
	RESP->ack = ORIG->snd_nxt;
	VERDICT("ok");
	dead();
	ORIG->probes = 3; /* one word for it is enough */
	T_ORIG->retransmits = T_ORIG->repeats = 3;
	T_ORIG->probe_seen = RESP->packets;
	VERDICT("gave_up_retransmitting");
	assert_int_equal(c.got.count, 1);
}

static void test_peers(void **state)
{
	healthy();
	SEE(SLOW_RESPONSE);
	SEE(SLOW_REQUEST);
	ORIG->unasked = RESP->unasked = 2;
	VERDICT("ok");
	RESP->unasked = 1;
	VERDICT("responder_slow");
	RESP->crossed = 1;
	VERDICT("ok");
	ORIG->unasked = 0; /* a responder that streams */
	VERDICT("responder_slow");
}

static void test_nagle(void **state)
{
	healthy();
	VERDICT("ok");
	c.time.delayed_ack = 500 * MS - 1;
	T_RESP->stalls = 12;
	VERDICT("ok");
	c.time.delayed_ack++;
	VERDICT("nagle_delayed_ack");
	why_has("The responder's small writes waited 12 times for a delayed ACK of the originator");
}

static void test_waiting(void **state)
{
	healthy();
	SEE(SLOW_RESPONSE);
	c.notes.slowest_ds = 43;
	c.time.responder = 5 * S;
	VERDICT("responder_slow");
	why_has("up to 4.3 s");
	healthy();
	SEE(SLOW_REQUEST);
	c.time.idle = 8 * S;
	VERDICT("originator_idle");
	why_has("8.0 s of 10.0 s");
}

static void test_reordering(void **state)
{
	healthy();
	T_RESP->out_of_order = 10;
	VERDICT("ok");
	T_RESP->out_of_order = 11;
	VERDICT("reordering_path");
	why_has("the path to the originator");
	RESP->data_segments = 20;
	T_RESP->out_of_order = 4;
	VERDICT("ok");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receiver_stalled), cmocka_unit_test(test_stalled_at_end), cmocka_unit_test(test_lossy_path),
		cmocka_unit_test(test_path_outage), cmocka_unit_test(test_path_outage_at_end), cmocka_unit_test(test_no_outage),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_nagle), cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_reordering),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
