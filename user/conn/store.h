/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the state of connections lives: BPF maps when live (kern.c), a hash table when reading a
 * capture. The connection table asks it at the end of a connection and while sweeping.
 */
#ifndef TCPWHY_USER_STORE_H
#define TCPWHY_USER_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "tcpwhy/flow.h"

struct tw_store {
	/*
	 * The state of connection @id at @key, copied to @flow, and what went wrong to @trouble
	 * (*@troubled tells whether there was any). 0, or -ENOENT when it is gone or another
	 * incarnation has its tuple; what went wrong with @id may still be known then.
	 */
	int (*lookup)(struct tw_store *store, const struct tw_key *key, uint64_t id,
		      struct tw_flow *flow, struct tw_trouble *trouble, bool *troubled);
	/* Forgets it, if it is still there. */
	void (*forget)(struct tw_store *store, const struct tw_key *key, uint64_t id);
	/*
	 * Goes on with a walk over all established connections: calls @visit for about @max of them (the kernel
	 * gives whole batches). Returns 1 when the walk is through (the next call starts anew), else 0; -errno
	 * when nothing more can be read now, which is not the end of the walk.
	 */
	int (*sweep)(struct tw_store *store, unsigned int max,
		     void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx);
};

#endif
