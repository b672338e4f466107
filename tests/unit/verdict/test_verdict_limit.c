// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* receiver_limited and sender_limited: from half of a transfer of two seconds on, and only then. */
#include "made_case.h"

static struct tw_transfer transfer[2];

static void sent(int side, double receiver, double sender, double path)
{
	healthy();
	memset(transfer, 0, sizeof(transfer));
	transfer[side].limit_ns[TW_LIMIT_RECEIVER] = receiver * S;
	transfer[side].limit_ns[TW_LIMIT_SENDER] = sender * S;
	transfer[side].limit_ns[TW_LIMIT_PATH] = path * S;
	transfer[side].total_ns = (receiver + sender + path) * S;
	transfer[side].window = 17520;
	transfer[side].rtt_ns = 18 * MS;
	c.final.transfer = transfer;
}

static void test_receiver(void **state)
{
	sent(TW_RESP, 4, 0, 1);
	VERDICT("receiver_limited");
	why_has("The originator's receive window");
	why_has("17,520 bytes each 18 ms are 7.8 Mbit/s at most");
	why_has("4.0 s of the 5.0 s that it sent (80 %)");
	sent(TW_ORIG, 2.5, 0, 2.5);
	VERDICT("receiver_limited");
	why_has("The responder's receive window");
}

static void test_sender(void **state)
{
	sent(TW_ORIG, 0, 4, 1);
	VERDICT("sender_limited");
	why_has("The originator's application set the pace");
	transfer[TW_ORIG].chrono = (struct tw_chrono){ .busy_ns = 5 * S, .sndbuf_ns = 3 * S };
	VERDICT("sender_limited");
	why_has("send buffer is too small");
}

static void test_neighbours(void **state)
{
	sent(TW_RESP, 2.4, 0, 2.6); /* less than half */
	VERDICT("ok");
	sent(TW_RESP, 1.9, 0, 0);   /* not for long */
	VERDICT("ok");
	sent(TW_RESP, 0, 0, 9);     /* the path is no fault */
	VERDICT("ok");
	sent(TW_RESP, 5, 0, 0);
	c.time.zero_window = 2 * S; /* shut altogether */
	VERDICT("receiver_stalled");
	assert_int_equal(c.got.count, 1);
	sent(TW_ORIG, 0, 9, 0);
	ORIG->bytes = 900000;       /* a trickle */
	VERDICT("ok");
	c.final.transfer = NULL;
	VERDICT("ok");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receiver), cmocka_unit_test(test_sender), cmocka_unit_test(test_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
