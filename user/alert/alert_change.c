/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Alerts: rules are taken in, also while others are at work. What was counted stays where a rule still counts the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert_private.h"
#include "base/quantile.h"

#define PLACES 1024        /* keys that a rule remembers: the error is in window.h */
#define PLACES_IFACE 64    /* interfaces */
#define PLACES_QUANTILE 256 /* of these, each of 1.5 kB a slice */

static uint32_t places_for(const struct tw_rule *rule)
{
	switch (rule->key) {
	case TW_KEY_NONE:
		return 1;
	case TW_KEY_IFACE:
		return PLACES_IFACE;
	default:
		return rule->quantile > 0 ? PLACES_QUANTILE : PLACES;
	}
}

static struct tw_window *new_window(const struct tw_rule *rule, uint64_t now_ns)
{
	struct tw_window_spec spec = {
		.places = places_for(rule),
		.length_ns = rule->window_ns,
		.settle_ns = rule->settle_ns,
		.by_base = rule->ratio,
		.extra = rule->quantile > 0 ? sizeof(struct tw_quantile) : 0,
	};

	return tw_window_new(&spec, now_ns);
}

/* Whether what @a has counted is what @b would have counted. */
static bool counts_the_same(const struct tw_rule *a, const struct tw_rule *b)
{
	return !strcmp(a->name, b->name) && !memcmp(&a->hits, &b->hits, sizeof(a->hits)) &&
	       !memcmp(&a->base, &b->base, sizeof(a->base)) && a->ratio == b->ratio &&
	       !a->quantile == !b->quantile && a->key == b->key && a->window_ns == b->window_ns &&
	       a->settle_ns == b->settle_ns;
}

static struct tw_watched *find_same(struct tw_alerts *a, const struct tw_rule *rule)
{
	for (unsigned int i = 0; i < a->n; i++)
		if (counts_the_same(&a->watch[i].rule, rule))
			return &a->watch[i];
	return NULL;
}

/* @text was parsed once before, when the rule was read. */
static int new_where(struct tw_where **where, const char *text)
{
	struct tw_reason reason;

	if (!*text)
		return 0;
	*where = malloc(sizeof(**where));
	return *where ? tw_where_parse(*where, text, &reason) : -ENOMEM;
}

void tw_watched_release(struct tw_watched *watch)
{
	free(watch->hit_where);
	free(watch->base_where);
}

/* @old: counted the same so far, or NULL. */
static int fill_watch(struct tw_watched *watch, const struct tw_rule *rule, const struct tw_watched *old, uint64_t now_ns)
{
	*watch = (struct tw_watched){
		.rule = *rule,
		.hit_events = tw_count_wants(&rule->hits),
		.base_events = tw_count_wants(&rule->base),
		.window = old ? old->window : new_window(rule, now_ns),
		.raised = old ? old->raised : 0,
		.kept = old,
	};
	if (!watch->window || new_where(&watch->hit_where, rule->hits.where) ||
	    new_where(&watch->base_where, rule->base.where))
		return -ENOMEM;
	return 0;
}

/* What there is no rule for any more. */
static void drop_watch(struct tw_alerts *a, struct tw_watched *watch)
{
	for (uint32_t i = 0; watch->raised && i < tw_window_used(watch->window); i++)
		if (tw_window_place(watch->window, i)->held)
			tw_alert_clear(a, watch, tw_window_place(watch->window, i));
	tw_window_free(watch->window);
}

static void want_events(struct tw_alerts *a)
{
	memset(a->want, 0, sizeof(a->want));
	a->stats.memory = sizeof(*a);
	for (unsigned int i = 0; i < a->n; i++) {
		const struct tw_watched *watch = &a->watch[i];

		for (int type = 0; type < _TW_EV_MAX; type++)
			if ((watch->hit_events | watch->base_events) >> type & 1)
				a->want[type] |= 1u << i;
		a->stats.memory += tw_window_memory(watch->window);
	}
}

/* Either all of @fresh takes the place of what was, or nothing has changed. */
static void take_over(struct tw_alerts *a, const struct tw_watched *fresh, unsigned int n)
{
	for (unsigned int i = 0; i < a->n; i++) {
		bool kept = false;

		for (unsigned int k = 0; k < n; k++)
			kept |= fresh[k].window == a->watch[i].window;
		if (!kept)
			drop_watch(a, &a->watch[i]);
		tw_watched_release(&a->watch[i]);
	}
	memcpy(a->watch, fresh, n * sizeof(*fresh));
	a->n = n;
	a->next_ns = 0;
	want_events(a);
}

int tw_alerts_change(struct tw_alerts *a, const struct tw_rules *rules)
{
	struct tw_watched *fresh = calloc(TW_RULES_MAX, sizeof(*fresh));
	unsigned int n = 0;
	int err = fresh ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < rules->n && !err; i++) {
		const struct tw_rule *rule = &rules->rule[i];

		if (!rule->off)
			err = fill_watch(&fresh[n++], rule, find_same(a, rule), a->now_ns);
	}
	if (!err)
		take_over(a, fresh, n);
	for (unsigned int i = 0; err && i < n; i++) {
		if (!fresh[i].kept)
			tw_window_free(fresh[i].window);
		tw_watched_release(&fresh[i]);
	}
	free(fresh);
	return err;
}
