/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A list of actions, written as on the command line, and a note whose key means harm: for tests of actions. */
#ifndef TCPWHY_TESTS_MADE_ACTION_H
#define TCPWHY_TESTS_MADE_ACTION_H

#include "made.h"

#include "alert/action.h"

static struct tw_action_list list;
static struct tw_reason reason;

static const struct tw_alert_note note = {
	.rule = "refused", .severity = "critical", .key_name = "comm", .key = "evil\n\"key\x1b[2J\\", .raised = true,
	.text = "refused raised for evil\nFIELD=x: 5 refused", .value = 5.5, .threshold = 5, .window_s = 60,
	.ts_ns = WALL,
};

static inline int begin(void **state)
{
	tw_actions_default(&list);
	return 0;
}

static inline const struct tw_action *set(const char *text)
{
	if (tw_actions_set(&list, text, &reason))
		fail_msg("%s", reason.text);
	return &list.list[list.n - 1];
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

#endif
