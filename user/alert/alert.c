/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Alerts: counts what the rules ask for, raises once, clears once (alert.h).
 *
 * A record that no rule wants costs one comparison of time and one look at a table. One that is
 * wanted is added to one window a rule, and only the place it was added to is judged, for raising. All
 * places are judged whenever a window slides, which is also when alerts are cleared.
 */
#include <stdlib.h>

#include "alert_private.h"
#include "base/quantile.h"

/* Events are in order but for a few ms between CPUs, and a second for what waits for the kernel's word (conn_hold.c).
 * So many in a row that are older than this: the clock was set back, or another capture file begins. */
#define BACK_NS (3 * TW_NS_PER_SEC)
#define BACK_RECORDS 16

/* ---- judging ---- */

/* Over all slices of the window. */
static double quantile_of(const struct tw_watched *watch, const struct tw_place *place)
{
	struct tw_quantile sum = { 0 };

	for (uint32_t age = 0; age < tw_window_slices(watch->window); age++)
		tw_quantile_merge(&sum, tw_window_extra(watch->window, place, age));
	return tw_quantile_get(&sum, watch->rule.quantile);
}

static double value_of(const struct tw_watched *watch, const struct tw_place *place)
{
	const struct tw_rule *rule = &watch->rule;

	if (rule->quantile > 0)
		return place->hits ? quantile_of(watch, place) : 0;
	if (rule->rate)
		return place->hits * (double)TW_NS_PER_SEC / rule->window_ns;
	if (!rule->ratio)
		return place->hits;
	return place->base ? (double)place->hits / place->base : 0;
}

/* Too few to tell, or enough went well beside what did not. */
static bool is_excused(const struct tw_rule *rule, const struct tw_place *place)
{
	if ((rule->ratio ? place->base : place->hits) < rule->min)
		return true;
	return !rule->ratio && rule->good > 0 && place->base >= rule->good * place->hits;
}

static bool is_bad(const struct tw_watched *watch, const struct tw_place *place)
{
	return !is_excused(&watch->rule, place) && value_of(watch, place) >= watch->rule.threshold;
}

static bool is_calm(const struct tw_watched *watch, const struct tw_place *place)
{
	double value;

	if (is_excused(&watch->rule, place))
		return true;
	value = value_of(watch, place);
	return value < watch->rule.clear || value <= 0;
}

static void say(struct tw_alerts *a, const struct tw_watched *watch, const struct tw_place *place,
		bool raised)
{
	char key[TW_RULE_KEY_TEXT];
	struct tw_record record = {
		.type = TW_EV_ALERT,
		.ts_ns = a->now_ns,
		.alert = { .rule = watch->rule.name, .raised = raised,
			   .value = value_of(watch, place), .threshold = watch->rule.threshold,
			   .window_s = (double)watch->rule.window_ns / TW_NS_PER_SEC, .key = key, .of = &watch->rule },
	};

	tw_rule_key_text(watch->rule.key, &place->key, key, sizeof(key));
	if (watch->rule.key == TW_KEY_IFACE)
		record.iface = key;
	if (a->out)
		a->out(a->ctx, &record);
}

static void raise_alert(struct tw_alerts *a, struct tw_watched *watch, struct tw_place *place)
{
	if (watch->raised >= TW_ALERTS_RAISED_MAX) {
		if (!place->calm_ns) /* not held: says whether it was counted */
			a->stats.held_back++;
		place->calm_ns = 1;
		return;
	}
	place->calm_ns = 0;
	tw_window_hold(watch->window, place, true);
	watch->raised++;
	a->stats.raised++;
	say(a, watch, place, true);
}

void tw_alert_clear(struct tw_alerts *a, struct tw_watched *watch, struct tw_place *place)
{
	place->calm_ns = 0;
	tw_window_hold(watch->window, place, false);
	watch->raised--;
	a->stats.cleared++;
	say(a, watch, place, false);
}

static void judge_raised(struct tw_alerts *a, struct tw_watched *watch, struct tw_place *place,
			 uint64_t now_ns)
{
	if (!is_calm(watch, place)) {
		place->calm_ns = 0;
		return;
	}
	if (!place->calm_ns)
		place->calm_ns = now_ns;
	if (now_ns - place->calm_ns < watch->rule.hold_ns)
		return;
	tw_alert_clear(a, watch, place);
}

/* After the window slid; @now_ns: to where. */
static void judge_all(struct tw_alerts *a, struct tw_watched *watch, uint64_t now_ns)
{
	uint32_t used = tw_window_used(watch->window);

	for (uint32_t i = 0; i < used; i++) {
		struct tw_place *place = tw_window_place(watch->window, i);

		if (place->held)
			judge_raised(a, watch, place, now_ns);
		else if (is_bad(watch, place))
			raise_alert(a, watch, place);
		else
			place->calm_ns = 0;
	}
}

/* ---- time ---- */

/* Returns when it has to be done again. */
static uint64_t slide(struct tw_alerts *a, struct tw_watched *watch)
{
	uint64_t end_ns = tw_window_next_ns(watch->window);

	/* What lies between is judged too: a flood may be over when the next record comes. */
	while (tw_window_step(watch->window, a->now_ns)) {
		judge_all(a, watch, end_ns);
		end_ns = tw_window_next_ns(watch->window);
	}
	if (watch->raised)
		judge_all(a, watch, a->now_ns);
	return end_ns;
}

static void slide_all(struct tw_alerts *a)
{
	uint64_t next_ns = UINT64_MAX;

	for (unsigned int i = 0; i < a->n; i++) {
		uint64_t end_ns = slide(a, &a->watch[i]);

		if (end_ns < next_ns)
			next_ns = end_ns;
	}
	a->next_ns = next_ns;
}

/* The clock was set back: counts stay, and who is calm begins anew to be so. */
static void rebase(struct tw_alerts *a, uint64_t now_ns)
{
	a->now_ns = now_ns;
	a->back = 0;
	for (unsigned int i = 0; i < a->n; i++) {
		struct tw_window *window = a->watch[i].window;

		tw_window_rebase(window, now_ns);
		for (uint32_t k = 0; k < tw_window_used(window); k++)
			if (tw_window_place(window, k)->held)
				tw_window_place(window, k)->calm_ns = 0;
	}
	slide_all(a);
}

static void older_record(struct tw_alerts *a, const struct tw_record *r)
{
	/* What user space makes may be about something long ago. */
	if (!r->event)
		return;
	if (a->now_ns - r->ts_ns <= BACK_NS)
		a->back = 0;
	else if (++a->back >= BACK_RECORDS)
		rebase(a, r->ts_ns);
}

static void move_time(struct tw_alerts *a, const struct tw_record *r)
{
	a->seen = true;
	if (r->ts_ns < a->now_ns) {
		older_record(a, r);
		return;
	}
	a->back = 0;
	a->now_ns = r->ts_ns < INT64_MAX ? r->ts_ns : INT64_MAX;
	if (a->now_ns >= a->next_ns)
		slide_all(a);
}

void tw_alerts_tick(struct tw_alerts *a, uint64_t now_wall_ns)
{
	if (a->seen) {
		a->seen = false;
		return;
	}
	if (now_wall_ns + BACK_NS < a->now_ns) {
		rebase(a, now_wall_ns);
	} else if (now_wall_ns > a->now_ns) {
		a->now_ns = now_wall_ns;
		if (a->now_ns >= a->next_ns)
			slide_all(a);
	}
}

/* ---- counting ---- */

/* Values of quantiles count at once; so does what user space makes, which may be about something long ago. */
static void count_value(struct tw_alerts *a, struct tw_watched *watch, struct tw_rule_record *r, struct tw_rule_keys *keys)
{
	const struct tw_rule *rule = &watch->rule;
	double value = 0;
	uint32_t hits = tw_count_amount(&rule->hits, watch->hit_where, r, &value);
	struct tw_place *place;

	if (!hits || !tw_rule_key_of(keys, r, rule->key))
		return;
	place = tw_window_add(watch->window, &keys->key[rule->key], keys->hash[rule->key], a->now_ns, hits, 0);
	if (place) /* judged as the window slides */
		tw_quantile_add(tw_window_extra(watch->window, place, 0), value, hits);
}

/* When it counts. What has waited for the kernel's word may be too late for a short window: it counts as of now. */
static uint64_t time_of(const struct tw_alerts *a, const struct tw_rule *rule, const struct tw_record *r)
{
	bool waits = r->type == TW_EV_RETRANSMIT || r->type == TW_EV_RESET;
	uint64_t late = r->ts_ns < a->now_ns ? a->now_ns - r->ts_ns : 0;

	if (!r->event || (waits && late <= BACK_NS && late + rule->window_ns / TW_WINDOW_SLICES >= rule->window_ns))
		return a->now_ns;
	return r->ts_ns;
}

static void count(struct tw_alerts *a, struct tw_watched *watch, struct tw_rule_record *r, struct tw_rule_keys *keys)
{
	const struct tw_rule *rule = &watch->rule;
	const struct tw_record *record = r->record;
	uint32_t hits = 0, base = 0;
	struct tw_place *place;
	uint64_t at_ns = time_of(a, rule, record);

	if (watch->hit_events >> record->type & 1)
		hits = tw_count_amount(&rule->hits, watch->hit_where, r, NULL);
	if (watch->base_events >> record->type & 1) {
		base = tw_count_amount(&rule->base, watch->base_where, r, NULL);
		if (base && record->event)
			at_ns = tw_measure_time(rule->base.measure, record);
	}
	if ((!hits && !base) || !tw_rule_key_of(keys, r, rule->key))
		return;
	place = tw_window_add(watch->window, &keys->key[rule->key], keys->hash[rule->key], at_ns,
			      hits, base);
	/* What has to settle is not shown yet, and judged as the window slides. */
	if (place && !place->held && is_bad(watch, place))
		raise_alert(a, watch, place);
}

void tw_alerts_sink(void *alerts, const struct tw_record *record)
{
	struct tw_alerts *a = alerts;
	struct tw_rule_record r = { .record = record, .buffer = a->line };
	struct tw_rule_keys keys;
	uint32_t want;

	if ((unsigned int)record->type >= _TW_EV_MAX || record->type == TW_EV_ALERT)
		return;
	move_time(a, record);
	want = a->want[record->type];
	if (!want)
		return;
	tw_rule_keys_init(&keys);
	for (; want; want &= want - 1) {
		struct tw_watched *watch = &a->watch[__builtin_ctz(want)];

		if (watch->rule.quantile > 0)
			count_value(a, watch, &r, &keys);
		else
			count(a, watch, &r, &keys);
	}
}

/* ---- what is known ---- */

void tw_alerts_open(const struct tw_alerts *a, void (*say)(void *ctx, const char *rule, const char *key), void *ctx)
{
	char key[TW_RULE_KEY_TEXT];

	for (unsigned int i = 0; i < a->n; i++) {
		const struct tw_watched *watch = &a->watch[i];

		for (uint32_t k = 0; watch->raised && k < tw_window_used(watch->window); k++) {
			const struct tw_place *place = tw_window_place(watch->window, k);

			if (!place->held)
				continue;
			tw_rule_key_text(watch->rule.key, &place->key, key, sizeof(key));
			say(ctx, watch->rule.name, key);
		}
	}
}

void tw_alerts_stats(const struct tw_alerts *a, struct tw_alerts_stats *stats)
{
	*stats = a->stats;
	stats->active = a->stats.raised - a->stats.cleared;
}

/* ---- one line for people ---- */

static void say_value(const struct tw_rule *rule, const struct tw_rec_alert *alert, char *text, size_t size)
{
	char hits[160], base[160];

	tw_count_describe(&rule->hits, hits, sizeof(hits));
	tw_count_describe(&rule->base, base, sizeof(base));
	if (rule->quantile > 0)
		snprintf(text, size, "p%g %s is %.4g in %g s (threshold %g)", 100 * rule->quantile, hits, alert->value,
			 alert->window_s, alert->threshold);
	else if (rule->rate)
		snprintf(text, size, "%.4g %s a second in %g s (threshold %g)", alert->value, hits, alert->window_s,
			 alert->threshold);
	else if (rule->ratio && rule->own)
		snprintf(text, size, "%.1f%%: %s of %s in %g s (threshold %g%%)", 100 * alert->value, hits, base,
			 alert->window_s, 100 * alert->threshold);
	else if (rule->ratio)
		snprintf(text, size, "%.1f%% of %s in %g s (threshold %g%%)", 100 * alert->value, base, alert->window_s,
			 100 * alert->threshold);
	else
		snprintf(text, size, "%.0f %s in %g s (threshold %g)", alert->value, hits, alert->window_s,
			 alert->threshold);
}

void tw_alert_describe(const struct tw_rec_alert *alert, char *text, size_t size)
{
	static const struct tw_rule unknown = { .hits.events = 0 };
	static struct tw_rules builtin;
	const struct tw_rule *rule = alert->of;
	char value[480];

	if (!rule) {
		tw_rules_default(&builtin);
		rule = tw_rules_find(&builtin, alert->rule);
	}
	say_value(rule ? rule : &unknown, alert, value, sizeof(value));
	snprintf(text, size, "%s %s%s%s: %s", alert->rule, alert->raised ? "raised" : "cleared",
		 *alert->key ? " for " : "", alert->key, value);
}

/* ---- made and freed ---- */

struct tw_alerts *tw_alerts_new(const struct tw_rules *rules, tw_sink out, void *ctx)
{
	struct tw_alerts *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->out = out;
	a->ctx = ctx;
	if (tw_alerts_change(a, rules)) {
		tw_alerts_free(a);
		return NULL;
	}
	return a;
}

void tw_alerts_free(struct tw_alerts *a)
{
	if (!a)
		return;
	for (unsigned int i = 0; i < a->n; i++) {
		tw_window_free(a->watch[i].window);
		tw_watched_release(&a->watch[i]);
	}
	free(a);
}
