// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The loop of a live run. One thread; epoll drives all, and the ring is looked at every 10 ms even when nothing
 * else happens.
 */
#include "cmd_run.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cmd.h"
#include "live/service.h"

#define STATUS_NS (10 * TW_NS_PER_SEC)

int tw_run_add_to_epoll(struct run *run, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* SIGPIPE would end the program without detaching. */
int tw_run_open_signals(struct run *run)
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

int tw_run_open_loop(struct run *run)
{
	int err = tw_ring_new(&run->ring, tw_kern_maps(run->kern)->events, tw_pipeline_bytes, run->pipeline);

	if (!err) {
		run->epoll = epoll_create1(EPOLL_CLOEXEC);
		err = run->epoll < 0 ? -errno : 0;
	}
	if (!err)
		err = tw_run_add_to_epoll(run, tw_ring_fd(run->ring), EPOLLIN | EPOLLET);
	if (!err)
		err = tw_run_add_to_epoll(run, run->signals, EPOLLIN);
	if (!err)
		err = tw_run_add_to_epoll(run, tw_watch_fd(run->watch), EPOLLIN);
	return err ? tw_reason(&run->reason, err, "cannot wait for events: %s", strerror(-err)) : 0;
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

void tw_run_read_counters(struct run *run, uint64_t now_ns)
{
	struct tw_counters reading;

	if (tw_kern_counters(run->kern, &reading))
		return;
	if (reading.lost_table != run->books.kernel.lost_table)
		run->books.full_ns = now_ns;
	tw_books_enter(&run->books, &reading, tw_clock_wall(&run->clock, now_ns), tw_pipeline_own, run->pipeline);
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
	tw_run_read_counters(run, now_ns);
	tw_exporter_run(run->exporter);
	tw_pipeline_second(run->pipeline, now_ns, run->clock.offset_ns);
	tell_status(run, now_ns);
}

void tw_run_look_at_evidence(struct run *run, uint64_t now_ns)
{
	if (!run->recorder)
		return;
	tw_recorder_tick(run->recorder, now_ns, run->clock.offset_ns);
	tw_ring_look(run->evidence); /* once is more than it can hold: a flood of packets must not keep us here */
}

/* One turn. @now_ns was read before the ring is drained. 1: there is more in the ring. */
static int turn(struct run *run, uint64_t now_ns)
{
	int more;

	tw_run_look_at_evidence(run, now_ns);
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

void tw_run_loop(struct run *run)
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
