// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where a delay was: on the way there, in the host that answers, or on the way back. Asked from the originator's end: of
 * the handshake, and of answers that both logs found slow.
 */
#include "differ.h"

/* Four moments: question leaves and arrives, answer leaves and arrives; 1 and 4 by the near clock. */
struct exchange {
	uint64_t asked_ns, heard_ns, answered_ns, got_ns;
};

static uint64_t not_below_zero(int64_t ns)
{
	return ns > 0 ? ns : 0;
}

static void say_delay(struct tw_differ *d, const struct tw_pair *pair, const struct exchange *x, bool answer)
{
	int64_t offset = tw_bounds_middle(&pair->offset);
	int64_t ahead = pair->near == TW_NEAR_A ? offset : -offset; /* the far clock's lead */
	bool far_is_b = pair->near == TW_NEAR_A;
	struct tw_finding f = {
		.diff = TW_DIFF_DELAY, .a = pair->a, .b = pair->b,
		.toward = far_is_b ? TW_TOWARD_B : TW_TOWARD_A,
		.offset_ns = offset, .offset_error_ns = tw_bounds_error(&pair->offset),
		.ts_a = far_is_b ? x->asked_ns : x->heard_ns, .ts_b = far_is_b ? x->heard_ns : x->asked_ns,
		.delay = {
			.there_ns = not_below_zero((int64_t)(x->heard_ns - x->asked_ns) - ahead),
			.host_ns = x->answered_ns - x->heard_ns,
			.back_ns = not_below_zero((int64_t)(x->got_ns - x->answered_ns) + ahead),
			.answer = answer,
		},
	};

	if (x->got_ns >= x->asked_ns + d->slow_ns && x->answered_ns >= x->heard_ns)
		d->sink(d->ctx, &f);
}

static bool is_syn(const struct tw_sighting *p)
{
	return p->from_orig && (p->type == TW_EV_SYN || p->type == TW_EV_SYN_RETRANSMIT);
}

static bool is_syn_ack(const struct tw_sighting *p)
{
	return !p->from_orig && (p->type == TW_EV_SYN_ACK || p->type == TW_EV_SYN_ACK_RETRANSMIT);
}

static unsigned int collect(const struct tw_seen_conn *c, const struct tw_sighting **list,
			    bool (*wanted)(const struct tw_sighting *), uint64_t until_ns)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < c->n_packets && n < TW_ALIGN_MAX; i++)
		if (wanted(&c->packets[i]) && c->packets[i].ts_ns <= until_ns)
			list[n++] = &c->packets[i];
	return n;
}

/* The first, or last, of such packets that the receiver has, and what of the sender's it is. Below 0: none. */
static int find_sent(const struct tw_way *way, bool (*wanted)(const struct tw_sighting *), uint64_t up_until_ns,
		     uint64_t down_until_ns, bool last, const struct tw_sighting **sent, const struct tw_sighting **got)
{
	const struct tw_sighting *up[TW_ALIGN_MAX], *down[TW_ALIGN_MAX];
	unsigned int n_up = collect(way->up, up, wanted, up_until_ns);
	unsigned int n_down = collect(way->down, down, wanted, down_until_ns), which = last && n_down ? n_down - 1 : 0;
	int match[TW_ALIGN_MAX];

	if (!n_up || !n_down)
		return -1;
	tw_way_align(way, up, n_up, down, n_down, match);
	if (match[which] < 0)
		return -1;
	*sent = up[match[which]];
	*got = down[which];
	return match[which];
}

/* A SYN-ACK between the two: then a repeat answered late, and what took so long was a loss. */
static bool was_answered_before(const struct tw_seen_conn *c, uint64_t heard_ns, uint64_t answered_ns)
{
	for (uint32_t i = 0; i < c->n_packets; i++)
		if (is_syn_ack(&c->packets[i]) && c->packets[i].ts_ns > heard_ns && c->packets[i].ts_ns < answered_ns)
			return true;
	return false;
}

/* The first SYN-ACK that arrived, and the last SYN that had come when it was sent. */
static void differ_handshake(struct tw_differ *d, const struct tw_pair *pair, const struct tw_way *way,
			     const struct tw_way *back)
{
	const struct tw_sighting *asked, *heard, *answered, *got;
	struct exchange x;

	if (find_sent(back, is_syn_ack, UINT64_MAX, UINT64_MAX, false, &answered, &got) < 0 ||
	    (!pair->moved && answered->seq != got->seq) ||
	    find_sent(way, is_syn, got->ts_ns, answered->ts_ns, true, &asked, &heard) < 0 ||
	    was_answered_before(way->down, heard->ts_ns, answered->ts_ns))
		return;
	x = (struct exchange){ asked->ts_ns, heard->ts_ns, answered->ts_ns, got->ts_ns };
	say_delay(d, pair, &x, false);
}

static void differ_answers(struct tw_differ *d, const struct tw_pair *pair, const struct tw_way *way)
{
	for (uint32_t i = 0; i < way->up->n_packets; i++) {
		const struct tw_sighting *got = &way->up->packets[i];

		for (uint32_t k = 0; got->type == TW_EV_SLOW_RESPONSE && k < way->down->n_packets; k++) {
			const struct tw_sighting *sent = &way->down->packets[k];
			struct exchange x;

			if (sent->type != TW_EV_SLOW_RESPONSE || (!pair->moved && sent->seq != got->seq))
				continue;
			x = (struct exchange){ got->ts_ns - got->waited_ns, sent->ts_ns - sent->waited_ns, sent->ts_ns,
					       got->ts_ns };
			say_delay(d, pair, &x, true);
			break;
		}
	}
}

void tw_differ_delay(struct tw_differ *d, const struct tw_pair *pair)
{
	struct tw_way way, back;

	if (!tw_bounds_whole(&pair->offset))
		return;
	tw_way_init(&way, d, pair, true);
	tw_way_init(&back, d, pair, false);
	differ_handshake(d, pair, &way, &back);
	differ_answers(d, pair, &way);
}
