// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A ring of the last dropped packets of a connection. */
#include "drops.h"

#include <stdlib.h>
#include <string.h>

#include "tcpwhy/fast.h"

void tw_drops_take(struct tw_drops **drops, const struct tw_event *event)
{
	struct tw_dropped *d;
	uint32_t takes = event->drop.len + !!(event->tcp_flags & TW_SYN) + !!(event->tcp_flags & TW_FIN);

	if (!*drops)
		*drops = calloc(1, sizeof(**drops));
	if (!*drops)
		return;
	d = &(*drops)->last[(*drops)->count++ % TW_DROPS];
	*d = (struct tw_dropped){
		.ts_ns = event->ts_ns,
		.seq = event->seq,
		.end = event->seq + takes,
		.reason = event->drop.reason,
		.tcp_flags = event->tcp_flags,
		.from_orig = event->flags & TW_EF_FROM_ORIG,
		.listen_port = event->drop.listen_port,
		.queued = event->drop.queued,
		.backlog = event->drop.backlog,
	};
	memcpy(d->comm, event->drop.comm, sizeof(d->comm) - 1);
}

static bool overlap(const struct tw_dropped *d, uint32_t seq, uint32_t end)
{
	return tw_seq_diff(d->seq, end) < 0 && tw_seq_diff(seq, d->end) < 0;
}

const struct tw_dropped *tw_drops_find(const struct tw_drops *drops, bool from_orig, uint32_t seq, uint32_t end,
				       uint64_t ns)
{
	const struct tw_dropped *found = NULL;

	for (int i = 0; drops && i < TW_DROPS; i++) {
		const struct tw_dropped *d = &drops->last[i];

		if (d->ts_ns && d->ts_ns <= ns && d->from_orig == from_orig && overlap(d, seq, end) &&
		    (!found || d->ts_ns > found->ts_ns))
			found = d;
	}
	return found;
}

/* A RST takes nothing and waits for nothing. */
static bool was_never_acknowledged(const struct tw_dropped *d, const struct tw_flow *flow)
{
	const struct tw_half *receiver = &flow->half[(flow->orig & 1) ^ d->from_orig];

	if (!d->ts_ns || d->end == d->seq || d->tcp_flags & TW_RST)
		return false;
	return !(receiver->flags & TW_HF_ACK) || tw_seq_diff(receiver->ack, d->end) < 0;
}

/* How many copies of it were dropped, itself included. */
static unsigned int copies_dropped(const struct tw_drops *drops, const struct tw_dropped *d)
{
	unsigned int n = 0;

	for (int i = 0; i < TW_DROPS; i++) {
		const struct tw_dropped *other = &drops->last[i];

		n += other->ts_ns && other->from_orig == d->from_orig && overlap(other, d->seq, d->end);
	}
	return n;
}

/* Of an open connection: sent again, and dropped again. Else at least a third of the copies: the others went on, and in vain, too. */
static bool is_enough(const struct tw_drops *drops, const struct tw_dropped *d, const struct tw_flow *flow)
{
	const struct tw_half *sender = &flow->half[(flow->orig & 1) ^ !d->from_orig];
	unsigned int n = copies_dropped(drops, d);

	return flow->flags & TW_FF_ESTABLISHED ? n > 1 : 3 * n >= sender->attempts;
}

const struct tw_dropped *tw_drops_fatal(const struct tw_drops *drops, const struct tw_flow *flow)
{
	const struct tw_dropped *found = NULL;

	for (int i = 0; drops && i < TW_DROPS; i++) {
		const struct tw_dropped *d = &drops->last[i];

		if (was_never_acknowledged(d, flow) && is_enough(drops, d, flow) &&
		    (!found || d->ts_ns > found->ts_ns))
			found = d;
	}
	return found;
}
