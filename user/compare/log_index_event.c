// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One event of a log that is compared: what packet it names, or what it counts. */
#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>

#include "base/member.h"
#include "base/names.h"
#include "log/logread.h"
#include "log_index.h"

/* --- members --- */

static uint64_t span_of(const json_t *event, const char *key)
{
	double seconds = tw_member_real(event, key);

	return seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds * 1e9 + 0.5) : 0;
}

/* Returns the family, 0: no address. */
static uint8_t addr_of(const json_t *event, const char *key, struct tw_addr *addr)
{
	const char *text = tw_member_text(event, key);

	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, text, &addr->word[3]) == 1) {
		((uint8_t *)addr)[10] = ((uint8_t *)addr)[11] = 0xff;
		return 4;
	}
	return inet_pton(AF_INET6, text, addr) == 1 ? 6 : 0;
}

static uint8_t ends_of(const json_t *event, struct tw_endpoint *orig, struct tw_endpoint *resp)
{
	uint8_t family = addr_of(event, "orig_addr", &orig->addr);

	if (!family || addr_of(event, "resp_addr", &resp->addr) != family ||
	    !tw_member_has(event, "orig_port") || !tw_member_has(event, "resp_port"))
		return 0;
	orig->port = tw_member_u64(event, "orig_port");
	resp->port = tw_member_u64(event, "resp_port");
	return family;
}

static int number_in(const char *word, const char *(*name)(unsigned int), unsigned int max)
{
	for (unsigned int i = 0; i < max; i++)
		if (!strcmp(word, name(i)))
			return i;
	return -1;
}

static uint8_t dir_of(const json_t *event)
{
	static const char *const words[] = { "", "in", "out", "fwd", "rev" };
	const char *dir = tw_member_text(event, "dir");

	for (unsigned int i = 1; i < 5; i++)
		if (!strcmp(dir, words[i]))
			return i;
	return TW_DIR_NONE;
}

static void take_side(struct tw_seen_conn *c, const json_t *event)
{
	static const char *const words[] = { "", "originator", "responder", "router" };
	const char *side = tw_member_text(event, "side");

	for (unsigned int i = 1; i < 4; i++)
		if (!strcmp(side, words[i]))
			c->side = i;
}

/* --- packets --- */

static void take_offer(struct tw_sighting *p, const json_t *event)
{
	static const struct { const char *key; uint8_t bit; } flags[] = {
		{ "sack_ok", TW_OPT_SACK }, { "ts_ok", TW_OPT_TS }, { "tfo", TW_OPT_TFO }, { "ecn", TW_OPT_ECN },
	};

	p->mss = tw_member_u64(event, "mss");
	p->wscale = TW_WSCALE_NONE;
	if (tw_member_has(event, "mss"))
		p->options |= TW_OPT_MSS;
	if (tw_member_has(event, "wscale")) {
		p->wscale = tw_member_u64(event, "wscale");
		p->options |= TW_OPT_WSCALE;
	}
	for (unsigned int i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (tw_member_true(event, flags[i].key))
			p->options |= flags[i].bit;
	/* Options that the capture cut off are left out of the line. */
	p->has_offer = tw_member_has(event, "sack_ok") && tw_member_has(event, "ts_ok") && tw_member_has(event, "tfo");
}

static void take_dropped(struct tw_sighting *p, const json_t *words)
{
	const json_t *word;
	size_t i;

	json_array_foreach(words, i, word) {
		int bit = number_in(json_is_string(word) ? json_string_value(word) : "", tw_option_word, 16);

		p->options |= bit < 0 ? 0 : 1 << bit;
	}
}

static void take_packet(struct tw_sighting *p, const json_t *event)
{
	p->seq = tw_member_u64(event, "seq");
	p->ack = tw_member_u64(event, "ack");
	p->has_ack = tw_member_has(event, "ack");
	p->len = tw_member_u64(event, "len");
	p->ttl = tw_member_u64(event, "ttl");
	p->ip_id = tw_member_u64(event, "ip_id");
	p->has_ip_id = tw_member_has(event, "ip_id");
	p->tsval = tw_member_u64(event, "tsval");
	p->has_tsval = tw_member_has(event, "tsval");
	p->dscp = tw_member_u64(event, "dscp");
	p->has_dscp = tw_member_has(event, "dscp");
	p->dir = dir_of(event);
}

static void take_details(struct tw_seen_conn *c, struct tw_sighting *p, const json_t *event)
{
	int kind;

	switch (p->type) {
	case TW_EV_SYN:
	case TW_EV_SYN_ACK:
		take_offer(p, event);
		break;
	case TW_EV_SYN_RETRANSMIT:
		take_dropped(p, json_object_get(event, "options_dropped"));
		break;
	case TW_EV_RETRANSMIT:
		kind = number_in(tw_member_text(event, "kind"), tw_kind_word, _TW_KIND_MAX);
		p->kind = kind < 0 ? TW_KIND_UNKNOWN : kind;
		break;
	case TW_EV_ESTABLISHED:
		c->established = true;
		break;
	case TW_EV_LOST_SEGMENT_UNSEEN:
		c->blind = true;
		break;
	case TW_EV_SLOW_RESPONSE:
		p->waited_ns = span_of(event, "waited");
		break;
	case TW_EV_FRAG_NEEDED:
	case TW_EV_UNREACHABLE:
		p->seq = tw_member_u64(event, "quoted_seq");
		addr_of(event, "from", &p->from);
		break;
	default:
		break;
	}
}

static void take_isn(struct tw_seen_conn *c, const struct tw_sighting *p, const json_t *event)
{
	if (p->type == TW_EV_SYN && !c->has_orig_isn) {
		c->orig_isn = p->seq;
		c->has_orig_isn = true;
		c->syn_tsval = p->tsval;
		c->has_syn_tsval = p->has_tsval;
	} else if (p->type == TW_EV_SYN_ACK && !tw_member_true(event, "stray") && !c->has_resp_isn) {
		c->resp_isn = p->seq;
		c->has_resp_isn = true;
	}
}

/* Events that name a packet which is told nowhere else. */
static bool is_packet(int type)
{
	switch (type) {
	case TW_EV_SYN:
	case TW_EV_SYN_RETRANSMIT:
	case TW_EV_SYN_ACK:
	case TW_EV_SYN_ACK_RETRANSMIT:
	case TW_EV_ESTABLISHED:
	case TW_EV_HANDSHAKE_BAD_ACK:
	case TW_EV_SYN_NONZERO_ACK:
	case TW_EV_RESET:
	case TW_EV_RETRANSMIT:
	case TW_EV_LOST_SEGMENT_UNSEEN:
	case TW_EV_FRAG_NEEDED:
	case TW_EV_UNREACHABLE:
	case TW_EV_SLOW_RESPONSE:
		return true;
	default:
		return false;
	}
}

/* --- the final record --- */

static void take_sent(struct tw_sent_count *s, const json_t *event, bool orig)
{
	char key[32];
	struct { const char *name; uint64_t *value; } counts[] = {
		{ "packets", &s->packets }, { "bytes", &s->bytes }, { "data_segments", &s->data_segments },
		{ "retransmits", &s->retransmits }, { "duplicate_segments", &s->duplicates },
	};

	for (unsigned int i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		snprintf(key, sizeof(key), "%s_%s", orig ? "orig" : "resp", counts[i].name);
		*counts[i].value = tw_member_u64(event, key);
	}
	s->ttl = tw_member_u64(event, orig ? "orig_ttl" : "resp_ttl");
	s->mss = tw_member_u64(event, orig ? "orig_mss" : "resp_mss");
}

static void take_final(struct tw_seen_conn *c, const json_t *event, uint64_t ts_ns)
{
	uint64_t start = tw_logread_time(tw_member_text(event, "start"));
	int end = number_in(tw_member_text(event, "end"), tw_end_word, _TW_END_MAX);

	c->finals = c->final_ns;
	c->final_ns = ts_ns;
	c->end = end < 0 ? TW_END_OPEN : end;
	c->midstream |= tw_member_true(event, "midstream");
	c->syn_rtt_ns = span_of(event, "syn_rtt");
	take_sent(&c->sent[1], event, true);
	take_sent(&c->sent[0], event, false);
	if (!start)
		return;
	if (c->end == TW_END_FIN || c->end == TW_END_RESET)
		c->ended_ns = start + span_of(event, "duration");
	if (!c->first_ns || start < c->first_ns)
		c->first_ns = start;
	if (start + span_of(event, "duration") > c->last_ns)
		c->last_ns = start + span_of(event, "duration");
}

/* --- lines --- */

/* A RST that belongs to no connection any more may still be one of a connection that ended. */
static void take_stray(struct tw_log_index *log, const struct tw_sighting *packet, const struct tw_endpoint *from,
		       const struct tw_endpoint *to)
{
	struct tw_seen_conn *c = tw_log_index_by_ends(log, from, to);
	struct tw_sighting p = *packet;

	if (!c)
		return;
	p.dir = tw_endpoint_same(from, &c->orig) ? TW_DIR_FWD : TW_DIR_REV;
	tw_log_index_add(c, &p);
}

static void take_event(struct tw_log_index *log, int type, const json_t *event, uint64_t ts_ns)
{
	const char *id = tw_member_text(event, "conn");
	struct tw_sighting p = { .ts_ns = ts_ns, .type = type };
	struct tw_endpoint orig, resp;
	struct tw_seen_conn *c;
	uint8_t family = ends_of(event, &orig, &resp);

	if (!family)
		return;
	take_packet(&p, event);
	if (!id[0]) {
		if (type == TW_EV_RESET)
			take_stray(log, &p, &orig, &resp);
		return;
	}
	c = tw_log_index_by_id(log, id);
	if (!c)
		return;
	if (!c->family) {
		c->family = family;
		tw_log_index_name(log, c, &orig, &resp);
	}
	take_side(c, event);
	c->held |= tw_member_u64(event, "suppressed") > 0;
	if (type == TW_EV_CONNECTION)
		take_final(c, event, ts_ns);
	if (!is_packet(type))
		return;
	take_details(c, &p, event);
	take_isn(c, &p, event);
	tw_log_index_add(c, &p);
}

bool tw_log_index_event(struct tw_log_index *log, const json_t *event, uint64_t ts_ns)
{
	const char *word = tw_member_text(event, "event");
	int type = tw_event_number(word, strlen(word));

	if (!word[0] || !ts_ns)
		return false;
	if (type == TW_EV_CAPTURE_STARTED)
		tw_log_index_note_start(log, ts_ns, !strcmp(tw_member_text(event, "mode"), "file"));
	else if (type == TW_EV_CAPTURE_STOPPED)
		tw_log_index_note_stop(log, ts_ns);
	else
		tw_log_index_note_time(log, ts_ns);
	if (type == TW_EV_EVENTS_LOST || type == TW_EV_TABLE_FULL)
		tw_log_index_note_loss(log, ts_ns);
	else if (type >= 0)
		take_event(log, type, event, ts_ns);
	return true;
}
