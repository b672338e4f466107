// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The whole road from packets to lines: classifier, decoder, connection table, alerts, log. Each
 * connection is told once, and the books of the table add up.
 */
#include <stdlib.h>
#include <string.h>

#include "alert/alert.h"
#include "capture/nativetable.h"
#include "conn/conn.h"
#include "conn/decode.h"
#include "dump.h"
#include "judge.h"
#include "must.h"
#include "rules/rules.h"
#include "sequence.h"

enum { TOLD_MAX = 4096 };

static struct sequence sequence;
static struct tw_conns *conns;
static struct tw_alerts *alerts;
static struct { uint64_t id[TOLD_MAX]; unsigned int count; } told; /* final records */
static uint64_t shown, made;

static void check_final(const struct tw_record *record)
{
	const struct tw_rec_final *f = &record->final;

	must(record->conn && record->conn->id);
	must(f->duration_ns <= sequence.last_ns - sequence.first_ns);
	must(strlen(f->history) < sizeof(f->history) && f->state[0]);
	for (unsigned int i = 0; i < told.count; i++)
		must(told.id[i] != record->conn->id);
	if (told.count < TOLD_MAX)
		told.id[told.count++] = record->conn->id;
}

/* The same SYN again after a RST, even when the record is written: the attempt goes on, and is told anew. */
static void revive(uint64_t id)
{
	for (unsigned int i = 0; i < told.count; i++)
		if (told.id[i] == id)
			told.id[i] = 0;
}

static void on_alert(void *ctx, const struct tw_record *record)
{
	char text[256];

	judge_record(NULL, record);
	tw_alert_describe(&record->alert, text, sizeof(text));
	judge_text(text, strlen(text), sizeof(text));
}

static void on_record(void *ctx, const struct tw_record *record)
{
	if (record->event)
		shown++;
	else
		made++;
	if (record->type == TW_EV_CONNECTION)
		check_final(record);
	if (record->type == TW_EV_SYN_RETRANSMIT && record->event->syn.after_reset)
		revive(record->event->conn);
	judge_record(NULL, record);
	tw_alerts_sink(alerts, record);
}

static void on_bytes(void *ctx, const void *bytes, size_t len)
{
	struct tw_event event;
	struct tw_flow replaced;

	must(!tw_decode(bytes, len, &event, &replaced));
	dump_event(&event);
	tw_conns_event(conns, &event, &replaced);
}

static void check_books(void)
{
	struct tw_conns_stats stats;

	tw_conns_stats(conns, &stats);
	must(stats.events == stats.shown + stats.internal);
	must(stats.shown == shown && stats.made == made);
}

static int is_local(void *ctx, const struct tw_addr *addr)
{
	return ((const uint8_t *)addr)[15] == 1; /* the first side of each connection */
}

static void run(struct tw_native *native)
{
	struct tw_native_packet packet;

	while (sequence_next(&sequence, &packet)) {
		dump_packet(&packet);
		tw_conns_tick(conns, packet.ts_ns);
		tw_native_feed(native, &packet);
		free((void *)packet.bytes);
	}
	check_books();
	tw_conns_finish(conns, sequence.last_ns);
	check_books();
}

/* The built-in ones, raised by next to nothing. */
static void make_rules(struct tw_rules *rules)
{
	tw_rules_default(rules);
	for (unsigned int i = 0; i < rules->n; i++) {
		rules->rule[i].threshold = rules->rule[i].clear = rules->rule[i].ratio ? 0.01 : 1;
		rules->rule[i].min = 0;
		rules->rule[i].good = 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tw_rules rules;
	struct tw_conns_options options = { .wall_offset_ns = 1600000000 * TW_NS_PER_SEC };
	struct tw_native_options table;
	struct tw_native *native;

	if (!rules.n)
		make_rules(&rules);
	if (!sequence_begin(&sequence, data, size, &table))
		return 0;
	must(!tw_native_new(&native, &table, on_bytes, NULL));
	options.max_connections = table.max_connections;
	options.max_half_open = table.max_half_open;
	options.is_local = sequence.offline ? is_local : NULL;
	told.count = shown = made = 0;
	alerts = tw_alerts_new(&rules, on_alert, NULL);
	conns = tw_conns_new(&options, tw_native_store(native), on_record, NULL);
	dump_begin();
	run(native);
	tw_conns_free(conns);
	tw_alerts_free(alerts);
	tw_native_free(native);
	return 0;
}
