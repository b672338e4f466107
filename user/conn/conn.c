// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Events in, records out: finds the connection of each event, moves it on, names it, hands it over. */
#include "conn.h"

#include <stdlib.h>

#include "conntable.h"
#include "record/final.h"
#include "tcpwhy/key.h"
#include "tcpwhy/obs.h"

struct tw_conns *tw_conns_new(const struct tw_conns_options *options, struct tw_store *store,
			      tw_sink sink, void *ctx)
{
	struct tw_conns *conns = calloc(1, sizeof(*conns));

	if (!conns)
		return NULL;
	conns->options = *options;
	if (!conns->options.max_connections)
		conns->options.max_connections = TW_CONNS_MAX;
	if (!conns->options.max_half_open)
		conns->options.max_half_open = TW_MAX(conns->options.max_connections / 4, 1);
	if (!conns->options.idle_ns)
		conns->options.idle_ns = TW_CONNS_IDLE_NS;
	conns->max_count = 2 * conns->options.max_connections + conns->options.max_half_open;
	conns->store = store;
	conns->sink = sink;
	conns->sink_ctx = ctx;
	tw_timers_init(&conns->timers);
	return conns;
}

void tw_conns_free(struct tw_conns *conns)
{
	if (!conns)
		return;
	while (conns->table)
		tw_entry_free(conns, conns->table);
	tw_hold_free(conns->hold);
	free(conns);
}

/* --- entries --- */

/* Room for one more: what is over goes first, then the oldest attempt, so that a flood of SYNs evicts attempts only. */
static bool make_room(struct tw_conns *conns, bool half_open, uint64_t ns)
{
	struct tw_queue *attempts = &conns->queues[TW_QUEUE_HALF_OPEN], *done = &conns->queues[TW_QUEUE_DONE];

	if (half_open && attempts->length >= conns->options.max_half_open)
		tw_entry_evict(conns, attempts->oldest, ns);
	if (HASH_COUNT(conns->table) >= conns->max_count && done->oldest)
		tw_entry_forget(conns, done->oldest);
	if (HASH_COUNT(conns->table) >= conns->max_count && attempts->oldest)
		tw_entry_evict(conns, attempts->oldest, ns);
	return HASH_COUNT(conns->table) < conns->max_count;
}

static struct tw_entry *entry_new(struct tw_conns *conns, const struct tw_event *event, bool half_open)
{
	struct tw_entry *e;

	if (!make_room(conns, half_open, event->ts_ns))
		return NULL;
	e = tw_entry_add(conns, event->conn);
	if (!e)
		return NULL;
	tw_name_init(&e->name, event);
	e->start_ns = e->last_ns = event->ts_ns;
	e->ifindex = event->ifindex;
	e->offline = event->flags & TW_EF_OFFLINE;
	e->phase = half_open ? TW_PHASE_OPENING : TW_PHASE_OPEN;
	e->horizon_ns = TW_CONNS_LONE_NS;
	tw_entry_guess_side(conns, e);
	if (half_open)
		tw_entry_enqueue(conns, e, TW_QUEUE_HALF_OPEN);
	else
		tw_entry_set_established(conns, e);
	tw_timers_arm(&conns->timers, &e->timer, event->ts_ns + (half_open ? e->horizon_ns : conns->options.idle_ns));
	return e;
}

static void entry_take_state(struct tw_conns *conns, struct tw_entry *e, const struct tw_flow *flow)
{
	const struct tw_half *orig = &flow->half[flow->orig & 1], *resp = &flow->half[!(flow->orig & 1)];

	e->start_ns = flow->start_ns;
	e->syns = orig->attempts;
	e->syn_acks = resp->attempts;
	e->isn = orig->isn;
	if (flow->flags & TW_FF_ENDED)
		tw_entry_ended_by_state(conns, e, flow);
}

struct tw_entry *tw_conns_adopt(struct tw_conns *conns, const struct tw_key *key, const struct tw_flow *flow)
{
	unsigned int orig = flow->orig & 1;
	struct tw_event event = {
		.type = TW_EV_OPENED, .conn = flow->id, .ts_ns = flow->last_ns, .family = key->family,
		.orig_addr = key->addr[orig], .resp_addr = key->addr[!orig],
		.orig_port = key->port[orig], .resp_port = key->port[!orig],
		.ifindex = flow->half[orig].point >> 1,
		.flags = TW_EF_TUPLE | (flow->flags & TW_FF_MIDSTREAM ? TW_EF_MIDSTREAM : 0),
	};
	struct tw_entry *e = entry_new(conns, &event, !(flow->flags & TW_FF_ESTABLISHED));

	if (!e)
		return NULL;
	if (e->side == TW_SIDE_UNKNOWN)
		e->side = tw_final_side(flow);
	entry_take_state(conns, e, flow);
	return e;
}

/*
 * The entry of a connection that events never told of: its first event was lost, or it was
 * forgotten already, which the store can tell: then nothing begins anew.
 */
static struct tw_entry *entry_missed(struct tw_conns *conns, const struct tw_event *event)
{
	struct tw_flow flow; /* its own: making room uses the table's scratch */
	struct tw_key key;
	bool troubled;

	if (!conns->store)
		return entry_new(conns, event, false);
	tw_key_make(&key, &event->orig_addr, &event->resp_addr, event->orig_port, event->resp_port, event->family);
	if (conns->store->lookup(conns->store, &key, event->conn, &flow, &conns->trouble, &troubled))
		return NULL;
	return tw_conns_adopt(conns, &key, &flow);
}

static struct tw_entry *entry_of(struct tw_conns *conns, const struct tw_event *event)
{
	struct tw_entry *e;

	if (!event->conn || !(event->flags & TW_EF_TUPLE))
		return NULL;
	e = tw_entry_find(conns, event->conn);
	if (e)
		return e;
	if (event->type == TW_EV_SYN)
		e = entry_new(conns, event, true);
	else if (event->type == TW_EV_OPENED)
		e = entry_new(conns, event, false);
	else
		e = entry_missed(conns, event);
	if (!e)
		conns->stats.untracked++;
	return e;
}

/* --- what an event does to its connection --- */

/* RFC 6298 doubles the interval: silence of three times the last one means that no other comes. */
static uint64_t retry_horizon(uint64_t interval_ns)
{
	return TW_MAX(3 * interval_ns, TW_CONNS_RETRY_NS);
}

static void wait_for_answer(struct tw_conns *conns, struct tw_entry *e, enum tw_phase phase, uint64_t now_ns)
{
	e->phase = phase;
	e->end = TW_END_OPEN;
	if (e->queue != TW_QUEUE_HALF_OPEN)
		tw_entry_enqueue(conns, e, TW_QUEUE_HALF_OPEN);
	tw_timers_arm(&conns->timers, &e->timer, now_ns + e->horizon_ns);
}

static void on_syn(struct tw_conns *conns, struct tw_entry *e, const struct tw_event *event)
{
	bool again = event->type == TW_EV_SYN_RETRANSMIT;

	tw_answers_asked(&conns->answers, &e->name, event->seq);
	if (!(event->flags & TW_EF_MIDSTREAM)) /* a SYN that changed places with its SYN-ACK */
		e->name.midstream = false;
	if (e->established)
		return;
	e->syns = TW_MAX(e->syns, event->syn.attempt);
	e->isn = event->seq;
	if (e->phase == TW_PHASE_ANSWERED) { /* a packet, but it is the SYN-ACK that is waited for */
		tw_timers_arm(&conns->timers, &e->timer, event->ts_ns + e->horizon_ns);
		return;
	}
	if (again && (e->phase == TW_PHASE_ENDED || e->phase == TW_PHASE_DONE) && !event->syn.after_reset)
		return;
	e->asked_ns = again ? event->ts_ns - TW_MIN(event->syn.since_first_ns, event->ts_ns) : event->ts_ns;
	e->horizon_ns = again ? retry_horizon(event->syn.interval_ns) : TW_CONNS_LONE_NS;
	wait_for_answer(conns, e, TW_PHASE_OPENING, event->ts_ns);
}

static void on_syn_ack(struct tw_conns *conns, struct tw_entry *e, const struct tw_event *event)
{
	bool again = event->type == TW_EV_SYN_ACK_RETRANSMIT;

	if (!e->name.midstream)
		tw_answers_own(&conns->answers, &e->name, e->isn);
	else if (!again)
		tw_answers_came(&conns->answers, &e->name, event->ack);
	if (e->established || event->syn.stray || e->phase == TW_PHASE_ENDED || e->phase == TW_PHASE_DONE)
		return;
	e->syn_acks = TW_MAX(e->syn_acks, event->syn.attempt);
	e->asked_ns = event->ts_ns - TW_MIN(event->syn.since_first_ns, event->ts_ns);
	e->horizon_ns = again ? retry_horizon(event->syn.interval_ns) : TW_CONNS_LONE_NS;
	wait_for_answer(conns, e, TW_PHASE_ANSWERED, event->ts_ns);
}

static void on_established(struct tw_conns *conns, struct tw_entry *e, const struct tw_event *event)
{
	if (e->phase == TW_PHASE_ENDED || e->phase == TW_PHASE_DONE)
		return;
	e->phase = TW_PHASE_OPEN;
	tw_entry_set_established(conns, e);
	tw_timers_arm(&conns->timers, &e->timer, event->ts_ns + conns->options.idle_ns);
	tw_conns_relieve(conns);
}

static void on_ended(struct tw_conns *conns, struct tw_entry *e, const struct tw_event *event)
{
	e->suspect |= event->reset.suspect; /* the `reset` may have been held back */
	if (event->reset.end == TW_END_RESET) {
		e->seen |= 1ULL << TW_EV_RESET;
		e->cause = event->reset.cause;
		e->shape = event->reset.shape;
		e->reset_by_orig = event->flags & TW_EF_FROM_ORIG;
	}
	tw_entry_ended(conns, e, event->reset.end, event->ts_ns);
}

/*
 * A RST of the connection's own behind the one that ended it: that host knew the connection. Of two RSTs that one host sends
 * within microseconds, its application's and its kernel's to what still came, the later one may be shown first.
 */
static bool is_connections_own(const struct tw_entry *e, const struct tw_event *event)
{
	return event->reset.cause == TW_CAUSE_NO_CONNECTION && !(event->reset.shape & TW_RST_STATELESS) &&
	       event->tcp_flags & TW_ACK && e->reset_by_orig == !!(event->flags & TW_EF_FROM_ORIG);
}

static void on_event(struct tw_conns *conns, struct tw_entry *e, const struct tw_event *event)
{
	e->seen |= 1ULL << event->type;
	e->last_ns = TW_MAX(e->last_ns, event->ts_ns);
	if (event->type != TW_EV_KERNEL_DROP) /* no hook showed it */
		tw_entry_learn_side(conns, e, event);
	tw_notes_take(&e->notes, event, event->ts_ns > e->start_ns ? event->ts_ns - e->start_ns : 0);
	switch (event->type) {
	case TW_EV_SYN:
	case TW_EV_SYN_RETRANSMIT:
		on_syn(conns, e, event);
		break;
	case TW_EV_SYN_ACK:
	case TW_EV_SYN_ACK_RETRANSMIT:
		on_syn_ack(conns, e, event);
		break;
	case TW_EV_ESTABLISHED:
		on_established(conns, e, event);
		break;
	case TW_EV_HANDSHAKE_BAD_ACK:
		e->challenged |= event->ack_.challenge;
		break;
	case TW_EV_RESET:
		e->suspect |= event->reset.suspect;
		if (event->reset.cause == TW_CAUSE_REFUSED)
			e->beside = TW_MIN(tw_services_open(&conns->services, &e->name), UINT16_MAX);
		if (is_connections_own(e, event))
			e->shape = 0;
		break;
	case TW_EV_ENDED:
		on_ended(conns, e, event);
		break;
	case TW_EV_KERNEL_DROP:
		tw_drops_take(&e->drops, event);
		break;
	default:
		break;
	}
}

/* The tuple belongs to another incarnation now: what comes with the event is all there is of the old one. */
static void on_replaced(struct tw_conns *conns, const struct tw_event *event, const struct tw_flow *flow)
{
	struct tw_entry *e = tw_entry_find(conns, flow->id);
	struct tw_key key;

	if (!e && !(flow->flags & TW_FF_ENDED)) {
		tw_key_make(&key, &event->orig_addr, &event->resp_addr, event->orig_port, event->resp_port,
			    event->family);
		e = tw_conns_adopt(conns, &key, flow);
	}
	if (!e)
		return;
	if (e->phase != TW_PHASE_DONE)
		tw_entry_record(conns, e, e->phase == TW_PHASE_ENDED ? e->end : TW_END_REUSED, event->ts_ns, flow);
	tw_entry_forget(conns, e);
}

/* Two are told of a packet before the one that showed them. */
static uint64_t time_of(const struct tw_event *event)
{
	if (event->type == TW_EV_DELAYED_ACK_STALL)
		return event->wait.at_ns;
	return event->type == TW_EV_ZERO_WINDOW ? event->ts_ns - event->size.stalled_ns : event->ts_ns;
}

void tw_conns_show(struct tw_conns *conns, const struct tw_event *event, struct tw_entry *e)
{
	uint64_t ts_ns = time_of(event);
	struct tw_process owner[2];
	struct tw_conn_name stranger;
	struct tw_record record = {
		.type = event->type, .ts_ns = tw_conns_wall(conns, ts_ns), .event = event,
		.iface = tw_iface_name(conns, event->ifindex), .dir = tw_event_dir(conns, event, e),
		.side = e ? e->side : 0,
	};

	if (e) {
		record.conn = &e->name;
		tw_entry_owners(conns, e, event->ts_ns, owner, &record);
	} else if (event->flags & TW_EF_TUPLE) {
		tw_name_init(&stranger, event);
		record.conn = &stranger;
	}
	conns->sink(conns->sink_ctx, &record);
}

static void show(struct tw_conns *conns, const struct tw_event *event, struct tw_entry *e)
{
	struct tw_event complete;

	conns->stats.shown++;
	if (event->type == TW_EV_KERNEL_DROP) {
		complete = *event;
		tw_kernel_complete(conns, &complete);
		event = &complete;
	}
	tw_conns_show(conns, event, e);
}

/* This host's TCP tells of a packet that left; the packet has its own event. */
static bool is_word(const struct tw_event *event)
{
	return event->type == TW_EV_KERNEL_RESET || event->type == TW_EV_KERNEL_RESENT;
}

/* Only for the table. */
static bool is_internal(const struct tw_event *event)
{
	return event->type == TW_EV_OPENED || event->type == TW_EV_ENDED || is_word(event) ||
	       (event->type == TW_EV_KERNEL_DROP && event->drop.quiet);
}

/* An ACK for bytes that passed before both directions were seen, or after. */
static bool is_out_of_sight(const struct tw_conns *conns, const struct tw_entry *e, const struct tw_event *event)
{
	if (event->type != TW_EV_LOST_SEGMENT_UNSEEN)
		return false;
	if (conns->sees_until_ns && event->ts_ns >= conns->sees_until_ns)
		return true;
	return e && e->start_ns < conns->sees_from_ns && event->ts_ns < conns->sees_from_ns + TW_CONNS_SETTLE_NS;
}

void tw_conns_event(struct tw_conns *conns, const struct tw_event *event, const struct tw_flow *replaced)
{
	struct tw_entry *e;

	conns->stats.events++;
	if (!conns->timers.armed) /* sets the wheel's clock */
		tw_timers_run(&conns->timers, event->ts_ns, tw_entry_due, conns);
	if (event->type == TW_EV_REPLACED) {
		conns->stats.internal++;
		on_replaced(conns, event, replaced);
		return;
	}
	e = entry_of(conns, event);
	if (is_out_of_sight(conns, e, event)) {
		conns->stats.internal++;
		return;
	}
	if (event->type == TW_EV_KERNEL_DROP && event->drop.held)
		conns->drops_held_ns = event->ts_ns;
	if (is_word(event))
		tw_hold_merge(conns, event, e);
	else if (e)
		on_event(conns, e, event);
	if (is_internal(event))
		conns->stats.internal++;
	else if (!tw_hold_take(conns, event, e))
		show(conns, event, e);
	if (e && event->type == TW_EV_SYN_RETRANSMIT)
		tw_entry_ask_listener(conns, e, event);
}

void tw_conns_tick(struct tw_conns *conns, uint64_t now_ns)
{
	tw_hold_run(conns, now_ns);
	tw_timers_run(&conns->timers, now_ns, tw_entry_due, conns);
	tw_conns_sweep(conns, now_ns);
}

void tw_conns_finish(struct tw_conns *conns, uint64_t now_ns)
{
	struct tw_entry *e, *next;

	tw_hold_run(conns, UINT64_MAX);
	tw_timers_run(&conns->timers, now_ns, tw_entry_due, conns);
	tw_conns_sweep_rest(conns);
	HASH_ITER(hh, conns->table, e, next)
		tw_entry_finish(conns, e, now_ns);
}

void tw_conns_set_clock(struct tw_conns *conns, int64_t wall_offset_ns)
{
	conns->options.wall_offset_ns = wall_offset_ns;
}

void tw_conns_early_owner(struct tw_conns *conns, bool early)
{
	conns->early_owner = early;
}

void tw_conns_note_loss(struct tw_conns *conns, uint64_t wall_ns)
{
	conns->lost_ns = TW_MAX(conns->lost_ns, wall_ns - conns->options.wall_offset_ns);
}

void tw_conns_note_full(struct tw_conns *conns)
{
	conns->walk.hurried = true;
}

void tw_conns_sees_from(struct tw_conns *conns, uint64_t ns)
{
	conns->sees_from_ns = ns;
}

void tw_conns_sees_until(struct tw_conns *conns, uint64_t ns)
{
	conns->sees_until_ns = ns;
}

void tw_conns_stats(const struct tw_conns *conns, struct tw_conns_stats *stats)
{
	*stats = conns->stats;
	stats->connections = HASH_COUNT(conns->table);
	stats->half_open = conns->queues[TW_QUEUE_HALF_OPEN].length;
	stats->in_kernel[0] = conns->in_kernel[0];
	stats->in_kernel[1] = conns->in_kernel[1];
}
