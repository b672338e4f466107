// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets that both logs name each time: SYN, SYN-ACK, RST. Copies of one packet have the same sequence number. */
#include <string.h>

#include "differ.h"

#define COPY_NS (50 * TW_NS_PER_MS) /* less than anybody waits before sending again */

/* Copies of one packet, of one log. */
struct copies {
	const struct tw_sighting *list[TW_ALIGN_MAX];
	unsigned int n;
};

static enum tw_what what_of(const struct tw_sighting *p)
{
	switch (p->type) {
	case TW_EV_SYN:
	case TW_EV_SYN_RETRANSMIT:
		return TW_WHAT_SYN;
	case TW_EV_SYN_ACK:
	case TW_EV_SYN_ACK_RETRANSMIT:
		return TW_WHAT_SYN_ACK;
	case TW_EV_RESET:
		return TW_WHAT_RST;
	default:
		return TW_WHAT_NONE;
	}
}

static void collect(struct copies *c, const struct tw_seen_conn *conn, bool from_orig, enum tw_what what, uint32_t seq)
{
	c->n = 0;
	for (uint32_t i = 0; i < conn->n_packets && c->n < TW_ALIGN_MAX; i++) {
		const struct tw_sighting *p = &conn->packets[i];

		if (p->from_orig == from_orig && p->seq == seq && what_of(p) == what)
			c->list[c->n++] = p;
	}
}

/* The same RST may be told of another incarnation of the tuple there. */
static bool is_elsewhere(const struct tw_log_index *log, const struct tw_seen_conn *conn, enum tw_what what,
			 uint32_t seq)
{
	const struct tw_seen_conn *c = tw_log_index_by_ends(log, &conn->orig, &conn->resp);

	for (; c; c = c->older)
		for (uint32_t i = 0; c != conn && i < c->n_packets; i++)
			if (what_of(&c->packets[i]) == what && c->packets[i].seq == seq)
				return true;
	return false;
}

/* A SYN-ACK with a wrong ACK number, told once a number: how many there were is not known. */
static bool came_as_bad_ack(const struct tw_way *way, enum tw_what what, uint32_t seq)
{
	for (uint32_t i = 0; i < way->down->n_packets && what == TW_WHAT_SYN_ACK; i++) {
		const struct tw_sighting *p = &way->down->packets[i];

		if (p->type == TW_EV_HANDSHAKE_BAD_ACK && p->from_orig == way->from_orig && p->seq == seq)
			return true;
	}
	return false;
}

/* What of a handshake comes when the connection is over there is not told by an event. */
static bool comes_too_late(const struct tw_way *way, enum tw_what what, uint64_t sent_ns)
{
	if (what == TW_WHAT_RST || !way->down->ended_ns)
		return false;
	return tw_way_arrival(way, sent_ns) + tw_bounds_error(&way->offset) + TW_WAY_SLACK_NS >= way->down->ended_ns;
}

/* --- lost --- */

static void say_lost(struct tw_differ *d, const struct tw_way *way, enum tw_what what, const struct copies *up,
		     const bool *found, struct tw_named *named)
{
	struct tw_finding f = tw_way_finding(way, TW_DIFF_LOST, what);

	for (unsigned int i = 0; i < up->n; i++) {
		const char *doubt;

		if (found[i] || comes_too_late(way, what, up->list[i]->ts_ns))
			continue;
		doubt = tw_way_no_loss(way, up->list[i]->ts_ns);
		if (doubt) {
			d->doubt = doubt;
			continue;
		}
		if (!f.count++)
			tw_way_set_times(way, &f, up->list[i]->ts_ns, 0);
	}
	f.seq = up->n ? up->list[0]->seq : 0;
	f.has_seq = true;
	named->lost += f.count;
	if (f.count)
		d->sink(d->ctx, &f);
}

/* --- forged --- */

uint8_t tw_differ_usual_ttl(const struct tw_seen_conn *conn, bool from_orig)
{
	for (uint32_t i = 0; i < conn->n_packets; i++) {
		const struct tw_sighting *p = &conn->packets[i];

		if (p->from_orig == from_orig && p->ttl && p->type != TW_EV_RESET && p->type != TW_EV_FRAG_NEEDED &&
		    p->type != TW_EV_UNREACHABLE)
			return p->ttl;
	}
	return conn->sent[from_orig].ttl;
}

/* The same packet again: by its IP-ID, where there is one, else by TTL and time. */
static bool is_copy_of(const struct tw_sighting *a, const struct tw_sighting *b)
{
	if (a->has_ip_id && b->has_ip_id && (a->ip_id || b->ip_id))
		return a->ip_id == b->ip_id;
	return a->ttl == b->ttl && a->ts_ns - b->ts_ns < COPY_NS;
}

/* The path or the tap made a copy: nobody forged anything. */
static bool is_copy(const struct copies *down, unsigned int i)
{
	for (unsigned int k = 0; k < i; k++)
		if (is_copy_of(down->list[i], down->list[k]))
			return true;
	return false;
}

static void say_forged(struct tw_differ *d, const struct tw_way *way, enum tw_what what, const struct copies *down,
		       const int *match, struct tw_named *named)
{
	for (unsigned int i = 0; i < down->n; i++) {
		struct tw_finding f = tw_way_finding(way, TW_DIFF_FORGED, what);
		const char *doubt;

		if (match[i] >= 0 || is_copy(down, i))
			continue;
		doubt = tw_way_no_forgery(way, down->list[i]->ts_ns);
		if (doubt) {
			d->doubt = doubt;
			continue;
		}
		f.seq = down->list[i]->seq;
		f.has_seq = true;
		f.ttl = down->list[i]->ttl;
		f.usual_ttl = tw_differ_usual_ttl(way->down, way->from_orig);
		tw_way_set_times(way, &f, 0, down->list[i]->ts_ns);
		named->forged++;
		d->sink(d->ctx, &f);
	}
}

/* --- all of one direction --- */

static void differ_copies(struct tw_differ *d, const struct tw_way *way, enum tw_what what, uint32_t up_seq,
			  struct tw_named *named)
{
	bool found[TW_ALIGN_MAX] = { false };
	struct copies up, down;
	int match[TW_ALIGN_MAX];

	collect(&up, way->up, way->from_orig, what, up_seq);
	collect(&down, way->down, way->from_orig, what, up_seq + way->shift);
	tw_way_align(way, up.list, up.n, down.list, down.n, match);
	for (unsigned int i = 0; i < down.n; i++)
		if (match[i] >= 0)
			found[match[i]] = true;
	if (up.n > down.n && !came_as_bad_ack(way, what, up_seq + way->shift) &&
	    !is_elsewhere(way->down_log, way->down, what, up_seq + way->shift))
		say_lost(d, way, what, &up, found, named);
	if (down.n > up.n && !is_elsewhere(way->up_log, way->up, what, up_seq))
		say_forged(d, way, what, &down, match, named);
}

/* Was this packet's group looked at already, with one that comes earlier in the list? */
static bool is_first_of_group(const struct tw_seen_conn *conn, uint32_t at)
{
	const struct tw_sighting *p = &conn->packets[at];

	for (uint32_t i = 0; i < at; i++)
		if (conn->packets[i].from_orig == p->from_orig && conn->packets[i].seq == p->seq &&
		    what_of(&conn->packets[i]) == what_of(p))
			return false;
	return true;
}

void tw_differ_named(struct tw_differ *d, const struct tw_way *way, struct tw_named *named)
{
	struct copies other;

	for (uint32_t i = 0; i < way->up->n_packets; i++) {
		const struct tw_sighting *p = &way->up->packets[i];

		if (p->from_orig == way->from_orig && what_of(p) != TW_WHAT_NONE && is_first_of_group(way->up, i))
			differ_copies(d, way, what_of(p), p->seq, named);
	}
	for (uint32_t i = 0; i < way->down->n_packets; i++) {
		const struct tw_sighting *p = &way->down->packets[i];

		if (p->from_orig != way->from_orig || what_of(p) == TW_WHAT_NONE || !is_first_of_group(way->down, i))
			continue;
		collect(&other, way->up, way->from_orig, what_of(p), p->seq - way->shift);
		if (!other.n)
			differ_copies(d, way, what_of(p), p->seq - way->shift, named);
	}
}
