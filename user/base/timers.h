/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A timing wheel: millions of timers, each armed, moved and stopped at the cost of a list operation.
 *
 * Timers fire at most a slot (67 ms) late and never early; the time that they were due is exact.
 * Those further away than one turn (137 s) are looked at once a turn.
 */
#ifndef TCPWHY_USER_TIMERS_H
#define TCPWHY_USER_TIMERS_H

#include <stdint.h>

#define TW_TIMER_SLOT_SHIFT 26 /* ns: 67 ms */
#define TW_TIMER_SLOTS 2048u

/* Part of what it belongs to; all zero when not armed. */
struct tw_timer {
	struct tw_timer *prev, *next;
	uint64_t due_ns;
};

struct tw_timers {
	struct tw_timer slots[TW_TIMER_SLOTS]; /* heads of circular lists */
	uint64_t cursor;  /* number of the first slot that was not fired yet; it only grows */
	uint64_t armed;
};

typedef void (*tw_timer_fire)(void *ctx, struct tw_timer *timer);

void tw_timers_init(struct tw_timers *timers);
/* (Re)arms it; a time in the past fires with the next call of tw_timers_run(). */
void tw_timers_arm(struct tw_timers *timers, struct tw_timer *timer, uint64_t due_ns);
void tw_timers_stop(struct tw_timers *timers, struct tw_timer *timer);
/*
 * Fires what is due by @now_ns, stopped before it is called; @fire may arm, stop and free any timer.
 */
void tw_timers_run(struct tw_timers *timers, uint64_t now_ns, tw_timer_fire fire, void *ctx);

#endif
