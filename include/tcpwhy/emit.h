/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From what the classifier said to the record that readers get: the packet's own facts are added. */
#ifndef TCPWHY_EMIT_H
#define TCPWHY_EMIT_H

#include "event.h"
#include "flow.h"
#include "obs.h"
#include "out.h"
#include "port.h"

/* Who sent the packet, in terms of the connection; an ICMP error has the quoted packet's sender. */
TW_INLINE u8 tw_event_flags(const struct tw_flow *f, const struct tw_pkt *p)
{
	u8 flags = TW_EF_TUPLE;

	if (!f || (f->orig & 1) == (p->src & 1))
		flags |= TW_EF_FROM_ORIG;
	if (f && (f->flags & TW_FF_MIDSTREAM))
		flags |= TW_EF_MIDSTREAM;
	if (p->flags & TW_OF_EGRESS)
		flags |= TW_EF_EGRESS;
	if (p->flags & TW_OF_FORWARDED)
		flags |= TW_EF_FORWARDED;
	if (p->flags & TW_OF_IP_ID)
		flags |= TW_EF_IP_ID;
	if (p->flags & TW_OF_OFFLINE)
		flags |= TW_EF_OFFLINE;
	return flags;
}

/* A marker has no ports: its two addresses are the packet's. */
TW_INLINE void tw_event_tuple(struct tw_event *e, const struct tw_flow *f, const struct tw_obs *o)
{
	const struct tw_key *k = &o->pkt.key;
	u32 orig = f ? f->orig & 1 : o->pkt.src & 1;

	if (o->what == TW_OBS_ECHO) {
		e->orig_addr = o->from;
		e->resp_addr = o->to;
		e->orig_port = 0;
		e->resp_port = 0;
	} else if (orig) {
		e->orig_addr = k->addr[1];
		e->resp_addr = k->addr[0];
		e->orig_port = k->port[1];
		e->resp_port = k->port[0];
	} else {
		e->orig_addr = k->addr[0];
		e->resp_addr = k->addr[1];
		e->orig_port = k->port[0];
		e->resp_port = k->port[1];
	}
}

/* Fills all of @e but its detail. @f: NULL when no connection is tracked. */
TW_INLINE void tw_event_fill(struct tw_event *e, u32 type, u32 suppressed, const struct tw_flow *f, const struct tw_obs *o)
{
	const struct tw_pkt *p = &o->pkt;

	e->version = TW_ABI_VERSION;
	e->type = type;
	e->len = type == TW_EV_REPLACED ? sizeof(struct tw_event_replaced) : sizeof(*e);
	e->suppressed = suppressed;
	e->ts_ns = p->ts_ns;
	e->conn = f ? f->id : 0;
	tw_event_tuple(e, f, o);
	e->ifindex = p->point >> 1;
	e->seq = p->seq;
	e->ack = p->ack;
	e->ip_id = p->ip_id;
	e->ttl = p->ttl;
	e->tcp_flags = p->tcp_flags;
	e->flags = tw_event_flags(f, p);
	e->family = p->family;
	e->spare[0] = 0;
	e->spare[1] = 0;
}

#endif
