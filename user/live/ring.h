/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The live source of events: the ring buffer that the packet programs write.
 *
 * They do not wake the reader (a wake-up costs as much as a hundred packets), but for once when the
 * backlog crosses a quarter of the ring. So the reader looks every 10 ms, and when the descriptor
 * becomes readable.
 */
#ifndef TCPWHY_USER_RING_H
#define TCPWHY_USER_RING_H

#include <stddef.h>
#include <stdint.h>

#define TW_RING_LOOK_MS 10

struct tw_ring;

/* Gets the bytes of each record; they are gone when it returns. */
typedef void (*tw_ring_record)(void *ctx, const void *bytes, size_t len);

/* @map_fd: a BPF_MAP_TYPE_RINGBUF, borrowed. 0, or -errno and *@ring unchanged. */
int tw_ring_new(struct tw_ring **ring, int map_fd, tw_ring_record record, void *ctx);
void tw_ring_free(struct tw_ring *ring);

/*
 * For epoll, edge-triggered: the kernel side's wake-up. Level-triggered it would be readable whenever
 * there is a record, and the reader would run for each of them.
 */
int tw_ring_fd(const struct tw_ring *ring);

/*
 * Hands over what is there, at most some ten thousand records, so that under overload the caller's
 * other duties get their turn. 1: there is more; 0: empty; -errno.
 */
int tw_ring_look(struct tw_ring *ring);

/* Bytes of the ring that the last look found in use. */
uint64_t tw_ring_used(const struct tw_ring *ring);

#endif
