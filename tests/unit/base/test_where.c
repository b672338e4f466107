// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Conditions on fields of events, and finding fields in lines of the log. */
#include "made.h"
#include "base/linefield.h"
#include "base/where.h"

static const char line[] =
	"{\"ts\":\"2026-11-21T16:30:36.465000000Z\",\"event\":\"reset\",\"orig_addr\":\"10.9.0.1\",\"orig_port\":51184,"
	"\"resp_addr\":\"2001:db8::7\",\"resp_port\":443,\"cause\":\"aborted\",\"suspect\":[\"ttl\",\"ip_id\"],\"none\":[],"
	"\"silent\":0.250000000,\"midstream\":false,\"first\":true,\"deep\":{\"inner\":1,\"list\":[1,{\"x\":2}]},"
	"\"odd\":\"a\\\"b,c}\",\"ports\":[22,80],\"last\":-3}";

static const struct {
	const char *text;
	bool takes;
} rows[] = {
	{ "", true }, { "  ", true },
	{ "resp_port = 443", true }, { "resp_port=443", true }, { "resp_port == 443", true }, { "resp_port = 44", false },
	{ "resp_port != 443", false }, { "resp_port != 80", true }, { "resp_port < 1024", true },
	{ "resp_port <= 443", true }, { "resp_port < 443", false }, { "resp_port >= 443", true }, { "resp_port > 443", false },
	{ "cause = aborted", true }, { "cause = 'aborted'", true }, { "cause = abort", false }, { "cause != refused", true },
	{ "silent > 200ms", true }, { "silent < 0.2", false }, { "silent = 250000us", true }, { "last < 0", true },
	{ "last = -3", true }, { "silent < 1h", true },
	{ "suspect = ttl", true }, { "suspect = ip_id", true }, { "suspect = payload", false },
	{ "suspect != payload", true }, { "suspect != ttl", false }, { "ports = 80", true }, { "ports > 79", true },
	{ "ports > 80", false }, { "none = ttl", false }, { "suspect in (payload, ip_id)", true },
	{ "orig_addr in 10.0.0.0/8", true }, { "orig_addr in 10.9.0.1", true }, { "orig_addr in 192.0.2.0/24", false },
	{ "resp_addr in 2001:db8::/32", true }, { "resp_addr in (10.0.0.0/8, 2001:db8::/48)", true },
	{ "resp_addr in 10.0.0.0/8", false }, { "cause in 10.0.0.0/8", false },
	{ "resp_port in (22, 80, 443)", true }, { "resp_port in (22, 80)", false }, { "resp_port in 443", true },
	{ "cause in (gave_up, aborted)", true },
	{ "cause", true }, { "midstream", false }, { "first", true }, { "first = true", true }, { "midstream = false", true },
	{ "nothing", false }, { "not nothing", true }, { "!nothing", true }, { "none", false }, { "suspect", true },
	{ "nothing = 5", false }, { "nothing != 5", false }, { "not nothing = 5", true },
	{ "inner = 1", false }, { "x", false }, { "odd = 'a\\\"b,c}'", true }, { "last", true },
	{ "resp_port = 443 and cause = aborted", true }, { "resp_port = 443 and cause = refused", false },
	{ "resp_port = 1 or cause = aborted", true }, { "resp_port = 1 or cause = refused", false },
	{ "resp_port = 1 and cause = aborted or first", true }, { "resp_port = 1 and (cause = aborted or first)", false },
	{ "not (resp_port = 1 or cause = refused) and not midstream", true }, { "not not first", true },
	{ "android = 5", false }, { "nota or orient or first", true },
};

static void test_rows(void **state)
{
	struct tw_reason reason;
	struct tw_where where;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (tw_where_parse(&where, rows[i].text, &reason))
			fail_msg("%s: %s", rows[i].text, reason.text);
		if (tw_where_takes(&where, line) != rows[i].takes)
			fail_msg("%s: %d", rows[i].text, !rows[i].takes);
	}
}

static void test_mistakes(void **state)
{
	static const char *const wrong[] = {
		"= 5", "resp_port =", "resp_port = 443 cause = aborted", "resp_port = 443 and", "(resp_port = 443", "not",
		"resp_port in (22, 80", "resp_port in ()", "resp_port in", "cause = 'aborted", "RESP = 5", "5 = 5", "and",
		"a ~ b", "a = b)", "a or or b", "a = $", "\"a\" = 5",
		"((((((((((((((((((a))))))))))))))))))",
		"a and a and a and a and a and a and a and a and a and a and a and a and a and a and a and a",
	};
	struct tw_reason reason;
	struct tw_where where;
	char text[400];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (tw_where_parse(&where, wrong[i], &reason) != -EINVAL)
			fail_msg("\"%s\" was accepted", wrong[i]);
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(tw_where_parse(&where, text, &reason), -EINVAL);
}

/* Each line is cut at every place, and copied so that a byte too many is seen by the sanitizer. */
static void test_cut_lines(void **state)
{
	struct tw_reason reason;
	struct tw_where where;

	assert_int_equal(tw_where_parse(&where, "suspect = x or deep = 5 or odd = 5 or not_there", &reason), 0);
	for (size_t len = 0; len < sizeof(line); len++) {
		char *cut = strndup(line, len);

		assert_false(tw_where_takes(&where, cut));
		free(cut);
	}
}

static void test_fields(void **state)
{
	struct tw_linefield value, element = { 0 };
	char text[8];
	double number;

	assert_true(tw_linefield_find(&value, line, "odd"));
	tw_linefield_text(&value, text, 4);
	assert_string_equal(text, "a\\\"");
	assert_true(tw_linefield_find(&value, line, "last"));
	assert_true(tw_linefield_number(&value, &number));
	assert_true(number == -3);
	assert_true(tw_linefield_find(&value, line, "suspect"));
	assert_false(tw_linefield_number(&value, &number));
	assert_true(tw_linefield_next(&value, &element));
	assert_true(tw_linefield_next(&value, &element));
	tw_linefield_text(&element, text, sizeof(text));
	assert_string_equal(text, "ip_id");
	assert_false(tw_linefield_next(&value, &element));
	assert_false(tw_linefield_find(&value, line, "inner"));
	assert_false(tw_linefield_find(&value, line, "las"));
	assert_false(tw_linefield_find(&value, "", "las"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_mistakes), cmocka_unit_test(test_cut_lines),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
