// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The words for what happens on the way: loss, order, windows, path MTU, waiting, pings. */
#include "linetext.h"

#include <string.h>

#include "base/member.h"
#include "base/names.h"

#define NUMBER(event, key) ((unsigned long long)tw_member_u64(event, key))

/* --- loss and order --- */

static const char *const kind_texts[_TW_KIND_MAX] = {
	[TW_KIND_UNKNOWN] = "for a reason that cannot be told",
	[TW_KIND_WINDOW_PROBE] = "probes a zero window",
	[TW_KIND_SPURIOUS] = "needlessly, all of it had arrived",
	[TW_KIND_PMTU] = "as the path MTU shrank",
	[TW_KIND_RTO] = "timer expired",
	[TW_KIND_FAST] = "duplicate ACKs or SACK asked for it",
	[TW_KIND_TLP] = "tail loss probe",
};

static const char *kind_text(const char *word)
{
	for (int i = 0; i < _TW_KIND_MAX; i++)
		if (!strcmp(word, tw_kind_word(i)) && kind_texts[i])
			return kind_texts[i];
	return word;
}

static void put_confidence(struct tw_text *text, const json_t *event)
{
	const char *word = tw_member_text(event, "confidence");

	if (!strcmp(word, "low") || !strcmp(word, "medium"))
		tw_text_put(text, " (%s confidence)", word);
}

/* Where the first copy went, as this host's kernel and the receiver tell. */
static void put_died(struct tw_text *text, const json_t *event)
{
	const char *where = tw_member_text(event, "died");

	if (!strcmp(where, "here")) {
		tw_text_put(text, "; this host dropped the first copy: ");
		tw_text_clean(text, tw_member_text(event, "reason"));
	} else if (!strcmp(where, "beyond")) {
		tw_text_put(text, "; the first copy left this host");
	} else if (!strcmp(where, "nowhere") && strcmp(tw_member_text(event, "kind"), "spurious")) {
		tw_text_put(text, "; the first copy had arrived");
	}
}

static void put_retransmit(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	if (tw_member_u64(event, "len"))
		tw_text_bytes(text, tw_member_u64(event, "bytes"));
	else
		tw_text_put(text, "FIN");
	tw_text_put(text, " again, ");
	tw_text_nth(text, tw_member_u64(event, "attempt"));
	tw_text_put(text, " time");
	tw_text_span(text, ", ", event, "gap", " after the last");
	tw_text_put(text, ": ");
	tw_text_clean(text, kind_text(tw_member_text(event, "kind")));
	if (tw_member_u64(event, "in_flight")) {
		tw_text_put(text, ", ");
		tw_text_bytes(text, tw_member_u64(event, "in_flight"));
		tw_text_put(text, " in flight");
	}
	put_died(text, event);
	put_confidence(text, event);
}

static void put_out_of_order(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "overtaken on the way");
	tw_text_span(text, ", ", event, "late_by", " late");
	put_confidence(text, event);
}

static void put_duplicate(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "a copy that the network or the tap made");
	put_confidence(text, event);
}

static void put_unseen(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "acknowledges ");
	tw_text_bytes(text, (uint32_t)(tw_member_u64(event, "got") - tw_member_u64(event, "expected")));
	tw_text_put(text, " that never passed here: lost by the capture, not by the network");
}

static const char *side_noun(enum tw_sender sender)
{
	static const char *const nouns[] = { "one side", "the originator", "the responder" };

	return nouns[sender];
}

static void put_zero_window(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "%s reads too slowly: its window is shut", side_noun(sender));
}

static void put_window_open(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "%s's window is open again", side_noun(sender));
	tw_text_span(text, ", after ", event, "stalled_for", "");
}

/* --- path MTU --- */

static void put_mss_exceeded(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "segment of %llu bytes, its receiver takes %llu", NUMBER(event, "len"), NUMBER(event, "mss"));
}

static void put_validity(struct tw_text *text, const json_t *event)
{
	if (!tw_member_true(event, "matched"))
		tw_text_put(text, ", for no known connection");
	else if (json_is_false(json_object_get(event, "valid")))
		tw_text_put(text, ", not valid: forged or very late");
}

static void put_frag_needed(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_clean(text, tw_member_text(event, "from"));
	tw_text_put(text, " takes no more than %llu bytes", NUMBER(event, "mtu"));
	if (tw_member_has(event, "quoted_len"))
		tw_text_put(text, ", the packet has %llu", NUMBER(event, "quoted_len"));
	put_validity(text, event);
}

static void put_unreachable(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_clean(text, tw_member_text(event, "from"));
	tw_text_put(text, " says: ");
	tw_text_clean(text, tw_member_text(event, "code"));
	tw_text_put(text, "%s", tw_unreachable_noun(tw_member_text(event, "code")));
	put_validity(text, event);
}

static void put_pmtu_ignored(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "packet of %llu bytes although it was told %llu, %llu so far", NUMBER(event, "len"),
		    NUMBER(event, "mtu"), NUMBER(event, "times"));
}

static void put_black_hole(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "packets of %llu bytes vanish and no ICMP says why, those up to %llu get through",
		    NUMBER(event, "len"), NUMBER(event, "largest_acked"));
}

/* --- waiting --- */

static void put_slow_response(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_span(text, "the answer took ", event, "waited", "");
	tw_text_span(text, ", of which the network needs ", event, "rtt", "");
}

static void put_no_response(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_span(text, "acknowledged and never answered, for ", event, "waited", "");
}

static void put_missing(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "%llu bytes never came, though what was behind them did", (unsigned long long)tw_member_u64(event, "len"));
	tw_text_span(text, ", ", event, "waited", " before");
}

static void put_slow_request(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_span(text, "the originator was silent for ", event, "waited", " after a whole answer");
}

static void put_stall(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_span(text, "a small write waited ", event, "waited", " for this delayed ACK (Nagle)");
	tw_text_put(text, ", %llu times so far", NUMBER(event, "times"));
}

static void put_marker(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "ping %s, %llu bytes, id %llu, seq %llu",
		    tw_member_true(event, "reply") ? "reply" : "request", NUMBER(event, "size"),
		    NUMBER(event, "icmp_id"), NUMBER(event, "icmp_seq"));
}

/* --- outages --- */

/* Of a moment in the log's own form: the time of day. */
static void put_clock(struct tw_text *text, const char *ts)
{
	if (strlen(ts) > 23 && ts[10] == 'T')
		tw_text_put(text, "%.12s", ts + 11);
}

static void put_owner(struct tw_text *text, const json_t *event)
{
	if (!tw_member_has(event, "comm"))
		return;
	tw_text_put(text, ", of ");
	tw_text_clean(text, tw_member_text(event, "comm"));
	tw_text_put(text, " (%llu)", NUMBER(event, "pid"));
}

static void put_path_down(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	unsigned long long attempts = NUMBER(event, "attempts");

	if (tw_member_true(event, "handshake")) {
		tw_text_put(text, "nobody answers: %llu SYNs", attempts);
		tw_text_span(text, " in ", event, "waited", "");
	} else {
		tw_text_put(text, "nothing that %s sends is acknowledged", side_noun(sender));
		tw_text_span(text, ", for ", event, "waited", "");
	}
	tw_text_put(text, ", since ");
	put_clock(text, tw_member_text(event, "since"));
	if (tw_member_has(event, "bytes")) {
		tw_text_put(text, "; ");
		tw_text_bytes(text, NUMBER(event, "bytes"));
		tw_text_put(text, " wait");
	}
	if (!tw_member_true(event, "handshake"))
		tw_text_put(text, ", sent %llu times", attempts);
	put_owner(text, event);
}

static void put_path_up(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, tw_member_true(event, "handshake") ? "an answer at last" : "acknowledged again");
	tw_text_span(text, ", after ", event, "waited", "");
}

/* --- the kernel --- */

static void put_kernel_drop(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "this host's kernel dropped it: ");
	tw_text_clean(text, tw_member_text(event, "reason"));
	if (tw_member_has(event, "listen_port"))
		tw_text_put(text, ", %llu wait to be accepted on port %llu, which takes %llu", NUMBER(event, "queued"),
			    NUMBER(event, "listen_port"), NUMBER(event, "backlog"));
	if (tw_member_has(event, "comm")) {
		tw_text_put(text, ", by ");
		tw_text_clean(text, tw_member_text(event, "comm"));
	}
}

/* --- all --- */

static void (*const texts[_TW_EV_MAX])(struct tw_text *text, const json_t *event, enum tw_sender sender) = {
	[TW_EV_RETRANSMIT] = put_retransmit,
	[TW_EV_OUT_OF_ORDER] = put_out_of_order,
	[TW_EV_DUPLICATE_SEGMENT] = put_duplicate,
	[TW_EV_LOST_SEGMENT_UNSEEN] = put_unseen,
	[TW_EV_ZERO_WINDOW] = put_zero_window,
	[TW_EV_WINDOW_OPEN] = put_window_open,
	[TW_EV_MSS_EXCEEDED] = put_mss_exceeded,
	[TW_EV_FRAG_NEEDED] = put_frag_needed,
	[TW_EV_UNREACHABLE] = put_unreachable,
	[TW_EV_PMTU_IGNORED] = put_pmtu_ignored,
	[TW_EV_PMTU_BLACK_HOLE] = put_black_hole,
	[TW_EV_SLOW_RESPONSE] = put_slow_response,
	[TW_EV_NO_RESPONSE] = put_no_response,
	[TW_EV_SLOW_REQUEST] = put_slow_request,
	[TW_EV_DELAYED_ACK_STALL] = put_stall,
	[TW_EV_MARKER] = put_marker,
	[TW_EV_KERNEL_DROP] = put_kernel_drop,
	[TW_EV_MISSING_SEGMENT] = put_missing,
	[TW_EV_PATH_DOWN] = put_path_down,
	[TW_EV_PATH_UP] = put_path_up,
};

bool tw_text_path(struct tw_text *text, int type, const json_t *event, enum tw_sender sender)
{
	if (type < 0 || !texts[type])
		return false;
	texts[type](text, event, sender);
	return true;
}
