// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets sorted by time. */
#include "packetsort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct copy {
	struct tw_packet packet;
	uint64_t place; /* among all that came */
	uint8_t bytes[];
};

struct tw_packetsort {
	struct copy **list;
	size_t used, size;
};

struct tw_packetsort *tw_packetsort_new(void)
{
	return calloc(1, sizeof(struct tw_packetsort));
}

static void forget_all(struct tw_packetsort *s)
{
	for (size_t i = 0; i < s->used; i++)
		free(s->list[i]);
	s->used = 0;
}

void tw_packetsort_free(struct tw_packetsort *s)
{
	if (!s)
		return;
	forget_all(s);
	free(s->list);
	free(s);
}

static int grow(struct tw_packetsort *s)
{
	size_t size = s->size ? 2 * s->size : 1024;
	struct copy **list = realloc(s->list, size * sizeof(*list));

	if (!list)
		return -ENOMEM;
	s->list = list;
	s->size = size;
	return 0;
}

int tw_packetsort_add(struct tw_packetsort *s, const struct tw_packet *packet)
{
	struct copy *c;

	if (s->used == s->size && grow(s))
		return -ENOMEM;
	c = malloc(sizeof(*c) + packet->cap_len);
	if (!c)
		return -ENOMEM;
	c->packet = *packet;
	c->place = s->used;
	memcpy(c->bytes, packet->data, packet->cap_len);
	c->packet.data = c->bytes;
	c->packet.iface = NULL; /* is gone with its capture; ifindex names it too */
	s->list[s->used++] = c;
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct copy *x = *(struct copy *const *)a, *y = *(struct copy *const *)b;

	if (x->packet.ts_ns != y->packet.ts_ns)
		return x->packet.ts_ns < y->packet.ts_ns ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

void tw_packetsort_each(struct tw_packetsort *s, void (*each)(void *ctx, const struct tw_packet *packet), void *ctx)
{
	if (s->used)
		qsort(s->list, s->used, sizeof(s->list[0]), by_time);
	for (size_t i = 0; i < s->used; i++)
		each(ctx, &s->list[i]->packet);
	forget_all(s);
}
