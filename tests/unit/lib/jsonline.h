/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A record as the line of JSON that it becomes, read back by a parser, and what stands in it: for tests of the log. */
#ifndef TCPWHY_TESTS_JSONLINE_H
#define TCPWHY_TESTS_JSONLINE_H

#include <jansson.h>

#include "line/logline.h"
#include "made.h"

static char text[TW_LOG_LINE_MAX];
static json_t *json;
static struct tw_conn_name name = { .id = 1, .family = 6 }; /* the last event's */

static inline void format(const struct tw_record *r)
{
	size_t len = tw_log_format(text, sizeof(text), r);
	json_error_t error;

	json_decref(json);
	assert_int_not_equal(len, 0);
	assert_int_equal(strlen(text), len);
	json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fail_msg("%s: %s", error.text, text);
}

static inline void format_event(struct tw_event e)
{
	struct tw_record r = {
		.type = e.type, .ts_ns = WALL + 1, .event = &e, .conn = &name, .iface = "eth0", .dir = TW_DIR_OUT,
		.side = TW_SIDE_ORIGINATOR,
	};

	name = (struct tw_conn_name){
		.id = 0x1234, .orig_addr = e.orig_addr, .resp_addr = e.resp_addr, .orig_port = e.orig_port,
		.resp_port = e.resp_port, .family = e.family, .community_id = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
	};
	format(&r);
}

static inline void has_text(const char *key, const char *want)
{
	const char *got = json_string_value(json_object_get(json, key));

	if (!got || strcmp(got, want))
		fail_msg("%s should be \"%s\": %s", key, want, text);
}

static inline void has_number(const char *key, long long want)
{
	const json_t *got = json_object_get(json, key);

	if (!json_is_integer(got) || json_integer_value(got) != want)
		fail_msg("%s should be %lld: %s", key, want, text);
}

static inline void has_bool(const char *key, bool want)
{
	const json_t *got = json_object_get(json, key);

	if (!json_is_boolean(got) || json_is_true(got) != want)
		fail_msg("%s should be %d: %s", key, want, text);
}

/* As it is written: seconds with nine decimals, fractions, lists. */
static inline void has_as_is(const char *key, const char *want)
{
	char part[128];

	snprintf(part, sizeof(part), "\"%s\":%s", key, want);
	if (!strstr(text, part))
		fail_msg("%s is missing: %s", part, text);
}

static inline void has_not(const char *key)
{
	if (json_object_get(json, key))
		fail_msg("%s should not be there: %s", key, text);
}

static inline int teardown(void **state)
{
	json_decref(json);
	return 0;
}

#endif
