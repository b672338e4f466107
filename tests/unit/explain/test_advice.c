// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Every verdict has its advice, every gap can be filled, and whose fault it was comes out right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/names.h"
#include "explain/advice.h"

#define ENDS "\"conn\":\"c\",\"orig_addr\":\"192.0.2.1\",\"orig_port\":1,\"resp_addr\":\"198.51.100.2\",\"resp_port\":80"

static struct tw_story *story(const char *side, const char *final, const char *event)
{
	struct tw_story *s = tw_story_new("c");
	const char *const members[] = { event, final };
	char line[1024];

	for (int i = 0; i < 2; i++) {
		json_t *json;

		if (!members[i])
			continue;
		snprintf(line, sizeof(line), "{" ENDS ",\"side\":\"%s\",%s}", side, members[i]);
		json = json_loads(line, 0, NULL);
		assert_non_null(json);
		tw_story_add(s, json, 1000);
		json_decref(json);
	}
	return s;
}

#define FINAL "\"event\":\"connection\",\"cause\":\"aborted\",\"pmtu\":1400,\"orig_retransmits\":5,\"resp_retransmits\":1," \
	      "\"resp_zero_windows\":2,\"orig_out_of_order\":3,\"comm\":\"x\""

/* These are about a side that only their own events name: rows[] has them. */
static bool needs_event(unsigned int verdict)
{
	return (verdict >= TW_VERDICT_REJECTED_BY_ICMP && verdict <= TW_VERDICT_PMTU_BLACK_HOLE) ||
	       verdict == TW_VERDICT_NAGLE_DELAYED_ACK;
}

static void has(const struct tw_story *s, const char *verdict, enum tw_advice what, const char *name)
{
	char text[TW_ADVICE_TEXT];

	if (!tw_advice_get(text, s, verdict, what, 0))
		fail_msg("%s: %s is missing", verdict, name);
}

/* Wherever the log was written: something to say and to check, but for what nobody has to check. */
static void test_complete(void **state)
{
	static const char *const sides[] = { "originator", "responder", "router" };

	for (unsigned int verdict = 0; verdict < _TW_VERDICT_MAX; verdict++)
		for (unsigned int i = 0; i < 3 && !needs_event(verdict); i++) {
			struct tw_story *s = story(sides[i], FINAL,
						   "\"event\":\"reset\",\"dir\":\"rev\",\"cause\":\"aborted\",\"silent\":99,\"ttl\":64");
			const char *word = tw_verdict_word(verdict);

			has(s, word, TW_ADVICE_MEANS, "what it means");
			if (verdict != TW_VERDICT_OK && verdict != TW_VERDICT_UNKNOWN) {
				has(s, word, TW_ADVICE_NEXT, "what should have come next");
				has(s, word, TW_ADVICE_CHECK, "what to check");
			}
			tw_story_free(s);
		}
}

static bool is_gap(const char *open)
{
	static const char *const known[] = {
		"{who}", "{whom}", "{who_addr}", "{whom_addr}", "{orig}", "{resp}", "{port}", "{mtu}", "{mss}", "{router}", "{len}",
		"{ttl}", "{comm}", "{silence}",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strncmp(open, known[i], strlen(known[i])))
			return true;
	return false;
}

static void check_row(const struct tw_advice_row *row)
{
	size_t len = strlen(row->text);

	if (tw_verdict_number(row->verdict) < 0)
		fail_msg("there is no verdict '%s'", row->verdict);
	assert_true(row->where && row->what < _TW_ADVICE_MAX);
	assert_true(len && (row->text[len - 1] == '.' || row->text[len - 1] == '?' || row->text[len - 1] == ')'));
	assert_null(strstr(row->text, "  "));
	for (const char *open = row->text; (open = strchr(open, '{')); open++)
		if (!is_gap(open))
			fail_msg("unknown gap: %s", open);
}

static void test_table(void **state)
{
	for (unsigned int i = 0; i < 3; i++)
		for (const struct tw_advice_row *row = tw_advice_tables[i]; row->verdict; row++)
			check_row(row);
}

static const struct {
	const char *verdict, *side, *event;
	enum tw_advice what;
	unsigned int nth;
	const char *text;
} rows[] = {
	{ "pmtu_ignored", "responder", "\"event\":\"pmtu_ignored\",\"dir\":\"out\",\"len\":1500,\"mtu\":1400", TW_ADVICE_NEXT, 0,
	  "After the ICMP, packets of at most 1400 bytes (segments of 1360), and the lost bytes again in that size." },
	{ "pmtu_ignored", "responder", "\"event\":\"pmtu_ignored\",\"dir\":\"out\",\"len\":1500,\"mtu\":1400", TW_ADVICE_MEANS, 0,
	  "The ICMP reached this host, and its TCP did not act on it. Small messages pass; whatever fills a packet hangs." },
	{ "receiver_stalled", "originator", NULL, TW_ADVICE_NEXT, 0,
	  "The responder should have read what had arrived, so that its window opens." },
	{ "no_answer", "responder", NULL, TW_ADVICE_MEANS, 0,
	  "The SYN did reach this host, and nothing left it in answer. The path there is innocent." },
	{ "rejected_by_icmp", "originator", "\"event\":\"unreachable\",\"dir\":\"in\",\"code\":\"host\",\"from\":\"203.0.113.1\"",
	  TW_ADVICE_CHECK, 0, "203.0.113.1 gets no ARP or neighbour answer from 198.51.100.2: it is down, has another address, or sits "
	  "in another VLAN." },
	{ "idle_timeout", "originator", "\"event\":\"reset\",\"dir\":\"in\",\"cause\":\"idle_reset\",\"silent\":65.0", TW_ADVICE_MEANS, 0,
	  "After 65.0 s of silence somebody had forgotten it, or wanted it gone: a balancer, a NAT, a firewall, or the idle timer of the "
	  "responder's own application." },
	{ "nagle_delayed_ack", "originator", "\"event\":\"delayed_ack_stall\",\"dir\":\"out\",\"times\":3", TW_ADVICE_NEXT, 0,
	  "The responder's next small write at once. It waited for an ACK of the one before." },
};

static void test_rows(void **state)
{
	char text[TW_ADVICE_TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tw_story *s = story(rows[i].side, FINAL, rows[i].event);

		assert_true(tw_advice_get(text, s, rows[i].verdict, rows[i].what, rows[i].nth));
		assert_string_equal(text, rows[i].text);
		tw_story_free(s);
	}
}

/* What is not known is not guessed: no router, no sentence that names one. */
static void test_unknown(void **state)
{
	struct tw_story *s = story("router", "\"event\":\"connection\"", NULL);
	char text[TW_ADVICE_TEXT];

	assert_false(tw_advice_get(text, s, "rejected_by_icmp", TW_ADVICE_MEANS, 0));
	assert_false(tw_advice_get(text, s, "pmtu_ignored", TW_ADVICE_NEXT, 0));
	assert_false(tw_advice_get(text, s, "no such verdict", TW_ADVICE_NEXT, 0));
	tw_story_free(s);
	s = tw_story_new("c"); /* nothing at all */
	assert_true(tw_advice_get(text, s, "unknown", TW_ADVICE_MEANS, 0));
	tw_story_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
