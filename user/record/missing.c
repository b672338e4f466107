// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which bytes never came. */
#include "missing.h"

#include <stddef.h>

#include "tcpwhy/standstill.h"

bool tw_final_missing(const struct tw_flow *flow, const struct tw_trouble *trouble, bool orig,
		      struct tw_rec_missing *missing)
{
	unsigned int side = orig ? flow->orig & 1 : !(flow->orig & 1);
	const struct tw_half *peer = &flow->half[!side];
	const struct tw_gap *first = NULL;

	if (!trouble || !(flow->flags & TW_FF_ESTABLISHED) || !(peer->flags & TW_HF_ACK) ||
	    !tw_has_hole(&trouble->half[side], peer, &trouble->half[!side]))
		return false;
	for (int i = 0; i < TW_GAPS; i++) {
		const struct tw_gap *g = &trouble->half[side].gap[i];

		if (g->start != g->end && tw_seq_diff(g->start, peer->ack) >= 0 && (!first || tw_seq_diff(g->start, first->start) < 0))
			first = g;
	}
	if (!first)
		return false;
	missing->start = first->start;
	missing->len = first->end - first->start;
	missing->waited_ns = (uint32_t)(tw_us(flow->last_ns) - first->at_us) * TW_NS_PER_US;
	return true;
}
