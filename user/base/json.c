// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The numbers, times, addresses and strings of the log, by hand: printf and inet_ntop take four times as long. */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

static const char pairs[] =
	"00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
	"49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
	"9899";

/* Writes @value right-aligned before @end and returns where it begins. */
static char *digits_before(char *end, uint64_t value)
{
	while (value >= 100) {
		end -= 2;
		memcpy(end, pairs + 2 * (value % 100), 2);
		value /= 100;
	}
	if (value >= 10) {
		end -= 2;
		memcpy(end, pairs + 2 * value, 2);
	} else {
		*--end = '0' + value;
	}
	return end;
}

/* Exactly @n digits, zeros in front. */
static void digits_fixed(char *to, uint32_t value, int n)
{
	while (n > 1) {
		n -= 2;
		memcpy(to + n, pairs + 2 * (value % 100), 2);
		value /= 100;
	}
	if (n)
		to[0] = '0' + value % 10;
}

void tw_json_u64(struct tw_json *j, uint64_t value)
{
	char text[20], *at = digits_before(text + sizeof(text), value);

	tw_json_raw(j, at, text + sizeof(text) - at);
}

void tw_json_seconds(struct tw_json *j, uint64_t ns)
{
	char text[32], *point = text + sizeof(text) - 10, *at = digits_before(point, ns / TW_NS_PER_SEC);

	*point = '.';
	digits_fixed(point + 1, ns % TW_NS_PER_SEC, 9);
	tw_json_raw(j, at, text + sizeof(text) - at);
}

/* Events come by the thousand a second: the texts of the last seconds are kept (a final record has two). */
static const char *second_text(uint64_t second)
{
	static _Thread_local struct { uint64_t second; char text[32]; } cache[8];
	char *text = cache[second % 8].text; /* "2025-01-02T03:04:05 */
	time_t t = second;
	struct tm tm;

	if (cache[second % 8].second == second && text[0])
		return text;
	if (!gmtime_r(&t, &tm) || tm.tm_year > 9999 - 1900)
		memset(&tm, 0, sizeof(tm));
	snprintf(text, sizeof(cache[0].text), "\"%04u-%02u-%02uT%02u:%02u:%02u",
		 (tm.tm_year + 1900) % 10000u, (tm.tm_mon + 1) % 100u, tm.tm_mday % 100u,
		 tm.tm_hour % 100u, tm.tm_min % 100u, tm.tm_sec % 100u);
	cache[second % 8].second = second;
	return text;
}

void tw_json_time(struct tw_json *j, uint64_t wall_ns)
{
	char text[32];

	memcpy(text, second_text(wall_ns / TW_NS_PER_SEC), 20);
	text[20] = '.';
	digits_fixed(text + 21, wall_ns % TW_NS_PER_SEC, 9);
	text[30] = 'Z';
	text[31] = '"';
	tw_json_raw(j, text, sizeof(text));
}

void tw_json_number(struct tw_json *j, double value)
{
	char text[32];

	if (!isfinite(value))
		value = 0;
	tw_json_raw(j, text, snprintf(text, sizeof(text), "%.9g", value));
}

static void put_escaped(struct tw_json *j, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	if (c == '"' || c == '\\') {
		text[1] = c;
		tw_json_raw(j, text, 2);
	} else {
		tw_json_raw(j, text, sizeof(text));
	}
}

/* Length of the UTF-8 character at @s, 0 when it is none: process and interface names can be any bytes. */
static size_t utf8_length(const unsigned char *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 :
		   s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

void tw_json_string(struct tw_json *j, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n;

	if (!text) {
		tw_json_lit(j, "null");
		return;
	}
	tw_json_lit(j, "\"");
	for (; *s; s += n) {
		n = utf8_length(s);
		if (*s < 0x20 || *s == 0x7f || *s == '"' || *s == '\\')
			put_escaped(j, *s);
		else if (n)
			tw_json_raw(j, (const char *)s, n);
		else
			tw_json_lit(j, "\\ufffd");
		n += !n;
	}
	tw_json_lit(j, "\"");
}

void tw_json_word(struct tw_json *j, const char *word)
{
	tw_json_lit(j, "\"");
	tw_json_raw(j, word, strlen(word));
	tw_json_lit(j, "\"");
}

static char *put_ip4(char *to, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (bytes[i] >= 100)
			*to++ = '0' + bytes[i] / 100;
		if (bytes[i] >= 10)
			*to++ = '0' + bytes[i] / 10 % 10;
		*to++ = '0' + bytes[i] % 10;
		*to++ = '.';
	}
	return to - 1;
}

/* The longest run of zero groups, at least two, the first of equals (RFC 5952, 4.2). */
static int longest_zeros(const uint8_t *bytes, int *length)
{
	int best = -1, run = 0;

	*length = 1;
	for (int i = 0; i < 8; i++) {
		run = bytes[2 * i] || bytes[2 * i + 1] ? 0 : run + 1;
		if (run > *length) {
			*length = run;
			best = i + 1 - run;
		}
	}
	return best;
}

static char *put_group(char *to, unsigned int group)
{
	static const char hex[] = "0123456789abcdef";

	for (int shift = 12; shift >= 0; shift -= 4)
		if (group >> shift || !shift)
			*to++ = hex[group >> shift & 15];
	return to;
}

static char *put_ip6(char *to, const uint8_t *bytes)
{
	int length, zeros = longest_zeros(bytes, &length);

	for (int i = 0; i < 8; i++) {
		if (i == zeros) {
			*to++ = ':';
			*to++ = ':';
			i += length - 1;
			continue;
		}
		if (i && to[-1] != ':')
			*to++ = ':';
		to = put_group(to, bytes[2 * i] << 8 | bytes[2 * i + 1]);
	}
	return to;
}

void tw_json_addr(struct tw_json *j, unsigned int family, const struct tw_addr *addr)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *bytes = (const uint8_t *)addr->word;
	char text[48] = "\"", *at = text + 1;

	if (family != 4 && !memcmp(bytes, mapped, sizeof(mapped))) {
		memcpy(at, "::ffff:", 7);
		at = put_ip4(at + 7, bytes + 12);
	} else if (family == 4) {
		at = put_ip4(at, bytes + 12);
	} else {
		at = put_ip6(at, bytes);
	}
	*at++ = '"';
	tw_json_raw(j, text, at - text);
}

void tw_json_id(struct tw_json *j, uint64_t id)
{
	static const char alphabet[] = "0123456789abcdefghijklmnopqrstuv";
	char text[16], *at = text + sizeof(text);

	*--at = '"';
	do {
		*--at = alphabet[id & 31];
		id >>= 5;
	} while (id);
	*--at = '"';
	tw_json_raw(j, at, text + sizeof(text) - at);
}
