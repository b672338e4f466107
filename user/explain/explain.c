// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From a log to pages. */
#include "explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "advice.h"
#include "base/member.h"
#include "base/names.h"
#include "base/wrap.h"
#include "idlecut.h"
#include "log/logread.h"
#include "pathmtu.h"
#include "outliers.h"
#include "tcpwhy/port.h"

#define WIDTH 110
#define FINDINGS 10   /* lines of each kind */
#define SCAN_PORTS 10 /* ports of one address */

unsigned int tw_explain_width(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH;
	return TW_MIN(TW_MAX(size.ws_col, 60u), 140u);
}

/* --- the first pass: what there is --- */

struct survey {
	struct tw_explain *x;
	struct tw_pick *pick;
	struct tw_overview *overview;
	int err;
};

static bool is_marker(const char *line, size_t len)
{
	static const char event[] = "\"event\":\"marker\"";

	return memmem(line, len, event, sizeof(event) - 1);
}

static bool survey_wants(void *ctx, const char *line, size_t len)
{
	struct survey *s = ctx;

	return tw_pick_may_take(s->pick, line, len) || (s->x->between.asked && is_marker(line, len));
}

static void survey_event(void *ctx, const json_t *event, uint64_t ts_ns)
{
	struct survey *s = ctx;
	bool marker = !strcmp(tw_member_text(event, "event"), "marker");

	if (!s->err && (marker || tw_pick_takes(s->pick, event)))
		s->err = tw_overview_add(s->overview, event, ts_ns);
}

static int survey_log(struct tw_explain *x, struct tw_pick *pick, struct tw_overview *overview, struct tw_logread *read,
		      struct tw_reason *reason)
{
	struct survey s = { .x = x, .pick = pick, .overview = overview };
	int err;

	*read = (struct tw_logread){ .wanted = survey_wants, .event = survey_event, .ctx = &s, .name = x->name };
	err = tw_logread_run(read, x->path, reason);
	if (!err)
		err = s.err;
	if (!err)
		tw_overview_finish(overview);
	return err;
}

/* --- the second pass: the events of a few --- */

struct gathering {
	struct tw_story **stories;
	unsigned int n;
};

static struct tw_story *story_of(const struct gathering *g, const char *conn, size_t len)
{
	for (unsigned int i = 0; i < g->n; i++)
		if (!strncmp(g->stories[i]->conn, conn, len) && !g->stories[i]->conn[len])
			return g->stories[i];
	return NULL;
}

static bool story_wants(void *ctx, const char *line, size_t len)
{
	static const char key[] = "\"conn\":\"";
	const char *at = memmem(line, len, key, sizeof(key) - 1), *end;

	if (!at)
		return false;
	at += sizeof(key) - 1;
	end = memchr(at, '"', line + len - at);
	return end && end - at < 16 && story_of(ctx, at, end - at);
}

static void story_event(void *ctx, const json_t *event, uint64_t ts_ns)
{
	const char *conn = tw_member_text(event, "conn");
	struct tw_story *story = story_of(ctx, conn, strlen(conn));

	if (story)
		tw_story_add(story, event, ts_ns);
}

static int gather(struct tw_explain *x, struct tw_story **stories, unsigned int n, struct tw_reason *reason)
{
	struct gathering g = { stories, n };
	struct tw_logread read = { .wanted = story_wants, .event = story_event, .ctx = &g, .name = x->name };

	int err = n ? tw_logread_run(&read, x->path, reason) : 0;

	for (unsigned int i = 0; i < n && !err; i++)
		err = tw_story_end_early(stories[i]);
	return err;
}

static void free_stories(struct tw_story **stories, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		tw_story_free(stories[i]);
}

/* --- a few whole stories --- */

static int tell_whole(struct tw_explain *x, struct tw_overview *o, struct tw_reason *reason)
{
	unsigned int n = TW_MIN(tw_overview_connections(o), TW_OVERVIEW_FIRST);
	struct tw_story *stories[TW_OVERVIEW_FIRST] = { NULL };
	int err = 0;

	for (unsigned int i = 0; i < n && !err; i++) {
		stories[i] = tw_story_new(tw_overview_first(o, i));
		err = stories[i] ? 0 : -ENOMEM;
	}
	if (!err)
		err = gather(x, stories, n, reason);
	for (unsigned int i = 0; i < n && !err; i++) {
		if (i)
			fputs("\n\n", x->tell.to);
		err = tw_tell_story(&x->tell, stories[i]);
	}
	free_stories(stories, TW_OVERVIEW_FIRST);
	return err;
}

/* --- the overview --- */

static void tell_group(const struct tw_explain *x, unsigned int i, const struct tw_group *g, const struct tw_story *story)
{
	char line[1024], check[TW_ADVICE_TEXT];
	struct tw_text text = { .at = line, .end = line + sizeof(line) };
	const char *verdict = tw_verdict_word(g->verdict);

	fprintf(x->tell.to, "\n%3u. ", i + 1);
	tw_text_put(&text, "%s, ", verdict);
	tw_text_clean(&text, g->service);
	if (g->ports > 1)
		tw_text_put(&text, ", %u ports", g->ports);
	if (g->count > 1)
		tw_text_put(&text, ": %llu connections; the worst of them:", (unsigned long long)g->count);
	fprintf(x->tell.to, x->tell.bold ? "\033[1m%s\033[0m\n" : "%s\n", line);
	text.at = line;
	tw_tell_ends(&text, g->final);
	tw_text_put(&text, "   ");
	tw_text_clean(&text, g->conn);
	tw_text_put(&text, "   ");
	tw_tell_clock(&text, tw_member_text(g->final, "start"));
	fprintf(x->tell.to, "     %s UTC\n", line);
	text.at = line;
	tw_text_clean(&text, tw_member_text(g->final, "why"));
	if (strcmp(tw_member_text(g->final, "confidence"), "high")) {
		tw_text_put(&text, " (Confidence: ");
		tw_text_clean(&text, tw_member_text(g->final, "confidence"));
		tw_text_put(&text, ".)");
	}
	if (g->ports >= SCAN_PORTS)
		tw_text_put(&text, " So many ports of one address: a port scan, or a host that is down or walled off.");
	tw_wrap_put(x->tell.to, "     ", line, x->tell.width);
	tw_tell_short(&x->tell, story);
	if (tw_advice_get(check, story, verdict, TW_ADVICE_CHECK, 0))
		tw_wrap_put(x->tell.to, "     Check first: ", check, x->tell.width);
}

static int tell_worst(struct tw_explain *x, struct tw_overview *o, struct tw_reason *reason)
{
	const struct tw_group *groups[TW_EXPLAIN_WORST_MAX];
	struct tw_story *stories[TW_EXPLAIN_WORST_MAX] = { NULL };
	unsigned int n = tw_overview_worst(o, groups, x->worst);
	int err = 0;

	for (unsigned int i = 0; i < n && !err; i++) {
		stories[i] = tw_story_new(groups[i]->conn);
		err = stories[i] ? 0 : -ENOMEM;
	}
	if (!err)
		err = gather(x, stories, n, reason);
	if (!err && n)
		tw_tell_heading(&x->tell, "The worst");
	for (unsigned int i = 0; i < n && !err; i++)
		tell_group(x, i, groups[i], stories[i]);
	free_stories(stories, TW_EXPLAIN_WORST_MAX);
	return err;
}

/* Each finding is written to memory first: a heading without anything below it helps nobody. */
static void tell_finding(struct tw_explain *x, const char *heading, struct tw_overview *o,
			 unsigned int (*tell)(struct tw_overview *o, FILE *to, unsigned int width))
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	unsigned int n;

	if (!to)
		return;
	n = tell(o, to, x->tell.width);
	fclose(to);
	if (n) {
		tw_tell_heading(&x->tell, heading);
		fputs(text, x->tell.to);
	}
	free(text);
}

static unsigned int tell_verdicts(struct tw_overview *o, FILE *to, unsigned int width)
{
	return tw_overview_tell_verdicts(o, to);
}

static unsigned int tell_idlecuts(struct tw_overview *o, FILE *to, unsigned int width)
{
	return tw_idlecut_tell(tw_overview_idlecuts(o), to, width, FINDINGS);
}

static unsigned int tell_pathmtus(struct tw_overview *o, FILE *to, unsigned int width)
{
	return tw_pathmtu_tell(tw_overview_pathmtus(o), to, width, FINDINGS);
}

static unsigned int tell_outliers(struct tw_overview *o, FILE *to, unsigned int width)
{
	return tw_outliers_tell(tw_overview_outliers(o), to, width, FINDINGS / 2);
}

static int tell_overview(struct tw_explain *x, struct tw_overview *o, struct tw_reason *reason)
{
	int err;

	tw_overview_tell_head(o, x->tell.to, x->tell.width);
	tell_finding(x, "Verdicts", o, tell_verdicts);
	if (tw_overview_has_alerts(o)) {
		tw_tell_heading(&x->tell, "Alerts");
		tw_overview_tell_alerts(o, x->tell.to, x->tell.width);
	}
	tell_finding(x, "Idle connections that die", o, tell_idlecuts);
	tell_finding(x, "Path MTU", o, tell_pathmtus);
	tell_finding(x, "Retransmissions that stand out", o, tell_outliers);
	err = tell_worst(x, o, reason);
	if (!err && tw_overview_connections(o))
		fprintf(x->tell.to, "\n`tcpwhy explain LOG CONN` tells one story whole. CONN: its id as above, ADDR:PORT, or a filter.\n");
	return err;
}

/* --- all --- */

/* What there is instead. */
static int no_such(struct tw_explain *x, struct tw_reason *reason)
{
	struct tw_overview *all = tw_overview_new(&x->between);
	struct tw_logread read;
	unsigned long long n = 0;
	int err = all ? survey_log(x, NULL, all, &read, reason) : -ENOMEM;
	char some[128] = "";

	if (!err) {
		n = tw_overview_connections(all);
		if (n && x->path == x->name)
			snprintf(some, sizeof(some), "; `tcpwhy explain %.60s` tells of %s", x->name, n == 1 ? "it" : "them");
		err = tw_reason(reason, -ENOENT, "%s has no connection '%s'%s; it has %llu %s%s", x->name, x->wanted,
				x->between.asked ? " between these pings" : "", n, n == 1 ? "other" : "others", some);
	}
	tw_overview_free(all);
	return err;
}

static void say_odd(const struct tw_explain *x, const struct tw_logread *read)
{
	if (read->odd)
		tw_say("explain: %llu line%s of %s %s no event%s and left out, first line %llu", (unsigned long long)read->odd,
		       read->odd == 1 ? "" : "s", x->name, read->odd == 1 ? "is" : "are", read->odd == 1 ? "" : "s",
		       (unsigned long long)read->first_odd);
	if (read->cut)
		tw_say("explain: the last line of %s is not whole: it is still written, or was cut off", x->name);
}

static int tell(struct tw_explain *x, struct tw_overview *o, struct tw_reason *reason)
{
	uint64_t n = tw_overview_connections(o);

	if (!n && x->pick)
		return no_such(x, reason);
	if (n && (x->pick || x->between.asked) && n <= TW_OVERVIEW_FIRST)
		return tell_whole(x, o, reason);
	return tell_overview(x, o, reason);
}

int tw_explain_run(struct tw_explain *x, struct tw_reason *reason)
{
	struct tw_overview *o = tw_overview_new(&x->between);
	struct tw_logread read;
	int err = o ? survey_log(x, x->pick, o, &read, reason) : -ENOMEM;

	if (!err)
		say_odd(x, &read);
	if (!err && x->between.asked)
		err = tw_markers_check(&x->between, reason);
	if (!err)
		err = tell(x, o, reason);
	tw_overview_free(o);
	if (!err && fflush(x->tell.to))
		err = errno == EPIPE ? -EPIPE : tw_reason(reason, -errno, "cannot write: %s", strerror(errno));
	return err;
}
