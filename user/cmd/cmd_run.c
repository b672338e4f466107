// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcpwhy run: ring → decode → connections → log and alerts. */
#include "cmd_run.h"

#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "host/requirements.h"
#include "live/mapstore.h"
#include "live/service.h"
#include "live/syscalls.h"

static void finish_recorder(struct run *run)
{
	if (!run->recorder)
		return;
	tw_recorder_finish(run->recorder);
	tw_recorder_stats(run->recorder, &run->books.recorder);
	run->books.recorded = true;
}

/* Everything that is still under way comes to its end: packets, ring, connections, log. */
static void finish(struct run *run)
{
	struct tw_books *books = &run->books;
	uint64_t now_ns;

	tw_service_stopping();
	tw_pipeline_sees_until(run->pipeline, tw_clock_now());
	tw_kern_detach_tracepoints(run->kern);
	tw_watch_detach(run->watch);
	now_ns = books->stopped_ns = tw_clock_now();
	tw_run_look_at_evidence(run, now_ns);
	while (tw_ring_look(run->ring) > 0)
		;
	tw_run_read_counters(run, now_ns); /* what was lost lowers the confidence of what is told now */
	tw_owners_look(run->owners);
	tw_pipeline_finish(run->pipeline, now_ns);
	finish_recorder(run);
	tw_pipeline_account(run->pipeline, books);
	tw_books_stopped(books, tw_clock_wall(&run->clock, now_ns), tw_pipeline_own, run->pipeline);
	tw_pipeline_account(run->pipeline, books);
	books->unwritten = books->log.lost + tw_pipeline_close(run->pipeline);
	run->pipeline = NULL;
	tw_books_print(books, stderr);
}

/* Attached: what only the start needed is given up. */
static int confine(struct run *run)
{
	int err = tw_privileges_drop(&run->privileges, &run->reason);

	if (!err && !run->options.no_seccomp)
		err = tw_syscalls_limit(tw_actions_exec(&run->options.rules.actions), &run->reason);
	return err;
}

static int start(struct run *run)
{
	int err = tw_run_open_signals(run);

	if (!err)
		err = tw_privileges_plan(&run->privileges, run->options.user, &run->reason);
	if (!err)
		err = tw_requirements_privileges(&run->reason);
	if (!err)
		err = tw_requirements_kernel(&run->reason);
	if (!err)
		err = tw_run_load(run);
	if (!err)
		tw_run_look_at_sockets(run);
	if (!err) {
		tw_kern_attach_tracepoints(run->kern); /* before the pipeline, which asks which ones there are */
		err = tw_run_open_pipeline(run);
	}
	if (!err)
		err = tw_run_open_loop(run);
	if (!err)
		err = tw_run_open_exporter(run);
	if (!err) {
		run->books.started_ns = tw_clock_now();
		if (!tw_kern_words(run->kern) && !run->options.no_tracepoints)
			tw_say("the kernel's own reasons are missing: it does not offer the tracepoints, or forbids them (tcpwhy doctor)");
		err = tw_watch_attach(run->watch, tw_kern_programs(run->kern), &run->reason);
	}
	if (!err)
		err = confine(run);
	if (!err)
		err = tw_run_open_recorder(run);
	if (!err) {
		tw_pipeline_flush(run->pipeline); /* who waits for us may look into the log at once */
		tw_service_ready();
	}
	return err;
}

static void release(struct run *run)
{
	tw_exporter_close(run->exporter);
	tw_recorder_free(run->recorder);
	tw_watch_free(run->watch);
	tw_ring_free(run->ring);
	tw_ring_free(run->evidence);
	tw_pipeline_close(run->pipeline);
	tw_mapstore_free(run->store);
	tw_kern_free(run->kern);
	tw_owners_free(run->owners);
	tw_ownaddrs_release(&run->own);
	tw_run_options_release(&run->options);
	if (run->epoll >= 0)
		close(run->epoll);
	if (run->signals >= 0)
		close(run->signals);
}

int cmd_run(int argc, char **argv)
{
	static struct run run = { .epoll = -1, .signals = -1 };
	enum tw_parsed parsed = tw_run_options_parse(&run.options, argc, argv);
	int err;

	if (parsed != TW_PARSED_GO)
		return parsed == TW_PARSED_DONE ? TW_EXIT_OK : TW_EXIT_USAGE;
	tw_clock_refresh(&run.clock);
	err = start(&run);
	if (err) {
		tw_say("%s", run.reason.text);
	} else {
		tw_run_loop(&run);
		finish(&run);
	}
	release(&run);
	return err || run.books.unwritten ? TW_EXIT_FAILED : TW_EXIT_OK;
}
