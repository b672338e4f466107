/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields of a line of the log (linefield.h). Lines are our own, but nothing is believed: all ends at the NUL. */
#include "linefield.h"

#include <stdlib.h>
#include <string.h>

/* Behind the string that begins at @at, which is a quote. */
static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : at;
}

/* Behind the value that begins at @at. */
static const char *skip_value(const char *at)
{
	int depth = 0;

	while (*at) {
		if (*at == '"') {
			at = skip_string(at);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && depth-- == 0)
			break;
		else if (*at == ',' && !depth)
			break;
		at++;
	}
	return at;
}

bool tw_linefield_find(struct tw_linefield *value, const char *line, const char *name)
{
	size_t len = strlen(name);
	const char *at = line;

	if (*at++ != '{')
		return false;
	while (*at == '"') {
		const char *key = at + 1, *end = skip_string(at);

		if (*end != ':')
			return false;
		at = skip_value(end + 1);
		if ((size_t)(end - 1 - key) == len && !memcmp(key, name, len)) {
			*value = (struct tw_linefield){ end + 1, at - end - 1 };
			return true;
		}
		at += *at == ',';
	}
	return false;
}

bool tw_linefield_number(const struct tw_linefield *value, double *number)
{
	char *end;

	if (!value->len || *value->at == '"' || *value->at == '[' || *value->at == '{')
		return false;
	if (*value->at == 't' || *value->at == 'f') {
		*number = *value->at == 't';
		return true;
	}
	*number = strtod(value->at, &end);
	return end == value->at + value->len;
}

void tw_linefield_text(const struct tw_linefield *value, char *text, size_t size)
{
	bool quoted = value->len >= 2 && *value->at == '"';
	size_t len = quoted ? value->len - 2 : value->len;

	if (len >= size)
		len = size - 1;
	memcpy(text, value->at + quoted, len);
	text[len] = '\0';
}

bool tw_linefield_next(const struct tw_linefield *array, struct tw_linefield *element)
{
	const char *at = element->at ? element->at + element->len : array->at;

	if (!array->len || *array->at != '[' || (*at != '[' && *at != ',') || at[1] == ']')
		return false;
	element->at = at + 1;
	element->len = skip_value(at + 1) - (at + 1);
	return element->len > 0;
}
