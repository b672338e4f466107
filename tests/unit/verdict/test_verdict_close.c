// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What an orderly close may cost: a request that crossed the FIN, or every answer. */
#include "made_case.h"
#include "tcpwhy/close.h"

/* The responder closed after 5 s of silence, and the originator closed then. */
static void closed_idle(void)
{
	healthy();
	RESP->quiet_s = 5;
	ORIG->answered = RESP->snd_nxt - 1;
	c.flow.history = (uint64_t)((TW_LETTER_FIN + 1) | 16) | (uint64_t)(TW_LETTER_FIN + 1) << 5;
}

static void test_keep_alive_race(void **state)
{
	closed_idle();
	VERDICT("ok");
	T_RESP->fin_unacked = 300; /* seen before the FIN */
	VERDICT("ok"); /* it had been lost for long: no race */
	T_RESP->flags = TW_TF_CROSSED;
	VERDICT("keep_alive_race");
	why_has("after 5 s without a word, while 300 bytes");
	RESP->quiet_s = 0;
	VERDICT("ok");

	closed_idle();
	ORIG->after_fin = 300; /* seen after it */
	VERDICT("keep_alive_race");
	ORIG->after_fin = TW_TLS_GOODBYE;
	VERDICT("ok");
	ORIG->after_fin = 300;
	ORIG->answered = RESP->snd_nxt; /* it knew of the FIN, and goes on: a half-close */
	VERDICT("ok");
	ORIG->answered--;
	c.flow.flags |= TW_FF_FINS_CROSSED; /* it was about to close as well */
	VERDICT("ok");

	closed_idle();
	ORIG->after_fin = 300;
	ORIG->flags &= ~TW_HF_FIN;
	c.final.end = TW_END_EOF;
	c.final.until_ns = RESP->last_ns + 500 * MS; /* too early to tell */
	VERDICT("ok");
	c.final.until_ns += 500 * MS;
	VERDICT("keep_alive_race");
	reset(TW_CAUSE_DATA_AFTER_CLOSE, false);
	RESP->flags |= TW_HF_FIN;
	RESP->quiet_s = 5;
	ORIG->after_fin = 300;
	ORIG->answered = RESP->snd_nxt - 1;
	VERDICT("keep_alive_race");
	why_has("a RST answered it");
}

/* It was accepted, and closed by the responder after one request. */
static void without_a_byte(void)
{
	healthy();
	ORIG->data_segments = 1;
	ORIG->bytes = 517;
	ORIG->snd_nxt = RESP->ack = 1001 + 517 + 1;
	RESP->data_segments = RESP->bytes = 0;
	RESP->snd_nxt = ORIG->ack = 5002;
	c.flow.history = (uint64_t)((TW_LETTER_FIN + 1) | 16) | (uint64_t)(TW_LETTER_FIN + 1) << 5;
}

static void test_closed_without_a_byte(void **state)
{
	without_a_byte();
	VERDICT("closed_without_a_byte");
	why_has("517 bytes");
	c.flow.history = (uint64_t)(TW_LETTER_FIN + 1) | (uint64_t)((TW_LETTER_FIN + 1) | 16) << 5;
	VERDICT("ok"); /* the originator closed first: a health check */

	without_a_byte();
	c.flow.flags |= TW_FF_MIDSTREAM; /* it may have spoken before */
	VERDICT("ok");
	without_a_byte();
	ORIG->ack = RESP->snd_nxt = 5302; /* it did: we lost it */
	VERDICT("ok");
	without_a_byte();
	ORIG->data_segments = 3; /* a one-way protocol */
	VERDICT("ok");
	without_a_byte();
	ORIG->bytes = 65536;
	VERDICT("ok");

	without_a_byte();
	ORIG->bytes = ORIG->data_segments = 0;
	VERDICT("ok"); /* where the client speaks first, and did not need to */
	c.name.resp_port = 25;
	VERDICT("closed_without_a_byte");
	why_has("neither side had sent a byte");
	c.name.resp_port = 54713; /* agreed elsewhere: FTP's data */
	VERDICT("ok");

	without_a_byte();
	ORIG->flags &= ~TW_HF_FIN;
	RESP->flags &= ~TW_HF_FIN;
	ORIG->snd_nxt--, RESP->ack--, RESP->snd_nxt--, ORIG->ack--;
	c.final.end = TW_END_RESET;
	c.final.cause = TW_CAUSE_ABORTED;
	VERDICT("closed_without_a_byte");
	why_has("a RST");
	assert_true(holds("reset_by_responder"));
	c.final.reset_by_orig = true;
	VERDICT("reset_by_originator");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep_alive_race), cmocka_unit_test(test_closed_without_a_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
