// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is written by hand, against printf, inet_ntop and a JSON parser. */
#include <jansson.h>
#include <stdio.h>

#include "base/json.h"
#include "made.h"

static char text[512];
static struct tw_json j;

static void start(void)
{
	memset(text, 0, sizeof(text));
	tw_json_init(&j, text, sizeof(text) - 1);
}

static uint64_t random_u64(unsigned int *seed)
{
	uint64_t v = (uint64_t)rand_r(seed) << 40 ^ (uint64_t)rand_r(seed) << 20 ^ rand_r(seed);

	return v >> rand_r(seed) % 64;
}

static void test_numbers(void **state)
{
	static const uint64_t edges[] = { 0, 1, 9, 10, 99, 100, 999, 1000, UINT32_MAX, UINT64_MAX };
	unsigned int seed = 3;
	char want[64];

	for (unsigned int i = 0; i < 20000; i++) {
		uint64_t v = i < 10 ? edges[i] : random_u64(&seed);

		start();
		tw_json_u64(&j, v);
		snprintf(want, sizeof(want), "%llu", (unsigned long long)v);
		assert_string_equal(text, want);
		start();
		tw_json_seconds(&j, v);
		snprintf(want, sizeof(want), "%llu.%09llu", (unsigned long long)(v / S), (unsigned long long)(v % S));
		assert_string_equal(text, want);
	}
}

static void test_time(void **state)
{
	start();
	tw_json_time(&j, 1700000000 * S + 5);
	assert_string_equal(text, "\"2023-11-14T22:13:20.000000005Z\"");
	start();
	tw_json_time(&j, 1700000000 * S + 999999999);
	assert_string_equal(text, "\"2023-11-14T22:13:20.999999999Z\"");
	start();
	tw_json_time(&j, 951782399 * S);
	assert_string_equal(text, "\"2000-02-28T23:59:59.000000000Z\"");
	start();
	tw_json_time(&j, 951782400 * S);
	assert_string_equal(text, "\"2000-02-29T00:00:00.000000000Z\"");
	start();
	tw_json_time(&j, UINT64_MAX);
	assert_string_equal(text, "\"2554-07-21T23:34:33.709551615Z\"");
}

static void test_addresses(void **state)
{
	static const char *const known[] = {
		"::", "::1", "2001:db8::1", "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "fe80::1:0:0:1", "1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:0", "0:2:3:4:5:6:7:8", "1::", "::ffff:192.0.2.1", "a:b:c:d:e:f:1:0",
	};
	unsigned int seed = 9;
	char ntop[64], want[70];

	for (unsigned int i = 0; i < 20000; i++) {
		struct tw_addr addr;
		uint16_t *groups = (uint16_t *)addr.word;

		if (i < sizeof(known) / sizeof(known[0]))
			inet_pton(AF_INET6, known[i], &addr);
		else
			for (int k = 0; k < 8; k++)
				groups[k] = rand_r(&seed) % 3 ? 0 : rand_r(&seed) >> rand_r(&seed) % 16;
		if (!addr.word[0] && !addr.word[1] && !addr.word[2] && i >= 12)
			continue; /* inet_ntop writes these as IPv4-compatible ones */
		inet_ntop(AF_INET6, &addr, ntop, sizeof(ntop));
		snprintf(want, sizeof(want), "\"%s\"", ntop);
		start();
		tw_json_addr(&j, 6, &addr);
		assert_string_equal(text, want);
		inet_ntop(AF_INET, &addr.word[3], ntop, sizeof(ntop));
		snprintf(want, sizeof(want), "\"%s\"", ntop);
		start();
		tw_json_addr(&j, 4, &addr);
		assert_string_equal(text, want);
	}
}

static void check_string(const char *in, const char *want)
{
	json_t *parsed;

	start();
	tw_json_string(&j, in);
	parsed = json_loads(text, JSON_DECODE_ANY, NULL);
	assert_non_null(parsed);
	assert_string_equal(json_string_value(parsed), want);
	json_decref(parsed);
}

static void test_strings(void **state)
{
	char one[2] = "";

	for (int c = 1; c < 128; c++) {
		one[0] = c;
		check_string(one, one);
	}
	check_string("a\"b\\c\nd", "a\"b\\c\nd");
	check_string("größe → ok 🙂", "größe → ok 🙂");
	check_string("bad \xff\xfe", "bad \ufffd\ufffd");
	check_string("cut \xe2\x82", "cut \ufffd\ufffd");
	check_string("surrogate \xed\xa0\x80", "surrogate \ufffd\ufffd\ufffd");
	check_string("overlong \xc0\xaf", "overlong \ufffd\ufffd");
	start();
	tw_json_string(&j, NULL);
	assert_string_equal(text, "null");
}

static void test_floats(void **state)
{
	start();
	tw_json_number(&j, 0.25);
	assert_string_equal(text, "0.25");
	start();
	tw_json_number(&j, 1.0 / 0.0);
	assert_string_equal(text, "0");
	start();
	tw_json_number(&j, 500);
	assert_string_equal(text, "500");
}

static void test_ids_differ_and_are_short(void **state)
{
	start();
	tw_json_id(&j, 1);
	assert_string_equal(text, "\"1\"");
	start();
	tw_json_id(&j, 31);
	tw_json_id(&j, 32);
	assert_string_equal(text, "\"v\"\"10\"");
	start();
	tw_json_id(&j, UINT64_MAX);
	assert_string_equal(text, "\"fvvvvvvvvvvvv\"");
}

/* Whatever the room, nothing is written behind it, and what does not fit is told. */
static void test_never_beyond_the_end(void **state)
{
	struct tw_addr addr = made_addr("2001:db8:1234:5678:9abc:def0:1234:5678");

	for (size_t size = 0; size < 140; size++) {
		char *exact = malloc(size ? size : 1);

		tw_json_init(&j, exact, size);
		tw_json_lit(&j, "{");
		tw_json_u64(&j, 123456789);
		tw_json_seconds(&j, 12345678901);
		tw_json_time(&j, WALL);
		tw_json_string(&j, "a\x01z");
		tw_json_addr(&j, 6, &addr);
		tw_json_id(&j, UINT64_MAX);
		assert_true(j.at <= exact + size);
		assert_int_equal(j.full, size < 1 + 9 + 12 + 32 + 10 + 40 + 15);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_floats),
		cmocka_unit_test(test_ids_differ_and_are_short),
		cmocka_unit_test(test_never_beyond_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
