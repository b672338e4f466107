// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Each word of `tcpwhy compare` as a JSON line and as a line for people: every field that docs/compare.md names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compare/compare_out.h"
#include "tcpwhy/flow.h"

#define MS 1000000ull
#define S (1000 * MS)
#define AT (1795284000 * S) /* 2026-11-21 18:00:00 UTC */

#define CONN "\"conn_a\":\"aaa\",\"conn_b\":\"bbb\",\"orig_addr\":\"10.0.1.1\",\"orig_port\":40000," \
	     "\"resp_addr\":\"10.0.1.2\",\"resp_port\":443,"
#define HEADING "\n10.0.1.1:40000 → 10.0.1.2:443  (A: aaa, B: bbb)\n"

static struct tw_endpoint end_of(uint8_t last, uint16_t port)
{
	struct tw_endpoint end = { .port = port };

	end.addr.word[2] = __builtin_bswap32(0xffff);
	end.addr.word[3] = __builtin_bswap32(0x0a000100 | last);
	return end;
}

static struct tw_seen_conn a = { .id = "aaa", .family = 4 }, b = { .id = "bbb", .family = 4 };

static int setup(void **state)
{
	a.orig = b.orig = end_of(1, 40000);
	a.resp = b.resp = end_of(2, 443);
	return 0;
}

static void expect_json(const struct tw_finding *f, const char *json)
{
	char buf[1024], small[40];
	size_t n = tw_compare_json(buf, sizeof(buf), f);

	assert_string_equal(buf, json);
	assert_int_equal(n, strlen(json));
	assert_int_equal(tw_compare_json(small, sizeof(small), f), 0); /* it does not fit */
}

static void expect_text(const struct tw_finding *f, const char *text)
{
	size_t n;
	char *said = NULL;
	FILE *to = open_memstream(&said, &n);

	assert_ptr_equal(tw_compare_text(to, f, NULL), f->a ? f->a : f->b);
	fclose(to);
	assert_string_equal(said, text);
	free(said);
}

static void test_lost_between(void **state)
{
	struct tw_finding f = { .diff = TW_DIFF_LOST, .what = TW_WHAT_DATA, .a = &a, .b = &b, .toward = TW_TOWARD_B, .ts_a = AT,
				.seq = 1001, .has_seq = true, .count = 2, .bytes = 2896 };

	expect_json(&f, "{\"event\":\"lost_between\"," CONN "\"toward\":\"b\",\"ts_a\":\"2026-11-21T18:00:00.000000000Z\","
			"\"what\":\"data\",\"seq\":1001,\"count\":2,\"bytes\":2896}");
	expect_text(&f, HEADING "  lost_between    payload from A, 2 segments, 2896 bytes, the first sent at 18:00:00.000: "
			"they never arrived at B (seq 1001)\n");
}

static void test_forged_between(void **state)
{
	struct tw_finding f = { .diff = TW_DIFF_FORGED, .what = TW_WHAT_RST, .a = &a, .b = &b, .toward = TW_TOWARD_A, .ts_a = AT,
				.seq = 7, .has_seq = true, .ttl = 33, .usual_ttl = 64 };

	expect_json(&f, "{\"event\":\"forged_between\"," CONN "\"toward\":\"a\",\"ts_a\":\"2026-11-21T18:00:00.000000000Z\","
			"\"what\":\"rst\",\"seq\":7,\"ttl\":33,\"usual_ttl\":64}");
	expect_text(&f, HEADING "  forged_between  RST received by A at 18:00:00.000: B never sent it; its TTL is 33, usual for that "
			"side is 64 (seq 7)\n");
}

static void test_rewritten(void **state)
{
	struct tw_finding f = { .diff = TW_DIFF_REWRITTEN, .what = TW_WHAT_MSS, .a = &a, .b = &b, .toward = TW_TOWARD_A,
				.on_syn_ack = true, .sent = { .kind = TW_SHAPE_NUMBER, .number = 1460 },
				.received = { .kind = TW_SHAPE_NUMBER, .number = 1280 } };

	expect_json(&f, "{\"event\":\"rewritten\"," CONN "\"toward\":\"a\",\"what\":\"mss\",\"packet\":\"syn_ack\",\"sent\":1460,"
			"\"received\":1280}");
	expect_text(&f, HEADING "  rewritten       MSS of the SYN-ACK: B sent 1460, A received 1280\n");
}

static void test_rewritten_options(void **state)
{
	struct tw_finding f = { .diff = TW_DIFF_REWRITTEN, .what = TW_WHAT_OPTIONS, .a = &a, .b = &b, .toward = TW_TOWARD_B,
				.sent = { .kind = TW_SHAPE_OPTIONS, .options = TW_OPT_MSS | TW_OPT_WSCALE, .wscale = 7 },
				.received = { .kind = TW_SHAPE_OPTIONS, .options = TW_OPT_MSS | TW_OPT_WSCALE, .wscale = 2 } };

	expect_json(&f, "{\"event\":\"rewritten\"," CONN "\"toward\":\"b\",\"what\":\"options\",\"packet\":\"syn\","
			"\"sent\":[\"mss\",\"wscale\"],\"received\":[\"mss\",\"wscale\"],\"sent_wscale\":7,\"received_wscale\":2}");
	expect_text(&f, HEADING "  rewritten       TCP options of the SYN: A sent mss, wscale 7, B received mss, wscale 2\n");
}

static void test_rewritten_address(void **state)
{
	struct tw_finding f = { .diff = TW_DIFF_REWRITTEN, .what = TW_WHAT_ADDR, .a = &a, .b = &b, .toward = TW_TOWARD_B,
				.sent = { .kind = TW_SHAPE_END, .family = 4, .end = end_of(1, 40000) },
				.received = { .kind = TW_SHAPE_END, .family = 4, .end = end_of(254, 50000) } };

	expect_json(&f, "{\"event\":\"rewritten\"," CONN "\"toward\":\"b\",\"what\":\"addr\",\"sent\":\"10.0.1.1:40000\","
			"\"received\":\"10.0.1.254:50000\"}");
}

static void test_delay_split(void **state)
{
	struct tw_finding f = { .diff = TW_DIFF_DELAY, .a = &a, .b = &b, .toward = TW_TOWARD_B, .ts_a = AT, .ts_b = AT + 5 * S,
				.delay = { .there_ns = 700 * MS, .host_ns = 2 * S, .back_ns = 8 * MS, .answer = true },
				.offset_ns = 4 * S + 1, .offset_error_ns = 5 * MS };

	expect_json(&f, "{\"event\":\"delay_split\"," CONN "\"toward\":\"b\",\"ts_a\":\"2026-11-21T18:00:00.000000000Z\","
			"\"ts_b\":\"2026-11-21T18:00:05.000000000Z\",\"of\":\"answer\",\"there\":0.700000000,\"host\":2.000000000,"
			"\"back\":0.008000000,\"offset\":4.000000001,\"offset_error\":0.005000000}");
	expect_text(&f, HEADING "  delay_split     an answer took 2.7 s: network to B 700 ms, B itself 2.0 s, network back 8.0 ms "
			"(each way ± 5.0 ms)\n");
	f.delay.answer = false;
	f.offset_ns = -1500 * (int64_t)MS; /* B's clock is behind */
	expect_json(&f, "{\"event\":\"delay_split\"," CONN "\"toward\":\"b\",\"ts_a\":\"2026-11-21T18:00:00.000000000Z\","
			"\"ts_b\":\"2026-11-21T18:00:05.000000000Z\",\"of\":\"handshake\",\"there\":0.700000000,\"host\":2.000000000,"
			"\"back\":0.008000000,\"offset\":-1.500000000,\"offset_error\":0.005000000}");
}

static void test_not_comparable(void **state)
{
	struct tw_finding f = { .diff = TW_DIFF_NOT_COMPARABLE, .reason = "no common connection" };

	expect_json(&f, "{\"event\":\"not_comparable\",\"reason\":\"no common connection\"}");
	expect_text(&f, "\nnot_comparable  no common connection\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lost_between),
		cmocka_unit_test(test_forged_between),
		cmocka_unit_test(test_rewritten),
		cmocka_unit_test(test_rewritten_options),
		cmocka_unit_test(test_rewritten_address),
		cmocka_unit_test(test_delay_split),
		cmocka_unit_test(test_not_comparable),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
