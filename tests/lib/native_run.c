// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Runs a row: each step's frame in an exact-size copy, its events against the lines behind it. */
#include "native_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conn/decode.h"
#include "native_expect.h"
#include "tcpwhy/key.h"

#define EVENTS 16 /* of one packet */

struct run {
	const struct native_row *row;
	const struct native_variant *variant;
	struct native_steps steps;
	struct tw_native *native;
	struct tw_event event[EVENTS];
	size_t events;
	uint64_t conn;     /* the last that was spoken of */
	bool unreadable;
	char *reason;
	size_t size;
};

static void on_record(void *ctx, const void *bytes, size_t len)
{
	struct run *run = ctx;
	struct tw_flow replaced;

	if (run->events == EVENTS || tw_decode(bytes, len, &run->event[run->events], &replaced)) {
		run->unreadable = true;
		return;
	}
	if (run->event[run->events].conn && run->event[run->events].type != TW_EV_REPLACED)
		run->conn = run->event[run->events].conn;
	run->events++;
}

size_t native_frame(const struct native_step *step, uint8_t *buf, struct tw_native_packet *packet)
{
	size_t len = pkt_build(&step->pkt, buf, PKT_MAX);

	*packet = (struct tw_native_packet){
		.bytes = buf,
		.len = step->cut && step->cut < len ? step->cut : len,
		.wire_len = len,
		.l2 = step->pkt.no_link ? 0 : 14,
		.ifindex = step->iface,
		.segs = step->segs,
		.gso_size = step->gso_size,
		.egress = step->egress,
		.forwarded = step->forwarded,
		.offline = step->offline,
		.ts_ns = step->ts_ns,
	};
	return len;
}

static int differs(const struct run *run, int line, const char *what)
{
	snprintf(run->reason, run->size, "%s:%d: %s (%s): %s", run->row->file, line, run->row->name, run->variant->name, what);
	return -EINVAL;
}

static int feed(struct run *run, const struct native_step *step)
{
	static uint8_t buf[PKT_MAX];
	struct tw_native_packet packet;
	void *exact;

	if (!native_frame(step, buf, &packet))
		return differs(run, step->line, "the packet cannot be built");
	exact = malloc(packet.len ? packet.len : 1);
	if (!exact)
		return -ENOMEM;
	memcpy(exact, buf, packet.len);
	packet.bytes = exact;
	run->events = 0;
	tw_native_feed(run->native, &packet);
	free(exact);
	return run->unreadable ? differs(run, step->line, "a record that cannot be read, or too many") : 0;
}

static struct tw_addr addr_of(const struct pkt_end *end, bool v6)
{
	struct tw_addr addr;
	uint32_t v4;

	memcpy(&v4, end->addr, 4);
	if (v6)
		memcpy(&addr, end->addr, 16);
	else
		tw_addr_v4(&addr, v4);
	return addr;
}

static int check_state(struct run *run, const char *line, char *what, size_t size)
{
	struct tw_addr c = addr_of(&run->steps.end[0], run->variant->v6), s = addr_of(&run->steps.end[1], run->variant->v6);
	struct tw_store *store = tw_native_store(run->native);
	struct tw_trouble trouble;
	struct tw_flow flow;
	struct tw_key key;
	bool troubled;
	int err;

	tw_key_make(&key, &c, &s, run->steps.end[0].port, run->steps.end[1].port, run->variant->v6 ? 6 : 4);
	err = store->lookup(store, &key, run->conn, &flow, &trouble, &troubled);
	return native_expect_state(&run->steps, err ? NULL : &flow, troubled ? &trouble : NULL, line, what, size);
}

static int unexpected(struct run *run, const struct native_step *step, size_t i)
{
	char text[700], what[800];

	native_describe(&run->steps, step, &run->event[i], text, sizeof(text));
	snprintf(what, sizeof(what), "not expected:%s", text);
	return differs(run, step->line, what);
}

static int check_step(struct run *run, const struct native_step *step)
{
	char what[400], all[1200], text[700];
	size_t seen = 0;
	int err = 0;

	for (size_t i = 0; i < step->expects && !err; i++) {
		if (*step->expect[i] == '?') {
			err = check_state(run, step->expect[i], what, sizeof(what));
			if (err)
				return differs(run, step->expect_lines[i], what);
			continue;
		}
		if (seen == run->events)
			return differs(run, step->expect_lines[i], "this event did not come");
		err = native_expect_event(&run->steps, step, &run->event[seen], step->expect[i], what, sizeof(what));
		if (err) {
			native_describe(&run->steps, step, &run->event[seen], text, sizeof(text));
			snprintf(all, sizeof(all), "%s\n\tgot:%s", what, text);
			return differs(run, step->expect_lines[i], all);
		}
		seen++;
	}
	return seen < run->events ? unexpected(run, step, seen) : 0;
}

int native_row_run(const struct native_row *row, const struct native_variant *variant, char *reason, size_t size)
{
	struct tw_native_options options = { .max_connections = 64, .max_half_open = 64 };
	struct run run = { .row = row, .variant = variant, .reason = reason, .size = size };
	int err;

	err = native_row_expand(row, variant, &run.steps, reason, size);
	if (!err)
		err = tw_native_new(&run.native, &options, on_record, &run);
	for (size_t i = 0; i < run.steps.count && !err; i++) {
		err = feed(&run, &run.steps.step[i]);
		if (!err)
			err = check_step(&run, &run.steps.step[i]);
	}
	tw_native_free(run.native);
	native_steps_release(&run.steps);
	return err;
}
