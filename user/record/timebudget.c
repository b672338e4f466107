// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From the parts that the core has summed to a budget without a remainder. */
#include "timebudget.h"

#include <string.h>

#include "tcpwhy/port.h"

/* As much of @part as there is left. */
static uint64_t take(uint64_t *left, uint64_t part)
{
	uint64_t taken = TW_MIN(part, *left);

	*left -= taken;
	return taken;
}

/* The handshake is kept in µs: what it lacks must not look like a transfer where there was none. */
static void round_handshake(struct tw_timebudget *b)
{
	if (!b->handshake || b->transfer >= TW_NS_PER_US)
		return;
	b->handshake += b->transfer;
	b->transfer = 0;
}

void tw_timebudget_fold(struct tw_timebudget *b, const struct tw_flow *flow, const struct tw_trouble *trouble,
			uint64_t duration_ns)
{
	uint64_t left = duration_ns;
	uint64_t stalled = trouble ? trouble->half[0].stalled_ns + trouble->half[1].stalled_ns : 0;

	memset(b, 0, sizeof(*b));
	if (!(flow->flags & TW_FF_ESTABLISHED)) {
		b->handshake = duration_ns;
		return;
	}
	b->handshake = take(&left, (uint64_t)flow->handshake_us * TW_NS_PER_US);
	b->zero_window = take(&left, trouble ? trouble->time_zero_window_ns : 0);
	b->recovery = take(&left, trouble ? trouble->time_recovery_ns : 0);
	b->path = take(&left, flow->time_ns[TW_OWNER_PATH]);
	b->delayed_ack = take(&b->path, stalled);
	b->responder = take(&left, flow->time_ns[TW_OWNER_RESPONDER]);
	b->originator = take(&left, flow->time_ns[TW_OWNER_ORIGINATOR]);
	b->idle = take(&left, flow->time_ns[TW_OWNER_IDLE]);
	b->transfer = left;
	round_handshake(b);
}
