// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The frame of a readable line: time, event, who → whom, and then linetext.c's words.
 *
 *   14:49:04.130 syn_retransmit      192.0.2.1:43210 → 198.51.100.7:443   SYN again, 2nd try, …
 *
 * The arrow shows which way the packet went. Times are UTC, as in the log.
 */
#include "line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/member.h"
#include "base/names.h"
#include "linetext.h"

#define EVENT_WIDTH 19
#define TUPLE_WIDTH 41

enum tone { TONE_PLAIN, TONE_QUIET, TONE_GOOD, TONE_NOTE, TONE_WARN, TONE_BAD };

static const char *const escapes[] = { "", "\033[2m", "\033[32m", "\033[36m", "\033[33m", "\033[1;31m" };

static const unsigned char tones[_TW_EV_MAX] = {
	[TW_EV_SYN] = TONE_QUIET,
	[TW_EV_SYN_ACK] = TONE_QUIET,
	[TW_EV_ESTABLISHED] = TONE_GOOD,
	[TW_EV_SYN_RETRANSMIT] = TONE_WARN,
	[TW_EV_SYN_ACK_RETRANSMIT] = TONE_WARN,
	[TW_EV_HANDSHAKE_BAD_ACK] = TONE_WARN,
	[TW_EV_SYN_ACK_PAYLOAD] = TONE_WARN,
	[TW_EV_SYN_NONZERO_ACK] = TONE_WARN,
	[TW_EV_CONNECT_TIMEOUT] = TONE_BAD,
	[TW_EV_ACCEPT_TIMEOUT] = TONE_BAD,
	[TW_EV_LAND] = TONE_BAD,
	[TW_EV_RESET] = TONE_BAD,
	[TW_EV_RETRANSMIT] = TONE_WARN,
	[TW_EV_OUT_OF_ORDER] = TONE_WARN,
	[TW_EV_DUPLICATE_SEGMENT] = TONE_WARN,
	[TW_EV_LOST_SEGMENT_UNSEEN] = TONE_WARN,
	[TW_EV_ZERO_WINDOW] = TONE_WARN,
	[TW_EV_WINDOW_OPEN] = TONE_NOTE,
	[TW_EV_MSS_EXCEEDED] = TONE_WARN,
	[TW_EV_FRAG_NEEDED] = TONE_WARN,
	[TW_EV_UNREACHABLE] = TONE_BAD,
	[TW_EV_PMTU_IGNORED] = TONE_BAD,
	[TW_EV_PMTU_BLACK_HOLE] = TONE_BAD,
	[TW_EV_SLOW_RESPONSE] = TONE_WARN,
	[TW_EV_NO_RESPONSE] = TONE_BAD,
	[TW_EV_MISSING_SEGMENT] = TONE_BAD,
	[TW_EV_SLOW_REQUEST] = TONE_WARN,
	[TW_EV_DELAYED_ACK_STALL] = TONE_WARN,
	[TW_EV_MARKER] = TONE_NOTE,
	[TW_EV_KERNEL_DROP] = TONE_BAD,
	[TW_EV_PATH_DOWN] = TONE_BAD,
	[TW_EV_PATH_UP] = TONE_NOTE,
	[TW_EV_ALERT] = TONE_BAD,
	[TW_EV_EVENTS_LOST] = TONE_BAD,
	[TW_EV_TABLE_FULL] = TONE_BAD,
	[TW_EV_CAPTURE_STARTED] = TONE_NOTE,
	[TW_EV_CAPTURE_STOPPED] = TONE_NOTE,
};

/* Of a connection: what broke it is bad, what cost time a warning; the originator may do as it likes. */
static enum tone tone_of_verdict(const char *word)
{
	int verdict = tw_verdict_number(word);

	if (verdict < 0 || verdict == TW_VERDICT_UNKNOWN)
		return TONE_PLAIN;
	if (verdict == TW_VERDICT_OK)
		return TONE_GOOD;
	if (!tw_verdict_is_trouble(verdict))
		return TONE_NOTE;
	return tw_verdict_cost_time(verdict) ? TONE_WARN : TONE_BAD;
}

/* Not every RST is bad news, and not every alert is. */
static enum tone tone_of(int type, const json_t *event)
{
	const char *cause = tw_member_text(event, "cause");

	if (type < 0)
		return TONE_PLAIN;
	if (type == TW_EV_CONNECTION)
		return tone_of_verdict(tw_member_text(event, "verdict"));
	if (type == TW_EV_RESET && !tw_member_has(event, "suspect") &&
	    (!strcmp(cause, "after_close") || !strcmp(cause, "no_connection")))
		return TONE_QUIET;
	if (type == TW_EV_ALERT && !strcmp(tw_member_text(event, "state"), "cleared"))
		return TONE_GOOD;
	return tones[type];
}

/* The packet's sender, from what the log says: its direction, and which side this host is. */
enum tw_sender tw_line_sender(int type, const json_t *event)
{
	const char *dir = tw_member_text(event, "dir"), *side = tw_member_text(event, "side");
	bool out = !strcmp(dir, "out"), in = !strcmp(dir, "in");
	bool orig;

	if (type == TW_EV_RESET && !tw_member_has(event, "conn"))
		return TW_SENDER_ORIG; /* nothing else is known of it */
	if (!strcmp(dir, "fwd") || !strcmp(dir, "rev"))
		orig = dir[0] == 'f';
	else if ((out || in) && !strcmp(side, "originator"))
		orig = out;
	else if ((out || in) && !strcmp(side, "responder"))
		orig = in;
	else
		return TW_SENDER_UNKNOWN;
	if (type == TW_EV_FRAG_NEEDED || type == TW_EV_UNREACHABLE)
		orig = !orig; /* it came back to who sent the packet in question */
	return orig ? TW_SENDER_ORIG : TW_SENDER_RESP;
}

/* Columns that UTF-8 text takes; all our characters are one wide. */
static size_t columns(const char *text, const char *end)
{
	size_t n = 0;

	for (; text < end; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

static void put_end(struct tw_text *text, const json_t *event, const char *addr_key, const char *port_key)
{
	const char *addr = tw_member_text(event, addr_key);
	bool six = strchr(addr, ':') && tw_member_has(event, port_key);

	if (six)
		tw_text_put(text, "[");
	tw_text_clean(text, addr);
	if (six)
		tw_text_put(text, "]");
	if (tw_member_has(event, port_key))
		tw_text_put(text, ":%u", (unsigned int)tw_member_u64(event, port_key));
}

static void put_tuple(struct tw_text *text, const json_t *event, int type, enum tw_sender sender)
{
	const char *start = text->at;
	size_t width;

	if (tw_member_has(event, "orig_addr")) {
		put_end(text, event, "orig_addr", "orig_port");
		tw_text_put(text, sender == TW_SENDER_RESP && type != TW_EV_CONNECTION ? " ← " : " → ");
		put_end(text, event, "resp_addr", "resp_port");
	} else if (type == TW_EV_ALERT) {
		tw_text_clean(text, tw_member_text(event, "key"));
	} else {
		tw_text_clean(text, tw_member_text(event, "iface"));
	}
	width = columns(start, text->at);
	tw_text_put(text, "%*s  ", width < TUPLE_WIDTH ? (int)(TUPLE_WIDTH - width) : 0, "");
}

static void put_clock(struct tw_text *text, const char *ts)
{
	char clock[13] = "            ";

	if (strlen(ts) > 23 && ts[10] == 'T')
		memcpy(clock, ts + 11, 12);
	tw_text_clean(text, clock); /* whoever wrote the log */
	tw_text_put(text, " ");
}

size_t tw_line_format(char *buf, size_t size, const json_t *event, bool colour)
{
	const char *word = tw_member_text(event, "event");
	int type = tw_event_number(word, strlen(word));
	enum tone tone = colour ? tone_of(type, event) : TONE_PLAIN;
	enum tw_sender sender = tw_line_sender(type, event);
	struct tw_text text = { .at = buf, .end = buf + size };
	char shown[64];
	struct tw_text name = { .at = shown, .end = shown + sizeof(shown) };

	if (!word[0] || size < 2)
		return 0;
	buf[0] = '\0';
	tw_text_clean(&name, word);
	put_clock(&text, tw_member_text(event, "ts"));
	tw_text_put(&text, "%s%-*s%s ", escapes[tone], EVENT_WIDTH, shown, tone ? "\033[0m" : "");
	put_tuple(&text, event, type, sender);
	tw_text_event(&text, type, event, sender);
	if (tw_member_has(event, "suppressed") && type != TW_EV_CAPTURE_STOPPED)
		tw_text_put(&text, ", and %llu more of these", (unsigned long long)tw_member_u64(event, "suppressed"));
	while (text.at > buf && text.at[-1] == ' ')
		*--text.at = '\0';
	return text.at - buf;
}

size_t tw_line_from_json(char *buf, size_t size, const char *json, size_t len, bool colour)
{
	json_t *event = json_loadb(json, len, 0, NULL);
	size_t n = json_is_object(event) ? tw_line_format(buf, size, event, colour) : 0;

	json_decref(event);
	return n;
}

size_t tw_line_words(char *buf, size_t size, const char *json, size_t len)
{
	json_t *event = json_loadb(json, len, 0, NULL);
	const char *word = tw_member_text(event, "event");
	int type = tw_event_number(word, strlen(word));
	struct tw_text text = { .at = buf, .end = buf + size };

	buf[0] = '\0';
	if (event)
		tw_text_event(&text, type, event, tw_line_sender(type, event));
	json_decref(event);
	return text.at - buf;
}

bool tw_line_colour(int fd, const char *when)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!strcmp(when, "always") || !strcmp(when, "never"))
		return when[0] == 'a';
	return isatty(fd) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}
