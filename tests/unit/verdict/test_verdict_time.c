// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where the time went: from how much on each such verdict holds, and what it must not be fooled by. */
#include "made_case.h"

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
	c.time.recovery = S; /* 10 % of 10 s */
	VERDICT("lossy_path");
	c.final.duration_ns = 11 * S;
	VERDICT("ok");
	c.final.duration_ns = 5 * S;
	c.time.recovery = 900 * MS;
	VERDICT("ok");
	c.time.recovery = 4 * S;
	T_ORIG->retransmits = 0; /* a gap that filled by itself */
	VERDICT("ok");
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
		cmocka_unit_test(test_receiver_stalled), cmocka_unit_test(test_lossy_path),
		cmocka_unit_test(test_nagle), cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_reordering),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
