/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The connection table between made-up states and a sink that keeps its records, and what happens there: for its tests. */
#ifndef TCPWHY_TESTS_MADE_CONNS_H
#define TCPWHY_TESTS_MADE_CONNS_H

#include "made.h"
#include "tcpwhy/track.h"

struct world {
	struct made_store store;
	struct made_sink sink;
	struct tw_conns *conns;
};

static struct world w;

static inline void open_world(const struct tw_conns_options *options, bool with_store)
{
	memset(&w, 0, sizeof(w));
	made_store_init(&w.store);
	w.conns = tw_conns_new(options, with_store ? &w.store.store : NULL, made_keep, &w.sink);
	assert_non_null(w.conns);
}

/* In place of the one that setup() opened. */
static inline void reopen_world(const struct tw_conns_options *options, bool with_store)
{
	tw_conns_free(w.conns);
	open_world(options, with_store);
}

static inline int setup(void **state)
{
	struct tw_conns_options options = { .max_connections = 100, .wall_offset_ns = WALL };

	open_world(&options, true);
	return 0;
}

static inline int teardown(void **state)
{
	tw_conns_free(w.conns);
	return 0;
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- what happens --- */

static inline void send_event(struct tw_event e)
{
	tw_conns_event(w.conns, &e, NULL);
}

static inline void tick(uint64_t ns)
{
	tw_conns_tick(w.conns, ns);
}

/* A SYN at @at, and its state in the store. */
static inline struct made_state *begin(uint64_t id, uint64_t at)
{
	struct tw_event syn = made_syn(id, at);
	struct made_state *s = made_state_add(&w.store, &syn);

	orig_half(&s->flow)->flags = TW_HF_ISN;
	orig_half(&s->flow)->attempts = 1;
	orig_half(&s->flow)->packets = 1;
	orig_half(&s->flow)->point = 2 << 1 | 1;
	s->flow.history = TW_LETTER_SYN + 1;
	send_event(syn);
	return s;
}

static inline void repeat(struct made_state *s, struct tw_event e)
{
	struct tw_half *half = e.flags & TW_EF_FROM_ORIG ? orig_half(&s->flow) : resp_half(&s->flow);

	half->attempts = e.syn.attempt;
	half->flags |= TW_HF_ISN;
	half->packets++;
	s->flow.last_ns = e.ts_ns;
	send_event(e);
}

static inline struct made_state *establish(uint64_t id, uint64_t at)
{
	struct made_state *s = begin(id, at);

	repeat(s, made_syn_ack(id, at + 1 * MS));
	resp_half(&s->flow)->point = 2 << 1;
	s->flow.flags |= TW_FF_ESTABLISHED;
	s->flow.last_ns = at + 2 * MS;
	send_event(made_event(TW_EV_ESTABLISHED, id, at + 2 * MS));
	return s;
}

static inline void end_by(struct made_state *s, uint64_t at, unsigned int cause, bool from_originator)
{
	struct tw_event reset = made_end(TW_EV_RESET, s->flow.id, at, cause), ended = made_end(TW_EV_ENDED, s->flow.id, at, cause);

	if (!from_originator) {
		reset = from_resp(reset);
		ended = from_resp(ended);
	}
	if (cause) {
		(from_originator ? orig_half(&s->flow) : resp_half(&s->flow))->rst_after = orig_half(&s->flow)->attempts + 1;
		send_event(reset);
	} else {
		orig_half(&s->flow)->flags |= TW_HF_FIN;
		resp_half(&s->flow)->flags |= TW_HF_FIN;
	}
	s->flow.flags |= TW_FF_ENDED;
	s->flow.last_ns = at;
	send_event(ended);
}

/* --- what came of it --- */

static inline unsigned int count(unsigned int type)
{
	return w.sink.of[type];
}

static inline const struct tw_record *last(unsigned int type)
{
	return &kept_last(&w.sink, type)->record;
}

static inline const struct tw_rec_final *final(void)
{
	struct kept *k = kept_last(&w.sink, TW_EV_CONNECTION);

	k->record.final.flow = &k->flow;
	return &k->record.final;
}

static inline struct tw_conns_stats stats(void)
{
	struct tw_conns_stats stats;

	tw_conns_stats(w.conns, &stats);
	return stats;
}

/* Timers fire at most a slot late, so tests look that much later. */
#define SLOT (70 * MS)

/* The first record of @type is written at @at and not before. */
static inline void comes_at(unsigned int type, uint64_t at)
{
	tick(at - 1);
	assert_int_equal(count(type), 0);
	tick(at + SLOT);
	assert_int_equal(count(type), 1);
}

#endif
