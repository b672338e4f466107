// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* SYNs that somebody else answers. */
#include <stdlib.h>

#include "conn/answers.h"
#include "made.h"

static struct tw_answers a;

static struct tw_conn_name name_of(uint64_t id, const char *resp, uint16_t resp_port)
{
	return (struct tw_conn_name){ .id = id, .family = 4, .orig_port = 40000, .resp_port = resp_port,
				      .orig_addr = made_addr("192.0.2.1"), .resp_addr = made_addr(resp) };
}

static int setup(void **state)
{
	memset(&a, 0, sizeof(a));
	return 0;
}

static void test_each_has_the_others_address(void **state)
{
	struct tw_conn_name asked = name_of(1, "203.0.113.9", 443), other = name_of(2, "10.7.0.80", 8443);
	struct tw_addr addr = made_addr("10.7.0.80");
	struct tw_other from;

	tw_answers_asked(&a, &asked, 7000);
	tw_answers_came(&a, &other, 7001);
	from = tw_answers_of(&a, 1);
	assert_int_equal(from.port, 8443);
	assert_memory_equal(&from.addr, &addr, sizeof(addr));
	assert_false(from.answers);
	assert_int_equal(tw_answers_of(&a, 2).port, 443);
	assert_true(tw_answers_of(&a, 2).answers);
	assert_int_equal(tw_answers_of(&a, 3).port, 0);
}

static void test_only_what_acknowledges_that_syn(void **state)
{
	struct tw_conn_name asked = name_of(1, "203.0.113.9", 443), other = name_of(2, "10.7.0.80", 443), elsewhere = other;

	tw_answers_asked(&a, &asked, 7000);
	tw_answers_came(&a, &other, 7000);
	tw_answers_came(&a, &other, 7002);
	elsewhere.orig_port = 40001;
	tw_answers_came(&a, &elsewhere, 7001);
	tw_answers_came(&a, &asked, 7001); /* that is no other */
	assert_int_equal(tw_answers_of(&a, 1).port, 0);
	assert_int_equal(tw_answers_of(&a, 2).port, 0);
}

/* A router shows the SYN-ACK of the server, and then its own. */
static void test_its_own_answer_ends_the_story(void **state)
{
	struct tw_conn_name asked = name_of(1, "203.0.113.9", 443), other = name_of(2, "10.7.0.80", 443);

	tw_answers_asked(&a, &asked, 7000);
	tw_answers_came(&a, &other, 7001);
	tw_answers_own(&a, &asked, 7000);
	assert_int_equal(tw_answers_of(&a, 1).port, 0);
	assert_int_equal(tw_answers_of(&a, 2).port, 0);
	tw_answers_came(&a, &other, 7001); /* and the other way round */
	assert_int_equal(tw_answers_of(&a, 2).port, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_has_the_others_address, setup),
		cmocka_unit_test_setup(test_only_what_acknowledges_that_syn, setup),
		cmocka_unit_test_setup(test_its_own_answer_ends_the_story, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
