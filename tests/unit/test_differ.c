// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is claimed of two logs, and above all what is not: a log that could not see something never proves that it was not. */
#include "twologs.h"

#define ENDS_OF(which) ((which) == A ? CONN_A : CONN_B)

static const struct tw_finding *only(struct two *t, enum tw_diff diff, enum tw_what what, enum tw_toward toward)
{
	assert_int_equal(t->n, 1);
	assert_int_equal(t->found[0].diff, diff);
	assert_int_equal(t->found[0].what, what);
	assert_int_equal(t->found[0].toward, toward);
	return &t->found[0];
}

static void nothing(struct two *t)
{
	assert_int_equal(t->n, 0);
}

/* Final records, written at @us: what each side sent as A counted it, and as B did. */
struct sums {
	unsigned int packets, bytes, segments;
};

static void final(struct two *t, int which, uint64_t us, uint64_t last_us, const char *end, struct sums orig, struct sums resp,
		  const char *more)
{
	char text[900], start[40];
	struct tw_json j;

	tw_json_init(&j, start, sizeof(start) - 1);
	tw_json_time(&j, WALL + 10000000000 + (which == B ? AHEAD + MS : 0));
	*j.at = '\0';
	snprintf(text, sizeof(text), "%s,\"start\":%s,\"duration\":%.6f,\"end\":\"%s\",\"side\":\"%s\",\"orig_packets\":%u,"
		 "\"orig_bytes\":%u,\"orig_data_segments\":%u,\"resp_packets\":%u,\"resp_bytes\":%u,\"resp_data_segments\":%u%s",
		 ENDS_OF(which), start, (last_us - 10000000) / 1e6, end, which == A ? "originator" : "responder",
		 orig.packets, orig.bytes, orig.segments, resp.packets, resp.bytes, resp.segments, more);
	line(t, which, us, "connection", text);
}

/* Both watch for 100 s, a connection from 10 s on. */
static void begin(struct two *t)
{
	watch(t, 0, 100000000);
	handshake(t, 10000000);
}

#define LAST 12000000
#define WRITTEN 14000000

static void counts(struct two *t, struct sums a_orig, struct sums b_orig, struct sums a_resp, struct sums b_resp)
{
	final(t, A, WRITTEN, LAST, "fin", a_orig, a_resp, "");
	final(t, B, WRITTEN, LAST, "fin", b_orig, b_resp, "");
}

/* --- nothing to find --- */

static void test_healthy(void **state)
{
	struct two *t = *state;

	begin(t);
	counts(t, (struct sums){ 9, 500, 3 }, (struct sums){ 9, 500, 3 }, (struct sums){ 7, 900, 2 }, (struct sums){ 7, 900, 2 });
	compare_logs(t);
	nothing(t);
}

/* Offloads merge segments: other counts, the same bytes, the same ACKs. */
static void test_offload(void **state)
{
	struct two *t = *state;

	begin(t);
	counts(t, (struct sums){ 9, 5000, 4 }, (struct sums){ 6, 5000, 1 }, (struct sums){ 7, 90000, 2 }, (struct sums){ 65, 90000, 60 });
	compare_logs(t);
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
	counts(t, (struct sums){ 9, 500, 3 }, (struct sums){ 11, 700, 4 }, (struct sums){ 7, 900, 2 }, (struct sums){ 7, 900, 2 });
	compare_logs(t);
	nothing(t);
}

/* IPv6, and kernels' own RSTs, have no IP-ID: a copy comes at once. */
static void test_copies_without_id(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 11000000, "reset", CONN_A OUT_A ",\"seq\":200");
	line(t, B, 11001000, "reset", CONN_B IN_B ",\"seq\":200");
	line(t, B, 11001900, "reset", CONN_B IN_B ",\"seq\":200");
	compare_logs(t);
	nothing(t);
}

static void test_no_common(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 1000000, "syn", CONN_A OUT_A SYN);
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

/* --- counts --- */

static void test_lost_data(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t);
	line(t, A, 11000000, "retransmit", CONN_A OUT_A ",\"seq\":1101,\"ack\":501,\"len\":1000,\"kind\":\"rto\"");
	counts(t, (struct sums){ 9, 3000, 3 }, (struct sums){ 8, 2000, 2 }, (struct sums){ 7, 900, 2 }, (struct sums){ 7, 900, 2 });
	compare_logs(t);
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
	counts(t, (struct sums){ 9, 500, 3 }, (struct sums){ 9, 500, 3 }, (struct sums){ 7, 900, 2 }, (struct sums){ 9, 900, 2 });
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
		compare_logs(t);
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
	counts(t, (struct sums){ 9, 3000, 3 }, (struct sums){ 8, 2000, 2 }, (struct sums){ 7, 900, 2 }, (struct sums){ 7, 900, 2 });
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

/* --- handshake and RST --- */

static void rst_from_b(struct two *t, uint64_t us, const char *more)
{
	char text[300];

	snprintf(text, sizeof(text), "%s%s,\"seq\":501,\"ack\":0%s", CONN_B, OUT_B, more);
	line(t, B, us, "reset", text);
}

static void rst_at_a(struct two *t, uint64_t us)
{
	line(t, A, us, "reset", CONN_A ",\"dir\":\"in\",\"side\":\"originator\",\"seq\":501,\"ack\":0,\"ttl\":99");
}

static void test_lost_rst(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t);
	rst_from_b(t, 11000000, "");
	compare_logs(t);
	f = only(t, TW_DIFF_LOST, TW_WHAT_RST, TW_TOWARD_A);
	assert_int_equal(f->ts_b, WALL + 11 * S + AHEAD);
	assert_int_equal(f->ts_a, 0);
	assert_int_equal(f->seq, 501);
}

static void test_forged_rst(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t);
	rst_at_a(t, 11000000);
	compare_logs(t);
	f = only(t, TW_DIFF_FORGED, TW_WHAT_RST, TW_TOWARD_A);
	assert_int_equal(f->ttl, 99);
	assert_int_equal(f->usual_ttl, 60);
}

/* One is forged, the honest one comes later: the time tells which. */
static void test_forged_before_honest(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_at_a(t, 11000000);
	rst_from_b(t, 12000000, "");
	rst_at_a(t, 12001000);
	compare_logs(t);
	assert_int_equal(only(t, TW_DIFF_FORGED, TW_WHAT_RST, TW_TOWARD_A)->ts_a, WALL + 11 * S);
}

static void test_honest_rst(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 11000000, "");
	rst_at_a(t, 11001000);
	compare_logs(t);
	nothing(t);
}

/* After its connection was forgotten A calls it one of no connection; it is the same RST. */
static void test_stray_rst(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 90000000, "");
	line(t, A, 90001000, "reset", ",\"orig_addr\":\"10.0.0.2\",\"orig_port\":443,\"resp_addr\":\"10.0.0.1\",\"resp_port\":40000,"
	     "\"dir\":\"in\",\"seq\":501,\"ack\":0,\"cause\":\"no_connection\"");
	compare_logs(t);
	nothing(t);
}

/* A tells the RST of the next incarnation of the ports, B of the one before. */
static void test_rst_of_other_incarnation(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 10900000, "syn", ",\"conn\":\"next\"" ENDS OUT_A ",\"seq\":9000,\"isn\":9000" OFFER);
	line(t, B, 10901000, "syn", ",\"conn\":\"next\"" ENDS IN_B ",\"seq\":9000,\"isn\":9000" OFFER);
	rst_from_b(t, 11000000, "");
	line(t, A, 11001000, "reset", ",\"conn\":\"next\"" ENDS IN_A ",\"seq\":501,\"ack\":0");
	compare_logs(t);
	nothing(t);
}

/* --- when "not in the log" says nothing --- */

static void test_a_lost_events(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 11000000, "");
	line(t, A, 12000000, "events_lost", ",\"count\":3,\"where\":\"ring\"");
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

static void test_table_was_full(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_at_a(t, 11000000);
	line(t, B, 12000000, "table_full", ",\"count\":3");
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

static void test_loss_long_after(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 11000000, "");
	line(t, A, 60000000, "events_lost", ",\"count\":3,\"where\":\"ring\"");
	compare_logs(t);
	only(t, TW_DIFF_LOST, TW_WHAT_RST, TW_TOWARD_A);
}

static void test_held_back(void **state)
{
	struct two *t = *state;

	begin(t);
	rst_from_b(t, 11000000, "");
	line(t, A, 12000000, "retransmit", CONN_A OUT_A ",\"seq\":7,\"ack\":8,\"len\":1,\"suppressed\":5");
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

/* As many as the budget lets through, and nobody came to say how many were held back. */
static void test_budget_used_up(void **state)
{
	struct two *t = *state;

	begin(t);
	for (int i = 0; i < 30; i++)
		rst_from_b(t, 11000000 + i * 1000, "");
	for (int i = 0; i < 20; i++)
		rst_at_a(t, 11001000 + i * 1000);
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

static void test_a_had_stopped(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "capture_started", "");
	line(t, B, 0, "capture_started", "");
	handshake(t, 10000000);
	line(t, A, 11000000, "capture_stopped", "");
	rst_from_b(t, 11000000, "");
	compare_logs(t);
	nothing(t);
}

static void test_a_was_started_again(void **state)
{
	struct two *t = *state;

	line(t, A, 0, "capture_started", "");
	line(t, B, 0, "capture_started", "");
	handshake(t, 10000000);
	line(t, A, 10500000, "capture_stopped", "");
	rst_from_b(t, 15000000, "");
	line(t, A, 20000000, "capture_started", "");
	line(t, A, 90000000, "marker", "");
	compare_logs(t);
	nothing(t);
}

static void test_b_started_later(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	handshake(t, 10000000);
	line(t, A, 30000000, "syn", ",\"conn\":\"x\",\"orig_addr\":\"10.0.0.1\",\"orig_port\":5,\"resp_addr\":\"10.0.0.2\","
	     "\"resp_port\":6" OUT_A ",\"seq\":77,\"isn\":77" OFFER);
	line(t, B, 200000000, "capture_stopped", "");
	line(t, B, 300000000, "capture_started", "");
	line(t, A, 250000000, "syn", ",\"conn\":\"y\",\"orig_addr\":\"10.0.0.1\",\"orig_port\":5,\"resp_addr\":\"10.0.0.2\","
	     "\"resp_port\":6" OUT_A ",\"seq\":78,\"isn\":78" OFFER);
	line(t, A, 400000000, "marker", "");
	line(t, B, 400000000, "marker", "");
	compare_logs(t);
	only(t, TW_DIFF_LOST, TW_WHAT_SYN, TW_TOWARD_B); /* x; nobody knows of y */
	assert_string_equal(t->found[0].a->id, "x");
}

/* The clocks are not known: no packet of it is in both, nor of any other. */
static void test_no_packet_in_both(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 11000000, "retransmit", CONN_A OUT_A ",\"seq\":7,\"ack\":8,\"len\":1");
	rst_from_b(t, 11000000, "");
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

/* --- rewritten --- */

static void test_rewritten(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 10000000, "syn", CONN_A OUT_A SYN);
	line(t, B, 10001000, "syn", CONN_B IN_B ",\"seq\":100,\"isn\":100,\"mss\":1300,\"sack_ok\":false,\"ts_ok\":true,"
	     "\"ecn\":false,\"tfo\":false,\"len\":0");
	compare_logs(t);
	assert_int_equal(t->n, 2);
	assert_int_equal(t->found[0].what, TW_WHAT_MSS);
	assert_int_equal(t->found[0].sent.number, 1460);
	assert_int_equal(t->found[0].received.number, 1300);
	assert_int_equal(t->found[1].what, TW_WHAT_OPTIONS);
	assert_int_equal(t->found[1].sent.options & ~t->found[1].received.options, TW_OPT_WSCALE | TW_OPT_SACK);
}

/* A's first SYN is lost, and its repeat has fewer options by itself. */
static void test_repeat_with_fewer_options(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 9000000, "syn", CONN_A OUT_A SYN);
	line(t, A, 10000000, "syn_retransmit", CONN_A OUT_A ",\"seq\":100,\"options_dropped\":[\"wscale\",\"ts_ok\"]");
	line(t, B, 10001000, "syn", CONN_B IN_B ",\"seq\":100,\"isn\":100,\"mss\":1460,\"sack_ok\":true,\"ts_ok\":false,"
	     "\"ecn\":false,\"tfo\":false,\"len\":0");
	line(t, B, 10001100, "syn_ack", CONN_B OUT_B SYN_ACK);
	line(t, A, 10002100, "syn_ack", CONN_A IN_A SYN_ACK);
	compare_logs(t);
	only(t, TW_DIFF_LOST, TW_WHAT_SYN, TW_TOWARD_B);
}

/* B's capture cut the options off: unknown is not absent. */
static void test_options_cut_off(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 10000000, "syn", CONN_A OUT_A SYN);
	line(t, B, 10001000, "syn", CONN_B IN_B ",\"seq\":100,\"isn\":100,\"ecn\":false,\"len\":0");
	compare_logs(t);
	nothing(t);
}

static void test_moved_sequence(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 10000000, "syn", CONN_A OUT_A ",\"ip_id\":5" SYN);
	line(t, B, 10001000, "syn", CONN_B IN_B ",\"ip_id\":5,\"seq\":1100,\"isn\":1100" OFFER);
	line(t, B, 10001100, "syn_ack", CONN_B OUT_B ",\"seq\":500,\"ack\":1101,\"isn\":500" OFFER);
	line(t, A, 10002100, "syn_ack", CONN_A IN_A SYN_ACK);
	line(t, A, 11000000, "reset", CONN_A OUT_A ",\"seq\":150,\"ack\":501");
	line(t, B, 11001000, "reset", CONN_B IN_B ",\"seq\":1150,\"ack\":501");
	compare_logs(t);
	assert_int_equal(only(t, TW_DIFF_REWRITTEN, TW_WHAT_SEQ, TW_TOWARD_B)->received.number, 1100);
}

/* --- connections that one log alone has --- */

#define OTHER ",\"conn\":\"x\",\"orig_addr\":\"10.0.0.1\",\"orig_port\":5,\"resp_addr\":\"10.0.0.2\",\"resp_port\":6"
#define SYN77 ",\"seq\":77,\"isn\":77" OFFER

static void test_rejected(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, A, 20001000, "reset", OTHER IN_A ",\"seq\":0,\"ack\":78,\"cause\":\"refused\"");
	compare_logs(t);
	assert_int_equal(t->n, 2);
	assert_int_equal(t->found[0].diff, TW_DIFF_LOST);
	assert_int_equal(t->found[1].diff, TW_DIFF_FORGED);
	assert_int_equal(t->found[1].what, TW_WHAT_RST);
	assert_null(t->found[1].b);
	assert_int_equal(t->found[1].usual_ttl, 60);
}

/* B answered: then its log does not cover it (another interface, a filter), and nothing was lost. */
static void test_answered_elsewhere(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, A, 20001000, "syn_ack", OTHER IN_A ",\"seq\":900,\"ack\":78,\"isn\":900" OFFER);
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

static void test_other_host(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 20000000, "syn", ",\"conn\":\"x\",\"orig_addr\":\"10.0.0.1\",\"orig_port\":5,\"resp_addr\":\"10.0.0.3\",\"resp_port\":6"
	     OUT_A SYN77);
	line(t, B, 20000000, "syn", ",\"conn\":\"y\",\"orig_addr\":\"10.0.0.4\",\"orig_port\":5,\"resp_addr\":\"10.0.0.2\",\"resp_port\":6"
	     IN_B SYN77);
	compare_logs(t);
	nothing(t);
}

/* A capture may have been filtered: a port that B never shows proves nothing. */
static void test_filtered_capture(void **state)
{
	struct two *t = *state;

	handshake(t, 10000000);
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, A, 50000000, "marker", "");
	line(t, B, 50000000, "marker", "");
	line(t, B, 0, "marker", "");
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
}

/* Many hosts behind one translated address: which of them sent what B alone has is not known. */
static void test_others_behind_nat(void **state)
{
	struct two *t = *state;

	watch(t, 0, 100000000);
	line(t, A, 10000000, "syn", CONN_A OUT_A SYN);
	line(t, B, 10001000, "syn", ",\"conn\":\"cb\"" NATTED IN_B SYN);
	line(t, B, 20000000, "syn", ",\"conn\":\"y\",\"orig_addr\":\"192.0.2.9\",\"orig_port\":5,\"resp_addr\":\"10.0.0.2\",\"resp_port\":6"
	     IN_B SYN77);
	compare_logs(t);
	assert_int_equal(only(t, TW_DIFF_REWRITTEN, TW_WHAT_ADDR, TW_TOWARD_B)->received.end.port, 61000);
}

static void test_forged_syn(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, B, 20000000, "syn", OTHER IN_B SYN77);
	compare_logs(t);
	only(t, TW_DIFF_FORGED, TW_WHAT_SYN, TW_TOWARD_B);
}

static void test_overlapping_incarnations(void **state)
{
	struct two *t = *state;

	begin(t);
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, B, 20001000, "syn", OTHER IN_B ",\"seq\":78,\"isn\":78" OFFER);
	compare_logs(t);
	only(t, TW_DIFF_NOT_COMPARABLE, TW_WHAT_NONE, TW_TOWARD_NONE);
	assert_non_null(strstr(t->found[0].reason, "incarnations"));
}

/* --- delays --- */

static void test_slow_answer(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t);
	line(t, B, 13000000, "slow_response", CONN_B OUT_B ",\"seq\":501,\"ack\":601,\"waited\":2.0");
	line(t, A, 13500000, "slow_response", CONN_A IN_A ",\"seq\":501,\"ack\":601,\"waited\":2.6");
	compare_logs(t);
	f = only(t, TW_DIFF_DELAY, TW_WHAT_NONE, TW_TOWARD_B);
	assert_true(f->delay.answer);
	assert_int_equal(f->delay.there_ns, 100 * MS);
	assert_int_equal(f->delay.host_ns, 2 * S);
	assert_int_equal(f->delay.back_ns, 500 * MS);
	assert_int_equal(f->offset_ns, AHEAD);
	assert_int_equal(f->offset_error_ns, MS);
}

static void test_slow_handshake(void **state)
{
	struct two *t = *state;
	const struct tw_finding *f;

	begin(t); /* 1 ms each way */
	line(t, A, 20000000, "syn", OTHER OUT_A SYN77);
	line(t, B, 20301000, "syn", OTHER IN_B SYN77);
	line(t, B, 20301100, "syn_ack", OTHER OUT_B ",\"seq\":900,\"ack\":78,\"isn\":900" OFFER);
	line(t, A, 20302100, "syn_ack", OTHER IN_A ",\"seq\":900,\"ack\":78,\"isn\":900" OFFER);
	compare_logs(t);
	f = only(t, TW_DIFF_DELAY, TW_WHAT_NONE, TW_TOWARD_B);
	assert_in_range(f->delay.there_ns, 300 * MS, 303 * MS);
	assert_in_range(f->delay.back_ns, 0, 3 * MS);
	assert_int_equal(f->delay.there_ns + f->delay.host_ns + f->delay.back_ns, 302100000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, two_setup, two_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_healthy), TEST(test_offload), TEST(test_copies), TEST(test_copies_without_id), TEST(test_no_common), TEST(test_lost_data),
		TEST(test_lost_ack_and_fin), cmocka_unit_test(test_worthless_counts), TEST(test_blind), TEST(test_lost_rst),
		TEST(test_forged_rst), TEST(test_forged_before_honest), TEST(test_honest_rst), TEST(test_stray_rst),
		TEST(test_rst_of_other_incarnation), TEST(test_a_lost_events), TEST(test_table_was_full),
		TEST(test_loss_long_after), TEST(test_held_back), TEST(test_budget_used_up), TEST(test_a_had_stopped),
		TEST(test_a_was_started_again), TEST(test_b_started_later), TEST(test_no_packet_in_both), TEST(test_rewritten),
		TEST(test_repeat_with_fewer_options), TEST(test_options_cut_off), TEST(test_moved_sequence), TEST(test_rejected),
		TEST(test_answered_elsewhere), TEST(test_other_host), TEST(test_filtered_capture), TEST(test_others_behind_nat),
		TEST(test_forged_syn), TEST(test_overlapping_incarnations), TEST(test_slow_answer), TEST(test_slow_handshake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
