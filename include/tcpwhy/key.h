/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The canonical key of a connection: both directions' packets make the same one. */
#ifndef TCPWHY_KEY_H
#define TCPWHY_KEY_H

#include "flow.h"
#include "port.h"

#define TW_V4_PREFIX 0xffff0000u /* ::ffff:0:0/96, the third word as it lies in memory */

TW_INLINE void tw_addr_v4(struct tw_addr *addr, u32 v4)
{
	addr->word[0] = 0;
	addr->word[1] = 0;
	addr->word[2] = TW_V4_PREFIX;
	addr->word[3] = v4;
}

/* Any total order will do, as long as IPv4 addresses have the same one in both kinds of key. */
TW_INLINE int tw_addr_cmp(const struct tw_addr *a, const struct tw_addr *b)
{
	if (a->word[0] != b->word[0])
		return a->word[0] < b->word[0] ? -1 : 1;
	if (a->word[1] != b->word[1])
		return a->word[1] < b->word[1] ? -1 : 1;
	if (a->word[2] != b->word[2])
		return a->word[2] < b->word[2] ? -1 : 1;
	if (a->word[3] != b->word[3])
		return a->word[3] < b->word[3] ? -1 : 1;
	return 0;
}

/* Each fills @key and returns which side of it is the source: 0 or 1. */
TW_INLINE u8 tw_key4_make(struct tw_key4 *key, u32 src, u32 dst, u16 sport, u16 dport)
{
	u8 side = src > dst || (src == dst && sport > dport);

	key->addr[0] = side ? dst : src;
	key->addr[1] = side ? src : dst;
	key->port[0] = side ? dport : sport;
	key->port[1] = side ? sport : dport;
	key->zero = 0;
	return side;
}

TW_INLINE u8 tw_key_make(struct tw_key *key, const struct tw_addr *src, const struct tw_addr *dst, u16 sport,
			 u16 dport, u32 family)
{
	int cmp = tw_addr_cmp(src, dst);
	u8 side = cmp > 0 || (!cmp && sport > dport);

	key->addr[0] = side ? *dst : *src;
	key->addr[1] = side ? *src : *dst;
	key->port[0] = side ? dport : sport;
	key->port[1] = side ? sport : dport;
	key->family = family;
	return side;
}

/* The long form of a short key, and back. They may not overlap. */
TW_INLINE void tw_key_widen(struct tw_key *key, const struct tw_key4 *key4)
{
	tw_addr_v4(&key->addr[0], key4->addr[0]);
	tw_addr_v4(&key->addr[1], key4->addr[1]);
	key->port[0] = key4->port[0];
	key->port[1] = key4->port[1];
	key->family = 4;
}

TW_INLINE void tw_key_narrow(struct tw_key4 *key4, const struct tw_key *key)
{
	key4->addr[0] = key->addr[0].word[3];
	key4->addr[1] = key->addr[1].word[3];
	key4->port[0] = key->port[0];
	key4->port[1] = key->port[1];
	key4->zero = 0;
}

#endif
