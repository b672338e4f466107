// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which connections somebody means. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "explain/pick.h"

#define V4 "{\"event\":\"syn\",\"conn\":\"e8kp21hugbd0l\",\"community_id\":\"1:hUDXiFvX54/YOdRDIpyBM5w3kCM=\"," \
	   "\"orig_addr\":\"10.20.0.9\",\"orig_port\":2049,\"resp_addr\":\"10.1.10.5\",\"resp_port\":135}"
#define V6 "{\"event\":\"syn\",\"conn\":\"789oidkc1t3km\",\"orig_addr\":\"2001:db8::9\",\"orig_port\":2049," \
	   "\"resp_addr\":\"2001:db8::5\",\"resp_port\":443}"
#define PING "{\"event\":\"marker\",\"orig_addr\":\"10.20.0.9\",\"resp_addr\":\"10.1.10.5\"}"

static const struct {
	const char *wanted, *event;
	bool takes;
} rows[] = {
	{ "e8kp21hugbd0l", V4, true },
	{ "e8kp21hugbd0m", V4, false },
	{ "1:hUDXiFvX54/YOdRDIpyBM5w3kCM=", V4, true },
	{ "1:hUDXiFvX54/YOdRDIpyBM5w3kCN=", V4, false },
	{ "10.20.0.9", V4, true },
	{ "10.1.10.5", V4, true },
	{ "10.1.10.50", V4, false },
	{ "10.1.10.5:135", V4, true },
	{ "10.20.0.9:2049", V4, true },
	{ "10.20.0.9:135", V4, false }, /* that is the other side's */
	{ "10.20.0.9", PING, true },
	{ "10.20.0.9:2049", PING, false },
	{ "2001:db8::5", V6, true },
	{ "2001:0db8:0::5", V6, true }, /* the same address, written otherwise */
	{ "[2001:db8::5]", V6, true },
	{ "[2001:db8::5]:443", V6, true },
	{ "[2001:db8::5]:2049", V6, false },
	{ "host 10.1.10.5", V4, true },
	{ "src host 10.20.0.9 and dst port 135", V4, true },
	{ "src host 10.1.10.5 and src port 135", V4, true }, /* the way back */
	{ "src host 10.20.0.9 and src port 135", V4, false },
	{ "net 10.1.0.0/16 and tcp portrange 100-200", V4, true },
	{ "host 10.1.10.5", V6, false },
	{ "ip6 net 2001:db8::/32 and port 443", V6, true },
	{ "port 443", V4, false },
	{ "not port 443", V4, true },
};

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *event = json_loads(rows[i].event, 0, NULL);
		struct tw_reason reason;
		struct tw_pick *pick;

		assert_non_null(event);
		assert_int_equal(tw_pick_new(&pick, rows[i].wanted, &reason), 0);
		if (tw_pick_takes(pick, event) != rows[i].takes)
			fail_msg("'%s' on %s", rows[i].wanted, rows[i].event);
		if (rows[i].takes) /* the quick look must not lose it */
			assert_true(tw_pick_may_take(pick, rows[i].event, strlen(rows[i].event)));
		tw_pick_free(pick);
		json_decref(event);
	}
}

static void test_quick_look(void **state)
{
	struct tw_reason reason;
	struct tw_pick *pick;

	assert_int_equal(tw_pick_new(&pick, "e8kp21hugbd0l", &reason), 0);
	assert_true(tw_pick_is_one(pick));
	assert_false(tw_pick_may_take(pick, V6, strlen(V6)));
	tw_pick_free(pick);
	assert_int_equal(tw_pick_new(&pick, "10.1.10.5", &reason), 0);
	assert_false(tw_pick_is_one(pick));
	assert_false(tw_pick_may_take(pick, V6, strlen(V6)));
	tw_pick_free(pick);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"", "nonsense", "10.1.10.5:99999", "10.1.10.5:", "[2001:db8::5", "[2001:db8::5]443", "10.1.10", "port http and and",
		"e8kp21hugbd0lxxxxxxxxx",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tw_reason reason = { .text = "" };
		struct tw_pick *pick = NULL;

		if (tw_pick_new(&pick, bad[i], &reason) != -EINVAL)
			fail_msg("'%s' is taken", bad[i]);
		assert_non_null(strstr(reason.text, "ADDR:PORT"));
		assert_null(pick);
	}
}

static void test_all(void **state)
{
	json_t *event = json_loads(V4, 0, NULL);

	assert_true(tw_pick_takes(NULL, event));
	assert_true(tw_pick_may_take(NULL, "x", 1));
	assert_false(tw_pick_is_one(NULL));
	json_decref(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_quick_look),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
