/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The story of one connection: its events in order → steps, each a moment, an arrow and a sentence.
 *
 * story.c gathers the events, storyfold.c folds what repeats; storyopen.c has the sentences for handshakes and
 * resets, storypath.c those for what happens on the way. ladder.c draws the arrows, tell.c the page.
 */
#ifndef TCPWHY_USER_STORY_H
#define TCPWHY_USER_STORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/member.h"
#include "readable/linetext.h"

#define TW_STORY_FIRST 600  /* events that are kept of a story: from its beginning */
#define TW_STORY_LAST 400   /* and up to its end; between them they are counted */
#define TW_STEP_TEXT 480
#define TW_STEP_LABEL 24

struct tw_moment {
	uint64_t ts_ns;
	int type;               /* enum tw_event_type */
	enum tw_sender sender;  /* of an ICMP error: who sent what it quotes */
	json_t *event;
};

struct tw_story {
	char conn[16];
	struct tw_moment first[TW_STORY_FIRST], last[TW_STORY_LAST]; /* last: a ring */
	unsigned int n_first;
	uint64_t n_later;       /* all that came after the first */
	json_t *final;          /* the `connection` record; NULL: not in the log (yet) */
	uint64_t final_ns;      /* its ts */
};

enum tw_arrow {
	TW_ARROW_NONE,     /* nobody sent anything: what did not happen, and ends */
	TW_ARROW_RIGHT,    /* from the originator */
	TW_ARROW_LEFT,
	TW_ARROW_TO_RIGHT, /* from somebody between, to the responder */
	TW_ARROW_TO_LEFT,
};

struct tw_step {
	uint64_t ts_ns, until_ns;      /* until: of a step that stands for several */
	enum tw_arrow arrow;
	int type;                      /* -1: none of the log's events */
	int kind;                      /* enum tw_kind, of a retransmission */
	uint32_t signature;            /* alike in all that may be folded */
	char label[TW_STEP_LABEL];     /* on the arrow: ASCII */
	char text[TW_STEP_TEXT];       /* UTF-8 */
};

struct tw_story *tw_story_new(const char *conn); /* NULL: out of memory */
void tw_story_free(struct tw_story *story);      /* NULL is fine */

/* Takes a reference of @event. */
void tw_story_add(struct tw_story *story, const json_t *event, uint64_t ts_ns);

/* All events are there, and no record: an attempt that failed gets one of what they tell (early.h). 0 or -ENOMEM. */
int tw_story_end_early(struct tw_story *story);

/* When it began: its record's `start`, else its first event. */
uint64_t tw_story_start(const struct tw_story *story);

/* Any event of it, for its ends. NULL: there is none. */
const json_t *tw_story_any(const struct tw_story *story);

/* The last event of @type; NULL: there is none. */
const struct tw_moment *tw_story_find(const struct tw_story *story, int type);

/*
 * Its steps, @n of them, to be freed with free(); NULL: out of memory. What repeats is folded: long runs
 * always, short ones when there are more than @most steps.
 */
struct tw_step *tw_story_steps(const struct tw_story *story, unsigned int most, unsigned int *n);

/* The RST that ended it, or was to; NULL: there is none. */
const struct tw_moment *tw_story_reset(const struct tw_story *story);

/* storyfold.c: folds @n steps in place, and tells how many are left. */
unsigned int tw_story_fold(struct tw_step *steps, unsigned int n, unsigned int most);

/* --- for the sentences --- */

/* What happened before, so that a sentence can refer to it. */
struct tw_so_far {
	unsigned int syns, syn_acks, resets;
	bool established;
	uint32_t isn;                 /* of the last SYN-ACK */
	enum tw_sender reset_by;      /* the last RST's */
	bool reset_was_due;           /* it answered a wrong ACK number */
	unsigned int syns_then;       /* SYNs before it */
	bool second_syn_ack;          /* this is one with another ISN */
	uint64_t told[3];             /* by sender: bits of event types that were told before */
	const char *last_kind[3];     /* by sender: of its last retransmission */
	uint64_t start_ns, last_ns;   /* the last step's time */
	const json_t *final;
};

/* Fills label, text; arrow and type are set. False: none of these. */
bool tw_story_open(struct tw_step *step, const struct tw_moment *moment, const struct tw_so_far *so_far);
bool tw_story_path(struct tw_step *step, const struct tw_moment *moment, const struct tw_so_far *so_far);

/* The same was said of this sender before: a short sentence will do. */
static inline bool tw_was_told(const struct tw_so_far *so_far, const struct tw_moment *m)
{
	return so_far->told[m->sender] >> m->type & 1;
}

/* A duration, in whole seconds where minutes would hide a timer. */
void tw_story_seconds(struct tw_text *text, double seconds);

/* As tw_text_span(), but in whole seconds where that tells of a timer: "420 s", not "7 min". */
void tw_story_span(struct tw_text *text, const char *before, const json_t *event, const char *key, const char *after);

const char *tw_sender_noun(enum tw_sender sender); /* "the originator" */
const char *tw_sender_name(enum tw_sender sender); /* "The originator" */
static inline enum tw_sender tw_sender_other(enum tw_sender sender)
{
	return sender == TW_SENDER_ORIG ? TW_SENDER_RESP : sender == TW_SENDER_RESP ? TW_SENDER_ORIG : sender;
}

#endif
