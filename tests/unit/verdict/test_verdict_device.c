// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Devices on the way that change packets or forge them: what tells them from an honest host. */
#include "made_case.h"

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

static void test_answered_by_other(void **state)
{
	attempt();
	c.final.other = (struct tw_other){ .addr = made_addr("10.1.0.7"), .port = 8443, .family = 4 };
	VERDICT("answered_by_other");
	why_has("The SYN to 198.51.100.7:443 was answered from 10.1.0.7:8443 instead");
	c.final.other.port = 0;
	assert_false(holds("answered_by_other"));
	reset(TW_CAUSE_ABORTED, true);
	ORIG->data_segments = 0;
	c.final.other = (struct tw_other){ .addr = made_addr("203.0.113.9"), .port = 443, .family = 4, .answers = true };
	VERDICT("answered_by_other");
	why_has("The SYN to 203.0.113.9:443 was answered from 198.51.100.7:443 instead");
	ORIG->data_segments = 1; /* it talks to it: no answer that nobody wanted */
	VERDICT("reset_by_originator");
}

static void test_duplicate_address(void **state)
{
	reset(TW_CAUSE_ABORTED, false);
	c.final.shape = TW_RST_STATELESS | TW_RST_OTHER_MAC;
	RESP->ttl_max = 64;
	VERDICT("peer_lost_state"); /* another host took its place: failover */
	c.final.suspect = 1 << TW_SUSPECT_TTL;
	VERDICT("duplicate_address");
	why_has("with another TTL");
	c.final.suspect = 0;
	RESP->flags |= TW_HF_KEPT_TALKING;
	VERDICT("duplicate_address");
	why_has("which went on");
	c.final.shape = TW_RST_STATELESS;
	VERDICT("nat_state_lost");
}

static void test_middlebox_sack(void **state)
{
	healthy();
	SEE(RETRANSMIT);
	T_RESP->foreign_sacks = 3;
	VERDICT("ok"); /* it did no harm */
	T_ORIG->retransmits = 1;
	T_RESP->foreign_sacks = 2;
	VERDICT("ok");
	T_RESP->foreign_sacks = 3;
	VERDICT("middlebox_broke_sack");
	why_has("3 ACKs of the responder report bytes by SACK that the originator never sent");
	T_ORIG->retransmits = 0; /* the other side's bytes */
	T_RESP->retransmits = 1;
	VERDICT("ok");
}

/* A packet that came to the wrong host: its RST, while the right one goes on. */
static void test_nat_state_lost(void **state)
{
	reset(TW_CAUSE_ABORTED, true);
	ORIG->flags |= TW_HF_KEPT_TALKING;
	c.final.shape = TW_RST_STATELESS;
	VERDICT("nat_state_lost");
	assert_int_equal(c.got.confidence, TW_CONFIDENCE_MEDIUM);
	why_has("RST in the originator's name");
	ORIG->flags &= ~TW_HF_KEPT_TALKING;
	RESP->flags |= TW_HF_KEPT_TALKING; /* not the side that the RST names */
	VERDICT("reset_by_originator");
	ORIG->flags |= TW_HF_KEPT_TALKING;
	c.final.suspect = 1 << TW_SUSPECT_TTL | 1 << TW_SUSPECT_SENDER_KEPT_TALKING;
	VERDICT("reset_forged");
	assert_int_equal(c.got.count, 2); /* and the RST of the originator's name */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_middlebox), cmocka_unit_test(test_middlebox_sack), cmocka_unit_test(test_reset_forged),
		cmocka_unit_test(test_nat_state_lost), cmocka_unit_test(test_duplicate_address),
		cmocka_unit_test(test_answered_by_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
