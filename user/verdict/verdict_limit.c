// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a transfer was limited by, where that is neither the path nor chance: its receiver's window, or its sender. */
#include "verdict.h"

#include "tcpwhy/port.h"

#define LONG (2 * TW_NS_PER_SEC)
#define LARGE 1000000 /* bytes: what trickles on a timer for minutes is no transfer that somebody waits for */
#define SHUT TW_NS_PER_SEC /* a window that is shut is receiver_stalled's */

static bool is_limited(const struct tw_facts *f, int side, enum tw_limit limit)
{
	const struct tw_transfer *t = &f->transfer[side];

	return t->total_ns >= LONG && tw_transfer_share(t, limit) >= 0.5;
}

/* The side whose transfer was limited, the longer one first; -1: neither. */
static int limited(const struct tw_facts *f, enum tw_limit limit)
{
	int first = f->transfer[TW_ORIG].limit_ns[limit] > f->transfer[TW_RESP].limit_ns[limit] ? TW_ORIG : TW_RESP;

	if (is_limited(f, first, limit))
		return first;
	return is_limited(f, !first, limit) ? !first : -1;
}

/* "8.1 s of the 8.2 s that it took (99 %)" */
static void put_part(struct tw_text *text, const struct tw_transfer *t, enum tw_limit limit)
{
	tw_text_ns(text, t->limit_ns[limit]);
	tw_text_put(text, " of the ");
	tw_text_ns(text, t->total_ns);
	tw_text_put(text, " that it sent (%.0f %%)", 100 * tw_transfer_share(t, limit));
}

/* --- receiver_limited --- */

static bool receiver_limited(const struct tw_facts *f)
{
	return limited(f, TW_LIMIT_RECEIVER) >= 0 && f->time->zero_window < SHUT;
}

static uint64_t owns_window(const struct tw_facts *f)
{
	int side = limited(f, TW_LIMIT_RECEIVER);

	return side < 0 ? 0 : f->transfer[side].limit_ns[TW_LIMIT_RECEIVER];
}

/* "17,520 bytes each 18 ms are 7.8 Mbit/s at most" */
static void put_rate(struct tw_text *text, const struct tw_transfer *t)
{
	if (!t->window || !t->rtt_ns)
		return;
	tw_text_put(text, ": ");
	tw_text_grouped(text, t->window);
	tw_text_put(text, " bytes each ");
	tw_text_ns(text, t->rtt_ns);
	tw_text_put(text, " are ");
	tw_text_rate(text, 8e9 * t->window / t->rtt_ns);
	tw_text_put(text, " at most");
}

static void why_receiver(const struct tw_facts *f, struct tw_text *text)
{
	int side = limited(f, TW_LIMIT_RECEIVER);
	const struct tw_transfer *t = &f->transfer[side];

	tw_text_put(text, "The %s's receive window was all that the %s was allowed to send, ", tw_side_word(!side),
		    tw_side_word(side));
	put_part(text, t, TW_LIMIT_RECEIVER);
	put_rate(text, t);
	tw_text_put(text, ", whatever the path could carry.");
}

/* --- sender_limited --- */

static int slow_sender(const struct tw_facts *f)
{
	int side = limited(f, TW_LIMIT_SENDER);

	return side >= 0 && f->half[side]->bytes >= LARGE ? side : -1;
}

static bool sender_limited(const struct tw_facts *f)
{
	return slow_sender(f) >= 0;
}

static uint64_t owns_sender(const struct tw_facts *f)
{
	int side = slow_sender(f);

	return side < 0 ? 0 : f->transfer[side].limit_ns[TW_LIMIT_SENDER];
}

static void why_sender(const struct tw_facts *f, struct tw_text *text)
{
	int side = slow_sender(f);
	const struct tw_transfer *t = &f->transfer[side];
	bool buffer = 2 * t->chrono.sndbuf_ns > t->limit_ns[TW_LIMIT_SENDER];

	if (buffer)
		tw_text_put(text, "The %s's send buffer is too small for the path: it was full for ", tw_side_word(side));
	else
		tw_text_put(text, "The %s's application set the pace: it had nothing more to send for ", tw_side_word(side));
	put_part(text, t, TW_LIMIT_SENDER);
	tw_text_put(text, ", while path and receiver would have taken more.");
}

const struct tw_verdict_rule tw_verdict_limits[] = {
	{ TW_VERDICT_RECEIVER_LIMITED, TW_SEEN(ESTABLISHED), receiver_limited, why_receiver, owns_window },
	{ TW_VERDICT_SENDER_LIMITED, TW_SEEN(ESTABLISHED), sender_limited, why_sender, owns_sender },
	{ .holds = NULL },
};
