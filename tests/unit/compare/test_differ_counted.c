// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the final records of two logs count differently: lost data, ACKs and FINs, and what makes counts worthless. */
#include "twologs.h"

/* Final records, written at @us: what each side sent as A counted it, and as B did. */
struct sums {
	unsigned int packets, bytes, segments;
};

#define SUMS(packets, bytes, segments) ((struct sums){ packets, bytes, segments })

#define SENT(side) ",\"" side "_packets\":%u,\"" side "_bytes\":%u,\"" side "_data_segments\":%u"

static void final(struct two *t, int which, uint64_t us, uint64_t last_us, const char *end, struct sums orig,
		  struct sums resp, const char *more)
{
	char text[900], start[40];

	time_text(start, WALL + 10000000000 + (which == B ? AHEAD + MS : 0));
	snprintf(text, sizeof(text), "%s,\"start\":%s,\"duration\":%.6f,\"end\":\"%s\",\"side\":\"%s\""
		 SENT("orig") SENT("resp") "%s",
		 which == A ? CONN_A : CONN_B, start, (last_us - 10000000) / 1e6, end,
		 which == A ? "originator" : "responder", orig.packets, orig.bytes, orig.segments,
		 resp.packets, resp.bytes, resp.segments, more);
	line(t, which, us, "connection", text);
}

#define LAST 12000000
#define WRITTEN 14000000

static void counts(struct two *t, struct sums a_orig, struct sums b_orig, struct sums a_resp, struct sums b_resp)
{
	final(t, A, WRITTEN, LAST, "fin", a_orig, a_resp, "");
	final(t, B, WRITTEN, LAST, "fin", b_orig, b_resp, "");
}

static void test_healthy(void **state)
{
	struct two *t = *state;

	begin(t);
	counts(t, SUMS(9, 500, 3), SUMS(9, 500, 3), SUMS(7, 900, 2), SUMS(7, 900, 2));
	nothing(t);
}

/* Offloads merge segments: other counts, the same bytes, the same ACKs. */
static void test_offload(void **state)
{
	struct two *t = *state;

	begin(t);
	counts(t, SUMS(9, 5000, 4), SUMS(6, 5000, 1), SUMS(7, 90000, 2), SUMS(65, 90000, 60));
	nothing(t);
}

/* The path made copies: B counts more than A sent. */
static void test_copies(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 11000000, "reset", CONN_A OUT_A ",\"seq\":200,\"ip_id\":9");
	line(t, B, 11001000, "reset", CONN_B IN_B ",\"seq\":200,\"ip_id\":9");
	line(t, B, 11001010, "reset", CONN_B IN_B ",\"seq\":200,\"ip_id\":9");
	counts(t, SUMS(9, 500, 3), SUMS(11, 700, 4), SUMS(7, 900, 2), SUMS(7, 900, 2));
	nothing(t);
}

static void test_lost_data(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t);
	line(t, A, 11000000, "retransmit", CONN_A OUT_A ",\"seq\":1101,\"ack\":501,\"len\":1000,\"kind\":\"rto\"");
	counts(t, SUMS(9, 3000, 3), SUMS(8, 2000, 2), SUMS(7, 900, 2), SUMS(7, 900, 2));
	f = only(t, TW_DIFF_LOST, TW_WHAT_DATA, TW_TOWARD_B);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->bytes, 1000);
	assert_int_equal(f->seq, 1101);
}

static void test_lost_ack_and_fin(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, B, 11000000, "retransmit", CONN_B OUT_B ",\"seq\":1401,\"ack\":601,\"len\":0,\"kind\":\"rto\"");
	counts(t, SUMS(9, 500, 3), SUMS(9, 500, 3), SUMS(7, 900, 2), SUMS(9, 900, 2));
	compare_logs(t);
	assert_int_equal(t->n, 2);
	assert_int_equal(t->found[0].what, TW_WHAT_FIN);
	assert_int_equal(t->found[0].count, 1);
	assert_int_equal(t->found[0].toward, TW_TOWARD_A);
	assert_int_equal(t->found[1].what, TW_WHAT_ACK);
	assert_int_equal(t->found[1].count, 1);
}

/* What makes counts worthless. */
static const struct {
	const char *what, *end_a, *end_b, *more_a, *more_b;
	uint64_t written_a, written_b;
} worthless[] = {
	{ "midstream", "fin", "fin", "", ",\"midstream\":true", WRITTEN, WRITTEN },
	{ "evicted", "fin", "evicted", "", "", WRITTEN, WRITTEN },
	{ "other ends", "reset", "fin", "", "", WRITTEN, WRITTEN },
	{ "B's record was written before it was over", "eof", "eof", "", "", WRITTEN, LAST + 100000 },
	{ "B's ended long before", "fin", "eof", "", "", WRITTEN, WRITTEN },
};

static void test_worthless_counts(void **state)
{
	struct sums sent = { 9, 3000, 3 }, received = { 6, 1000, 1 };

	for (size_t i = 0; i < sizeof(worthless) / sizeof(worthless[0]); i++) {
		struct two *t;

		print_message("%s\n", worthless[i].what);
		two_setup((void **)&t);
		begin(t);
		final(t, A, worthless[i].written_a, LAST, worthless[i].end_a, sent, sent, worthless[i].more_a);
		final(t, B, worthless[i].written_b, LAST, worthless[i].end_b, received, sent, worthless[i].more_b);
		nothing(t);
		two_teardown((void **)&t);
	}
}

/* B's capture says itself that it missed segments. */
static void test_blind(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, B, 11000000, "lost_segment_unseen", CONN_B IN_B ",\"seq\":7,\"ack\":8,\"expected\":1,\"got\":2");
	counts(t, SUMS(9, 3000, 3), SUMS(8, 2000, 2), SUMS(7, 900, 2), SUMS(7, 900, 2));
	not_comparable(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_healthy), TEST(test_offload), TEST(test_copies), TEST(test_lost_data),
		TEST(test_lost_ack_and_fin), cmocka_unit_test(test_worthless_counts), TEST(test_blind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
