// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Each kind of record as JSON: the fields and words that README names, read back by a parser. */
#include <jansson.h>

#include "log.h"
#include "made.h"
#include "names.h"

static char text[TW_LOG_LINE_MAX];
static json_t *json;

static void format(const struct tw_record *r)
{
	size_t len = tw_log_format(text, sizeof(text), r);
	json_error_t error;

	json_decref(json);
	assert_int_not_equal(len, 0);
	assert_int_equal(strlen(text), len);
	json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fail_msg("%s: %s", error.text, text);
}

static struct tw_conn_name name;

static void format_event(struct tw_event e)
{
	struct tw_record r = {
		.type = e.type, .ts_ns = WALL + 1, .event = &e, .conn = &name, .iface = "eth0", .dir = TW_DIR_OUT,
		.side = TW_SIDE_ORIGINATOR,
	};

	name = (struct tw_conn_name){
		.id = 0x1234, .orig_addr = e.orig_addr, .resp_addr = e.resp_addr, .orig_port = e.orig_port,
		.resp_port = e.resp_port, .family = e.family, .community_id = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
	};
	format(&r);
}

static void has_text(const char *key, const char *want)
{
	const char *got = json_string_value(json_object_get(json, key));

	if (!got || strcmp(got, want))
		fail_msg("%s should be \"%s\": %s", key, want, text);
}

static void has_number(const char *key, long long want)
{
	const json_t *got = json_object_get(json, key);

	if (!json_is_integer(got) || json_integer_value(got) != want)
		fail_msg("%s should be %lld: %s", key, want, text);
}

static void has_bool(const char *key, bool want)
{
	const json_t *got = json_object_get(json, key);

	if (!json_is_boolean(got) || json_is_true(got) != want)
		fail_msg("%s should be %d: %s", key, want, text);
}

/* As text: seconds with nine decimals. */
static void has_seconds(const char *key, const char *want)
{
	char part[128];

	snprintf(part, sizeof(part), "\"%s\":%s", key, want);
	if (!strstr(text, part))
		fail_msg("%s is missing: %s", part, text);
}

static void has_not(const char *key)
{
	if (json_object_get(json, key))
		fail_msg("%s should not be there: %s", key, text);
}

static void has_list(const char *key, const char *want)
{
	char part[128];

	snprintf(part, sizeof(part), "\"%s\":%s", key, want);
	if (!strstr(text, part))
		fail_msg("%s is missing: %s", part, text);
}

static void test_every_event_has(void **state)
{
	format_event(made_syn(0x1234, 1));
	has_text("ts", "2023-11-14T22:13:20.000000001Z");
	has_text("event", "syn");
	has_text("conn", "4hk");
	has_text("community_id", "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	has_text("iface", "eth0");
	has_text("dir", "out");
	has_text("side", "originator");
	has_text("orig_addr", "192.0.2.1");
	has_number("orig_port", 40000);
	has_text("resp_addr", "198.51.100.7");
	has_number("resp_port", 443);
	has_not("suppressed");
	assert_memory_equal(text, "{\"ts\":", 6);
}

static void test_syn(void **state)
{
	struct tw_event e = made_syn(1, 1);

	e.syn.options |= TW_OPT_TS;
	e.syn.tsval = 4000000000;
	e.syn.dscp = 46;
	format_event(e);
	has_number("tsval", 4000000000);
	has_number("dscp", 46);
	has_number("isn", 1000);
	has_number("seq", 1000);
	has_not("ack");
	has_number("mss", 1460);
	has_number("wscale", 7);
	has_bool("sack_ok", true);
	has_bool("ts_ok", true);
	has_bool("ecn", false);
	has_bool("tfo", false);
	has_number("win", 64240);
	has_number("len", 0);
	has_number("ttl", 64);
	has_number("ip_id", 7);
	e.syn.options = TW_OPT_MSS | TW_OPT_UNKNOWN; /* cut off: unknown, not absent */
	e.suppressed = 3;
	e.flags &= ~TW_EF_IP_ID;
	format_event(e);
	has_not("tsval");
	has_number("mss", 1460);
	has_not("wscale");
	has_not("sack_ok");
	has_not("ts_ok");
	has_not("ip_id");
	has_number("suppressed", 3);
}

static void test_syn_retransmit(void **state)
{
	struct tw_event e = made_syn_again(1, 1, 3, 3 * S, 2 * S + 5);

	format_event(e);
	has_text("event", "syn_retransmit");
	has_number("attempt", 3);
	has_seconds("since_first", "3.000000000");
	has_seconds("interval", "2.000000005");
	has_not("answered");
	has_not("after_reset");
	has_not("options_dropped");
	e.syn.answered = e.syn.after_reset = 1;
	e.syn.options_dropped = TW_OPT_WSCALE | TW_OPT_SACK;
	format_event(e);
	has_bool("answered", true);
	has_bool("after_reset", true);
	has_list("options_dropped", "[\"wscale\",\"sack_ok\"]");
}

static void test_syn_ack(void **state)
{
	struct tw_event e = made_syn_ack(1, 1);

	e.ack = 1001;
	format_event(e);
	has_text("event", "syn_ack");
	has_number("ack", 1001);
	has_seconds("rtt", "0.000300000");
	has_not("stray");
	e.syn.rtt_ns = 0;
	e.syn.stray = 1;
	format_event(e);
	has_not("rtt");
	has_bool("stray", true);
	format_event(made_syn_ack_again(1, 1, 2, 1 * S, 1 * S));
	has_text("event", "syn_ack_retransmit");
	has_number("attempt", 2);
	has_seconds("since_first", "1.000000000");
}

static void test_established(void **state)
{
	struct tw_event e = made_event(TW_EV_ESTABLISHED, 1, 1);

	e.established = (struct tw_ev_established){ .syn_rtt_ns = 12 * MS, .ack_rtt_ns = 100000, .mss = 1448,
						    .options = TW_OPT_SACK | TW_OPT_TS };
	format_event(e);
	has_seconds("syn_rtt", "0.012000000");
	has_seconds("ack_rtt", "0.000100000");
	has_number("mss", 1448);
	has_bool("wscale_ok", false);
	has_bool("sack_ok", true);
	has_bool("ts_ok", true);
}

static void test_other_handshake(void **state)
{
	struct tw_event e = made_event(TW_EV_HANDSHAKE_BAD_ACK, 1, 1);

	e.ack_ = (struct tw_ev_ack){ .expected = 5, .got = 9 };
	format_event(e);
	has_number("expected", 5);
	has_number("got", 9);
	has_not("challenge");
	e.ack_.challenge = 1;
	format_event(e);
	has_bool("challenge", true);
	e = made_event(TW_EV_SYN_ACK_PAYLOAD, 1, 1);
	e.ack_.len = 120;
	format_event(e);
	has_number("len", 120);
	e = made_event(TW_EV_SYN_NONZERO_ACK, 1, 1);
	e.tcp_flags = TW_SYN;
	e.ack = 77;
	format_event(e);
	has_number("ack", 77);
	format_event(made_event(TW_EV_LAND, 1, 1));
	has_text("event", "land");
	format_event(made_event(TW_EV_SIMULTANEOUS_OPEN, 1, 1));
	has_text("event", "simultaneous_open");
}

static void test_timeout(void **state)
{
	struct tw_record r = { .type = TW_EV_CONNECT_TIMEOUT, .ts_ns = WALL, .conn = &name,
			       .timeout = { .attempts = 4, .waited_ns = 19 * S } };

	format(&r);
	has_number("attempts", 4);
	has_seconds("waited", "19.000000000");
	has_not("dir");
	has_not("iface");
}

static void test_reset(void **state)
{
	struct tw_event e = made_end(TW_EV_RESET, 1, 1, TW_CAUSE_REFUSED);

	e.reset.stage = TW_STAGE_POST_SYN;
	e.reset.silent_ns = 300000;
	format_event(e);
	has_text("cause", "refused");
	has_text("stage", "post_syn");
	has_seconds("silent", "0.000300000");
	has_not("suspect");
	has_not("forged");
	e.reset.suspect = 1 << TW_SUSPECT_TTL | 1 << TW_SUSPECT_SEQ_NOT_NEXT;
	e.reset.ttl_min = 60;
	e.reset.ttl_max = 64;
	format_event(e);
	has_list("suspect", "[\"ttl\",\"seq_not_next\"]");
	has_text("forged", "medium");
	has_number("ttl", 64);
	has_number("ttl_min", 60);
}

static void test_loss_and_order(void **state)
{
	struct tw_event e = made_event(TW_EV_RETRANSMIT, 1, 1);

	e.segment = (struct tw_ev_segment){ .gap_ns = 210 * MS, .len = 1448, .bytes = 1000, .in_flight = 14480, .attempt = 2,
					    .segments = 1, .kind = TW_KIND_RTO, .confidence = TW_CONFIDENCE_MEDIUM };
	format_event(e);
	has_text("kind", "rto");
	has_number("attempt", 2);
	has_seconds("gap", "0.210000000");
	has_number("bytes", 1000);
	has_number("in_flight", 14480);
	has_text("confidence", "medium");
	e.segment.gap_ns = 0; /* not seen */
	format_event(e);
	has_not("gap");
	e.type = TW_EV_OUT_OF_ORDER;
	e.segment.gap_ns = 2 * MS;
	format_event(e);
	has_seconds("late_by", "0.002000000");
	e.segment.gap_ns = 0; /* within a microsecond */
	format_event(e);
	has_seconds("late_by", "0.000000000");
	e.type = TW_EV_DUPLICATE_SEGMENT;
	format_event(e);
	has_text("event", "duplicate_segment");
	has_not("late_by");
	e = made_event(TW_EV_LOST_SEGMENT_UNSEEN, 1, 1);
	format_event(e);
	has_text("event", "lost_segment_unseen");
	e = made_event(TW_EV_WINDOW_OPEN, 1, 1);
	e.size.stalled_ns = 3 * S;
	format_event(e);
	has_seconds("stalled_for", "3.000000000");
	format_event(made_event(TW_EV_ZERO_WINDOW, 1, 1));
	has_not("stalled_for");
	e = made_event(TW_EV_MSS_EXCEEDED, 1, 1);
	e.size.len = 1460;
	e.size.limit = 536;
	format_event(e);
	has_number("len", 1460);
	has_number("mss", 536);
}

static void test_path_mtu(void **state)
{
	struct tw_event e = made_event(TW_EV_FRAG_NEEDED, 1, 1);

	e.icmp = (struct tw_ev_icmp){ .from = made_addr("203.0.113.9"), .mtu = 1400, .quoted_seq = 9, .quoted_len = 1500,
				      .type = 3, .code = 4, .matched = 1, .valid = 1, .family = 4 };
	format_event(e);
	has_number("mtu", 1400);
	has_text("from", "203.0.113.9");
	has_number("quoted_seq", 9);
	has_bool("matched", true);
	has_bool("valid", true);
	e.icmp.valid = 2; /* cannot be told: absent */
	format_event(e);
	has_not("valid");
	e.icmp.valid = 0;
	format_event(e);
	has_bool("valid", false);
	e = made_event(TW_EV_PMTU_IGNORED, 1, 1);
	e.size = (struct tw_ev_size){ .len = 1500, .limit = 1400, .times = 3 };
	format_event(e);
	has_number("mtu", 1400);
	has_number("len", 1500);
	has_number("times", 3);
	e = made_event(TW_EV_PMTU_BLACK_HOLE, 1, 1);
	e.size = (struct tw_ev_size){ .len = 1500, .largest_acked = 1100 };
	format_event(e);
	has_number("len", 1500);
	has_number("largest_acked", 1100);
}

static const struct {
	unsigned int family, type, code;
	const char *word;
} codes[] = {
	{ 4, 3, 0, "net" }, { 4, 3, 1, "host" }, { 4, 3, 2, "protocol" }, { 4, 3, 3, "port" }, { 4, 3, 9, "net_prohibited" },
	{ 4, 3, 10, "host_prohibited" }, { 4, 3, 13, "admin_prohibited" }, { 4, 11, 0, "ttl_exceeded" },
	{ 4, 12, 0, "parameter_problem" }, { 4, 3, 5, "5" }, { 4, 3, 200, "200" }, { 4, 3, 19, "19" },
	{ 6, 1, 0, "net" }, { 6, 1, 1, "admin_prohibited" }, { 6, 1, 3, "host" }, { 6, 1, 4, "port" },
	{ 6, 1, 6, "reject_route" }, { 6, 3, 0, "ttl_exceeded" }, { 6, 4, 1, "parameter_problem" }, { 6, 1, 2, "2" },
	{ 6, 1, 9, "9" },
};

static void test_unreachable_codes(void **state)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct tw_event e = made_event(TW_EV_UNREACHABLE, 1, 1);

		e.icmp.family = codes[i].family;
		e.icmp.type = codes[i].type;
		e.icmp.code = codes[i].code;
		format_event(e);
		has_text("code", codes[i].word);
	}
}

static void test_waiting(void **state)
{
	struct tw_event e = made_event(TW_EV_SLOW_RESPONSE, 1, 1);
	struct tw_record r = { .type = TW_EV_NO_RESPONSE, .ts_ns = WALL, .conn = &name, .timeout = { .waited_ns = 12 * S } };

	e.wait = (struct tw_ev_wait){ .waited_ns = 2 * S, .rtt_ns = 12 * MS };
	format_event(e);
	has_seconds("waited", "2.000000000");
	has_seconds("rtt", "0.012000000");
	e.type = TW_EV_SLOW_REQUEST;
	format_event(e);
	has_seconds("waited", "2.000000000");
	e = made_event(TW_EV_DELAYED_ACK_STALL, 1, 1);
	e.wait = (struct tw_ev_wait){ .waited_ns = 40 * MS, .seq = 5, .ack = 6, .times = 3 };
	format_event(e);
	has_number("seq", 5);
	has_number("ack", 6);
	has_number("times", 3);
	has_seconds("waited", "0.040000000");
	format(&r);
	has_text("event", "no_response");
	has_seconds("waited", "12.000000000");
	has_not("attempts");
}

static void test_marker(void **state)
{
	struct tw_event e = made_event(TW_EV_MARKER, 0, 1);
	struct tw_record r = { .type = e.type, .ts_ns = WALL, .event = &e, .conn = &name };

	name = (struct tw_conn_name){ .orig_addr = made_addr("2001:db8::1"), .resp_addr = made_addr("2001:db8::2"), .family = 6 };
	e.icmp = (struct tw_ev_icmp){ .id = 7, .seq = 3, .size = 56, .family = 6 };
	format(&r);
	has_not("conn");
	has_not("community_id");
	has_not("orig_port");
	has_text("orig_addr", "2001:db8::1");
	has_number("size", 56);
	has_number("icmp_id", 7);
	has_number("icmp_seq", 3);
}

static void test_final_record(void **state)
{
	struct tw_flow flow = { .id = 1, .orig = 1, .start_ns = 5, .syn_rtt_ns = 12 * MS, .first_response = 250000 };
	struct tw_trouble trouble = { 0 };
	struct tw_record r = {
		.type = TW_EV_CONNECTION, .ts_ns = WALL + 3 * S, .conn = &name,
		.final = { .flow = &flow, .end = TW_END_RESET, .side = TW_SIDE_RESPONDER, .start_ns = WALL, .duration_ns = S,
			   .state = "RSTR", .history = "ShADr", .cause = TW_CAUSE_ABORTED,
			   .suspect = 1 << TW_SUSPECT_SENDER_KEPT_TALKING },
	};
	static const char *const counts[] = {
		"packets", "bytes", "data_segments", "retransmits", "retransmit_bytes", "spurious", "out_of_order",
		"duplicate_segments", "dup_acks", "keep_alives", "zero_windows",
	};
	char key[64];

	orig_half(&flow)->packets = 11;
	orig_half(&flow)->bytes = 5000000000;
	orig_half(&flow)->mss = 1460;
	orig_half(&flow)->ttl_min = orig_half(&flow)->ttl_max = 57;
	resp_half(&flow)->rtt_count = 2;
	resp_half(&flow)->rtt_sum_ns = 30 * MS;
	resp_half(&flow)->rtt_min_ns = 10 * MS;
	resp_half(&flow)->rtt_max_us = 20000;
	flow.half[0].second_sight = 2;
	flow.half[1].second_sight = 3;
	trouble.half[1].retransmits = 4;
	trouble.half[0].pmtu = 1400;
	r.final.trouble = &trouble;
	format(&r);
	has_text("event", "connection");
	has_text("start", "2023-11-14T22:13:20.000000000Z");
	has_seconds("duration", "1.000000000");
	has_text("end", "reset");
	has_text("side", "responder");
	has_bool("midstream", false);
	has_text("state", "RSTR");
	has_text("history", "ShADr");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		for (int side = 0; side < 2; side++) {
			snprintf(key, sizeof(key), "%s_%s", side ? "resp" : "orig", counts[i]);
			assert_true(json_is_integer(json_object_get(json, key)));
		}
	has_number("orig_packets", 11);
	has_number("orig_bytes", 5000000000);
	has_number("orig_retransmits", 4);
	has_number("resp_retransmits", 0);
	has_number("orig_mss", 1460);
	has_not("resp_mss");
	has_number("orig_ttl", 57);
	has_not("orig_rtt_min");
	has_seconds("resp_rtt_min", "0.010000000");
	has_seconds("resp_rtt_avg", "0.015000000");
	has_seconds("resp_rtt_max", "0.020000000");
	has_seconds("first_response", "4.000000000");
	has_seconds("syn_rtt", "0.012000000");
	has_number("pmtu", 1400);
	has_number("second_sight", 5);
	has_list("suspect", "[\"sender_kept_talking\"]");
	has_text("forged", "medium");
	has_not("verdict"); /* not yet: invent nothing */
}

/* A process may call itself anything, and its cgroup as well. */
static void test_owner(void **state)
{
	struct tw_flow flow = { .id = 1 };
	struct tw_process mine = { .pid = 4321, .comm = "we\"b\x1b[\xff", .cgroup = "/system.slice/web\\x2d1.service" };
	struct tw_process theirs = { .pid = 77, .comm = "db" };
	struct tw_record r = { .type = TW_EV_CONNECTION, .ts_ns = WALL, .conn = &name, .owner = &mine,
			       .final = { .flow = &flow, .state = "SF", .end = TW_END_FIN } };

	format(&r);
	has_number("pid", 4321);
	has_text("comm", "we\"b\x1b[\xef\xbf\xbd");
	has_text("cgroup", "/system.slice/web\\x2d1.service");
	has_not("resp_pid");
	r.resp_owner = &theirs;
	format(&r);
	has_number("resp_pid", 77);
	has_text("resp_comm", "db");
	has_not("resp_cgroup"); /* unknown is not empty */
	memset(mine.comm, '\1', sizeof(mine.comm) - 1);
	memset(mine.cgroup, '"', sizeof(mine.cgroup) - 1);
	theirs = mine;
	format(&r); /* fits all the same */
	has_text("cgroup", mine.cgroup);
	r.owner = r.resp_owner = NULL;
	format(&r);
	has_not("pid");
	has_not("comm");
}

/* The trouble table was full: what went wrong is unknown, not nothing. */
static void test_unknown_trouble(void **state)
{
	struct tw_flow flow = { .id = 1 };
	struct tw_record r = { .type = TW_EV_CONNECTION, .ts_ns = WALL, .conn = &name,
			       .final = { .flow = &flow, .state = "S1", .end = TW_END_EOF } };

	format(&r);
	has_number("orig_retransmits", 0);
	has_not("side");
	flow.flags = TW_FF_TROUBLE;
	format(&r);
	has_not("orig_retransmits");
}

static void test_own_events(void **state)
{
	struct tw_record r = { .type = TW_EV_ALERT, .ts_ns = WALL,
			       .alert = { .rule = "syn_flood", .raised = true, .value = 900, .threshold = 500.5, .window_s = 1,
					  .key = "192.0.2.7:443" } };

	format(&r);
	has_text("rule", "syn_flood");
	has_text("state", "raised");
	has_number("value", 900);
	has_list("threshold", "500.5");
	has_number("window", 1);
	has_text("key", "192.0.2.7:443");
	has_not("conn");
	r = (struct tw_record){ .type = TW_EV_EVENTS_LOST, .ts_ns = WALL, .lost = { .count = 12, .where = "ring" } };
	format(&r);
	has_number("count", 12);
	has_text("where", "ring");
	r = (struct tw_record){ .type = TW_EV_TABLE_FULL, .ts_ns = WALL, .lost = { .count = 12 } };
	format(&r);
	has_number("count", 12);
	r = (struct tw_record){ .type = TW_EV_CAPTURE_STARTED, .ts_ns = WALL,
				.capture = { .version = "0.1.0", .kernel = "6.1.0", .iface = "eth0", .mode = "tcx" } };
	format(&r);
	has_text("version", "0.1.0");
	has_text("iface", "eth0");
	has_text("mode", "tcx");
	has_text("kernel", "6.1.0");
	r = (struct tw_record){ .type = TW_EV_CAPTURE_STOPPED, .ts_ns = WALL, .capture = { .version = "0.1.0", .packets = 9 } };
	format(&r);
	has_number("packets", 9);
}

static void test_internal_events_have_no_form(void **state)
{
	static const unsigned int internal[] = { TW_EV_NONE, TW_EV_OPENED, TW_EV_ENDED, TW_EV_REPLACED, _TW_EV_MAX };

	for (size_t i = 0; i < sizeof(internal) / sizeof(internal[0]); i++) {
		struct tw_record r = { .type = internal[i], .ts_ns = WALL };

		assert_int_equal(tw_log_format(text, sizeof(text), &r), 0);
	}
}

/* Every event of a packet, with any bytes in its details, on an exact buffer of any size: JSON or nothing. */
static void test_any_bytes(void **state)
{
	unsigned int seed = 5, whole = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int type = 1 + rand_r(&seed) % TW_EV_PMTU_BLACK_HOLE;
		struct tw_event e = made_event(type, 1, 1);
		struct tw_record r = { .type = type, .ts_ns = WALL, .event = &e, .conn = &name, .dir = rand_r(&seed) % 5 };
		size_t size = rand_r(&seed) % 900, len;
		char *exact = malloc(size + 1);

		for (size_t k = 0; k < 6; k++)
			e.raw[k] = (uint64_t)rand_r(&seed) << 33 ^ rand_r(&seed);
		if (type == TW_EV_CONNECT_TIMEOUT || type == TW_EV_ACCEPT_TIMEOUT)
			r.event = NULL;
		len = tw_log_format(exact, size, &r);
		assert_true(!len || len < size);
		if (len) {
			json_t *parsed = json_loadb(exact, len, JSON_REJECT_DUPLICATES, NULL);

			assert_non_null(parsed);
			json_decref(parsed);
			whole++;
		}
		free(exact);
	}
	assert_true(whole > 1000);
}

static int teardown(void **state)
{
	json_decref(json);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_event_has),
		cmocka_unit_test(test_syn),
		cmocka_unit_test(test_syn_retransmit),
		cmocka_unit_test(test_syn_ack),
		cmocka_unit_test(test_established),
		cmocka_unit_test(test_other_handshake),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_loss_and_order),
		cmocka_unit_test(test_path_mtu),
		cmocka_unit_test(test_unreachable_codes),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_marker),
		cmocka_unit_test(test_final_record),
		cmocka_unit_test(test_owner), cmocka_unit_test(test_unknown_trouble),
		cmocka_unit_test(test_own_events),
		cmocka_unit_test(test_internal_events_have_no_form),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
