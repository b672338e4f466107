// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Options of the log: sizes, spans of time, when it is synced; and what is refused, which changes nothing. */
#include "log/log.h"
#include "log/log_option.h"
#include "made.h"

#define DAY (86400 * S)

struct fields {
	uint64_t number;
	enum tw_sync sync;
};

static void takes(tw_option_parse parse, const char *value, uint64_t expected)
{
	static const struct tw_option option = { .name = "x", .at = offsetof(struct fields, number) };
	struct tw_reason reason;
	struct fields fields = { 0 };

	if (parse(&fields, &option, value, &reason))
		fail_msg("%s", reason.text);
	assert_int_equal(fields.number, expected);
}

static void refuses(tw_option_parse parse, const char *value)
{
	static const struct tw_option option = { .name = "x", .at = offsetof(struct fields, number) };
	struct tw_reason reason;
	struct fields fields = { .number = 77 };

	if (parse(&fields, &option, value, &reason) != -EINVAL)
		fail_msg("\"%s\" was taken", value);
	assert_int_equal(fields.number, 77);
}

static void test_options(void **state)
{
	static const char *const wrong[] = { "", "x", "-1", "+1", " 1", "1 ", "1.5", "0", "1x", "1MM",
					     "99999999999999999999", "18446744073709551615G", "M" };
	static const struct tw_option option = { .name = "sync", .at = offsetof(struct fields, sync) };
	struct tw_reason reason;
	struct fields fields;

	takes(tw_take_size, "65536", 65536);
	takes(tw_take_size, "64k", 65536);
	takes(tw_take_size, "100M", 100 << 20);
	takes(tw_take_size, "2G", 2ull << 30);
	refuses(tw_take_size, "63k");
	refuses(tw_take_size, "1025G");
	takes(tw_take_span, "90", 90 * S);
	takes(tw_take_span, "90s", 90 * S);
	takes(tw_take_span, "30m", 1800 * S);
	takes(tw_take_span, "12h", 43200 * S);
	takes(tw_take_span, "1d", DAY);
	refuses(tw_take_span, "367d");
	refuses(tw_take_span, "1M");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		refuses(tw_take_size, wrong[i]);
		refuses(tw_take_span, wrong[i]);
	}
	assert_int_equal(tw_take_sync(&fields, &option, "second", &reason), 0);
	assert_int_equal(fields.sync, TW_SYNC_SECOND);
	assert_int_equal(tw_take_sync(&fields, &option, "often", &reason), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
