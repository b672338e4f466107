// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The words for the final record, for alerts, and for what the program says of itself. */
#include "base/member.h"
#include "linetext.h"

#include <string.h>

static unsigned long long number(const json_t *event, const char *key)
{
	return tw_member_u64(event, key);
}

void tw_text_suspect(struct tw_text *text, const json_t *event)
{
	const json_t *list = json_object_get(event, "suspect"), *item;
	size_t i;

	if (!json_array_size(list))
		return;
	tw_text_put(text, "; forged? ");
	tw_text_clean(text, tw_member_text(event, "forged"));
	tw_text_put(text, ":");
	json_array_foreach(list, i, item) {
		tw_text_put(text, i ? ", " : " ");
		tw_text_clean(text, json_is_string(item) ? json_string_value(item) : "?");
	}
}

/* How it ended, as a person would say it. */
static void put_end(struct tw_text *text, const json_t *event)
{
	static const char *const words[][2] = {
		{ "fin", "closed" }, { "reset", "reset" }, { "timeout", "never answered" },
		{ "idle", "idle for too long" }, { "evicted", "given up for room" }, { "reused", "ports reused" },
		{ "eof", "still open" },
	};
	const char *end = tw_member_text(event, "end");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(end, words[i][0]))
			end = words[i][1];
	tw_text_clean(text, end);
	if (tw_member_has(event, "cause")) {
		tw_text_put(text, " (");
		tw_text_clean(text, tw_member_text(event, "cause"));
		tw_text_put(text, ")");
	}
}

static void put_count(struct tw_text *text, const char *what, unsigned long long n)
{
	if (n)
		tw_text_put(text, ", %llu %s", n, what);
}

static unsigned long long both(const json_t *event, const char *orig_key, const char *resp_key)
{
	return number(event, orig_key) + number(event, resp_key);
}

/* The path's round-trip time is the one of the side that is not here: the larger. */
static void put_rtt(struct tw_text *text, const json_t *event)
{
	double orig = tw_member_real(event, "orig_rtt_avg"), resp = tw_member_real(event, "resp_rtt_avg");
	const char *low = orig > resp ? "orig_rtt_min" : "resp_rtt_min";

	if (orig <= 0 && resp <= 0)
		return;
	tw_text_put(text, ", rtt ");
	tw_text_time(text, tw_member_real(event, low));
	tw_text_put(text, " (mean ");
	tw_text_time(text, orig > resp ? orig : resp);
	tw_text_put(text, ")");
}

/* Logs of before there were verdicts have none. */
static void put_verdict(struct tw_text *text, const json_t *event)
{
	if (!tw_member_has(event, "verdict"))
		return;
	tw_text_clean(text, tw_member_text(event, "verdict"));
	if (tw_member_has(event, "confidence") && strcmp(tw_member_text(event, "confidence"), "high")) {
		tw_text_put(text, " (confidence ");
		tw_text_clean(text, tw_member_text(event, "confidence"));
		tw_text_put(text, ")");
	}
	tw_text_put(text, ": ");
	tw_text_clean(text, tw_member_text(event, "why"));
	tw_text_put(text, " | ");
}

/* ", of curl (1234)", and of whom the other end is, where that is here, too. */
static void put_owner(struct tw_text *text, const json_t *event)
{
	if (!tw_member_has(event, "comm"))
		return;
	tw_text_put(text, ", of ");
	tw_text_clean(text, tw_member_text(event, "comm"));
	tw_text_put(text, " (%llu)", number(event, "pid"));
	if (!tw_member_has(event, "resp_comm"))
		return;
	tw_text_put(text, " and ");
	tw_text_clean(text, tw_member_text(event, "resp_comm"));
	tw_text_put(text, " (%llu)", number(event, "resp_pid"));
}

void tw_text_connection(struct tw_text *text, const json_t *event)
{
	put_verdict(text, event);
	put_end(text, event);
	tw_text_put(text, " after ");
	tw_text_time(text, tw_member_real(event, "duration"));
	tw_text_put(text, ", ");
	tw_text_clean(text, tw_member_text(event, "state"));
	tw_text_put(text, " ");
	tw_text_clean(text, tw_member_text(event, "history"));
	tw_text_put(text, ", → ");
	tw_text_bytes(text, tw_member_u64(event, "orig_bytes"));
	tw_text_put(text, ", ← ");
	tw_text_bytes(text, tw_member_u64(event, "resp_bytes"));
	put_count(text, "retransmitted", both(event, "orig_retransmits", "resp_retransmits"));
	put_count(text, "out of order", both(event, "orig_out_of_order", "resp_out_of_order"));
	put_count(text, "zero windows", both(event, "orig_zero_windows", "resp_zero_windows"));
	if (tw_member_has(event, "pmtu"))
		tw_text_put(text, ", path mtu %llu", number(event, "pmtu"));
	put_rtt(text, event);
	put_owner(text, event);
	tw_text_suspect(text, event);
}

void tw_text_alert(struct tw_text *text, const json_t *event)
{
	tw_text_clean(text, tw_member_text(event, "rule"));
	tw_text_put(text, " ");
	tw_text_clean(text, tw_member_text(event, "state"));
	tw_text_put(text, ": %.6g in ", tw_member_real(event, "value"));
	tw_text_time(text, tw_member_real(event, "window"));
	tw_text_put(text, ", the limit is %.6g", tw_member_real(event, "threshold"));
}

void tw_text_lost(struct tw_text *text, const json_t *event)
{
	const char *where = tw_member_text(event, "where");

	tw_text_put(text, "%llu ", number(event, "count"));
	if (!tw_member_has(event, "where"))
		tw_text_put(text, "could not be tracked: the table is full");
	else if (!strcmp(where, "ring"))
		tw_text_put(text, "events lost: they came faster than they were read");
	else if (!strcmp(where, "table"))
		tw_text_put(text, "packets not followed: the table is full");
	else if (!strcmp(where, "writer"))
		tw_text_put(text, "events lost: the log could not be written");
	else
		tw_text_put(text, "events lost");
}

void tw_text_capture(struct tw_text *text, const json_t *event, bool started)
{
	tw_text_put(text, "tcpwhy ");
	tw_text_clean(text, tw_member_text(event, "version"));
	if (tw_member_has(event, "file")) {
		tw_text_put(text, " reads ");
		tw_text_clean(text, tw_member_text(event, "file"));
		return;
	}
	if (started) {
		tw_text_put(text, " attached, ");
		tw_text_clean(text, tw_member_text(event, "mode"));
		if (tw_member_has(event, "kernel"))
			tw_text_put(text, ", kernel ");
		tw_text_clean(text, tw_member_text(event, "kernel"));
		return;
	}
	tw_text_put(text, "%s: %llu packets, %llu events logged", tw_member_has(event, "kernel") ? " detached" : "",
		    number(event, "packets"), number(event, "logged"));
	put_count(text, "lost in the ring", number(event, "lost_ring"));
	put_count(text, "packets not tracked", number(event, "lost_table"));
	put_count(text, "not written", number(event, "lost_writer"));
	put_count(text, "held back", number(event, "suppressed"));
}
