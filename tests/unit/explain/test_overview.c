// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts, groups, silences and the time between two pings. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain/idlecut.h"
#include "explain/overview.h"
#include "log/logread.h"

static void add(struct tw_overview *o, const char *line)
{
	json_t *event = json_loads(line, 0, NULL);

	assert_non_null(event);
	assert_int_equal(tw_overview_add(o, event, tw_logread_time(json_string_value(json_object_get(event, "ts")))), 0);
	json_decref(event);
}

/* "…:SECONDS", of one day. */
#define TS(s) "\"ts\":\"2026-11-21T10:00:" #s "Z\""

static void add_event(struct tw_overview *o, const char *conn, const char *ts, const char *members)
{
	char line[1024];

	snprintf(line, sizeof(line), "{\"ts\":\"2026-11-21T%sZ\",\"conn\":\"%s\",\"orig_addr\":\"192.0.2.1\",\"orig_port\":1,"
		 "\"resp_addr\":\"198.51.100.2\",\"resp_port\":443,\"side\":\"originator\",%s}", ts, conn, members);
	add(o, line);
}

static void add_final(struct tw_overview *o, const char *conn, const char *start, double duration, const char *verdict,
		      const char *more)
{
	char members[512];

	snprintf(members, sizeof(members), "\"event\":\"connection\",\"start\":\"2026-11-21T%sZ\",\"duration\":%f,"
		 "\"verdict\":\"%s\",\"verdicts\":[\"%s\"]%s", start, duration, verdict, verdict, more);
	add_event(o, conn, "12:00:00", members);
}

static char *idle(struct tw_overview *o)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	tw_idlecut_tell(tw_overview_idlecuts(o), to, 2000, 5);
	fclose(to);
	return text;
}

static void test_groups(void **state)
{
	struct tw_markers between = { .asked = false };
	struct tw_overview *o = tw_overview_new(&between);
	const struct tw_group *groups[10];

	add_final(o, "a", "10:00:00", 1, "refused", "");
	add_final(o, "b", "10:00:01", 1, "ok", "");
	add_final(o, "c", "10:00:02", 1, "no_answer", ",\"time_handshake\":3.0");
	add_final(o, "d", "10:00:03", 1, "no_answer", ",\"time_handshake\":9.0");
	add_final(o, "e", "10:00:04", 1, "lossy_path", "");
	add_final(o, "f", "10:00:05", 1, "verdict of tomorrow", "");
	add_event(o, "g", "10:00:06", "\"event\":\"syn\""); /* its record has not come yet */
	tw_overview_finish(o);
	assert_int_equal(tw_overview_connections(o), 7);
	assert_string_equal(tw_overview_first(o, 2), "c");
	assert_int_equal(tw_overview_worst(o, groups, 10), 3); /* nothing to tell of what is ok or unknown */
	assert_int_equal(groups[0]->verdict, TW_VERDICT_NO_ANSWER);
	assert_int_equal(groups[0]->count, 2);
	assert_string_equal(groups[0]->conn, "d"); /* it lost most */
	assert_int_equal(groups[1]->verdict, TW_VERDICT_REFUSED);
	assert_int_equal(groups[2]->verdict, TW_VERDICT_LOSSY_PATH);
	assert_int_equal(tw_overview_worst(o, groups, 1), 1);
	tw_overview_free(o);
}

/* Records of failed attempts come a minute later: until then their events tell. */
static void test_failed_a_moment_ago(void **state)
{
	struct tw_markers between = { .asked = false };
	struct tw_overview *o = tw_overview_new(&between);
	const struct tw_group *groups[10];
	static const char *const conns[] = { "refused", "silent", "icmp", "trying", "open", "late", "closed" };
	char *page = NULL;
	size_t size;
	FILE *to;

	for (unsigned int i = 0; i < 7; i++)
		add_event(o, conns[i], "10:00:00", "\"event\":\"syn\"");
	add_event(o, "refused", "10:00:01", "\"event\":\"reset\",\"cause\":\"refused\"");
	add_event(o, "silent", "10:00:09", "\"event\":\"connect_timeout\",\"attempts\":3");
	add_event(o, "icmp", "10:00:01", "\"event\":\"unreachable\",\"code\":\"host\",\"valid\":true");
	add_event(o, "icmp", "10:00:09", "\"event\":\"connect_timeout\",\"attempts\":3");
	add_event(o, "trying", "10:00:01", "\"event\":\"syn_retransmit\",\"attempt\":2,\"since_first\":1.0");
	add_event(o, "trying", "10:00:03", "\"event\":\"syn_retransmit\",\"attempt\":3,\"since_first\":3.0");
	add_event(o, "open", "10:00:01", "\"event\":\"established\"");
	add_event(o, "open", "10:00:02", "\"event\":\"unreachable\",\"code\":\"host\",\"valid\":true");
	add_event(o, "late", "10:00:03", "\"event\":\"syn_retransmit\",\"attempt\":3,\"since_first\":3.0");
	add_event(o, "late", "10:00:03.2", "\"event\":\"syn_ack\"");
	add_event(o, "closed", "10:00:01", "\"event\":\"reset\",\"cause\":\"refused\"");
	add_final(o, "closed", "10:00:00", 1, "refused", "");
	tw_overview_finish(o);
	assert_int_equal(tw_overview_connections(o), 7);
	assert_int_equal(tw_overview_worst(o, groups, 10), 3);
	assert_int_equal(groups[0]->verdict, TW_VERDICT_NO_ANSWER);
	assert_int_equal(groups[0]->count, 2);
	assert_int_equal(groups[1]->verdict, TW_VERDICT_REJECTED_BY_ICMP);
	assert_int_equal(groups[1]->count, 1);
	assert_int_equal(groups[2]->verdict, TW_VERDICT_REFUSED);
	assert_int_equal(groups[2]->count, 2);
	assert_string_equal(json_string_value(json_object_get(groups[1]->final, "start")), "2026-11-21T10:00:00Z");
	to = open_memstream(&page, &size);
	tw_overview_tell_head(o, to, 2000);
	fclose(to);
	assert_non_null(strstr(page, " 4 failed attempts have no final record yet (it comes a minute later) and are told by their "
			       "last event. 2 have no final record yet: open, or the log ends before."));
	free(page);
	tw_overview_free(o);
}

/* A scan: hundreds of ports of one address are one group, and two ports of another are two. */
static void test_ports(void **state)
{
	struct tw_markers between = { .asked = false };
	struct tw_overview *o = tw_overview_new(&between);
	const struct tw_group *groups[10];

	for (int i = 0; i < 302; i++) {
		json_t *final = json_pack("{s:s,s:s,s:s,s:s,s:i,s:s,s:f,s:s}", "event", "connection", "conn", "c",
					  "orig_addr", "192.0.2.1", "resp_addr", i < 300 ? "198.51.100.2" : "198.51.100.3",
					  "resp_port", i, "verdict", "no_answer", "time_handshake", i == 77 ? 9.0 : 1.0, "why", "");
		char conn[16];

		snprintf(conn, sizeof(conn), "c%d", i);
		json_object_set_new(final, "conn", json_string(conn));
		assert_int_equal(tw_overview_add(o, final, 1000 + i), 0);
		json_decref(final);
	}
	assert_int_equal(tw_overview_worst(o, groups, 10), 3);
	assert_string_equal(groups[0]->service, "198.51.100.2");
	assert_int_equal(groups[0]->ports, 300);
	assert_int_equal(groups[0]->count, 300);
	assert_string_equal(groups[0]->conn, "c77");
	assert_string_equal(groups[1]->service, "198.51.100.3:300");
	assert_int_equal(groups[1]->ports, 1);
	assert_int_equal(tw_overview_worst(o, groups, 10), 3); /* again the same */
	tw_overview_free(o);
}

/* Silences that were survived; a RST that answers what came after one; data that is lost after one. */
static void test_silences(void **state)
{
	struct tw_markers between = { .asked = false };
	struct tw_overview *o = tw_overview_new(&between);
	char *text;

	add_event(o, "a", "10:01:00", "\"event\":\"slow_request\",\"waited\":60.0,\"seq\":7");
	add_event(o, "a", "10:03:00", "\"event\":\"slow_request\",\"waited\":120.0,\"seq\":9"); /* 60 s was survived */
	add_event(o, "a", "10:03:00.1", "\"event\":\"reset\",\"cause\":\"idle_reset\",\"silent\":0.1");
	add_final(o, "a", "10:00:00", 180.1, "idle_timeout", "");
	add_event(o, "b", "10:02:10", "\"event\":\"slow_request\",\"waited\":130.0,\"seq\":7");
	for (int i = 0; i < 3; i++)
		add_event(o, "b", "10:02:20", "\"event\":\"retransmit\",\"kind\":\"rto\",\"seq\":7");
	add_final(o, "b", "10:00:00", 180.1, "gave_up_retransmitting", "");
	add_event(o, "c", "10:01:00", "\"event\":\"slow_response\",\"waited\":100.0");
	add_final(o, "c", "10:00:00", 100, "responder_slow", "");
	add_event(o, "d", "10:30:00", "\"event\":\"slow_request\",\"waited\":1800.0,\"seq\":7"); /* by keep-alives */
	add_final(o, "d", "10:00:00", 1900, "originator_idle", ",\"orig_keep_alives\":5,\"end\":\"fin\"");
	add_event(o, "e", "10:30:00", "\"event\":\"slow_request\",\"waited\":1800.0,\"seq\":7"); /* its fate is not known */
	add_final(o, "e", "10:00:00", 1800.0, "originator_idle", ",\"end\":\"eof\"");
	add_event(o, "f", "10:05:00", "\"event\":\"reset\",\"dir\":\"out\",\"cause\":\"idle_reset\",\"silent\":61.0"); /* by itself */
	add_final(o, "f", "10:00:00", 300.0, "idle_timeout", ",\"end\":\"reset\"");
	text = idle(o);
	assert_string_equal(text, "  198.51.100.2:443: 2 connections silent for 120 s or longer were dead when next used or cut then "
			    "(1 met a RST, 1 no answer at all). 2 lived on after silences of up to 100 s: the timer lies between "
			    "100 s and 120 s. Keep-alive to set: 50 s or less. (Too few to be sure.)\n");
	free(text);
	tw_overview_free(o);
}

static void test_between_rules(void **state)
{
	struct tw_markers b = { .asked = false };
	struct tw_reason reason = { .text = "" };

	assert_true(tw_markers_has(&b, 1, 2)); /* nobody asked */
	assert_int_equal(tw_markers_parse(&b, "22", &reason), -EINVAL);
	assert_int_equal(tw_markers_parse(&b, "22,", &reason), -EINVAL);
	assert_int_equal(tw_markers_parse(&b, "22,33,44", &reason), -EINVAL);
	assert_int_equal(tw_markers_parse(&b, "22,99999", &reason), -EINVAL);
	assert_int_equal(tw_markers_parse(&b, "-1,5", &reason), -EINVAL);
	assert_int_equal(tw_markers_parse(&b, "22,33", &reason), 0);
	assert_int_equal(tw_markers_check(&b, &reason), -ENOENT);
	assert_non_null(strstr(reason.text, "no pings at all"));
}

static void test_between(void **state)
{
	struct tw_markers b = { .asked = false };
	struct tw_reason reason = { .text = "" };
	struct tw_overview *o = tw_overview_new(&b);

	assert_int_equal(tw_markers_parse(&b, "22,33", &reason), 0);
	add(o, "{\"event\":\"marker\",\"size\":33," TS(05) "}"); /* too early to end anything */
	add(o, "{\"event\":\"marker\",\"size\":22," TS(10) "}");
	add(o, "{\"event\":\"marker\",\"size\":22,\"reply\":true," TS(11) "}");
	add(o, "{\"event\":\"marker\",\"size\":33," TS(20) "}");
	add(o, "{\"event\":\"marker\",\"size\":33,\"reply\":true," TS(21) "}");
	add_final(o, "before", "10:00:00", 9, "refused", "");
	add_final(o, "into", "10:00:00", 11, "refused", "");
	add_final(o, "within", "10:00:12", 1, "refused", "");
	add_final(o, "out", "10:00:19", 100, "refused", "");
	add_final(o, "after", "10:00:21", 1, "refused", "");
	tw_overview_finish(o);
	assert_int_equal(tw_markers_check(&b, &reason), 0);
	assert_int_equal(tw_overview_connections(o), 3);
	assert_string_equal(tw_overview_first(o, 0), "into");
	assert_string_equal(tw_overview_first(o, 1), "within");
	assert_string_equal(tw_overview_first(o, 2), "out");
	tw_overview_free(o);
}

/* More open connections than are followed: no growth, and no crash. */
static void test_bounded(void **state)
{
	struct tw_markers between = { .asked = false };
	struct tw_overview *o = tw_overview_new(&between);
	json_t *event = json_loads("{\"event\":\"syn\",\"conn\":\"\"}", 0, NULL);

	for (int i = 0; i < TW_OVERVIEW_OPEN + 1000; i++) {
		char conn[16];

		snprintf(conn, sizeof(conn), "c%d", i);
		json_object_set_new(event, "conn", json_string(conn));
		assert_int_equal(tw_overview_add(o, event, i + 1), 0);
	}
	json_decref(event);
	tw_overview_finish(o);
	assert_int_equal(tw_overview_connections(o), TW_OVERVIEW_OPEN);
	tw_overview_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_failed_a_moment_ago),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_silences),
		cmocka_unit_test(test_between_rules),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
