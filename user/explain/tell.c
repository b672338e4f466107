// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The page of one story. */
#include "tell.h"

#include <string.h>

#include "advice.h"
#include "base/member.h"
#include "base/wrap.h"

void tw_tell_heading(const struct tw_tell *t, const char *heading)
{
	fprintf(t->to, t->bold ? "\n\033[1m%s\033[0m\n" : "\n%s\n", heading);
}

/* --- who and when --- */

static void put_end(struct tw_text *text, const json_t *event, const char *addr_key, const char *port_key)
{
	const char *addr = tw_member_text(event, addr_key);

	tw_text_put(text, strchr(addr, ':') ? "[" : "");
	tw_text_clean(text, addr);
	tw_text_put(text, "%s:%u", strchr(addr, ':') ? "]" : "", (unsigned int)tw_member_u64(event, port_key));
}

void tw_tell_ends(struct tw_text *text, const json_t *event)
{
	put_end(text, event, "orig_addr", "orig_port");
	tw_text_put(text, " → ");
	put_end(text, event, "resp_addr", "resp_port");
}

void tw_tell_clock(struct tw_text *text, const char *ts)
{
	char clock[24] = "?";

	if (strlen(ts) > 23 && ts[10] == 'T') {
		memcpy(clock, ts, 23);
		clock[10] = ' ';
		clock[23] = '\0';
	}
	tw_text_clean(text, clock);
}

static void put_place(struct tw_text *text, const json_t *event)
{
	const char *side = tw_member_text(event, "side");

	if (!strcmp(side, "originator") || !strcmp(side, "responder"))
		tw_text_put(text, ", seen on the %s's host", side);
	else if (!strcmp(side, "router"))
		tw_text_put(text, ", seen between the two");
	if (tw_member_has(event, "iface")) {
		tw_text_put(text, " (");
		tw_text_clean(text, tw_member_text(event, "iface"));
		tw_text_put(text, ")");
	}
	if (tw_member_has(event, "comm")) {
		tw_text_put(text, ", process ");
		tw_text_clean(text, tw_member_text(event, "comm"));
		if (tw_member_u64(event, "pid"))
			tw_text_put(text, " (%llu)", (unsigned long long)tw_member_u64(event, "pid"));
	}
}

static void put_volume(struct tw_text *text, const json_t *final)
{
	tw_text_bytes(text, tw_member_u64(final, "orig_bytes"));
	tw_text_put(text, " there in %llu packet%s, ", (unsigned long long)tw_member_u64(final, "orig_packets"),
		    tw_member_u64(final, "orig_packets") == 1 ? "" : "s");
	tw_text_bytes(text, tw_member_u64(final, "resp_bytes"));
	tw_text_put(text, " back in %llu", (unsigned long long)tw_member_u64(final, "resp_packets"));
	if (tw_member_has(final, "orig_rtt_min") && tw_member_has(final, "resp_rtt_min")) {
		tw_text_put(text, "; least round trip ");
		tw_text_time(text, tw_member_real(final, "orig_rtt_min") + tw_member_real(final, "resp_rtt_min"));
	}
	if (tw_member_has(final, "pmtu"))
		tw_text_put(text, "; path MTU %llu", (unsigned long long)tw_member_u64(final, "pmtu"));
	tw_text_put(text, ".");
}

static void tell_head(const struct tw_tell *t, const struct tw_story *s)
{
	const json_t *event = tw_story_any(s);
	char line[512];
	struct tw_text text = { .at = line, .end = line + sizeof(line) };

	tw_tell_ends(&text, event);
	tw_text_put(&text, "   ");
	tw_text_clean(&text, s->conn);
	fprintf(t->to, t->bold ? "\033[1m%s\033[0m\n" : "%s\n", line);
	text.at = line;
	tw_tell_clock(&text, tw_member_text(event, s->final ? "start" : "ts"));
	tw_text_put(&text, " UTC");
	if (s->final)
		tw_text_span(&text, ", ", s->final, "duration", "");
	put_place(&text, event);
	tw_text_put(&text, ".");
	tw_wrap_put(t->to, "", line, t->width);
	if (!tw_member_has(s->final, "orig_packets"))
		return;
	text.at = line;
	put_volume(&text, s->final);
	tw_wrap_put(t->to, "", line, t->width);
}

/* --- the verdict --- */

/* What was not seen, when it lowers the confidence. */
static void put_doubts(struct tw_text *text, const json_t *final)
{
	bool midstream = tw_member_true(final, "midstream");
	bool one_way = !tw_member_u64(final, "orig_packets") || !tw_member_u64(final, "resp_packets");

	if (midstream)
		tw_text_put(text, " it was open before the log began");
	if (one_way)
		tw_text_put(text, "%s only one direction was seen", midstream ? ", and" : "");
	if (!midstream && !one_way)
		tw_text_put(text, " some of its packets or events were lost to the log");
	tw_text_put(text, ".");
}

static void tell_verdict(const struct tw_tell *t, const struct tw_story *s)
{
	const char *confidence = tw_member_text(s->final, "confidence");
	char line[1024];
	struct tw_text text = { .at = line, .end = line + sizeof(line) };
	const json_t *word;
	size_t i;

	tw_text_put(&text, "Why: ");
	tw_text_clean(&text, *tw_member_text(s->final, "verdict") ? tw_member_text(s->final, "verdict") : "not known");
	tw_tell_heading(t, line);
	text.at = line;
	tw_text_clean(&text, tw_member_text(s->final, "why"));
	if (!s->final)
		tw_text_put(&text, "The log has no final record of it: it is still open, or the log ends before it does.");
	if (*confidence && strcmp(confidence, "high")) {
		tw_text_put(&text, " The confidence is ");
		tw_text_clean(&text, confidence);
		tw_text_put(&text, ":");
		put_doubts(&text, s->final);
	}
	json_array_foreach(json_object_get(s->final, "verdicts"), i, word)
		if (i && json_is_string(word)) {
			tw_text_put(&text, i == 1 ? " Besides: " : ", ");
			tw_text_clean(&text, json_string_value(word));
		}
	if (json_array_size(json_object_get(s->final, "verdicts")) > 1)
		tw_text_put(&text, ".");
	tw_wrap_put(t->to, "  ", line, t->width);
}

/* --- what should have come, what it means, what to check --- */

static void tell_advice(const struct tw_tell *t, const struct tw_story *s, enum tw_advice what, const char *heading)
{
	const char *verdict = tw_member_text(s->final, "verdict");
	char text[TW_ADVICE_TEXT], first[16];

	for (unsigned int i = 0; tw_advice_get(text, s, verdict, what, i); i++) {
		if (!i)
			tw_tell_heading(t, heading);
		snprintf(first, sizeof(first), what == TW_ADVICE_CHECK ? "  %u. " : "  ", i + 1);
		tw_wrap_put(t->to, first, text, t->width);
	}
}

/* --- where the time went --- */

static const struct {
	const char *key, *whose;
} owners[] = {
	{ "time_handshake", "the handshake" },
	{ "time_zero_window", "a shut window: the receiver did not read" },
	{ "time_recovery", "recovery from loss" },
	{ "time_path", "the path: waiting for ACKs of what was sent" },
	{ "time_transfer", "transfer: full segments on their way" },
	{ "time_responder", "the responder, whose turn it was" },
	{ "time_originator", "the originator, whose turn it was" },
	{ "time_idle", "idle: nobody owed anybody anything" },
	{ "time_delayed_ack", "delayed ACKs that held small writes back" },
};

#define N_OWNERS (sizeof(owners) / sizeof(owners[0]))

static double owned(const json_t *final, size_t i)
{
	return tw_member_real(final, owners[i].key);
}

static void tell_time(const struct tw_tell *t, const struct tw_story *s)
{
	double all = tw_member_real(s->final, "duration"), spent;
	bool told[N_OWNERS] = { false };
	char line[32];

	if (all <= 0 || !tw_member_has(s->final, owners[0].key))
		return;
	tw_tell_heading(t, "Where the time went");
	for (;;) {
		struct tw_text text = { .at = line, .end = line + sizeof(line) };
		size_t most = N_OWNERS;

		for (size_t i = 0; i < N_OWNERS; i++)
			if (!told[i] && owned(s->final, i) * 200 >= all && (most == N_OWNERS || owned(s->final, i) > owned(s->final, most)))
				most = i;
		if (most == N_OWNERS)
			break;
		told[most] = true;
		spent = owned(s->final, most);
		tw_story_seconds(&text, spent);
		fprintf(t->to, "  %3.0f %%  ", 100 * spent / all);
		tw_tell_clock_column(t->to, line);
		fprintf(t->to, "%s\n", owners[most].whose);
	}
}

int tw_tell_story(const struct tw_tell *t, const struct tw_story *s)
{
	int err;

	tell_head(t, s);
	tell_verdict(t, s);
	tw_tell_heading(t, "What happened");
	err = tw_tell_steps(t, s);
	if (!err && s->final) {
		tell_advice(t, s, TW_ADVICE_NEXT, "What should have come next");
		tell_advice(t, s, TW_ADVICE_MEANS, "What it means");
		tell_advice(t, s, TW_ADVICE_CHECK, "What to check");
		tell_time(t, s);
	}
	return err;
}
