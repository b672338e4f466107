// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts by word. */
#include "tally.h"

#include <assert.h>
#include <string.h>

void tw_tally_add(struct tw_tally *tally, const char *word, uint64_t n)
{
	unsigned int i = 0;

	if (!n)
		return;
	while (i < tally->used && strcmp(tally->list[i].word, word))
		i++;
	assert(i < TW_TALLY_MAX);
	tally->list[i].word = word;
	tally->list[i].n += n;
	if (i == tally->used)
		tally->used++;
}

uint64_t tw_tally_sum(const struct tw_tally *tally)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < tally->used; i++)
		sum += tally->list[i].n;
	return sum;
}
