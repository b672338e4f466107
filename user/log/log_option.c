// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Options about the log's files. */
#include "log_option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rotate.h"
#include "tcpwhy/port.h"

#define SIZE_MIN (64ull << 10)
#define SIZE_MAX_ (1ull << 40)
#define SPAN_MAX_S (366 * 86400ull)

static void *field(void *options, const struct tw_option *option)
{
	return (char *)options + option->at;
}

struct unit {
	char letter;
	uint64_t times;
};

/* A whole number with one of @units behind it, or none. 0 and *@n, or -EINVAL. */
static int read_unit(uint64_t *n, const char *value, const struct unit *units)
{
	char *end;
	unsigned long long whole;

	errno = 0;
	whole = strtoull(value, &end, 10);
	if (*value < '0' || *value > '9' || errno)
		return -EINVAL;
	while (units->letter != *end && units->letter)
		units++;
	if (units->letter != *end || (*end && end[1]) || whole > UINT64_MAX / units->times)
		return -EINVAL;
	*n = whole * units->times;
	return 0;
}

int tw_take_size(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	static const struct unit units[] = { { 'k', 1 << 10 }, { 'M', 1 << 20 }, { 'G', 1 << 30 }, { 0, 1 } };
	uint64_t n;

	if (read_unit(&n, value, units) || n < SIZE_MIN || n > SIZE_MAX_)
		return tw_option_mistake(option, value, "bytes from 64k to 1024G, for example 100M", reason);
	*(uint64_t *)field(options, option) = n;
	return 0;
}

int tw_take_span(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	static const struct unit units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 0, 1 } };
	uint64_t n;

	if (read_unit(&n, value, units) || !n || n > SPAN_MAX_S)
		return tw_option_mistake(option, value, "seconds from 1 to 366d, for example 3600, 90m, 12h or 1d", reason);
	*(uint64_t *)field(options, option) = n * TW_NS_PER_SEC;
	return 0;
}

const char *tw_sync_word(unsigned int sync)
{
	static const char *const words[] = { "none", "rotate", "second" };

	return sync <= TW_SYNC_SECOND ? words[sync] : "?";
}

int tw_take_sync(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	for (unsigned int i = TW_SYNC_NONE; i <= TW_SYNC_SECOND; i++) {
		if (strcmp(value, tw_sync_word(i)))
			continue;
		*(enum tw_sync *)field(options, option) = i;
		return 0;
	}
	return tw_option_mistake(option, value, "none, rotate or second", reason);
}
