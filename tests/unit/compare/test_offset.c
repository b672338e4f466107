// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The clocks' offset: always inside the bounds, and as tight as the packets allow. */
#include "twologs.h"

static void assert_inside(const struct tw_bounds *b)
{
	assert_true(!b->has_lo || b->lo <= (int64_t)AHEAD);
	assert_true(!b->has_hi || b->hi >= (int64_t)AHEAD);
}

/* Half of what the handshake took on the network, and that is all that can be known. */
static void test_handshake(void **state)
{
	struct two *t = *state;

	handshake(t, 0);
	pair_logs(t);
	assert_true(tw_bounds_whole(&t->pairs.pair[0].offset));
	assert_int_equal(t->pairs.pair[0].offset.hi, AHEAD + MS);
	assert_int_equal(t->pairs.pair[0].offset.lo, AHEAD - MS);
	assert_int_equal(tw_bounds_middle(&t->pairs.pair[0].offset), AHEAD);
	assert_int_equal(tw_bounds_error(&t->pairs.pair[0].offset), MS);
}

/* The first SYN and the first SYN-ACK are lost: what is left bounds less, but rightly. */
static void test_losses(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", CONN_A OUT_A SYN);
	line(t, A, 1000000, "syn_retransmit", CONN_A OUT_A ",\"seq\":100");
	line(t, B, 1001000, "syn", CONN_B IN_B SYN);
	line(t, B, 1001100, "syn_ack", CONN_B OUT_B SYN_ACK);
	line(t, B, 2001100, "syn_ack_retransmit", CONN_B OUT_B ",\"seq\":500,\"ack\":101");
	line(t, A, 2002100, "syn_ack", CONN_A IN_A SYN_ACK);
	pair_logs(t);
	assert_true(tw_bounds_whole(&t->pairs.pair[0].own));
	assert_inside(&t->pairs.pair[0].own);
}

static void test_one_way(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", CONN_A OUT_A SYN);
	line(t, B, 1000, "syn", CONN_B IN_B SYN);
	pair_logs(t);
	assert_false(tw_bounds_whole(&t->pairs.pair[0].offset));
	assert_true(t->pairs.pair[0].offset.has_hi);
	assert_inside(&t->pairs.pair[0].offset);
}

static void named_handshake(struct two *t, const char *id, unsigned int isn, uint64_t us, uint64_t there_us, uint64_t back_us)
{
	char more[512];

	for (int i = A; i <= B; i++) {
		snprintf(more, sizeof(more), ",\"conn\":\"%s\"%s%s,\"seq\":%u,\"isn\":%u%s", id, ENDS, i ? IN_B : OUT_A, isn, isn, OFFER);
		line(t, i, us + (i == B) * there_us, "syn", more);
		snprintf(more, sizeof(more), ",\"conn\":\"%s\"%s%s,\"seq\":%u,\"ack\":%u%s", id, ENDS, i ? OUT_B : IN_A, isn + 7,
			 isn + 1, OFFER);
		line(t, i, us + there_us + (i == A) * back_us, "syn_ack", more);
	}
}

/* The fastest packet each way counts, whosever it is; one delayed way is then told from the other. */
static void test_neighbours(void **state)
{
	struct two *t = *state;

	named_handshake(t, "slow", 1000, 0, 300000, 100);
	named_handshake(t, "quick", 2000, 1000000, 100, 100);
	pair_logs(t);
	assert_int_equal(t->pairs.n, 2);
	for (int i = 0; i < 2; i++) {
		assert_inside(&t->pairs.pair[i].offset);
		assert_in_range(tw_bounds_error(&t->pairs.pair[i].offset), 0, 400000);
	}
	assert_inside(&(struct tw_bounds){ .has_lo = false });
}

/* An hour later the clocks may have run apart: the bounds are wider by that. */
static void test_drift(void **state)
{
	struct two *t = *state;
	struct tw_bounds b;

	named_handshake(t, "one", 1000, 0, 100, 100);
	pair_logs(t);
	b = tw_offset_at(&t->pairs, WALL + 3600 * S, false);
	assert_true(tw_bounds_whole(&b));
	assert_inside(&b);
	assert_in_range(tw_bounds_error(&b), 360 * MS, 361 * MS);
	b = tw_offset_at(&t->pairs, WALL + AHEAD + 3600 * S, true);
	assert_in_range(tw_bounds_error(&b), 360 * MS, 361 * MS);
}

/* B's clock is set between two connections: each keeps what it knows itself. */
static void test_clock_set(void **state)
{
	struct two *t = *state;

	named_handshake(t, "one", 1000, 0, 100, 100);
	named_handshake(t, "two", 2000, 2000000, 100, 100);
	tw_log_index_finish(t->log[A]);
	tw_log_index_finish(t->log[B]);
	for (uint32_t i = 0; i < 2; i++)
		tw_log_index_conn(t->log[B], 1)->packets[i].ts_ns += 5 * S;
	assert_int_equal(tw_match(&t->pairs, t->log[A], t->log[B]), 0);
	tw_offset_pairs(&t->pairs);
	assert_int_equal(tw_bounds_middle(&t->pairs.pair[0].offset), AHEAD);
	assert_int_equal(tw_bounds_middle(&t->pairs.pair[1].offset), AHEAD + 5 * S);
}

static void test_nothing(void **state)
{
	struct two *t = *state;
	struct tw_bounds b;

	pair_logs(t);
	b = tw_offset_at(&t->pairs, WALL, false);
	assert_false(b.has_lo || b.has_hi);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_handshake), TEST(test_losses), TEST(test_one_way), TEST(test_neighbours), TEST(test_drift),
		TEST(test_clock_set), TEST(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
