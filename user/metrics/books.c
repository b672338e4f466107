// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The books of a run. */
#include "books.h"

#include <sys/utsname.h>

#include "base/names.h"

#ifndef TW_VERSION
#define TW_VERSION "unknown"
#endif

static void tell_lost(enum tw_event_type type, const char *where, uint64_t count, uint64_t wall_ns, tw_sink sink,
		      void *ctx)
{
	struct tw_record record = { .type = type, .ts_ns = wall_ns, .lost = { .count = count, .where = where } };

	if (count)
		sink(ctx, &record);
}

void tw_books_enter(struct tw_books *books, const struct tw_counters *reading, uint64_t wall_ns, tw_sink sink,
		    void *ctx)
{
	struct tw_counters last = books->kernel;

	books->kernel = *reading;
	tell_lost(TW_EV_EVENTS_LOST, "ring", reading->lost_ring - last.lost_ring, wall_ns, sink, ctx);
	tell_lost(TW_EV_TABLE_FULL, "table", reading->lost_table - last.lost_table, wall_ns, sink, ctx);
}

void tw_books_reading(const char *file, uint64_t wall_ns, tw_sink sink, void *ctx)
{
	struct tw_record record = {
		.type = TW_EV_CAPTURE_STARTED,
		.ts_ns = wall_ns,
		.capture = { .version = TW_VERSION, .mode = "file", .file = file },
	};

	sink(ctx, &record);
}

void tw_books_stopped(const struct tw_books *books, uint64_t wall_ns, tw_sink sink, void *ctx)
{
	struct utsname uts;
	struct tw_tally skipped = books->leftout;
	struct tw_record record = {
		.type = TW_EV_CAPTURE_STOPPED,
		.ts_ns = wall_ns,
		.capture = {
			.version = TW_VERSION,
			.kernel = books->offline ? NULL : uts.release,
			.packets = books->offline ? books->read : books->kernel.packets,
			.judged = books->kernel.judged,
			.skipped = &skipped,
			.decapsulated = &books->decapsulated,
			.emitted = books->kernel.emitted,
			.logged = books->conns.shown,
			.lost_ring = books->kernel.lost_ring,
			.lost_table = books->kernel.lost_table,
			.lost_writer = books->log.lost,
			.suppressed = books->kernel.suppressed,
		},
	};

	for (int i = TW_SKIP_OK + 1; i < _TW_SKIP_MAX; i++)
		tw_tally_add(&skipped, tw_skip_word(i), books->kernel.skipped[i]);
	uname(&uts);
	sink(ctx, &record);
}

/* With thousands marked: "1,234,567". The text lives until the eighth call after this one. */
static const char *num(uint64_t n)
{
	static char ring[8][32];
	static unsigned int turn;
	char *at = ring[turn++ % 8] + sizeof(ring[0]) - 1;
	int digits = 0;

	*at = '\0';
	do {
		if (digits && digits % 3 == 0)
			*--at = ',';
		*--at = '0' + n % 10;
		digits++;
	} while (n /= 10);
	return at;
}

static void print_packets(const struct tw_books *b, FILE *out)
{
	const char *separator = " (";

	fprintf(out, "  packets  %s seen, %s judged", num(b->kernel.packets), num(b->kernel.judged));
	for (int i = TW_SKIP_OK + 1; i < _TW_SKIP_MAX; i++) {
		if (!b->kernel.skipped[i])
			continue;
		fprintf(out, "%s%s %s", separator, num(b->kernel.skipped[i]), tw_skip_word(i));
		separator = ", ";
	}
	fputs(*separator == ',' ? ")\n" : "\n", out);
	if (b->kernel.lost_table)
		fprintf(out, "           %s of connections that found a table full: see --max-connections\n",
			num(b->kernel.lost_table));
}

static void print_events(const struct tw_books *b, FILE *out)
{
	fprintf(out, "  events   %s from the kernel = %s logged + %s internal + %s unreadable\n",
		num(b->kernel.emitted), num(b->conns.shown), num(b->conns.internal), num(b->unreadable));
	if (b->kernel.lost_ring)
		fprintf(out, "           %s lost because the ring was full: see --ring\n", num(b->kernel.lost_ring));
	if (b->kernel.suppressed)
		fprintf(out, "           %s held back by the event budget\n", num(b->kernel.suppressed));
	if (b->kernel.emitted != b->conns.shown + b->conns.internal + b->unreadable)
		fputs("           this does not add up: please report it as a bug\n", out);
}

static void print_log(const struct tw_books *b, FILE *out)
{
	uint64_t alerts = b->alerts.raised + b->alerts.cleared;

	fprintf(out, "  log      %s lines = %s events + %s connections and time-outs + %s alerts + %s of its own\n",
		num(b->log.lines), num(b->conns.shown), num(b->conns.made), num(alerts), num(b->own));
	if (b->unwritten)
		fprintf(out, "           %s could not be written\n", num(b->unwritten));
	if (b->log.lines != b->conns.shown + b->conns.made + alerts + b->own)
		fputs("           this does not add up: please report it as a bug\n", out);
}

static void print_recorder(const struct tw_books *b, FILE *out)
{
	const struct tw_recorder_stats *r = &b->recorder;

	fprintf(out, "  capture  %s packets written; occasions: %s, new files: %s\n", num(r->written),
		num(r->connections), num(r->files));
	if (b->kernel.lost_evidence)
		fprintf(out, "           %s lost because they came too fast\n", num(b->kernel.lost_evidence));
	if (r->too_many)
		fprintf(out, "           %s left out: more than %s a second\n", num(r->too_many), num(TW_RECORDER_RATE));
	if (r->unwritten)
		fprintf(out, "           %s could not be written\n", num(r->unwritten));
}

void tw_books_print(const struct tw_books *books, FILE *out)
{
	fprintf(out, "tcpwhy: stopped after %.1f s\n", (books->stopped_ns - books->started_ns) / 1e9);
	print_packets(books, out);
	print_events(books, out);
	print_log(books, out);
	if (books->recorded)
		print_recorder(books, out);
}
