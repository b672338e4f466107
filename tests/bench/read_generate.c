// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Makes the captures of bench-read: many connections at the same time, as a server sees them.
 *
 * usage: read_generate mixed FILE CONNECTIONS SNAPLEN   about 30 packets each: web-like exchanges, a few long
 *                                                       downloads, loss, reordering, resets, attempts in vain
 *        read_generate open FILE CONNECTIONS SNAPLEN    six packets each, and none is ever closed
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pkt.h"

enum { CLIENT, SERVER, MSS = 1448, RTT_US = 20000, STEPS_MAX = 12000 };

/* One packet, and how long after the one before it comes. */
struct step {
	uint32_t pause_us;
	uint32_t seq, ack;   /* from each side's ISN */
	uint16_t len;
	uint8_t from, flags;
	bool sack;           /* tells of a gap of one segment behind ack */
	bool late;           /* marks of before the packet in front of it */
};

struct conn {
	uint64_t due_us;
	struct step *steps;
	uint32_t count, done, number;
	uint32_t tsval[2];
	uint16_t id[2];
};

struct script {
	struct step steps[STEPS_MAX];
	uint32_t count;
	uint32_t nxt[2];
};

static uint64_t state = 88172645463325252;

static uint32_t dice(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 32) % n;
}

static struct step *say(struct script *s, int from, uint8_t flags, uint16_t len, uint32_t pause_us)
{
	struct step *step = &s->steps[s->count];

	if (s->count < STEPS_MAX - 1)
		s->count++;
	*step = (struct step){ .from = from, .flags = flags, .len = len, .pause_us = pause_us, .seq = s->nxt[from] };
	if (flags & PKT_ACK)
		step->ack = s->nxt[!from];
	s->nxt[from] += len + !!(flags & (PKT_SYN | PKT_FIN));
	return step;
}

static void open_it(struct script *s)
{
	say(s, CLIENT, PKT_SYN, 0, 0);
	say(s, SERVER, PKT_SYN | PKT_ACK, 0, 50);
	say(s, CLIENT, PKT_ACK, 0, RTT_US);
}

static void close_it(struct script *s)
{
	say(s, CLIENT, PKT_FIN | PKT_ACK, 0, 1000);
	say(s, SERVER, PKT_FIN | PKT_ACK, 0, 100);
	say(s, CLIENT, PKT_ACK, 0, RTT_US);
}

/* The client's ACK when a segment is missing. */
static void complain(struct script *s, uint32_t have, uint32_t pause_us)
{
	struct step *ack = say(s, CLIENT, PKT_ACK, 0, pause_us);

	ack->ack = have;
	ack->sack = true;
}

/* A segment, three more, three complaints, and it comes again: fast retransmission. */
static void lose_one(struct script *s)
{
	uint32_t have = s->nxt[SERVER];
	struct step *again;

	for (int i = 0; i < 4; i++)
		say(s, SERVER, PKT_ACK, MSS, 20);
	for (int i = 0; i < 3; i++)
		complain(s, have, i ? 30 : RTT_US);
	again = say(s, SERVER, PKT_ACK, 0, 50);
	again->seq = have;
	again->len = MSS;
	say(s, CLIENT, PKT_ACK, 0, RTT_US);
}

/* Nobody answers: the timer. */
static void time_out(struct script *s)
{
	uint32_t have = s->nxt[SERVER];
	struct step *again;

	say(s, SERVER, PKT_ACK | PKT_PSH, MSS, 20);
	again = say(s, SERVER, PKT_ACK | PKT_PSH, 0, 300000);
	again->seq = have;
	again->len = MSS;
	say(s, CLIENT, PKT_ACK, 0, RTT_US);
}

static void swap_two(struct script *s)
{
	struct step *a = say(s, SERVER, PKT_ACK, MSS, 20), *b = say(s, SERVER, PKT_ACK, MSS, 20);
	uint32_t seq = a->seq;

	a->seq = b->seq;
	b->seq = seq;
	b->late = true;
	say(s, CLIENT, PKT_ACK, 0, RTT_US);
}

static void answer(struct script *s, uint32_t segments)
{
	for (uint32_t i = 0; i < segments; i++) {
		uint32_t luck = dice(1000);

		if (luck < 3)
			lose_one(s);
		else if (luck < 4)
			time_out(s);
		else if (luck < 6)
			swap_two(s);
		say(s, SERVER, PKT_ACK | (i == segments - 1 ? PKT_PSH : 0), i == segments - 1 ? 1 + dice(MSS) : MSS, 20);
		if (i % 2 || i == segments - 1)
			say(s, CLIENT, PKT_ACK, 0, i < 10 ? RTT_US : 100);
	}
}

static void web(struct script *s)
{
	open_it(s);
	for (uint32_t i = 1 + dice(3); i; i--) {
		say(s, CLIENT, PKT_ACK | PKT_PSH, 200 + dice(600), 500 + dice(2000000));
		say(s, SERVER, PKT_ACK, 0, 60);
		answer(s, 1 + dice(12));
	}
	if (dice(100) < 4)
		say(s, CLIENT, PKT_RST | PKT_ACK, 0, 1000);
	else
		close_it(s);
}

static void in_vain(struct script *s)
{
	if (dice(2)) {
		say(s, CLIENT, PKT_SYN, 0, 0);
		say(s, SERVER, PKT_RST | PKT_ACK, 0, 50);
		return;
	}
	for (uint32_t i = 0; i < 4; i++) {
		say(s, CLIENT, PKT_SYN, 0, i ? 1000000u << (i - 1) : 0);
		s->nxt[CLIENT] = 0;
	}
}

static void mixed(struct script *s)
{
	uint32_t kind = dice(1000);

	if (kind < 30) {
		in_vain(s);
	} else if (kind < 35) {
		open_it(s);
		say(s, CLIENT, PKT_ACK | PKT_PSH, 300, 500);
		answer(s, 500 + dice(2000));
		close_it(s);
	} else {
		web(s);
	}
}

static void stay_open(struct script *s)
{
	open_it(s);
	say(s, CLIENT, PKT_ACK | PKT_PSH, 100, 500);
	say(s, SERVER, PKT_ACK | PKT_PSH, 1000, 500);
	say(s, CLIENT, PKT_ACK, 0, RTT_US);
}

/* --- all connections by time: a heap of those that are open --- */

static struct conn *heap;
static uint32_t heap_count;

static void push(struct conn c)
{
	uint32_t i = heap_count++;

	for (; i && heap[(i - 1) / 2].due_us > c.due_us; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = c;
}

static struct conn pop(void)
{
	struct conn top = heap[0], last = heap[--heap_count];
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < heap_count) {
		if (child + 1 < heap_count && heap[child + 1].due_us < heap[child].due_us)
			child++;
		if (heap[child].due_us >= last.due_us)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = last;
	return top;
}

static struct conn begin(uint32_t number, uint64_t start_us, bool open)
{
	static struct script script;
	struct conn c = { .number = number, .due_us = start_us, .id = { dice(65536), dice(65536) } };

	script.count = script.nxt[0] = script.nxt[1] = 0;
	if (open)
		stay_open(&script);
	else
		mixed(&script);
	c.count = script.count;
	c.steps = malloc(c.count * sizeof(*c.steps));
	memcpy(c.steps, script.steps, c.count * sizeof(*c.steps));
	return c;
}

/* --- packets --- */

static void put32(FILE *file, uint32_t v)
{
	fwrite(&v, sizeof(v), 1, file);
}

static struct pkt_end end_of(uint32_t number, int side, bool v6)
{
	uint32_t client = number / 40000;
	struct pkt_end e = { .port = side ? 443 : 10000 + number % 40000 };

	if (v6) {
		memcpy(e.addr, "\x20\x01\x0d\xb8", 4);
		e.addr[12] = side ? 0 : client >> 8;
		e.addr[13] = side ? 0 : client;
		e.addr[15] = 1 + side;
	} else {
		e.addr[0] = 10;
		e.addr[1] = side ? 200 : client >> 8;
		e.addr[2] = side ? 0 : client;
		e.addr[3] = 1 + side;
	}
	return e;
}

static uint32_t isn_of(uint32_t number, int side)
{
	return (number * 2 + side) * 2654435761u;
}

static void write_packet(FILE *file, struct conn *c, uint32_t snaplen)
{
	static uint8_t frame[PKT_MAX];
	const struct step *s = &c->steps[c->done++];
	bool v6 = c->number % 5 == 0;
	uint32_t now_ms = c->due_us / 1000, len;
	struct pkt p = {
		.what = PKT_TCP, .family = v6 ? 6 : 4, .ttl = s->from ? 64 : 55, .df = true, .flags = s->flags, .len = s->len,
		.src = end_of(c->number, s->from, v6), .dst = end_of(c->number, !s->from, v6), .win = 501,
		.seq = isn_of(c->number, s->from) + s->seq, .id = c->id[s->from]++ - (s->late ? 2 : 0),
		.has_ts = true, .tsval = now_ms - s->late, .tsecr = c->tsval[!s->from],
	};

	if (s->flags & PKT_ACK)
		p.ack = isn_of(c->number, !s->from) + s->ack;
	if (s->flags & PKT_SYN) {
		p.has_mss = p.has_ws = p.sack_ok = true;
		p.mss = 1460;
		p.ws = 7;
		p.win = 64240;
	}
	if (s->sack) {
		p.sacks = 1;
		p.sack[0][0] = p.ack + MSS;
		p.sack[0][1] = p.ack + 2 * MSS;
	}
	c->tsval[s->from] = p.tsval;
	len = pkt_build(&p, frame, sizeof(frame));
	put32(file, 1600000000 + c->due_us / 1000000);
	put32(file, c->due_us % 1000000);
	put32(file, len < snaplen ? len : snaplen);
	put32(file, len);
	fwrite(frame, 1, len < snaplen ? len : snaplen, file);
}

static uint64_t generate(FILE *file, uint32_t conns, uint32_t snaplen, bool open)
{
	uint64_t packets = 0, next_us = 0;
	uint32_t begun = 0;

	while (begun < conns || heap_count) {
		if (begun < conns && (!heap_count || heap[0].due_us >= next_us)) {
			push(begin(begun++, next_us, open));
			next_us += dice(20000);
			continue;
		}
		struct conn c = pop();

		write_packet(file, &c, snaplen);
		packets++;
		if (c.done < c.count) {
			c.due_us += c.steps[c.done].pause_us;
			push(c);
		} else {
			free(c.steps);
		}
	}
	return packets;
}

int main(int argc, char **argv)
{
	uint32_t conns = argc == 5 ? atoi(argv[3]) : 0, snaplen = argc == 5 ? atoi(argv[4]) : 0;
	uint64_t packets;
	FILE *file;

	if (!conns || snaplen < 14) {
		fprintf(stderr, "usage: read_generate mixed|open FILE CONNECTIONS SNAPLEN\n");
		return 2;
	}
	file = fopen(argv[2], "w");
	heap = malloc(conns * sizeof(*heap));
	if (!file || !heap) {
		perror("read_generate");
		return 1;
	}
	put32(file, 0xa1b2c3d4);
	put32(file, 0x00040002);
	put32(file, 0);
	put32(file, 0);
	put32(file, snaplen);
	put32(file, 1);
	packets = generate(file, conns, snaplen, !strcmp(argv[1], "open"));
	free(heap);
	if (ferror(file) || fclose(file)) {
		perror("read_generate");
		return 1;
	}
	printf("%llu packets of %u connections\n", (unsigned long long)packets, conns);
	return 0;
}
