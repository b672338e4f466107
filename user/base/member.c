// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Members of an event as it was read from a log. */
#include "member.h"

uint64_t tw_member_u64(const json_t *event, const char *key)
{
	const json_t *value = json_object_get(event, key);

	return json_is_integer(value) && json_integer_value(value) > 0 ? (uint64_t)json_integer_value(value) : 0;
}

double tw_member_real(const json_t *event, const char *key)
{
	return json_number_value(json_object_get(event, key));
}

const char *tw_member_text(const json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));

	return text ? text : "";
}

bool tw_member_true(const json_t *event, const char *key)
{
	return json_is_true(json_object_get(event, key));
}

bool tw_member_has(const json_t *event, const char *key)
{
	return json_object_get(event, key) != NULL;
}

void tw_text_span(struct tw_text *text, const char *before, const json_t *event, const char *key, const char *after)
{
	if (!tw_member_has(event, key))
		return;
	tw_text_put(text, "%s", before);
	tw_text_time(text, tw_member_real(event, key));
	tw_text_put(text, "%s", after);
}

void tw_text_list(struct tw_text *text, const char *before, const json_t *event, const char *key)
{
	const json_t *list = json_object_get(event, key), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		tw_text_put(text, "%s", i ? ", " : before);
		tw_text_clean(text, json_is_string(item) ? json_string_value(item) : "?");
	}
}
