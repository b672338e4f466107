// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A list of address prefixes. */
#include "prefixes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tcpwhy/key.h"

/* Bits of the family's own length; -1: no number from 0 to @max. */
static int parse_bits(const char *text, int max)
{
	char *end;
	long bits;

	if (*text < '0' || *text > '9')
		return -1;
	bits = strtol(text, &end, 10);
	return *end || bits > max ? -1 : bits;
}

static int parse(struct tw_prefix *prefix, char *text)
{
	char *slash = strchr(text, '/');
	uint32_t v4;
	int bits;

	if (slash)
		*slash++ = '\0';
	if (inet_pton(AF_INET, text, &v4) == 1) {
		tw_addr_v4(&prefix->addr, v4);
		bits = slash ? parse_bits(slash, 32) : 32;
		prefix->bits = 96 + bits;
	} else if (inet_pton(AF_INET6, text, &prefix->addr) == 1) {
		bits = slash ? parse_bits(slash, 128) : 128;
		prefix->bits = bits;
	} else {
		return -EINVAL;
	}
	return bits < 0 ? -EINVAL : 0;
}

int tw_prefixes_add(struct tw_prefixes *p, const char *text)
{
	char copy[64];
	int err;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	if (p->n == TW_PREFIXES_MAX)
		return -ENOSPC;
	strcpy(copy, text);
	err = parse(&p->list[p->n], copy);
	if (!err)
		p->n++;
	return err;
}

static bool falls_into(const struct tw_prefix *prefix, const struct tw_addr *addr)
{
	const uint8_t *a = (const uint8_t *)prefix->addr.word, *b = (const uint8_t *)addr->word;
	unsigned int bytes = prefix->bits / 8, rest = prefix->bits % 8;

	return !memcmp(a, b, bytes) && (!rest || !((a[bytes] ^ b[bytes]) >> (8 - rest)));
}

bool tw_prefixes_have(const struct tw_prefixes *p, const struct tw_addr *addr)
{
	for (unsigned int i = 0; i < p->n; i++)
		if (falls_into(&p->list[i], addr))
			return true;
	return false;
}
