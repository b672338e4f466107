// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Packets within packets, on any bytes: what comes out lies in what went in, what is seen from outside is what is found
 * going in, and the core takes what is left.
 *
 * Input: one byte that chooses the link type, then the frame.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conn/decode.h"
#include "capture/encap.h"
#include "must.h"
#include "capture/nativetable.h"
#include "capture/tunnels.h"

static struct tw_native *native;
static struct tw_tunnels *tunnels;
static uint64_t now_ns;

static void on_record(void *ctx, const void *bytes, size_t len)
{
	struct tw_event event;
	struct tw_flow replaced;

	must(!tw_decode(bytes, len, &event, &replaced));
}

static void feed(const struct tw_frame *frame, uint64_t tunnel)
{
	struct tw_native_packet p = { .len = frame->len, .l2 = frame->l2, .offline = true, .ts_ns = now_ns += 1000000, .ifindex = 1 };
	uint8_t *exact = malloc(frame->len);

	memcpy(exact, frame->data, frame->len);
	p.bytes = exact;
	if (tw_tunnels_admit(tunnels, &p, tunnel))
		tw_native_feed(native, &p);
	free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t linktypes[] = { 1, 113, 101, 9, 276, 105, 0, 51 };
	static const struct tw_native_options options = { .max_connections = 100, .max_half_open = 100 };
	struct tw_frame frame;
	struct tw_opened opened;
	enum tw_encap outer;
	uint8_t *exact;
	bool ip;

	if (size < 2)
		return 0;
	if (!native) {
		must(!tw_native_new(&native, &options, on_record, NULL));
		must((tunnels = tw_tunnels_new(10)) != NULL);
	}
	exact = malloc(size - 1);
	memcpy(exact, data + 1, size - 1);
	frame = (struct tw_frame){ .data = exact, .len = size - 1 };
	ip = tw_linktype_strip(linktypes[data[0] % 8], &frame);
	outer = tw_encap_of(&frame, ip);
	opened = tw_encap_open(&frame, ip);
	must(opened.outer == outer && opened.closed < _TW_ENCAP_MAX);
	must(outer || (!opened.closed && !opened.tunnel && opened.ip == ip));
	must(frame.data >= exact && frame.data + frame.len == exact + size - 1);
	if (opened.ip && !opened.closed)
		feed(&frame, opened.tunnel);
	free(exact);
	return 0;
}
