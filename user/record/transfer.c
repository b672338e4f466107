// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Shares of what limited a transfer: the packets' looks, or the sender's kernel. */
#include "transfer.h"

#include <string.h>

#include "tcpwhy/limit.h"

#define LARGE 1000000             /* bytes */
#define LONG (2 * TW_NS_PER_SEC)

static uint64_t ns_of(uint32_t units)
{
	return ((uint64_t)units << TW_LIMIT_SHIFT) * TW_NS_PER_US;
}

/*
 * The kernel tells what stopped it. Whether in the rest the application had nothing more to send, or the path was full:
 * that the packets tell.
 */
static void take_chrono(struct tw_transfer *t, const struct tw_chrono *chrono)
{
	uint64_t stalled_ns = chrono->rwnd_ns + chrono->sndbuf_ns;
	double sender = t->limit_ns[TW_LIMIT_SENDER], path = t->limit_ns[TW_LIMIT_PATH];
	uint64_t all_ns = TW_MAX(t->limit_ns[TW_LIMIT_RECEIVER] + t->limit_ns[TW_LIMIT_SENDER] + t->limit_ns[TW_LIMIT_PATH],
				 chrono->busy_ns);
	uint64_t rest_ns = all_ns > stalled_ns ? all_ns - stalled_ns : 0;
	uint64_t ended_ns = sender > 0 ? rest_ns * (sender / (sender + path)) : 0;

	t->chrono = *chrono;
	t->limit_ns[TW_LIMIT_RECEIVER] = chrono->rwnd_ns;
	t->limit_ns[TW_LIMIT_SENDER] = chrono->sndbuf_ns + ended_ns;
	t->limit_ns[TW_LIMIT_PATH] = rest_ns - ended_ns;
}

void tw_transfer_fold(struct tw_transfer *t, const struct tw_flow *flow, const struct tw_trouble *trouble,
		      unsigned int side, const struct tw_chrono *chrono)
{
	const struct tw_half *me = &flow->half[side & 1], *peer = &flow->half[!(side & 1)];
	const struct tw_trouble_half *looks = trouble ? &trouble->half[!(side & 1)] : NULL;

	memset(t, 0, sizeof(*t));
	if (!looks || !(looks->flags & TW_TF_LOOKED))
		return;
	for (int i = 0; i < _TW_LIMIT_MAX; i++)
		t->limit_ns[i] = ns_of(looks->limit[i]);
	if (chrono && chrono->busy_ns)
		take_chrono(t, chrono);
	for (int i = 0; i < _TW_LIMIT_MAX; i++)
		t->total_ns += t->limit_ns[i];
	if (me->bytes < LARGE && t->total_ns < LONG)
		t->total_ns = 0;
	t->window = looks->look_win;
	if (me->rtt_count && peer->rtt_count)
		t->rtt_ns = me->rtt_sum_ns / me->rtt_count + peer->rtt_sum_ns / peer->rtt_count;
}

double tw_transfer_share(const struct tw_transfer *t, enum tw_limit limit)
{
	return t->total_ns ? (double)t->limit_ns[limit] / t->total_ns : 0;
}
