// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the kernel is asked about a connection, where its own word does not suffice. */
#include <string.h>

#include "conntable.h"
#include "host/reasons.h"

#define ASK_NS (20 * TW_NS_PER_MS) /* between two questions for a listener: a flood must not ask for each SYN */

static void put_listener(struct tw_event *drop, const struct tw_listener *listener)
{
	drop->drop.listen_port = listener->port;
	drop->drop.queued = listener->queued;
	drop->drop.backlog = listener->backlog;
	drop->drop.pid = listener->pid;
	memcpy(drop->drop.comm, listener->comm, sizeof(drop->drop.comm));
}

/* 0 and @listener, unless it is too early to ask again. */
static int ask(struct tw_conns *conns, const struct tw_event *event, struct tw_listener *listener)
{
	memset(listener, 0, sizeof(*listener));
	if (!conns->options.listener || event->ts_ns < conns->asked_ns + ASK_NS)
		return -1;
	conns->asked_ns = event->ts_ns;
	return conns->options.listener(conns->options.ctx, &event->resp_addr, event->resp_port, listener);
}

void tw_kernel_complete(struct tw_conns *conns, struct tw_event *drop)
{
	const char *word = tw_drop_word(drop->drop.reason);
	struct tw_listener listener;

	if (word && !strcmp(word, tw_drop_word(TW_DROP_LISTEN_OVERFLOW)) && !ask(conns, drop, &listener))
		put_listener(drop, &listener);
}

void tw_entry_ask_listener(struct tw_conns *conns, struct tw_entry *e, const struct tw_event *event)
{
	struct tw_event drop = *event;
	struct tw_listener listener;

	if (event->flags & (TW_EF_EGRESS | TW_EF_OFFLINE) || event->syn.answered || e->syn_acks)
		return;
	if ((e->side != TW_SIDE_RESPONDER && !e->both_local) || ask(conns, event, &listener) ||
	    listener.queued <= listener.backlog)
		return;
	drop.type = TW_EV_KERNEL_DROP;
	drop.suppressed = 0;
	memset(drop.raw, 0, sizeof(drop.raw));
	drop.drop.reason = TW_DROP_LISTEN_OVERFLOW;
	put_listener(&drop, &listener);
	e->seen |= 1ULL << TW_EV_KERNEL_DROP;
	tw_drops_take(&e->drops, &drop);
	conns->stats.made++;
	tw_conns_show(conns, &drop, e);
}
