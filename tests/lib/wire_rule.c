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
 *              reset [back] [FIELD=NUMBER|FIELD+=NUMBER…]  a forged RST after it, from its sender
 *                                                      (back: from its receiver)
 *              toobig MTU                              dropped, and an ICMP error says so to its sender
 *
 * Conditions are looked at in their order, and so are the rules; TIME is a number with us, ms or s.
 * Each action is a line of the log: time, direction, rule, action, seq, ack, payload, flags, IP length.
 * Chance is drawn for each condition and direction on its own, so that it does not depend on how
 * the frames of the two directions happen to interleave.
 */
#include <stdlib.h>
#include <string.h>

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

/* Reading */

static bool read_time(const char *text, uint64_t *ns)
{
	char *end;
	double v = strtod(text, &end);
	double unit = !strncmp(end, "us", 2) ? 1e3 : !strncmp(end, "ms", 2) ? 1e6 : *end == 's' ? 1e9 : 0;

	*ns = (uint64_t)(v * unit);
	return unit > 0;
}

/* FIELD=NUMBER or FIELD+=NUMBER. False, and nothing read: it is something else. */
static bool read_field(struct part *p, const char *text)
{
	const char *eq = strchr(text, '=');
	size_t len = eq ? (size_t)(eq - text) : 0;

	if (!len || p->fields == 4 || len >= sizeof(p->field[0]))
		return false;
	p->add[p->fields] = text[len - 1] == '+';
	memcpy(p->field[p->fields], text, len - p->add[p->fields]);
	p->value[p->fields++] = strtoll(eq + 1, NULL, 0);
	return true;
}

static bool read_numbers(struct part *p, const char *text, char between)
{
	char *end;

	p->a = strtoull(text, &end, 0);
	p->b = *end == between ? strtoull(end + 1, NULL, 0) : 0;
	return end != text;
}

enum need { NOTHING, NUMBER, RANGE, PERCENT, TIME, JITTER, RATE, BEHIND, FIELDS, OPTION };

static const struct word {
	const char *word;
	enum need need;
	uint64_t a, b;
	bool (*pass)(struct part *p, const struct look *l, const struct frame *f, uint64_t now);
	bool (*act)(struct part *p, struct frame **f, struct frame **extra, unsigned int *n);
} words[] = {
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
	{ "reset", FIELDS, 0, 0, NULL, act_reset },
	{ "toobig", NUMBER, 0, 0, NULL, act_too_big },
};

static bool read_option(struct part *p, const char *text)
{
	static const char *const names[] = { [2] = "mss", [3] = "wscale", [4] = "sack", [8] = "ts" };

	for (unsigned int i = 2; i < 9; i++)
		if (names[i] && !strcmp(text, names[i]))
			p->a = i;
	return p->a;
}

/* Reads what belongs to the word, from *@rest on; takes what it used. */
static bool read_need(struct part *p, enum need need, char **rest)
{
	char *text = need == NOTHING ? NULL : strtok_r(NULL, " ", rest), *more;

	if (need == NOTHING)
		return true;
	if (!text)
		return false;
	switch (need) {
	case NUMBER:
		return read_numbers(p, text, '/') && p->a;
	case RANGE:
		if (!read_numbers(p, text, '-'))
			return false;
		p->b = strchr(text, '-') ? p->b : p->a;
		return true;
	case PERCENT:
		p->a = (uint64_t)(strtod(text, NULL) * 1e4);
		return p->a;
	case RATE:
		return read_numbers(p, text, '/') && p->a;
	case BEHIND:
		p->a = strtoull(text, &more, 0);
		p->b = 200000000;
		return p->a && (*more != '/' || read_time(more + 1, &p->b));
	case JITTER:
		more = strchr(text, '~');
		return read_time(text, &p->a) && (!more || read_time(more + 1, &p->b));
	case TIME:
		return read_time(text, &p->a);
	case OPTION:
		return read_option(p, text);
	default:
		return false;
	}
}

/* What may follow "reset" and "set": looks at the words and takes those that belong to it. */
static bool read_fields(struct part *p, char **rest)
{
	for (;;) {
		char *text = *rest + strspn(*rest, " "), word[40] = "";

		sscanf(text, "%39s", word);
		if (p->act == act_reset && !strcmp(word, "back"))
			p->a = 1;
		else if (!read_field(p, word))
			return p->act == act_reset || p->fields;
		*rest = text + strlen(word);
	}
}

static bool read_part(struct rule *r, const char *text, char **rest, uint64_t seed)
{
	struct part *p = &r->part[r->parts];
	const struct word *w = words, *end = words + sizeof(words) / sizeof(*words);

	while (w < end && strcmp(w->word, text))
		w++;
	if (w == end || r->parts == PARTS_MAX)
		return false;
	*p = (struct part){ .word = w->word, .pass = w->pass, .act = w->act, .a = w->a, .b = w->b };
	for (unsigned int d = 0; d < 2; d++)
		p->random[d] = seed * 1000003 + r->number * 8191 + r->parts * 131 + d;
	r->parts++;
	return w->need == FIELDS ? read_fields(p, rest) : read_need(p, w->need, rest);
}

struct rule *wire_rule_new(const char *text, unsigned int number, uint64_t seed)
{
	char *copy = strdup(text), *rest = NULL, *word;
	struct rule *r = calloc(1, sizeof(*r));

	r->number = number;
	r->dir = -1;
	for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if ((*word == '>' || *word == '<') && !word[1] && !r->parts) {
			r->dir = *word == '<';
		} else if (!read_part(r, word, &rest, seed)) {
			fprintf(stderr, "wire: cannot read \"%s\" in rule \"%s\"\n", word, text);
			return NULL;
		}
	}
	free(copy);
	return r;
}

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
