/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A made-up connection as the rules of verdicts see it, and what they say of it: for tests of verdicts. */
#ifndef TCPWHY_TESTS_MADE_CASE_H
#define TCPWHY_TESTS_MADE_CASE_H

#include "base/names.h"
#include "made.h"
#include "verdict/verdict.h"

struct made_case {
	struct tw_flow flow;
	struct tw_trouble trouble;
	struct tw_notes notes;
	struct tw_timebudget time;
	struct tw_rec_final final;
	struct tw_conn_name name;
	struct tw_judgement got;
};

static struct made_case c;

#define ORIG (&c.flow.half[0])
#define RESP (&c.flow.half[1])
#define T_ORIG (&c.trouble.half[0])
#define T_RESP (&c.trouble.half[1])
#define SEE(id) (c.final.seen |= 1ULL << TW_EV_##id)

/* An attempt: one SYN at 100 s. */
static inline void attempt(void)
{
	memset(&c, 0, sizeof(c));
	c.name = (struct tw_conn_name){ .id = 1, .orig_port = 40000, .resp_port = 443, .family = 4,
					.orig_addr = made_addr("192.0.2.1"), .resp_addr = made_addr("198.51.100.7") };
	c.flow.id = 1;
	c.flow.start_ns = c.flow.last_ns = 100 * S;
	ORIG->isn = 1000;
	ORIG->snd_nxt = 1001;
	ORIG->flags = TW_HF_ISN | TW_HF_SEQ;
	ORIG->attempts = 1;
	ORIG->packets = 1;
	ORIG->options = RESP->options = TW_OPT_MSS | TW_OPT_WSCALE | TW_OPT_SACK | TW_OPT_TS;
	ORIG->mss = RESP->mss = 1460;
	c.final = (struct tw_rec_final){ .flow = &c.flow, .trouble = &c.trouble, .notes = &c.notes, .time = &c.time,
					 .end = TW_END_EOF, .until_ns = 101 * S, .duration_ns = 0 };
	SEE(SYN);
}

static inline void answered(void)
{
	attempt();
	RESP->isn = 5000;
	RESP->snd_nxt = 5001;
	RESP->ack = 1001;
	RESP->flags = TW_HF_ISN | TW_HF_SEQ | TW_HF_ACK;
	RESP->attempts = 1;
	RESP->packets = 1;
	RESP->timed_ns = 100 * S + MS;
	SEE(SYN_ACK);
}

/* 1,000 segments each way, all acknowledged, closed by both sides after 10 s. */
static inline void healthy(void)
{
	answered();
	c.flow.flags |= TW_FF_ESTABLISHED;
	RESP->timed_ns = 0;
	ORIG->flags |= TW_HF_ACK | TW_HF_FIN;
	RESP->flags |= TW_HF_FIN;
	ORIG->win = RESP->win = 64000;
	ORIG->packets = RESP->packets = 1100;
	ORIG->data_segments = RESP->data_segments = 1000;
	ORIG->bytes = RESP->bytes = 1000000;
	ORIG->snd_nxt = RESP->ack = 1001 + 1000000 + 1;
	RESP->snd_nxt = ORIG->ack = 5001 + 1000000 + 1;
	ORIG->last_ns = RESP->last_ns = c.flow.last_ns = 110 * S;
	c.final.end = TW_END_FIN;
	c.final.until_ns = 110 * S;
	c.final.duration_ns = 10 * S;
	SEE(ESTABLISHED);
}

/* The same, ended by a RST. */
static inline void reset(enum tw_cause cause, bool by_orig)
{
	healthy();
	ORIG->flags &= ~TW_HF_FIN;
	RESP->flags &= ~TW_HF_FIN;
	ORIG->snd_nxt--, RESP->ack--, RESP->snd_nxt--, ORIG->ack--;
	c.final.end = TW_END_RESET;
	c.final.cause = cause;
	c.final.reset_by_orig = by_orig;
	SEE(RESET);
}

/* The originator's last @n bytes were never acknowledged. */
static inline void lose(unsigned int n)
{
	ORIG->snd_nxt = RESP->ack + n + !!(ORIG->flags & TW_HF_FIN);
}

/* Somebody said that the originator's packets, or the responder's, cannot be delivered. */
static inline void reject(bool of_orig)
{
	SEE(UNREACHABLE);
	c.notes.flags |= TW_NOTE_UNREACHABLE | (of_orig ? TW_NOTE_ICMP_ORIG : 0);
	c.notes.from = made_addr("192.0.2.254");
	c.notes.icmp_type = 3;
	c.notes.icmp_code = 13;
}

static inline const char *judge(void)
{
	tw_verdict_judge(&c.got, &c.final, &c.name);
	assert_true(c.got.count >= 1 && c.got.count <= _TW_VERDICT_MAX);
	assert_int_equal(c.got.evidence & ~c.final.seen, 0);
	assert_true(strlen(c.got.why) > 20 && strlen(c.got.why) < TW_WHY_MAX - 1);
	assert_int_equal(c.got.why[strlen(c.got.why) - 1], '.');
	return tw_verdict_word(c.got.list[0]);
}

/* It is one of those that hold. */
static inline bool holds(const char *word)
{
	judge();
	for (unsigned int i = 0; i < c.got.count; i++)
		if (!strcmp(tw_verdict_word(c.got.list[i]), word))
			return true;
	return false;
}

#define VERDICT(word) assert_string_equal(judge(), word)

static inline void why_has(const char *text)
{
	judge();
	if (!strstr(c.got.why, text))
		fail_msg("\"%s\" is not in \"%s\"", text, c.got.why);
}

#endif
