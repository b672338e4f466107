// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What every action is told of an alert, and standard error, which nobody may have to wait for. */
#include <poll.h>
#include <unistd.h>

#include "made_action.h"

/* What the rule's key may be: a process can call itself anything. */
static const struct tw_record bad_name = {
	.type = TW_EV_ALERT, .ts_ns = WALL,
	.alert = { .rule = "refused", .raised = true, .value = 5, .threshold = 5, .window_s = 60,
		   .key = "evil\nx\x1b[2J" },
};

static void test_notes_are_one_line(void **state)
{
	struct tw_alert_note got;

	tw_alert_note_fill(&got, &bad_name);
	assert_string_equal(got.key, "evil?x?[2J");
	assert_int_equal(strncmp(got.text, "refused raised for evil?x?[2J: ", 31), 0);
}

/* A pipe that nobody reads makes nobody wait: this test would not end. */
static void test_stderr_that_nobody_reads(void **state)
{
	struct tw_actions *a = tw_actions_new(&list, false);
	int ends[2], before = dup(STDERR_FILENO);
	char got[200] = "";

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	for (int i = 0; i < 5000; i++)
		tw_actions_alert(a, &bad_name);
	while (read(ends[0], got, sizeof(got) - 1) == sizeof(got) - 1 &&
	       poll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, 0))
		;
	tw_actions_alert(a, &bad_name);
	memset(got, 0, sizeof(got));
	assert_true(read(ends[0], got, sizeof(got) - 1) > 0);
	dup2(before, STDERR_FILENO);
	assert_non_null(strstr(got, "alerts were not told here"));
	close(before);
	close(ends[0]);
	close(ends[1]);
	tw_actions_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_notes_are_one_line), TEST(test_stderr_that_nobody_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
