// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Cuts a log between two pings. */
#include "markers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/member.h"

static bool parse_size(const char **at, unsigned int *size)
{
	char *end;
	unsigned long value = strtoul(*at, &end, 10);
	bool ok = **at >= '0' && **at <= '9' && value <= 65535;

	*size = value;
	*at = end;
	return ok;
}

int tw_markers_parse(struct tw_markers *b, const char *text, struct tw_reason *reason)
{
	const char *at = text;

	if (!parse_size(&at, &b->first_size) || *at++ != ',' || !parse_size(&at, &b->last_size) || *at)
		return tw_reason(reason, -EINVAL, "--between-markers %s: accepted are two sizes of pings in bytes, like 22,33 "
				 "(made by `ping -c 1 -s 22 HOST` before and `ping -c 1 -s 33 HOST` after)", text);
	b->asked = true;
	return 0;
}

static void note_size(struct tw_markers *b, unsigned int size)
{
	for (unsigned int i = 0; i < b->n_sizes; i++)
		if (b->sizes[i] == size)
			return;
	if (b->n_sizes < TW_MARKERS_SIZES)
		b->sizes[b->n_sizes++] = size;
}

/* Of a ping whose request and reply are both there, the first of the two counts. */
void tw_markers_mark(struct tw_markers *b, const json_t *marker, uint64_t ts_ns)
{
	unsigned int size = tw_member_u64(marker, "size");

	note_size(b, size);
	if (!b->from_ns && size == b->first_size)
		b->from_ns = ts_ns;
	else if (b->from_ns && !b->to_ns && size == b->last_size && ts_ns > b->from_ns &&
		 (size != b->first_size || !tw_member_true(marker, "reply")))
		b->to_ns = ts_ns;
}

int tw_markers_check(const struct tw_markers *b, struct tw_reason *reason)
{
	unsigned int missing = b->from_ns ? b->last_size : b->first_size;
	size_t used;

	if (b->from_ns && b->to_ns)
		return 0;
	tw_reason(reason, 0, "--between-markers %u,%u: there is no ping of %u bytes%s in the log; ", b->first_size, b->last_size,
		  missing, b->from_ns ? " after the first" : "");
	used = strlen(reason->text);
	snprintf(reason->text + used, sizeof(reason->text) - used, b->n_sizes ? "there are pings of" : "there are no pings at all");
	for (unsigned int i = 0; i < b->n_sizes; i++) {
		used = strlen(reason->text);
		snprintf(reason->text + used, sizeof(reason->text) - used, "%s %u", i ? "," : "", b->sizes[i]);
	}
	used = strlen(reason->text);
	snprintf(reason->text + used, sizeof(reason->text) - used, b->n_sizes ? " bytes" : "");
	return -ENOENT;
}

bool tw_markers_has(const struct tw_markers *b, uint64_t start_ns, uint64_t end_ns)
{
	if (!b->asked)
		return true;
	return b->from_ns && end_ns >= b->from_ns && (!b->to_ns || start_ns <= b->to_ns);
}
