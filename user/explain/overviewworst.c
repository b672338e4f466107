// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The worst of an overview. */
#include <stdlib.h>
#include <string.h>

#include "base/member.h"
#include "overview.h"
#include "overviewdata.h"

#define SAME_VERDICT_MOST 3 /* groups of one verdict among the worst: others want their place, too */
#define MANY_PORTS 3        /* of one address with the same verdict: from then on they are told once */

static int by_badness(struct group_entry *a, struct group_entry *b)
{
	const struct tw_group *x = &a->group, *y = &b->group;

	if (x->tier != y->tier)
		return x->tier - y->tier;
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	if (x->cost != y->cost)
		return x->cost < y->cost ? 1 : -1;
	return strcmp(a->key, b->key);
}

static void host_key(char key[TW_GROUP_KEY], const struct tw_group *g)
{
	snprintf(key, TW_GROUP_KEY, "%d %.50s", g->verdict, tw_member_text(g->final, "resp_addr"));
}

static struct group_entry *host_of(struct tw_overview *o, const struct tw_group *g)
{
	char key[TW_GROUP_KEY];
	struct group_entry *host;

	host_key(key, g);
	HASH_FIND_STR(o->hosts, key, host);
	return host;
}

static void add_to_host(struct tw_overview *o, const struct tw_group *g)
{
	struct group_entry *host = host_of(o, g);

	if (!host) {
		host = calloc(1, sizeof(*host));
		if (!host)
			return; /* then they are told one by one */
		host_key(host->key, g);
		host->group = *g;
		snprintf(host->group.service, sizeof(host->group.service), "%.50s", tw_member_text(g->final, "resp_addr"));
		HASH_ADD_STR(o->hosts, key, host);
		return;
	}
	host->group.ports++;
	host->group.count += g->count;
	if (g->cost <= host->group.cost)
		return;
	host->group.cost = g->cost;
	host->group.final = g->final;
	memcpy(host->group.conn, g->conn, sizeof(g->conn));
}

/* Leaves in @hosts those that stand for many ports. */
static void find_hosts(struct tw_overview *o)
{
	struct group_entry *host, *next;

	HASH_ITER(hh, o->hosts, host, next) {
		HASH_DEL(o->hosts, host);
		free(host);
	}
	for (struct group_entry *g = o->groups; g; g = g->hh.next)
		add_to_host(o, &g->group);
	HASH_ITER(hh, o->hosts, host, next) {
		if (host->group.ports > MANY_PORTS)
			continue;
		HASH_DEL(o->hosts, host);
		free(host);
	}
}

unsigned int tw_overview_worst(struct tw_overview *o, const struct tw_group **groups, unsigned int most)
{
	unsigned int of_verdict[_TW_VERDICT_MAX] = { 0 }, n = 0;
	struct group_entry *g, *host;

	HASH_SRT(hh, o->groups, by_badness);
	find_hosts(o);
	HASH_SRT(hh, o->hosts, by_badness);
	for (g = o->groups, host = o->hosts; (g || host) && n < most;) {
		if (g && host_of(o, &g->group)) {
			g = g->hh.next;
			continue;
		}
		struct group_entry *next = !g || (host && by_badness(host, g) <= 0) ? host : g;

		if (of_verdict[next->group.verdict]++ < SAME_VERDICT_MOST)
			groups[n++] = &next->group;
		if (next == g)
			g = g->hh.next;
		else
			host = host->hh.next;
	}
	return n;
}
