// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The words for each event that a packet made, or that did not come. */
#include "linetext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

#define NUMBER(event, key) ((unsigned long long)tw_member_u64(event, key))

/* "before", then the duration in @key; nothing when there is none. */
static void put_time(struct tw_text *text, const char *before, const json_t *event, const char *key, const char *after)
{
	if (!tw_member_has(event, key))
		return;
	tw_text_put(text, "%s", before);
	tw_text_time(text, tw_member_real(event, key));
	tw_text_put(text, "%s", after);
}

static void put_nth(struct tw_text *text, uint64_t n)
{
	const char *suffix = "th";

	if (n % 100 < 11 || n % 100 > 13)
		suffix = n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
	tw_text_put(text, "%llu%s", (unsigned long long)n, suffix);
}

static void put_list(struct tw_text *text, const char *before, const json_t *event, const char *key)
{
	const json_t *list = json_object_get(event, key), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		tw_text_put(text, "%s", i ? ", " : before);
		tw_text_clean(text, json_is_string(item) ? json_string_value(item) : "?");
	}
}

static const char *sender_word(enum tw_sender sender)
{
	static const char *const words[] = { "", " from originator", " from responder" };

	return words[sender];
}

/* --- handshake --- */

static void put_offer(struct tw_text *text, const json_t *event)
{
	if (tw_member_has(event, "mss"))
		tw_text_put(text, ", mss %llu", NUMBER(event, "mss"));
	if (tw_member_has(event, "wscale"))
		tw_text_put(text, ", wscale %llu", NUMBER(event, "wscale"));
	if (tw_member_true(event, "sack_ok"))
		tw_text_put(text, ", sack");
	if (tw_member_true(event, "ts_ok"))
		tw_text_put(text, ", timestamps");
	if (tw_member_true(event, "ecn"))
		tw_text_put(text, ", ecn");
	if (tw_member_true(event, "tfo"))
		tw_text_put(text, ", fast open");
	if (tw_member_u64(event, "len"))
		tw_text_put(text, ", %llu bytes of payload", NUMBER(event, "len"));
}

static void put_syn(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "SYN");
	put_offer(text, event);
}

static void put_syn_ack(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, tw_member_true(event, "stray") ? "stray SYN-ACK" : "SYN-ACK");
	put_time(text, " after ", event, "rtt", "");
	put_offer(text, event);
}

static void put_again(struct tw_text *text, const char *what, const json_t *event)
{
	tw_text_put(text, "%s again, ", what);
	put_nth(text, tw_member_u64(event, "attempt"));
	tw_text_put(text, " try");
	put_time(text, ", ", event, "since_first", " after the first");
}

static void put_syn_again(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	put_again(text, "SYN", event);
	if (tw_member_true(event, "answered"))
		tw_text_put(text, ", although a SYN-ACK was seen");
	if (tw_member_true(event, "after_reset"))
		tw_text_put(text, ", after a RST");
	put_list(text, ", no longer offering ", event, "options_dropped");
}

static void put_syn_ack_again(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	put_again(text, "SYN-ACK", event);
}

static void put_established(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	double syn = tw_member_real(event, "syn_rtt"), ack = tw_member_real(event, "ack_rtt");

	tw_text_put(text, "open");
	if (syn > 0 && ack > 0) {
		tw_text_put(text, " after ");
		tw_text_time(text, syn + ack);
	}
	put_time(text, ", SYN-ACK took ", event, "syn_rtt", "");
	put_time(text, ", ACK took ", event, "ack_rtt", "");
	if (tw_member_has(event, "mss"))
		tw_text_put(text, ", mss %llu", NUMBER(event, "mss"));
	if (!tw_member_true(event, "wscale_ok"))
		tw_text_put(text, ", no window scaling");
	if (!tw_member_true(event, "sack_ok"))
		tw_text_put(text, ", no sack");
}

static void put_bad_ack(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	if (tw_member_true(event, "challenge"))
		tw_text_put(text, "challenge ACK%s: it still knows an older connection", sender_word(sender));
	else
		tw_text_put(text, "acknowledges %llu instead of %llu", NUMBER(event, "got"), NUMBER(event, "expected"));
}

static void put_syn_ack_payload(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "SYN-ACK with %llu bytes of payload, without Fast Open", NUMBER(event, "len"));
}

static void put_nonzero_ack(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "SYN without ACK flag has acknowledgement number %llu", NUMBER(event, "ack"));
}

static void put_unanswered(struct tw_text *text, const char *what, const json_t *event)
{
	unsigned long long attempts = NUMBER(event, "attempts");

	tw_text_put(text, "no answer to %llu %s%s", attempts, what, attempts == 1 ? "" : "s");
	put_time(text, " in ", event, "waited", "");
}

static void put_connect_timeout(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	put_unanswered(text, "SYN", event);
}

static void put_accept_timeout(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	put_unanswered(text, "SYN-ACK", event);
}

static void put_land(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "SYN to itself");
}

static void put_simultaneous(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "both sides sent a SYN");
}

/* --- reset --- */

static const char *const cause_texts[_TW_CAUSE_MAX] = {
	[TW_CAUSE_AFTER_CLOSE] = "after close, harmless",
	[TW_CAUSE_NO_CONNECTION] = "of no known connection",
	[TW_CAUSE_BAD_ACK_RESET] = "answers a wrong ACK number",
	[TW_CAUSE_REFUSED] = "refused",
	[TW_CAUSE_UNACCEPTABLE] = "must be ignored, it does not acknowledge the SYN",
	[TW_CAUSE_HALF_OPEN_RESET] = "handshake given up",
	[TW_CAUSE_HANDSHAKE_ABORTED] = "handshake aborted",
	[TW_CAUSE_GAVE_UP] = "gave up retransmitting",
	[TW_CAUSE_DATA_AFTER_CLOSE] = "data came after it had closed",
	[TW_CAUSE_IDLE_RESET] = "idle connection cut",
	[TW_CAUSE_ABORTED] = "aborted",
};

static const char *cause_text(const char *word)
{
	for (int i = 1; i < _TW_CAUSE_MAX; i++)
		if (!strcmp(word, tw_cause_word(i)) && cause_texts[i])
			return cause_texts[i];
	return word;
}

static void put_stage(struct tw_text *text, const char *stage)
{
	if (!strcmp(stage, "post_ack"))
		tw_text_put(text, " before any request");
	else if (!strcmp(stage, "post_psh"))
		tw_text_put(text, " right after the first request");
}

static void put_usual_ttl(struct tw_text *text, const json_t *event)
{
	unsigned long long low = NUMBER(event, "ttl_min"), high = NUMBER(event, "ttl_max");

	if (!tw_member_has(event, "ttl_min"))
		return;
	tw_text_put(text, ", ttl %llu not %llu", NUMBER(event, "ttl"), low);
	if (high != low)
		tw_text_put(text, "–%llu", high);
}

static void put_reset(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	const char *cause = tw_member_text(event, "cause");
	bool known = tw_member_has(event, "conn");

	tw_text_put(text, "RST%s: ", known ? sender_word(sender) : "");
	tw_text_clean(text, cause_text(cause));
	if (!strcmp(cause, "aborted"))
		put_stage(text, tw_member_text(event, "stage"));
	if (!strcmp(cause, "idle_reset"))
		put_time(text, ", after ", event, "silent", " of silence");
	else if (strcmp(cause, "no_connection"))
		put_time(text, " after ", event, "silent", "");
	put_usual_ttl(text, event);
	tw_text_suspect(text, event);
}

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
	if (!strcmp(tw_member_text(event, "confidence"), "low") || !strcmp(tw_member_text(event, "confidence"), "medium"))
		tw_text_put(text, " (%s confidence)", tw_member_text(event, "confidence"));
}

static void put_retransmit(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	if (tw_member_u64(event, "len"))
		tw_text_bytes(text, tw_member_u64(event, "bytes"));
	else
		tw_text_put(text, "FIN");
	tw_text_put(text, " again, ");
	put_nth(text, tw_member_u64(event, "attempt"));
	tw_text_put(text, " time");
	put_time(text, ", ", event, "gap", " after the last");
	tw_text_put(text, ": ");
	tw_text_clean(text, kind_text(tw_member_text(event, "kind")));
	if (tw_member_u64(event, "in_flight")) {
		tw_text_put(text, ", ");
		tw_text_bytes(text, tw_member_u64(event, "in_flight"));
		tw_text_put(text, " in flight");
	}
	put_confidence(text, event);
}

static void put_out_of_order(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "overtaken on the way");
	put_time(text, ", ", event, "late_by", " late");
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

static void put_zero_window(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "window shut%s: it reads too slowly", sender_word(sender));
}

static void put_window_open(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "window open again%s", sender_word(sender));
	put_time(text, " after ", event, "stalled_for", "");
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
	put_time(text, "the answer took ", event, "waited", "");
	put_time(text, ", of which the network needs ", event, "rtt", "");
}

static void put_no_response(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	put_time(text, "acknowledged and never answered, for ", event, "waited", "");
}

static void put_slow_request(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	put_time(text, "the originator was silent for ", event, "waited", " after a whole answer");
}

static void put_stall(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	put_time(text, "a small write waited ", event, "waited", " for this delayed ACK (Nagle)");
	tw_text_put(text, ", %llu times so far", NUMBER(event, "times"));
}

static void put_marker(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	tw_text_put(text, "ping %s, %llu bytes, id %llu, seq %llu", tw_member_true(event, "reply") ? "reply" : "request",
		    NUMBER(event, "size"), NUMBER(event, "icmp_id"), NUMBER(event, "icmp_seq"));
}

/* --- all --- */

static void (*const texts[_TW_EV_MAX])(struct tw_text *text, const json_t *event, enum tw_sender sender) = {
	[TW_EV_SYN] = put_syn,
	[TW_EV_SYN_RETRANSMIT] = put_syn_again,
	[TW_EV_SYN_ACK] = put_syn_ack,
	[TW_EV_SYN_ACK_RETRANSMIT] = put_syn_ack_again,
	[TW_EV_ESTABLISHED] = put_established,
	[TW_EV_HANDSHAKE_BAD_ACK] = put_bad_ack,
	[TW_EV_SYN_ACK_PAYLOAD] = put_syn_ack_payload,
	[TW_EV_SYN_NONZERO_ACK] = put_nonzero_ack,
	[TW_EV_CONNECT_TIMEOUT] = put_connect_timeout,
	[TW_EV_ACCEPT_TIMEOUT] = put_accept_timeout,
	[TW_EV_LAND] = put_land,
	[TW_EV_SIMULTANEOUS_OPEN] = put_simultaneous,
	[TW_EV_RESET] = put_reset,
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
};

static bool is_common(const char *key)
{
	static const char *const common[] = {
		"ts", "event", "conn", "community_id", "iface", "dir", "side", "orig_addr", "orig_port", "resp_addr",
		"resp_port", "suppressed",
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (!strcmp(key, common[i]))
			return true;
	return false;
}

/* An event of a newer program: its fields as they are. */
static void put_fields(struct tw_text *text, const json_t *event)
{
	const char *key, *between = "";
	json_t *value;
	char *dump;

	json_object_foreach((json_t *)event, key, value) {
		if (is_common(key))
			continue;
		dump = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
		tw_text_put(text, "%s", between);
		tw_text_clean(text, key);
		tw_text_put(text, " ");
		tw_text_clean(text, dump ? dump : tw_member_text(event, key));
		free(dump);
		between = ", ";
	}
}

void tw_text_event(struct tw_text *text, int type, const json_t *event, enum tw_sender sender)
{
	if (type == TW_EV_CONNECTION)
		tw_text_connection(text, event);
	else if (type == TW_EV_ALERT)
		tw_text_alert(text, event);
	else if (type == TW_EV_EVENTS_LOST || type == TW_EV_TABLE_FULL)
		tw_text_lost(text, event);
	else if (type == TW_EV_CAPTURE_STARTED || type == TW_EV_CAPTURE_STOPPED)
		tw_text_capture(text, event, type == TW_EV_CAPTURE_STARTED);
	else if (type >= 0 && texts[type])
		texts[type](text, event, sender);
	else
		put_fields(text, event);
}
