/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The names of the log's fields (fieldname.h), from the table that the manual is made of. */
#include "fieldname.h"

#include <stddef.h>
#include <string.h>

#include "fieldtable.h"

static const struct {
	const char *name, *unit;
} fields[] = {
#define FIELD(name, unit, meaning, ecs, otel, zeek) { name, unit },
#define SIDE(name, unit, meaning, ecs, otel, zeek) { "orig_" name, unit }, { "resp_" name, unit },
	TW_FIELDS(FIELD, SIDE)
#undef FIELD
#undef SIDE
};

const char *tw_field_unit(const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!strcmp(fields[i].name, name))
			return fields[i].unit;
	return NULL;
}

bool tw_field_is_number(const char *name)
{
	static const char *const others[] = { "time", "word", "words", "id", "address", "text", "boolean", "object" };
	const char *unit = tw_field_unit(name);

	for (size_t i = 0; unit && i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(unit, others[i]))
			return false;
	return unit;
}
