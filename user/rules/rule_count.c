/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a rule counts (rule_count.h). */
#include "rule_count.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/linefield.h"
#include "base/names.h"
#include "line/fieldname.h"
#include "line/logline.h"
#include "verdict/verdict.h"

_Static_assert(_TW_VERDICT_MAX <= 64, "a bit for every verdict");

/* Names of measures in rules, beside the events that have the same meaning as one. */
static const struct {
	const char *name;
	enum tw_measure measure;
} measures[] = {
	{ "syns", TW_MEASURE_SYNS }, { "completed", TW_MEASURE_COMPLETED }, { "connections", TW_MEASURE_ESTABLISHED },
	{ "refused", TW_MEASURE_REFUSED }, { "resets", TW_MEASURE_RESETS },
	{ "forged_resets", TW_MEASURE_FORGED_RESETS }, { "retransmits", TW_MEASURE_LOST_SEGMENTS },
	{ "segments", TW_MEASURE_DATA_SEGMENTS }, { "unanswered", TW_MEASURE_UNANSWERED },
	{ "pmtu", TW_MEASURE_PMTU }, { "pmtu_black_hole", TW_MEASURE_PMTU_BLACK_HOLE },
	{ "paths_down", TW_MEASURE_PATHS_DOWN },
};

#define N_MEASURES (sizeof(measures) / sizeof(measures[0]))

/* ---- names ---- */

static void say_also(struct tw_reason *reason, const char *word)
{
	size_t len = strlen(reason->text);

	snprintf(reason->text + len, sizeof(reason->text) - len, " %s", word);
}

static int unknown_verdict(const char *word, size_t len, struct tw_reason *reason)
{
	tw_reason(reason, 0, "there is no verdict \"%.*s\"; there are", (int)len, word);
	for (int i = 0; i < _TW_VERDICT_MAX; i++)
		say_also(reason, tw_verdict_word(i));
	return -EINVAL;
}

static int unknown_event(const char *word, size_t len, struct tw_reason *reason)
{
	tw_reason(reason, 0, "there is no event \"%.*s\"; there are", (int)len, word);
	for (int i = 0; i < _TW_EV_MAX; i++)
		if (tw_event_is_public(i))
			say_also(reason, tw_event_word(i));
	return -EINVAL;
}

static int find_event(const char *word, size_t len)
{
	int type = tw_event_number(word, len);

	return type >= 0 && tw_event_is_public(type) && type != TW_EV_ALERT ? type : -1;
}

static int find_verdict(const char *word, size_t len)
{
	for (int i = 0; i < _TW_VERDICT_MAX; i++)
		if (strlen(tw_verdict_word(i)) == len && !memcmp(tw_verdict_word(i), word, len))
			return i;
	return -1;
}

/* Bits of comma-separated @names. */
static int parse_names(uint64_t *bits, const char *names, int (*find)(const char *word, size_t len),
		       int (*unknown)(const char *word, size_t len, struct tw_reason *reason), struct tw_reason *reason)
{
	*bits = 0;
	do {
		size_t len;
		int number;

		names += strspn(names, " ");
		len = strcspn(names, ", ");
		number = find(names, len);
		if (number < 0)
			return unknown(names, len, reason);
		*bits |= 1ULL << number;
		names += len;
		names += strspn(names, ", ");
	} while (*names);
	return 0;
}

int tw_count_events(struct tw_count *count, const char *names, struct tw_reason *reason)
{
	count->measure = TW_MEASURE_NONE;
	count->verdicts = 0;
	return parse_names(&count->events, names, find_event, unknown_event, reason);
}

int tw_count_verdicts(struct tw_count *count, const char *names, struct tw_reason *reason)
{
	count->measure = TW_MEASURE_NONE;
	count->events = 1ULL << TW_EV_CONNECTION;
	return parse_names(&count->verdicts, names, find_verdict, unknown_verdict, reason);
}

int tw_count_measure(struct tw_count *count, const char *name, struct tw_reason *reason)
{
	for (size_t i = 0; i < N_MEASURES; i++) {
		if (strcmp(name, measures[i].name))
			continue;
		count->measure = measures[i].measure;
		count->events = count->verdicts = 0;
		return 0;
	}
	tw_reason(reason, 0, "there is no measure \"%.40s\"; there are", name);
	for (size_t i = 0; i < N_MEASURES; i++)
		say_also(reason, measures[i].name);
	return -EINVAL;
}

static int unknown_field(const char *name, struct tw_reason *reason)
{
	return tw_reason(reason, -EINVAL, "there is no field \"%.40s\" in the log; tcpwhy-events(7) and docs/fields.md list them",
			 name);
}

int tw_count_field(struct tw_count *count, const char *name, struct tw_reason *reason)
{
	if (!tw_field_unit(name))
		return unknown_field(name, reason);
	if (!tw_field_is_number(name) || strlen(name) >= sizeof(count->field))
		return tw_reason(reason, -EINVAL, "the field \"%s\" is no number", name);
	memset(count->field, 0, sizeof(count->field));
	strcpy(count->field, name);
	return 0;
}

static void note_unknown(void *ctx, const char *field)
{
	if (!tw_field_unit(field))
		*(const char **)ctx = field;
}

int tw_count_where(struct tw_count *count, const char *text, struct tw_reason *reason)
{
	const char *unknown = NULL;
	struct tw_where where;
	int err = tw_where_parse(&where, text, reason);

	if (!err)
		tw_where_fields(&where, note_unknown, &unknown);
	if (unknown)
		return unknown_field(unknown, reason);
	if (!err)
		memcpy(count->where, where.text, sizeof(count->where));
	return err;
}

/* ---- counting ---- */

bool tw_count_is_set(const struct tw_count *count)
{
	return count->measure != TW_MEASURE_NONE || count->events;
}

uint64_t tw_count_wants(const struct tw_count *count)
{
	return count->measure != TW_MEASURE_NONE ? tw_measure_events(count->measure) : count->events;
}

const char *tw_rule_line(struct tw_rule_record *r)
{
	if (!r->line)
		r->line = tw_log_format(r->buffer, TW_LOG_LINE_MAX, r->record) ? r->buffer : "";
	return r->line;
}

static bool has_verdict(const struct tw_count *count, const struct tw_record *r)
{
	return !count->verdicts ||
	       (r->final.judgement && r->final.judgement->count && count->verdicts >> r->final.judgement->list[0] & 1);
}

/* Those like it that were held back before it count too. */
static uint32_t times(const struct tw_record *r)
{
	uint32_t held = r->event ? r->event->suppressed : 0;

	return held < UINT32_MAX ? held + 1 : held;
}

static uint32_t amount_of_field(const struct tw_count *count, struct tw_rule_record *r, double *value)
{
	struct tw_linefield field;
	double number;

	if (!tw_linefield_find(&field, tw_rule_line(r), count->field) || !tw_linefield_number(&field, &number))
		return 0;
	if (value) {
		*value = number;
		return times(r->record);
	}
	return number >= UINT32_MAX ? UINT32_MAX : number > 0 ? lround(number) : 0;
}

uint32_t tw_count_amount(const struct tw_count *count, const struct tw_where *where, struct tw_rule_record *r,
			 double *value)
{
	if (!(tw_count_wants(count) >> r->record->type & 1))
		return 0;
	if (count->measure == TW_MEASURE_NONE && !has_verdict(count, r->record))
		return 0;
	if (where && !tw_where_takes(where, tw_rule_line(r)))
		return 0;
	if (count->measure != TW_MEASURE_NONE)
		return tw_measure_amount(count->measure, r->record);
	return count->field[0] ? amount_of_field(count, r, value) : times(r->record);
}

/* ---- for people ---- */

static void add_words(char *text, size_t size, uint64_t bits, const char *(*word)(unsigned int number))
{
	const char *separator = *text ? " " : "";

	for (unsigned int i = 0; bits >> i && i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		snprintf(text + strlen(text), size - strlen(text), "%s%s", separator, word(i));
		separator = ", ";
	}
}

void tw_count_describe(const struct tw_count *count, char *text, size_t size)
{
	*text = '\0';
	if (count->measure != TW_MEASURE_NONE) {
		snprintf(text, size, "%s", tw_measure_word(count->measure));
		return;
	}
	if (count->field[0])
		snprintf(text, size, "%s of", count->field);
	if (count->verdicts)
		add_words(text, size, count->verdicts, tw_verdict_word);
	else
		add_words(text, size, count->events, tw_event_word);
	if (!count->field[0])
		snprintf(text + strlen(text), size - strlen(text), "%s", count->verdicts ? " connections" : " events");
}
