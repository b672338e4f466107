// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The words of `tcpwhy compare` as text. */
#include "comparewords.h"

#define X(id, word, meaning) word,
static const char *const diffs[] = { TW_DIFFS(X) };
static const char *const whats[] = { TW_WHATS(X) };
#undef X
#define X(id, word, meaning) meaning,
static const char *const meanings[] = { TW_WHATS(X) };
#undef X

const char *tw_diff_word(enum tw_diff diff)
{
	return diff < _TW_DIFF_MAX ? diffs[diff] : "?";
}

const char *tw_what_word(enum tw_what what)
{
	return what < _TW_WHAT_MAX ? whats[what] : "?";
}

const char *tw_what_meaning(enum tw_what what)
{
	return what < _TW_WHAT_MAX ? meanings[what] : "?";
}
