// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The final record as JSON: counts of both sides, times, owners, and what is left out. */
#include "jsonline.h"

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
	has_as_is("duration", "1.000000000");
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
	has_as_is("resp_rtt_min", "0.010000000");
	has_as_is("resp_rtt_avg", "0.015000000");
	has_as_is("resp_rtt_max", "0.020000000");
	has_as_is("first_response", "4.000000000");
	has_as_is("syn_rtt", "0.012000000");
	has_number("pmtu", 1400);
	has_number("second_sight", 5);
	has_as_is("suspect", "[\"sender_kept_talking\"]");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_final_record),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_unknown_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
