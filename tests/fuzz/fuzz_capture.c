// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The capture reader on any file: pcap, pcapng, compressed or not. What it hands over lies in its own
 * memory, a pipe tells the same as a file, and the classifier takes whatever comes out.
 *
 * Input: the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/capture.h"
#include "capture/linktype.h"
#include "capture/nativetable.h"
#include "capture/packetfilter.h"
#include "conn/decode.h"
#include "must.h"

enum { PACKETS_MAX = 500, PIPE_MAX = 60000, INTERFACES_MAX = 4096 };

/* What came out of one reading. */
struct outcome {
	uint64_t hash;
	unsigned int packets;
	int end;
};

static struct tw_ifaces *ifaces;
static struct tw_native *native;
static struct tw_packetfilter *filter;

static void add(struct outcome *o, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++)
		o->hash = (o->hash ^ at[i]) * 0x100000001b3;
}

static void on_record(void *ctx, const void *bytes, size_t len)
{
	struct tw_event event;
	struct tw_flow replaced;

	must(!tw_decode(bytes, len, &event, &replaced));
}

static void feed(const struct tw_packet *packet, const struct tw_frame *frame)
{
	struct tw_native_packet p = { .len = frame->len, .l2 = frame->l2, .offline = true, .ts_ns = packet->ts_ns };
	uint8_t *copy = malloc(frame->len);

	memcpy(copy, frame->data, frame->len);
	p.bytes = copy;
	p.ifindex = packet->ifindex;
	if (frame->ifindex)
		p.ifindex = tw_ifaces_number(ifaces, packet->iface, packet->iface_id, frame->ifindex);
	must(p.ifindex >= 1 && p.ifindex <= INTERFACES_MAX);
	tw_ifaces_name(ifaces, p.ifindex);
	tw_native_feed(native, &p);
	free(copy);
}

static void take(struct outcome *o, const struct tw_packet *packet)
{
	struct tw_frame frame = { .data = packet->data, .len = packet->cap_len };

	add(o, packet->data, packet->cap_len);
	add(o, &packet->ts_ns, sizeof(packet->ts_ns));
	add(o, &packet->wire_len, sizeof(packet->wire_len));
	add(o, &packet->linktype, sizeof(packet->linktype));
	if (packet->iface)
		add(o, packet->iface, strlen(packet->iface));
	tw_packetfilter_passes(filter, packet->linktype, packet->data, packet->cap_len, packet->wire_len);
	if (!tw_linktype_strip(packet->linktype, &frame))
		return;
	must(tw_linktype_is_known(packet->linktype));
	must(frame.l2 == 0 || frame.l2 == 14);
	feed(packet, &frame);
}

static struct outcome read_all(const char *path)
{
	static const struct tw_stream_options options;
	struct outcome o = { .hash = 0xcbf29ce484222325 };
	struct tw_reason reason = { .text = "" };
	struct tw_capture *capture = NULL;
	struct tw_packet packet;
	uint64_t done, size;

	o.end = tw_capture_open(&capture, path, ifaces, &options, &reason);
	must(!o.end == !!capture);
	while (!o.end && o.packets < PACKETS_MAX && (o.end = tw_capture_next(capture, &packet, &reason)) > 0) {
		o.end = 0;
		o.packets++;
		take(&o, &packet);
		tw_capture_progress(capture, &done, &size);
	}
	must(o.end == 0 || (o.end < 0 && reason.text[0]));
	tw_capture_close(capture);
	return o;
}

static struct outcome read_file(const uint8_t *data, size_t size)
{
	char path[32];
	int fd = memfd_create("capture", 0);
	struct outcome o;

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	o = read_all(path);
	close(fd);
	return o;
}

static struct outcome read_pipe(const uint8_t *data, size_t size)
{
	int ends[2], kept = dup(STDIN_FILENO);
	struct outcome o;

	must(!pipe(ends) && write(ends[1], data, size) == (ssize_t)size);
	close(ends[1]);
	must(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
	close(ends[0]);
	o = read_all("-");
	if (kept >= 0)
		dup2(kept, STDIN_FILENO);
	close(kept);
	return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct tw_native_options options = { .max_connections = 100, .max_half_open = 100 };
	struct tw_reason reason;
	struct outcome file, piped;

	if (size > PIPE_MAX)
		return 0;
	if (!filter)
		must(!tw_packetfilter_new(&filter, "tcp port 443 or icmp", &reason));
	ifaces = tw_ifaces_new();
	must(!tw_native_new(&native, &options, on_record, NULL));
	file = read_file(data, size);
	piped = read_pipe(data, size);
	must(file.packets == piped.packets && file.end == piped.end && file.hash == piped.hash);
	tw_native_free(native);
	tw_ifaces_free(ifaces);
	return 0;
}
