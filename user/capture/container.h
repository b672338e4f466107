/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the readers of the two containers, pcap.c and pcapng.c, share with capture.c. Nobody else includes it. */
#ifndef TCPWHY_USER_CONTAINER_H
#define TCPWHY_USER_CONTAINER_H

#include <stdbool.h>
#include <string.h>

#include "capture.h"

#define TW_PACKET_MAX 262144u /* bytes of a packet that libpcap, too, takes for possible */

struct tw_container;

/* Each returns as tw_capture_next() does. */
struct tw_container_ops {
	int (*next)(struct tw_container *container, struct tw_packet *packet, struct tw_reason *reason);
	void (*free)(struct tw_container *container);
};

/* First member of each reader's own struct. */
struct tw_container {
	const struct tw_container_ops *ops;
	struct tw_stream *stream;
	struct tw_window *window;
	struct tw_ifaces *ifaces;
	const char *path; /* for people */
	bool swapped;     /* the other byte order */
	bool evidence;    /* a flight recorder of ours wrote it */
	uint64_t until_ns; /* it was still looked for packets then; 0: unknown */
};

/* The stream stands behind the magic for pcap (given in the file's byte order), before the first block for pcapng. */
int tw_pcap_open(struct tw_container **container, const struct tw_container *base, struct tw_reason *reason);
int tw_pcapng_open(struct tw_container **container, const struct tw_container *base, struct tw_reason *reason);

static inline uint32_t tw_get32(const struct tw_container *c, const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return c->swapped ? __builtin_bswap32(v) : v;
}

static inline uint16_t tw_get16(const struct tw_container *c, const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return c->swapped ? __builtin_bswap16(v) : v;
}

/* Reasons that name the file and the byte; both return -EBADMSG. */
__attribute__((format(printf, 3, 4)))
int tw_container_damaged(const struct tw_container *c, struct tw_reason *reason, const char *fmt, ...);
int tw_container_cut(const struct tw_container *c, struct tw_reason *reason, const char *what);

/*
 * Looks at @n bytes. 1: they are at c->window->at. 0: the input ends here. -EBADMSG: it ends within
 * them, @what; or another -errno.
 */
int tw_container_need(struct tw_container *c, size_t n, const char *what, struct tw_reason *reason);

#endif
