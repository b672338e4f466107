/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets of captures that are not in the order of time: the flight recorder writes connection by connection.
 * Copies of them, about 200 bytes each, until they are asked for.
 */
#ifndef TCPWHY_USER_PACKETSORT_H
#define TCPWHY_USER_PACKETSORT_H

#include "capture.h"

struct tw_packetsort;

/* NULL: out of memory. */
struct tw_packetsort *tw_packetsort_new(void);
void tw_packetsort_free(struct tw_packetsort *sort);

/* 0 or -ENOMEM. */
int tw_packetsort_add(struct tw_packetsort *sort, const struct tw_packet *packet);

/* Hands over all of them, oldest first, and those of the same time as they came; then there are none. */
void tw_packetsort_each(struct tw_packetsort *sort, void (*each)(void *ctx, const struct tw_packet *packet), void *ctx);

#endif
