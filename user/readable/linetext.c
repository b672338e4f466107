// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The words for handshakes and resets, and for events that this program does not know. */
#include "linetext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/member.h"
#include "base/names.h"

#define NUMBER(event, key) ((unsigned long long)tw_member_u64(event, key))

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
	tw_text_span(text, " after ", event, "rtt", "");
	put_offer(text, event);
}

static void put_again(struct tw_text *text, const char *what, const json_t *event)
{
	tw_text_put(text, "%s again, ", what);
	tw_text_nth(text, tw_member_u64(event, "attempt"));
	tw_text_put(text, " try");
	tw_text_span(text, ", ", event, "since_first", " after the first");
}

static void put_syn_again(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	put_again(text, "SYN", event);
	if (tw_member_true(event, "answered"))
		tw_text_put(text, ", although a SYN-ACK was seen");
	if (tw_member_true(event, "after_reset"))
		tw_text_put(text, ", after a RST");
	tw_text_list(text, ", no longer offering ", event, "options_dropped");
}

static void put_syn_ack_again(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	put_again(text, "SYN-ACK", event);
	if (tw_member_true(event, "acked"))
		tw_text_put(text, ", although an ACK of it was seen");
}

static void put_established(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	double syn = tw_member_real(event, "syn_rtt"), ack = tw_member_real(event, "ack_rtt");

	tw_text_put(text, "open");
	if (syn > 0 && ack > 0) {
		tw_text_put(text, " after ");
		tw_text_time(text, syn + ack);
	}
	tw_text_span(text, ", SYN-ACK took ", event, "syn_rtt", "");
	tw_text_span(text, ", ACK took ", event, "ack_rtt", "");
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
	tw_text_span(text, " in ", event, "waited", "");
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
	[TW_CAUSE_AFTER_CLOSE] = "after close",
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

/* Why this host's kernel sent it, or that its TCP did not. */
static void put_reason(struct tw_text *text, const json_t *event)
{
	if (tw_member_has(event, "no_socket"))
		tw_text_put(text, "; not sent by this host's TCP: a firewall, a proxy or a forwarder");
	if (!tw_member_has(event, "reason"))
		return;
	tw_text_put(text, "; the kernel's reason: ");
	tw_text_clean(text, tw_member_text(event, "reason"));
}

static void put_reset(struct tw_text *text, const json_t *event, enum tw_sender sender)
{
	const char *cause = tw_member_text(event, "cause");
	bool known = tw_member_has(event, "conn");

	tw_text_put(text, "RST%s: ", known ? sender_word(sender) : "");
	if (known && !strcmp(cause, "no_connection"))
		tw_text_put(text, "again, a RST has ended it already");
	else
		tw_text_clean(text, cause_text(cause));
	if (!strcmp(cause, "aborted"))
		put_stage(text, tw_member_text(event, "stage"));
	if (!strcmp(cause, "refused"))
		tw_text_span(text, " after ", event, "silent", "");
	else if (tw_member_real(event, "silent") >= 1)
		tw_text_span(text, ", after ", event, "silent", " of silence");
	if (tw_member_u64(event, "unacked")) {
		tw_text_put(text, ", ");
		tw_text_bytes(text, tw_member_u64(event, "unacked"));
		tw_text_put(text, " not acknowledged");
	}
	put_reason(text, event);
	put_usual_ttl(text, event);
	tw_text_suspect(text, event);
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
		dump = json_is_string(value) ?
		       NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(9));
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
	else if (!tw_text_path(text, type, event, sender))
		put_fields(text, event);
}
