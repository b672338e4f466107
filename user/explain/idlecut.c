// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Silences that were survived beside those that were not: where between them the timer lies. */
#include "idlecut.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/text.h"
#include "base/wrap.h"
#include "remote.h"
#include "tcpwhy/port.h"

#define LONGEST 1e7 /* seconds; nonsense beyond */
#define ENOUGH 3 /* dead ones, from when on it is more than a guess */

/* Seconds, ascending. */
struct values {
	float *list;
	unsigned int n, room;
	uint64_t all; /* with those that were dropped */
};

struct service {
	char name[TW_SERVICE_MAX];
	struct values lived, died;
	uint64_t resets, vanished;
	UT_hash_handle hh;
};

struct tw_idlecut {
	struct service *services;
	uint64_t left_out;
};

struct tw_idlecut *tw_idlecut_new(void)
{
	return calloc(1, sizeof(struct tw_idlecut));
}

void tw_idlecut_free(struct tw_idlecut *cuts)
{
	struct service *s, *next;

	if (!cuts)
		return;
	HASH_ITER(hh, cuts->services, s, next) {
		HASH_DEL(cuts->services, s);
		free(s->lived.list);
		free(s->died.list);
		free(s);
	}
	free(cuts);
}

/* --- adding --- */

static int make_room(struct values *v)
{
	unsigned int room = v->room ? v->room * 2 : 4;
	float *list;

	if (v->n < v->room)
		return 0;
	list = realloc(v->list, room * sizeof(*list));
	if (!list)
		return -ENOMEM;
	v->list = list;
	v->room = room;
	return 0;
}

/* A full list lets its least go, or its greatest. */
static int insert(struct values *v, float value, bool keep_greatest)
{
	unsigned int at = v->n;

	v->all++;
	if (v->n == TW_IDLECUT_VALUES) {
		if (keep_greatest ? value <= v->list[0] : value >= v->list[v->n - 1])
			return 0;
		v->n--;
		if (keep_greatest)
			memmove(v->list, v->list + 1, v->n * sizeof(*v->list));
		at = v->n;
	} else if (make_room(v)) {
		return -ENOMEM;
	}
	for (; at && v->list[at - 1] > value; at--)
		v->list[at] = v->list[at - 1];
	v->list[at] = value;
	v->n++;
	return 0;
}

static struct service *service_of(struct tw_idlecut *cuts, const char *name)
{
	struct service *s;

	HASH_FIND_STR(cuts->services, name, s);
	if (s || HASH_COUNT(cuts->services) >= TW_IDLECUT_SERVICES)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	snprintf(s->name, sizeof(s->name), "%s", name);
	HASH_ADD_STR(cuts->services, name, s);
	return s;
}

int tw_idlecut_add(struct tw_idlecut *cuts, const char *name, double seconds, enum tw_idle_fate fate)
{
	struct service *s;

	if (!(seconds > 0 && seconds < LONGEST))
		return 0;
	s = service_of(cuts, name);
	if (!s) {
		cuts->left_out++;
		return 0;
	}
	s->resets += fate == TW_IDLE_RST;
	s->vanished += fate == TW_IDLE_VANISHED;
	if (fate == TW_IDLE_LIVED)
		return insert(&s->lived, seconds, true);
	return insert(&s->died, seconds, false);
}

/* --- the timer --- */

struct cut {
	double dead_from;            /* the shortest silence from which on they are dead */
	double alive_to;             /* the longest below it that was survived; 0: none is known */
	unsigned int died, lived;    /* on its right side */
	unsigned int misfits;        /* on its wrong side */
};

static unsigned int count_below(const struct values *v, float limit)
{
	unsigned int n = 0;

	while (n < v->n && v->list[n] < limit)
		n++;
	return n;
}

/* The cut that leaves the fewest on its wrong side; of equal ones the shortest. */
static void find_cut(struct cut *cut, const struct service *s)
{
	*cut = (struct cut){ .misfits = UINT32_MAX };
	for (unsigned int i = 0; i < s->died.n; i++) {
		unsigned int below = count_below(&s->lived, s->died.list[i]);
		unsigned int misfits = i + s->lived.n - below;

		if (misfits >= cut->misfits || (i && s->died.list[i] == s->died.list[i - 1]))
			continue;
		*cut = (struct cut){ s->died.list[i], below ? s->lived.list[below - 1] : 0, s->died.n - i, below, misfits };
	}
}

unsigned int tw_idlecut_keep_alive(double survived)
{
	unsigned int half = survived / 2; /* so that one lost probe does no harm */
	unsigned int step = half >= 100 ? 10 : half >= 20 ? 5 : 1;

	return half > 1 ? half / step * step : 1;
}

/* --- telling --- */

static int by_deaths(struct service *a, struct service *b)
{
	if (a->died.all != b->died.all)
		return a->died.all < b->died.all ? 1 : -1;
	return strcmp(a->name, b->name);
}

static void put_seconds(struct tw_text *text, double seconds)
{
	if (seconds < 7200)
		tw_text_put(text, "%.0f s", seconds);
	else
		tw_text_time(text, seconds);
}

static void put_how(struct tw_text *text, const struct service *s)
{
	if (s->resets && s->vanished)
		tw_text_put(text, " (%llu met a RST, %llu no answer at all)", (unsigned long long)s->resets,
			    (unsigned long long)s->vanished);
	else
		tw_text_put(text, s->resets ? " (a RST came)" : " (nothing answered)");
}

static void put_lived(struct tw_text *text, const struct service *s, const struct cut *cut)
{
	uint64_t lived = s->lived.all - (s->lived.n - cut->lived);

	if (!lived) {
		tw_text_put(text, " None with a shorter silence is in the log, so that the timer may be shorter.");
		return;
	}
	tw_text_put(text, " %llu lived on after silences of up to ", (unsigned long long)lived);
	put_seconds(text, cut->alive_to);
	tw_text_put(text, ": the timer lies between ");
	put_seconds(text, cut->alive_to);
	tw_text_put(text, " and ");
	put_seconds(text, cut->dead_from);
	tw_text_put(text, ".");
}

static void tell(const struct service *s, FILE *to, unsigned int width)
{
	char line[1024];
	struct tw_text text = { .at = line, .end = line + sizeof(line) };
	uint64_t died;
	struct cut cut;

	find_cut(&cut, s);
	died = s->died.all - (s->died.n - cut.died);
	tw_text_clean(&text, s->name);
	tw_text_put(&text, ": %llu connection%s silent for ", (unsigned long long)died, died == 1 ? "" : "s");
	put_seconds(&text, cut.dead_from);
	tw_text_put(&text, " or longer %s dead when next used or cut then", died == 1 ? "was" : "were");
	put_how(&text, s);
	tw_text_put(&text, ".");
	put_lived(&text, s, &cut);
	if (cut.misfits)
		tw_text_put(&text, " %u do%s not fit.", cut.misfits, cut.misfits == 1 ? "es" : "");
	tw_text_put(&text, " Keep-alive to set: %u s or less.",
		    tw_idlecut_keep_alive(cut.alive_to > 0 ? cut.alive_to : cut.dead_from));
	if (cut.died < ENOUGH || cut.misfits * 4 > cut.died + cut.lived)
		tw_text_put(&text, " (Too few to be sure.)");
	tw_wrap_put(to, "  ", line, width);
}

unsigned int tw_idlecut_tell(struct tw_idlecut *cuts, FILE *to, unsigned int width, unsigned int most)
{
	unsigned int n = 0;

	HASH_SRT(hh, cuts->services, by_deaths);
	for (struct service *s = cuts->services; s && s->died.n; s = s->hh.next, n++)
		if (n < most)
			tell(s, to, width);
	if (n > most)
		fprintf(to, "  … and %u more services.\n", n - most);
	if (n && cuts->left_out)
		fprintf(to, "  (%llu silences of services beyond the first %u are left out.)\n",
			(unsigned long long)cuts->left_out, TW_IDLECUT_SERVICES);
	return n;
}
