// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets come out in the order of time, those of one time in their own, and are copies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/packetsort.h"

#define N 5000

static uint64_t last_ns;
static uint32_t last_place, count;

static void each(void *ctx, const struct tw_packet *packet)
{
	uint32_t place;

	assert_int_equal(packet->cap_len, sizeof(place));
	memcpy(&place, packet->data, sizeof(place));
	assert_int_equal(packet->wire_len, place);
	assert_true(packet->ts_ns >= last_ns);
	if (packet->ts_ns == last_ns && count)
		assert_true(place > last_place);
	last_ns = packet->ts_ns;
	last_place = place;
	count++;
}

static void test_order(void **state)
{
	struct tw_packetsort *sort = tw_packetsort_new();

	assert_non_null(sort);
	for (int turn = 0; turn < 2; turn++) {
		last_ns = count = 0;
		for (uint32_t i = 0; i < N; i++) {
			uint32_t bytes = i; /* overwritten by the next */
			struct tw_packet packet = {
				.data = (const uint8_t *)&bytes, .cap_len = sizeof(bytes), .wire_len = i,
				.ts_ns = i * 2654435761u % 1000,
			};

			assert_int_equal(tw_packetsort_add(sort, &packet), 0);
		}
		tw_packetsort_each(sort, each, NULL);
		assert_int_equal(count, N);
	}
	count = 0;
	tw_packetsort_each(sort, each, NULL);
	assert_int_equal(count, 0);
	tw_packetsort_free(sort);
	tw_packetsort_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_order) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
