/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Both parsers on packets in memory of exactly their size, and the usual parts of such packets: for tests of parsers. */
#ifndef TCPWHY_TESTS_PARSED_H
#define TCPWHY_TESTS_PARSED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "pkt.h"
#include "tcpwhy/fast.h"
#include "tcpwhy/hook.h"
#include "tcpwhy/parse.h"

/* The core's headers want it; the parsers do not use it. */
struct tw_config tw_cfg = TW_CONFIG_DEFAULT;

#define C4 { { 192, 0, 2, 1 }, 40000 }
#define S4 { { 192, 0, 2, 2 }, 443 }
#define C6 { { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 40000 }
#define S6 { { 0x20, 1, 0xd, 0xb8, [15] = 2 }, 443 }
#define V4 .family = 4, .src = C4, .dst = S4, .ttl = 64, .id = 7, .df = true
#define V6 .family = 6, .src = C6, .dst = S6, .ttl = 64
#define TCP .seq = 0xfffffff0, .ack = 77, .win = 500, .flags = PKT_ACK

/* The full parser on the first bytes, what lies behind them poisoned. @fill: what they must not depend on. */
static inline void parse_full(const u8 *frame, u32 len, u32 wire_len, u32 l2, u8 fill, struct tw_obs *o)
{
	struct tw_hdr *hdr = malloc(sizeof(*hdr));
	u32 have = TW_MIN(len, TW_HDR_MAX);

	assert_non_null(hdr);
	memset(hdr, fill, sizeof(*hdr));
	memcpy(hdr->b, frame, have);
	ASAN_POISON_MEMORY_REGION(hdr->b + have, TW_HDR_MAX - have);
	memset(o, fill, sizeof(*o));
	tw_parse(hdr, have, wire_len, l2, o);
	ASAN_UNPOISON_MEMORY_REGION(hdr->b + have, TW_HDR_MAX - have);
	free(hdr);
}

/* The fast parser on a copy of exactly @len bytes; 0 as well where the frame is not whole, as its callers have it. */
static inline int parse_fast(const u8 *frame, u32 len, u32 wire_len, u32 l2, struct tw_pkt *p)
{
	u8 *exact = malloc(len ? len : 1);
	int kind;

	assert_non_null(exact);
	memcpy(exact, frame, len);
	kind = tw_parse_fast(exact, exact + len, l2, p);
	free(exact);
	return kind && tw_is_whole(p, l2, wire_len) ? kind : 0;
}

#endif
