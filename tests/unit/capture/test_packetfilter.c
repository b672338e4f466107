// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Filter expressions on packets of several link types. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/packetfilter.h"

#define ETHERNET "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0"
#define SLL "\0\0\0\1\0\6\0\0\0\0\0\0\0\0\x08\0"
#define IP "\x45\0\0\x28\0\0\x40\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02"
#define TCP "\x9c\x40\x01\xbb\0\0\0\0\0\0\0\0\x50\x02\x10\0\0\0\0\0" /* 40000 → 443, SYN */

static struct tw_reason reason;

static bool passes(const char *expression, uint32_t linktype, const char *bytes, uint32_t len)
{
	struct tw_packetfilter *filter = NULL;
	bool result;

	assert_int_equal(tw_packetfilter_new(&filter, expression, &reason), 0);
	result = tw_packetfilter_passes(filter, linktype, (const uint8_t *)bytes, len, len);
	tw_packetfilter_free(filter);
	return result;
}

#define PASSES(expression, linktype, bytes) passes(expression, linktype, bytes, sizeof(bytes) - 1)

static void test_link_types(void **state)
{
	assert_true(PASSES("tcp port 443", 1, ETHERNET IP TCP));
	assert_false(PASSES("tcp port 444", 1, ETHERNET IP TCP));
	assert_true(PASSES("host 10.0.0.2 and tcp[tcpflags] & tcp-syn != 0", 113, SLL IP TCP));
	assert_true(PASSES("src 10.0.0.1", 101, IP TCP)); /* bare IP has another number in libpcap */
	assert_false(PASSES("src 10.0.0.2", 101, IP TCP));
	assert_true(PASSES("", 1, ETHERNET IP TCP));
	assert_false(passes("tcp port 443", 1, ETHERNET IP TCP, 30)); /* captured too short to tell */
}

static void test_one_filter_for_all(void **state)
{
	struct tw_packetfilter *filter = NULL;

	assert_int_equal(tw_packetfilter_new(&filter, "tcp port 443", &reason), 0);
	for (int i = 0; i < 3; i++) {
		assert_true(tw_packetfilter_passes(filter, 1, (const uint8_t *)ETHERNET IP TCP, 54, 54));
		assert_true(tw_packetfilter_passes(filter, 113, (const uint8_t *)SLL IP TCP, 56, 56));
		assert_true(tw_packetfilter_passes(filter, 101, (const uint8_t *)IP TCP, 40, 40));
	}
	assert_int_equal(tw_packetfilter_unjudged(filter), 0);
	assert_false(tw_packetfilter_passes(filter, 65000, (const uint8_t *)IP TCP, 40, 40));
	assert_int_equal(tw_packetfilter_unjudged(filter), 1);
	tw_packetfilter_free(filter);
}

static void test_nonsense(void **state)
{
	struct tw_packetfilter *filter = NULL;

	assert_int_equal(tw_packetfilter_new(&filter, "tcp prt 443", &reason), -EINVAL);
	assert_non_null(strstr(reason.text, "tcp prt 443"));
	assert_null(filter);
	assert_true(tw_packetfilter_passes(NULL, 1, NULL, 0, 0));
	tw_packetfilter_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link_types),
		cmocka_unit_test(test_one_filter_for_all),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
