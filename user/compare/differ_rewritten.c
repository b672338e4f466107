// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What was changed on the way: in the handshake, where both logs tell what is in the packets; and the addresses. */
#include "differ.h"

static const struct tw_sighting *first_of(const struct tw_seen_conn *c, bool from_orig, enum tw_event_type type)
{
	for (uint32_t i = 0; i < c->n_packets; i++)
		if (c->packets[i].type == type && c->packets[i].from_orig == from_orig)
			return &c->packets[i];
	return NULL;
}

static unsigned int count_of(const struct tw_seen_conn *c, bool from_orig, enum tw_event_type type)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < c->n_packets; i++)
		n += c->packets[i].type == type && c->packets[i].from_orig == from_orig;
	return n;
}

static void say(struct tw_differ *d, const struct tw_way *way, enum tw_what what, const struct tw_sighting *up,
		const struct tw_sighting *down, struct tw_shape sent, struct tw_shape received)
{
	struct tw_finding f = tw_way_finding(way, TW_DIFF_REWRITTEN, what);

	f.sent = sent;
	f.received = received;
	f.on_syn_ack = !way->from_orig;
	if (up && down) {
		tw_way_set_times(way, &f, up->ts_ns, down->ts_ns);
		f.seq = up->seq;
		f.has_seq = true;
	}
	d->sink(d->ctx, &f);
}

static struct tw_shape number(uint32_t value)
{
	return (struct tw_shape){ .kind = TW_SHAPE_NUMBER, .number = value };
}

static void differ_number(struct tw_differ *d, const struct tw_way *way, enum tw_what what, const struct tw_sighting *up,
			  const struct tw_sighting *down, uint32_t sent, uint32_t received)
{
	if (sent != received)
		say(d, way, what, up, down, number(sent), number(received));
}

/* --- options --- */

static struct tw_shape options(const struct tw_sighting *p, unsigned int bits, bool scales)
{
	return (struct tw_shape){
		.kind = TW_SHAPE_OPTIONS, .options = bits, .wscale = scales ? p->wscale : TW_WSCALE_NONE,
	};
}

/*
 * The first SYN that arrived may have been a repeat, which some stacks send with fewer options. What any
 * repeat dropped is then not held against the path.
 */
static unsigned int may_be_missing(const struct tw_way *way)
{
	unsigned int bits = 0;

	for (uint32_t i = 0; i < way->up->n_packets; i++)
		if (way->up->packets[i].type == TW_EV_SYN_RETRANSMIT && way->up->packets[i].from_orig == way->from_orig)
			bits |= way->up->packets[i].options;
	if (!way->from_orig && count_of(way->up, false, TW_EV_SYN_ACK_RETRANSMIT))
		bits |= TW_OPT_ECN | TW_OPT_TFO;
	return bits;
}

static void differ_options(struct tw_differ *d, const struct tw_way *way, const struct tw_sighting *up,
			   const struct tw_sighting *down)
{
	unsigned int excused = may_be_missing(way) | TW_OPT_UNKNOWN;
	unsigned int sent = up->options & ~excused, received = down->options & ~excused;
	bool scales = sent & received & TW_OPT_WSCALE && up->wscale != down->wscale;

	if (sent & received & TW_OPT_MSS)
		differ_number(d, way, TW_WHAT_MSS, up, down, up->mss, down->mss);
	if (sent != received || scales)
		say(d, way, TW_WHAT_OPTIONS, up, down, options(up, up->options & ~TW_OPT_UNKNOWN, scales),
		    options(down, down->options & ~TW_OPT_UNKNOWN, scales));
}

static void differ_packet(struct tw_differ *d, const struct tw_way *way, const struct tw_sighting *up,
			  const struct tw_sighting *down)
{
	if (up->has_offer && down->has_offer)
		differ_options(d, way, up, down);
	if (!count_of(way->up, true, TW_EV_SYN_RETRANSMIT)) /* a repeat may go without its payload (TFO) */
		differ_number(d, way, TW_WHAT_PAYLOAD, up, down, up->len, down->len);
	if (up->has_dscp && down->has_dscp)
		differ_number(d, way, TW_WHAT_DSCP, up, down, up->dscp, down->dscp);
}

/* --- the handshake's two packets --- */

/* The acknowledgement field of a SYN means nothing, and should be 0. */
static void differ_syn_ack_field(struct tw_differ *d, const struct tw_way *way)
{
	const struct tw_sighting *up = first_of(way->up, true, TW_EV_SYN_NONZERO_ACK);
	const struct tw_sighting *down = first_of(way->down, true, TW_EV_SYN_NONZERO_ACK);
	struct tw_finding f = tw_way_finding(way, TW_DIFF_REWRITTEN, TW_WHAT_ACKNO);

	if (!up == !down || !first_of(way->up, true, TW_EV_SYN) || !first_of(way->down, true, TW_EV_SYN))
		return;
	f.sent = number(up ? up->ack : 0);
	f.received = number(down ? down->ack : 0);
	f.count = count_of(up ? way->up : way->down, true, TW_EV_SYN_NONZERO_ACK);
	f.seq = up ? up->seq : down->seq;
	f.has_seq = true;
	tw_way_set_times(way, &f, up ? up->ts_ns : 0, down ? down->ts_ns : 0);
	d->sink(d->ctx, &f);
}

static void differ_syn(struct tw_differ *d, const struct tw_way *way)
{
	const struct tw_sighting *up = first_of(way->up, true, TW_EV_SYN);
	const struct tw_sighting *down = first_of(way->down, true, TW_EV_SYN);

	if (!up || !down)
		return;
	if (way->pair->moved)
		say(d, way, TW_WHAT_SEQ, up, down, number(up->seq), number(down->seq));
	differ_packet(d, way, up, down);
	differ_syn_ack_field(d, way);
}

/* Each SYN-ACK that was sent, beside what came of it: as such, or with an ACK number that cannot be. */
static void differ_syn_acks(struct tw_differ *d, const struct tw_way *way)
{
	for (uint32_t i = 0; i < way->up->n_packets; i++) {
		const struct tw_sighting *up = &way->up->packets[i], *down = NULL;

		if (up->type != TW_EV_SYN_ACK || up->from_orig)
			continue;
		for (uint32_t k = 0; !down && k < way->down->n_packets; k++) {
			const struct tw_sighting *p = &way->down->packets[k];

			if (!p->from_orig && p->seq == up->seq + way->shift &&
			    (p->type == TW_EV_SYN_ACK || p->type == TW_EV_HANDSHAKE_BAD_ACK))
				down = p;
		}
		if (!down)
			continue;
		if (down->type == TW_EV_SYN_ACK)
			differ_packet(d, way, up, down);
		if (!way->pair->moved)
			differ_number(d, way, TW_WHAT_ACKNO, up, down, up->ack, down->ack);
		else if (way->shift)
			say(d, way, TW_WHAT_SEQ, up, down, number(up->seq), number(down->seq));
	}
}

/* --- addresses --- */

static void differ_end(struct tw_differ *d, const struct tw_way *way, const struct tw_endpoint *sent,
		       const struct tw_endpoint *received)
{
	struct tw_shape from = { .kind = TW_SHAPE_END, .family = way->up->family, .end = *sent };
	struct tw_shape to = { .kind = TW_SHAPE_END, .family = way->down->family, .end = *received };

	if (!tw_endpoint_same(sent, received))
		say(d, way, TW_WHAT_ADDR, NULL, NULL, from, to);
}

void tw_differ_rewritten(struct tw_differ *d, const struct tw_way *way)
{
	if (!way->from_orig) {
		differ_syn_acks(d, way);
		return;
	}
	differ_end(d, way, &way->up->orig, &way->down->orig);
	differ_end(d, way, &way->up->resp, &way->down->resp);
	differ_syn(d, way);
}
