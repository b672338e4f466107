// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The live source of events: drains the ring buffer, by libbpf. */
#include "ring.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#define RECORDS_A_LOOK 16384 /* some 10 ms of work */

struct tw_ring {
	struct ring_buffer *rb;
	int map_fd;
	tw_ring_record record;
	void *ctx;
	uint64_t used;
	unsigned int left; /* of this look */
};

/* A negative answer makes libbpf stop, after this record. */
static int on_sample(void *ctx, void *bytes, size_t len)
{
	struct tw_ring *ring = ctx;

	ring->used += (len + 15) & ~7ull; /* with its header of 8, rounded up to 8 */
	ring->record(ring->ctx, bytes, len);
	return --ring->left ? 0 : -EAGAIN;
}

int tw_ring_new(struct tw_ring **ring, int map_fd, tw_ring_record record, void *ctx)
{
	struct tw_ring *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->map_fd = map_fd;
	r->record = record;
	r->ctx = ctx;
	r->rb = ring_buffer__new(map_fd, on_sample, r, NULL);
	if (!r->rb) {
		err = -errno;
		free(r);
		return err;
	}
	*ring = r;
	return 0;
}

void tw_ring_free(struct tw_ring *ring)
{
	if (!ring)
		return;
	ring_buffer__free(ring->rb);
	free(ring);
}

int tw_ring_fd(const struct tw_ring *ring)
{
	return ring->map_fd;
}

int tw_ring_look(struct tw_ring *ring)
{
	int err;

	ring->left = RECORDS_A_LOOK;
	ring->used = 0;
	err = ring_buffer__consume(ring->rb);
	if (err == -EAGAIN)
		return 1;
	return err < 0 ? err : 0;
}

uint64_t tw_ring_used(const struct tw_ring *ring)
{
	return ring->used;
}
