// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What happened: times, arrows and sentences, as a ladder or in short. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/member.h"
#include "base/wrap.h"
#include "ladder.h"
#include "tcpwhy/port.h"
#include "tell.h"

#define FOLD_ABOVE 16       /* steps */
#define SHOW_FIRST 40       /* of those that are left then */
#define SHOW_LAST 15
#define SHORT_FIRST 5       /* the same, in short */
#define SHORT_LAST 3
#define CLOCK_WIDTH 9
#define BESIDE_LEAST 96     /* columns: narrower, and the sentences stand below their arrows */
#define BREAK_S 1.0         /* a pause that is drawn */

/* Since the beginning: 0, 52 µs, 1.0 ms, 502 ms, 3.7 s, 812.3 s, 2.51 h */
static void put_since(char *buf, size_t size, uint64_t ns)
{
	struct tw_text text = { .at = buf, .end = buf + size };

	if (ns < 500)
		tw_text_put(&text, "0");
	else if (ns < 999500000)
		tw_text_time(&text, ns / 1e9);
	else if (ns < 10000 * 1000000000ull)
		tw_text_put(&text, "%.1f s", ns / 1e9);
	else
		tw_text_put(&text, "%.2f h", ns / 3.6e12);
}

void tw_tell_clock_column(FILE *to, const char *clock)
{
	size_t columns = tw_wrap_columns(clock, strlen(clock));

	fprintf(to, "%*s%s  ", columns < CLOCK_WIDTH ? (int)(CLOCK_WIDTH - columns) : 0, "", clock);
}

/* The sentence beside the arrow, or below it where there is no room. */
static void tell_row(const struct tw_tell *t, const char *clock, enum tw_arrow arrow, const char *label, const char *text)
{
	size_t indent = CLOCK_WIDTH + 2 + TW_LADDER_WIDTH + 2, len;
	char row[TW_LADDER_WIDTH + 1];
	const char *line;

	tw_ladder_row(row, arrow, label);
	tw_tell_clock_column(t->to, clock);
	if (t->width < BESIDE_LEAST) {
		fprintf(t->to, "%s\n", row);
		tw_wrap_put(t->to, "             ", text, t->width);
		return;
	}
	for (int i = 0; (line = tw_wrap_next(&text, t->width - indent, &len)); i++) {
		if (i) {
			tw_ladder_row(row, TW_ARROW_NONE, "");
			tw_tell_clock_column(t->to, "");
		}
		fprintf(t->to, "%s  %.*s\n", row, (int)len, line);
	}
}

static void tell_pause(const struct tw_tell *t, uint64_t ns)
{
	char pause[32], row[TW_LADDER_WIDTH + 1];
	struct tw_text text = { .at = pause, .end = pause + sizeof(pause) };
	size_t columns;

	tw_ladder_row(row, TW_ARROW_NONE, "");
	tw_story_seconds(&text, ns / 1e9);
	columns = tw_wrap_columns(pause, strlen(pause));
	row[0] = row[TW_LADDER_WIDTH - 1] = ':';
	memcpy(row + (TW_LADDER_WIDTH - columns) / 2, pause, strlen(pause)); /* above 1 s: ASCII */
	tw_tell_clock_column(t->to, "");
	fprintf(t->to, "%s\n", row);
}

static void tell_bars(const struct tw_tell *t, const struct tw_story *s)
{
	const json_t *event = tw_story_any(s);
	const char *side = tw_member_text(event, "side");
	const char *left = !strcmp(side, "originator") ? "originator (here)" : "originator";
	const char *right = !strcmp(side, "responder") ? "responder (here)" : "responder";

	tw_tell_clock_column(t->to, "");
	fprintf(t->to, "%s%*s\n", left, (int)(TW_LADDER_WIDTH - strlen(left)), right);
}

static void tell_steps(const struct tw_tell *t, const struct tw_story *s, const struct tw_step *steps, unsigned int n)
{
	uint64_t start = tw_story_start(s), before = start;
	char clock[32], text[96];

	for (unsigned int i = 0; i < n; i++) {
		uint64_t ts = TW_MAX(steps[i].ts_ns, start);

		if (n > SHOW_FIRST + SHOW_LAST + 1 && i == SHOW_FIRST) {
			snprintf(text, sizeof(text), "… %u more steps are left out here; `tcpwhy tail` shows every event.",
				 n - SHOW_FIRST - SHOW_LAST);
			tell_row(t, "", TW_ARROW_NONE, "", text);
			i = n - SHOW_LAST;
			ts = TW_MAX(steps[i].ts_ns, start);
		} else if (ts > before && ts - before >= BREAK_S * 1e9) {
			tell_pause(t, ts - before);
		}
		put_since(clock, sizeof(clock), ts - start);
		tell_row(t, clock, steps[i].arrow, steps[i].label, steps[i].text);
		before = TW_MAX(steps[i].until_ns, ts);
	}
}

int tw_tell_steps(const struct tw_tell *t, const struct tw_story *s)
{
	unsigned int n;
	struct tw_step *steps = tw_story_steps(s, FOLD_ABOVE, &n);

	if (!steps)
		return -ENOMEM;
	tell_bars(t, s);
	tell_steps(t, s, steps, n);
	free(steps);
	return 0;
}

static void tell_short(const struct tw_tell *t, const char *clock, const char *text)
{
	size_t indent = 4 + CLOCK_WIDTH + 2, len;
	const char *line;

	tw_tell_clock_column(t->to, clock);
	for (int i = 0; (line = tw_wrap_next(&text, t->width - indent, &len)); i++)
		fprintf(t->to, "%*s%.*s\n", i ? (int)indent : 0, "", (int)len, line);
}

int tw_tell_short(const struct tw_tell *t, const struct tw_story *s)
{
	uint64_t start = tw_story_start(s);
	unsigned int n, left_out;
	struct tw_step *steps = tw_story_steps(s, SHORT_FIRST + SHORT_LAST, &n);
	char clock[32];

	if (!steps)
		return -ENOMEM;
	left_out = n > SHORT_FIRST + SHORT_LAST + 1 ? n - SHORT_FIRST - SHORT_LAST : 0;
	for (unsigned int i = 0; i < n; i++) {
		if (left_out && i == SHORT_FIRST) {
			fprintf(t->to, "%*s… %u more steps\n", CLOCK_WIDTH + 6, "", left_out);
			i += left_out;
		}
		put_since(clock, sizeof(clock), TW_MAX(steps[i].ts_ns, start) - start);
		fputs("    ", t->to);
		tell_short(t, clock, steps[i].text);
	}
	free(steps);
	return 0;
}
