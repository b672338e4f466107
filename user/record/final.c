// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Zeek's conn_state and history, the side, and how much speaks for a forged RST. */
#include "final.h"

#include "base/names.h"
#include "tcpwhy/standstill.h"
#include "tcpwhy/wait.h"

static bool sent_syn(const struct tw_half *half)
{
	return half->flags & TW_HF_ISN; /* SYN or SYN-ACK */
}

static bool sent_fin(const struct tw_half *half)
{
	return half->flags & TW_HF_FIN;
}

/*
 * Zeek calls a connection established when its SYN-ACK came. Where no SYN was seen its code and its
 * documentation differ: here the documentation counts ("OTH": no SYN seen, just midstream traffic).
 */
static const char *reset_state(const struct tw_half *orig, const struct tw_half *resp, bool by_orig)
{
	if (sent_syn(orig) && sent_syn(resp))
		return by_orig ? "RSTO" : "RSTR";
	if (sent_syn(orig))
		return by_orig ? "RSTOS0" : "REJ";
	return sent_syn(resp) && !by_orig ? "RSTRH" : "OTH";
}

static const char *fin_state(const struct tw_half *orig, const struct tw_half *resp)
{
	if (sent_fin(orig) && sent_fin(resp))
		return "SF";
	if (sent_syn(orig) && sent_syn(resp))
		return sent_fin(orig) ? "S2" : "S3";
	if (sent_fin(orig))
		return sent_syn(orig) && !resp->packets ? "SH" : "OTH";
	return sent_syn(resp) && !orig->packets ? "SHR" : "OTH";
}

const char *tw_final_state(const struct tw_flow *flow, enum tw_end end, bool reset_by_orig)
{
	const struct tw_half *orig = &flow->half[flow->orig & 1], *resp = &flow->half[!(flow->orig & 1)];

	if (end == TW_END_RESET)
		return reset_state(orig, resp, reset_by_orig);
	if (sent_fin(orig) || sent_fin(resp))
		return fin_state(orig, resp);
	if (sent_syn(orig) && sent_syn(resp))
		return "S1";
	return sent_syn(orig) ? "S0" : "OTH"; /* what came back answered nothing: a challenge, a wrong ACK number */
}

void tw_final_history(char text[16], const struct tw_flow *flow)
{
	char *at = text;

	if (flow->history & 16)
		*at++ = '^';
	for (int i = 0; i < 12; i++) {
		unsigned int code = flow->history >> (5 * i) & 31;
		char letter;

		if (!(code & 15))
			break;
		letter = tw_letter_char((code & 15) - 1);
		*at++ = code & 16 || letter == '?' ? letter : letter - 'a' + 'A';
	}
	*at = '\0';
}

int tw_final_first_fin(const struct tw_flow *flow)
{
	for (int i = 0; i < 12; i++) {
		unsigned int code = flow->history >> (5 * i) & 31;

		if ((code & 15) == TW_LETTER_FIN + 1)
			return code >> 4;
	}
	return -1;
}

enum tw_side tw_final_side(const struct tw_flow *flow)
{
	uint32_t orig = flow->half[flow->orig & 1].point, resp = flow->half[!(flow->orig & 1)].point;

	if (!orig || !resp || (orig & resp & 1))
		return TW_SIDE_UNKNOWN;
	if ((orig & 1) == (resp & 1))
		return TW_SIDE_ROUTER; /* both sides' packets came in */
	return orig & 1 ? TW_SIDE_ORIGINATOR : TW_SIDE_RESPONDER;
}

uint16_t tw_final_suspect(const struct tw_flow *flow)
{
	uint16_t bits = 0;

	for (int i = 0; i < 2; i++) {
		if (flow->half[i].flags & TW_HF_KEPT_TALKING)
			bits |= 1 << TW_SUSPECT_SENDER_KEPT_TALKING;
		if (flow->half[i].flags & TW_HF_RST_REPEATED)
			bits |= 1 << TW_SUSPECT_REPEATED_WITH_OTHER_SEQ;
	}
	return bits;
}

/* The state tells times of segments in 32 bits of µs, 71 minutes; it has waited since about its last packet. */
bool tw_final_unanswered(const struct tw_flow *flow, uint64_t until_ns, uint64_t *waited_ns)
{
	uint64_t least = until_ns > flow->last_ns ? until_ns - flow->last_ns : 0;
	u64 told;

	if (!tw_is_unanswered(flow, until_ns, &told))
		return false;
	while (told + (1ull << 31) * TW_NS_PER_US < least)
		told += (1ull << 32) * TW_NS_PER_US;
	*waited_ns = told;
	return true;
}

/* One that lasts still. */
static uint64_t dead_at_end(const struct tw_rec_final *final, unsigned int side)
{
	return final->flow->flags & TW_FF_ESTABLISHED ? tw_dead_at_end(final->flow, final->trouble, side) * TW_NS_PER_US : 0;
}

uint64_t tw_final_outage(const struct tw_rec_final *final, bool orig, bool *at_end)
{
	unsigned int side = orig ? final->flow->orig & 1 : !(final->flow->orig & 1);
	uint64_t longest, last;

	*at_end = false;
	if (!final->trouble)
		return 0;
	longest = final->trouble->half[side].outage_us * TW_NS_PER_US;
	last = dead_at_end(final, side);
	*at_end = last && last >= longest;
	return TW_MAX(longest, last);
}

uint64_t tw_final_outages(const struct tw_rec_final *final, bool orig)
{
	unsigned int side = orig ? final->flow->orig & 1 : !(final->flow->orig & 1);

	return final->trouble ? final->trouble->half[side].outages_us * TW_NS_PER_US + dead_at_end(final, side) : 0;
}

enum tw_forged tw_forged(unsigned int suspect, enum tw_cause cause)
{
	unsigned int facts = __builtin_popcount(suspect), level = facts > 3 ? 3 : facts;

	if (suspect & 1 << TW_SUSPECT_SENDER_KEPT_TALKING)
		level = facts == 1 ? TW_FORGED_MEDIUM : TW_FORGED_HIGH;
	/* Payload on a refusal is a message (RFC 9293, 3.5.3 allows it). */
	if (cause == TW_CAUSE_REFUSED && suspect & 1 << TW_SUSPECT_PAYLOAD && level > TW_FORGED_LOW)
		level = TW_FORGED_LOW;
	return level;
}

const char *tw_forged_word(enum tw_forged forged)
{
	static const char *const words[] = { "no", "low", "medium", "high" };

	return forged <= TW_FORGED_HIGH ? words[forged] : "?";
}
