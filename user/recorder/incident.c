// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The comments beside packets: what this one caused, or to what it led, and how the connection ended. For example
 * "reset: RST from responder: refused after 52 µs; verdict refused: … [conn e089khctf4ci7]", and before it
 * "1 before reset; verdict refused [conn e089khctf4ci7]".
 */
#include "incident.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/names.h"
#include "base/text.h"

#define NEAR (2 * TW_EVIDENCE_DEPTH_MAX) /* packets: so far off an event is of interest */

static int by_time(const void *a, const void *b)
{
	const struct tw_kept *x = *(struct tw_kept *const *)a, *y = *(struct tw_kept *const *)b;

	if (x->ts_ns != y->ts_ns)
		return x->ts_ns < y->ts_ns ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

void tw_incident_sort(const struct tw_incident *incident, struct tw_kept **list)
{
	struct tw_kept *p;
	uint32_t n = 0;

	LL_FOREACH(incident->packets, p)
		list[n++] = p;
	qsort(list, n, sizeof(*list), by_time);
}

static const struct tw_happening *caused_by(const struct tw_incident *incident, const struct tw_kept *packet,
					    const struct tw_happening *after)
{
	const struct tw_happening *h = after ? after->next : incident->happenings;

	while (h && !(h->of_packet && h->ts_ns == packet->ts_ns))
		h = h->next;
	return h;
}

uint64_t tw_incident_wall(const struct tw_incident *incident, const struct tw_kept *packet)
{
	const struct tw_happening *h = caused_by(incident, packet, NULL);

	return h ? h->wall_ns : packet->ts_ns + incident->wall_offset_ns;
}

static void put_happening(struct tw_text *text, const char *before, const struct tw_happening *h)
{
	tw_text_put(text, "%s%s", before, tw_event_word(h->type));
	if (h->words[0])
		tw_text_put(text, ": %s", h->words);
}

/* All that it caused. False: nothing. */
static bool put_caused(struct tw_text *text, const struct tw_incident *incident, const struct tw_kept *packet)
{
	const struct tw_happening *h = NULL;
	bool any = false;

	while ((h = caused_by(incident, packet, h))) {
		put_happening(text, any ? "; " : "", h);
		any = true;
	}
	return any;
}

/* What happened after it without a packet: a wait that ended. */
static bool put_silence(struct tw_text *text, const struct tw_incident *incident, struct tw_kept *const *list, uint32_t i,
			bool any)
{
	uint64_t next_ns = i + 1 < incident->n_packets ? list[i + 1]->ts_ns : UINT64_MAX;
	const struct tw_happening *h;

	LL_FOREACH(incident->happenings, h) {
		if (h->of_packet || h->ts_ns < list[i]->ts_ns || h->ts_ns >= next_ns)
			continue;
		put_happening(text, any ? "; then " : "then ", h);
		any = true;
	}
	return any;
}

/* "3 before reset", "2 after retransmit": whatever is nearer. */
static void put_place(struct tw_text *text, const struct tw_incident *incident, struct tw_kept *const *list, uint32_t i)
{
	const struct tw_happening *before, *after;

	for (uint32_t n = 1; n <= NEAR; n++) {
		before = i + n < incident->n_packets ? caused_by(incident, list[i + n], NULL) : NULL;
		after = n <= i ? caused_by(incident, list[i - n], NULL) : NULL;
		if (!before && !after)
			continue;
		tw_text_put(text, "%u %s %s", n, before ? "before" : "after", tw_event_word((before ? before : after)->type));
		return;
	}
	before = incident->happenings;
	if (before)
		tw_text_put(text, "%s %s", before->ts_ns > list[i]->ts_ns ? "before" : "after", tw_event_word(before->type));
	else
		tw_text_put(text, "of the last packets");
}

static void put_conn(struct tw_text *text, uint64_t id)
{
	char digits[24] = "";
	struct tw_json j;

	tw_json_init(&j, digits, sizeof(digits) - 1);
	tw_json_id(&j, id);
	*j.at = '\0';
	if (j.at > digits + 2)
		tw_text_put(text, " [conn %.*s]", (int)(j.at - digits - 2), digits + 1);
}

void tw_incident_comment(const struct tw_incident *incident, struct tw_kept *const *list, uint32_t i, char *buf, size_t size)
{
	struct tw_text text = { .at = buf, .end = buf + size };
	bool told;

	buf[0] = '\0';
	told = put_caused(&text, incident, list[i]);
	told |= put_silence(&text, incident, list, i, told);
	if (!told)
		put_place(&text, incident, list, i);
	if (incident->verdict)
		tw_text_put(&text, "; verdict %s", incident->verdict);
	if (incident->why && (told || i + 1 == incident->n_packets))
		tw_text_put(&text, ": %s", incident->why);
	put_conn(&text, incident->id);
}
