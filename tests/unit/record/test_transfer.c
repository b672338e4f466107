// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Shares of what limited a transfer, from the packets' looks and from the sender's kernel. */
#include "made.h"

#include "record/transfer.h"
#include "tcpwhy/limit.h"

static struct tw_flow flow;
static struct tw_trouble trouble;
static struct tw_transfer t;

static uint32_t units(double seconds)
{
	return seconds * 1e6 / (1 << TW_LIMIT_SHIFT);
}

/* Side 0 sent 2 MB; the looks are its receiver's. */
static void looked(double receiver, double sender, double path)
{
	memset(&flow, 0, sizeof(flow));
	memset(&trouble, 0, sizeof(trouble));
	flow.half[0].bytes = 2000000;
	flow.half[0].rtt_count = flow.half[1].rtt_count = 2;
	flow.half[0].rtt_sum_ns = 2 * MS;
	flow.half[1].rtt_sum_ns = 38 * MS;
	trouble.half[1].flags = TW_TF_LOOKED;
	trouble.half[1].look_win = 17520;
	trouble.half[1].limit[TW_LIMIT_RECEIVER] = units(receiver);
	trouble.half[1].limit[TW_LIMIT_SENDER] = units(sender);
	trouble.half[1].limit[TW_LIMIT_PATH] = units(path);
}

static void shares_are(double receiver, double sender, double path)
{
	assert_float_equal(tw_transfer_share(&t, TW_LIMIT_RECEIVER), receiver, 0.001);
	assert_float_equal(tw_transfer_share(&t, TW_LIMIT_SENDER), sender, 0.001);
	assert_float_equal(tw_transfer_share(&t, TW_LIMIT_PATH), path, 0.001);
}

static void test_looks(void **state)
{
	looked(6, 3, 1);
	tw_transfer_fold(&t, &flow, &trouble, 0, NULL);
	shares_are(0.6, 0.3, 0.1);
	assert_int_equal(t.window, 17520);
	assert_int_equal(t.rtt_ns, 20 * MS);
	assert_int_equal(t.chrono.busy_ns, 0);
}

/* The other side sent nothing; and where nothing went wrong and little was sent, nobody looked. */
static void test_no_transfer(void **state)
{
	looked(6, 3, 1);
	tw_transfer_fold(&t, &flow, &trouble, 1, NULL);
	shares_are(0, 0, 0);
	tw_transfer_fold(&t, &flow, NULL, 0, NULL);
	shares_are(0, 0, 0);
	looked(0.5, 0, 0.5);
	flow.half[0].bytes = 500000;
	tw_transfer_fold(&t, &flow, &trouble, 0, NULL);
	shares_are(0, 0, 0);
	flow.half[0].bytes = 2000000;
	tw_transfer_fold(&t, &flow, &trouble, 0, NULL);
	shares_are(0.5, 0, 0.5);
}

/* The kernel knows its stalls; who limited the rest the packets know. */
static void test_kernel_wins(void **state)
{
	struct tw_chrono chrono = { .busy_ns = 10 * S, .rwnd_ns = 8 * S, .sndbuf_ns = 1 * S };

	looked(2, 0, 8);
	tw_transfer_fold(&t, &flow, &trouble, 0, &chrono);
	shares_are(0.8, 0.1, 0.1);
	assert_int_equal(t.chrono.rwnd_ns, 8 * S);
	looked(0, 10, 0); /* its application writes slowly: busy says nothing of that */
	chrono = (struct tw_chrono){ .busy_ns = 3 * S };
	tw_transfer_fold(&t, &flow, &trouble, 0, &chrono);
	shares_are(0, 1, 0);
	looked(0, 0, 0);
	tw_transfer_fold(&t, &flow, &trouble, 0, &chrono);
	shares_are(0, 0, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks), cmocka_unit_test(test_no_transfer), cmocka_unit_test(test_kernel_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
