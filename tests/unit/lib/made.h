/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Made-up events, a store that holds made-up states, and a sink that keeps what it gets: for tests of the record side. */
#ifndef TCPWHY_TESTS_MADE_H
#define TCPWHY_TESTS_MADE_H

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conn/conn.h"
#include "tcpwhy/key.h"
#include "tcpwhy/obs.h"

#define S TW_NS_PER_SEC
#define MS TW_NS_PER_MS
#define WALL (1700000000 * S) /* 2023-11-14T22:13:20Z at time 0 */

static inline struct tw_addr made_addr(const char *text)
{
	struct tw_addr addr;
	uint32_t v4;

	if (strchr(text, ':')) {
		inet_pton(AF_INET6, text, &addr);
	} else {
		inet_pton(AF_INET, text, &v4);
		tw_addr_v4(&addr, v4);
	}
	return addr;
}

/* An event of connection @id: 192.0.2.1:40000 → 198.51.100.7:443, by default the originator's packet, leaving this host. */
static inline struct tw_event made_event(unsigned int type, uint64_t id, uint64_t ts_ns)
{
	return (struct tw_event){
		.version = TW_ABI_VERSION, .type = type, .len = sizeof(struct tw_event), .ts_ns = ts_ns, .conn = id,
		.orig_addr = made_addr("192.0.2.1"), .resp_addr = made_addr("198.51.100.7"),
		.orig_port = 40000, .resp_port = 443, .ifindex = 2, .seq = 1000, .ttl = 64, .family = 4,
		.ip_id = 7, .flags = TW_EF_TUPLE | TW_EF_FROM_ORIG | TW_EF_EGRESS | TW_EF_IP_ID, .tcp_flags = TW_ACK,
	};
}

static inline struct tw_event made_syn(uint64_t id, uint64_t ts_ns)
{
	struct tw_event e = made_event(TW_EV_SYN, id, ts_ns);

	e.tcp_flags = TW_SYN;
	e.syn = (struct tw_ev_syn){ .win = 64240, .mss = 1460, .wscale = 7, .attempt = 1,
				    .options = TW_OPT_MSS | TW_OPT_WSCALE | TW_OPT_SACK | TW_OPT_TS };
	return e;
}

static inline struct tw_event made_syn_again(uint64_t id, uint64_t ts_ns, unsigned int attempt, uint64_t since_first,
					     uint64_t interval)
{
	struct tw_event e = made_syn(id, ts_ns);

	e.type = TW_EV_SYN_RETRANSMIT;
	e.syn.attempt = attempt;
	e.syn.since_first_ns = since_first;
	e.syn.interval_ns = interval;
	return e;
}

static inline struct tw_event from_resp(struct tw_event e)
{
	e.flags &= ~(TW_EF_FROM_ORIG | TW_EF_EGRESS);
	return e;
}

static inline struct tw_event made_syn_ack(uint64_t id, uint64_t ts_ns)
{
	struct tw_event e = from_resp(made_syn(id, ts_ns));

	e.type = TW_EV_SYN_ACK;
	e.tcp_flags = TW_SYN | TW_ACK;
	e.syn.rtt_ns = 300000;
	return e;
}

static inline struct tw_event made_syn_ack_again(uint64_t id, uint64_t ts_ns, unsigned int attempt, uint64_t since_first,
						 uint64_t interval)
{
	struct tw_event e = from_resp(made_syn_again(id, ts_ns, attempt, since_first, interval));

	e.type = TW_EV_SYN_ACK_RETRANSMIT;
	e.tcp_flags = TW_SYN | TW_ACK;
	return e;
}

static inline struct tw_event made_end(unsigned int type, uint64_t id, uint64_t ts_ns, unsigned int cause)
{
	struct tw_event e = made_event(type, id, ts_ns);

	e.reset.cause = cause;
	e.reset.end = cause ? TW_END_RESET : TW_END_FIN;
	e.reset.stage = TW_STAGE_LATER;
	return e;
}

/* --- a store of up to 64 states --- */

struct made_state {
	struct tw_key key;
	struct tw_flow flow;
	struct tw_trouble trouble;
	bool used, troubled;
};

struct made_store {
	struct tw_store store;
	struct made_state states[64];
	unsigned int forgotten, lookups, position;
};

static inline struct made_state *made_state_find(struct tw_store *store, const struct tw_key *key, uint64_t id)
{
	struct made_store *m = (struct made_store *)store;

	for (size_t i = 0; i < 64; i++)
		if (m->states[i].used && m->states[i].flow.id == id && !memcmp(&m->states[i].key, key, sizeof(*key)))
			return &m->states[i];
	return NULL;
}

static inline int made_lookup(struct tw_store *store, const struct tw_key *key, uint64_t id, struct tw_flow *flow,
			      struct tw_trouble *trouble, bool *troubled)
{
	struct made_state *s = made_state_find(store, key, id);

	((struct made_store *)store)->lookups++;
	if (!s)
		return -ENOENT;
	*flow = s->flow;
	*trouble = s->trouble;
	*troubled = s->troubled;
	return 0;
}

static inline void made_forget(struct tw_store *store, const struct tw_key *key, uint64_t id)
{
	struct made_state *s = made_state_find(store, key, id);

	((struct made_store *)store)->forgotten++;
	if (s)
		s->used = false;
}

static inline int made_sweep(struct tw_store *store, unsigned int max,
			     void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx)
{
	struct made_store *m = (struct made_store *)store;

	for (; max && m->position < 64; m->position++) {
		struct made_state *s = &m->states[m->position];

		if (!s->used || !(s->flow.flags & TW_FF_ESTABLISHED))
			continue;
		visit(ctx, &s->key, &s->flow);
		max--;
	}
	if (m->position < 64)
		return 0;
	m->position = 0;
	return 1;
}

static inline void made_store_init(struct made_store *m)
{
	memset(m, 0, sizeof(*m));
	m->store = (struct tw_store){ .lookup = made_lookup, .forget = made_forget, .sweep = made_sweep };
}

/* The state of @e's connection, as the classifier would have it after its first packet. */
static inline struct made_state *made_state_add(struct made_store *m, const struct tw_event *e)
{
	for (size_t i = 0; i < 64; i++) {
		struct made_state *s = &m->states[i];

		if (s->used)
			continue;
		memset(s, 0, sizeof(*s));
		s->used = true;
		s->flow.orig = tw_key_make(&s->key, &e->orig_addr, &e->resp_addr, e->orig_port, e->resp_port, e->family);
		s->flow.id = e->conn;
		s->flow.start_ns = s->flow.last_ns = e->ts_ns;
		s->flow.half[0].wscale = s->flow.half[1].wscale = TW_WSCALE_NONE;
		return s;
	}
	abort();
}

static inline struct tw_half *orig_half(struct tw_flow *flow)
{
	return &flow->half[flow->orig & 1];
}

static inline struct tw_half *resp_half(struct tw_flow *flow)
{
	return &flow->half[!(flow->orig & 1)];
}

/* --- a sink that keeps the last records --- */

struct kept {
	struct tw_record record;
	struct tw_event event;
	struct tw_conn_name name;
	struct tw_flow flow;
	struct tw_trouble trouble;
};

struct made_sink {
	struct kept kept[64];
	size_t n;
	unsigned int of[_TW_EV_MAX]; /* how many of each type */
};

static inline void made_keep(void *ctx, const struct tw_record *r)
{
	struct made_sink *sink = ctx;
	struct kept *k = &sink->kept[sink->n++ % 64];

	sink->of[r->type]++;
	k->record = *r;
	if (r->event)
		k->event = *r->event;
	if (r->conn)
		k->name = *r->conn;
	if (r->type == TW_EV_CONNECTION) {
		k->flow = *r->final.flow;
		if (r->final.trouble)
			k->trouble = *r->final.trouble;
	}
}

/* The last record of @type; fails the test when there is none. */
static inline struct kept *kept_last(struct made_sink *sink, unsigned int type)
{
	for (size_t i = sink->n; i-- > 0 && sink->n - i <= 64;)
		if (sink->kept[i % 64].record.type == type)
			return &sink->kept[i % 64];
	fail_msg("no record of type %u", type);
	abort();
}

#endif
