/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rules of the wire at work: which frames they mean, and what is done to them. */
#include <stdlib.h>
#include <string.h>

#include "wire_rule.h"

/* splitmix64: uniform in [0, 1). */
static double chance(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (double)((z ^ z >> 31) >> 11) / (double)(1ULL << 53);
}

/* Conditions */

static bool pass_protocol(struct part *p, const struct look *l, const struct frame *f, uint64_t now)
{
	(void)f, (void)now;
	if (p->word[0] == 't')
		return l->payload >= 0;
	if (p->word[1] == 'c')
		return l->family && (l->proto == 1 || l->proto == 58);
	return l->family == p->word[2] - '0';
}

static bool pass_flags(struct part *p, const struct look *l, const struct frame *f, uint64_t now)
{
	(void)f, (void)now;
	return l->payload >= 0 && (l->tcp_flags & p->a) == p->b;
}

static bool pass_payload(struct part *p, const struct look *l, const struct frame *f, uint64_t now)
{
	(void)f, (void)now;
	if (p->word[0] == 'd')
		return l->payload > 0;
	return l->payload == 0 && (l->tcp_flags & 0x17) == 0x10;
}

static bool pass_number(struct part *p, const struct look *l, const struct frame *f, uint64_t now)
{
	(void)f, (void)now;
	if (p->word[0] == 'p')
		return l->payload >= 0 && (l->sport == p->a || l->dport == p->a);
	return l->family && l->ip_len >= p->a && l->ip_len <= p->b;
}

static bool pass_chance(struct part *p, const struct look *l, const struct frame *f, uint64_t now)
{
	(void)l, (void)now;
	return chance(&p->random[f->dir]) * 1e6 < (double)p->a;
}

static bool pass_time(struct part *p, const struct look *l, const struct frame *f, uint64_t now)
{
	(void)l, (void)f;
	return p->word[0] == 'a' ? now >= p->a : now < p->a;
}

static bool pass_count(struct part *p, const struct look *l, const struct frame *f, uint64_t now)
{
	uint64_t n = ++p->count[f->dir];

	(void)l, (void)now;
	switch (p->word[0]) {
	case 'n':
		return n == p->a;
	case 'e':
		return n % p->a == 0;
	default:
		return p->word[1] == 'i' ? n <= p->a : n >= p->a;
	}
}

/* Actions: false when the frame is gone. */

static bool act_drop(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	(void)p, (void)extra, (void)n;
	free(*f);
	*f = NULL;
	return false;
}

static bool act_delay(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	(void)extra, (void)n;
	(*f)->due_ns += p->a;
	if (p->b)
		(*f)->due_ns += (uint64_t)(chance(&p->random[(*f)->dir]) * (double)p->b);
	return true;
}

static bool act_rate(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	uint64_t need = (*f)->len * 8000ULL / p->a, *busy = &p->busy_ns[(*f)->dir];

	if (*busy < (*f)->due_ns)
		*busy = (*f)->due_ns;
	if (p->b && *busy - (*f)->due_ns > p->b * (1514 * 8000ULL / p->a))
		return act_drop(p, f, extra, n);
	*busy += need;
	(*f)->due_ns = *busy;
	return true;
}

static bool act_dup(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	if (*n < WIRE_COPIES_MAX) {
		extra[*n] = wire_frame_new((*f)->data, (*f)->len, (*f)->dir);
		extra[(*n)++]->due_ns = (*f)->due_ns + p->a;
	}
	return true;
}

static bool act_behind(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	(void)extra, (void)n;
	(*f)->behind = p->a;
	(*f)->due_ns += p->b;
	return true;
}

static bool act_set(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	(void)extra, (void)n;
	for (unsigned int i = 0; i < p->fields; i++)
		wire_set(*f, p->field[i], p->value[i], p->add[i]);
	return true;
}

static bool act_strip(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	(void)extra, (void)n;
	wire_strip(*f, p->a);
	if (p->a == 4)
		wire_strip(*f, 5);
	return true;
}

static bool act_flip(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	struct look l;

	(void)p, (void)extra, (void)n;
	wire_look(*f, &l);
	if (l.family && l.ip + l.ip_len <= (*f)->len)
		(*f)->data[l.ip + l.ip_len - 1] ^= 0x10;
	return true;
}

static bool act_reset(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	struct frame *rst = *n < WIRE_COPIES_MAX ? wire_forge_rst(*f, p->a) : NULL;

	if (rst) {
		extra[(*n)++] = rst;
		act_set(p, &rst, NULL, NULL);
	}
	return true;
}

static bool act_too_big(struct part *p, struct frame **f, struct frame **extra, unsigned int *n)
{
	struct frame *icmp = *n < WIRE_COPIES_MAX ? wire_forge_too_big(*f, p->a) : NULL;

	if (icmp)
		extra[(*n)++] = icmp;
	return act_drop(p, f, extra, n);
}

const struct word wire_words[] = {
	{ "tcp", NOTHING, 0, 0, pass_protocol, NULL },
	{ "icmp", NOTHING, 0, 0, pass_protocol, NULL },
	{ "ip4", NOTHING, 0, 0, pass_protocol, NULL },
	{ "ip6", NOTHING, 0, 0, pass_protocol, NULL },
	{ "syn", NOTHING, 0x12, 0x02, pass_flags, NULL },
	{ "synack", NOTHING, 0x12, 0x12, pass_flags, NULL },
	{ "fin", NOTHING, 0x01, 0x01, pass_flags, NULL },
	{ "rst", NOTHING, 0x04, 0x04, pass_flags, NULL },
	{ "data", NOTHING, 0, 0, pass_payload, NULL },
	{ "ack", NOTHING, 0, 0, pass_payload, NULL },
	{ "port", NUMBER, 0, 0, pass_number, NULL },
	{ "size", RANGE, 0, 0, pass_number, NULL },
	{ "p", PERCENT, 0, 0, pass_chance, NULL },
	{ "after", TIME, 0, 0, pass_time, NULL },
	{ "until", TIME, 0, 0, pass_time, NULL },
	{ "nth", NUMBER, 0, 0, pass_count, NULL },
	{ "first", NUMBER, 0, 0, pass_count, NULL },
	{ "from", NUMBER, 0, 0, pass_count, NULL },
	{ "every", NUMBER, 0, 0, pass_count, NULL },
	{ "drop", NOTHING, 0, 0, NULL, act_drop },
	{ "delay", JITTER, 0, 0, NULL, act_delay },
	{ "rate", RATE, 0, 0, NULL, act_rate },
	{ "dup", TIME, 0, 0, NULL, act_dup },
	{ "behind", BEHIND, 0, 0, NULL, act_behind },
	{ "set", FIELDS, 0, 0, NULL, act_set },
	{ "strip", OPTION, 0, 0, NULL, act_strip },
	{ "flip", NOTHING, 0, 0, NULL, act_flip },
	{ "reset", FIELDS, 0, 0, NULL, act_reset },
	{ "toobig", NUMBER, 0, 0, NULL, act_too_big },
	{ 0 }
};

static void say(FILE *log, const struct rule *r, const struct part *p, const struct frame *f, uint64_t now)
{
	struct look l;

	wire_look(f, &l);
	fprintf(log, "%llu.%09llu %c %u %s %u %u %d 0x%02x %u\n", (unsigned long long)now / 1000000000,
		(unsigned long long)now % 1000000000, "><"[f->dir], r->number, p->word, l.seq, l.ack,
		l.payload, l.tcp_flags, l.ip_len);
}

unsigned int wire_rule_apply(struct rule *r, struct frame **f, uint64_t now, struct frame **extra,
			     FILE *log)
{
	unsigned int n = 0;
	struct look l;

	if (r->dir >= 0 && r->dir != (*f)->dir)
		return 0;
	wire_look(*f, &l);
	for (unsigned int i = 0; i < r->parts; i++)
		if (r->part[i].pass && !r->part[i].pass(&r->part[i], &l, *f, now))
			return 0;
	r->matched++;
	for (unsigned int i = 0; i < r->parts; i++) {
		if (!r->part[i].act)
			continue;
		if (log)
			say(log, r, &r->part[i], *f, now);
		if (!r->part[i].act(&r->part[i], f, extra, &n))
			break;
	}
	return n;
}

uint64_t wire_rule_matched(const struct rule *r)
{
	return r->matched;
}
