// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Pairing connections of two logs: what is the same one, and what must not be taken for it. */
#include "twologs.h"

#define SYN_OF(isn) ",\"seq\":" #isn ",\"isn\":" #isn OFFER
#define OTHER_ENDS ENDS_OF("10.9.9.9", "5", "10.8.8.8", "6")

static size_t pairs_of(struct two *t)
{
	pair_logs(t);
	return t->pairs.n;
}

static void test_same_isn(void **state)
{
	struct two *t = *state;

	handshake(t, 0);
	assert_int_equal(pairs_of(t), 1);
	assert_int_equal(t->pairs.pair[0].near, TW_NEAR_A);
	assert_false(t->pairs.pair[0].moved);
}

static void test_behind_nat(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", CONN_A OUT_A SYN);
	line(t, B, 9, "syn", ",\"conn\":\"cb\"" NATTED IN_B SYN);
	assert_int_equal(pairs_of(t), 1);
}

/* Thousands of connections on both sides: some ISN is the same by chance. */
static void test_isn_by_chance(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", CONN_A OUT_A SYN);
	line(t, B, 9, "syn", ",\"conn\":\"cb\"" OTHER_ENDS IN_B SYN);
	assert_int_equal(pairs_of(t), 0);
}

static void test_better_of_two(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", CONN_A OUT_A SYN);
	line(t, B, 9, "syn", ",\"conn\":\"nat\"" NATTED IN_B SYN);
	line(t, B, 10, "syn", CONN_B IN_B SYN);
	assert_int_equal(pairs_of(t), 1);
	assert_string_equal(t->pairs.pair[0].b->id, "cb");
}

static void test_reused_ports(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", ",\"conn\":\"a1\"" ENDS OUT_A SYN_OF(1));
	line(t, A, 5, "syn", ",\"conn\":\"a2\"" ENDS OUT_A SYN_OF(2));
	line(t, B, 6, "syn", ",\"conn\":\"b2\"" ENDS IN_B SYN_OF(2));
	assert_int_equal(pairs_of(t), 1);
	assert_string_equal(t->pairs.pair[0].a->id, "a2");
}

/* A translates itself: its log has the connection before and after. */
static void test_translated_here(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", ",\"conn\":\"inside\"" ENDS ",\"dir\":\"fwd\",\"side\":\"router\"" SYN);
	line(t, A, 1, "syn", ",\"conn\":\"outside\"" NATTED OUT_A SYN);
	line(t, B, 9, "syn", ",\"conn\":\"cb\"" NATTED IN_B SYN);
	assert_int_equal(pairs_of(t), 1);
	assert_string_equal(t->pairs.pair[0].a->id, "outside");
}

/* A firewall that chooses other numbers leaves the rest of the SYN alone. */
static void test_moved_numbers(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", CONN_A OUT_A ",\"ip_id\":77" SYN_OF(1));
	line(t, B, 6, "syn", CONN_B IN_B ",\"ip_id\":77" SYN_OF(2));
	assert_int_equal(pairs_of(t), 1);
	assert_true(t->pairs.pair[0].moved);
}

static void test_moved_behind_nat(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", CONN_A OUT_A ",\"tsval\":123456" SYN_OF(1));
	line(t, B, 6, "syn", ",\"conn\":\"cb\"" NATTED IN_B ",\"tsval\":123456" SYN_OF(2));
	assert_int_equal(pairs_of(t), 1);
	assert_true(t->pairs.pair[0].moved);
}

static void test_other_incarnation(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "syn", CONN_A OUT_A ",\"ip_id\":77" SYN_OF(1));
	line(t, B, 6, "syn", CONN_B IN_B ",\"ip_id\":78" SYN_OF(2));
	assert_int_equal(pairs_of(t), 0);
}

/* Open before both began; the logs may even have guessed the sides differently. */
static void test_midstream(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "retransmit", CONN_A OUT_A ",\"seq\":7,\"ack\":8,\"len\":1");
	line(t, B, 5, "connection", ",\"conn\":\"cb\",\"orig_addr\":\"10.0.0.2\",\"orig_port\":443,\"resp_addr\":\"10.0.0.1\","
	     "\"resp_port\":40000,\"midstream\":true,\"side\":\"originator\",\"orig_bytes\":7,\"resp_bytes\":9");
	assert_int_equal(pairs_of(t), 1);
	assert_int_equal(t->pairs.pair[0].b->side, TW_SIDE_RESPONDER);
	assert_int_equal(t->pairs.pair[0].b->sent[1].bytes, 9);
	assert_int_equal(t->pairs.pair[0].near, TW_NEAR_A);
}

static void test_midstream_twice(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "retransmit", CONN_A OUT_A ",\"seq\":7,\"ack\":8,\"len\":1");
	line(t, B, 5, "retransmit", ",\"conn\":\"b1\"" ENDS IN_B ",\"seq\":7,\"ack\":8,\"len\":1");
	line(t, B, 6, "retransmit", ",\"conn\":\"b2\"" ENDS IN_B ",\"seq\":9,\"ack\":8,\"len\":1");
	assert_int_equal(pairs_of(t), 1); /* which one, the packet that both name tells */
	assert_string_equal(t->pairs.pair[0].b->id, "b1");
}

static void test_midstream_behind_nat(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "reset", CONN_A OUT_A ",\"seq\":70,\"ack\":80");
	line(t, B, 5, "reset", ",\"conn\":\"cb\"" NATTED IN_B ",\"seq\":70,\"ack\":80");
	assert_int_equal(pairs_of(t), 1);
}

/* --- who is nearer --- */

static const struct {
	const char *a, *b;     /* TTL of the originator's SYN in A and in B, and the side */
	uint64_t rtt_a_ns, rtt_b_ns;
	enum tw_near near;
} nears[] = {
	{ OUT_A, IN_B, 0, 0, TW_NEAR_A },
	{ IN_B, OUT_A, 0, 0, TW_NEAR_B },
	{ ",\"dir\":\"fwd\",\"ttl\":64", ",\"dir\":\"fwd\",\"ttl\":61", 0, 0, TW_NEAR_A },
	{ ",\"dir\":\"fwd\",\"ttl\":64", ",\"dir\":\"fwd\",\"ttl\":127", 0, 0, TW_NEAR_A }, /* begins with 128 */
	{ ",\"dir\":\"fwd\",\"ttl\":61", ",\"dir\":\"fwd\",\"ttl\":64", 0, 0, TW_NEAR_B },
	{ ",\"dir\":\"fwd\",\"ttl\":64", ",\"dir\":\"fwd\",\"ttl\":64", 20 * MS, 5 * MS, TW_NEAR_A },
	{ ",\"dir\":\"fwd\",\"ttl\":64", ",\"dir\":\"fwd\",\"ttl\":64", 5 * MS, 20 * MS, TW_NEAR_B },
	{ ",\"dir\":\"fwd\",\"ttl\":64", ",\"dir\":\"fwd\",\"ttl\":64", 20 * MS, 20 * MS + 9, TW_NEAR_UNKNOWN },
	{ ",\"dir\":\"fwd\",\"ttl\":64", ",\"dir\":\"fwd\",\"ttl\":64", 0, 20 * MS, TW_NEAR_UNKNOWN },
	{ ",\"side\":\"router\",\"dir\":\"fwd\",\"ttl\":63", IN_B, 0, 0, TW_NEAR_A },
	{ OUT_A, ",\"side\":\"router\",\"dir\":\"fwd\",\"ttl\":63", 0, 0, TW_NEAR_A },
};

static void test_near(void **state)
{
	char more[512];

	for (size_t i = 0; i < sizeof(nears) / sizeof(nears[0]); i++) {
		struct two *t;

		two_setup((void **)&t);
		snprintf(more, sizeof(more), "%s%s%s", CONN_A, nears[i].a, SYN);
		line(t, A, 0, "syn", more);
		snprintf(more, sizeof(more), "%s%s%s", CONN_B, nears[i].b, SYN);
		line(t, B, 0, "syn", more);
		tw_log_index_conn(t->log[A], 0)->syn_rtt_ns = nears[i].rtt_a_ns;
		tw_log_index_conn(t->log[B], 0)->syn_rtt_ns = nears[i].rtt_b_ns;
		assert_int_equal(pairs_of(t), 1);
		assert_int_equal(t->pairs.pair[0].near, nears[i].near);
		two_teardown((void **)&t);
	}
}

/* --- lines --- */

static void test_lines(void **state)
{
	static const char *const bad[] = { "", "x", "{}", "[]", "{\"event\":\"syn\"}", "{\"event\":1,\"ts\":\"x\"}",
					   "{\"event\":\"syn\",\"ts\":\"2023-11-14 22:13:20Z\"}", "null", "{\"event\":" };
	static const char exact[] = "{\"ts\":\"2023-11-14T22:13:20.123456789Z\",\"event\":\"x\"}";
	struct two *t = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(raw_line(t, A, bad[i]));
	assert_true(line(t, A, 0, "something_new", ""));
	assert_true(line(t, A, 0, "syn", "")); /* of nobody */
	assert_true(line(t, A, 0, "syn", ",\"conn\":\"a_name_much_too_long_for_one\"" ENDS OUT_A SYN));
	assert_int_equal(tw_log_index_count(t->log[A]), 0);
	assert_true(raw_line(t, A, exact));
	assert_int_equal(tw_log_index_span(t->log[A]).end_ns, WALL + 123456789);
}

static void test_bounded(void **state)
{
	struct two *t = *state;
	char more[512];

	for (int i = 0; i < 2 * TW_LOG_INDEX_PACKETS; i++)
		line(t, A, i * 2000000, "retransmit", CONN_A OUT_A ",\"seq\":7,\"ack\":8,\"len\":1");
	for (int i = 0; i < 2000; i++) {
		snprintf(more, sizeof(more), ",\"conn\":\"c%d\"%s%s%s", i, ENDS, OUT_A, SYN);
		line(t, A, i, "syn", more);
	}
	tw_log_index_finish(t->log[A]);
	assert_int_equal(tw_log_index_conn(t->log[A], 0)->n_packets, TW_LOG_INDEX_PACKETS);
	assert_true(tw_log_index_conn(t->log[A], 0)->held);
	assert_int_equal(tw_log_index_count(t->log[A]), 1000);
	assert_int_equal(tw_log_index_left_out(t->log[A]), 1001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_same_isn), TEST(test_behind_nat), TEST(test_isn_by_chance), TEST(test_better_of_two),
		TEST(test_reused_ports), TEST(test_translated_here), TEST(test_moved_numbers), TEST(test_moved_behind_nat), TEST(test_other_incarnation),
		TEST(test_midstream), TEST(test_midstream_twice), TEST(test_midstream_behind_nat), TEST(test_lines),
		TEST(test_bounded), cmocka_unit_test(test_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
