// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Open connections are counted by where they were opened to; what is over is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conn/services.h"

static struct tw_conn_name to(uint32_t addr, uint16_t port, uint16_t from)
{
	return (struct tw_conn_name){ .resp_addr.word[3] = addr, .resp_port = port, .orig_port = from };
}

static void test_counts(void **state)
{
	struct tw_conn_name a = to(1, 443, 1000), b = to(1, 443, 1001), other_port = to(1, 80, 1000), other_host = to(2, 443, 1000);
	struct tw_services services = { 0 };

	assert_int_equal(tw_services_open(&services, &a), 0);
	assert_true(tw_services_opened(&services, &a));
	assert_true(tw_services_opened(&services, &b));
	assert_true(tw_services_opened(&services, &other_port));
	assert_int_equal(tw_services_open(&services, &a), 2);
	assert_int_equal(tw_services_open(&services, &other_port), 1);
	assert_int_equal(tw_services_open(&services, &other_host), 0);
	tw_services_closed(&services, &a);
	assert_int_equal(tw_services_open(&services, &b), 1);
	tw_services_closed(&services, &b);
	tw_services_closed(&services, &b); /* nothing is left to close */
	assert_int_equal(tw_services_open(&services, &b), 0);
	tw_services_closed(&services, &other_port);
	assert_null(services.table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
