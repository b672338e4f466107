// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * `run --metrics`: the numbers of a live run, gathered when they are asked for.
 *
 * A page that was made less than REUSE_NS ago is given again, so that somebody who asks without a pause
 * cannot take the time that the ring needs.
 */
#include "exporter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/clock.h"
#include "metrics/health.h"
#include "metrics/metrics_text.h"

#ifndef TW_VERSION
#define TW_VERSION "unknown"
#endif

#define REUSE_NS (100 * TW_NS_PER_MS)
#define FULL_NS (10 * TW_NS_PER_SEC) /* so long /healthz speaks of a table that was full */

struct tw_exporter {
	struct tw_exporter_options options;
	struct tw_metrics_view view;
	struct utsname uts;
	struct tw_http *http;
	uint64_t made_ns; /* when the page was; 0: never */
	size_t len;
	char page[TW_METRICS_TEXT_MAX];
};

static void gather_maps(struct tw_metrics_view *v, const struct tw_run_options *run)
{
	const struct tw_conns_stats *conns = &v->books.conns;

	v->map[0] = (struct tw_map_fill){ "flows4", conns->in_kernel[0], run->max_connections };
	v->map[1] = (struct tw_map_fill){ "flows6", conns->in_kernel[1], run->max_connections };
	v->map[2] = (struct tw_map_fill){ "half_open", conns->half_open, run->max_half_open };
	v->n_maps = 3;
}

static void gather(struct tw_exporter *x)
{
	const struct tw_exporter_options *o = &x->options;
	struct tw_metrics_view *v = &x->view;

	tw_kern_counters(o->kern, &v->books.kernel); /* the last reading stays when this one fails */
	tw_pipeline_account(o->pipeline, &v->books);
	tw_usage_read(&v->usage);
	tw_watch_count(o->watch, &v->interfaces, &v->attached);
	gather_maps(v, o->run);
	v->n_programs = tw_kern_program_stats(o->kern, v->program, TW_METRICS_PROGRAMS);
	v->ring_used = tw_ring_used(o->ring);
	v->ring_size = (uint64_t)o->run->ring_mib << 20;
}

static unsigned int write_metrics(void *ctx, struct tw_text *text)
{
	struct tw_exporter *x = ctx;
	struct tw_text page = { .at = x->page, .end = x->page + sizeof(x->page) };
	uint64_t now_ns = tw_clock_now();

	x->view.scrapes++;
	if (!x->made_ns || now_ns - x->made_ns > REUSE_NS) {
		gather(x);
		x->made_ns = now_ns;
		x->len = tw_metrics_text(&page, &x->view) ? 0 : page.at - x->page;
	}
	if (!x->len) {
		tw_text_put(text, "the numbers need more than %u bytes: please report it as a bug\n", TW_METRICS_TEXT_MAX);
		return 500;
	}
	memcpy(text->at, x->page, x->len + 1);
	text->at += x->len;
	return 200;
}

static unsigned int write_health(void *ctx, struct tw_text *text)
{
	const struct tw_exporter *x = ctx;
	struct tw_health health = { 0 };
	struct tw_books books;

	tw_pipeline_account(x->options.pipeline, &books);
	tw_watch_count(x->options.watch, &health.interfaces, &health.attached);
	health.log_error = books.log.error;
	health.lines_held = books.log.held;
	health.table_full = x->options.books->full_ns && tw_clock_now() - x->options.books->full_ns < FULL_NS;
	health.untracked = x->options.books->kernel.lost_table;
	return tw_health_text(text, &health) ? 503 : 200;
}

static const struct tw_http_page pages[] = {
	{ "/metrics", "text/plain; version=0.0.4; charset=utf-8", TW_METRICS_TEXT_MAX, write_metrics },
	{ "/healthz", "text/plain; charset=utf-8", 1024, write_health },
	{ 0 },
};

int tw_exporter_open(struct tw_exporter **exporter, const struct tw_exporter_options *options,
		     struct tw_reason *reason)
{
	struct tw_exporter *x = calloc(1, sizeof(*x));
	int err;

	if (!x)
		return tw_reason(reason, -ENOMEM, "out of memory");
	x->options = *options;
	uname(&x->uts);
	x->view.metrics = options->metrics;
	x->view.version = TW_VERSION;
	x->view.kernel = x->uts.release;
	x->view.start_wall_ns = options->start_wall_ns;
	err = tw_http_open(&x->http, &options->run->metrics_at, pages, x, reason);
	if (err) {
		free(x);
		return err;
	}
	tw_say("metrics are at %s/metrics", tw_http_url(x->http));
	*exporter = x;
	return 0;
}

int tw_exporter_fd(const struct tw_exporter *exporter)
{
	return exporter ? tw_http_fd(exporter->http) : -1;
}

void tw_exporter_run(struct tw_exporter *exporter)
{
	if (exporter)
		tw_http_run(exporter->http);
}

void tw_exporter_close(struct tw_exporter *exporter)
{
	if (!exporter)
		return;
	tw_http_close(exporter->http);
	free(exporter);
}
