/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Holds events and state against the lines of a row that say what they must be. */
#ifndef TESTS_NATIVE_EXPECT_H
#define TESTS_NATIVE_EXPECT_H

#include "native_row.h"
#include "tcpwhy/event.h"

/* 0; or -EINVAL with what differs in @reason. @line: " EVENT FIELD=VALUE…" */
int native_expect_event(const struct native_steps *steps, const struct native_step *step,
			const struct tw_event *event, const char *line, char *reason, size_t size);

/* @line: "? WHAT FIELD=VALUE…". @trouble: NULL, none. */
int native_expect_state(const struct native_steps *steps, const struct tw_flow *flow,
			const struct tw_trouble *trouble, const char *line, char *reason, size_t size);

/* The event as a line of a row would say it, for a person. */
void native_describe(const struct native_steps *steps, const struct native_step *step,
		     const struct tw_event *event, char *text, size_t size);

#endif
