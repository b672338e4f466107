// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* This host's addresses: those that `ip` tells, and no others. */
#include <stdio.h>

#include "host/ownaddrs.h"
#include "made.h"

static void test_against_ip(void **state)
{
	FILE *ip = popen("ip -o addr show | awk '{ sub(\"/.*\", \"\", $4); print $4 }'", "r");
	struct tw_ownaddrs own = { 0 };
	unsigned int seen = 0;
	char text[64];

	assert_int_equal(tw_ownaddrs_refresh(&own), 0);
	assert_int_equal(tw_ownaddrs_refresh(&own), 0);
	while (ip && fgets(text, sizeof(text), ip)) {
		struct tw_addr addr;

		text[strcspn(text, "\n")] = '\0';
		addr = made_addr(text);
		if (!tw_ownaddrs_have(&own, &addr))
			fail_msg("%s is ours", text);
		addr.word[3] ^= 0x01000001;
		assert_false(tw_ownaddrs_have(&own, &addr));
		seen++;
	}
	if (ip)
		pclose(ip);
	if (!seen)
		skip(); /* no ip here, or no addresses */
	assert_int_equal(own.n, seen);
	tw_ownaddrs_release(&own);
	assert_false(tw_ownaddrs_have(&own, &(struct tw_addr){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_against_ip) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
