// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tcpwhy read: captures → the core → decode → connections → log and alerts. Time is the packets' own:
 * nothing here depends on when, or how fast, it runs.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/progress.h"
#include "capture/capture.h"
#include "capture/encap.h"
#include "capture/linktype.h"
#include "capture/nativetable.h"
#include "capture/packetfilter.h"
#include "capture/packetsort.h"
#include "capture/tunnels.h"
#include "cmd.h"
#include "leftout.h"
#include "metrics/books.h"
#include "pipeline.h"
#include "read_options.h"

#define PROGRESS_PACKETS 4096 /* the clock is asked once in so many */
#define IFACE_BITS 13 /* of an observation point: see ifaces.h */
#define TUNNEL_BITS 18
#define TICK_NS (20 * TW_NS_PER_MS) /* less than what timers are exact to */

struct read {
	struct tw_read_options options;
	struct tw_ifaces *ifaces;
	struct tw_packetfilter *filter;
	struct tw_native *native;
	struct tw_pipeline *pipeline;
	struct tw_tunnels *tunnels; /* NULL: packets are taken as they are */
	struct tw_packetsort *sort; /* packets of our flight recorder, until the last file is read */
	uint64_t until_ns;          /* and when it was still running */
	struct tw_progress progress;
	struct tw_books books;
	uint8_t headers[256];   /* of a packet without a length */
	uint64_t now_ns;        /* the latest time of any packet */
	uint64_t tick_ns, second_ns; /* when the pipeline wants to know it again */
	uint64_t packets, passed;
	struct tw_leftout file, all; /* of this file; of those before */
	int status;
	struct tw_reason reason;
};

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
	stop = 1;
}

static const char *iface_name(void *ctx, uint32_t ifindex)
{
	struct read *read = ctx;

	return tw_ifaces_name(read->ifaces, ifindex & ((1u << IFACE_BITS) - 1));
}

static int is_local(void *ctx, const struct tw_addr *addr)
{
	const struct read *read = ctx;

	return tw_prefixes_have(&read->options.local, addr);
}

/* Nothing to read at the moment: what is known by now should be seen. */
static void on_idle(void *ctx)
{
	struct read *read = ctx;

	tw_pipeline_flush(read->pipeline);
}

/* --- packets --- */

/* Time goes on with each packet, and never back: captures may be out of order. */
static void advance(struct read *read, uint64_t ts_ns)
{
	if (ts_ns <= read->now_ns)
		return;
	read->now_ns = ts_ns;
	if (ts_ns < read->tick_ns)
		return;
	read->tick_ns = ts_ns + TICK_NS;
	if (tw_pipeline_tick(read->pipeline, ts_ns) == -EPIPE)
		stop = 1;
	if (ts_ns < read->second_ns)
		return;
	read->second_ns = ts_ns + TW_NS_PER_SEC;
	tw_pipeline_second(read->pipeline, ts_ns, 0);
	tw_books_enter(&read->books, tw_native_counters(read->native), ts_ns, tw_pipeline_own, read->pipeline);
}

/*
 * Captures on the sending host have super-packets whose length the network card would have filled in: 0.
 * They get it from the frame, in a copy of their headers. @wire_len: of the frame, its link header stripped.
 */
static void fill_in_length(struct read *read, struct tw_native_packet *p, uint32_t wire_len)
{
	const uint8_t *ip = (const uint8_t *)p->bytes + p->l2;

	if (p->len < p->l2 + 20 || ip[0] >> 4 != 4 || ip[2] || ip[3] || wire_len < p->l2 + 20)
		return;
	if (wire_len > UINT16_MAX) {
		p->wire_len = wire_len;
		return;
	}
	p->len = TW_MIN(p->len, sizeof(read->headers));
	memcpy(read->headers, p->bytes, p->len);
	read->headers[p->l2 + 2] = (wire_len - p->l2) >> 8;
	read->headers[p->l2 + 3] = wire_len - p->l2;
	p->bytes = read->headers;
}

/* @tunnel: 0: it was in none. One that was is seen at a place of its own: beside it, the same packet may be seen bare. */
static void feed(struct read *read, const struct tw_packet *packet, const struct tw_frame *frame, uint64_t tunnel)
{
	struct tw_native_packet p = {
		.bytes = frame->data,
		.len = frame->len,
		.wire_len = 0, /* the IP header alone is believed: some captures are cut and do not say so */
		.l2 = frame->l2,
		.ifindex = packet->ifindex,
		.offline = true,
		.ts_ns = packet->ts_ns,
	};

	if (frame->ifindex)
		p.ifindex = tw_ifaces_number(read->ifaces, packet->iface, packet->iface_id, frame->ifindex);
	p.ifindex |= (tunnel & ((1u << TUNNEL_BITS) - 1)) << IFACE_BITS;
	fill_in_length(read, &p, packet->wire_len - (packet->cap_len - frame->len));
	if (read->tunnels && !tw_tunnels_admit(read->tunnels, &p, tunnel))
		read->file.other_tunnel++;
	else
		tw_native_feed(read->native, &p);
}

/* What is wrapped is unpacked if that was asked for. @ip: as tw_linktype_strip() found. */
static void unwrap(struct read *read, const struct tw_packet *packet, struct tw_frame *frame, bool ip)
{
	struct tw_opened opened = { .ip = ip };

	if (read->options.decap)
		opened = tw_encap_open(frame, ip);
	else
		opened.closed = tw_encap_of(frame, ip);
	if (opened.closed) {
		read->file.closed[opened.closed]++;
		return;
	}
	read->file.opened[opened.outer] += !!opened.outer;
	if (opened.ip)
		feed(read, packet, frame, opened.tunnel);
	else
		read->file.no_ip++;
}

static void on_packet(struct read *read, const struct tw_packet *packet)
{
	struct tw_frame frame = { .data = packet->data, .len = packet->cap_len };
	bool ip;

	advance(read, packet->ts_ns);
	read->packets++;
	if (!tw_packetfilter_passes(read->filter, packet->linktype, packet->data, packet->cap_len, packet->wire_len)) {
		read->file.filtered++;
		return;
	}
	read->passed++;
	ip = tw_linktype_strip(packet->linktype, &frame);
	if (ip || tw_linktype_is_known(packet->linktype)) {
		unwrap(read, packet, &frame, ip);
		return;
	}
	read->file.unknown++;
	read->file.unknown_type = packet->linktype;
}

/* --- files --- */

static void show_progress(struct read *read, const struct tw_capture *capture)
{
	uint64_t done, size;

	tw_capture_progress(capture, &done, &size);
	tw_progress_show(&read->progress, done, size);
}

/* Now, or when all files are read. */
static void take(struct read *read, const struct tw_capture *capture, const struct tw_packet *packet)
{
	if (!tw_capture_is_evidence(capture) || tw_packetsort_add(read->sort, packet))
		on_packet(read, packet);
}

static void on_sorted(void *ctx, const struct tw_packet *packet)
{
	on_packet(ctx, packet);
}

/* A file without packets has no time to be told at. */
static int read_packets(struct read *read, struct tw_capture *capture, const char *path)
{
	struct tw_packet packet;
	bool begun = false;
	int more;

	while ((more = tw_capture_next(capture, &packet, &read->reason)) > 0 && !stop) {
		if (!begun)
			tw_books_reading(path, packet.ts_ns, tw_pipeline_own, read->pipeline);
		begun = true;
		take(read, capture, &packet);
		if (read->packets % PROGRESS_PACKETS == 0)
			show_progress(read, capture);
	}
	if (tw_capture_is_evidence(capture))
		read->until_ns = TW_MAX(read->until_ns, tw_capture_until(capture));
	return more < 0 ? more : 0;
}

/* Packets of our flight recorder are not in yet: told with the rest, in the end. */
static void close_file(struct read *read, const char *path)
{
	tw_leftout_say(&read->file, path, read->options.decap);
	tw_leftout_add(&read->all, &read->file);
	read->file = (struct tw_leftout){ 0 };
}

static void read_file(struct read *read, const char *path)
{
	struct tw_stream_options stream = { .idle = on_idle, .ctx = read, .stop = &stop };
	struct tw_capture *capture = NULL;
	int err = tw_capture_open(&capture, path, read->ifaces, &stream, &read->reason);

	tw_progress_start(&read->progress, path);
	if (!err)
		err = read_packets(read, capture, path);
	tw_progress_clear(&read->progress);
	tw_capture_close(capture);
	close_file(read, path);
	if (!err || stop)
		return;
	tw_say("%s", read->reason.text);
	read->status = err == -EBADMSG ? TW_EXIT_USAGE : TW_MAX(read->status, TW_EXIT_FAILED);
}

/* --- begin and end --- */

static int open_pipeline(struct read *read)
{
	struct tw_read_options *o = &read->options;
	struct tw_pipeline_options pipeline = {
		.log = o->log,
		.print = o->print,
		.wait = true,
		.quiet = true, /* nobody has to act on what was long ago */
		.colour = o->colour,
		.rules = &o->rules,
		.conns = {
			.max_connections = o->max_connections,
			.max_half_open = o->max_half_open,
			.iface_name = iface_name,
			.is_local = o->local.n ? is_local : NULL,
			.ctx = read,
		},
		.store = tw_native_store(read->native),
	};

	return tw_pipeline_open(&read->pipeline, &pipeline, &read->reason);
}

/* The core's bytes: the pipeline is opened after the core, whose store it needs. */
static void on_bytes(void *ctx, const void *bytes, size_t len)
{
	struct read *read = ctx;

	tw_pipeline_bytes(read->pipeline, bytes, len);
}

static int open_core(struct read *read)
{
	struct tw_native_options native = {
		.max_connections = read->options.max_connections,
		.max_half_open = read->options.max_half_open,
	};

	tw_cfg = read->options.config;
	read->ifaces = tw_ifaces_new();
	read->sort = tw_packetsort_new();
	if (read->options.decap)
		read->tunnels = tw_tunnels_new(read->options.max_connections);
	if (!read->ifaces || !read->sort || (read->options.decap && !read->tunnels) || tw_native_new(&read->native, &native, on_bytes, read))
		return tw_reason(&read->reason, -ENOMEM, "out of memory");
	return 0;
}

/* A second signal ends the program at once. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* A word alone may have been meant as a file. */
static int take_expression(struct read *read, const char *expression)
{
	struct tw_reason why;
	int err = tw_packetfilter_new(&read->filter, expression, &why);

	if (err)
		tw_reason(&read->reason, err, "%s%s", why.text, strchr(expression, ' ') ? "" : "; and there is no file of that name");
	return err;
}

static int start(struct read *read)
{
	int err = read->options.expression ? take_expression(read, read->options.expression) : 0;

	if (!err)
		err = open_core(read);
	if (!err)
		err = open_pipeline(read);
	if (!err)
		catch_signals();
	return err;
}

/* What was not read, and why: silence would look like health. */
static void say_missing(const struct read *read)
{
	const struct tw_counters *c = tw_native_counters(read->native);

	if (read->all.unknown)
		tw_say("%llu packets have a link header that is not known (LINKTYPE %u) and were not read",
		       (unsigned long long)read->all.unknown, read->all.unknown_type);
	if (tw_packetfilter_unjudged(read->filter))
		tw_say("%llu packets have a link header for which '%s' has no meaning, and were not read",
		       (unsigned long long)tw_packetfilter_unjudged(read->filter), read->options.expression);
	if (c->skipped[TW_SKIP_TRUNCATED])
		tw_say("%llu packets were captured too short for their headers and were not judged",
		       (unsigned long long)c->skipped[TW_SKIP_TRUNCATED]);
	if (c->lost_table)
		tw_say("%llu packets belong to connections that found the table full: see --max-connections",
		       (unsigned long long)c->lost_table);
}

static void sum_up(const struct read *read)
{
	tw_say("%llu packets, of which %llu passed the filter and %llu were judged; %llu lines of log",
	       (unsigned long long)read->packets, (unsigned long long)read->passed,
	       (unsigned long long)read->books.kernel.judged, (unsigned long long)read->books.log.lines);
}

static void finish(struct read *read)
{
	struct tw_books *books = &read->books;

	tw_packetsort_each(read->sort, on_sorted, read);
	close_file(read, NULL);
	advance(read, read->until_ns);
	tw_pipeline_second(read->pipeline, read->now_ns, 0);
	tw_pipeline_finish(read->pipeline, read->now_ns);
	tw_books_enter(books, tw_native_counters(read->native), read->now_ns, tw_pipeline_own, read->pipeline);
	tw_pipeline_account(read->pipeline, books);
	books->read = read->packets;
	tw_leftout_skipped(&read->all, &books->leftout);
	tw_leftout_opened(&read->all, &books->decapsulated);
	if (read->packets)
		tw_books_stopped(books, read->now_ns, tw_pipeline_own, read->pipeline);
	books->unwritten = tw_pipeline_close(read->pipeline);
	read->pipeline = NULL;
	if (books->unwritten)
		read->status = TW_MAX(read->status, TW_EXIT_FAILED);
	say_missing(read);
	if (read->options.verbose)
		sum_up(read);
}

static void release(struct read *read)
{
	tw_pipeline_close(read->pipeline);
	tw_native_free(read->native);
	tw_packetfilter_free(read->filter);
	tw_packetsort_free(read->sort);
	tw_tunnels_free(read->tunnels);
	tw_ifaces_free(read->ifaces);
	free(read->options.expression);
}

int cmd_read(int argc, char **argv)
{
	static struct read read = { .books.offline = true };
	enum tw_parsed parsed = tw_read_options_parse(&read.options, argc, argv);
	int err;

	if (parsed != TW_PARSED_GO)
		return parsed == TW_PARSED_DONE ? TW_EXIT_OK : TW_EXIT_USAGE;
	err = start(&read);
	if (err) {
		tw_say("%s", read.reason.text);
		read.status = err == -EINVAL ? TW_EXIT_USAGE : TW_EXIT_FAILED;
	} else {
		for (unsigned int i = 0; i < read.options.n_files && !stop; i++)
			read_file(&read, read.options.files[i]);
		finish(&read);
	}
	release(&read);
	return read.status;
}
