// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A RST ended it: whose, and whether the host that it came from still knew the connection. */
#include "made_case.h"

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

/* As a host answers that knows nothing of the connection. */
static void stateless(enum tw_cause cause, bool by_orig)
{
	reset(cause, by_orig);
	c.final.shape = TW_RST_STATELESS;
	ORIG->ttl_max = RESP->ttl_max = 64;
}

static void test_peer_lost_state(void **state)
{
	stateless(TW_CAUSE_ABORTED, false);
	lose(60);
	VERDICT("peer_lost_state");
	why_has("the originator's 60 bytes");
	why_has("which it had not closed");
	assert_true(holds("reset_by_responder"));
	RESP->ttl_max = 0; /* the capture begins with what it answers */
	ORIG->flags &= ~TW_HF_ISN;
	VERDICT("peer_lost_state");
	assert_null(strstr(c.got.why, "had not closed"));
	ORIG->flags |= TW_HF_FIN; /* … a FIN: its own may have come before */
	VERDICT("reset_by_responder");

	stateless(TW_CAUSE_AFTER_CLOSE, false); /* it answers the FIN */
	ORIG->flags |= TW_HF_FIN;
	ORIG->snd_nxt++;
	VERDICT("peer_lost_state");
	why_has("the originator's FIN");
	RESP->flags |= TW_HF_FIN; /* it had closed as well */
	VERDICT("ok");

	stateless(TW_CAUSE_ABORTED, true); /* the client's host may lose its state, too */
	VERDICT("peer_lost_state");
	why_has("RST in the originator's name answered the responder's ACK");
	c.final.suspect = 1 << TW_SUSPECT_TTL;
	VERDICT("peer_lost_state");
	why_has("a firewall in its name");
	c.final.suspect |= 1 << TW_SUSPECT_FASTER_THAN_RTT;
	VERDICT("reset_forged");

	stateless(TW_CAUSE_IDLE_RESET, false); /* an idle timer explains it as well, and more often */
	VERDICT("idle_timeout");
	assert_true(holds("peer_lost_state"));
	stateless(TW_CAUSE_ABORTED, false);
	c.final.shape = 0; /* an application's abort */
	VERDICT("reset_by_responder");
}

/* After a FIN a RST harms as a rule nobody: the exceptions are told. */
static void test_late_reset(void **state)
{
	reset(TW_CAUSE_AFTER_CLOSE, false);
	ORIG->flags |= TW_HF_FIN;
	ORIG->snd_nxt++;
	VERDICT("ok");
	why_has("did no harm");
	lose(31);
	VERDICT("ok");
	why_has("the last 31 bytes of the originator were not taken");
	lose(0);
	RESP->flags |= TW_HF_WAITING;
	VERDICT("ok");
	why_has("closed before its last request was answered");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resets), cmocka_unit_test(test_peer_lost_state), cmocka_unit_test(test_late_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
