// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who opened a connection that was there before us: by the ports of a socket, and who listens here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/socktable.h"
#include "tcpwhy/obs.h"

enum who { NOBODY, HERE, THERE, SURELY_HERE, SURELY_THERE };

static const struct {
	const char *what;
	uint16_t here, there;
	enum who who;
} rows[] = {
	{ "a web server's client", 443, 50000, SURELY_THERE },
	{ "a server on a high port", 8080, 50000, SURELY_THERE },
	{ "a server in the ephemeral range", 40404, 50000, SURELY_THERE },
	{ "a peer that binds a low port (NFS)", 8080, 800, SURELY_THERE },
	{ "a web server is asked from a port on which another address listens", 40404, 443, NOBODY },
	{ "we ask a web server", 50000, 443, SURELY_HERE },
	{ "we ask a high port", 50000, 5000, HERE },
	{ "both ephemeral", 50000, 40000, HERE },
	{ "we bound a port of our own and ask a web server", 7000, 80, SURELY_HERE },
	{ "whoever listened is gone", 5000, 50000, THERE },
	{ "whoever listened on a low port is gone", 22, 50000, THERE },
	{ "neither tells", 5000, 6000, NOBODY },
	{ "both low: rsh", 1022, 514, NOBODY },
};

static void test_rows(void **state)
{
	static struct tw_listening listening;
	static const uint16_t listened[] = { 443, 8080, 40404 };
	struct tw_port_range ephemeral = { 32768, 60999 };

	for (size_t i = 0; i < sizeof(listened) / sizeof(listened[0]); i++)
		listening.bits[listened[i] >> 6] |= 1ull << (listened[i] & 63);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (uint8_t side = 0; side < 2; side++) {
			uint8_t want[] = {
				[NOBODY] = 0, [HERE] = side + 1, [THERE] = 2 - side,
				[SURELY_HERE] = (side + 1) | TW_OPENER_CERTAIN,
				[SURELY_THERE] = (2 - side) | TW_OPENER_CERTAIN,
			};
			uint8_t got = tw_socktable_opener(side, rows[i].here, rows[i].there, &listening, &ephemeral);

			if (got != want[rows[i].who])
				fail_msg("%s: side %d here: %d, expected %d", rows[i].what, side, got, want[rows[i].who]);
		}
}

/* The two ends of a loopback connection say the same. */
static void test_loopback(void **state)
{
	static struct tw_listening listening;
	struct tw_port_range ephemeral = { 32768, 60999 };

	listening.bits[5000 >> 6] |= 1ull << (5000 & 63);
	assert_int_equal(tw_socktable_opener(0, 40000, 5000, &listening, &ephemeral) & TW_OPENER_SIDE,
			 tw_socktable_opener(1, 5000, 40000, &listening, &ephemeral) & TW_OPENER_SIDE);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_loopback) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
