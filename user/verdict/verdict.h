/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Why a connection went the way it did: a verdict, one plain sentence, the events that it stands on.
 *
 * verdict.c goes through tables of rules, {verdict, holds(), why()}. The order of the tables, and in them, is that of
 * explanation: verdict_path.c (what stopped packets), verdict_device.c (who changed or forged them), verdict_end.c (how it
 * came to its end), verdict_close.c (closed in good order, at somebody's cost), verdict_reset.c (a RST ended it). Where the time went: verdict_limit.c, verdict_time.c. Every rule stands on packets alone; only dropped_by_kernel
 * needs the kernel's word.
 */
#ifndef TCPWHY_USER_VERDICT_H
#define TCPWHY_USER_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "record/notes.h"
#include "record/record.h"
#include "record/timebudget.h"
#include "record/transfer.h"

#define TW_WHY_MAX 320

struct tw_judgement {
	uint8_t list[_TW_VERDICT_MAX]; /* enum tw_verdict: all that hold; the first explains it */
	uint8_t count;                 /* ≥ 1 */
	uint8_t confidence;            /* enum tw_confidence */
	uint8_t handshake_cause;       /* enum tw_handshake_cause: of handshake_delayed, else NONE */
	uint64_t evidence;             /* bits of enum tw_event_type */
	char why[TW_WHY_MAX];          /* UTF-8, NUL-terminated */
};

/* Judges @final, complete but for its judgement. */
void tw_verdict_judge(struct tw_judgement *judgement, const struct tw_rec_final *final,
		      const struct tw_conn_name *name);

/* --- for the rules --- */

enum { TW_ORIG, TW_RESP };

/* Sides are indexed by TW_ORIG and TW_RESP. */
struct tw_facts {
	const struct tw_rec_final *final;
	const struct tw_conn_name *name;
	const struct tw_notes *notes;
	const struct tw_timebudget *time;
	const struct tw_transfer *transfer;       /* what each side sent */
	const struct tw_half *half[2];
	const struct tw_trouble_half *trouble[2]; /* zeroes when there was none */
	bool established;                         /* or first seen in the middle */
	bool one_way;                             /* the same, but only one side was ever seen */
	uint64_t ends;                            /* bits of the verdicts that explain its end, once they are found */
};

struct tw_verdict_rule {
	enum tw_verdict verdict;
	uint64_t evidence;                                     /* of these events, those that were seen */
	bool (*holds)(const struct tw_facts *facts);
	void (*why)(const struct tw_facts *facts, struct tw_text *text);
	uint64_t (*owns_ns)(const struct tw_facts *facts);     /* verdict_time.c: the time that it owns */
};

#define TW_SEEN(id) (1ULL << TW_EV_##id)
#define TW_FOUND(id) (1ull << TW_VERDICT_##id)

_Static_assert(_TW_EV_MAX <= 64, "a bit for every event");

/* Each ends with a row without holds(). */
extern const struct tw_verdict_rule tw_verdict_paths[], tw_verdict_devices[], tw_verdict_ends[], tw_verdict_closes[];
extern const struct tw_verdict_rule tw_verdict_resets[], tw_verdict_limits[], tw_verdict_times[];

static inline bool tw_fact_seen(const struct tw_facts *f, uint64_t events)
{
	return f->final->seen & events;
}

/* When it ended, @side had had no room for a segment for a second or more, while more waited. */
bool tw_fact_stalled(const struct tw_facts *f, int side);
/* The sentence of receiver_stalled. */
void tw_why_stalled(const struct tw_facts *f, struct tw_text *text);

/* Payload of @side that was never acknowledged. */
bool tw_fact_unacked(const struct tw_facts *f, int side);
uint32_t tw_fact_unacked_bytes(const struct tw_facts *f, int side);

/* Ended by a RST of this cause. */
static inline bool tw_fact_ended_by(const struct tw_facts *f, enum tw_cause cause)
{
	return f->final->end == TW_END_RESET && f->final->cause == cause;
}

/* The side whose RST ended it. */
static inline int tw_fact_resetter(const struct tw_facts *f)
{
	return f->final->reset_by_orig ? TW_ORIG : TW_RESP;
}

/* Nothing but its SYN (and repeats of it) came from the originator. */
static inline bool tw_fact_only_syns(const struct tw_facts *f)
{
	const struct tw_half *orig = f->half[TW_ORIG];

	return orig->packets <= orig->attempts || orig->attempts == UINT8_MAX;
}

/* Pieces of sentences. */
const char *tw_side_word(int side); /* "originator" */
void tw_text_ns(struct tw_text *text, uint64_t ns);
void tw_text_silence(struct tw_text *text, uint64_t ns); /* known to the second below */
void tw_text_count(struct tw_text *text, uint64_t n, const char *what); /* "1 SYN", "3 SYNs" */

#endif
