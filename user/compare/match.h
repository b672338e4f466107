/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which connection of log A is which one of log B: by the initial sequence number, which NAT leaves alone; where
 * something on the way changes that too, by the SYN's TSval or IP-ID; connections that were open before by
 * their ends, or by a packet that both logs name.
 */
#ifndef TCPWHY_USER_MATCH_H
#define TCPWHY_USER_MATCH_H

#include "log_index.h"

enum tw_near { TW_NEAR_UNKNOWN, TW_NEAR_A, TW_NEAR_B };

/* What is known of B's clock minus A's: somewhere in [lo, hi]. */
struct tw_bounds {
	int64_t lo, hi;
	bool has_lo, has_hi;
};

struct tw_pair {
	struct tw_seen_conn *a, *b;
	enum tw_near near;       /* which of the two logs is nearer to the originator */
	bool moved;              /* its sequence numbers are others on the other side */
	struct tw_bounds own;    /* offset.h: from its own packets */
	struct tw_bounds offset; /* and from its neighbours' */
};

struct tw_pairs {
	struct tw_pair *pair;    /* in the order of A's first packets */
	size_t n;
};

/* 0 or -ENOMEM. Marks connections as paired; turns round those of B in which the sides were guessed otherwise. */
int tw_match(struct tw_pairs *pairs, struct tw_log_index *a, struct tw_log_index *b);
void tw_pairs_free(struct tw_pairs *pairs);

/* Which of the two observers is nearer to the originator. */
enum tw_near tw_match_near(const struct tw_seen_conn *a, const struct tw_seen_conn *b);

#endif
