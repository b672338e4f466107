// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The words of an overview: how much there is, verdicts, alerts. */
#include <string.h>
#include <time.h>

#include "base/names.h"
#include "base/wrap.h"
#include "overview.h"
#include "overviewdata.h"

typedef unsigned long long ull;

static void put_time(struct tw_text *text, uint64_t ns)
{
	time_t seconds = ns / 1000000000;
	char clock[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%Y-%m-%d %H:%M:%S", &tm);
	tw_text_put(text, "%s", clock);
}

static void put_span(struct tw_text *text, uint64_t from_ns, uint64_t to_ns)
{
	put_time(text, from_ns);
	tw_text_put(text, " to ");
	put_time(text, to_ns);
	tw_text_put(text, " UTC (");
	tw_text_time(text, (to_ns - from_ns) / 1e9);
	tw_text_put(text, ")");
}

/* What weakens all that follows. */
static void put_losses(struct tw_text *text, const struct tw_overview *o)
{
	if (o->lost)
		tw_text_put(text, " The log has lost %llu event%s: what follows is less sure.", (ull)o->lost, o->lost == 1 ? "" : "s");
	if (o->untracked)
		tw_text_put(text, " %llu packet%s came of connections that found no room in tcpwhy's table and are not here.",
			    (ull)o->untracked, o->untracked == 1 ? "" : "s");
	if (o->evicted)
		tw_text_put(text, " More than %u connections were open at once: silences of %llu of them are not counted.",
			    TW_OVERVIEW_OPEN, (ull)o->evicted);
}

static void put_unfinished(struct tw_text *text, const struct tw_overview *o)
{
	ull open = o->unfinished - o->early;

	if (o->early)
		tw_text_put(text, " %llu failed attempt%s no final record yet (it comes a minute later) and %s told by %s last event.",
			    (ull)o->early, o->early == 1 ? " has" : "s have", o->early == 1 ? "is" : "are",
			    o->early == 1 ? "its" : "their");
	if (open)
		tw_text_put(text, " %llu %s no final record yet: open, or the log ends before.", open, open == 1 ? "has" : "have");
}

void tw_overview_tell_head(const struct tw_overview *o, FILE *to, unsigned int width)
{
	const struct tw_markers *b = o->between;
	char line[1024];
	struct tw_text text = { .at = line, .end = line + sizeof(line) };

	tw_text_put(&text, "%llu connection%s, %llu event%s, ", (ull)o->connections, o->connections == 1 ? "" : "s",
		    (ull)o->events, o->events == 1 ? "" : "s");
	if (o->first_ns)
		put_span(&text, o->first_ns, o->last_ns);
	else
		tw_text_put(&text, "nothing to tell");
	tw_text_put(&text, ".");
	if (b->asked) {
		tw_text_put(&text, " Only what lived between the pings of %u and %u bytes: ", b->first_size, b->last_size);
		put_span(&text, b->from_ns, b->to_ns);
		tw_text_put(&text, ".");
	}
	put_unfinished(&text, o);
	put_losses(&text, o);
	tw_wrap_put(to, "", line, width);
}

unsigned int tw_overview_tell_verdicts(const struct tw_overview *o, FILE *to)
{
	bool told[_TW_VERDICT_MAX] = { false };
	unsigned int n = 0;

	for (;; n++) {
		int most = -1;

		for (int i = 0; i < _TW_VERDICT_MAX; i++)
			if (!told[i] && o->verdicts[i] && (most < 0 || o->verdicts[i] > o->verdicts[most]))
				most = i;
		if (most < 0)
			return n;
		told[most] = true;
		fprintf(to, "%9llu  %-26s %s\n", (ull)o->verdicts[most], tw_verdict_word(most), tw_verdict_meaning(most));
	}
}

bool tw_overview_has_alerts(const struct tw_overview *o)
{
	return o->n_alerts;
}

void tw_overview_tell_alerts(const struct tw_overview *o, FILE *to, unsigned int width)
{
	for (unsigned int i = 0; i < o->n_alerts; i++) {
		const struct alert *a = &o->alerts[i];
		char line[512];
		struct tw_text text = { .at = line, .end = line + sizeof(line) };

		tw_text_clean(&text, a->rule);
		if (a->key[0])
			tw_text_put(&text, " ");
		tw_text_clean(&text, a->key);
		tw_text_put(&text, ": raised %llu time%s, first at ", (ull)a->times, a->times == 1 ? "" : "s");
		tw_text_clean(&text, a->ts);
		tw_text_put(&text, "; up to %.6g in ", a->value);
		tw_text_time(&text, a->window);
		tw_text_put(&text, ", the limit is %.6g.", a->threshold);
		tw_wrap_put(to, "  ", line, width);
	}
	if (o->more_alerts)
		fprintf(to, "  … and %llu more.\n", (ull)o->more_alerts);
}
