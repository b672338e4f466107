// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The words of include/tcpwhy/names.h as text, and back: arrays made from its tables. */
#include "names.h"

#include <errno.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WORD(id, word, meaning) word,
#define MEANING(id, word, meaning) meaning,

static const char *const events[] = { TW_EVENTS(WORD) };
static const char *const event_meanings[] = { TW_EVENTS(MEANING) };
static const char *const causes[] = { TW_CAUSES(WORD) };
static const char *const stages[] = { TW_STAGES(WORD) };
static const char *const suspects[] = { TW_SUSPECTS(WORD) };
static const char *const kinds[] = { TW_KINDS(WORD) };
static const char *const confidences[] = { TW_CONFIDENCES(WORD) };
static const char *const skips[] = { TW_SKIPS(WORD) };
static const char *const ends[] = { TW_ENDS(WORD) };
static const char *const letters[] = { TW_LETTERS(WORD) };
static const char *const handshake_causes[] = { TW_HANDSHAKE_CAUSES(WORD) };
static const char *const verdicts[] = { TW_VERDICTS(WORD) };
static const char *const verdict_meanings[] = { TW_VERDICTS(MEANING) };
/* TW_OPT_*, by bit: as the fields of a `syn` are called. */
static const char *const options[] = { "mss", "wscale", "sack_ok", "ts_ok", "tfo", "mptcp", "ecn", "unknown", "tcp_md5",
					"tcp_ao" };

_Static_assert(COUNT(events) == _TW_EV_MAX, "a word for each event");
_Static_assert(COUNT(event_meanings) == _TW_EV_MAX, "a meaning for each event");
_Static_assert(COUNT(causes) == _TW_CAUSE_MAX, "a word for each cause");
_Static_assert(COUNT(stages) == _TW_STAGE_MAX, "a word for each stage");
_Static_assert(COUNT(suspects) == _TW_SUSPECT_MAX, "a word for each suspect");
_Static_assert(COUNT(kinds) == _TW_KIND_MAX, "a word for each kind");
_Static_assert(COUNT(confidences) == _TW_CONFIDENCE_MAX, "a word for each confidence");
_Static_assert(COUNT(skips) == _TW_SKIP_MAX, "a word for each skip");
_Static_assert(COUNT(ends) == _TW_END_MAX, "a word for each end");
_Static_assert(COUNT(letters) == _TW_LETTER_MAX, "a letter for each");
_Static_assert(COUNT(handshake_causes) == _TW_HANDSHAKE_MAX, "a word for each cause");
_Static_assert(COUNT(verdicts) == _TW_VERDICT_MAX, "a word for each verdict");

#define FUNCTION(name, table) \
	const char *name(unsigned int number) \
	{ \
		return number < COUNT(table) ? table[number] : "?"; \
	}

FUNCTION(tw_event_word, events)
FUNCTION(tw_event_meaning, event_meanings)
FUNCTION(tw_cause_word, causes)
FUNCTION(tw_stage_word, stages)
FUNCTION(tw_suspect_word, suspects)
FUNCTION(tw_kind_word, kinds)
FUNCTION(tw_confidence_word, confidences)
FUNCTION(tw_skip_word, skips)
FUNCTION(tw_end_word, ends)
FUNCTION(tw_option_word, options)
FUNCTION(tw_handshake_word, handshake_causes)
FUNCTION(tw_verdict_word, verdicts)
FUNCTION(tw_verdict_meaning, verdict_meanings)

char tw_letter_char(unsigned int letter)
{
	return letter < COUNT(letters) ? letters[letter][0] : '?';
}

int tw_event_number(const char *word, unsigned int len)
{
	for (unsigned int i = 0; i < COUNT(events); i++)
		if (strlen(events[i]) == len && !memcmp(events[i], word, len))
			return i;
	return -ENOENT;
}

int tw_verdict_number(const char *word)
{
	for (unsigned int i = 0; i < COUNT(verdicts); i++)
		if (!strcmp(verdicts[i], word))
			return i;
	return -ENOENT;
}

bool tw_verdict_cost_time(unsigned int verdict)
{
	switch (verdict) {
	case TW_VERDICT_RECEIVER_STALLED:
	case TW_VERDICT_LOSSY_PATH:
	case TW_VERDICT_NAGLE_DELAYED_ACK:
	case TW_VERDICT_RESPONDER_SLOW:
	case TW_VERDICT_REORDERING_PATH:
	case TW_VERDICT_ORIGINATOR_IDLE:
	case TW_VERDICT_RECEIVER_LIMITED:
	case TW_VERDICT_SENDER_LIMITED:
	case TW_VERDICT_PATH_OUTAGE:
		return true;
	default:
		return false;
	}
}

bool tw_event_is_public(unsigned int type)
{
	return type != TW_EV_NONE && type < _TW_EV_MAX && type != TW_EV_OPENED && type != TW_EV_ENDED &&
	       type != TW_EV_REPLACED && type != TW_EV_KERNEL_RESET && type != TW_EV_KERNEL_RESENT;
}

bool tw_verdict_is_trouble(unsigned int verdict)
{
	return verdict != TW_VERDICT_OK && verdict != TW_VERDICT_UNKNOWN && verdict != TW_VERDICT_ORIGINATOR_IDLE &&
	       verdict != TW_VERDICT_SENDER_LIMITED;
}

/* RFC 792, 1812 and 4443. */
const char *tw_unreachable_word(unsigned int family, unsigned int type, unsigned int code)
{
	static const char *const v4[16] = {
		"net", "host", "protocol", "port", [9] = "net_prohibited", "host_prohibited", [13] = "admin_prohibited",
	};
	static const char *const v6[8] = { "net", "admin_prohibited", [3] = "host", "port", [6] = "reject_route" };
	unsigned int unreachable = family == 4 ? 3 : 1, exceeded = family == 4 ? 11 : 3;
	unsigned int parameter = family == 4 ? 12 : 4;

	if (type == exceeded)
		return code == 1 ? "reassembly_timeout" : "ttl_exceeded";
	if (type == parameter)
		return "parameter_problem";
	if (type != unreachable)
		return NULL;
	if (family == 4)
		return code < 16 ? v4[code] : NULL;
	return code < 8 ? v6[code] : NULL;
}

const char *tw_unreachable_noun(const char *word)
{
	static const char *const bare[] = { "net", "host", "protocol", "port" };

	for (size_t i = 0; i < sizeof(bare) / sizeof(bare[0]); i++)
		if (!strcmp(word, bare[i]))
			return " unreachable";
	return "";
}
