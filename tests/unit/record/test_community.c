// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Community ID: values that the specification and Zeek publish, and one of IPv6 that Python's hashlib gives. */
#include "made.h"
#include "record/community.h"

static const struct {
	const char *a, *b, *id;
	unsigned int family;
	uint16_t a_port, b_port;
} rows[] = {
	{ "128.232.110.120", "66.35.250.204", "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", 4, 34855, 80 },
	{ "1.2.3.4", "5.6.7.8", "1:wCb3OG7yAFWelaUydu0D+125CLM=", 4, 1122, 3344 },
	{ "2001:db8::1", "2001:db8::2", "1:YXqXufkGr4i6TbJJYF83fvyDLZ8=", 6, 50000, 443 },
	{ "192.0.2.1", "192.0.2.1", "1:yuVOff0LQdkde3MRDp2YfMyMD+8=", 4, 50000, 443 },
};

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tw_addr a = made_addr(rows[i].a), b = made_addr(rows[i].b);
		char id[TW_COMMUNITY_SIZE];

		tw_community_id(id, rows[i].family, &a, rows[i].a_port, &b, rows[i].b_port);
		assert_string_equal(id, rows[i].id);
		tw_community_id(id, rows[i].family, &b, rows[i].b_port, &a, rows[i].a_port);
		assert_string_equal(id, rows[i].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
