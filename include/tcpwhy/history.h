/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Zeek's `history`: what each side did, each letter once a side, in order of appearance.
 * Kept as up to 12 codes of five bits; written after a packet was judged, because the kernel's stack
 * has no room for it below the rules.
 */
#ifndef TCPWHY_HISTORY_H
#define TCPWHY_HISTORY_H

#include "flow.h"
#include "names.h"
#include "obs.h"
#include "out.h"
#include "port.h"

enum { TW_HISTORY_BITS = 5, TW_HISTORY_MAX = 12, TW_HISTORY_RESP = 16 };

/* Adds a letter's code unless it is there. Both directions may do so at once. Returns 1 if it was added. */
TW_GLOBAL int tw_history_add(struct tw_flow *f, u32 code)
{
	TW_NONNULL(f, 0);
	for (int tries = 0; tries < 3; tries++) {
		u64 old = f->history;
		u32 shift = 0;

		for (; shift < TW_HISTORY_BITS * TW_HISTORY_MAX; shift += TW_HISTORY_BITS) {
			u64 at = (old >> shift) & 31;

			if (at == code)
				return 0;
			if (!at)
				break;
		}
		if (shift >= TW_HISTORY_BITS * TW_HISTORY_MAX)
			return 0;
		if (__sync_val_compare_and_swap(&f->history, old, old | (u64)code << shift) == old)
			return 1;
	}
	return 0;
}

/* Writes the letters that the rules noted for this packet. */
TW_INLINE void tw_history_write(struct tw_flow *f, const struct tw_obs *o, struct tw_out *out)
{
	u32 side = (f->orig & 1) == (o->pkt.src & 1) ? 0 : TW_HISTORY_RESP;

	if (!out->letters)
		return;
	for (int i = 0; i < _TW_LETTER_MAX; i++)
		if (out->letters & 1 << i)
			tw_history_add(f, (i + 1) | side);
	out->letters = 0;
}

#endif
