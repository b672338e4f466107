// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* conn_state and history as Zeek documents them, the side, and the rule for `forged`. */
#include "tcpwhy/track.h"
#include "record/final.h"
#include "base/names.h"
#include "tcpwhy/track.h"
#include "made.h"

enum { SYN = 1, SYN_ACK = 2, ORIG_FIN = 4, RESP_FIN = 8, ORIG_PACKETS = 16, RESP_PACKETS = 32 };

static struct tw_flow made_flow(unsigned int what, unsigned int orig)
{
	struct tw_flow f = { .orig = orig };

	orig_half(&f)->flags = (what & SYN ? TW_HF_ISN : 0) | (what & ORIG_FIN ? TW_HF_FIN : 0);
	resp_half(&f)->flags = (what & SYN_ACK ? TW_HF_ISN : 0) | (what & RESP_FIN ? TW_HF_FIN : 0);
	orig_half(&f)->packets = !!(what & (SYN | ORIG_FIN | ORIG_PACKETS));
	resp_half(&f)->packets = !!(what & (SYN_ACK | RESP_FIN | RESP_PACKETS));
	return f;
}

static const struct {
	const char *state;
	unsigned int what;
	enum tw_end end;
	bool by_orig;
} states[] = {
	{ "S0", SYN, TW_END_TIMEOUT, false },
	{ "S1", SYN | SYN_ACK, TW_END_EOF, false },
	{ "SF", SYN | SYN_ACK | ORIG_FIN | RESP_FIN, TW_END_FIN, false },
	{ "REJ", SYN, TW_END_RESET, false },
	{ "S2", SYN | SYN_ACK | ORIG_FIN, TW_END_IDLE, false },
	{ "S3", SYN | SYN_ACK | RESP_FIN, TW_END_EOF, false },
	{ "RSTO", SYN | SYN_ACK, TW_END_RESET, true },
	{ "RSTR", SYN | SYN_ACK, TW_END_RESET, false },
	{ "RSTOS0", SYN, TW_END_RESET, true },
	{ "RSTRH", SYN_ACK, TW_END_RESET, false },
	{ "SH", SYN | ORIG_FIN, TW_END_EOF, false },
	{ "SHR", SYN_ACK | RESP_FIN, TW_END_EOF, false },
	{ "S0", SYN | RESP_PACKETS, TW_END_TIMEOUT, false }, /* nothing that answered it */
	{ "OTH", ORIG_PACKETS | RESP_PACKETS, TW_END_EOF, false },
	{ "OTH", ORIG_PACKETS | RESP_PACKETS, TW_END_RESET, true },
	{ "SF", ORIG_FIN | RESP_FIN, TW_END_FIN, false },
};

static void test_states(void **state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		for (unsigned int orig = 0; orig < 2; orig++) {
			struct tw_flow f = made_flow(states[i].what, orig);

			assert_string_equal(tw_final_state(&f, states[i].end, states[i].by_orig), states[i].state);
		}
}

static void check_history(const char *want, const char *letters)
{
	struct tw_flow f = { 0 };
	char text[16];

	for (int i = 0; letters[i]; i++) {
		char lower = letters[i] | 0x20;
		unsigned int letter = 0;

		while (tw_letter_char(letter) != lower)
			letter++;
		f.history |= (uint64_t)((letter + 1) | (letters[i] == lower ? 16 : 0)) << (5 * i);
	}
	tw_final_history(text, &f);
	assert_string_equal(text, want);
}

static void test_history(void **state)
{
	check_history("", "");
	check_history("ShADadFf", "ShADadFf");
	check_history("ShADadtTwWgG", "ShADadtTwWgG");
	check_history("^hAD", "hAD"); /* the responder's packet came first */
}

static void test_side(void **state)
{
	struct tw_flow f = { .orig = 1 };

	assert_int_equal(tw_final_side(&f), TW_SIDE_UNKNOWN);
	orig_half(&f)->point = 2 << 1 | 1;
	assert_int_equal(tw_final_side(&f), TW_SIDE_UNKNOWN);
	resp_half(&f)->point = 3 << 1;
	assert_int_equal(tw_final_side(&f), TW_SIDE_ORIGINATOR);
	orig_half(&f)->point = 2 << 1;
	assert_int_equal(tw_final_side(&f), TW_SIDE_ROUTER);
	resp_half(&f)->point = 3 << 1 | 1;
	assert_int_equal(tw_final_side(&f), TW_SIDE_RESPONDER);
	orig_half(&f)->point = 3 << 1 | 1; /* loopback: both leave, and both are here */
	assert_int_equal(tw_final_side(&f), TW_SIDE_UNKNOWN);
}

#define BIT(name) (1u << TW_SUSPECT_##name)

static void test_forged(void **state)
{
	assert_int_equal(tw_forged(0, TW_CAUSE_ABORTED), TW_FORGED_NO);
	assert_int_equal(tw_forged(BIT(TTL), TW_CAUSE_ABORTED), TW_FORGED_LOW);
	assert_int_equal(tw_forged(BIT(TTL) | BIT(IP_ID), TW_CAUSE_ABORTED), TW_FORGED_MEDIUM);
	assert_int_equal(tw_forged(BIT(TTL) | BIT(IP_ID) | BIT(PAYLOAD), TW_CAUSE_ABORTED), TW_FORGED_HIGH);
	assert_int_equal(tw_forged((1u << _TW_SUSPECT_MAX) - 1, TW_CAUSE_ABORTED), TW_FORGED_HIGH);
	assert_int_equal(tw_forged(BIT(SENDER_KEPT_TALKING), TW_CAUSE_ABORTED), TW_FORGED_MEDIUM);
	assert_int_equal(tw_forged(BIT(SENDER_KEPT_TALKING) | BIT(TTL), TW_CAUSE_ABORTED), TW_FORGED_HIGH);
	assert_int_equal(tw_forged(BIT(PAYLOAD), TW_CAUSE_REFUSED), TW_FORGED_LOW);
	assert_int_equal(tw_forged(BIT(PAYLOAD) | BIT(TTL), TW_CAUSE_REFUSED), TW_FORGED_LOW);
	assert_int_equal(tw_forged(BIT(IP_ID) | BIT(TTL), TW_CAUSE_REFUSED), TW_FORGED_MEDIUM);
}

/* Segments' times are kept in 32 bits of µs: a wait of two hours must not be told as 48 minutes. */
static void test_unanswered_for_hours(void **state)
{
	struct tw_flow f = { .flags = TW_FF_ESTABLISHED, .start_ns = 100 * S, .last_ns = 105 * S };
	uint64_t waited, waits[] = { 11 * S, 70 * 60 * S, 72 * 60 * S, 7200 * S, 86400 * S };

	orig_half(&f)->isn = 1000;
	orig_half(&f)->snd_nxt = 1501;
	orig_half(&f)->data_segments = 1;
	resp_half(&f)->flags = TW_HF_WAITING | TW_HF_ACK;
	resp_half(&f)->flight_us = tw_us(105 * S);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		assert_true(tw_final_unanswered(&f, 105 * S + waits[i], &waited));
		assert_in_range(waited, waits[i] - 20 * MS, waits[i] + 20 * MS);
	}
	assert_false(tw_final_unanswered(&f, 114 * S, &waited));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_side),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_unanswered_for_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
