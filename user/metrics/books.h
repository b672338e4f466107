/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The books of a run: what the core counted, in the kernel or reading captures, what became of it, and whether that adds up.
 * events in the ring = logged + internal + unreadable; what never got there is lost, and said.
 */
#ifndef TCPWHY_USER_BOOKS_H
#define TCPWHY_USER_BOOKS_H

#include <stdbool.h>
#include <stdio.h>

#include "alert/alert.h"
#include "base/tally.h"
#include "conn/conn.h"
#include "log/log.h"
#include "record/record.h"
#include "recorder/recorder.h"
#include "tcpwhy/counters.h"

struct tw_books {
	struct tw_counters kernel;      /* the last reading */
	struct tw_conns_stats conns;    /* these three: at the end */
	struct tw_log_stats log;
	struct tw_alerts_stats alerts;
	uint64_t unreadable;            /* records that tw_decode() refused */
	uint64_t own;                   /* records of the program itself: capture_started, events_lost, … */
	uint64_t unwritten;             /* lines that could not be written */
	uint64_t full_ns;               /* when a connection was last seen to find no room; 0: never did */
	uint64_t started_ns, stopped_ns;
	bool offline;                   /* captures are read: no kernel is asked */
	uint64_t read;                  /* offline: packets of all files, whether the core saw them or not; */
	struct tw_tally leftout;        /* of them: what the core never saw, by why; */
	struct tw_tally decapsulated;   /* and what it saw unpacked only */
	bool recorded;                  /* there was a flight recorder: */
	struct tw_recorder_stats recorder;
};

/* A new reading: events_lost and table_full records for what was lost since the last one. */
void tw_books_enter(struct tw_books *books, const struct tw_counters *reading, uint64_t wall_ns, tw_sink sink,
		    void *ctx);

/* The capture_started record of a file that is read. */
void tw_books_reading(const char *file, uint64_t wall_ns, tw_sink sink, void *ctx);

/* The capture_stopped record. */
void tw_books_stopped(const struct tw_books *books, uint64_t wall_ns, tw_sink sink, void *ctx);

/* Some lines for people. */
void tw_books_print(const struct tw_books *books, FILE *out);

#endif
