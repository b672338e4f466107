// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What stopped packets: what each such verdict needs, and what it must not be fooled by. */
#include "made_case.h"
#include "tcpwhy/track.h"

static void test_dropped_by_kernel(void **state)
{
	attempt();
	c.final.drop_reason = "NETFILTER_DROP";
	VERDICT("dropped_by_kernel");
	why_has("NETFILTER_DROP");
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
	ORIG->probes = 1; /* other bytes were sent again, and arrived */
	T_ORIG->rtx_end = RESP->ack;
	VERDICT("ok");
	T_ORIG->rtx_end = ORIG->snd_nxt; /* these were */
	VERDICT("pmtu_ignored");
	ORIG->probes = 0;
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

/* The responder's full segments never came, since 104 s; 300 bytes behind them did. */
static void lacking(uint32_t len)
{
	reset(TW_CAUSE_ABORTED, true);
	RESP->data_segments = 1;
	RESP->snd_nxt = ORIG->ack + len + 300;
	ORIG->flags |= TW_HF_TS, RESP->flags |= TW_HF_TS;
	T_RESP->gap[0].start = ORIG->ack;
	T_RESP->gap[0].end = ORIG->ack + len;
	T_RESP->gap[0].at_us = tw_us(104 * S);
	T_ORIG->sack_high = RESP->snd_nxt;
	SEE(MISSING_SEGMENT);
}

static void test_black_hole_where_it_arrives(void **state)
{
	lacking(2 * 1448);
	VERDICT("pmtu_black_hole");
	why_has("The responder's 2 full segments of 1448 bytes never came, in 6.0 s");
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
	RESP->flags |= TW_HF_FULL; /* some did come */
	VERDICT("reset_by_originator");
	lacking(2 * 1460); /* the MSS is less where it was sent, so these were no full ones */
	VERDICT("reset_by_originator");
	lacking(1448);
	T_RESP->gap[0].at_us = tw_us(107 * S + MS); /* closed before 3 s had passed */
	VERDICT("reset_by_originator");
	lacking(1448);
	ORIG->ack += 1448; /* it came, and we missed it */
	VERDICT("reset_by_originator");
	lacking(1448);
	T_ORIG->sack_high = 0; /* nobody asked for it */
	VERDICT("reset_by_originator");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dropped_by_kernel), cmocka_unit_test(test_rejected_by_icmp),
		cmocka_unit_test(test_mss_ignored), cmocka_unit_test(test_pmtu_ignored),
		cmocka_unit_test(test_black_hole), cmocka_unit_test(test_black_hole_where_it_arrives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
