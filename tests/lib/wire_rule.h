/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The rules of the wire: which frames they mean, and what happens to them.
 *
 *   RULE       [DIRECTION] [CONDITION…] ACTION…        one argument, words separated by spaces
 *   DIRECTION  >  from A to B   <  from B to A         without: both
 *   CONDITION  tcp icmp ip4 ip6                        the protocol
 *              syn synack fin rst                      TCP flags (syn: without ACK)
 *              data ack                                TCP with payload; TCP that only acknowledges
 *              port N                                  of either side
 *              size N[-M]                              IP length
 *              p PERCENT                               by chance, always the same for the same seed
 *              after TIME, until TIME                  since the wire was started
 *              nth N, first N, from N, every N         counted, each direction for itself, among the
 *                                                      frames that pass the conditions before it
 *   ACTION     drop
 *              delay TIME[~MORE]                       MORE: by chance, evenly, up to so much more
 *              rate MBIT[/FRAMES]                      a bottleneck with a queue of so many frames
 *              dup TIME                                once more, so much later
 *              behind N[/TIME]                         is overtaken by N frames (by TIME at the latest)
 *              set FIELD=NUMBER|FIELD+=NUMBER…         fields: ttl id tos seq ack flags win mss wscale
 *                                                      tsval tsecr
 *              strip mss|wscale|sack|ts
 *              flip                                    one bit of its last byte, and no checksum tells
 *              reset [back] [FIELD=NUMBER|FIELD+=NUMBER…]  a forged RST after it, from its sender
 *                                                      (back: from its receiver)
 *              toobig MTU                              dropped, and an ICMP error says so to its sender
 *
 * Conditions are looked at in their order, and so are the rules; TIME is a number with us, ms or s.
 * Each action is a line of the log: time, direction, rule, action, seq, ack, payload, flags, IP length.
 * Chance is drawn for each condition and direction on its own, so that it does not depend on how
 * the frames of the two directions happen to interleave.
 */
#ifndef TESTS_WIRE_RULE_H
#define TESTS_WIRE_RULE_H

#include "wire.h"

#define PARTS_MAX 16

struct part {
	const char *word;
	bool (*pass)(struct part *p, const struct look *l, const struct frame *f, uint64_t now);
	bool (*act)(struct part *p, struct frame **f, struct frame **extra, unsigned int *n);
	uint64_t a, b;      /* numbers or times */
	char field[4][16];  /* set, rst */
	int64_t value[4];
	bool add[4];
	unsigned int fields;
	uint64_t count[2];  /* frames, each direction */
	uint64_t random[2];
	uint64_t busy_ns[2];
};

struct rule {
	unsigned int number;
	int dir;            /* -1: both */
	unsigned int parts;
	struct part part[PARTS_MAX];
	uint64_t matched;
};

/* A word of a rule: a condition (pass) or an action (act), and what must follow it. */
enum wire_need { NOTHING, NUMBER, RANGE, PERCENT, TIME, JITTER, RATE, BEHIND, FIELDS, OPTION };

struct word {
	const char *word;
	enum wire_need need;
	uint64_t a, b;
	bool (*pass)(struct part *p, const struct look *l, const struct frame *f, uint64_t now);
	bool (*act)(struct part *p, struct frame **f, struct frame **extra, unsigned int *n);
};

/* All words; the last one has no name. */
extern const struct word wire_words[];

#endif
