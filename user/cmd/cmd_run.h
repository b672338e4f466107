/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What `tcpwhy run` holds, and its three parts: cmd_run_open.c makes each piece, cmd_run_loop.c drives them,
 * cmd_run.c has the order in which they come and go.
 */
#ifndef TCPWHY_USER_CMD_RUN_H
#define TCPWHY_USER_CMD_RUN_H

#include "base/clock.h"
#include "exporter.h"
#include "host/ownaddrs.h"
#include "live/kern.h"
#include "live/owner.h"
#include "live/privileges.h"
#include "live/ring.h"
#include "live/watch.h"
#include "metrics/books.h"
#include "pipeline.h"
#include "recorder/recorder.h"
#include "run_options.h"

struct run {
	struct tw_run_options options;
	struct tw_clock clock;
	struct tw_books books;
	struct tw_watch *watch;
	struct tw_kern *kern;
	struct tw_store *store;
	struct tw_ring *ring;
	struct tw_exporter *exporter; /* NULL: nobody asked for metrics */
	struct tw_metrics metrics;
	struct tw_pipeline *pipeline;
	struct tw_recorder *recorder; /* NULL: there is none */
	struct tw_ring *evidence;     /* its packets */
	struct tw_ownaddrs own;
	struct tw_privileges privileges;
	struct tw_owners *owners;
	uint64_t second_ns;    /* when the duties of each second are due */
	uint64_t status_ns;    /* when the service manager is told how it goes */
	int epoll, signals;
	bool stop, config_told;
	struct tw_reason reason;
};

/* --- cmd_run_open.c: 0, or -errno with run->reason --- */

int tw_run_load(struct run *run);
void tw_run_look_at_sockets(struct run *run);
int tw_run_open_pipeline(struct run *run);
int tw_run_open_exporter(struct run *run);
int tw_run_open_recorder(struct run *run);

/* --- cmd_run_loop.c --- */

int tw_run_open_signals(struct run *run);
int tw_run_open_loop(struct run *run);
int tw_run_add_to_epoll(struct run *run, int fd, uint32_t events);
void tw_run_loop(struct run *run);
/* What is in the rings now, and what the kernel counted. */
void tw_run_look_at_evidence(struct run *run, uint64_t now_ns);
void tw_run_read_counters(struct run *run, uint64_t now_ns);

#endif
