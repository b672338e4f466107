// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tcpwhy run: ring → decode → connections → log and alerts. One thread; epoll drives all, and the
 * ring is looked at every 10 ms even when nothing else happens.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "books.h"
#include "clock.h"
#include "cmd.h"
#include "exporter.h"
#include "kern.h"
#include "mapstore.h"
#include "needs.h"
#include "owner.h"
#include "ownaddrs.h"
#include "pipeline.h"
#include "privileges.h"
#include "recorder.h"
#include "ring.h"
#include "run_options.h"
#include "service.h"
#include "socktable.h"
#include "syscalls.h"
#include "watch.h"

#ifndef TW_VERSION
#define TW_VERSION "unknown"
#endif

#define STATUS_NS (10 * TW_NS_PER_SEC)

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

static void on_notice(void *ctx, const char *text)
{
	tw_say("%s", text);
}

/* The configuration in effect: in the log's first line only. */
static const char *config_once(struct run *run)
{
	static char text[TW_CONFIG_SHOW_MAX];

	if (run->config_told || !tw_run_options_show(&run->options, text, sizeof(text)))
		return NULL;
	run->config_told = true;
	return text;
}

static void on_attached(void *ctx, const char *iface, const char *mode)
{
	struct run *run = ctx;
	struct utsname uts;
	struct tw_record record = {
		.type = TW_EV_CAPTURE_STARTED,
		.ts_ns = tw_clock_wall(&run->clock, tw_clock_now()),
		.iface = iface,
		.capture = { .version = TW_VERSION, .kernel = uts.release, .iface = iface, .mode = mode,
			     .config = config_once(run) },
	};

	uname(&uts);
	tw_pipeline_own(run->pipeline, &record);
	tw_pipeline_sees_from(run->pipeline, tw_clock_now());
}

static const char *iface_name(void *ctx, uint32_t ifindex)
{
	return tw_watch_name(((struct run *)ctx)->watch, ifindex);
}

static int is_local(void *ctx, const struct tw_addr *addr)
{
	return tw_ownaddrs_have(&((struct run *)ctx)->own, addr);
}

static int owner(void *ctx, const struct tw_conn_name *name, bool orig, uint64_t until_ns, struct tw_process *process)
{
	return tw_owners_find(((struct run *)ctx)->owners, name, orig, until_ns, process);
}

/* How full its queue is, and who should empty it. */
static int listener(void *ctx, const struct tw_addr *addr, uint16_t port, struct tw_listener *found)
{
	struct tw_process process;
	int err = tw_listener_find(addr, port, found);

	if (err || tw_owners_listener(((struct run *)ctx)->owners, addr, port, &process))
		return err;
	found->pid = process.pid;
	memcpy(found->comm, process.comm, sizeof(found->comm));
	return 0;
}

/* What is open before the first packet is seen, and whose it is. The rest works without. */
static void look_at_sockets(struct run *run)
{
	struct tw_reason reason;
	int err;

	if (!run->options.no_tracepoints && tw_owners_new(&run->owners, &reason))
		tw_say("%s", reason.text);
	err = tw_socktable_tell(tw_kern_maps(run->kern)->sockets);
	if (err)
		tw_say("cannot read the table of sockets: %s; who opened what is open now will be guessed", strerror(-err));
}

static void on_record(void *ctx, const struct tw_record *record)
{
	struct run *run = ctx;

	if (run->recorder)
		tw_recorder_record(run->recorder, record);
}

static int open_pipeline(struct run *run)
{
	struct tw_pipeline_options options = {
		.log = run->options.log,
		.rotate = run->options.rotate,
		.journal = run->options.journal,
		.print = run->options.print,
		.colour = run->options.colour,
		.rules = &run->options.rules,
		.metrics = run->options.metrics ? &run->metrics : NULL,
		.recorder = on_record,
		.recorder_ctx = run,
		.conns = {
			.max_connections = run->options.max_connections,
			.max_half_open = run->options.max_half_open,
			.wall_offset_ns = run->clock.offset_ns,
			.iface_name = iface_name,
			/* without a list of addresses, the hooks tell nearly as well */
			.is_local = tw_ownaddrs_refresh(&run->own) ? NULL : is_local,
			.kernel_words = tw_kern_words(run->kern),
			.owner = owner,
			.listener = listener,
			.ctx = run,
		},
	};
	int err;

	options.store = run->store = tw_mapstore_new(tw_kern_maps(run->kern));
	if (!run->store)
		return tw_reason(&run->reason, -ENOMEM, "out of memory");
	tw_privileges_files(&run->privileges, run->options.log);
	err = tw_pipeline_open(&run->pipeline, &options, &run->reason);
	tw_privileges_files_back();
	return err;
}

static int load(struct run *run)
{
	struct tw_run_options *o = &run->options;
	struct tw_watch_options watch = {
		.names = o->ifaces,
		.n = o->n_ifaces,
		.ingress = o->ingress,
		.notice = on_notice,
		.attached = on_attached,
		.ctx = run,
	};
	struct tw_kern_options kern = {
		.max_connections = o->max_connections,
		.max_half_open = o->max_half_open,
		.ring_bytes = o->ring_mib << 20,
		.program_stats = o->program_stats,
		.no_tracepoints = o->no_tracepoints,
		.capture_bytes = (uint64_t)o->capture_memory_mib << 20,
		.verbose = o->verbose,
		.config = o->config,
	};
	int err = tw_watch_new(&run->watch, &watch, &run->reason);

	if (err)
		return err;
	tw_watch_needs(run->watch, &kern);
	return tw_kern_load(&run->kern, &kern, &run->reason);
}

static int add_to_epoll(struct run *run, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* SIGPIPE would end the program without detaching. */
static int open_signals(struct run *run)
{
	sigset_t set;
	int err;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (run->signals >= 0)
		return 0;
	err = -errno;
	return tw_reason(&run->reason, err, "cannot receive signals: %s", strerror(-err));
}

static int open_loop(struct run *run)
{
	int err = tw_ring_new(&run->ring, tw_kern_maps(run->kern)->events, tw_pipeline_bytes, run->pipeline);

	if (!err) {
		run->epoll = epoll_create1(EPOLL_CLOEXEC);
		err = run->epoll < 0 ? -errno : 0;
	}
	if (!err)
		err = add_to_epoll(run, tw_ring_fd(run->ring), EPOLLIN | EPOLLET);
	if (!err)
		err = add_to_epoll(run, run->signals, EPOLLIN);
	if (!err)
		err = add_to_epoll(run, tw_watch_fd(run->watch), EPOLLIN);
	return err ? tw_reason(&run->reason, err, "cannot wait for events: %s", strerror(-err)) : 0;
}

static int open_exporter(struct run *run)
{
	struct tw_exporter_options options = {
		.run = &run->options,
		.metrics = &run->metrics,
		.pipeline = run->pipeline,
		.kern = run->kern,
		.ring = run->ring,
		.watch = run->watch,
		.start_wall_ns = tw_clock_wall(&run->clock, tw_clock_now()),
	};
	int err;

	if (!run->options.metrics)
		return 0;
	tw_metrics_rules(&run->metrics, &run->options.rules);
	err = tw_exporter_open(&run->exporter, &options, &run->reason);
	if (err)
		return err;
	err = add_to_epoll(run, tw_exporter_fd(run->exporter), EPOLLIN);
	return err ? tw_reason(&run->reason, err, "cannot wait for events: %s", strerror(-err)) : 0;
}

static int recent(void *ctx, uint64_t id, struct tw_recent *recent)
{
	return tw_kern_recent(((struct run *)ctx)->kern, id, recent);
}

/* When privileges are given up: its files are made at any time, and that must work then. */
static int open_recorder(struct run *run)
{
	struct tw_recorder_options options = {
		.path = run->options.capture,
		.file_bytes = (uint64_t)run->options.capture_mib << 20,
		.files = run->options.capture_files,
		.depth = run->options.capture_depth,
		.recent = recent,
		.iface_name = iface_name,
		.notice = on_notice,
		.ctx = run,
	};
	int err;

	if (!options.path)
		return 0;
	err = tw_recorder_new(&run->recorder, &options, &run->reason);
	if (err)
		return err;
	tw_recorder_tick(run->recorder, tw_clock_now(), run->clock.offset_ns);
	err = tw_ring_new(&run->evidence, tw_kern_maps(run->kern)->evidence, tw_recorder_packet, run->recorder);
	return err ? tw_reason(&run->reason, err, "cannot receive packets: %s", strerror(-err)) : 0;
}

static void reopen_log(struct run *run)
{
	int err = tw_pipeline_reopen(run->pipeline);

	if (err)
		tw_say("cannot open the log %s anew: %s; going on in the old one",
		       run->options.log ? run->options.log : "", strerror(-err));
}

/* Packets go on meanwhile: what is watched and what is counted stays. */
static void reload_rules(struct run *run)
{
	struct tw_reason reason;
	bool other = false;

	if (!run->options.conf_path && !run->options.rules_path) {
		tw_say("SIGHUP: there is no file to read rules from; --config and --rules name one");
		return;
	}
	if (tw_run_options_reload(&run->options, &other, &reason) ||
	    tw_pipeline_rules(run->pipeline, &run->options.rules, &reason)) {
		tw_say("SIGHUP: the rules stay as they were: %s", reason.text);
		return;
	}
	tw_metrics_rules(&run->metrics, &run->options.rules);
	tw_say("SIGHUP: the rules were read anew");
	if (other)
		tw_say("SIGHUP: other options have changed too; they take effect at the next start");
}

static void reload(struct run *run)
{
	tw_service_reloading(tw_clock_now());
	reload_rules(run);
	tw_service_ready();
}

static void on_signal(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGUSR1)
			reopen_log(run);
		else if (info.ssi_signo == SIGHUP)
			reload(run);
		else
			run->stop = true;
	}
}

static void read_counters(struct run *run, uint64_t now_ns)
{
	struct tw_counters reading;

	if (!tw_kern_counters(run->kern, &reading))
		tw_books_enter(&run->books, &reading, tw_clock_wall(&run->clock, now_ns), tw_pipeline_own,
			       run->pipeline);
}

static void tell_status(struct run *run, uint64_t now_ns)
{
	struct tw_books *books = &run->books;

	if (now_ns < run->status_ns)
		return;
	run->status_ns = now_ns + STATUS_NS;
	tw_pipeline_account(run->pipeline, books);
	tw_service_status("%llu connections known, %llu lines logged, %llu events lost",
			  (unsigned long long)books->conns.connections, (unsigned long long)books->log.lines,
			  (unsigned long long)(books->kernel.lost_ring + books->log.lost));
}

static void each_second(struct run *run, uint64_t now_ns)
{
	run->second_ns = now_ns + TW_NS_PER_SEC;
	tw_clock_refresh(&run->clock);
	tw_ownaddrs_refresh(&run->own);
	read_counters(run, now_ns);
	tw_exporter_run(run->exporter);
	tw_pipeline_second(run->pipeline, now_ns, run->clock.offset_ns);
	tell_status(run, now_ns);
}

static void look_at_evidence(struct run *run, uint64_t now_ns)
{
	if (!run->recorder)
		return;
	tw_recorder_tick(run->recorder, now_ns, run->clock.offset_ns);
	while (tw_ring_look(run->evidence) > 0)
		;
}

/* One turn. @now_ns was read before the ring is drained. 1: there is more in the ring. */
static int turn(struct run *run, uint64_t now_ns)
{
	int more;

	look_at_evidence(run, now_ns);
	more = tw_ring_look(run->ring);
	if (now_ns >= run->second_ns)
		each_second(run, now_ns);
	if (tw_pipeline_tick(run->pipeline, now_ns))
		run->stop = true; /* nobody reads it any more */
	if (run->options.duration_ns && now_ns - run->books.started_ns >= run->options.duration_ns)
		run->stop = true;
	tw_service_alive(now_ns);
	return more > 0;
}

static void loop(struct run *run)
{
	struct epoll_event events[4];
	int more = 0;

	while (!run->stop) {
		int n = epoll_wait(run->epoll, events, 4, more ? 0 : TW_RING_LOOK_MS);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == run->signals)
				on_signal(run);
			else if (events[i].data.fd == tw_watch_fd(run->watch))
				tw_watch_look(run->watch);
			else if (events[i].data.fd == tw_exporter_fd(run->exporter))
				tw_exporter_run(run->exporter);
		}
		more = turn(run, tw_clock_now());
	}
}

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
	tw_kern_detach_tracepoints(run->kern);
	tw_pipeline_sees_until(run->pipeline, tw_clock_now());
	tw_watch_detach(run->watch);
	now_ns = books->stopped_ns = tw_clock_now();
	look_at_evidence(run, now_ns);
	while (tw_ring_look(run->ring) > 0)
		;
	read_counters(run, now_ns); /* what was lost lowers the confidence of what is told now */
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
	int err = open_signals(run);

	if (!err)
		err = tw_privileges_plan(&run->privileges, run->options.user, &run->reason);
	if (!err)
		err = tw_needs_privileges(&run->reason);
	if (!err)
		err = tw_needs_kernel(&run->reason);
	if (!err)
		err = load(run);
	if (!err)
		look_at_sockets(run);
	if (!err)
		err = open_pipeline(run);
	if (!err)
		err = open_loop(run);
	if (!err)
		err = open_exporter(run);
	if (!err) {
		run->books.started_ns = tw_clock_now();
		tw_kern_attach_tracepoints(run->kern);
		if (!tw_kern_words(run->kern) && !run->options.no_tracepoints)
			tw_say("the kernel's own reasons are missing: it does not offer the tracepoints, or forbids them (tcpwhy doctor)");
		err = tw_watch_attach(run->watch, tw_kern_programs(run->kern), &run->reason);
	}
	if (!err)
		err = confine(run);
	if (!err)
		err = open_recorder(run);
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
		loop(&run);
		finish(&run);
	}
	release(&run);
	return err || run.books.unwritten ? TW_EXIT_FAILED : TW_EXIT_OK;
}
