// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Events that wait a moment for the kernel's other word on the same packet: a RST that left, for TCP's word that
 * it sent it; a retransmission, for what tells where its first copy went. A ring, oldest first; what is complete
 * goes at once, the rest after TW_HOLD_NS.
 */
#include <stdlib.h>
#include <string.h>

#include "conntable.h"

#define MOST 2048u /* 260 KiB, when the first has to wait */

struct tw_hold {
	struct tw_event event[MOST]; /* type TW_EV_NONE: gone already */
	uint32_t first, count;
};

static struct tw_event *at(struct tw_hold *hold, uint32_t i)
{
	return &hold->event[(hold->first + i) % MOST];
}

static void release(struct tw_conns *conns, struct tw_event *event)
{
	struct tw_event now = *event;
	struct tw_entry *entry = tw_entry_find(conns, now.conn);

	event->type = TW_EV_NONE;
	if (entry && entry->held)
		entry->held--;
	conns->stats.shown++;
	tw_conns_show(conns, &now, entry);
}

/* --- where the first copy went --- */

static void died_here(struct tw_event *e, const struct tw_entry *entry)
{
	uint32_t takes = TW_MAX(e->segment.len, 1u);
	const struct tw_dropped *d;

	d = tw_drops_find(entry->drops, e->flags & TW_EF_FROM_ORIG, e->seq, e->seq + takes, e->ts_ns);
	if (!d)
		return;
	e->segment.died = TW_DIED_HERE;
	e->segment.drop_reason = d->reason;
}

/* Its receiver told that it had it already. */
static bool had_arrived(struct tw_conns *conns, const struct tw_event *e, const struct tw_entry *entry)
{
	bool troubled;

	tw_entry_load(conns, entry, &troubled);
	return troubled && tw_trouble_had(&conns->trouble, (conns->flow.orig & 1) ^ !!(e->flags & TW_EF_FROM_ORIG), e->seq,
					  e->seq + TW_MAX(e->segment.len, 1u));
}

/* A budget in the kernel is for some 1.07 s (2^30 ns). */
static bool were_held(const struct tw_conns *conns, uint64_t ts_ns)
{
	return conns->words_held_ns && ts_ns + TW_HOLD_NS >= conns->words_held_ns &&
	       ts_ns <= conns->words_held_ns + 2 * TW_HOLD_NS;
}

/* When what @e repeats was sent first, at the earliest: repeats come at growing intervals. */
static uint64_t first_sent(const struct tw_event *e, const struct tw_entry *entry)
{
	uint64_t ago = e->segment.gap_ns * TW_MAX(e->segment.attempt, 2u);

	return e->segment.gap_ns ? e->ts_ns - TW_MIN(ago, e->ts_ns) : entry->start_ns;
}

/* Each word of the kernel since @from_ns came here. As we stop, it is asked no more a little before we look no more. */
static bool heard_all(const struct tw_conns *conns, uint64_t from_ns, uint64_t to_ns)
{
	return conns->lost_ns < from_ns &&
	       (!conns->sees_until_ns || to_ns + TW_NS_PER_MS < conns->sees_until_ns);
}

static bool heard_all_drops(const struct tw_conns *conns, uint64_t from_ns, uint64_t to_ns)
{
	return heard_all(conns, from_ns, to_ns) &&
	       (!conns->drops_held_ns || conns->drops_held_ns + 2 * TW_HOLD_NS < from_ns);
}

/* It did not leave this host: both ends are here, or the other end of the interface is. */
static bool stayed_here(const struct tw_conns *conns, const struct tw_event *e, const struct tw_entry *entry)
{
	return entry->both_local || (conns->options.ends_here && conns->options.ends_here(conns->options.ctx, e->ifindex));
}

/* Nothing more can be expected to tell of it. */
static void conclude(struct tw_conns *conns, struct tw_event *e)
{
	const struct tw_entry *entry = tw_entry_find(conns, e->conn);

	if (e->type == TW_EV_RESET && heard_all(conns, e->ts_ns, e->ts_ns) && !were_held(conns, e->ts_ns) &&
	    conns->options.kernel_words & TW_WORDS_ALL_RESETS)
		e->reset.told |= TW_TOLD_NO_SOCKET;
	if (e->type != TW_EV_RETRANSMIT || e->segment.died || !entry)
		return;
	if (had_arrived(conns, e, entry))
		e->segment.died = TW_DIED_NOWHERE;
	else if (!stayed_here(conns, e, entry) && heard_all_drops(conns, first_sent(e, entry), e->ts_ns))
		/* TCP counts as sent only what left here; what was dropped later would be known */
		e->segment.died = TW_DIED_BEYOND;
}

/* --- the ring --- */

static void release_oldest(struct tw_conns *conns)
{
	struct tw_hold *hold = conns->hold;
	struct tw_event *e = at(hold, 0);

	if (e->type != TW_EV_NONE) {
		conclude(conns, e);
		release(conns, e);
	}
	hold->first = (hold->first + 1) % MOST;
	hold->count--;
}

static bool has_to_wait(const struct tw_conns *conns, const struct tw_event *e, const struct tw_entry *entry)
{
	unsigned int words = conns->options.kernel_words;

	if (!entry || (e->flags & (TW_EF_EGRESS | TW_EF_FORWARDED | TW_EF_OFFLINE)) != TW_EF_EGRESS ||
	    entry->side == TW_SIDE_ROUTER)
		return false;
	if (e->type == TW_EV_RESET)
		return words & TW_WORDS_RESETS;
	return e->type == TW_EV_RETRANSMIT && words & TW_WORDS_DROPS && e->segment.kind != TW_KIND_WINDOW_PROBE;
}

/* TCP may have told before the packet left: it waited for the next hop's address. */
static bool was_told(struct tw_event *e, struct tw_entry *entry)
{
	if (e->type != TW_EV_RESET || !entry->rst_told_ns || entry->rst_told_ns + TW_HOLD_NS < e->ts_ns)
		return false;
	e->reset.reason = entry->rst_reason;
	e->reset.told = entry->rst_told;
	entry->rst_told_ns = 0; /* one word for each RST */
	return true;
}

bool tw_hold_take(struct tw_conns *conns, const struct tw_event *event, struct tw_entry *entry)
{
	struct tw_event *e;

	if (!has_to_wait(conns, event, entry))
		return false;
	if (!conns->hold)
		conns->hold = calloc(1, sizeof(*conns->hold));
	if (!conns->hold)
		return false;
	if (conns->hold->count == MOST)
		release_oldest(conns);
	e = at(conns->hold, conns->hold->count++);
	*e = *event;
	entry->held++;
	if (was_told(e, entry)) {
		release(conns, e);
	} else if (e->type == TW_EV_RETRANSMIT) {
		died_here(e, entry);
		if (!e->segment.died && e->segment.kind == TW_KIND_SPURIOUS)
			e->segment.died = TW_DIED_NOWHERE;
		if (e->segment.died && !(conns->options.kernel_words & TW_WORDS_RESENT))
			release(conns, e);
	}
	return true;
}

/* The newest one that waits of that connection, type and, of a retransmission, sequence number. */
static struct tw_event *find(struct tw_conns *conns, enum tw_event_type type, const struct tw_event *word)
{
	for (uint32_t i = conns->hold ? conns->hold->count : 0; i > 0; i--) {
		struct tw_event *e = at(conns->hold, i - 1);

		if (e->type == type && e->conn == word->conn && (type == TW_EV_RESET || e->seq == word->seq))
			return e;
	}
	return NULL;
}

static void merge_reset(struct tw_conns *conns, const struct tw_event *word, struct tw_entry *entry)
{
	struct tw_event *e = find(conns, TW_EV_RESET, word);

	if (word->kernel.told & TW_TOLD_HELD) {
		conns->words_held_ns = word->ts_ns;
		return;
	}
	if (!e) {
		entry->rst_told_ns = word->ts_ns;
		entry->rst_reason = word->kernel.reason;
		entry->rst_told = word->kernel.told;
		return;
	}
	e->reset.reason = word->kernel.reason;
	e->reset.told = word->kernel.told;
	release(conns, e);
}

static void merge_resent(struct tw_conns *conns, const struct tw_event *word)
{
	struct tw_event *e = find(conns, TW_EV_RETRANSMIT, word);

	if (!e)
		return;
	e->segment.told |= TW_TOLD_CA_STATE;
	e->segment.ca_state = word->kernel.ca_state;
	if (e->segment.died)
		release(conns, e);
}

void tw_hold_merge(struct tw_conns *conns, const struct tw_event *word, struct tw_entry *entry)
{
	if (word->type == TW_EV_KERNEL_RESET && entry)
		merge_reset(conns, word, entry);
	else if (word->type == TW_EV_KERNEL_RESENT)
		merge_resent(conns, word);
}

void tw_hold_flush(struct tw_conns *conns, const struct tw_entry *entry)
{
	for (uint32_t i = 0; entry->held && i < conns->hold->count; i++) {
		struct tw_event *e = at(conns->hold, i);

		if (e->type == TW_EV_NONE || e->conn != entry->name.id)
			continue;
		conclude(conns, e);
		release(conns, e);
	}
}

void tw_hold_run(struct tw_conns *conns, uint64_t now_ns)
{
	struct tw_hold *hold = conns->hold;

	while (hold && hold->count && (at(hold, 0)->type == TW_EV_NONE || at(hold, 0)->ts_ns + TW_HOLD_NS <= now_ns))
		release_oldest(conns);
}

void tw_hold_free(struct tw_hold *hold)
{
	free(hold);
}
