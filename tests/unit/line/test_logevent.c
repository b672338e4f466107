// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Each kind of event as JSON: the fields and words that README names, and none that is not known. */
#include "jsonline.h"

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
	has_as_is("since_first", "3.000000000");
	has_as_is("interval", "2.000000005");
	has_not("answered");
	has_not("after_reset");
	has_not("options_dropped");
	e.syn.answered = e.syn.after_reset = 1;
	e.syn.options_dropped = TW_OPT_WSCALE | TW_OPT_SACK;
	format_event(e);
	has_bool("answered", true);
	has_bool("after_reset", true);
	has_as_is("options_dropped", "[\"wscale\",\"sack_ok\"]");
}

static void test_syn_ack(void **state)
{
	struct tw_event e = made_syn_ack(1, 1);

	e.ack = 1001;
	format_event(e);
	has_text("event", "syn_ack");
	has_number("ack", 1001);
	has_as_is("rtt", "0.000300000");
	has_not("stray");
	e.syn.rtt_ns = 0;
	e.syn.stray = 1;
	format_event(e);
	has_not("rtt");
	has_bool("stray", true);
	format_event(made_syn_ack_again(1, 1, 2, 1 * S, 1 * S));
	has_text("event", "syn_ack_retransmit");
	has_number("attempt", 2);
	has_as_is("since_first", "1.000000000");
}

static void test_established(void **state)
{
	struct tw_event e = made_event(TW_EV_ESTABLISHED, 1, 1);

	e.established = (struct tw_ev_established){ .syn_rtt_ns = 12 * MS, .ack_rtt_ns = 100000, .mss = 1448,
						    .options = TW_OPT_SACK | TW_OPT_TS };
	format_event(e);
	has_as_is("syn_rtt", "0.012000000");
	has_as_is("ack_rtt", "0.000100000");
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

static void test_reset(void **state)
{
	struct tw_event e = made_end(TW_EV_RESET, 1, 1, TW_CAUSE_REFUSED);

	e.reset.stage = TW_STAGE_POST_SYN;
	e.reset.silent_ns = 300000;
	format_event(e);
	has_text("cause", "refused");
	has_text("stage", "post_syn");
	has_as_is("silent", "0.000300000");
	has_not("suspect");
	has_not("forged");
	e.reset.suspect = 1 << TW_SUSPECT_TTL | 1 << TW_SUSPECT_SEQ_NOT_NEXT;
	e.reset.ttl_min = 60;
	e.reset.ttl_max = 64;
	format_event(e);
	has_as_is("suspect", "[\"ttl\",\"seq_not_next\"]");
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
	has_as_is("gap", "0.210000000");
	has_number("bytes", 1000);
	has_number("in_flight", 14480);
	has_text("confidence", "medium");
	e.segment.gap_ns = 0; /* not seen */
	format_event(e);
	has_not("gap");
	e.type = TW_EV_OUT_OF_ORDER;
	e.segment.gap_ns = 2 * MS;
	format_event(e);
	has_as_is("late_by", "0.002000000");
	e.segment.gap_ns = 0; /* within a microsecond */
	format_event(e);
	has_as_is("late_by", "0.000000000");
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
	has_as_is("stalled_for", "3.000000000");
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
	{ 4, 11, 1, "reassembly_timeout" }, { 6, 3, 1, "reassembly_timeout" },
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
	has_as_is("waited", "2.000000000");
	has_as_is("rtt", "0.012000000");
	e.type = TW_EV_SLOW_REQUEST;
	format_event(e);
	has_as_is("waited", "2.000000000");
	e = made_event(TW_EV_DELAYED_ACK_STALL, 1, 1);
	e.wait = (struct tw_ev_wait){ .waited_ns = 40 * MS, .seq = 5, .ack = 6, .times = 3 };
	format_event(e);
	has_number("seq", 5);
	has_number("ack", 6);
	has_number("times", 3);
	has_as_is("waited", "0.040000000");
	format(&r);
	has_text("event", "no_response");
	has_as_is("waited", "12.000000000");
	has_not("attempts");
}

static void test_outage(void **state)
{
	struct tw_process owner = { .pid = 4711, .comm = "curl" };
	struct tw_event e = made_event(TW_EV_PATH_DOWN, 1, 1);
	struct tw_record r = { .type = e.type, .ts_ns = WALL + 3 * S, .event = &e, .conn = &name, .owner = &owner };

	e.outage = (struct tw_ev_outage){ .waited_ns = 3 * S, .bytes = 2896, .attempts = 4 };
	format(&r);
	has_text("event", "path_down");
	has_as_is("waited", "3.000000000");
	has_text("since", "2023-11-14T22:13:20.000000000Z");
	has_number("attempts", 4);
	has_number("bytes", 2896);
	has_number("pid", 4711);
	has_text("comm", "curl");
	has_not("handshake");
	e.outage = (struct tw_ev_outage){ .waited_ns = 3 * S, .attempts = 3, .handshake = 1 };
	format(&r);
	has_bool("handshake", true);
	has_not("bytes");
	e = made_event(TW_EV_PATH_UP, 0, 1);
	e.outage.waited_ns = 9 * S;
	format_event(e);
	has_text("event", "path_up");
	has_as_is("waited", "9.000000000");
	has_not("since");
	has_not("attempts");
	has_not("pid");
}

static void test_marker(void **state)
{
	struct tw_event e = made_event(TW_EV_MARKER, 0, 1);
	struct tw_conn_name conn = { .orig_addr = made_addr("2001:db8::1"), .resp_addr = made_addr("2001:db8::2"), .family = 6 };
	struct tw_record r = { .type = e.type, .ts_ns = WALL, .event = &e, .conn = &conn };

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syn),
		cmocka_unit_test(test_syn_retransmit),
		cmocka_unit_test(test_syn_ack),
		cmocka_unit_test(test_established),
		cmocka_unit_test(test_other_handshake),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_loss_and_order),
		cmocka_unit_test(test_path_mtu),
		cmocka_unit_test(test_unreachable_codes),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_outage),
		cmocka_unit_test(test_marker),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
