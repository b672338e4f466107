// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Readable lines: what an event of the log becomes, from the log's own writer where it has one. */
#include <jansson.h>
#include <stdio.h>

#include "base/names.h"
#include "line/logline.h"
#include "made.h"
#include "readable/line.h"

static char line[TW_LINE_MAX];

#define HEAD "{\"ts\":\"2025-11-21T14:49:03.123456789Z\",\"event\":"
#define TUPLE ",\"conn\":\"4hk\",\"orig_addr\":\"192.0.2.1\",\"orig_port\":43210,\"resp_addr\":\"198.51.100.7\",\"resp_port\":443"
#define OUT TUPLE ",\"iface\":\"eth0\",\"dir\":\"out\",\"side\":\"originator\""
#define IN TUPLE ",\"iface\":\"eth0\",\"dir\":\"in\",\"side\":\"originator\""
#define SENT "192.0.2.1:43210 → 198.51.100.7:443         "
#define GOT "192.0.2.1:43210 ← 198.51.100.7:443         "

static const struct {
	const char *json, *line;
} rows[] = {
	{ HEAD "\"syn\"" OUT ",\"mss\":1460,\"wscale\":7,\"sack_ok\":true,\"ts_ok\":false,\"len\":0}",
	  "14:49:03.123 syn                 " SENT "SYN, mss 1460, wscale 7, sack" },
	{ HEAD "\"syn_retransmit\"" OUT ",\"attempt\":3,\"since_first\":3.000000000}",
	  "14:49:03.123 syn_retransmit      " SENT "SYN again, 3rd try, 3.0 s after the first" },
	{ HEAD "\"reset\"" IN ",\"cause\":\"refused\",\"stage\":\"post_syn\",\"silent\":0.000300000}",
	  "14:49:03.123 reset               " GOT "RST from responder: refused after 0.3 ms" },
	{ HEAD "\"reset\"" IN ",\"ttl\":254,\"ttl_min\":64,\"ttl_max\":64,\"cause\":\"aborted\",\"stage\":\"later\","
	  "\"suspect\":[\"ttl\",\"ip_id\"],\"forged\":\"medium\"}",
	  "14:49:03.123 reset               " GOT "RST from responder: aborted, ttl 254 not 64; forged? medium: ttl, ip_id" },
	{ HEAD "\"reset\"" OUT ",\"cause\":\"refused\",\"stage\":\"post_syn\",\"silent\":0.000300000,\"no_socket\":true}",
	  "14:49:03.123 reset               " SENT "RST from originator: refused after 0.3 ms; not sent by this host's TCP: a firewall, a proxy or "
	  "a forwarder" },
	{ HEAD "\"reset\"" OUT ",\"cause\":\"aborted\",\"stage\":\"later\",\"silent\":0.1,\"reason\":\"TCP_ABORT_ON_LINGER\"}",
	  "14:49:03.123 reset               " SENT "RST from originator: aborted; the kernel's reason: TCP_ABORT_ON_LINGER" },
	{ HEAD "\"retransmit\"" OUT ",\"kind\":\"fast\",\"attempt\":2,\"bytes\":1448,\"len\":1448,\"died\":\"here\",\"reason\":\"QDISC_DROP\"}",
	  "14:49:03.123 retransmit          " SENT "1448 bytes again, 2nd time: duplicate ACKs or SACK asked for it; this host dropped the first copy: QDISC_DROP" },
	{ HEAD "\"retransmit\"" OUT ",\"kind\":\"rto\",\"attempt\":2,\"bytes\":1448,\"len\":1448,\"died\":\"beyond\"}",
	  "14:49:03.123 retransmit          " SENT "1448 bytes again, 2nd time: timer expired; the first copy left this host" },
	{ HEAD "\"retransmit\"" OUT ",\"kind\":\"rto\",\"attempt\":2,\"bytes\":1448,\"len\":1448,\"died\":\"nowhere\"}",
	  "14:49:03.123 retransmit          " SENT "1448 bytes again, 2nd time: timer expired; the first copy had arrived" },
	{ HEAD "\"retransmit\"" OUT ",\"kind\":\"rto\",\"attempt\":2,\"gap\":0.213,\"bytes\":1448,\"len\":1448,"
	  "\"confidence\":\"high\",\"suppressed\":12}",
	  "14:49:03.123 retransmit          " SENT "1448 bytes again, 2nd time, 213 ms after the last: timer expired, and 12 more of these" },
	{ HEAD "\"connect_timeout\"" OUT ",\"attempts\":4,\"waited\":19.000000000}",
	  "14:49:03.123 connect_timeout     " SENT "no answer to 4 SYNs in 19.0 s" },
	{ HEAD "\"connect_timeout\"" OUT ",\"attempts\":1,\"waited\":60.000000000}",
	  "14:49:03.123 connect_timeout     " SENT "no answer to 1 SYN in 60.0 s" },
	{ HEAD "\"zero_window\"" IN "}", "14:49:03.123 zero_window         " GOT
	  "the responder reads too slowly: its window is shut" },
	{ HEAD "\"frag_needed\"" IN ",\"mtu\":1400,\"from\":\"203.0.113.9\",\"quoted_len\":1500,\"matched\":true,\"valid\":false}",
	  "14:49:03.123 frag_needed         " SENT
	  "203.0.113.9 takes no more than 1400 bytes, the packet has 1500, not valid: forged or very late" },
	{ HEAD "\"alert\",\"rule\":\"syn_flood\",\"state\":\"raised\",\"value\":912,\"threshold\":500,\"window\":1,"
	  "\"key\":\"192.0.2.7:443\"}",
	  "14:49:03.123 alert               192.0.2.7:443                              "
	  "syn_flood raised: 912 in 1.0 s, the limit is 500" },
	{ HEAD "\"events_lost\",\"count\":9,\"where\":\"writer\"}",
	  "14:49:03.123 events_lost                                                    "
	  "9 events lost: the log could not be written" },
	{ HEAD "\"path_down\"" OUT ",\"since\":\"2025-01-02T14:49:01.723000006Z\",\"waited\":1.4,\"attempts\":4,\"bytes\":2896,"
	  "\"pid\":7,\"comm\":\"curl\"}", "14:49:03.123 path_down           " SENT
	  "nothing that the originator sends is acknowledged, for 1.4 s, since 14:49:01.723; 2896 bytes wait, sent 4 times, "
	  "of curl (7)" },
	{ HEAD "\"path_down\"" OUT ",\"since\":\"2025-01-02T14:49:00.123000006Z\",\"waited\":3.0,\"attempts\":3,"
	  "\"handshake\":true}", "14:49:03.123 path_down           " SENT
	  "nobody answers: 3 SYNs in 3.0 s, since 14:49:00.123" },
	{ HEAD "\"path_up\"" OUT ",\"waited\":5.5}", "14:49:03.123 path_up             " SENT
	  "acknowledged again, after 5.5 s" },
	{ HEAD "\"path_up\"" OUT ",\"waited\":7.0,\"handshake\":true}", "14:49:03.123 path_up             " SENT
	  "an answer at last, after 7.0 s" },
	/* an event of a later version, with fields that nobody knows */
	{ HEAD "\"warp\"" OUT ",\"speed\":9,\"who\":\"x\"}", "14:49:03.123 warp                " SENT "speed 9, who x" },
	/* nothing but the name */
	{ "{\"event\":\"syn\"}", "             syn                                                            SYN" },
};

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = tw_line_from_json(line, sizeof(line), rows[i].json, strlen(rows[i].json), false);

		assert_string_equal(line, rows[i].line);
		assert_int_equal(len, strlen(line));
	}
}

static void test_no_events(void **state)
{
	static const char *const odd[] = { "", "x", "[]", "{}", "{\"event\":5}", "{\"event\":\"\"}", "null", "{\"event\":\"syn\"" };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_int_equal(tw_line_from_json(line, sizeof(line), odd[i], strlen(odd[i]), false), 0);
}

/* Which way the packet went, from what the log says. */
static const struct {
	const char *members, *arrow;
} arrows[] = {
	{ "\"dir\":\"fwd\"", "→" }, { "\"dir\":\"rev\"", "←" },
	{ "\"dir\":\"out\",\"side\":\"originator\"", "→" }, { "\"dir\":\"in\",\"side\":\"originator\"", "←" },
	{ "\"dir\":\"out\",\"side\":\"responder\"", "←" }, { "\"dir\":\"in\",\"side\":\"responder\"", "→" },
	{ "\"dir\":\"rev\",\"side\":\"router\"", "←" },
};

static void test_arrows(void **state)
{
	char json[512];

	for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++) {
		snprintf(json, sizeof(json), HEAD "\"window_open\"" TUPLE ",%s}", arrows[i].members);
		assert_int_not_equal(tw_line_from_json(line, sizeof(line), json, strlen(json), false), 0);
		if (!strstr(line, arrows[i].arrow))
			fail_msg("%s should be in %s", arrows[i].arrow, line);
	}
}

static void test_colour(void **state)
{
	static const char json[] = HEAD "\"reset\"" IN ",\"cause\":\"aborted\"}";

	tw_line_from_json(line, sizeof(line), json, sizeof(json) - 1, false);
	assert_null(strchr(line, '\033'));
	tw_line_from_json(line, sizeof(line), json, sizeof(json) - 1, true);
	assert_non_null(strstr(line, "\033[1;31mreset"));
	assert_true(tw_line_colour(-1, "always"));
	assert_false(tw_line_colour(-1, "never"));
	assert_false(tw_line_colour(-1, "auto"));
}

/* A log may hold anything; a terminal must not be upset by it. */
static void test_untrusted_text(void **state)
{
	static const char json[] = "{\"ts\":\"\\u001b[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\",\"event\":\"a\\u001b[31m\",\"x\":\"\\u0007\\u009b\\n\","
				   "\"orig_addr\":\"\\u001b]0;\",\"y\\u001b\":[\"\\u001b\"]}";

	assert_int_not_equal(tw_line_from_json(line, sizeof(line), json, sizeof(json) - 1, false), 0);
	for (const char *p = line; *p; p++) {
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
		assert_false((unsigned char)p[0] == 0xc2 && (unsigned char)p[1] < 0xa0);
	}
}

/* Everything that the log's writer makes has words of its own, within any size of buffer. */
static void test_each_event_of_the_writer(void **state)
{
	char json[TW_LOG_LINE_MAX];
	struct tw_conn_name name = { .id = 1, .family = 4, .orig_port = 1, .resp_port = 2 };
	struct tw_flow flow = { .id = 1 };

	for (unsigned int type = 1; type < _TW_EV_MAX; type++) {
		struct tw_event e = made_event(type, 1, 1);
		struct tw_record r = { .type = type, .ts_ns = WALL, .event = &e, .conn = &name, .dir = TW_DIR_FWD };
		size_t len, whole;

		if (type == TW_EV_CONNECTION)
			r.final = (struct tw_rec_final){ .flow = &flow, .state = "S1", .end = TW_END_EOF };
		if (!tw_event_is_public(type) || type == TW_EV_KERNEL_DROP)
			continue;
		len = tw_log_format(json, sizeof(json), &r);
		whole = tw_line_from_json(line, sizeof(line), json, len, false);
		assert_true(whole > 60);
		for (size_t size = 2; size < whole; size++) {
			char *exact = malloc(size);
			size_t n = tw_line_from_json(exact, size, json, len, true);

			assert_true(n < size);
			assert_int_equal(exact[n], '\0');
			free(exact);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_events),
		cmocka_unit_test(test_arrows),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_untrusted_text),
		cmocka_unit_test(test_each_event_of_the_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
