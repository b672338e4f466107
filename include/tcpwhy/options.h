/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP options (RFC 9293, 7323, 2018, 7413, 8684, 2385, 5925), in whatever order and number they come. */
#ifndef TCPWHY_OPTIONS_H
#define TCPWHY_OPTIONS_H

#include "cursor.h"
#include "obs.h"
#include "port.h"

enum { TW_TCP_OPTION_BYTES = 40 };

/* SACK blocks: @n bytes of them at @p. RFC 2018; a first block that is a D-SACK: RFC 2883. */
TW_INLINE void tw_parse_sack_block(struct tw_obs *o, u32 start, u32 end, u32 first_end)
{
	if (!o->sacks) {
		o->sack_high = end;
		o->sack_start = start;
		o->sack_end = end;
		if (tw_seq_diff(start, o->pkt.ack) < 0)
			o->pkt.flags |= TW_OF_DSACK;
	} else {
		/* The first block lies within the second: also a D-SACK. */
		if (o->sacks == 1 && tw_seq_diff(first_end, end) <= 0 && tw_seq_diff(first_end, start) > 0)
			o->pkt.flags |= TW_OF_DSACK;
		if (tw_seq_diff(end, o->sack_high) > 0)
			o->sack_high = end;
	}
	o->sacks++;
}

/* One option at the cursor. Returns its length, 0 at the end of the list, or -1 where it is cut off or malformed. */
TW_INLINE int tw_parse_option(struct tw_cursor *c, u32 left, struct tw_obs *o)
{
	const u8 *p = tw_at(c, 1);
	u32 kind, len;

	if (!p)
		return -1;
	kind = p[0];
	if (kind == 0)
		return 0;
	if (kind == 1)
		return 1;
	p = tw_at(c, 2);
	if (!p || left < 2)
		return -1;
	len = p[1];
	if (len < 2 || len > left)
		return -1;
	if (kind == 2 && len == 4) {
		p = tw_at(c, 4);
		if (!p)
			return -1;
		o->mss = tw_be16(p + 2);
		o->options |= TW_OPT_MSS;
	} else if (kind == 3 && len == 3) {
		p = tw_at(c, 3);
		if (!p)
			return -1;
		o->wscale = TW_MIN(p[2], 14);
		o->options |= TW_OPT_WSCALE;
	} else if (kind == 4 && len == 2) {
		o->options |= TW_OPT_SACK;
	} else if (kind == 8 && len == 10) {
		p = tw_at(c, 10);
		if (!p)
			return -1;
		o->pkt.tsval = tw_be32(p + 2);
		o->pkt.tsecr = tw_be32(p + 6);
		o->pkt.flags |= TW_OF_TS;
		o->options |= TW_OPT_TS;
	} else if (kind == 34 || kind == 254) {
		o->options |= TW_OPT_TFO;
	} else if (kind == 30) {
		o->options |= TW_OPT_MPTCP;
	} else if (kind == 19) {
		o->options |= TW_OPT_MD5;
	} else if (kind == 29) {
		o->options |= TW_OPT_AO;
	} else if (kind == 5 && len >= 10) {
		u32 first_end = o->sack_high;

		p = tw_at(c, 10);
		if (!p)
			return -1;
		tw_parse_sack_block(o, tw_be32(p + 2), tw_be32(p + 6), first_end);
		if (len >= 18) {
			p = tw_at(c, 18);
			if (!p)
				return -1;
			tw_parse_sack_block(o, tw_be32(p + 10), tw_be32(p + 14), tw_be32(p + 6));
		}
		if (len >= 26) {
			p = tw_at(c, 26);
			if (!p)
				return -1;
			tw_parse_sack_block(o, tw_be32(p + 18), tw_be32(p + 22), 0);
		}
		if (len >= 34) {
			p = tw_at(c, 34);
			if (!p)
				return -1;
			tw_parse_sack_block(o, tw_be32(p + 26), tw_be32(p + 30), 0);
		}
	}
	return len;
}

/*
 * Parses @bytes of TCP options at @off of @hdr, whose first @len bytes are valid, into @o. Returns how
 * many options there were; what is cut off or malformed ends the list and sets TW_OPT_UNKNOWN.
 */
TW_GLOBAL int tw_parse_options(const struct tw_hdr *hdr, u32 off, u32 bytes, u32 len, struct tw_obs *o)
{
	struct tw_cursor c;
	u32 done = 0;
	int count = 0;

	TW_NONNULL(hdr, 0);
	TW_NONNULL(o, 0);
	tw_cursor_init(&c, hdr, off, len, bytes);
	for (; count < TW_TCP_OPTION_BYTES && done < bytes; count++) {
		int n = tw_parse_option(&c, bytes - done, o);

		if (n == 0)
			break;
		if (n < 0) {
			o->options |= TW_OPT_UNKNOWN;
			break;
		}
		done += n;
		TW_FORGET8(done, c.salt); /* at most 40 */
		tw_pass(&c, n);
	}
	return count;
}

#endif
