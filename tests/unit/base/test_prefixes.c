// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whose addresses are ours. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/prefixes.h"
#include "tcpwhy/key.h"

static int have(const char *prefix, const char *text)
{
	struct tw_prefixes prefixes = { .n = 0 };
	struct tw_addr addr;
	uint32_t v4;

	assert_int_equal(tw_prefixes_add(&prefixes, prefix), 0);
	if (inet_pton(AF_INET, text, &v4) == 1)
		tw_addr_v4(&addr, v4);
	else
		assert_int_equal(inet_pton(AF_INET6, text, &addr), 1);
	return tw_prefixes_have(&prefixes, &addr);
}

static void test_match(void **state)
{
	assert_true(have("192.0.2.7", "192.0.2.7"));
	assert_false(have("192.0.2.7", "192.0.2.6"));
	assert_true(have("192.0.2.7/32", "192.0.2.7"));
	assert_true(have("10.0.0.0/8", "10.255.255.255"));
	assert_false(have("10.0.0.0/8", "11.0.0.0"));
	assert_true(have("10.1.2.3/8", "10.9.9.9")); /* bits behind the prefix do not count */
	assert_true(have("192.0.2.128/25", "192.0.2.129"));
	assert_false(have("192.0.2.128/25", "192.0.2.127"));
	assert_true(have("192.0.2.128/26", "192.0.2.191"));
	assert_false(have("192.0.2.128/26", "192.0.2.192"));
	assert_true(have("0.0.0.0/0", "255.1.2.3"));
	assert_false(have("0.0.0.0/0", "2001:db8::1"));
	assert_true(have("2001:db8::/32", "2001:db8:ffff::1"));
	assert_false(have("2001:db8::/32", "2001:db9::1"));
	assert_true(have("2001:db8::/33", "2001:db8:7fff::"));
	assert_false(have("2001:db8::/33", "2001:db8:8000::"));
	assert_true(have("fe80::1", "fe80::1"));
	assert_true(have("::/0", "2001:db8::1"));
}

static void test_no_prefix(void **state)
{
	static const char *const wrong[] = {
		"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/+8", "10.0.0", "10.0.0.0/ 8",
		"2001:db8::/129", "eth0", "10.0.0.0/8/8", "1.2.3.4.5",
		"a very long word that is no address and does not fit any buffer that is meant for one address/64",
	};
	struct tw_prefixes prefixes = { .n = 0 };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(tw_prefixes_add(&prefixes, wrong[i]), -EINVAL);
	assert_int_equal(prefixes.n, 0);
}

static void test_many(void **state)
{
	struct tw_prefixes prefixes = { .n = 0 };
	struct tw_addr addr;
	char text[32];

	for (int i = 0; i < TW_PREFIXES_MAX; i++) {
		snprintf(text, sizeof(text), "10.0.%d.0/24", i);
		assert_int_equal(tw_prefixes_add(&prefixes, text), 0);
	}
	assert_int_equal(tw_prefixes_add(&prefixes, "10.1.0.0/16"), -ENOSPC);
	tw_addr_v4(&addr, inet_addr("10.0.63.9"));
	assert_true(tw_prefixes_have(&prefixes, &addr));
	tw_addr_v4(&addr, inet_addr("10.1.0.9"));
	assert_false(tw_prefixes_have(&prefixes, &addr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_no_prefix),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
