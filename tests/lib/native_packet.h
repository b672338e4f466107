/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One line of a row to a packet: inside native_steps.c's work. */
#ifndef TESTS_NATIVE_PACKET_H
#define TESTS_NATIVE_PACKET_H

#include "native_row.h"

/* What the defaults of a packet come from. */
struct native_expansion {
	const struct native_row *row;
	const struct native_variant *variant;
	struct native_steps *steps;
	uint64_t now_ns;
	uint32_t next[2];     /* of client and server, from 0 */
	uint32_t tsval[2];
	uint16_t id[2];
	uint32_t turn;        /* of a repeat */
	double every;
	int line;
	char *reason;
	size_t size;
};

/* Notes what is wrong with the line; -EINVAL. */
__attribute__((format(printf, 2, 3))) int native_fail(const struct native_expansion *x, const char *fmt, ...);

/* "c", "s:80", "r", "lo:4000". 0 or -EINVAL. */
int native_parse_end(struct native_expansion *x, const char *word, struct pkt_end *end);

/* Adds the line's packet to the steps. 0, -EINVAL, -ENOMEM. */
int native_parse_packet(struct native_expansion *x, const char *line);

#endif
