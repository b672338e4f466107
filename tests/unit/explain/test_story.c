// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Events into steps: sentences, what is joined, what is folded, how it ends; and any JSON that comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/member.h"
#include "base/names.h"
#include "explain/story.h"
#include "log/logread.h"

#define ENDS "\"conn\":\"c\",\"orig_addr\":\"192.0.2.1\",\"orig_port\":1,\"resp_addr\":\"192.0.2.2\",\"resp_port\":80,"
#define HERE "\"side\":\"originator\","

static struct tw_story *s;
static struct tw_step *steps;
static unsigned int n;

static int begin(void **state)
{
	s = tw_story_new("c");
	return !s;
}

static int end(void **state)
{
	free(steps);
	steps = NULL;
	tw_story_free(s);
	return 0;
}

/* Another story within a test. */
static void start_over(void)
{
	end(NULL);
	begin(NULL);
}

static void add(const char *ts, const char *word, const char *members)
{
	char line[1024];
	json_t *event;

	snprintf(line, sizeof(line), "{\"ts\":\"2026-11-21T15:00:%sZ\",\"event\":\"%s\"," ENDS HERE "%s}", ts, word, members);
	event = json_loads(line, 0, NULL);
	assert_non_null(event);
	tw_story_add(s, event, tw_logread_time(json_string_value(json_object_get(event, "ts"))));
	json_decref(event);
}

static void add_at(unsigned int second, const char *word, const char *members)
{
	char ts[16];

	snprintf(ts, sizeof(ts), "%02u.0", second);
	add(ts, word, members);
}

static void take_steps(unsigned int max)
{
	free(steps);
	steps = tw_story_steps(s, max, &n);
	assert_non_null(steps);
}

static void expect(unsigned int at, enum tw_arrow arrow, const char *label, const char *text)
{
	take_steps(100);
	assert_true(at < n);
	assert_int_equal(steps[at].arrow, arrow);
	assert_string_equal(steps[at].label, label);
	assert_string_equal(steps[at].text, text);
}

static const struct {
	const char *word, *members;
	enum tw_arrow arrow;
	const char *label, *text;
} rows[] = {
	{ "syn", "\"dir\":\"out\",\"mss\":1460,\"wscale\":7,\"sack_ok\":true,\"ts_ok\":true", TW_ARROW_RIGHT, "SYN",
	  "The originator asks for a connection: MSS 1460, window scaling, SACK, timestamps." },
	{ "syn", "\"dir\":\"out\"", TW_ARROW_RIGHT, "SYN", "The originator asks for a connection: its options were cut off." },
	{ "syn_retransmit", "\"dir\":\"out\",\"attempt\":3,\"interval\":2.0,\"since_first\":3.0", TW_ARROW_RIGHT, "SYN again",
	  "The same SYN, 3rd try, 2.0 s after the one before." },
	{ "syn_ack", "\"dir\":\"in\",\"rtt\":0.025,\"mss\":1380,\"sack_ok\":false", TW_ARROW_LEFT, "SYN-ACK",
	  "The responder accepts after 25 ms: MSS 1380, no window scaling, no SACK." },
	{ "established", "\"dir\":\"out\",\"syn_rtt\":0.025,\"ack_rtt\":0.00005", TW_ARROW_RIGHT, "ACK",
	  "The connection is open. Round trip from here: 25 ms to the responder, 50 µs to the originator." },
	{ "handshake_bad_ack", "\"dir\":\"in\",\"expected\":1001,\"got\":1003", TW_ARROW_LEFT, "ACK (wrong)",
	  "The responder acknowledges 2 bytes more than the originator has sent: 1003 instead of 1001." },
	{ "connect_timeout", "\"dir\":\"out\",\"attempts\":4,\"waited\":19.0", TW_ARROW_NONE, "",
	  "Still no answer: 4 SYNs in 19.0 s." },
	{ "reset", "\"dir\":\"in\",\"cause\":\"refused\",\"silent\":0.01,\"ttl\":64", TW_ARROW_LEFT, "RST",
	  "The responder refuses with a RST." },
	{ "reset", "\"dir\":\"in\",\"cause\":\"aborted\",\"silent\":0.01,\"ttl\":33,\"ttl_min\":64,\"ttl_max\":64,"
	  "\"suspect\":[\"ttl\",\"faster_than_rtt\"]", TW_ARROW_LEFT, "RST",
	  "The responder ends the open connection with a RST. Its TTL is 33, all others of that side had 64. "
	  "It came sooner than that side could have answered." },
	{ "reset", "\"dir\":\"in\",\"cause\":\"idle_reset\",\"silent\":350.2", TW_ARROW_LEFT, "RST",
	  "A RST in the name of the responder ends the idle connection. Before it 350 s of silence." },
	{ "retransmit", "\"dir\":\"out\",\"len\":1448,\"attempt\":2,\"gap\":0.3,\"kind\":\"rto\",\"died\":\"beyond\"", TW_ARROW_RIGHT,
	  "1448 again", "The originator sends 1448 bytes for the 2nd time, 300 ms after the last: nothing new was acknowledged until "
	  "its timer expired. The first copy had left this host." },
	{ "retransmit", "\"dir\":\"in\",\"len\":0,\"attempt\":2,\"kind\":\"unknown\",\"confidence\":\"low\"", TW_ARROW_LEFT, "FIN again",
	  "The responder sends its FIN for the 2nd time: why, cannot be told. (By the clock alone: low confidence.)" },
	{ "frag_needed", "\"dir\":\"in\",\"mtu\":1400,\"from\":\"203.0.113.9\",\"quoted_len\":1500,\"valid\":true", TW_ARROW_TO_LEFT,
	  "ICMP", "203.0.113.9 drops a packet of the originator (1500 bytes) and says so: at most 1400 bytes pass." },
	{ "unreachable", "\"dir\":\"in\",\"code\":\"port\",\"from\":\"203.0.113.9\",\"valid\":false", TW_ARROW_TO_LEFT, "ICMP",
	  "203.0.113.9 rejects a packet of the originator by ICMP: port unreachable. It quotes nothing that was under way: forged, or very "
	  "late." },
	{ "pmtu_black_hole", "\"dir\":\"out\",\"len\":1500,\"largest_acked\":252", TW_ARROW_RIGHT, "1500 bytes",
	  "By now it is clear: packets of 1500 bytes from the originator vanish, those of up to 252 arrive, and no ICMP says why." },
	{ "slow_response", "\"dir\":\"in\",\"waited\":4.3,\"rtt\":0.25", TW_ARROW_LEFT, "answer begins",
	  "The first byte of the answer, 4.3 s after the request; the network needs 250 ms of that." },
	{ "zero_window", "\"dir\":\"in\"", TW_ARROW_LEFT, "window 0",
	  "The responder shuts its window: its buffer is full, its application does not read, or not fast enough." },
	{ "delayed_ack_stall", "\"dir\":\"out\",\"waited\":0.19,\"times\":3", TW_ARROW_RIGHT, "late ACK",
	  "The originator acknowledges a small write only after 190 ms; the responder had held the next one back for it (Nagle). "
	  "So far 3 times." },
	{ "path_down", "\"dir\":\"out\",\"waited\":1.4,\"attempts\":4,\"bytes\":2896", TW_ARROW_NONE, "",
	  "By now it is clear: nothing that the originator sends is acknowledged any more, for 1.4 s already; 2896 bytes wait." },
	{ "path_down", "\"dir\":\"out\",\"waited\":3.0,\"attempts\":3,\"handshake\":true", TW_ARROW_NONE, "",
	  "By now it is clear: nobody answers; 3.0 s have passed since the first SYN." },
	{ "path_up", "\"dir\":\"in\",\"waited\":5.0", TW_ARROW_LEFT, "ACK",
	  "It is over: the responder acknowledges again, after 5.0 s." },
	{ "path_up", "\"dir\":\"in\",\"waited\":7.0,\"handshake\":true", TW_ARROW_NONE, "",
	  "An answer at last: it took 7.0 s from the first SYN." },
	/* of a newer program */
	{ "warp", "\"dir\":\"out\",\"speed\":9", TW_ARROW_RIGHT, "?", "warp: speed 9" },
};

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		add("00.0", rows[i].word, rows[i].members);
		expect(0, rows[i].arrow, rows[i].label, rows[i].text);
		start_over();
	}
}

/* A SYN again after a RST means something else when the RST had the originator's name. */
static void test_after_reset(void **state)
{
	add("00.0", "syn", "\"dir\":\"out\"");
	add("00.1", "reset", "\"dir\":\"out\",\"cause\":\"half_open_reset\"");
	add("03.0", "syn_retransmit", "\"dir\":\"out\",\"attempt\":2,\"interval\":3.0,\"after_reset\":true");
	expect(2, TW_ARROW_RIGHT, "SYN again", "The same SYN, 2nd try, 3.0 s after the one before. It goes on as if it had "
	       "sent no RST.");
	add("09.0", "connection", "\"verdict\":\"reset_forged\""); /* other facts speak for it */
	expect(2, TW_ARROW_RIGHT, "SYN again", "The same SYN, 2nd try, 3.0 s after the one before. It goes on as if it had "
	       "sent no RST: the RST in its name was not its own.");
	start_over();
	add("00.1", "reset", "\"dir\":\"out\",\"cause\":\"bad_ack_reset\"");
	add("03.0", "syn_retransmit", "\"dir\":\"out\",\"attempt\":2,\"interval\":3.0,\"after_reset\":true");
	expect(1, TW_ARROW_RIGHT, "SYN again", "The same SYN, 2nd try, 3.0 s after the one before. It goes on: the RST was for "
	       "the wrong ACK number only.");
	start_over();
	add("00.1", "reset", "\"dir\":\"in\",\"cause\":\"refused\"");
	add("03.0", "syn_retransmit", "\"dir\":\"out\",\"attempt\":2,\"interval\":3.0,\"after_reset\":true");
	expect(1, TW_ARROW_RIGHT, "SYN again", "The same SYN, 2nd try, 3.0 s after the one before. It tries again after the "
	       "RST, as some stacks do.");
}

/* A SYN-ACK after the responder's RST speaks against that RST; RSTs that came late do not change whose it was. */
static void test_syn_ack_after_reset(void **state)
{
	add("00.1", "reset", "\"dir\":\"in\",\"cause\":\"refused\"");
	add("00.2", "reset", "\"dir\":\"out\",\"cause\":\"no_connection\"");
	add("00.3", "syn_ack", "\"dir\":\"in\"");
	expect(2, TW_ARROW_LEFT, "SYN-ACK", "The responder accepts: its options were cut off. It goes on as if it had sent no RST.");
	assert_string_equal(tw_member_text(tw_story_reset(s)->event, "cause"), "refused");
	start_over();
	add("00.1", "reset", "\"dir\":\"in\",\"cause\":\"refused\"");
	add("03.0", "syn_retransmit", "\"dir\":\"out\",\"attempt\":2,\"interval\":3.0,\"after_reset\":true");
	add("03.1", "syn_ack", "\"dir\":\"in\""); /* it was asked again */
	expect(2, TW_ARROW_LEFT, "SYN-ACK", "The responder accepts: its options were cut off.");
}

/* Whether the ACK of it has passed here is told by the event, or by what stands above. */
static void test_syn_ack_again(void **state)
{
	add("00.1", "syn_ack", "\"dir\":\"in\"");
	add("01.1", "syn_ack_retransmit", "\"dir\":\"in\",\"attempt\":2,\"interval\":1.0");
	expect(1, TW_ARROW_LEFT, "SYN-ACK again", "No ACK of it has passed here: the same SYN-ACK, 2nd try, 1.0 s after the one before.");
	start_over();
	add("00.1", "established", "\"dir\":\"out\"");
	add("01.1", "syn_ack_retransmit", "\"dir\":\"in\",\"attempt\":2,\"interval\":1.0");
	expect(1, TW_ARROW_LEFT, "SYN-ACK again", "The same SYN-ACK again, although the ACK of it has passed here: 2nd try, 1.0 s "
	       "after the one before.");
	start_over();
	add("01.1", "syn_ack_retransmit", "\"dir\":\"in\",\"attempt\":2,\"interval\":1.0,\"acked\":true");
	expect(0, TW_ARROW_LEFT, "SYN-ACK again", "The same SYN-ACK again, although the ACK of it has passed here: 2nd try, 1.0 s "
	       "after the one before.");
}

/* Who had closed when the packets end. */
static void test_end_of_packets(void **state)
{
	static const char *const rows[][2] = {
		{ "ShADad", "Here the packets end. Neither side had closed." },
		{ "ShADadF", "Here the packets end. The originator had closed, the responder had not." },
		{ "ShADadf", "Here the packets end. The responder had closed, the originator had not." },
		{ "ShADadfF", "Here the packets end. Both sides had closed." },
	};
	char members[80];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start_over();
		add("00.1", "established", "\"dir\":\"out\"");
		snprintf(members, sizeof(members), "\"end\":\"eof\",\"history\":\"%s\"", rows[i][0]);
		add("09.0", "connection", members);
		expect(1, TW_ARROW_NONE, "", rows[i][1]);
	}
}

static void test_join(void **state)
{
	add("01.0", "pmtu_ignored", "\"dir\":\"out\",\"seq\":7,\"mtu\":1476,\"len\":1500");
	add("01.0", "retransmit", "\"dir\":\"out\",\"seq\":7,\"len\":1460,\"attempt\":2,\"kind\":\"rto\"");
	add("02.0", "retransmit", "\"dir\":\"out\",\"seq\":7,\"len\":1460,\"attempt\":3,\"kind\":\"rto\"");
	take_steps(100);
	assert_int_equal(n, 2);
	assert_string_equal(steps[0].label, "1460 again");
	assert_non_null(strstr(steps[0].text, "was told 1476"));
	assert_non_null(strstr(steps[0].text, "2nd time"));
}

/* What repeats is folded into one step with its count and its pace, alone or in turns. */
static void test_fold(void **state)
{
	for (int i = 0; i < 9; i++)
		add_at(i, "retransmit", "\"dir\":\"out\",\"len\":100,\"attempt\":2,\"kind\":\"rto\"");
	for (int i = 0; i < 5; i++) {
		add_at(10 + 2 * i, "zero_window", "\"dir\":\"in\"");
		add_at(11 + 2 * i, "window_open", "\"dir\":\"in\",\"stalled_for\":1.0");
	}
	take_steps(5);
	assert_int_equal(n, 5);
	assert_string_equal(steps[1].label, "8 x");
	assert_string_equal(steps[1].text, "The same 8 more times, 1.0 s apart.");
	assert_int_equal(steps[1].until_ns - steps[0].ts_ns, 8000000000);
	assert_string_equal(steps[4].text, "These 2 steps 4 more times, 2.0 s apart.");
	assert_int_equal(steps[4].arrow, TW_ARROW_NONE);
	take_steps(19); /* room for all: only the long run */
	assert_int_equal(n, 12);
}

/* A long stretch of loss of all kinds is summed up; a short one is told. */
static void test_losses(void **state)
{
	static const char *const kinds[] = { "rto", "fast", "fast", "tlp", "rto", "unknown", "fast" };
	char members[64];

	for (unsigned int i = 0; i < 28; i++) {
		snprintf(members, sizeof(members), "\"dir\":\"in\",\"len\":100,\"attempt\":2,\"kind\":\"%s\"", kinds[i % 7]);
		add_at(i, i == 9 ? "out_of_order" : "retransmit", i == 9 ? "\"dir\":\"in\"" : members);
	}
	add("40.0", "reset", "\"dir\":\"in\",\"cause\":\"gave_up\"");
	take_steps(16);
	assert_int_equal(n, 3);
	assert_string_equal(steps[1].label, "27 more");
	assert_string_equal(steps[1].text, "So it goes on for 27.0 s: 4 sent again as a probe, 11 sent again for duplicate ACKs or "
			    "SACK, 7 sent again when the timer expired, 4 sent again for reasons that cannot be told, 1 late segment.");
	take_steps(100); /* there is room */
	assert_int_equal(n, 29);
}

static void test_end(void **state)
{
	add("00.0", "syn", "\"dir\":\"out\"");
	add("09.0", "connection", "\"start\":\"2026-11-21T14:59:59.0Z\",\"duration\":3.5,\"end\":\"fin\"");
	assert_int_equal(tw_story_start(s), tw_logread_time("2026-11-21T14:59:59Z"));
	expect(1, TW_ARROW_NONE, "", "Both sides have closed.");
	start_over();
	add("09.0", "connection", "\"end\":\"reset\""); /* the RST was its own step */
	take_steps(5);
	assert_int_equal(n, 0);
}

/* A retransmission that waited for the kernel's word stands behind what came after it. */
static void test_order(void **state)
{
	add("01.900000000", "zero_window", "\"dir\":\"in\"");
	add("01.800000000", "connect_timeout", "\"dir\":\"out\",\"attempts\":4,\"waited\":19.0");
	add("01.850000000", "syn_ack", "\"dir\":\"in\",\"rtt\":0.025,\"mss\":1380,\"sack_ok\":false");
	assert_int_equal(s->first[0].type, TW_EV_CONNECT_TIMEOUT);
	assert_int_equal(s->first[1].type, TW_EV_SYN_ACK);
	assert_int_equal(s->first[2].type, TW_EV_ZERO_WINDOW);
}

/* Millions of events keep their beginning and their end, in order. */
static void test_bounded(void **state)
{
	unsigned int more = 777;

	for (unsigned int i = 0; i < TW_STORY_FIRST + TW_STORY_LAST + more; i++) {
		json_t *event = json_pack("{s:s,s:s,s:s,s:i,s:i}", "event", "retransmit", "dir", "out", "side", "originator",
					  "len", 100, "attempt", (int)i + 2);

		json_object_set_new(event, "kind", json_string(i % 2 ? "rto" : i % 3 ? "fast" : i % 5 ? "tlp" : "unknown"));
		tw_story_add(s, event, 1000 + i);
		json_decref(event);
	}
	take_steps(5000);
	assert_int_equal(n, TW_STORY_FIRST + TW_STORY_LAST + 1);
	assert_non_null(strstr(steps[TW_STORY_FIRST].text, "777 events"));
	for (unsigned int i = 1; i < n; i++)
		assert_true(steps[i].ts_ns >= steps[i - 1].ts_ns);
	assert_int_equal(steps[n - 1].ts_ns, 1000 + TW_STORY_FIRST + TW_STORY_LAST + more - 1);
}

/* Every event with no member at all, and with members of wrong types: no crash, some text. */
static void test_bare(void **state)
{
	static const char *const forms[] = {
		"{\"event\":\"%s\"}",
		"{\"event\":\"%s\",\"conn\":5,\"dir\":7,\"side\":[],\"attempt\":\"x\",\"gap\":{},\"kind\":3,\"suspect\":\"ttl\",\"mtu\":-1,"
		"\"cause\":null,\"options_dropped\":[5,null],\"waited\":\"long\",\"from\":9,\"start\":\"never\",\"verdicts\":{}}",
	};

	for (unsigned int type = 1; type < _TW_EV_MAX; type++)
		for (unsigned int form = 0; form < 2; form++) {
			char line[512];
			json_t *event;

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(line, sizeof(line), forms[form], tw_event_word(type));
			event = json_loads(line, 0, NULL);
			assert_non_null(event);
			tw_story_add(s, event, 0);
			take_steps(5);
			if (type != TW_EV_CONNECTION)
				assert_true(n == 1 && steps[0].text[0]);
			json_decref(event);
			start_over();
		}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows), TEST(test_after_reset), TEST(test_syn_ack_after_reset), TEST(test_syn_ack_again), TEST(test_end_of_packets),
		TEST(test_join), TEST(test_fold),
		TEST(test_losses), TEST(test_end), TEST(test_order), TEST(test_bounded), TEST(test_bare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
