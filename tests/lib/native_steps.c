// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A row's lines to steps, for one variant: packets, repeats, and what must follow. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "native_packet.h"

/* @text is kept. */
static int add_expectation(struct native_expansion *x, const char *text, int line)
{
	struct native_step *s;

	if (!x->steps->count)
		return native_fail(x, "nothing happened yet");
	s = &x->steps->step[x->steps->count - 1];
	s->expect = reallocarray(s->expect, s->expects + 1, sizeof(*s->expect));
	s->expect_lines = reallocarray((int *)s->expect_lines, s->expects + 1, sizeof(*s->expect_lines));
	if (!s->expect || !s->expect_lines)
		return -ENOMEM;
	((int *)s->expect_lines)[s->expects] = line;
	s->expect[s->expects++] = text;
	return 0;
}

/* "open [FIELD…]": a handshake, 20 ms from the responder and 1 ms from the originator. */
static int expand_open(struct native_expansion *x, const char *fields)
{
	static const struct { const char *packet, *event; } lines[] = {
		{ "0 > S mss=1460 ws=7 sack", " syn" }, { "0.020 < SA mss=1460 ws=7 sack", " syn_ack rtt=0.020" },
		{ "0.021 > A", " established syn_rtt=0.020 ack_rtt=0.001" },
	};
	char line[200];
	int err = 0;

	for (int i = 0; i < 3 && !err; i++) {
		snprintf(line, sizeof(line), "%s%s", lines[i].packet, fields);
		err = native_parse_packet(x, line);
		if (!err)
			err = add_expectation(x, lines[i].event, x->line);
	}
	return err;
}

static int expand_line(struct native_expansion *x, size_t at)
{
	const char *line = x->row->lines[at];

	x->line = x->row->numbers[at];
	if (*line == ' ' || *line == '\t' || *line == '?')
		return add_expectation(x, line, x->line);
	if (!strncmp(line, "open", 4))
		return expand_open(x, line + 4);
	return native_parse_packet(x, line);
}

static int expand_repeat(struct native_expansion *x, size_t *at)
{
	unsigned int times = 0;
	size_t first = *at + 1, end = first;
	int err = 0;

	x->line = x->row->numbers[*at];
	if (sscanf(x->row->lines[*at], "repeat %u every %lf", &times, &x->every) != 2)
		return native_fail(x, "repeat N every SECONDS");
	while (end < x->row->count && strcmp(x->row->lines[end], "end"))
		end++;
	for (x->turn = 0; x->turn < times && !err; x->turn++)
		for (size_t i = first; i < end && !err; i++)
			err = expand_line(x, i);
	x->turn = 0;
	*at = end;
	return err;
}

int native_row_expand(const struct native_row *row, const struct native_variant *variant,
		      struct native_steps *steps, char *reason, size_t size)
{
	struct native_expansion x = { .row = row, .variant = variant, .steps = steps, .now_ns = NATIVE_START_NS,
			       .id = { 7000, 100 }, .reason = reason, .size = size };
	int err = 0;

	memset(steps, 0, sizeof(*steps));
	memcpy(steps->base, variant->base, sizeof(steps->base));
	native_parse_end(&x, "c", &steps->end[0]);
	native_parse_end(&x, "s", &steps->end[1]);
	for (size_t i = 0; i < row->count && !err; i++)
		err = strncmp(row->lines[i], "repeat ", 7) ? expand_line(&x, i) : expand_repeat(&x, &i);
	return err;
}

void native_steps_release(struct native_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++) {
		free(steps->step[i].expect);
		free((int *)steps->step[i].expect_lines);
	}
	free(steps->step);
	memset(steps, 0, sizeof(*steps));
}
