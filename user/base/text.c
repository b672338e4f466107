// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Pieces of readable lines: bounded text, durations and sizes as people say them. */
#include "text.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

void tw_text_put(struct tw_text *text, const char *fmt, ...)
{
	size_t room = text->end - text->at;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text->at, room, fmt, args);
	va_end(args);
	if (n > 0)
		text->at += (size_t)n < room ? (size_t)n : room - 1;
}

void tw_text_addr(struct tw_text *text, unsigned int family, const struct tw_addr *addr)
{
	char shown[INET6_ADDRSTRLEN] = "?";

	if (family == 4)
		inet_ntop(AF_INET, &addr->word[3], shown, sizeof(shown));
	else
		inet_ntop(AF_INET6, addr, shown, sizeof(shown));
	tw_text_put(text, "%s", shown);
}

void tw_text_clean(struct tw_text *text, const char *untrusted)
{
	for (; *untrusted; untrusted++) {
		unsigned char c = untrusted[0], next = untrusted[1];

		if (c == 0xc2 && next >= 0x80 && next < 0xa0) /* U+0080 to U+009F */
			c = '?', untrusted++;
		tw_text_put(text, "%c", c < 0x20 || c == 0x7f ? '?' : c);
	}
}

void tw_text_time(struct tw_text *text, double seconds)
{
	if (seconds < 0.0001)
		tw_text_put(text, "%.0f µs", seconds * 1e6);
	else if (seconds < 0.01)
		tw_text_put(text, "%.1f ms", seconds * 1e3);
	else if (seconds < 0.9995)
		tw_text_put(text, "%.0f ms", seconds * 1e3);
	else if (seconds < 99.95)
		tw_text_put(text, "%.1f s", seconds);
	else if (seconds < 2 * 3600)
		tw_text_put(text, "%.0f min", seconds / 60);
	else
		tw_text_put(text, "%.1f h", seconds / 3600);
}

void tw_text_rate(struct tw_text *text, double bits)
{
	static const char *const units[] = { "bit/s", "kbit/s", "Mbit/s", "Gbit/s" };
	int unit = 0;

	for (; bits >= 999.5 && unit < 3; unit++)
		bits /= 1000;
	tw_text_put(text, bits < 9.95 && unit ? "%.1f %s" : "%.0f %s", bits, units[unit]);
}

void tw_text_grouped(struct tw_text *text, uint64_t n)
{
	if (n >= 1000) {
		tw_text_grouped(text, n / 1000);
		tw_text_put(text, ",%03u", (unsigned int)(n % 1000));
	} else {
		tw_text_put(text, "%u", (unsigned int)n);
	}
}

void tw_text_bytes(struct tw_text *text, uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double value = bytes;
	int unit = -1;

	if (bytes < 10000) {
		tw_text_put(text, "%llu byte%s", (unsigned long long)bytes, bytes == 1 ? "" : "s");
		return;
	}
	while (value >= 999.5 && unit < 3) {
		value /= 1000;
		unit++;
	}
	tw_text_put(text, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void tw_text_nth(struct tw_text *text, uint64_t n)
{
	const char *suffix = "th";

	if (n % 100 < 11 || n % 100 > 13)
		suffix = n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
	tw_text_put(text, "%llu%s", (unsigned long long)n, suffix);
}
