/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A wire between two interfaces that misbehaves on purpose and always in the same way.
 *
 * wire.c moves frames, wire_rule.c decides what happens to each, wire_pkt.c looks into frames,
 * changes them and makes new ones. Rules are explained in wire_rule.h.
 */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define WIRE_FRAME_MAX 65600
#define WIRE_COPIES_MAX 4

/* A frame on its way. Freed by whoever takes it out of the queue. */
struct frame {
	uint64_t due_ns;
	uint64_t order;      /* ties: first come, first served */
	unsigned int behind; /* held until so many later frames of its direction have left */
	uint8_t dir;         /* 0: from A to B, 1: from B to A */
	uint32_t len;
	uint8_t data[];
};

/* Where things are in a frame; what is not there is 0. */
struct look {
	uint16_t ethertype;
	unsigned int ip, ip_len, l4; /* offsets; ip_len as the header tells */
	uint8_t family, proto;       /* 4 or 6; IPPROTO_* */
	bool later_fragment;
	uint8_t tcp_flags;
	uint16_t sport, dport;
	uint32_t seq, ack;
	int payload;                 /* TCP payload bytes; -1: no TCP */
};

struct frame *wire_frame_new(const uint8_t *data, uint32_t len, uint8_t dir);

void wire_look(const struct frame *f, struct look *l);
/* Sets one field, or adds to it; the checksums are made right again. False: no such field here. */
bool wire_set(struct frame *f, const char *field, int64_t value, bool add);
/* Overwrites a TCP option (by number) with NOPs. */
bool wire_strip(struct frame *f, uint8_t option);
/* A RST made from what the frame shows: from its sender, or (back) from its receiver. NULL: no TCP. */
struct frame *wire_forge_rst(const struct frame *f, bool back);
/* "Packet too big" for the frame's sender, as a router would send it. NULL: no IP. */
struct frame *wire_forge_too_big(const struct frame *f, uint32_t mtu);

struct rule;
/* Reads one rule. NULL, with a line on stderr: it cannot be read. */
struct rule *wire_rule_new(const char *text, unsigned int number, uint64_t seed);
/*
 * Applies @rule to *@f, at @now_ns since the start. *@f becomes NULL when it was dropped; frames
 * that the rule made go to @extra (room for WIRE_COPIES_MAX), their number is returned.
 */
unsigned int wire_rule_apply(struct rule *rule, struct frame **f, uint64_t now_ns,
			     struct frame **extra, FILE *log);
uint64_t wire_rule_matched(const struct rule *rule);

#endif
