// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The connections of one log, found by id and by their ends, and when the log was watching (log_index.h). */
#include "log_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "log/logread.h"

#define SAME_START_NS TW_NS_PER_SEC       /* several interfaces are attached one after another */
#define SETTLED_NS (100 * TW_NS_PER_MS)   /* to attach and to detach takes a moment */
#define LOSS_TOLD_NS (10 * TW_NS_PER_SEC) /* a loss is told so much later at most */
#define HELD_SAME 20                      /* events of one kind a second: the default budget */

/* The ends in an order of their own, so that either direction finds them. */
struct ends {
	struct tw_endpoint low, high;
};

struct entry {
	struct tw_seen_conn conn;
	struct ends ends;
	UT_hash_handle by_id, by_ends;
};

struct tw_log_index {
	struct entry **entries;   /* in the order of the log */
	size_t n, room, max;
	struct entry *ids, *ends; /* uthash; ends: the latest of each */
	struct tw_span spans[TW_LOG_INDEX_SPANS];
	uint64_t losses[TW_LOG_INDEX_SPANS];
	unsigned int n_spans, n_losses;
	bool live, stopped, all_lost;
	uint64_t first_ns, last_ns;
	uint64_t odd, left_out;
};

bool tw_addr_same(const struct tw_addr *a, const struct tw_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

bool tw_endpoint_same(const struct tw_endpoint *a, const struct tw_endpoint *b)
{
	return a->port == b->port && tw_addr_same(&a->addr, &b->addr);
}

static struct ends ends_of(const struct tw_endpoint *a, const struct tw_endpoint *b)
{
	int order = memcmp(&a->addr, &b->addr, sizeof(a->addr));
	bool swap = order ? order > 0 : a->port > b->port;
	struct ends ends;

	memset(&ends, 0, sizeof(ends)); /* padding is part of the key */
	ends.low.addr = swap ? b->addr : a->addr;
	ends.low.port = swap ? b->port : a->port;
	ends.high.addr = swap ? a->addr : b->addr;
	ends.high.port = swap ? a->port : b->port;
	return ends;
}

/* --- connections --- */

static struct entry *add(struct tw_log_index *log, const char *id)
{
	struct entry *e, **grown;

	if (log->n == log->max) {
		log->left_out++;
		return NULL;
	}
	if (log->n == log->room) {
		grown = realloc(log->entries, (log->room ? 2 * log->room : 1024) * sizeof(*grown));
		if (!grown)
			return NULL;
		log->entries = grown;
		log->room = log->room ? 2 * log->room : 1024;
	}
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	strncpy(e->conn.id, id, sizeof(e->conn.id) - 1);
	e->conn.number = log->n;
	log->entries[log->n++] = e;
	return e;
}

struct tw_seen_conn *tw_log_index_by_id(struct tw_log_index *log, const char *id)
{
	struct entry *e;

	HASH_FIND(by_id, log->ids, id, strlen(id), e);
	if (e || !id[0] || strlen(id) >= sizeof(e->conn.id))
		return e ? &e->conn : NULL;
	e = add(log, id);
	if (!e)
		return NULL;
	HASH_ADD_KEYPTR(by_id, log->ids, e->conn.id, strlen(e->conn.id), e);
	return &e->conn;
}

struct tw_seen_conn *tw_log_index_by_ends(const struct tw_log_index *log, const struct tw_endpoint *a,
				       const struct tw_endpoint *b)
{
	struct ends ends = ends_of(a, b);
	struct entry *e;

	HASH_FIND(by_ends, log->ends, &ends, sizeof(ends), e);
	return e ? &e->conn : NULL;
}

void tw_log_index_name(struct tw_log_index *log, struct tw_seen_conn *conn, const struct tw_endpoint *orig,
		    const struct tw_endpoint *resp)
{
	struct entry *e = (struct entry *)conn, *old; /* its first member */

	conn->orig = *orig;
	conn->resp = *resp;
	e->ends = ends_of(orig, resp);
	HASH_REPLACE(by_ends, log->ends, ends, sizeof(e->ends), e, old);
	conn->older = old ? &old->conn : NULL;
}

void tw_log_index_add(struct tw_seen_conn *conn, const struct tw_sighting *packet)
{
	struct tw_sighting *grown;
	uint32_t room = conn->room ? 2 * conn->room : 4;

	if (conn->n_packets == TW_LOG_INDEX_PACKETS) {
		conn->held = true;
		return;
	}
	if (conn->n_packets == conn->room) {
		grown = realloc(conn->packets, room * sizeof(*grown));
		if (!grown) {
			conn->held = true;
			return;
		}
		conn->packets = grown;
		conn->room = room;
	}
	conn->packets[conn->n_packets++] = *packet;
	if (!conn->first_ns || packet->ts_ns < conn->first_ns)
		conn->first_ns = packet->ts_ns;
	if (packet->ts_ns > conn->last_ns)
		conn->last_ns = packet->ts_ns;
}

/* --- when it was watching --- */

void tw_log_index_note_time(struct tw_log_index *log, uint64_t ts_ns)
{
	if (!log->n_spans) {
		log->spans[0] = (struct tw_span){ ts_ns, ts_ns };
		log->n_spans = 1;
		log->first_ns = log->last_ns = ts_ns;
	}
	if (ts_ns < log->first_ns)
		log->first_ns = ts_ns;
	if (ts_ns > log->last_ns)
		log->last_ns = ts_ns;
	if (!log->stopped && ts_ns > log->spans[log->n_spans - 1].end_ns)
		log->spans[log->n_spans - 1].end_ns = ts_ns;
	if (!log->live && ts_ns < log->spans[0].start_ns)
		log->spans[0].start_ns = ts_ns;
}

/* The program attached: what came before is another stretch, which ended with its last line. */
void tw_log_index_note_start(struct tw_log_index *log, uint64_t ts_ns, bool file)
{
	struct tw_span *last = log->n_spans ? &log->spans[log->n_spans - 1] : NULL;

	if (file) { /* of a capture; what is in the log tells how long it is */
		tw_log_index_note_time(log, ts_ns);
		return;
	}
	log->live = true;
	if (last && !log->stopped && ts_ns < last->start_ns + SAME_START_NS) {
		last->start_ns = ts_ns + SETTLED_NS;
	} else if (log->n_spans < TW_LOG_INDEX_SPANS) {
		log->spans[log->n_spans++] = (struct tw_span){ ts_ns + SETTLED_NS, ts_ns };
		log->stopped = false;
	} else {
		log->stopped = true; /* no more is believed */
	}
	tw_log_index_note_time(log, ts_ns);
}

void tw_log_index_note_stop(struct tw_log_index *log, uint64_t ts_ns)
{
	tw_log_index_note_time(log, ts_ns);
	if (!log->live)
		return;
	log->stopped = true;
	log->spans[log->n_spans - 1].end_ns = ts_ns - SETTLED_NS;
}

void tw_log_index_note_loss(struct tw_log_index *log, uint64_t ts_ns)
{
	if (log->n_losses == TW_LOG_INDEX_SPANS)
		log->all_lost = true;
	else
		log->losses[log->n_losses++] = ts_ns;
}

bool tw_log_index_watched(const struct tw_log_index *log, uint64_t start_ns, uint64_t end_ns)
{
	for (unsigned int i = 0; i < log->n_spans; i++)
		if (log->spans[i].start_ns <= start_ns && end_ns <= log->spans[i].end_ns)
			return true;
	return false;
}

bool tw_log_index_lost(const struct tw_log_index *log, uint64_t start_ns, uint64_t end_ns)
{
	for (unsigned int i = 0; i < log->n_losses; i++)
		if (start_ns <= log->losses[i] && end_ns + LOSS_TOLD_NS >= log->losses[i])
			return true;
	return log->all_lost;
}

struct tw_span tw_log_index_span(const struct tw_log_index *log)
{
	return (struct tw_span){ log->first_ns, log->last_ns };
}

/* --- the end of the log --- */

/* Which side the host is, told by the handshake, where no line says it. */
static void guess_side(struct tw_seen_conn *c)
{
	for (uint32_t i = 0; i < c->n_packets && c->side == TW_SIDE_UNKNOWN; i++) {
		const struct tw_sighting *p = &c->packets[i];
		bool out = p->dir == TW_DIR_OUT;

		if (p->dir != TW_DIR_OUT && p->dir != TW_DIR_IN)
			continue;
		if (p->type == TW_EV_SYN || p->type == TW_EV_SYN_RETRANSMIT)
			c->side = out ? TW_SIDE_ORIGINATOR : TW_SIDE_RESPONDER;
		else if (p->type == TW_EV_SYN_ACK || p->type == TW_EV_SYN_ACK_RETRANSMIT)
			c->side = out ? TW_SIDE_RESPONDER : TW_SIDE_ORIGINATOR;
	}
}

static void tell_senders(struct tw_seen_conn *c)
{
	for (uint32_t i = 0; i < c->n_packets; i++) {
		struct tw_sighting *p = &c->packets[i];

		if (p->dir == TW_DIR_FWD || p->dir == TW_DIR_REV)
			p->from_orig = p->dir == TW_DIR_FWD;
		else if (p->dir == TW_DIR_IN || p->dir == TW_DIR_OUT)
			p->from_orig = (p->dir == TW_DIR_OUT) == (c->side == TW_SIDE_ORIGINATOR);
	}
}

/* As many of one kind in a second as the budget allows: there may have been more. */
static void look_for_held(struct tw_seen_conn *c)
{
	uint64_t when[_TW_EV_MAX][2] = { 0 };
	unsigned int n[_TW_EV_MAX][2] = { 0 };

	for (uint32_t i = 0; i < c->n_packets; i++) {
		const struct tw_sighting *p = &c->packets[i];

		if (p->ts_ns - when[p->type][p->from_orig] >= TW_NS_PER_SEC) {
			when[p->type][p->from_orig] = p->ts_ns;
			n[p->type][p->from_orig] = 0;
		}
		if (++n[p->type][p->from_orig] >= HELD_SAME)
			c->held = true;
	}
}

void tw_log_index_finish(struct tw_log_index *log)
{
	for (size_t i = 0; i < log->n; i++) {
		struct tw_seen_conn *c = &log->entries[i]->conn;

		guess_side(c);
		tell_senders(c);
		if (log->live)
			look_for_held(c);
	}
}

struct tw_log_index *tw_log_index_new(uint32_t max)
{
	struct tw_log_index *log = calloc(1, sizeof(*log));

	if (log)
		log->max = max;
	return log;
}

static void on_event(void *ctx, const json_t *event, uint64_t ts_ns)
{
	struct tw_log_index *log = ctx;

	if (!tw_log_index_event(log, event, ts_ns))
		log->odd++;
}

int tw_log_index_read(struct tw_log_index **log_out, const char *path, const char *name, uint32_t max,
		      struct tw_reason *reason)
{
	struct tw_log_index *log = tw_log_index_new(max);
	struct tw_logread read = { .event = on_event, .ctx = log, .name = name };
	int err = log ? 0 : tw_reason(reason, -ENOMEM, "out of memory");

	if (!err)
		err = tw_logread_run(&read, path, reason);
	if (!err && !read.events)
		err = tw_reason(reason, -EBADMSG, "%s is empty: no event is in it", name);
	if (err) {
		tw_log_index_free(log);
		return err;
	}
	log->odd += read.odd;
	tw_log_index_finish(log);
	*log_out = log;
	return 0;
}

void tw_log_index_free(struct tw_log_index *log)
{
	if (!log)
		return;
	HASH_CLEAR(by_id, log->ids);
	HASH_CLEAR(by_ends, log->ends);
	for (size_t i = 0; i < log->n; i++) {
		free(log->entries[i]->conn.packets);
		free(log->entries[i]);
	}
	free(log->entries);
	free(log);
}

size_t tw_log_index_count(const struct tw_log_index *log)
{
	return log->n;
}

struct tw_seen_conn *tw_log_index_conn(const struct tw_log_index *log, size_t i)
{
	return &log->entries[i]->conn;
}

uint64_t tw_log_index_odd(const struct tw_log_index *log)
{
	return log->odd;
}

uint64_t tw_log_index_left_out(const struct tw_log_index *log)
{
	return log->left_out;
}

bool tw_log_index_live(const struct tw_log_index *log)
{
	return log->live;
}
