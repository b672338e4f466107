// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Verdicts: what each needs, what it must not be fooled by, which comes first. */
#include "made.h"
#include "names.h"
#include "verdict.h"

/* A connection as the rules see it. orig and resp are the halves of `flow`. */
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
#define SEE(id) (c.final.seen |= 1u << TW_EV_##id)

/* An attempt: one SYN at 100 s. */
static void attempt(void)
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

static void answered(void)
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
static void healthy(void)
{
	answered();
	c.flow.flags |= TW_FF_ESTABLISHED;
	RESP->timed_ns = 0;
	ORIG->flags |= TW_HF_ACK | TW_HF_FIN;
	RESP->flags |= TW_HF_FIN;
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
static void reset(enum tw_cause cause, bool by_orig)
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
static void lose(unsigned int n)
{
	ORIG->snd_nxt = RESP->ack + n + !!(ORIG->flags & TW_HF_FIN);
}

static const char *judge(void)
{
	tw_verdict_judge(&c.got, &c.final, &c.name);
	assert_true(c.got.count >= 1 && c.got.count <= _TW_VERDICT_MAX);
	assert_int_equal(c.got.evidence & ~c.final.seen, 0);
	assert_true(strlen(c.got.why) > 20 && strlen(c.got.why) < TW_WHY_MAX - 1);
	assert_int_equal(c.got.why[strlen(c.got.why) - 1], '.');
	return tw_verdict_word(c.got.list[0]);
}

#define VERDICT(word) assert_string_equal(judge(), word)

static bool holds(const char *word)
{
	judge();
	for (unsigned int i = 0; i < c.got.count; i++)
		if (!strcmp(tw_verdict_word(c.got.list[i]), word))
			return true;
	return false;
}

static void why_has(const char *text)
{
	judge();
	if (!strstr(c.got.why, text))
		fail_msg("\"%s\" is not in \"%s\"", text, c.got.why);
}

static void test_ok(void **state)
{
	healthy();
	VERDICT("ok");
	assert_int_equal(c.got.count, 1);
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_HIGH);
	assert_int_equal(c.got.evidence, 1u << TW_EV_ESTABLISHED);
	c.final.trouble = NULL;
	VERDICT("ok");
	c.final.end = TW_END_EOF; /* open at the end of the input */
	VERDICT("ok");
	reset(TW_CAUSE_AFTER_CLOSE, false);
	VERDICT("ok");
}

static void test_unknown(void **state)
{
	attempt();
	VERDICT("unknown");
	answered(); /* the SYN-ACK is less than 3 s old */
	VERDICT("unknown");
	healthy();
	RESP->packets = 0;
	VERDICT("unknown");
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
}

static void test_confidence(void **state)
{
	healthy();
	c.flow.flags |= TW_FF_MIDSTREAM;
	judge();
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
	SEE(LOST_SEGMENT_UNSEEN);
	judge();
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_LOW);
	RESP->packets = 0;
	judge();
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_LOW);
	healthy();
	c.final.unsure = true;
	judge();
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
	healthy(); /* there was trouble, and it found no room in the table */
	c.flow.flags |= TW_FF_TROUBLE;
	c.final.trouble = NULL;
	judge();
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
}

static void test_dropped_by_kernel(void **state)
{
	attempt();
	c.final.drop_reason = "NETFILTER_DROP";
	VERDICT("dropped_by_kernel");
	why_has("NETFILTER_DROP");
}

static void reject(bool of_orig)
{
	SEE(UNREACHABLE);
	c.notes.flags |= TW_NOTE_UNREACHABLE | (of_orig ? TW_NOTE_ICMP_ORIG : 0);
	c.notes.from = made_addr("192.0.2.254");
	c.notes.icmp_type = 3;
	c.notes.icmp_code = 13;
}

static void test_rejected_by_icmp(void **state)
{
	attempt();
	reject(true);
	VERDICT("rejected_by_icmp");
	why_has("ICMP admin_prohibited from 192.0.2.254");
	assert_int_equal(c.got.evidence, 1u << TW_EV_UNREACHABLE);
	answered(); /* something else answered */
	reject(true);
	VERDICT("unknown");
	answered(); /* the SYN-ACK is what cannot be delivered */
	reject(false);
	VERDICT("rejected_by_icmp");
	healthy(); /* a soft error: it went on */
	reject(true);
	VERDICT("ok");
	healthy();
	c.final.end = TW_END_IDLE;
	lose(500);
	reject(true);
	c.notes.icmp_ms = 11000;
	VERDICT("rejected_by_icmp");
	RESP->last_ns = 112 * S; /* it spoke after the error */
	VERDICT("ok");
	attempt(); /* `valid: false` is not noted */
	SEE(UNREACHABLE);
	VERDICT("unknown");
}

static void test_mss_ignored(void **state)
{
	healthy();
	c.notes.flags = TW_NOTE_ORIG_ABOVE_MSS;
	c.notes.mss_len = 1470;
	SEE(MSS_EXCEEDED);
	VERDICT("ok"); /* it did no harm */
	c.time.recovery = S - 1;
	VERDICT("ok");
	c.time.recovery = S;
	VERDICT("mss_ignored");
	c.time.recovery = 0;
	lose(1470);
	VERDICT("mss_ignored");
	why_has("1470 bytes although the responder announced an MSS of 1460");
	c.notes.flags = TW_NOTE_RESP_ABOVE_MSS; /* it is not the responder's data that is missing */
	VERDICT("ok");
}

static void test_pmtu_ignored(void **state)
{
	healthy();
	SEE(FRAG_NEEDED), SEE(PMTU_IGNORED);
	T_ORIG->ignored = 7;
	T_ORIG->pmtu = 1400;
	c.notes.large_len = 1500;
	VERDICT("ok");
	lose(1460);
	VERDICT("pmtu_ignored");
	why_has("1400 bytes");
	why_has("7 more packets of 1500 bytes");
	c.final.end = TW_END_EOF; /* under way when the input ended, or really not acknowledged? */
	c.final.until_ns = 110 * S + 500 * MS;
	VERDICT("ok");
	c.final.until_ns = 111 * S;
	VERDICT("pmtu_ignored");
}

static void test_black_hole(void **state)
{
	healthy();
	SEE(PMTU_BLACK_HOLE), SEE(RETRANSMIT);
	T_ORIG->flags = TW_TF_BLACK_HOLE;
	c.notes.large_len = 1500;
	c.notes.passed_len = 612;
	VERDICT("ok");
	lose(1460);
	VERDICT("pmtu_black_hole");
	why_has("1500 bytes from the originator vanish while those of 612 arrive");
}

static void test_middlebox(void **state)
{
	healthy(); /* payload on the SYN-ACK, and all went well */
	SEE(SYN_ACK_PAYLOAD);
	VERDICT("ok");
	answered();
	SEE(SYN_ACK_PAYLOAD);
	c.notes.large_len = 2;
	VERDICT("middlebox_broke_handshake");
	why_has("2 bytes");
	healthy(); /* established, and nothing was ever acknowledged */
	SEE(SYN_ACK_PAYLOAD);
	RESP->ack = 1001;
	VERDICT("middlebox_broke_handshake");

	answered(); /* a wrong ACK number */
	SEE(HANDSHAKE_BAD_ACK);
	VERDICT("unknown"); /* a challenge ACK: honest */
	c.notes.flags = TW_NOTE_BAD_ACK;
	T_ORIG->flags = TW_TF_BAD_ACK;
	T_ORIG->bad_ack = 5003;
	VERDICT("middlebox_broke_handshake");
	why_has("The originator acknowledged 2 bytes more");
	healthy();
	SEE(HANDSHAKE_BAD_ACK);
	c.notes.flags = TW_NOTE_BAD_ACK;
	VERDICT("ok");

	answered(); /* a stray ACK number on the SYN, a RST that the originator does not know of */
	SEE(SYN_NONZERO_ACK);
	VERDICT("unknown");
	c.notes.flags = TW_NOTE_HALF_OPEN_RESET | TW_NOTE_SYN_AGAIN;
	VERDICT("middlebox_broke_handshake");
	c.final.seen &= ~(1u << TW_EV_SYN_NONZERO_ACK);
	VERDICT("unknown");

	healthy(); /* options that nobody asked for */
	ORIG->options &= ~TW_OPT_SACK;
	VERDICT("middlebox_broke_handshake");
	why_has("sack_ok");
	ORIG->options |= TW_OPT_UNKNOWN; /* cut off by the capture */
	VERDICT("ok");
	healthy();
	RESP->options &= ~TW_OPT_SACK; /* not taking an offer is fine */
	VERDICT("ok");
	ORIG->options &= ~TW_OPT_MSS; /* may come unasked */
	VERDICT("ok");
	c.notes.flags = TW_NOTE_FOREIGN_TSECR;
	VERDICT("middlebox_broke_handshake");
}

static void test_reset_forged(void **state)
{
	reset(TW_CAUSE_ABORTED, false);
	c.final.suspect = 1 << TW_SUSPECT_TTL; /* low */
	VERDICT("reset_by_responder");
	c.final.suspect |= 1 << TW_SUSPECT_IP_ID;
	VERDICT("reset_forged");
	why_has("responder's name");
	why_has("ttl, ip_id");
	c.final.suspect = 1 << TW_SUSPECT_SENDER_KEPT_TALKING;
	VERDICT("reset_forged");
}

static void test_refused(void **state)
{
	attempt();
	c.final.end = TW_END_RESET;
	c.final.cause = TW_CAUSE_REFUSED;
	c.final.duration_ns = 300000;
	SEE(RESET);
	VERDICT("refused");
	why_has("port 443");
	why_has("0.3 ms");
	ORIG->attempts = ORIG->packets = 3;
	why_has("3 SYNs");
	c.final.suspect = 1 << TW_SUSPECT_PAYLOAD | 1 << TW_SUSPECT_TTL; /* a message, low at most */
	VERDICT("refused");
	reject(true); /* a RST is another answer */
	VERDICT("refused");
}

static void test_never_completed(void **state)
{
	answered();
	c.final.until_ns = 103 * S + MS;
	VERDICT("originator_never_completed");
	c.final.until_ns--;
	VERDICT("unknown");
	answered();
	c.final.end = TW_END_RESET;
	c.final.cause = TW_CAUSE_HANDSHAKE_ABORTED;
	VERDICT("originator_never_completed");
	ORIG->packets = 2; /* it has said something */
	VERDICT("reset_by_responder");
	answered();
	c.final.end = TW_END_RESET;
	c.final.cause = TW_CAUSE_HALF_OPEN_RESET;
	c.final.reset_by_orig = true;
	ORIG->packets = 2;
	VERDICT("reset_by_originator");
}

static void test_no_answer(void **state)
{
	attempt();
	ORIG->attempts = ORIG->packets = 3;
	SEE(SYN_RETRANSMIT), SEE(CONNECT_TIMEOUT);
	c.final.end = TW_END_TIMEOUT;
	c.final.until_ns = 121 * S;
	VERDICT("no_answer");
	why_has("3 SYNs in 21.0 s");
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_HIGH);
	healthy(); /* a late repeat was answered */
	SEE(CONNECT_TIMEOUT);
	VERDICT("ok");
}

static void test_gave_up(void **state)
{
	healthy();
	c.final.end = TW_END_IDLE;
	lose(100);
	ORIG->probes = 3;
	T_ORIG->retransmits = 3;
	T_ORIG->probe_seen = RESP->packets;
	VERDICT("gave_up_retransmitting");
	why_has("The originator sent data again 3 times");
	ORIG->probes = 2;
	assert_false(holds("gave_up_retransmitting"));
	ORIG->probes = 3;
	T_ORIG->probe_seen--; /* something came back */
	assert_false(holds("gave_up_retransmitting"));
	T_ORIG->probe_seen++;
	lose(0); /* keep-alives, or the FIN alone */
	assert_false(holds("gave_up_retransmitting"));
	healthy(); /* half of it was never seen: nobody knows what was answered */
	lose(100);
	ORIG->probes = 9;
	T_ORIG->retransmits = 9;
	RESP->packets = 0;
	assert_false(holds("gave_up_retransmitting"));
	reset(TW_CAUSE_GAVE_UP, true);
	ORIG->probes = 5;
	VERDICT("gave_up_retransmitting");
	assert_false(holds("reset_by_originator"));
}

static void test_responder_silent(void **state)
{
	healthy();
	SEE(NO_RESPONSE);
	VERDICT("responder_silent");
	reset(TW_CAUSE_ABORTED, true); /* explains the end better than the RST that came of it */
	SEE(NO_RESPONSE);
	VERDICT("responder_silent");
	assert_true(holds("reset_by_originator"));
}

static void test_resets(void **state)
{
	static const struct {
		enum tw_cause cause;
		bool counts;
	} rows[] = {
		{ TW_CAUSE_ABORTED, true }, { TW_CAUSE_DATA_AFTER_CLOSE, true }, { TW_CAUSE_BAD_ACK_RESET, true },
		{ TW_CAUSE_HALF_OPEN_RESET, true }, { TW_CAUSE_HANDSHAKE_ABORTED, true }, { TW_CAUSE_NONE, true },
		{ TW_CAUSE_AFTER_CLOSE, false }, { TW_CAUSE_NO_CONNECTION, false }, { TW_CAUSE_UNACCEPTABLE, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		reset(rows[i].cause, true);
		VERDICT(rows[i].counts ? "reset_by_originator" : "ok");
		c.final.reset_by_orig = false;
		VERDICT(rows[i].counts ? "reset_by_responder" : "ok");
	}
	reset(TW_CAUSE_NONE, true); /* the event was lost, and there was a FIN: harmless */
	RESP->flags |= TW_HF_FIN;
	VERDICT("ok");
	reset(TW_CAUSE_IDLE_RESET, false);
	c.final.until_ns = 460 * S;
	VERDICT("idle_timeout");
	why_has("6 min");
	assert_int_equal(c.got.count, 1);
}

/* --- by time --- */

static void test_receiver_stalled(void **state)
{
	healthy();
	c.time.zero_window = S - 1;
	T_RESP->zero_windows = 2;
	VERDICT("ok");
	c.time.zero_window = S;
	VERDICT("receiver_stalled");
	why_has("The responder shut its receive window 2 times");
}

static void test_lossy_path(void **state)
{
	healthy();
	SEE(RETRANSMIT);
	T_ORIG->retransmits = 10;
	VERDICT("ok"); /* 1 % and no more */
	T_ORIG->retransmits = 11;
	VERDICT("lossy_path");
	why_has("11 of 1000 segments from the originator (1.1 %)");
	T_ORIG->spurious = 1; /* nothing was lost */
	VERDICT("ok");
	T_ORIG->spurious = 0;
	T_ORIG->probes = 1;
	VERDICT("ok");
	T_ORIG->probes = 0;
	T_ORIG->pmtu_resent = 1;
	VERDICT("ok");
	healthy();
	ORIG->data_segments = 40;
	T_ORIG->retransmits = 4; /* 10 %, but 4 */
	VERDICT("ok");
	T_ORIG->retransmits = 1;
	c.time.recovery = S; /* 10 % of 10 s */
	VERDICT("lossy_path");
	c.final.duration_ns = 11 * S;
	VERDICT("ok");
	c.final.duration_ns = 5 * S;
	c.time.recovery = 900 * MS;
	VERDICT("ok");
	c.time.recovery = 4 * S;
	T_ORIG->retransmits = 0; /* a gap that filled by itself */
	VERDICT("ok");
}

static void test_nagle(void **state)
{
	healthy();
	VERDICT("ok");
	c.time.delayed_ack = 500 * MS - 1;
	T_RESP->stalls = 12;
	VERDICT("ok");
	c.time.delayed_ack++;
	VERDICT("nagle_delayed_ack");
	why_has("The responder's small writes waited 12 times for a delayed ACK of the originator");
}

static void test_waiting(void **state)
{
	healthy();
	SEE(SLOW_RESPONSE);
	c.notes.slowest_ds = 43;
	c.time.responder = 5 * S;
	VERDICT("responder_slow");
	why_has("up to 4.3 s");
	healthy();
	SEE(SLOW_REQUEST);
	c.time.idle = 8 * S;
	VERDICT("originator_idle");
	why_has("8.0 s of 10.0 s");
}

static void test_reordering(void **state)
{
	healthy();
	T_RESP->out_of_order = 10;
	VERDICT("ok");
	T_RESP->out_of_order = 11;
	VERDICT("reordering_path");
	why_has("the path to the originator");
	RESP->data_segments = 20;
	T_RESP->out_of_order = 4;
	VERDICT("ok");
}

/* Who owns most time comes first, originator_idle last of all. */
static void test_order(void **state)
{
	static const char *const want[] = { "responder_slow", "lossy_path", "receiver_stalled", "nagle_delayed_ack",
					    "reordering_path", "originator_idle" };

	healthy();
	SEE(SLOW_REQUEST), SEE(SLOW_RESPONSE), SEE(RETRANSMIT);
	c.time = (struct tw_timebudget){ .zero_window = 1 * S, .recovery = 2 * S, .responder = 3 * S,
					 .delayed_ack = 600 * MS, .idle = 3400 * MS };
	T_ORIG->retransmits = T_ORIG->out_of_order = 50;
	judge();
	assert_int_equal(c.got.count, 6);
	for (int i = 0; i < 6; i++)
		assert_string_equal(tw_verdict_word(c.got.list[i]), want[i]);
	c.final.end = TW_END_RESET; /* what explains the end goes before all */
	c.final.cause = TW_CAUSE_ABORTED;
	VERDICT("reset_by_responder");
	assert_int_equal(c.got.count, 7);
	assert_string_equal(tw_verdict_word(c.got.list[1]), "responder_slow");
}

/* The originator may be either side of the key. */
static void test_other_side(void **state)
{
	struct tw_half half;

	healthy();
	T_ORIG->retransmits = 11;
	half = c.flow.half[0], c.flow.half[0] = c.flow.half[1], c.flow.half[1] = half;
	c.flow.orig = 1;
	VERDICT("lossy_path");
	why_has("from the responder");
}

/* Whatever the numbers are: it fits, and it judges. */
static void test_any(void **state)
{
	srand(7);
	for (int i = 0; i < 20000; i++) {
		uint8_t *bytes = (uint8_t *)&c;

		for (size_t k = 0; k < offsetof(struct made_case, final); k++)
			bytes[k] = rand();
		c.final = (struct tw_rec_final){ .flow = &c.flow, .trouble = &c.trouble, .notes = &c.notes, .time = &c.time,
						 .end = rand() % _TW_END_MAX, .cause = rand() % _TW_CAUSE_MAX,
						 .suspect = rand() & ((1 << _TW_SUSPECT_MAX) - 1), .seen = rand(),
						 .until_ns = rand(), .reset_by_orig = rand() & 1 };
		c.name.family = 6;
		judge();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ok), cmocka_unit_test(test_unknown), cmocka_unit_test(test_confidence),
		cmocka_unit_test(test_dropped_by_kernel), cmocka_unit_test(test_rejected_by_icmp),
		cmocka_unit_test(test_mss_ignored), cmocka_unit_test(test_pmtu_ignored),
		cmocka_unit_test(test_black_hole), cmocka_unit_test(test_middlebox),
		cmocka_unit_test(test_reset_forged), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_never_completed), cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_gave_up), cmocka_unit_test(test_responder_silent),
		cmocka_unit_test(test_resets), cmocka_unit_test(test_receiver_stalled),
		cmocka_unit_test(test_lossy_path), cmocka_unit_test(test_nagle), cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_reordering), cmocka_unit_test(test_order), cmocka_unit_test(test_other_side),
		cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
