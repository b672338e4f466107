// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The classifier over sequences of packets: whatever comes, it says nothing impossible, loses nothing
 * and its books add up.
 */
#include <stdlib.h>
#include <string.h>

#include "../../user/capture/nativetable.c" /* its working memory is looked at */
#include "conn/decode.h"
#include "dump.h"
#include "must.h"
#include "sequence.h"

static struct sequence sequence;
static uint64_t records;

/* No duration is longer than what went by. Times are kept in µs that run fast by 0.2 a second (tw_us). */
static void must_have_passed(uint64_t ns)
{
	uint64_t passed = sequence.last_ns - sequence.first_ns;

	must(ns <= passed + passed / 4000000 + 2 * TW_NS_PER_US);
}

static void check_syn(const struct tw_event *e)
{
	must_have_passed(e->syn.rtt_ns);
	must_have_passed(e->syn.since_first_ns);
	must_have_passed(e->syn.interval_ns);
	must(e->syn.answered <= 1 && e->syn.after_reset <= 1 && e->syn.stray <= 1);
	must((e->type == TW_EV_SYN || e->type == TW_EV_SYN_ACK) || e->syn.attempt >= 2);
}

static void check_segment(const struct tw_event *e)
{
	must_have_passed(e->segment.gap_ns);
	must(e->segment.bytes <= e->segment.len + 1); /* a FIN takes one */
	must(e->segment.segments >= 1);
	must(e->type != TW_EV_RETRANSMIT || e->segment.attempt >= 2);
}

static void check_reset(const struct tw_event *e)
{
	must_have_passed(e->reset.silent_ns);
	must(e->type != TW_EV_RESET || e->reset.cause != TW_CAUSE_NONE);
	must(e->type != TW_EV_ENDED || e->reset.end == TW_END_FIN || e->reset.end == TW_END_RESET);
	must(e->reset.ttl_min <= e->reset.ttl_max);
}

static void check_detail(const struct tw_event *e)
{
	switch (e->type) {
	case TW_EV_SYN:
	case TW_EV_SYN_RETRANSMIT:
	case TW_EV_SYN_ACK:
	case TW_EV_SYN_ACK_RETRANSMIT:
		check_syn(e);
		break;
	case TW_EV_ESTABLISHED:
		must_have_passed(e->established.syn_rtt_ns);
		must_have_passed(e->established.ack_rtt_ns);
		break;
	case TW_EV_RETRANSMIT:
	case TW_EV_OUT_OF_ORDER:
	case TW_EV_DUPLICATE_SEGMENT:
		check_segment(e);
		break;
	case TW_EV_RESET:
	case TW_EV_ENDED:
		check_reset(e);
		break;
	case TW_EV_ZERO_WINDOW:
	case TW_EV_WINDOW_OPEN:
		must_have_passed(e->size.stalled_ns);
		break;
	case TW_EV_SLOW_RESPONSE:
	case TW_EV_SLOW_REQUEST:
	case TW_EV_DELAYED_ACK_STALL:
		must_have_passed(e->wait.waited_ns);
		must_have_passed(e->wait.rtt_ns);
		break;
	}
}

static void check_half(const struct tw_half *h)
{
	must(h->ttl_min <= h->ttl_max);
	must(h->data_segments <= h->packets);
	must(!h->rtt_count == !h->rtt_min_ns);
	must(h->rtt_min_ns / 1000 <= h->rtt_max_us);
	must_have_passed(h->rtt_max_us * 1000ull);
	must(h->sent_next < TW_SENT);
	must(h->wscale <= 14 || h->wscale == TW_WSCALE_NONE);
}

static void check_flow(void *ctx, const struct tw_key *key, const struct tw_flow *f)
{
	must(f->id && f->orig <= 1);
	must(f->start_ns >= sequence.first_ns && f->last_ns <= sequence.last_ns && f->start_ns <= f->last_ns);
	must_have_passed(f->syn_rtt_ns);
	check_half(&f->half[0]);
	check_half(&f->half[1]);
}

static void on_record(void *ctx, const void *bytes, size_t len)
{
	static struct tw_event e;
	static struct tw_flow replaced;

	records++;
	must(!tw_decode(bytes, len, &e, &replaced));
	dump_event(&e);
	must(e.ts_ns == sequence.now_ns);
	must(e.ifindex == 1 || e.ifindex == 2);
	must(e.type == TW_EV_MARKER || e.conn || e.type == TW_EV_RESET || e.type == TW_EV_LAND ||
	     e.type == TW_EV_FRAG_NEEDED || e.type == TW_EV_UNREACHABLE);
	if (e.type == TW_EV_REPLACED)
		check_flow(NULL, NULL, &replaced);
	else
		check_detail(&e);
}

static void check_counters(const struct tw_counters *c, const struct tw_counters *before)
{
	uint64_t sum = c->judged;

	for (unsigned int i = 1; i < _TW_SKIP_MAX; i++) {
		must(c->skipped[i] >= before->skipped[i]);
		sum += c->skipped[i];
	}
	must(c->packets == before->packets + 1 && c->packets == sum);
	must(c->emitted == records && !c->lost_ring);
	must(c->suppressed >= before->suppressed && c->lost_table >= before->lost_table);
}

static void check_tables(struct tw_native *n, const struct tw_native_options *options)
{
	struct tw_native_flow *none = NULL;

	must(n->flows4.used <= options->max_connections && n->flows6.used <= options->max_connections);
	must(n->half_open.used <= options->max_half_open && n->troubles.used <= options->max_connections);
	must((n->half_open.table == none) == !n->half_open.used);
	while (!n->store.sweep(&n->store, 2, check_flow, NULL))
		continue;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tw_native_options options;
	struct tw_native_packet packet;
	struct tw_counters before;
	struct tw_native *n;

	if (!sequence_begin(&sequence, data, size, &options))
		return 0;
	must(!tw_native_new(&n, &options, on_record, NULL));
	records = 0;
	dump_begin();
	while (sequence_next(&sequence, &packet)) {
		before = n->counters;
		dump_packet(&packet);
		tw_native_feed(n, &packet);
		must(!n->out.lost);
		check_counters(&n->counters, &before);
		free((void *)packet.bytes);
	}
	check_tables(n, &options);
	tw_native_free(n);
	return 0;
}
