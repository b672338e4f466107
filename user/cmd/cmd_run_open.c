// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The pieces of a live run: programs, interfaces, sockets, pipeline, metrics, flight recorder. */
#include "cmd_run.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/utsname.h>

#include "cmd.h"
#include "host/socktable.h"
#include "live/mapstore.h"

#ifndef TW_VERSION
#define TW_VERSION "unknown"
#endif

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

static bool ends_here(void *ctx, uint32_t ifindex)
{
	return tw_watch_ends_here(((struct run *)ctx)->watch, ifindex);
}

static int is_local(void *ctx, const struct tw_addr *addr)
{
	return tw_ownaddrs_have(&((struct run *)ctx)->own, addr);
}

static int chrono(void *ctx, const struct tw_conn_name *name, bool orig, uint64_t from_ns, struct tw_chrono *chrono)
{
	return tw_owners_chrono(((struct run *)ctx)->owners, name, orig, from_ns, chrono);
}

static int owner(void *ctx, const struct tw_conn_name *name, bool orig, uint64_t from_ns, uint64_t until_ns,
		 struct tw_process *process)
{
	return tw_owners_find(((struct run *)ctx)->owners, name, orig, from_ns, until_ns, process);
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
void tw_run_look_at_sockets(struct run *run)
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

int tw_run_open_pipeline(struct run *run)
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
			.ends_here = ends_here,
			/* without a list of addresses, the hooks tell nearly as well */
			.is_local = tw_ownaddrs_refresh(&run->own) ? NULL : is_local,
			.kernel_words = tw_kern_words(run->kern),
			.owner = owner,
			.chrono = chrono,
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

int tw_run_load(struct run *run)
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

int tw_run_open_exporter(struct run *run)
{
	struct tw_exporter_options options = {
		.run = &run->options,
		.metrics = &run->metrics,
		.pipeline = run->pipeline,
		.kern = run->kern,
		.ring = run->ring,
		.watch = run->watch,
		.books = &run->books,
		.start_wall_ns = tw_clock_wall(&run->clock, tw_clock_now()),
	};
	int err;

	if (!run->options.metrics)
		return 0;
	tw_metrics_rules(&run->metrics, &run->options.rules);
	err = tw_exporter_open(&run->exporter, &options, &run->reason);
	if (err)
		return err;
	err = tw_run_add_to_epoll(run, tw_exporter_fd(run->exporter), EPOLLIN);
	return err ? tw_reason(&run->reason, err, "cannot wait for events: %s", strerror(-err)) : 0;
}

static int recent(void *ctx, uint64_t id, struct tw_recent *recent)
{
	return tw_kern_recent(((struct run *)ctx)->kern, id, recent);
}

/* When privileges are given up: its files are made at any time, and that must work then. */
int tw_run_open_recorder(struct run *run)
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
