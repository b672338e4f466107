// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* docs/verdicts.md: each verdict's meaning, rule, example and advice, from the tables that the program itself uses. */
#include <string.h>

#include "explain/advice.h"
#include "manual.h"
#include "tcpwhy/names.h"
#include "verdict/ruletable.h"

static const char *const words[] = {
#define X(id, word, meaning) [TW_VERDICT_##id] = word,
	TW_VERDICTS(X)
#undef X
};

static const char *const meanings[] = {
#define X(id, word, meaning) [TW_VERDICT_##id] = meaning,
	TW_VERDICTS(X)
#undef X
};

static const struct {
	enum tw_verdict verdict;
	const char *rule, *example;
} rules[] = {
#define X(id, rule, example) { TW_VERDICT_##id, rule, example },
	TW_VERDICT_RULES(X)
#undef X
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))

/* For whom a sentence is, when not for all: where the log was written. */
static const char *place_of(unsigned int where)
{
	static const char *const places[] = {
		[TW_AT_WHO] = "On {who}'s host: ",
		[TW_AT_WHOM] = "On {whom}'s host: ",
		[TW_AT_WHO | TW_AT_WHOM] = "On either host: ",
		[TW_AT_BETWEEN] = "Between the hosts: ",
		[TW_AT_WHO | TW_AT_BETWEEN] = "Seen from {who}, or from between: ",
		[TW_AT_WHOM | TW_AT_BETWEEN] = "Seen from {whom}, or from between: ",
		[TW_AT_ANY] = "",
	};

	return places[where];
}

static void write_advice(FILE *out, const char *verdict, enum tw_advice what, const char *title)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(tw_advice_tables) / sizeof(tw_advice_tables[0]); i++)
		for (const struct tw_advice_row *row = tw_advice_tables[i]; row->verdict; row++) {
			if (strcmp(row->verdict, verdict) || row->what != what)
				continue;
			fprintf(out, "%s- ", any ? "" : title);
			if (row->detail)
				fprintf(out, "With `%s`: ", row->detail);
			fprintf(out, "%s%s\n", place_of(row->where), row->text);
			any = true;
		}
}

void tw_manual_verdicts(FILE *out)
{
	fputs("# Verdicts\n\n"
	      "The record of a connection (`event: connection`) has a `verdict`: why it went the way it did. `why` says it in one sentence\n"
	      "with numbers, `evidence` names the events it stands on, `confidence` how much was seen, and `verdicts` lists all that hold.\n"
	      "`tcpwhy explain` tells the whole story, and what to check.\n\n"
	      "The rules are asked in the order of this page. The first that holds explains how the connection ended. From\n"
	      "`receiver_stalled` on they tell where the time went, and the one that owns most time comes first.\n\n"
	      "*Originator* is who sent the first SYN, *responder* the other side. In the advice, words in braces stand for what `explain`\n"
	      "fills in: `{who}` is the side that the verdict is about, `{whom}` the other one.\n\n"
	      "Made by `make fields` from the tables in the code.\n\n| verdict | meaning |\n| --- | --- |\n", out);
	for (size_t i = 0; i < N_RULES; i++) {
		enum tw_verdict verdict = rules[i].verdict;

		fprintf(out, "| [`%s`](#%s) | %s |\n", words[verdict], words[verdict], meanings[verdict]);
	}
	for (size_t i = 0; i < N_RULES; i++) {
		const char *word = words[rules[i].verdict];

		fprintf(out, "\n## `%s`\n\n%s\n\n> %s\n", word, rules[i].rule, rules[i].example);
		write_advice(out, word, TW_ADVICE_MEANS, "\nWhat it means:\n\n");
		write_advice(out, word, TW_ADVICE_CHECK, "\nWhat to check:\n\n");
	}
}
