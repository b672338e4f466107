/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the bytes of a source to what people and machines read:
 * decode → connection table → log and alerts. Whoever feeds it also gives it the time.
 */
#ifndef TCPWHY_USER_PIPELINE_H
#define TCPWHY_USER_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"
#include "conn/conn.h"
#include "conn/store.h"
#include "metrics/books.h"
#include "metrics/metrics.h"
#include "readable/journal.h"
#include "record/record.h"
#include "rules/rules.h"

struct tw_pipeline_options {
	const char *log;              /* path; NULL: standard output */
	bool print;                   /* readable lines on standard output: instead of the log there, or beside it */
	struct tw_rotate_options rotate; /* of the log's files; all 0: none */
	enum tw_journal_what journal; /* what goes to the journal, instead of the log on standard output, or beside it */
	bool wait;                    /* for a slow reader of the log, rather than lose a line: captures can wait */
	const char *colour;           /* of those: "auto", "always", "never" */
	bool quiet;                   /* alerts are in the log only: nobody is told, no action is taken */
	const struct tw_rules *rules; /* copied */
	tw_sink recorder;             /* gets what the connection table says, after the log; NULL: nobody does */
	void *recorder_ctx;
	struct tw_conns_options conns;
	struct tw_metrics *metrics;   /* borrowed; counts every record; NULL: nobody does */
	struct tw_store *store;       /* borrowed; must outlive the pipeline */
};

struct tw_pipeline;

/* 0 and *@pipeline; or -errno with the reason. */
int tw_pipeline_open(struct tw_pipeline **pipeline, const struct tw_pipeline_options *options,
		     struct tw_reason *reason);

/* One record of the source. @pipeline: a struct tw_pipeline, so that this can be a callback. */
void tw_pipeline_bytes(void *pipeline, const void *bytes, size_t len);

/* A record that the program itself makes (capture_started, events_lost, …): a tw_sink. */
void tw_pipeline_own(void *pipeline, const struct tw_record *record);

/*
 * About every 10 ms, with the events' clock read before the source was asked: timers, buffered
 * lines. -EPIPE when nobody reads standard output any more, else 0.
 */
int tw_pipeline_tick(struct tw_pipeline *pipeline, uint64_t now_ns);

/* Writes what waits in buffers: nothing else will come soon. */
void tw_pipeline_flush(struct tw_pipeline *pipeline);

/* About every second: the wall clock may have been set, and alerts may be cleared. */
void tw_pipeline_second(struct tw_pipeline *pipeline, uint64_t now_ns, int64_t wall_offset_ns);

/* Other rules from now on: 0, or -errno with the reason, and the old ones stay. */
int tw_pipeline_rules(struct tw_pipeline *pipeline, const struct tw_rules *rules, struct tw_reason *reason);

/* Both directions are seen from @now_ns on; are seen until @now_ns: conn.h. */
void tw_pipeline_sees_from(struct tw_pipeline *pipeline, uint64_t now_ns);
void tw_pipeline_sees_until(struct tw_pipeline *pipeline, uint64_t now_ns);

/* After rotation. 0 or -errno, then the old file stays in use. */
int tw_pipeline_reopen(struct tw_pipeline *pipeline);

/* The end of the input: a final record for each connection, which raises no alert. Own records may follow. */
void tw_pipeline_finish(struct tw_pipeline *pipeline, uint64_t now_ns);

/* What it counted so far. */
void tw_pipeline_account(const struct tw_pipeline *pipeline, struct tw_books *books);

/* Writes what can be written and frees it; returns the lines that could not be written. NULL is fine. */
uint64_t tw_pipeline_close(struct tw_pipeline *pipeline);

#endif
