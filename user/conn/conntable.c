// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of connections: uthash by id, two queues, and who counts against which limit. */
#include "conntable.h"

#include <stdlib.h>
#include <string.h>

struct tw_entry *tw_entry_find(const struct tw_conns *conns, uint64_t id)
{
	struct tw_entry *e;

	HASH_FIND(hh, conns->table, &id, sizeof(id), e);
	return e;
}

struct tw_entry *tw_entry_add(struct tw_conns *conns, uint64_t id)
{
	struct tw_entry *e = aligned_alloc(64, (sizeof(*e) + 63) / 64 * 64); /* fewer cache lines an event */

	if (!e)
		return NULL;
	memset(e, 0, sizeof(*e));
	e->name.id = id;
	HASH_ADD(hh, conns->table, name.id, sizeof(e->name.id), e);
	if (!e->hh.tbl) { /* HASH_NONFATAL_OOM */
		free(e);
		return NULL;
	}
	return e;
}

void tw_entry_over(struct tw_conns *conns, struct tw_entry *e)
{
	if (e->served)
		tw_services_closed(&conns->services, &e->name);
	e->served = false;
}

void tw_entry_free(struct tw_conns *conns, struct tw_entry *e)
{
	tw_timers_stop(&conns->timers, &e->timer);
	tw_entry_dequeue(conns, e);
	if (e->established) {
		conns->established[tw_entry_family(e)]--;
		conns->in_kernel[tw_entry_family(e)] -= !!conns->in_kernel[tw_entry_family(e)];
	}
	tw_entry_over(conns, e);
	HASH_DEL(conns->table, e);
	free(e->drops);
	free(e);
}

void tw_entry_enqueue(struct tw_conns *conns, struct tw_entry *e, enum tw_queue_of queue)
{
	struct tw_queue *q = &conns->queues[queue];

	tw_entry_dequeue(conns, e);
	if (queue == TW_QUEUE_NONE)
		return;
	DL_APPEND(q->oldest, e);
	q->length++;
	e->queue = queue;
}

void tw_entry_dequeue(struct tw_conns *conns, struct tw_entry *e)
{
	struct tw_queue *q = &conns->queues[e->queue];

	if (e->queue == TW_QUEUE_NONE)
		return;
	DL_DELETE(q->oldest, e);
	q->length--;
	e->prev = e->next = NULL;
	e->queue = TW_QUEUE_NONE;
}

void tw_entry_set_established(struct tw_conns *conns, struct tw_entry *e)
{
	if (e->queue == TW_QUEUE_HALF_OPEN)
		tw_entry_dequeue(conns, e);
	if (!e->served)
		e->served = tw_services_opened(&conns->services, &e->name);
	if (e->established)
		return;
	e->established = true;
	conns->established[tw_entry_family(e)]++;
	conns->in_kernel[tw_entry_family(e)]++;
}
