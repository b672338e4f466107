// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The core without a kernel: the same road as bpf/tcpwhy.bpf.c, fast parser, plain progress, full parser
 * on a copy of at most 256 bytes, classifier, with hash tables for maps.
 */
#include "nativetable.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nativemap.h"
#include "tcpwhy/config.h"
#include "tcpwhy/emit.h"
#include "tcpwhy/fast.h"
#include "tcpwhy/hook.h"
#include "tcpwhy/parse.h"
#include "tcpwhy/plain.h"

struct tw_config tw_cfg = TW_CONFIG_DEFAULT;

/* One packet ends two incarnations at most, and says TW_OUT_MAX events. */
#define RECORDS_MAX (TW_OUT_MAX + 4)

struct tw_native {
	struct tw_store store; /* first */
	struct tw_flowmap flows4, flows6, half_open;
	struct tw_troublemap troubles;
	struct tw_counters counters;
	tw_native_record record;
	void *ctx;
	bool in_flows6; /* where sweep() is */
	/* Working memory of one packet. */
	struct tw_hdr hdr;
	struct tw_obs obs;
	struct tw_out out;
	struct tw_flow blank;
	/* What it said. Told when the packet is judged: who hears it may forget connections, this one too. */
	struct tw_event_replaced said[RECORDS_MAX];
	u32 n_said;
};

/* ---- the tables that tcpwhy/feed.h asks for, of the one that is being fed ---- */

static _Thread_local struct tw_native *fed;

static struct tw_flowmap *flows_of(struct tw_native *n, const struct tw_key *key)
{
	return key->family == 6 ? &n->flows6 : &n->flows4;
}

static struct tw_flow *tw_table_flow(const struct tw_obs *o)
{
	return tw_flowmap_find(flows_of(fed, &o->pkt.key), &o->pkt.key);
}

static struct tw_flow *tw_table_half(const struct tw_obs *o)
{
	return tw_flowmap_find(&fed->half_open, &o->pkt.key);
}

static struct tw_flow *tw_table_add_flow(const struct tw_obs *o, const struct tw_flow *f)
{
	return tw_flowmap_add(flows_of(fed, &o->pkt.key), &o->pkt.key, f);
}

static struct tw_flow *tw_table_add_half(const struct tw_obs *o, const struct tw_flow *f)
{
	return tw_flowmap_add(&fed->half_open, &o->pkt.key, f);
}

static void tw_table_drop_half(const struct tw_obs *o)
{
	tw_flowmap_remove(&fed->half_open, &o->pkt.key);
}

static struct tw_trouble *tw_table_trouble(u64 id, int create)
{
	struct tw_trouble *t = tw_troublemap_find(&fed->troubles, id);

	return t || !create ? t : tw_troublemap_add(&fed->troubles, id);
}

/* A capture has no sockets. */
static u8 tw_table_opener(const struct tw_obs *o)
{
	return 0;
}

static struct tw_flow *tw_table_blank(void)
{
	return &fed->blank;
}

static void tw_table_full(void)
{
	fed->counters.lost_table++;
}

static struct tw_event_replaced *next_record(void)
{
	assert(fed->n_said < RECORDS_MAX);
	fed->counters.emitted++;
	return &fed->said[fed->n_said++];
}

static void emit_one(const struct tw_flow *f, const struct tw_obs *o, const struct tw_said *s)
{
	struct tw_event *e;
	int held = 0;

	if (!f) {
		held = tw_stray_budget(&fed->counters, s->type, o->pkt.ts_ns);
		if (held < 0)
			return;
	}
	e = &next_record()->event;
	tw_event_fill(e, s->type, s->suppressed + held, f, o);
	memcpy(e->raw, s->raw, sizeof(e->raw));
}

static void tw_table_emit(const struct tw_flow *f, const struct tw_obs *o, struct tw_out *out)
{
	fed->counters.suppressed += out->suppressed;
	for (u32 i = 0; i < out->n; i++)
		emit_one(f, o, &out->said[i]);
}

static void tw_table_replaced(const struct tw_flow *f, const struct tw_obs *o)
{
	struct tw_event_replaced *e = next_record();

	tw_event_fill(&e->event, TW_EV_REPLACED, 0, f, o);
	memset(e->event.raw, 0, sizeof(e->event.raw));
	e->flow = *f;
}

#include "tcpwhy/feed.h"

/* ---- one packet ---- */

/* A plain frame. 1: it is in obs, to be judged. */
static int on_plain_frame(struct tw_native *n, struct tw_pkt *p, int kind, const struct tw_hook *h, u64 ts_ns)
{
	struct tw_flow *f;
	struct tw_key key;

	tw_count(&n->counters, TW_SKIP_OK);
	tw_pkt_hook(p, h);
	p->ts_ns = ts_ns;
	if (kind == 4)
		tw_key_widen(&key, &p->key4);
	f = tw_flowmap_find(kind == 4 ? &n->flows4 : &n->flows6, kind == 4 ? &key : &p->key);
	if (f && tw_plain(f, p))
		return 0;
	tw_to_scratch(p, kind, &n->obs);
	if (!f || !tw_is_settled(f))
		return 1;
	tw_feed_found(f, &n->obs, &n->out);
	return 0;
}

/* Any other. 1: it is in obs, to be judged. */
static int on_odd_frame(struct tw_native *n, const struct tw_native_packet *packet, const struct tw_hook *h)
{
	u32 len = TW_MIN(packet->len, TW_HDR_MAX);
	int what;

	if (len < TW_SHORTEST) {
		tw_count(&n->counters, TW_SKIP_TRUNCATED);
		return 0;
	}
	memcpy(n->hdr.b, packet->bytes, len);
	what = tw_parse(&n->hdr, len, h->wire_len, h->l2, &n->obs);
	tw_count(&n->counters, what == TW_OBS_NONE ? n->obs.skip : TW_SKIP_OK);
	if (what == TW_OBS_NONE)
		return 0;
	tw_pkt_hook(&n->obs.pkt, h);
	n->obs.pkt.ts_ns = packet->ts_ns;
	return 1;
}

static struct tw_hook hook_of(const struct tw_native_packet *packet)
{
	struct tw_hook h = {
		.point = packet->ifindex << 1 | packet->egress,
		.segs = packet->segs,
		.gso_size = packet->gso_size,
		.wire_len = packet->wire_len,
		.l2 = packet->l2,
	};

	if (packet->egress)
		h.flags |= TW_OF_EGRESS;
	if (packet->egress && packet->forwarded)
		h.flags |= TW_OF_FORWARDED;
	if (packet->offline)
		h.flags |= TW_OF_OFFLINE;
	return h;
}

static void judge(struct tw_native *n, const struct tw_native_packet *packet)
{
	const u8 *data = packet->bytes, *end = data + packet->len;
	struct tw_hook h = hook_of(packet);
	struct tw_pkt p;
	int kind = tw_parse_fast(data, end, h.l2, &p);

	if (kind && h.wire_len && !tw_is_whole(&p, h.l2, h.wire_len))
		kind = 0;
	if (kind ? on_plain_frame(n, &p, kind, &h, packet->ts_ns) : on_odd_frame(n, packet, &h))
		tw_feed(&n->obs, &n->out);
}

void tw_native_feed(struct tw_native *n, const struct tw_native_packet *packet)
{
	fed = n;
	n->n_said = 0;
	judge(n, packet);
	fed = NULL;
	for (u32 i = 0; i < n->n_said; i++)
		n->record(n->ctx, &n->said[i], n->said[i].event.len);
}

/* ---- the store ---- */

static int lookup(struct tw_store *store, const struct tw_key *key, uint64_t id, struct tw_flow *flow,
		  struct tw_trouble *trouble, bool *troubled)
{
	struct tw_native *n = (struct tw_native *)store;
	const struct tw_trouble *t = tw_troublemap_find(&n->troubles, id);
	const struct tw_flow *f = tw_flowmap_find(flows_of(n, key), key);

	*troubled = t;
	if (t)
		*trouble = *t;
	if (!f || f->id != id)
		f = tw_flowmap_find(&n->half_open, key);
	if (!f || f->id != id)
		return -ENOENT;
	*flow = *f;
	return 0;
}

static void forget_in(struct tw_flowmap *map, const struct tw_key *key, uint64_t id)
{
	const struct tw_flow *f = tw_flowmap_find(map, key);

	if (f && f->id == id)
		tw_flowmap_remove(map, key);
}

static void forget(struct tw_store *store, const struct tw_key *key, uint64_t id)
{
	struct tw_native *n = (struct tw_native *)store;

	forget_in(flows_of(n, key), key, id);
	forget_in(&n->half_open, key, id);
	tw_troublemap_remove(&n->troubles, id);
}

static int sweep(struct tw_store *store, unsigned int max,
		 void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx)
{
	struct tw_native *n = (struct tw_native *)store;

	if (!n->in_flows6) {
		n->in_flows6 = tw_flowmap_walk(&n->flows4, &max, visit, ctx);
		if (!n->in_flows6)
			return 0;
	}
	n->in_flows6 = !tw_flowmap_walk(&n->flows6, &max, visit, ctx);
	return !n->in_flows6;
}

int tw_native_new(struct tw_native **native, const struct tw_native_options *options, tw_native_record record,
		  void *ctx)
{
	struct tw_native *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	n->store = (struct tw_store){ .lookup = lookup, .forget = forget, .sweep = sweep };
	n->flows4.max = options->max_connections;
	n->flows6.max = options->max_connections;
	n->troubles.max = options->max_connections;
	n->half_open.max = options->max_half_open;
	n->half_open.lru = true;
	n->record = record;
	n->ctx = ctx;
	*native = n;
	return 0;
}

void tw_native_free(struct tw_native *n)
{
	if (!n)
		return;
	tw_flowmap_clear(&n->flows4);
	tw_flowmap_clear(&n->flows6);
	tw_flowmap_clear(&n->half_open);
	tw_troublemap_clear(&n->troubles);
	free(n);
}

const struct tw_counters *tw_native_counters(const struct tw_native *n)
{
	return &n->counters;
}

struct tw_store *tw_native_store(struct tw_native *n)
{
	return &n->store;
}
