// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who stands out: more than 1 % of its segments sent again, at least 5, at least twice the share of all others,
 * and more than chance explains (4 standard deviations of a binomial with the others' share).
 */
#include "outliers.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/member.h"
#include "base/wrap.h"
#include "remote.h"
#include "tcpwhy/port.h"

#define LEAST 5
#define LEAST_SHARE 0.01
#define LEAST_RATIO 2.0
#define LEAST_SIGMAS 4.0

struct count {
	uint64_t segments, resent;
};

struct entry {
	char name[48];
	struct count count;
	double sigmas;
	bool told;
	UT_hash_handle hh;
};

struct tw_outliers {
	struct entry *remotes, *ports;
	struct count all;
};

struct tw_outliers *tw_outliers_new(void)
{
	return calloc(1, sizeof(struct tw_outliers));
}

static void free_entries(struct entry **entries)
{
	struct entry *e, *next;

	HASH_ITER(hh, *entries, e, next) {
		HASH_DEL(*entries, e);
		free(e);
	}
}

void tw_outliers_free(struct tw_outliers *s)
{
	if (!s)
		return;
	free_entries(&s->remotes);
	free_entries(&s->ports);
	free(s);
}

static void add(struct count *to, const struct count *more)
{
	to->segments += more->segments;
	to->resent += more->resent;
}

static int add_entry(struct entry **entries, const char *name, const struct count *count)
{
	struct entry *e;

	HASH_FIND_STR(*entries, name, e);
	if (!e && HASH_COUNT(*entries) < TW_OUTLIERS_KEYS) {
		e = calloc(1, sizeof(*e));
		if (!e)
			return -ENOMEM;
		snprintf(e->name, sizeof(e->name), "%.47s", name);
		HASH_ADD_STR(*entries, name, e);
	}
	if (e)
		add(&e->count, count);
	return 0;
}

static uint64_t both(const json_t *final, const char *orig, const char *resp)
{
	return tw_member_u64(final, orig) + tw_member_u64(final, resp);
}

int tw_outliers_add(struct tw_outliers *s, const json_t *final, uint64_t harmless)
{
	struct count count = {
		.segments = both(final, "orig_data_segments", "resp_data_segments"),
		.resent = both(final, "orig_retransmits", "resp_retransmits"),
	};
	char port[8];

	harmless += both(final, "orig_spurious", "resp_spurious");
	count.resent = count.resent > harmless ? count.resent - harmless : 0;
	count.segments = TW_MAX(count.segments, count.resent);
	if (!count.segments)
		return 0;
	add(&s->all, &count);
	snprintf(port, sizeof(port), "%u", (unsigned int)tw_member_u64(final, "resp_port") & 0xffff);
	if (add_entry(&s->remotes, tw_remote_addr(final), &count))
		return -ENOMEM;
	return add_entry(&s->ports, port, &count);
}

/* --- telling --- */

static double share(const struct count *c)
{
	return c->segments ? (double)c->resent / c->segments : 0;
}

static void rate(struct entry *e, const struct count *all)
{
	struct count others = { all->segments - e->count.segments, all->resent - e->count.resent };
	double p = (others.resent + 0.5) / (others.segments + 1.0), n = e->count.segments;

	e->sigmas = 0;
	if (!others.segments || e->count.resent < LEAST || share(&e->count) <= LEAST_SHARE ||
	    share(&e->count) < LEAST_RATIO * share(&others))
		return;
	p = fmin(p, 0.999);
	e->sigmas = (e->count.resent - n * p) / sqrt(n * p * (1 - p));
	if (e->sigmas < LEAST_SIGMAS)
		e->sigmas = 0;
}

static int by_sigmas(struct entry *a, struct entry *b)
{
	if (a->sigmas != b->sigmas)
		return a->sigmas < b->sigmas ? 1 : -1;
	return strcmp(a->name, b->name);
}

static void put_share(struct tw_text *text, const struct count *c)
{
	tw_text_put(text, "%llu of %llu segments (%.1f %%)", (unsigned long long)c->resent, (unsigned long long)c->segments,
		    100 * share(c));
}

static void tell(const struct entry *e, const struct count *all, const char *what, FILE *to, unsigned int width)
{
	struct count others = { all->segments - e->count.segments, all->resent - e->count.resent };
	char line[512];
	struct tw_text text = { .at = line, .end = line + sizeof(line) };

	tw_text_put(&text, "%s", what);
	tw_text_clean(&text, e->name);
	tw_text_put(&text, ": ");
	put_share(&text, &e->count);
	tw_text_put(&text, " had to be sent again; of all others %.1f %%.", 100 * share(&others));
	tw_wrap_put(to, "  ", line, width);
}

/* A port that only one remote has, or the other way round: the same connections, told already. */
static bool is_twin(struct entry *told, const struct entry *e)
{
	for (; told; told = told->hh.next)
		if (told->told && told->count.resent == e->count.resent && told->count.segments == e->count.segments)
			return true;
	return false;
}

static unsigned int tell_all(struct entry **entries, struct entry *told, const struct count *all, const char *what,
			     FILE *to, unsigned int width, unsigned int most)
{
	unsigned int n = 0;

	for (struct entry *e = *entries; e; e = e->hh.next)
		rate(e, all);
	HASH_SRT(hh, *entries, by_sigmas);
	for (struct entry *e = *entries; e && e->sigmas > 0; e = e->hh.next) {
		if (is_twin(told, e) || n++ >= most)
			continue;
		tell(e, all, what, to, width);
		e->told = true;
	}
	if (n > most)
		fprintf(to, "  … and %u more.\n", n - most);
	return n;
}

unsigned int tw_outliers_tell(struct tw_outliers *s, FILE *to, unsigned int width, unsigned int most)
{
	unsigned int n = tell_all(&s->remotes, NULL, &s->all, "", to, width, most);

	return n + tell_all(&s->ports, s->remotes, &s->all, "port ", to, width, most);
}
