/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading a packet's headers: a copy of its first bytes (at most 256), never the packet itself, because
 * that is the only shape that the verifier accepts for options and extension headers. Offsets are
 * masked to the copy and checked where the cursor advances; nothing is assumed of the sender.
 */
#ifndef TCPWHY_CURSOR_H
#define TCPWHY_CURSOR_H

#include "obs.h"
#include "port.h"

#define TW_HDR_MAX 256

struct tw_hdr {
	u8 b[TW_HDR_MAX];
};

struct tw_cursor {
	const u8 *b;
	/* 64 bits: Linux 6.1 loses the bounds of a 32-bit number when it is copied. */
	u64 off; /* of what comes next */
	u64 len; /* bytes that the copy has */
	u64 salt; /* a number that the verifier does not know */
};

TW_INLINE void tw_cursor_init(struct tw_cursor *c, const struct tw_hdr *hdr, u32 off, u32 len, u64 salt)
{
	c->b = hdr->b;
	c->off = off;
	c->len = TW_MIN(len, TW_HDR_MAX);
	TW_OPAQUE(c->len);
	c->salt = salt;
	TW_FORGET8(c->off, c->salt);
}

/* @n bytes at the cursor, or NULL where the copy has fewer. Does not advance. */
TW_INLINE const u8 *tw_at(const struct tw_cursor *c, u32 n)
{
	u64 off = c->off;

	TW_MASK8(off);
	if (off > TW_HDR_MAX - n || off + n > c->len)
		return 0;
	TW_OPAQUE(off); /* the addition stays behind the check */
	return c->b + off;
}

/* Advances. Past the end of the copy nothing more can be read. */
TW_INLINE void tw_pass(struct tw_cursor *c, u32 n)
{
	c->off += n;
	if (c->off >= TW_HDR_MAX)
		c->len = 0;
	TW_FORGET8(c->off, c->salt);
}

#endif
