// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who a connection is, which side this host is, and which way a packet went. */
#include <string.h>

#include "conntable.h"
#include "record/community.h"

static bool same_addr(const struct tw_addr *a, const struct tw_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool is_loopback(unsigned int family, const struct tw_addr *addr)
{
	const uint8_t *bytes = (const uint8_t *)addr->word;
	static const uint8_t one[16] = { [15] = 1 };

	return family == 4 ? bytes[12] == 127 : !memcmp(bytes, one, sizeof(one));
}

void tw_name_init(struct tw_conn_name *name, const struct tw_event *event)
{
	name->id = event->conn;
	name->orig_addr = event->orig_addr;
	name->resp_addr = event->resp_addr;
	name->orig_port = event->orig_port;
	name->resp_port = event->resp_port;
	name->family = event->family;
	name->midstream = event->flags & TW_EF_MIDSTREAM;
	name->community_id[0] = '\0';
	if (event->type != TW_EV_MARKER)
		tw_community_id(name->community_id, name->family, &name->orig_addr, name->orig_port,
				&name->resp_addr, name->resp_port);
}

/* By its addresses: which side this host is. An address that is not ours may still be handled here (TPROXY, IPVS). */
void tw_entry_guess_side(const struct tw_conns *conns, struct tw_entry *e)
{
	const struct tw_conn_name *n = &e->name;
	int orig, resp;

	e->both_local = same_addr(&n->orig_addr, &n->resp_addr) || is_loopback(n->family, &n->orig_addr);
	if (e->both_local || !conns->options.is_local)
		return;
	orig = conns->options.is_local(conns->options.ctx, &n->orig_addr);
	resp = conns->options.is_local(conns->options.ctx, &n->resp_addr);
	e->both_local = orig && resp;
	if (!e->both_local)
		e->side = orig ? TW_SIDE_ORIGINATOR : resp ? TW_SIDE_RESPONDER : TW_SIDE_ROUTER;
}

/* An ICMP error comes with the quoted packet's sender, and goes to it. */
static bool is_error(const struct tw_event *event)
{
	return event->type == TW_EV_FRAG_NEEDED || event->type == TW_EV_UNREACHABLE;
}

/* A router that rejects sends a RST of its own, in the name of a side. */
static bool is_end(const struct tw_event *event)
{
	return event->type == TW_EV_RESET || event->type == TW_EV_ENDED;
}

/*
 * By the hook: who sends on egress is here; who forwards is a router; without better knowledge, who
 * receives is here, and where both sides' packets come in neither is.
 */
void tw_entry_learn_side(const struct tw_conns *conns, struct tw_entry *e, const struct tw_event *event)
{
	bool from_orig = event->flags & TW_EF_FROM_ORIG, egress = event->flags & TW_EF_EGRESS;
	enum tw_side receiver = from_orig ? TW_SIDE_RESPONDER : TW_SIDE_ORIGINATOR;

	if (e->offline || e->both_local || is_error(event) || (is_end(event) && e->side != TW_SIDE_UNKNOWN))
		return;
	if (event->flags & TW_EF_FORWARDED)
		e->side = TW_SIDE_ROUTER;
	else if (egress)
		e->side = from_orig ? TW_SIDE_ORIGINATOR : TW_SIDE_RESPONDER;
	else if (!e->sent && !conns->options.is_local)
		e->side = e->side == TW_SIDE_UNKNOWN || e->side == receiver ? receiver : TW_SIDE_ROUTER;
	e->sent |= egress;
}

static enum tw_dir opposite(enum tw_dir dir)
{
	static const enum tw_dir of[] = { TW_DIR_NONE, TW_DIR_OUT, TW_DIR_IN, TW_DIR_REV, TW_DIR_FWD };

	return of[dir];
}

/* A capture has no hooks: the packet's addresses tell, where somebody said which ones are ours. */
static enum tw_dir dir_by_address(const struct tw_conns *conns, const struct tw_event *event)
{
	bool from_orig = event->flags & TW_EF_FROM_ORIG, ours, theirs;
	const struct tw_addr *sender = from_orig ? &event->orig_addr : &event->resp_addr;
	const struct tw_addr *receiver = from_orig ? &event->resp_addr : &event->orig_addr;

	if (!conns->options.is_local)
		return TW_DIR_NONE;
	ours = conns->options.is_local(conns->options.ctx, is_error(event) ? &event->icmp.from : sender);
	theirs = conns->options.is_local(conns->options.ctx, is_error(event) ? sender : receiver);
	if (ours == theirs)
		return TW_DIR_NONE;
	return ours ? TW_DIR_OUT : TW_DIR_IN;
}

enum tw_dir tw_event_dir(const struct tw_conns *conns, const struct tw_event *event, const struct tw_entry *e)
{
	bool from_orig = !!(event->flags & TW_EF_FROM_ORIG) != is_error(event);
	bool nowhere = event->flags & TW_EF_FORWARDED || (e && (e->both_local || e->side == TW_SIDE_ROUTER));
	enum tw_dir dir = event->flags & TW_EF_EGRESS ? TW_DIR_OUT : TW_DIR_IN;

	if (event->flags & TW_EF_OFFLINE && !nowhere) {
		dir = dir_by_address(conns, event);
		nowhere = dir == TW_DIR_NONE;
	} else if (!e && conns->options.is_local) { /* of no connection: nobody has looked yet */
		nowhere |= dir_by_address(conns, event) == TW_DIR_NONE;
	}
	if (nowhere)
		dir = from_orig ? TW_DIR_FWD : TW_DIR_REV;
	/* Told with the write that came behind it, but the late ACK is meant: the other way. */
	return event->type == TW_EV_DELAYED_ACK_STALL ? opposite(dir) : dir;
}

/* The direction of the originator's packets: of records that no packet made. */
static enum tw_dir orig_dir(const struct tw_entry *e)
{
	if (e->side == TW_SIDE_ORIGINATOR)
		return TW_DIR_OUT;
	return e->side == TW_SIDE_RESPONDER ? TW_DIR_IN : TW_DIR_FWD;
}

const char *tw_iface_name(const struct tw_conns *conns, uint32_t ifindex)
{
	return conns->options.iface_name && ifindex ? conns->options.iface_name(conns->options.ctx, ifindex) : NULL;
}

static const struct tw_process *ask_owner(const struct tw_conns *conns, const struct tw_entry *e, bool orig,
					   uint64_t until_ns, struct tw_process *owner)
{
	enum tw_side end = orig ? TW_SIDE_ORIGINATOR : TW_SIDE_RESPONDER;

	if (!e->both_local && e->side != end)
		return NULL;
	return conns->options.owner(conns->options.ctx, &e->name, orig, e->name.midstream ? 0 : e->start_ns, until_ns,
				    owner) ? NULL : owner;
}

void tw_entry_owners(const struct tw_conns *conns, const struct tw_entry *e, uint64_t until_ns,
		     struct tw_process owner[2], struct tw_record *record)
{
	const struct tw_process *orig, *resp;

	if (!conns->options.owner ||
	    !(conns->early_owner || record->type == TW_EV_CONNECTION || record->type == TW_EV_PATH_DOWN))
		return;
	orig = ask_owner(conns, e, true, until_ns, &owner[0]);
	resp = ask_owner(conns, e, false, until_ns, &owner[1]);
	record->owner = e->both_local || orig ? orig : resp;
	record->resp_owner = e->both_local ? resp : NULL;
}

void tw_conns_emit(struct tw_conns *conns, struct tw_record *record, const struct tw_entry *e)
{
	bool final = record->type == TW_EV_CONNECTION;
	struct tw_process owner[2];

	tw_entry_owners(conns, e, final ? record->final.flow->last_ns : e->last_ns, owner, record);
	record->conn = &e->name;
	record->iface = tw_iface_name(conns, e->ifindex);
	record->side = e->side;
	record->dir = record->type == TW_EV_ACCEPT_TIMEOUT ? opposite(orig_dir(e)) : orig_dir(e);
	conns->stats.made++;
	conns->sink(conns->sink_ctx, record);
}
