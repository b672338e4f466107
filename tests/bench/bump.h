/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What bench_packet.c tells packet.bpf.c: how to make the next packet out of the last. */
#ifndef TESTS_BUMP_H
#define TESTS_BUMP_H

#include <linux/types.h>

enum bump_how { BUMP_NONE, BUMP_SEQ, BUMP_ACK, BUMP_TURNS };

struct bump {
	__u32 how;
	__u32 step;
	__u32 turn;
	__u32 seq[2]; /* BUMP_SEQ, BUMP_ACK: the last one's number; BUMP_TURNS: the next of each end */
};

#endif
