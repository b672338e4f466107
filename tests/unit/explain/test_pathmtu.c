// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The smallest path MTU of each remote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain/pathmtu.h"

#define V4 "\"orig_addr\":\"192.0.2.1\",\"resp_addr\":\"198.51.100.2\","
#define V6 "\"orig_addr\":\"2001:db8::1\",\"resp_addr\":\"2001:db8::2\","
#define TOLD "\"event\":\"frag_needed\",\"matched\":true,\"valid\":true,\"from\":\"203.0.113.9\","

static void add(struct tw_pathmtu *mtus, const char *members)
{
	char line[512];
	json_t *event;

	snprintf(line, sizeof(line), "{%s}", members);
	event = json_loads(line, 0, NULL);
	assert_non_null(event);
	assert_int_equal(tw_pathmtu_add(mtus, event), 0);
	json_decref(event);
}

static void told(struct tw_pathmtu *mtus, unsigned int n, const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_int_equal(tw_pathmtu_tell(mtus, to, 2000, 5), n);
	fclose(to);
	assert_string_equal(text, want);
	free(text);
	tw_pathmtu_free(mtus);
}

/* The smallest counts, not the last; the remote is the side that is not here. */
static void test_told(void **state)
{
	struct tw_pathmtu *mtus = tw_pathmtu_new();

	add(mtus, TOLD V4 "\"side\":\"originator\",\"mtu\":1400");
	add(mtus, TOLD V4 "\"side\":\"originator\",\"mtu\":1300");
	add(mtus, TOLD V4 "\"side\":\"originator\",\"mtu\":1350");
	add(mtus, "\"event\":\"connection\"," V4 "\"side\":\"originator\",\"pmtu\":1300,\"verdicts\":[\"pmtu_ignored\"]");
	add(mtus, "\"event\":\"connection\"," V4 "\"side\":\"originator\",\"pmtu\":1350,\"verdicts\":[\"ok\"]");
	add(mtus, TOLD V6 "\"side\":\"responder\",\"mtu\":1280");
	told(mtus, 2, "  2001:db8::1: at most 1280 bytes pass, says 203.0.113.9. MSS to clamp: 1220.\n"
	     "  198.51.100.2: at most 1300 bytes pass, says 203.0.113.9 (2 connections). MSS to clamp: 1260. 1 connection went on "
	     "with larger packets and came to grief.\n");
}

/* Neither side is here: the remote is whom the large packets were for. */
static void test_between(void **state)
{
	struct tw_pathmtu *mtus = tw_pathmtu_new();

	add(mtus, TOLD V4 "\"dir\":\"fwd\",\"mtu\":1400"); /* the ICMP goes towards the responder: it sent too much */
	add(mtus, "\"event\":\"connection\"," V4 "\"pmtu\":1400");
	told(mtus, 1, "  192.0.2.1: at most 1400 bytes pass, says 203.0.113.9 (1 connection). MSS to clamp: 1360.\n");
}

/* A forged ICMP sets nobody's MTU; nor does one about nothing, or an old router's 0. */
static void test_not_believed(void **state)
{
	struct tw_pathmtu *mtus = tw_pathmtu_new();

	add(mtus, "\"event\":\"frag_needed\",\"matched\":true,\"valid\":false,\"mtu\":68," V4 "\"side\":\"originator\"");
	add(mtus, "\"event\":\"frag_needed\",\"matched\":false,\"mtu\":68," V4 "\"side\":\"originator\"");
	add(mtus, TOLD V4 "\"side\":\"originator\",\"mtu\":0");
	add(mtus, "\"event\":\"syn\"," V4 "\"side\":\"originator\"");
	told(mtus, 0, "");
}

static void test_hole(void **state)
{
	struct tw_pathmtu *mtus = tw_pathmtu_new();

	add(mtus, "\"event\":\"pmtu_black_hole\"," V4 "\"side\":\"originator\",\"len\":1500,\"largest_acked\":340");
	add(mtus, "\"event\":\"connection\"," V4 "\"side\":\"originator\",\"verdicts\":[\"pmtu_black_hole\"]");
	told(mtus, 1, "  198.51.100.2: packets of 1500 bytes vanish and no ICMP says why (1 connection). The largest that is known to "
	     "pass has 340: an MSS of 300 is safe; the real limit may be higher (`ping -M do -s SIZE`).\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_not_believed),
		cmocka_unit_test(test_hole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
