// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Folds what repeats in a story: turns of the same steps, and long stretches of loss. */
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "story.h"
#include "tcpwhy/port.h"

#define LONGEST_CYCLE 4     /* steps that repeat together */
#define SHORTEST_RUN 3      /* turns of them that are worth folding where room is short */
#define LONG_RUN 6          /* and in any case */
#define STRETCH 5           /* steps of loss that are worth summing up where room is short */

/* --- turns --- */

static bool is_alike(const struct tw_step *a, const struct tw_step *b, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (a[i].signature != b[i].signature || a[i].type < 0)
			return false;
	return true;
}

/* How many turns of @cycle steps follow from @at on. */
static unsigned int turns_at(const struct tw_step *steps, unsigned int at, unsigned int n, unsigned int cycle)
{
	unsigned int turns = 1;

	while (at + (turns + 1) * cycle <= n && is_alike(&steps[at], &steps[at + turns * cycle], cycle))
		turns++;
	return turns;
}

/* The first turn stays; one step stands for those that follow. */
static void tell_turns(struct tw_step *step, const struct tw_step *first, unsigned int cycle, unsigned int turns)
{
	struct tw_text text = { .at = step->text, .end = step->text + sizeof(step->text) };
	const struct tw_step *last = first + cycle * turns - 1;
	uint64_t least = UINT64_MAX, most = 0;

	for (unsigned int i = 1; i < turns; i++) {
		uint64_t gap = first[i * cycle].ts_ns - first[(i - 1) * cycle].ts_ns;

		least = TW_MIN(least, gap);
		most = TW_MAX(most, gap);
	}
	memset(step, 0, sizeof(*step));
	step->ts_ns = first[cycle].ts_ns;
	step->until_ns = last->ts_ns;
	step->type = -1;
	step->arrow = cycle == 1 ? first->arrow : TW_ARROW_NONE;
	snprintf(step->label, sizeof(step->label), "%u x", turns - 1);
	if (cycle == 1)
		tw_text_put(&text, "The same %u more times, ", turns - 1);
	else
		tw_text_put(&text, "These %u steps %u more times, ", cycle, turns - 1);
	tw_story_seconds(&text, least / 1e9);
	if (most - least > least / 10) {
		tw_text_put(&text, " to ");
		tw_story_seconds(&text, most / 1e9);
	}
	tw_text_put(&text, " apart.");
}

/* The cycle that saves most at @at; 0: none does. */
static unsigned int best_cycle(const struct tw_step *steps, unsigned int at, unsigned int n, unsigned int least,
			       unsigned int *turns)
{
	unsigned int best = 0, saved = 0;

	for (unsigned int cycle = 1; cycle <= LONGEST_CYCLE; cycle++) {
		unsigned int count = turns_at(steps, at, n, cycle);

		if (count >= least && (count - 1) * cycle - 1 > saved) {
			saved = (count - 1) * cycle - 1;
			best = cycle;
			*turns = count;
		}
	}
	return best;
}

static unsigned int fold_turns(struct tw_step *steps, unsigned int n, unsigned int least)
{
	unsigned int to = 0, from = 0, turns = 0;

	while (from < n) {
		unsigned int cycle = best_cycle(steps, from, n, least, &turns);
		struct tw_step told;

		if (!cycle) {
			steps[to++] = steps[from++];
			continue;
		}
		tell_turns(&told, &steps[from], cycle, turns);
		memmove(&steps[to], &steps[from], cycle * sizeof(*steps));
		to += cycle;
		steps[to++] = told;
		from += cycle * turns;
	}
	return to;
}

/* --- stretches of loss --- */

struct losses {
	unsigned int kinds[_TW_KIND_MAX], late, copies;
};

static bool is_loss(const struct tw_step *step)
{
	return step->type == TW_EV_RETRANSMIT || step->type == TW_EV_OUT_OF_ORDER || step->type == TW_EV_DUPLICATE_SEGMENT;
}

static unsigned int stretch_at(const struct tw_step *steps, unsigned int at, unsigned int n)
{
	unsigned int len = 0;

	while (at + len < n && is_loss(&steps[at + len]) && steps[at + len].arrow == steps[at].arrow)
		len++;
	return len;
}

static void put_number(struct tw_text *text, const char **between, unsigned int n, const char *one, const char *many)
{
	if (!n)
		return;
	tw_text_put(text, "%s%u %s", *between, n, n == 1 ? one : many);
	*between = ", ";
}

static void put_losses(struct tw_text *text, const struct losses *l)
{
	static const char *const kinds[_TW_KIND_MAX] = {
		[TW_KIND_RTO] = "when the timer expired",
		[TW_KIND_FAST] = "for duplicate ACKs or SACK",
		[TW_KIND_TLP] = "as a probe",
		[TW_KIND_SPURIOUS] = "needlessly",
		[TW_KIND_PMTU] = "for the path MTU",
		[TW_KIND_WINDOW_PROBE] = "into a shut window",
		[TW_KIND_UNKNOWN] = "for reasons that cannot be told",
	};
	const char *between = "";
	char words[64];

	for (int i = _TW_KIND_MAX; i-- > 0;) { /* what cannot be told comes last */
		snprintf(words, sizeof(words), "sent again %s", kinds[i] ? kinds[i] : tw_kind_word(i));
		put_number(text, &between, l->kinds[i], words, words);
	}
	put_number(text, &between, l->late, "late segment", "late segments");
	put_number(text, &between, l->copies, "copy", "copies");
}

/* One step for @n of them; @steps[-1] is the first of the stretch, which is told. */
static void sum_up(struct tw_step *sum, const struct tw_step *steps, unsigned int n)
{
	struct tw_text text = { .at = sum->text, .end = sum->text + sizeof(sum->text) };
	struct losses losses = { .late = 0 };

	memset(sum, 0, sizeof(*sum));
	sum->ts_ns = steps[0].ts_ns;
	sum->until_ns = steps[n - 1].until_ns;
	sum->arrow = steps[0].arrow;
	sum->type = -1;
	for (unsigned int i = 0; i < n; i++) {
		losses.kinds[steps[i].kind] += steps[i].type == TW_EV_RETRANSMIT;
		losses.late += steps[i].type == TW_EV_OUT_OF_ORDER;
		losses.copies += steps[i].type == TW_EV_DUPLICATE_SEGMENT;
	}
	snprintf(sum->label, sizeof(sum->label), "%u more", n);
	tw_text_put(&text, "So it goes on for ");
	tw_story_seconds(&text, (sum->until_ns - steps[-1].ts_ns) / 1e9);
	tw_text_put(&text, ": ");
	put_losses(&text, &losses);
	tw_text_put(&text, ".");
}

static unsigned int fold_losses(struct tw_step *steps, unsigned int n)
{
	unsigned int to = 0, from = 0;

	while (from < n) {
		unsigned int len = is_loss(&steps[from]) ? stretch_at(steps, from, n) : 0;
		struct tw_step sum;

		if (len < STRETCH) {
			steps[to++] = steps[from++];
			continue;
		}
		sum_up(&sum, &steps[from + 1], len - 1);
		steps[to++] = steps[from];
		steps[to++] = sum;
		from += len;
	}
	return to;
}

unsigned int tw_story_fold(struct tw_step *steps, unsigned int n, unsigned int most)
{
	unsigned int kinds_change = 0;

	for (unsigned int i = 1; i < n; i++)
		kinds_change += is_loss(&steps[i]) && is_loss(&steps[i - 1]) && steps[i].signature != steps[i - 1].signature;
	if (n > most && kinds_change >= STRETCH)
		n = fold_losses(steps, n);
	return fold_turns(steps, n, n > most ? SHORTEST_RUN : LONG_RUN);
}
