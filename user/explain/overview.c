// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts a log's connections, groups those alike, keeps the worst of each group. */
#include "overview.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/member.h"
#include "base/names.h"
#include "log/logread.h"
#include "openconn.h"
#include "overviewdata.h"
#include "pathmtu.h"
#include "outliers.h"
#include "tcpwhy/port.h"

/* --- connections between their first event and their record --- */

static void forget_failure(struct tw_overview *o, struct open_entry *e)
{
	o->n_failed -= e->early.event != NULL;
	tw_early_release(&e->early);
}

static void drop_open(struct tw_overview *o, struct open_entry *e)
{
	forget_failure(o, e);
	HASH_DEL(o->open, e);
	free(e);
}

static void note_failure(struct tw_overview *o, struct open_entry *e, int type, const json_t *event)
{
	bool had = e->early.event;

	if (!had && o->n_failed >= TW_OVERVIEW_EARLY)
		return;
	tw_early_note(&e->early, type, event);
	o->n_failed += (e->early.event != NULL) - had;
}

struct tw_overview *tw_overview_new(struct tw_markers *between)
{
	struct tw_overview *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->between = between;
	o->cuts = tw_idlecut_new();
	o->mtus = tw_pathmtu_new();
	o->outliers = tw_outliers_new();
	if (o->cuts && o->mtus && o->outliers)
		return o;
	tw_overview_free(o);
	return NULL;
}

void tw_overview_free(struct tw_overview *o)
{
	struct open_entry *e, *next_e;
	struct group_entry *g, *next_g;

	if (!o)
		return;
	HASH_ITER(hh, o->open, e, next_e)
		drop_open(o, e);
	HASH_ITER(hh, o->groups, g, next_g) {
		HASH_DEL(o->groups, g);
		json_decref(g->group.final);
		free(g);
	}
	HASH_ITER(hh, o->hosts, g, next_g) {
		HASH_DEL(o->hosts, g);
		free(g);
	}
	tw_idlecut_free(o->cuts);
	tw_pathmtu_free(o->mtus);
	tw_outliers_free(o->outliers);
	free(o);
}

/* --- connections --- */

/* False: it is one of the first, and was counted. */
static bool is_new(struct tw_overview *o, const char *conn)
{
	unsigned int known = TW_MIN(o->connections, TW_OVERVIEW_FIRST);

	for (unsigned int i = 0; i < known; i++)
		if (!strcmp(o->first[i], conn))
			return false;
	if (known < TW_OVERVIEW_FIRST)
		snprintf(o->first[known], sizeof(o->first[known]), "%.15s", conn);
	o->connections++;
	return true;
}

/* The oldest goes when there is no room: it loses its silences, nothing else. */
static struct open_entry *open_of(struct tw_overview *o, const char *conn)
{
	struct open_entry *e;

	HASH_FIND_STR(o->open, conn, e);
	if (e)
		return e;
	if (HASH_COUNT(o->open) >= TW_OVERVIEW_OPEN) {
		e = o->open;
		forget_failure(o, e);
		HASH_DEL(o->open, e);
		o->evicted++;
	} else {
		e = malloc(sizeof(*e));
	}
	if (!e)
		return NULL;
	memset(e, 0, sizeof(*e));
	snprintf(e->conn, sizeof(e->conn), "%.15s", conn);
	HASH_ADD_STR(o->open, conn, e);
	return e;
}

#define NOT_TOLD 3 /* nothing stood in its way, or nobody knows */

/* Worse is what cannot be used than what is refused, and that than what is slow. */
static int tier_of(int verdict)
{
	switch (verdict) {
	case TW_VERDICT_REFUSED:
	case TW_VERDICT_CLOSED_WITHOUT_A_BYTE:
	case TW_VERDICT_RESET_BY_ORIGINATOR:
	case TW_VERDICT_RESET_BY_RESPONDER:
		return 1;
	case TW_VERDICT_ORIGINATOR_IDLE:
	case TW_VERDICT_SENDER_LIMITED:
	case TW_VERDICT_OK:
	case TW_VERDICT_UNKNOWN:
		return NOT_TOLD;
	default:
		return tw_verdict_cost_time(verdict) ? 2 : 0;
	}
}

static double cost_of(const json_t *final)
{
	static const char *const lost[] = {
		"time_handshake", "time_zero_window", "time_recovery", "time_responder", "time_delayed_ack",
	};
	double cost = 0;

	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++)
		cost += tw_member_real(final, lost[i]);
	return cost;
}

static struct group_entry *group_of(struct tw_overview *o, int verdict, const json_t *final)
{
	char service[TW_SERVICE_MAX], key[TW_GROUP_KEY];
	struct group_entry *g;

	tw_service(service, final);
	snprintf(key, sizeof(key), "%d %s", verdict, service);
	HASH_FIND_STR(o->groups, key, g);
	if (g || HASH_COUNT(o->groups) >= TW_OVERVIEW_GROUPS) {
		o->ungrouped += !g;
		return g;
	}
	g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	strcpy(g->key, key);
	strcpy(g->group.service, service);
	g->group.ports = 1;
	g->group.verdict = verdict;
	g->group.tier = tier_of(verdict);
	HASH_ADD_STR(o->groups, key, g);
	return g;
}

static void add_to_group(struct tw_overview *o, int verdict, const json_t *final)
{
	struct group_entry *entry = tier_of(verdict) < NOT_TOLD ? group_of(o, verdict, final) : NULL;
	struct tw_group *g = entry ? &entry->group : NULL;
	double cost = cost_of(final);

	if (!g)
		return;
	if (g->count++ && cost <= g->cost)
		return;
	g->cost = cost;
	snprintf(g->conn, sizeof(g->conn), "%.15s", tw_member_text(final, "conn"));
	json_decref(g->final);
	g->final = json_incref((json_t *)final);
}

static int add_final(struct tw_overview *o, const json_t *final, uint64_t ts_ns)
{
	const char *conn = tw_member_text(final, "conn");
	uint64_t start_ns = tw_logread_start(final), end_ns = tw_logread_end(final);
	int verdict = tw_verdict_number(tw_member_text(final, "verdict"));
	struct tw_openconn nothing = { 0 }, *c = &nothing;
	struct open_entry *e;
	int err = 0;

	HASH_FIND_STR(o->open, conn, e);
	if (e)
		c = &e->conn_state;
	if (tw_markers_has(o->between, start_ns, TW_MAX(end_ns, c->last_ns)) && is_new(o, conn)) {
		o->verdicts[verdict < 0 ? TW_VERDICT_UNKNOWN : verdict]++;
		add_to_group(o, verdict < 0 ? TW_VERDICT_UNKNOWN : verdict, final);
		err = tw_openconn_finish(c, final, o->cuts);
		if (!err)
			err = tw_outliers_add(o->outliers, final, c->harmless);
		if (!err)
			err = tw_pathmtu_add(o->mtus, final);
	}
	if (e)
		drop_open(o, e);
	return err;
}

/* --- what is no connection --- */

static void add_alert(struct tw_overview *o, const json_t *event)
{
	const char *rule = tw_member_text(event, "rule"), *key = tw_member_text(event, "key");
	double value = tw_member_real(event, "value");
	struct alert *a = NULL;

	if (strcmp(tw_member_text(event, "state"), "raised"))
		return;
	for (unsigned int i = 0; i < o->n_alerts; i++)
		if (!strncmp(o->alerts[i].rule, rule, sizeof(a->rule) - 1) && !strncmp(o->alerts[i].key, key, sizeof(a->key) - 1))
			a = &o->alerts[i];
	if (!a && o->n_alerts == TW_OVERVIEW_ALERTS) {
		o->more_alerts++;
		return;
	}
	if (!a) {
		a = &o->alerts[o->n_alerts++];
		snprintf(a->rule, sizeof(a->rule), "%.31s", rule);
		snprintf(a->key, sizeof(a->key), "%.63s", key);
		snprintf(a->ts, sizeof(a->ts), "%.31s", tw_member_text(event, "ts"));
		a->threshold = tw_member_real(event, "threshold");
		a->window = tw_member_real(event, "window");
	}
	a->times++;
	a->value = TW_MAX(a->value, value);
}

static void add_lost(struct tw_overview *o, int type, const json_t *event)
{
	if (type == TW_EV_EVENTS_LOST)
		o->lost += tw_member_u64(event, "count");
	else
		o->untracked += tw_member_u64(event, "count");
}

int tw_overview_add(struct tw_overview *o, const json_t *event, uint64_t ts_ns)
{
	const char *word = tw_member_text(event, "event"), *conn = tw_member_text(event, "conn");
	int type = tw_event_number(word, strlen(word));
	struct open_entry *e;

	o->events++;
	if (ts_ns) {
		o->first_ns = o->first_ns ? TW_MIN(o->first_ns, ts_ns) : ts_ns;
		o->last_ns = TW_MAX(o->last_ns, ts_ns);
	}
	if (type == TW_EV_MARKER)
		tw_markers_mark(o->between, event, ts_ns);
	else if (type == TW_EV_ALERT && tw_markers_has(o->between, ts_ns, ts_ns))
		add_alert(o, event);
	else if (type == TW_EV_EVENTS_LOST || type == TW_EV_TABLE_FULL)
		add_lost(o, type, event);
	if (!*conn)
		return 0;
	if (type == TW_EV_CONNECTION)
		return add_final(o, event, ts_ns);
	e = open_of(o, conn);
	if (!e)
		return -ENOMEM;
	tw_openconn_note(&e->conn_state, type, event, ts_ns);
	note_failure(o, e, type, event);
	return tw_markers_has(o->between, ts_ns, ts_ns) ? tw_pathmtu_add(o->mtus, event) : 0;
}

static void add_unfinished(struct tw_overview *o, const struct open_entry *e)
{
	json_t *record = e->early.event ? tw_early_record(&e->early) : NULL;
	int verdict = record ? tw_verdict_number(tw_member_text(record, "verdict")) : -1;

	o->unfinished++;
	if (verdict >= 0) {
		o->early++;
		o->verdicts[verdict]++;
		add_to_group(o, verdict, record);
	}
	json_decref(record);
}

void tw_overview_finish(struct tw_overview *o)
{
	struct open_entry *e, *next;

	HASH_ITER(hh, o->open, e, next) {
		if (tw_markers_has(o->between, e->conn_state.first_ns, e->conn_state.last_ns) && is_new(o, e->conn))
			add_unfinished(o, e);
		drop_open(o, e);
	}
}

uint64_t tw_overview_connections(const struct tw_overview *o)
{
	return o->connections;
}

const char *tw_overview_first(const struct tw_overview *o, unsigned int i)
{
	return o->first[i];
}

/* --- what others tell --- */

struct tw_idlecut *tw_overview_idlecuts(struct tw_overview *o)
{
	return o->cuts;
}

struct tw_pathmtu *tw_overview_pathmtus(struct tw_overview *o)
{
	return o->mtus;
}

struct tw_outliers *tw_overview_outliers(struct tw_overview *o)
{
	return o->outliers;
}
