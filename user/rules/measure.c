/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an alert rule can count (measure.h): one function a measure, and the events it looks at. */
#include <stdbool.h>
#include <string.h>

#include "measure.h"

#define BIT(event) (1ULL << TW_EV_##event)

_Static_assert(_TW_EV_MAX <= 64, "a bit for every event type");

#define SUSPECT(id) (1u << TW_SUSPECT_##id)
/* Facts that come after the reset event, so that only the final record has them. */
#define LATE_SUSPECTS (SUSPECT(SENDER_KEPT_TALKING) | SUSPECT(REPEATED_WITH_OTHER_SEQ))

/* How often the event happened: itself, and those like it that were held back before it. */
static uint32_t times(const struct tw_record *r)
{
	uint32_t held = r->event ? r->event->suppressed : 0;

	return held < UINT32_MAX ? held + 1 : held;
}

static uint32_t all(const struct tw_record *r)
{
	return times(r);
}

static uint32_t refused(const struct tw_record *r)
{
	return r->event && r->event->reset.cause == TW_CAUSE_REFUSED ? times(r) : 0;
}

/*
 * Not after_close, no_connection, unacceptable: nothing was cut off. Not refused: it has a measure
 * of its own. Not half_open_reset and data_after_close: port scans and load balancers' checks, and
 * browsers whose user went elsewhere, make them all day.
 */
static uint32_t resets(const struct tw_record *r)
{
	switch (r->event ? r->event->reset.cause : TW_CAUSE_NONE) {
	case TW_CAUSE_ABORTED:
	case TW_CAUSE_GAVE_UP:
	case TW_CAUSE_IDLE_RESET:
	case TW_CAUSE_HANDSHAKE_ABORTED:
	case TW_CAUSE_BAD_ACK_RESET:
		return times(r);
	default:
		return 0;
	}
}

/* forged: medium or high. One fact is low, but for a sender that went on talking. */
static bool looks_forged(uint32_t suspect)
{
	return suspect & SUSPECT(SENDER_KEPT_TALKING) || __builtin_popcount(suspect) >= 2;
}

static bool final_looks_forged(const struct tw_rec_final *final)
{
	/* Without its late facts it was counted when the reset itself was seen. */
	return looks_forged(final->suspect) && !looks_forged(final->suspect & ~LATE_SUSPECTS);
}

static uint32_t forged_resets(const struct tw_record *r)
{
	uint32_t suspect;

	if (r->type == TW_EV_CONNECTION)
		return final_looks_forged(&r->final);
	if (!r->event)
		return 0;
	suspect = r->event->reset.suspect;
	if (r->event->reset.cause == TW_CAUSE_REFUSED)
		suspect &= ~SUSPECT(PAYLOAD); /* a reason in words: honest stacks send it */
	return looks_forged(suspect) ? times(r) : 0;
}

static uint32_t less(uint32_t count, uint32_t minus)
{
	return count > minus ? count - minus : 0;
}

static uint32_t lost_segments(const struct tw_record *r)
{
	uint64_t sum = 0;

	for (int i = 0; r->final.trouble && i < 2; i++) {
		const struct tw_trouble_half *half = &r->final.trouble->half[i];

		sum += less(less(less(half->retransmits, half->spurious), half->probes),
			    half->pmtu_resent);
	}
	return TW_MIN(sum, UINT32_MAX);
}

static uint32_t data_segments(const struct tw_record *r)
{
	uint64_t sum = (uint64_t)r->final.flow->half[0].data_segments +
		       r->final.flow->half[1].data_segments;

	return TW_MIN(sum, UINT32_MAX);
}

/* A valid frag_needed is what path MTU discovery is made of; one that cannot be told is not counted. */
static uint32_t pmtu(const struct tw_record *r)
{
	if (r->type == TW_EV_FRAG_NEEDED && !(r->event && r->event->icmp.valid == 1))
		return 0;
	return times(r);
}

static const struct {
	uint64_t events;
	uint32_t (*amount)(const struct tw_record *record);
} measures[_TW_MEASURE_MAX] = {
	[TW_MEASURE_SYNS] = { .events = BIT(SYN) | BIT(SYN_RETRANSMIT), .amount = all },
	[TW_MEASURE_COMPLETED] = { .events = BIT(ESTABLISHED), .amount = all },
	[TW_MEASURE_ESTABLISHED] = { .events = BIT(ESTABLISHED), .amount = all },
	[TW_MEASURE_REFUSED] = { .events = BIT(RESET), .amount = refused },
	[TW_MEASURE_RESETS] = { .events = BIT(RESET), .amount = resets },
	[TW_MEASURE_FORGED_RESETS] = { .events = BIT(RESET) | BIT(CONNECTION), .amount = forged_resets },
	[TW_MEASURE_LOST_SEGMENTS] = { .events = BIT(CONNECTION), .amount = lost_segments },
	[TW_MEASURE_DATA_SEGMENTS] = { .events = BIT(CONNECTION), .amount = data_segments },
	[TW_MEASURE_UNANSWERED] = { .events = BIT(CONNECT_TIMEOUT), .amount = all },
	[TW_MEASURE_PMTU] = { .events = BIT(FRAG_NEEDED) | BIT(PMTU_IGNORED) | BIT(PMTU_BLACK_HOLE),
			      .amount = pmtu },
	[TW_MEASURE_PMTU_BLACK_HOLE] = { .events = BIT(PMTU_IGNORED) | BIT(PMTU_BLACK_HOLE),
					 .amount = all },
	[TW_MEASURE_PATHS_DOWN] = { .events = BIT(PATH_DOWN), .amount = all },
};

uint64_t tw_measure_events(enum tw_measure measure)
{
	return measures[measure].events;
}

uint32_t tw_measure_amount(enum tw_measure measure, const struct tw_record *record)
{
	return measures[measure].events >> record->type & 1 ? measures[measure].amount(record) : 0;
}

uint64_t tw_measure_time(enum tw_measure measure, const struct tw_record *r)
{
	uint64_t since_syn;

	if (measure != TW_MEASURE_COMPLETED || !r->event)
		return r->ts_ns;
	since_syn = r->event->established.syn_rtt_ns + r->event->established.ack_rtt_ns;
	return r->ts_ns > since_syn ? r->ts_ns - since_syn : 0;
}

const char *tw_measure_word(enum tw_measure measure)
{
	static const char *const words[] = {
#define X(id, word, meaning) word,
		TW_MEASURES(X)
#undef X
	};

	return measure < _TW_MEASURE_MAX ? words[measure] : "?";
}
