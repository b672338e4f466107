// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* decode → connection table → log and alerts. */
#include "pipeline.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert/action.h"
#include "alert/alert.h"
#include "base/text.h"
#include "conn/decode.h"
#include "log/log.h"
#include "readable/line.h"

struct tw_pipeline {
	struct tw_conns *conns;
	struct tw_alerts *alerts;
	struct tw_log *log;
	struct tw_metrics *metrics; /* NULL: nobody counts */
	struct tw_journal *journal; /* NULL: none */
	bool to_journal;            /* the line that is being made */
	tw_sink recorder;
	void *recorder_ctx;
	uint64_t unreadable, own;
	bool print, colour, wait;   /* wait: for who reads what is printed */
	uint64_t unshown;           /* lines, since standard output was last read */
	bool ending;       /* what is told now is told because we stop: nothing to be alarmed about */
	struct tw_actions *actions; /* NULL: nobody is told */
};

void tw_pipeline_bytes(void *pipeline, const void *bytes, size_t len)
{
	struct tw_pipeline *p = pipeline;
	struct tw_event event;
	struct tw_flow replaced;

	if (tw_decode(bytes, len, &event, &replaced))
		p->unreadable++;
	else
		tw_conns_event(p->conns, &event, &replaced);
}

static void log_record(struct tw_pipeline *p, const struct tw_record *record)
{
	p->to_journal = p->journal && tw_journal_wants(p->journal, record);
	tw_log_record(p->log, record);
	p->to_journal = false;
}

/* Connection table → sinks. */
static void on_record(void *ctx, const struct tw_record *record)
{
	struct tw_pipeline *p = ctx;

	log_record(p, record);
	if (p->metrics)
		tw_metrics_record(p->metrics, record);
	if (p->recorder)
		p->recorder(p->recorder_ctx, record);
	if (!p->ending)
		tw_alerts_sink(p->alerts, record);
}

/* Alerts → log and those who are told. */
static void on_alert(void *ctx, const struct tw_record *record)
{
	struct tw_pipeline *p = ctx;

	log_record(p, record);
	if (p->metrics)
		tw_metrics_record(p->metrics, record);
	if (p->actions)
		tw_actions_alert(p->actions, record);
}

/* Whether standard output takes more: a pipe or terminal that nobody reads would make the loop wait. */
static bool can_print(const struct tw_pipeline *p)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return p->wait || poll(&out, 1, 0);
}

static void print_line(struct tw_pipeline *p, const char *text)
{
	if (can_print(p))
		puts(text);
	else
		p->unshown++;
}

/* 0; -EPIPE: nobody will read it any more. */
static int flush_print(struct tw_pipeline *p)
{
	if (!p->print || !can_print(p))
		return 0;
	if (p->unshown)
		tw_say("%llu lines were not printed: standard output was not read", (unsigned long long)p->unshown);
	p->unshown = 0;
	return fflush(stdout) ? -EPIPE : 0;
}

/* What is not read by now must not hold up our end. */
static void end_print(struct tw_pipeline *p)
{
	if (!p->print)
		return;
	flush_print(p);
	if (!can_print(p))
		__fpurge(stdout);
}

/* Lines of the log → the journal, the person. */
static void on_line(void *ctx, const char *json, size_t len)
{
	struct tw_pipeline *p = ctx;
	char text[TW_LINE_MAX];

	if (p->to_journal)
		tw_journal_line(p->journal, json, len);
	if (p->print && tw_line_from_json(text, sizeof(text), json, len, p->colour))
		print_line(p, text);
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return !fstat(a, &x) && !fstat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int open_log(struct tw_pipeline *p, const struct tw_pipeline_options *options, struct tw_reason *reason)
{
	struct tw_log_options log = {
		.path = options->log,
		.no_file = (options->print || options->journal) && !options->log,
		.rotate = options->rotate,
		.wait = options->wait,
		.line = options->print || options->journal ? on_line : NULL,
		.ctx = p,
	};
	int err = tw_log_open(&p->log, &log);

	if (!err)
		return 0;
	return tw_reason(reason, err, "cannot write the log to %s: %s%s",
			 options->log ? options->log : "standard output", strerror(-err),
			 err == -ENOENT ? "; make its directory first (mkdir -p)" :
			 err == -EBUSY ? "; another tcpwhy is writing it: give this one a log of its own (-w FILE)" : "");
}

int tw_pipeline_open(struct tw_pipeline **pipeline, const struct tw_pipeline_options *options,
		     struct tw_reason *reason)
{
	struct tw_pipeline *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return tw_reason(reason, -ENOMEM, "out of memory");
	p->recorder = options->recorder;
	p->recorder_ctx = options->recorder_ctx;
	p->print = options->print;
	p->wait = options->wait;
	p->metrics = options->metrics;
	p->colour = tw_line_colour(STDOUT_FILENO, options->colour);
	err = options->journal ? tw_journal_open(&p->journal, options->journal, reason) : 0;
	if (!err)
		err = open_log(p, options, reason);
	if (!err) {
		p->alerts = tw_alerts_new(options->rules, on_alert, p);
		p->conns = tw_conns_new(&options->conns, options->store, on_record, p);
		/* Standard error may show what standard output shows: then alerts are not said twice. */
		if (!options->quiet)
			p->actions = tw_actions_new(&options->rules->actions,
						    options->print && same_file(STDOUT_FILENO, STDERR_FILENO));
		if (!p->alerts || !p->conns || (!options->quiet && !p->actions))
			err = tw_reason(reason, -ENOMEM, "out of memory");
		else if (options->rules)
			tw_conns_early_owner(p->conns, tw_rules_use(options->rules, TW_KEY_COMM));
	}
	if (err) {
		tw_pipeline_close(p);
		return err;
	}
	*pipeline = p;
	return 0;
}

void tw_pipeline_own(void *pipeline, const struct tw_record *record)
{
	struct tw_pipeline *p = pipeline;

	p->own++;
	if (record->type == TW_EV_EVENTS_LOST)
		tw_conns_note_loss(p->conns, record->ts_ns);
	if (record->type == TW_EV_TABLE_FULL)
		tw_conns_note_full(p->conns);
	on_record(p, record);
}

int tw_pipeline_tick(struct tw_pipeline *pipeline, uint64_t now_ns)
{
	tw_conns_tick(pipeline->conns, now_ns);
	if (pipeline->actions)
		tw_actions_tick(pipeline->actions, now_ns);
	tw_journal_tick(pipeline->journal);
	if (tw_log_tick(pipeline->log, now_ns) == -EPIPE)
		return -EPIPE;
	return flush_print(pipeline);
}

void tw_pipeline_flush(struct tw_pipeline *pipeline)
{
	tw_log_flush(pipeline->log);
	flush_print(pipeline);
}

void tw_pipeline_second(struct tw_pipeline *pipeline, uint64_t now_ns, int64_t wall_offset_ns)
{
	tw_conns_set_clock(pipeline->conns, wall_offset_ns);
	tw_alerts_tick(pipeline->alerts, now_ns + wall_offset_ns);
}

int tw_pipeline_rules(struct tw_pipeline *pipeline, const struct tw_rules *rules, struct tw_reason *reason)
{
	int err = tw_alerts_change(pipeline->alerts, rules);

	if (!err)
		tw_conns_early_owner(pipeline->conns, tw_rules_use(rules, TW_KEY_COMM));
	if (!err && pipeline->actions) /* after it: what is cleared is told as before */
		err = tw_actions_change(pipeline->actions, &rules->actions);
	return err ? tw_reason(reason, err, "out of memory") : 0;
}

void tw_pipeline_sees_from(struct tw_pipeline *pipeline, uint64_t now_ns)
{
	tw_conns_sees_from(pipeline->conns, now_ns);
}

void tw_pipeline_sees_until(struct tw_pipeline *pipeline, uint64_t now_ns)
{
	tw_conns_sees_until(pipeline->conns, now_ns);
}

int tw_pipeline_reopen(struct tw_pipeline *pipeline)
{
	return tw_log_reopen(pipeline->log);
}

/* What is raised at the end is not cleared by it. */
static void say_open(void *ctx, const char *rule, const char *key)
{
	unsigned int *n = ctx;
	char shown[128] = "";
	struct tw_text text = { .at = shown, .end = shown + sizeof(shown) };

	tw_text_clean(&text, key);
	if ((*n)++ < 10)
		tw_say("alert: %s%s%s is still raised as we stop", rule, *key ? " for " : "", shown);
}

static void say_open_alerts(const struct tw_pipeline *p)
{
	unsigned int n = 0;

	if (!p->actions)
		return;
	tw_alerts_open(p->alerts, say_open, &n);
	if (n > 10)
		tw_say("alert: %u more are still raised as we stop", n - 10);
}

void tw_pipeline_finish(struct tw_pipeline *pipeline, uint64_t now_ns)
{
	pipeline->ending = true;
	say_open_alerts(pipeline);
	tw_conns_finish(pipeline->conns, now_ns);
	tw_log_flush(pipeline->log);
}

void tw_pipeline_account(const struct tw_pipeline *pipeline, struct tw_books *books)
{
	books->unreadable = pipeline->unreadable;
	books->own = pipeline->own;
	tw_conns_stats(pipeline->conns, &books->conns);
	tw_alerts_stats(pipeline->alerts, &books->alerts);
	tw_log_stats(pipeline->log, &books->log);
}

static void close_journal(struct tw_pipeline *p)
{
	uint64_t lost = tw_journal_close(p->journal);

	if (lost)
		tw_say("journal: %llu lines were not sent: it was too slow", (unsigned long long)lost);
}

uint64_t tw_pipeline_close(struct tw_pipeline *pipeline)
{
	uint64_t unwritten;

	if (!pipeline)
		return 0;
	tw_conns_free(pipeline->conns);
	tw_alerts_free(pipeline->alerts);
	unwritten = tw_log_close(pipeline->log);
	close_journal(pipeline);
	end_print(pipeline);
	tw_actions_free(pipeline->actions); /* may take seconds: all else is safe by then */
	free(pipeline);
	return unwritten;
}
