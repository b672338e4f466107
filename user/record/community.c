// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Community ID v1: base64 of SHA-1 over seed, addresses, protocol, pad and ports, smaller end first. */
#include "community.h"

#include <netinet/in.h>
#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <stdbool.h>
#include <string.h>

_Static_assert(TW_COMMUNITY_SIZE > 2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE), "room for the NUL");

static const uint8_t *address_bytes(unsigned int family, const struct tw_addr *addr)
{
	return (const uint8_t *)addr->word + (family == 4 ? 12 : 0);
}

static size_t put_port(uint8_t *to, uint16_t port)
{
	to[0] = port >> 8;
	to[1] = port & 0xff;
	return 2;
}

void tw_community_id(char id[TW_COMMUNITY_SIZE], unsigned int family,
		     const struct tw_addr *a, uint16_t a_port, const struct tw_addr *b, uint16_t b_port)
{
	const uint8_t *first = address_bytes(family, a), *second = address_bytes(family, b);
	uint8_t input[2 + 16 + 16 + 2 + 4] = { 0, 0 /* seed */ }, digest[SHA1_DIGEST_SIZE];
	size_t size = family == 4 ? 4 : 16, len = 2;
	int order = memcmp(first, second, size);
	bool swap = order > 0 || (!order && a_port > b_port);
	struct sha1_ctx sha;

	memcpy(input + len, swap ? second : first, size);
	memcpy(input + len + size, swap ? first : second, size);
	len += 2 * size;
	input[len++] = IPPROTO_TCP;
	input[len++] = 0;
	len += put_port(input + len, swap ? b_port : a_port);
	len += put_port(input + len, swap ? a_port : b_port);
	sha1_init(&sha);
	sha1_update(&sha, len, input);
	sha1_digest(&sha, sizeof(digest), digest);
	memcpy(id, "1:", 2);
	base64_encode_raw(id + 2, sizeof(digest), digest);
	id[2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE)] = '\0';
}
