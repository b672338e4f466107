// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The responder closed in good order, and yet somebody lost something: a request under way, or every answer. */
#include "record/final.h"
#include "tcpwhy/close.h"
#include "verdict.h"

#define SETTLED_NS TW_NS_PER_SEC /* an answer to what was under way would have come by then */
#define WRITES 3                 /* … and more, or so many bytes, without an answer: a one-way protocol (wait.h) */
#define WRITTEN 65536
#define EPHEMERAL 32768

/* --- keep_alive_race --- */

/*
 * The originator's payload that was under way when the responder closed: seen before that FIN, which does not
 * acknowledge it, or after it, and sent by somebody who did not know of it.
 */
static uint32_t crossed(const struct tw_facts *f)
{
	const struct tw_half *orig = f->half[TW_ORIG], *resp = f->half[TW_RESP];
	uint32_t before = f->trouble[TW_RESP]->flags & TW_TF_CROSSED ? f->trouble[TW_RESP]->fin_unacked : 0;
	bool unaware = (int32_t)(orig->answered - resp->snd_nxt) < 0;

	return before + (unaware ? orig->after_fin : 0);
}

static bool keep_alive_race(const struct tw_facts *f)
{
	const struct tw_rec_final *final = f->final;
	const struct tw_half *resp = f->half[TW_RESP];

	if (!f->established || f->one_way || !(resp->flags & TW_HF_FIN) || final->flow->flags & TW_FF_FINS_CROSSED)
		return false;
	if (final->end == TW_END_EOF && final->until_ns < resp->last_ns + SETTLED_NS)
		return false;
	return resp->quiet_s && crossed(f) > TW_TLS_GOODBYE;
}

static void why_race(const struct tw_facts *f, struct tw_text *text)
{
	tw_text_put(text, "The responder closed the connection after ");
	tw_text_silence(text, f->half[TW_RESP]->quiet_s * TW_NS_PER_SEC);
	tw_text_put(text, " without a word, while ");
	tw_text_bytes(text, crossed(f));
	tw_text_put(text, " of the originator's were on their way: that request is lost%s. Who lets an open connection rest "
		    "must close it sooner than the responder does.", f->final->end == TW_END_RESET ? ", a RST answered it" : "");
}

/* --- closed_without_a_byte --- */

/* The FIN of @side was seen before the other's, or alone. */
static bool closed_first(const struct tw_facts *f, int side)
{
	if (!(f->half[side]->flags & TW_HF_FIN) || f->final->flow->flags & TW_FF_FINS_CROSSED)
		return false;
	return !(f->half[!side]->flags & TW_HF_FIN) || tw_final_first_fin(f->final->flow) == (side == TW_RESP);
}

/* What it sent was seen from its first byte on, and there is none. */
static bool said_nothing(const struct tw_facts *f)
{
	const struct tw_half *orig = f->half[TW_ORIG], *resp = f->half[TW_RESP];
	uint32_t next = resp->isn + 1 + !!(resp->flags & TW_HF_FIN);

	if (!f->established || f->one_way || f->final->flow->flags & TW_FF_MIDSTREAM)
		return false;
	return !resp->bytes && resp->flags & TW_HF_ISN && resp->snd_nxt == next && (int32_t)(orig->ack - next) <= 0;
}

/*
 * Neither side had said anything. Where the client speaks first, it had opened the connection in advance and not used
 * it (browsers do); a port that was agreed elsewhere may be for nothing (FTP's empty list).
 */
static bool nothing_was_due(uint16_t port)
{
	static const uint16_t asked[] = { 53, 80, 443, 853, 3128, 8000, 8008, 8080, 8443, 8888 };

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		if (port == asked[i])
			return true;
	return port >= EPHEMERAL;
}

static bool closed_without_a_byte(const struct tw_facts *f)
{
	const struct tw_half *orig = f->half[TW_ORIG];
	bool aborted = tw_fact_ended_by(f, TW_CAUSE_ABORTED) && tw_fact_resetter(f) == TW_RESP &&
		       !(f->final->shape & TW_RST_STATELESS);

	if (!orig->bytes && nothing_was_due(f->name->resp_port))
		return false;
	if (!said_nothing(f) || orig->data_segments >= WRITES || orig->bytes >= WRITTEN)
		return false;
	return aborted || closed_first(f, TW_RESP);
}

static void why_without_a_byte(const struct tw_facts *f, struct tw_text *text)
{
	const struct tw_half *orig = f->half[TW_ORIG];

	tw_text_put(text, "The responder accepted the connection and ended it with a %s, ",
		    f->half[TW_RESP]->flags & TW_HF_FIN ? "FIN" : "RST");
	if (orig->bytes) {
		tw_text_put(text, "and not one byte answered the ");
		tw_text_bytes(text, orig->bytes);
		tw_text_put(text, " that the originator had sent: it does not want this client or this request, or what it needs "
			    "for an answer is gone.");
	} else {
		tw_text_put(text, "and neither side had sent a byte: it does not want this client, or waited in vain for its first "
			    "word, or what it needs for a greeting is gone.");
	}
}

const struct tw_verdict_rule tw_verdict_closes[] = {
	{ TW_VERDICT_KEEP_ALIVE_RACE, TW_SEEN(RESET) | TW_SEEN(RETRANSMIT), keep_alive_race, why_race, NULL },
	{ TW_VERDICT_CLOSED_WITHOUT_A_BYTE, TW_SEEN(ESTABLISHED) | TW_SEEN(RESET), closed_without_a_byte, why_without_a_byte,
	  NULL },
	{ .holds = NULL },
};
