/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From a verdict to what should have come, what it means and what to check.
 *
 * advice_path.c, advice_end.c and advice_time.c are tables of sentences, each for a verdict, for where the log
 * was written, and some for one cause only; advice.c chooses among them and fills in who and how much. A
 * sentence with a gap that cannot be filled is left out: nothing is guessed.
 */
#ifndef TCPWHY_USER_ADVICE_H
#define TCPWHY_USER_ADVICE_H

#include "story.h"

#define TW_ADVICE_TEXT 600

enum tw_advice { TW_ADVICE_NEXT, TW_ADVICE_MEANS, TW_ADVICE_CHECK, _TW_ADVICE_MAX };

/*
 * Where the log was written, seen from who the verdict is about ({who} in the table; {whom}: the other side).
 * A row is for any of its bits.
 */
enum {
	TW_AT_WHO = 1,     /* on the host of {who} */
	TW_AT_WHOM = 2,    /* on the host of {whom} */
	TW_AT_BETWEEN = 4, /* on neither, or unknown */
	TW_AT_ANY = 7,
};

struct tw_advice_row {
	const char *verdict;
	const char *detail;  /* its RST's cause, its ICMP error's code, an event, a part of the kernel's reason; "!…": only
			      * where that is not so; NULL: any */
	unsigned char where; /* TW_AT_* */
	unsigned char what;  /* enum tw_advice */
	const char *text;    /* with gaps: {who} {whom} {who_addr} {whom_addr} {orig} {resp} {port} {mtu} {mss} {len} … */
};

/* Each ends with a row without verdict. */
extern const struct tw_advice_row tw_advice_path[], tw_advice_end[], tw_advice_time[];
extern const struct tw_advice_row *const tw_advice_tables[3];

/* Whom the verdict is about: who sent what was lost, ended it, or made the other wait. */
enum tw_sender tw_advice_who(const struct tw_story *story, const char *verdict);

/* The @nth sentence of this kind into @text, false: there is none. */
bool tw_advice_get(char text[TW_ADVICE_TEXT], const struct tw_story *story, const char *verdict, enum tw_advice what,
		   unsigned int nth);

#endif
