// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A timing wheel of 2048 slots. */
#include "timers.h"

#include <stddef.h>

static uint64_t slot_of(uint64_t ns)
{
	return ns >> TW_TIMER_SLOT_SHIFT;
}

void tw_timers_init(struct tw_timers *timers)
{
	for (unsigned int i = 0; i < TW_TIMER_SLOTS; i++)
		timers->slots[i].prev = timers->slots[i].next = &timers->slots[i];
	timers->cursor = 0;
	timers->armed = 0;
}

static void unlink_timer(struct tw_timer *timer)
{
	timer->prev->next = timer->next;
	timer->next->prev = timer->prev;
	timer->prev = timer->next = NULL;
}

static void append_timer(struct tw_timer *head, struct tw_timer *timer)
{
	timer->prev = head->prev;
	timer->next = head;
	head->prev->next = timer;
	head->prev = timer;
}

void tw_timers_stop(struct tw_timers *timers, struct tw_timer *timer)
{
	if (!timer->next)
		return;
	unlink_timer(timer);
	timers->armed--;
}

void tw_timers_arm(struct tw_timers *timers, struct tw_timer *timer, uint64_t due_ns)
{
	uint64_t slot = slot_of(due_ns);

	tw_timers_stop(timers, timer);
	timer->due_ns = due_ns;
	if (slot < timers->cursor)
		slot = timers->cursor;
	append_timer(&timers->slots[slot % TW_TIMER_SLOTS], timer);
	timers->armed++;
}

/*
 * What is in the slot goes to a list of its own first, so that a timer that is armed again for the same
 * slot while this runs, or has turns to wait, is not met twice.
 */
static void run_slot(struct tw_timers *timers, struct tw_timer *slot, uint64_t end_ns, tw_timer_fire fire, void *ctx)
{
	struct tw_timer todo = { &todo, &todo, 0 }, *timer;

	if (slot->next == slot)
		return;
	todo.next = slot->next;
	todo.prev = slot->prev;
	todo.next->prev = todo.prev->next = &todo;
	slot->next = slot->prev = slot;
	while ((timer = todo.next) != &todo) {
		unlink_timer(timer);
		if (timer->due_ns > end_ns) { /* in a later turn: in order, however far time jumps */
			append_timer(slot, timer);
			continue;
		}
		timers->armed--;
		fire(ctx, timer);
	}
}

void tw_timers_run(struct tw_timers *timers, uint64_t now_ns, tw_timer_fire fire, void *ctx)
{
	uint64_t now = slot_of(now_ns), end;

	/* Only slots that are wholly in the past: nothing in them can come too early. */
	while (timers->cursor < now) {
		if (!timers->armed) {
			timers->cursor = now;
			return;
		}
		end = (++timers->cursor << TW_TIMER_SLOT_SHIFT) - 1;
		run_slot(timers, &timers->slots[(timers->cursor - 1) % TW_TIMER_SLOTS], end, fire, ctx);
	}
}
