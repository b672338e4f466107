/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading rules of the wire, as wire_rule.h explains them. */
#include <stdlib.h>
#include <string.h>

#include "wire_rule.h"

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

static bool read_option(struct part *p, const char *text)
{
	static const char *const names[] = { [2] = "mss", [3] = "wscale", [4] = "sack", [8] = "ts" };

	for (unsigned int i = 2; i < 9; i++)
		if (names[i] && !strcmp(text, names[i]))
			p->a = i;
	return p->a;
}

/* Reads what belongs to the word, from *@rest on; takes what it used. */
static bool read_need(struct part *p, enum wire_need need, char **rest)
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
	bool optional = !strcmp(p->word, "reset");

	for (;;) {
		char *text = *rest + strspn(*rest, " "), word[40] = "";

		sscanf(text, "%39s", word);
		if (optional && !strcmp(word, "back"))
			p->a = 1;
		else if (!read_field(p, word))
			return optional || p->fields;
		*rest = text + strlen(word);
	}
}

static bool read_part(struct rule *r, const char *text, char **rest, uint64_t seed)
{
	struct part *p = &r->part[r->parts];
	const struct word *w = wire_words;

	while (w->word && strcmp(w->word, text))
		w++;
	if (!w->word || r->parts == PARTS_MAX)
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

