// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Selecting events: by kind, address or network, and port. */
#include "cmd/select.h"
#include "made.h"

static const char event[] = "{\"event\":\"reset\",\"orig_addr\":\"192.0.2.77\",\"orig_port\":40000,\"resp_addr\":\"198.51.100.7\","
			    "\"resp_port\":443}";
static const char six[] = "{\"event\":\"frag_needed\",\"orig_addr\":\"2001:db8:1::7\",\"orig_port\":1,\"resp_addr\":\"fe80::1\","
			  "\"resp_port\":80,\"from\":\"2001:db8:ffff::1\"}";
static const char bare[] = "{\"event\":\"alert\"}";

static bool takes(const struct tw_select *select, const char *json)
{
	json_t *object = json_loads(json, 0, NULL);
	bool takes = tw_select_takes(select, object);

	json_decref(object);
	return takes;
}

static const struct {
	const char *addr;
	bool event, six;
} addrs[] = {
	{ "192.0.2.77", true, false }, { "192.0.2.78", false, false }, { "198.51.100.7", true, false },
	{ "192.0.2.0/24", true, false }, { "192.0.2.64/26", true, false }, { "192.0.2.128/25", false, false },
	{ "0.0.0.0/0", true, false }, { "::/0", false, true }, { "2001:db8::/32", false, true },
	{ "2001:db8:1::7", false, true }, { "2001:db8:1::8", false, false }, { "2001:db8:ffff::1", false, true },
	{ "2001:db8:1::/47", false, true }, { "2001:db8:2::/47", false, false }, { "fe80::1/128", false, true },
};

static void test_addresses(void **state)
{
	struct tw_reason reason;

	for (size_t i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++) {
		struct tw_select select = { 0 };

		assert_int_equal(tw_select_addr(&select, addrs[i].addr, &reason), 0);
		assert_int_equal(takes(&select, event), addrs[i].event);
		assert_int_equal(takes(&select, six), addrs[i].six);
		assert_false(takes(&select, bare));
	}
}

static void test_bad_arguments(void **state)
{
	static const char *const bad_addrs[] = {
		"", "x", "192.0.2", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "::1/129", "192.0.2.0/24x", "1.2.3.4/24/5",
		"2001:db8:1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111",
	};
	static const char *const bad_ports[] = { "", "x", "-1", "65536", "80x", " 80", "99999999999999999999" };
	static const char *const bad_events[] = { "", "foo", "syn,foo", "opened", "none", "syn;reset", "sy", "synn" };
	struct tw_select select;
	struct tw_reason reason;

	for (size_t i = 0; i < sizeof(bad_addrs) / sizeof(bad_addrs[0]); i++)
		assert_int_equal(tw_select_addr(&select, bad_addrs[i], &reason), -EINVAL);
	for (size_t i = 0; i < sizeof(bad_ports) / sizeof(bad_ports[0]); i++)
		assert_int_equal(tw_select_port(&select, bad_ports[i], &reason), -EINVAL);
	for (size_t i = 0; i < sizeof(bad_events) / sizeof(bad_events[0]); i++) {
		memset(&select, 0, sizeof(select));
		assert_int_equal(tw_select_events(&select, bad_events[i], &reason), -EINVAL);
		for (unsigned int type = 1; type < _TW_EV_MAX; type++) /* the message lists them all */
			assert_int_equal(!!strstr(reason.text, tw_event_word(type)) || !tw_event_is_public(type), 1);
	}
}

static void test_all_that_were_given_must_hold(void **state)
{
	struct tw_select select = { 0 };
	struct tw_reason reason;

	assert_true(takes(&select, event));
	assert_true(takes(&select, bare));
	assert_int_equal(tw_select_events(&select, "syn,reset", &reason), 0);
	assert_true(takes(&select, event));
	assert_false(takes(&select, six));
	assert_int_equal(tw_select_port(&select, "443", &reason), 0);
	assert_true(takes(&select, event));
	assert_int_equal(tw_select_addr(&select, "203.0.113.0/24", &reason), 0);
	assert_false(takes(&select, event));
	memset(&select, 0, sizeof(select));
	assert_int_equal(tw_select_port(&select, "44", &reason), 0);
	assert_false(takes(&select, event));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_bad_arguments),
		cmocka_unit_test(test_all_that_were_given_must_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
