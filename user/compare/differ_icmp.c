// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ICMP errors that one host says and the other should hear; routers' own are seen by one of them only, rightly. */
#include "differ.h"

static bool is_error(const struct tw_sighting *p)
{
	return p->type == TW_EV_FRAG_NEEDED || p->type == TW_EV_UNREACHABLE;
}

static bool has_error(const struct tw_seen_conn *c, const struct tw_sighting *like, uint32_t seq)
{
	for (uint32_t i = 0; i < c->n_packets; i++)
		if (c->packets[i].type == like->type && c->packets[i].seq == seq)
			return true;
	return false;
}

/* Said by this host itself, not by a router. */
static void say_lost_error(struct tw_differ *d, const struct tw_way *way, const struct tw_sighting *p)
{
	struct tw_finding f = tw_way_finding(way, TW_DIFF_LOST, TW_WHAT_ICMP);
	const char *doubt = tw_way_no_loss(way, p->ts_ns);

	if (doubt) {
		d->doubt = doubt;
		return;
	}
	f.count = 1;
	f.seq = p->seq;
	f.has_seq = true;
	tw_way_set_times(way, &f, p->ts_ns, 0);
	d->sink(d->ctx, &f);
}

static void say_forged_error(struct tw_differ *d, const struct tw_way *way, const struct tw_sighting *p)
{
	struct tw_finding f = tw_way_finding(way, TW_DIFF_FORGED, TW_WHAT_ICMP);
	const char *doubt = tw_way_no_forgery(way, p->ts_ns);

	if (doubt) {
		d->doubt = doubt;
		return;
	}
	f.seq = p->seq;
	f.has_seq = true;
	tw_way_set_times(way, &f, 0, p->ts_ns);
	d->sink(d->ctx, &f);
}

/* What an error quotes was sent the other way: its number is moved by what that way moves. Such pairs are left alone. */
void tw_differ_icmp(struct tw_differ *d, const struct tw_way *way)
{
	const struct tw_endpoint *there = way->from_orig ? &way->down->orig : &way->down->resp;

	if (way->pair->moved)
		return;
	for (uint32_t i = 0; i < way->up->n_packets; i++) {
		const struct tw_sighting *p = &way->up->packets[i];

		if (is_error(p) && p->dir == TW_DIR_OUT && p->from_orig == way->from_orig &&
		    !has_error(way->down, p, p->seq))
			say_lost_error(d, way, p);
	}
	for (uint32_t i = 0; i < way->down->n_packets; i++) {
		const struct tw_sighting *p = &way->down->packets[i];

		if (is_error(p) && p->from_orig == way->from_orig && tw_addr_same(&p->from, &there->addr) &&
		    !has_error(way->up, p, p->seq))
			say_forged_error(d, way, p);
	}
}
