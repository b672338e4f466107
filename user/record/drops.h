/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What this host's kernel dropped of one connection: its last few packets that went no further. Made by the
 * first drop; most connections never need one.
 */
#ifndef TCPWHY_USER_DROPS_H
#define TCPWHY_USER_DROPS_H

#include <stdbool.h>
#include <stdint.h>

#include "tcpwhy/event.h"
#include "tcpwhy/flow.h"

#define TW_DROPS 6

struct tw_dropped {
	uint64_t ts_ns;     /* 0: no entry */
	uint32_t seq, end;  /* what it took of the sequence space: payload, SYN and FIN */
	uint32_t reason;
	uint8_t tcp_flags;
	bool from_orig;
	uint16_t listen_port; /* a full accept queue; else 0, and so is the rest */
	uint32_t queued, backlog;
	char comm[16];
};

struct tw_drops {
	struct tw_dropped last[TW_DROPS];
	uint32_t count;     /* all of them */
};

/* Notes the kernel_drop @event in *@drops, which is allocated when it is NULL; without memory nothing is noted. */
void tw_drops_take(struct tw_drops **drops, const struct tw_event *event);

/* The newest drop of [@seq, @end) or a part of it, from that side, not after @ns; NULL: none. @drops may be NULL. */
const struct tw_dropped *tw_drops_find(const struct tw_drops *drops, bool from_orig, uint32_t seq, uint32_t end,
				       uint64_t ns);

/*
 * The newest drop of something that never was acknowledged, by the state at the end: a good part of the copies of the
 * handshake's, else dropped again when it was sent again. NULL: the drops did no lasting harm.
 */
const struct tw_dropped *tw_drops_fatal(const struct tw_drops *drops, const struct tw_flow *flow);

#endif
