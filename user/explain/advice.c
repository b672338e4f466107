// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Chooses rows of the table and fills their gaps. */
#include "advice.h"

#include <stdio.h>
#include <string.h>

#include "base/member.h"
#include "base/names.h"

const struct tw_advice_row *const tw_advice_tables[] = { tw_advice_path, tw_advice_end, tw_advice_time };

/* --- whom it is about --- */

static enum tw_sender more_of(const json_t *final, const char *key)
{
	char orig[64], resp[64];

	snprintf(orig, sizeof(orig), "orig_%s", key);
	snprintf(resp, sizeof(resp), "resp_%s", key);
	return tw_member_real(final, orig) > tw_member_real(final, resp) ? TW_SENDER_ORIG : TW_SENDER_RESP;
}

static enum tw_sender sender_of_last(const struct tw_story *s, int type)
{
	const struct tw_moment *m = tw_story_find(s, type);

	return m ? m->sender : TW_SENDER_UNKNOWN;
}

static enum tw_sender who_gave_up(const struct tw_story *s)
{
	if (!strcmp(tw_member_text(s->final, "cause"), "gave_up"))
		return sender_of_last(s, TW_EV_RESET);
	return more_of(s->final, "retransmits");
}

enum tw_sender tw_advice_who(const struct tw_story *s, const char *verdict)
{
	switch (tw_verdict_number(verdict)) {
	case TW_VERDICT_REJECTED_BY_ICMP:
		return sender_of_last(s, TW_EV_UNREACHABLE);
	case TW_VERDICT_MSS_IGNORED:
		return sender_of_last(s, TW_EV_MSS_EXCEEDED);
	case TW_VERDICT_PMTU_IGNORED:
		return sender_of_last(s, TW_EV_PMTU_IGNORED);
	case TW_VERDICT_PMTU_BLACK_HOLE:
		return sender_of_last(s, tw_story_find(s, TW_EV_PMTU_BLACK_HOLE) ? TW_EV_PMTU_BLACK_HOLE : TW_EV_MISSING_SEGMENT);
	case TW_VERDICT_RESET_FORGED:
	case TW_VERDICT_DUPLICATE_ADDRESS:
	case TW_VERDICT_NAT_STATE_LOST:
	case TW_VERDICT_IDLE_TIMEOUT:
	case TW_VERDICT_PEER_LOST_STATE:
		return tw_story_reset(s) ? tw_story_reset(s)->sender : TW_SENDER_UNKNOWN;
	case TW_VERDICT_GAVE_UP_RETRANSMITTING:
		return who_gave_up(s);
	case TW_VERDICT_RECEIVER_STALLED:
		return more_of(s->final, "zero_windows");
	case TW_VERDICT_MIDDLEBOX_BROKE_SACK:
		return more_of(s->final, "retransmits");
	case TW_VERDICT_PATH_OUTAGE:
		return tw_member_real(s->final, "orig_outage") >= tw_member_real(s->final, "resp_outage") ? TW_SENDER_ORIG :
			TW_SENDER_RESP;
	case TW_VERDICT_RECEIVER_LIMITED:
		return tw_sender_other(more_of(s->final, "limit_receiver"));
	case TW_VERDICT_SENDER_LIMITED:
		return more_of(s->final, "limit_sender");
	case TW_VERDICT_LOSSY_PATH:
		return more_of(s->final, "retransmits");
	case TW_VERDICT_REORDERING_PATH:
		return more_of(s->final, "out_of_order");
	case TW_VERDICT_NAGLE_DELAYED_ACK:
		return tw_sender_other(sender_of_last(s, TW_EV_DELAYED_ACK_STALL));
	case TW_VERDICT_ACCEPT_QUEUE_FULL:
	case TW_VERDICT_REFUSED:
	case TW_VERDICT_RESPONDER_SILENT:
	case TW_VERDICT_RESPONDER_SLOW:
	case TW_VERDICT_KEEP_ALIVE_RACE:
	case TW_VERDICT_CLOSED_WITHOUT_A_BYTE:
	case TW_VERDICT_RESET_BY_RESPONDER:
		return TW_SENDER_RESP;
	default:
		return TW_SENDER_ORIG;
	}
}

/* --- which rows --- */

static unsigned int where_of(const struct tw_story *s, enum tw_sender who)
{
	const char *side = tw_member_text(tw_story_any(s), "side");
	enum tw_sender here = !strcmp(side, "originator") ? TW_SENDER_ORIG :
			      !strcmp(side, "responder") ? TW_SENDER_RESP : TW_SENDER_UNKNOWN;

	if (here == TW_SENDER_UNKNOWN || who == TW_SENDER_UNKNOWN)
		return TW_AT_BETWEEN;
	return here == who ? TW_AT_WHO : TW_AT_WHOM;
}

/* What was sent again and again was the first thing after a silence. */
static bool died_silent(const struct tw_story *s)
{
	const struct tw_moment *silence = tw_story_find(s, TW_EV_SLOW_REQUEST), *resent = tw_story_find(s, TW_EV_RETRANSMIT);

	return silence && resent && json_equal(json_object_get(silence->event, "seq"), json_object_get(resent->event, "seq"));
}

/* The originator repeats its SYN although the SYN-ACK has passed here. */
static bool asks_again(const struct tw_story *s)
{
	const struct tw_moment *again = tw_story_find(s, TW_EV_SYN_RETRANSMIT);

	return again && tw_member_true(again->event, "answered");
}

/* The handshake's oddities and the kernel's reasons are details as well. */
static bool has_detail(const struct tw_story *s, const char *detail)
{
	const struct tw_moment *icmp = tw_story_find(s, TW_EV_UNREACHABLE), *drop = tw_story_find(s, TW_EV_KERNEL_DROP);
	const struct tw_moment *reset = tw_story_find(s, TW_EV_RESET);
	int event = tw_event_number(detail, strlen(detail));

	if (!strcmp(detail, "after_silence"))
		return died_silent(s);
	if (!strcmp(detail, "asks_again"))
		return asks_again(s);
	if (!strcmp(detail, "open_beside"))
		return tw_member_has(s->final, "open_beside");
	if (reset && !strcmp(tw_member_text(reset->event, "cause"), detail))
		return true;
	if (!strcmp(tw_member_text(s->final, "cause"), detail) ||
	    !strcmp(tw_member_text(s->final, "handshake_cause"), detail) || (event > 0 && tw_story_find(s, event)))
		return true;
	return (icmp && !strcmp(tw_member_text(icmp->event, "code"), detail)) ||
	       (drop && strstr(tw_member_text(drop->event, "reason"), detail));
}

/* --- gaps --- */

struct gaps {
	const struct tw_story *story;
	enum tw_sender who;
};

static bool put_text(struct tw_text *text, const char *value)
{
	tw_text_clean(text, value);
	return *value;
}

static bool put_number(struct tw_text *text, uint64_t value)
{
	tw_text_put(text, "%llu", (unsigned long long)value);
	return value;
}

static bool put_addr(struct tw_text *text, const struct gaps *g, enum tw_sender side)
{
	const json_t *event = tw_story_any(g->story);

	if (side == TW_SENDER_UNKNOWN)
		return false;
	return put_text(text, tw_member_text(event, side == TW_SENDER_ORIG ? "orig_addr" : "resp_addr"));
}

static uint64_t last_number(const struct gaps *g, int type, const char *key)
{
	const struct tw_moment *m = tw_story_find(g->story, type);

	return m ? tw_member_u64(m->event, key) : 0;
}

/* What passes: as a router said it, else what did arrive. */
static uint64_t path_mtu(const struct gaps *g)
{
	uint64_t mtu = tw_member_u64(g->story->final, "pmtu");

	return mtu ? mtu : last_number(g, TW_EV_PMTU_BLACK_HOLE, "largest_acked");
}

static bool put_mss(struct tw_text *text, const struct gaps *g)
{
	unsigned int headers = strchr(tw_member_text(tw_story_any(g->story), "orig_addr"), ':') ? 60 : 40;
	uint64_t mtu = path_mtu(g);

	return mtu > headers && put_number(text, mtu - headers);
}

static bool put_router(struct tw_text *text, const struct gaps *g)
{
	const struct tw_moment *m = tw_story_find(g->story, TW_EV_FRAG_NEEDED);

	if (!m)
		m = tw_story_find(g->story, TW_EV_UNREACHABLE);
	return m && put_text(text, tw_member_text(m->event, "from"));
}

/* The size that does not pass. */
static bool put_len(struct tw_text *text, const struct gaps *g)
{
	uint64_t len = last_number(g, TW_EV_PMTU_IGNORED, "len");

	if (!len)
		len = last_number(g, TW_EV_PMTU_BLACK_HOLE, "len");
	if (!len)
		len = last_number(g, TW_EV_MSS_EXCEEDED, "len");
	return put_number(text, len);
}

static bool put_ttl(struct tw_text *text, const struct gaps *g)
{
	const struct tw_moment *m = tw_story_reset(g->story);

	return put_number(text, m ? tw_member_u64(m->event, "ttl") : 0);
}

static bool put_silence(struct tw_text *text, const struct gaps *g)
{
	const struct tw_moment *m = tw_story_reset(g->story);

	if (!m || !tw_member_has(m->event, "silent"))
		return false;
	tw_story_span(text, "", m->event, "silent", "");
	return true;
}

static bool put_gap(struct tw_text *text, const struct gaps *g, const char *name, size_t len)
{
	enum tw_sender whom = tw_sender_other(g->who);

#define IS(word) (len == sizeof(word) - 1 && !memcmp(name, word, len))
	if (IS("who") || IS("whom"))
		return g->who != TW_SENDER_UNKNOWN && put_text(text, tw_sender_noun(IS("who") ? g->who : whom));
	if (IS("who_addr"))
		return put_addr(text, g, g->who);
	if (IS("whom_addr"))
		return put_addr(text, g, whom);
	if (IS("orig") || IS("resp"))
		return put_addr(text, g, IS("orig") ? TW_SENDER_ORIG : TW_SENDER_RESP);
	if (IS("port"))
		return put_number(text, tw_member_u64(tw_story_any(g->story), "resp_port"));
	if (IS("mtu"))
		return put_number(text, path_mtu(g));
	if (IS("mss"))
		return put_mss(text, g);
	if (IS("router"))
		return put_router(text, g);
	if (IS("len"))
		return put_len(text, g);
	if (IS("ttl"))
		return put_ttl(text, g);
	if (IS("comm"))
		return put_text(text, tw_member_text(g->story->final, "comm"));
	return IS("silence") && put_silence(text, g);
#undef IS
}

static bool starts_sentence(const char *text, const char *at)
{
	return at == text || (at - text >= 2 && at[-1] == ' ' && (at[-2] == '.' || at[-2] == '?'));
}

static bool fill(char *to, const char *form, const struct gaps *g)
{
	struct tw_text text = { .at = to, .end = to + TW_ADVICE_TEXT };
	bool whole = true;

	for (const char *open; (open = strchr(form, '{')); form += 1) {
		const char *close = strchr(open, '}');
		char *gap;

		tw_text_put(&text, "%.*s", (int)(open - form), form);
		gap = text.at;
		whole &= close && put_gap(&text, g, open + 1, close - open - 1);
		if (starts_sentence(to, gap) && *gap >= 'a' && *gap <= 'z') /* "the originator" */
			*gap -= 'a' - 'A';
		form = close ? close : open;
	}
	tw_text_put(&text, "%s", form);
	return whole;
}

/* A '!' before it: only where that is not so. */
static bool detail_holds(const struct tw_story *s, const char *detail)
{
	return detail[0] == '!' ? !has_detail(s, detail + 1) : has_detail(s, detail);
}

/* False: @row is for others, or a gap cannot be filled. */
static bool tell(char text[TW_ADVICE_TEXT], const struct tw_advice_row *row, const struct gaps *g, unsigned int where)
{
	if (!(row->where & where) || (row->detail && !detail_holds(g->story, row->detail)))
		return false;
	return fill(text, row->text, g);
}

bool tw_advice_get(char text[TW_ADVICE_TEXT], const struct tw_story *s, const char *verdict, enum tw_advice what,
		   unsigned int nth)
{
	struct gaps gaps = { .story = s, .who = tw_advice_who(s, verdict) };
	unsigned int where = where_of(s, gaps.who);

	for (unsigned int i = 0; i < sizeof(tw_advice_tables) / sizeof(tw_advice_tables[0]); i++)
		for (const struct tw_advice_row *row = tw_advice_tables[i]; row->verdict; row++)
			if (row->what == what && !strcmp(row->verdict, verdict) && tell(text, row, &gaps, where) && !nth--)
				return true;
	return false;
}
