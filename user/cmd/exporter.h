/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `run --metrics`: gathers the numbers of a live run when they are asked for, and serves /metrics and /healthz. */
#ifndef TCPWHY_USER_EXPORTER_H
#define TCPWHY_USER_EXPORTER_H

#include "live/kern.h"
#include "live/ring.h"
#include "live/watch.h"
#include "metrics/http.h"
#include "metrics/metrics.h"
#include "pipeline.h"
#include "run_options.h"

struct tw_exporter;

/* All are borrowed and must live as long. */
struct tw_exporter_options {
	const struct tw_run_options *run;
	const struct tw_metrics *metrics; /* what the pipeline counts into */
	const struct tw_pipeline *pipeline;
	const struct tw_kern *kern;
	const struct tw_ring *ring;
	const struct tw_watch *watch;
	const struct tw_books *books;     /* the last reading */
	uint64_t start_wall_ns;
};

/* 0 and *@exporter; or -errno with the reason. */
int tw_exporter_open(struct tw_exporter **exporter, const struct tw_exporter_options *options,
		     struct tw_reason *reason);

/* Readable when there is something to do: then, and about every second, tw_exporter_run(). -1 for NULL. */
int tw_exporter_fd(const struct tw_exporter *exporter);
void tw_exporter_run(struct tw_exporter *exporter); /* NULL is fine */

/* NULL is fine. */
void tw_exporter_close(struct tw_exporter *exporter);

#endif
