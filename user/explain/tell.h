/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A story as a page: who and when, the verdict, what happened beside its ladder, what to check, where the time went. */
#ifndef TCPWHY_USER_TELL_H
#define TCPWHY_USER_TELL_H

#include <stdio.h>

#include "story.h"

struct tw_tell {
	FILE *to;
	unsigned int width; /* columns */
	bool bold;          /* headings, on a terminal */
};

/* The whole page. 0 or -ENOMEM. */
int tw_tell_story(const struct tw_tell *tell, const struct tw_story *story);

/* tellsteps.c: what happened, as a ladder; and in a few lines without one. 0 or -ENOMEM. */
int tw_tell_steps(const struct tw_tell *tell, const struct tw_story *story);
int tw_tell_short(const struct tw_tell *tell, const struct tw_story *story);
void tw_tell_clock_column(FILE *to, const char *clock);

/* A heading of its own line. */
void tw_tell_heading(const struct tw_tell *tell, const char *heading);

/* "192.0.2.1:1234 → 198.51.100.7:443" */
void tw_tell_ends(struct tw_text *text, const json_t *event);

/* "2026-11-21 16:29:57.818" of a log's ts or start. */
void tw_tell_clock(struct tw_text *text, const char *ts);

#endif
