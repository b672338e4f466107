// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The walk over the kernel's table, a batch at a time: finds what lost events left behind, and makes
 * room when the table is nearly full. First go tuples that ended and only wait to be forgotten; then
 * connections of which only one side was ever seen, and that nobody saw open: what spoofed packets leave;
 * then those that were silent for longest. Each has its record.
 *
 * How full the table is, the walk itself tells: events of what fills it may have been lost.
 */
#include <string.h>

#include "conntable.h"

#define BATCH 256u
#define PAUSE_NS (50 * TW_NS_PER_MS)       /* between batches: a table of 256 Ki takes a minute */
#define WALK_NS (30 * TW_NS_PER_SEC)       /* between the beginnings of two walks, at least */
#define HURRY 8                            /* batches at once while the table is nearly full */
#define AT_ONCE 64                         /* forgotten at once: a pause of 0.1 ms */
#define SETTLED_NS (5 * TW_NS_PER_SEC)     /* an event that did not come by then was lost */
#define NEEDLESS_NS TW_NS_PER_SEC          /* a connection's other side would have been seen by then */

static uint32_t limit(const struct tw_conns *conns, unsigned int percent)
{
	return (uint64_t)conns->options.max_connections * percent / 100;
}

/* Entries above @percent of the fuller table. */
static uint32_t excess(const struct tw_conns *conns, unsigned int percent)
{
	uint32_t fullest = TW_MAX(conns->in_kernel[0], conns->in_kernel[1]);

	return fullest > limit(conns, percent) ? fullest - limit(conns, percent) : 0;
}

static bool is_full(const struct tw_conns *conns)
{
	return excess(conns, 90);
}

void tw_conns_relieve(struct tw_conns *conns)
{
	struct tw_queue *done = &conns->queues[TW_QUEUE_DONE];

	if (!is_full(conns))
		return;
	for (int i = 0; i < AT_ONCE && done->oldest; i++)
		tw_entry_forget(conns, done->oldest);
}

static unsigned int age_class(uint64_t silent_ns)
{
	uint64_t ms = silent_ns / TW_NS_PER_MS;

	return ms ? TW_MIN(64u - __builtin_clzll(ms), 39u) : 0;
}

/* What the walk met is in the kernel's table already. */
static struct tw_entry *adopt(struct tw_conns *conns, const struct tw_key *key, const struct tw_flow *flow)
{
	uint32_t *in_kernel = &conns->in_kernel[key->family == 6], met = *in_kernel;
	struct tw_entry *e = tw_conns_adopt(conns, key, flow);

	*in_kernel = met;
	return e;
}

/* Nobody saw it open, and one side of it is silent: a stray or spoofed packet made it. */
static bool is_needless(const struct tw_flow *flow)
{
	return flow->flags & TW_FF_MIDSTREAM && (!flow->half[0].packets || !flow->half[1].packets);
}

static bool has_to_go(const struct tw_conns *conns, const struct tw_flow *flow, uint64_t silent_ns)
{
	const struct tw_walk *walk = &conns->walk;

	if (walk->evict_idle_ns && silent_ns >= walk->evict_idle_ns)
		return true;
	return is_full(conns) && silent_ns >= NEEDLESS_NS && is_needless(flow);
}

/* The end of an entry whose event was lost, or that has to go, comes after the walk: nothing is deleted under it. */
static void visit(void *ctx, const struct tw_key *key, const struct tw_flow *flow)
{
	struct tw_conns *conns = ctx;
	struct tw_walk *walk = &conns->walk;
	uint64_t silent = walk->now_ns > flow->last_ns ? walk->now_ns - flow->last_ns : 0;
	struct tw_entry *e = tw_entry_find(conns, flow->id);
	unsigned int family = key->family == 6;

	walk->met[family]++;
	walk->needless += is_needless(flow);
	conns->in_kernel[family] = TW_MAX(conns->in_kernel[family], walk->met[family]);
	if (!e && silent > (is_full(conns) ? NEEDLESS_NS : SETTLED_NS))
		e = adopt(conns, key, flow);
	if (!e || e->phase == TW_PHASE_DONE)
		return;
	if (flow->flags & TW_FF_ENDED && e->phase == TW_PHASE_OPEN && silent > SETTLED_NS)
		tw_timers_arm(&conns->timers, &e->timer, walk->now_ns);
	if (!is_needless(flow))
		walk->ages[age_class(silent)]++;
	if (has_to_go(conns, flow, silent) && walk->victims < TW_WALK_VICTIMS)
		walk->victim[walk->victims++] = flow->id;
}

static void evict_victims(struct tw_conns *conns)
{
	struct tw_walk *walk = &conns->walk;

	for (uint32_t i = 0; i < walk->victims && excess(conns, 85); i++) {
		struct tw_entry *e = tw_entry_find(conns, walk->victim[i]);

		if (!e)
			continue;
		walk->met[tw_entry_family(e)] -= !!walk->met[tw_entry_family(e)];
		tw_entry_evict(conns, e, walk->now_ns);
	}
	walk->victims = 0;
	if (!excess(conns, 85))
		walk->evict_idle_ns = 0;
}

/* How long is "silent for longest", so that enough go where the needless are too few: from the ages that this walk met. */
static void walk_ended(struct tw_conns *conns)
{
	struct tw_walk *walk = &conns->walk;
	uint32_t want, found = 0;
	int class = 40;

	memcpy(conns->in_kernel, walk->met, sizeof(walk->met));
	memset(walk->met, 0, sizeof(walk->met));
	want = is_full(conns) ? excess(conns, 85) : 0;
	want -= TW_MIN(want, walk->needless);
	walk->needless = 0;
	while (want && class > 0 && found < want)
		found += walk->ages[--class];
	walk->evict_idle_ns = want ? TW_MAX(class > 0 ? TW_NS_PER_MS << (class - 1) : 0, 1) : 0;
	memset(walk->ages, 0, sizeof(walk->ages));
	walk->next_ns = is_full(conns) ? walk->now_ns : TW_MAX(walk->now_ns + PAUSE_NS, walk->started_ns + WALK_NS);
	walk->started_ns = 0;
	walk->hurried = false;
}

static bool is_urgent(const struct tw_conns *conns)
{
	return conns->walk.hurried || is_full(conns);
}

/* True when there is more to do at once. */
static bool sweep_batch(struct tw_conns *conns, uint64_t now_ns)
{
	struct tw_walk *walk = &conns->walk;
	int through;

	if (!walk->started_ns)
		walk->started_ns = now_ns;
	walk->now_ns = now_ns;
	walk->next_ns = now_ns + PAUSE_NS;
	through = conns->store->sweep(conns->store, BATCH, visit, conns);
	evict_victims(conns);
	if (through > 0)
		walk_ended(conns);
	return !through && is_urgent(conns);
}

void tw_conns_sweep(struct tw_conns *conns, uint64_t now_ns)
{
	tw_conns_relieve(conns);
	if (!conns->store || !conns->store->sweep || (now_ns < conns->walk.next_ns && !is_urgent(conns)))
		return;
	for (int i = 0; i < HURRY && sweep_batch(conns, now_ns); i++)
		continue;
}

static void adopt_unknown(void *ctx, const struct tw_key *key, const struct tw_flow *flow)
{
	struct tw_conns *conns = ctx;

	if (!tw_entry_find(conns, flow->id))
		tw_conns_adopt(conns, key, flow);
}

void tw_conns_sweep_rest(struct tw_conns *conns)
{
	int through = 0;

	if (!conns->store || !conns->store->sweep)
		return;
	/* The walk under way may be past what is unknown: to its end, and once more through all. */
	for (int walks = 0; walks < 2 && through >= 0; walks++)
		do
			through = conns->store->sweep(conns->store, BATCH, adopt_unknown, conns);
		while (!through);
}
