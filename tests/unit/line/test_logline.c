// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A record as a line of JSON: what each has, what no packet made, and that it is JSON or nothing. */
#include "base/tally.h"
#include "jsonline.h"

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

static void test_timeout(void **state)
{
	struct tw_record r = { .type = TW_EV_CONNECT_TIMEOUT, .ts_ns = WALL, .conn = &name,
			       .timeout = { .attempts = 4, .waited_ns = 19 * S } };

	format(&r);
	has_number("attempts", 4);
	has_as_is("waited", "19.000000000");
	has_not("dir");
	has_not("iface");
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
	has_as_is("threshold", "500.5");
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
	assert_null(strstr(text, "skipped"));
	r.capture.judged = 4;
	r.capture.skipped = &(struct tw_tally){ .list = { { "not_tcp", 2 }, { "vxlan", 3 } }, .used = 2 };
	r.capture.decapsulated = &(struct tw_tally){ .list = { { "gre", 1 } }, .used = 1 };
	format(&r);
	has_number("judged", 4);
	assert_non_null(strstr(text, ",\"skipped\":{\"not_tcp\":2,\"vxlan\":3},\"decapsulated\":{\"gre\":1},"));
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
	struct tw_conn_name conn = { .orig_addr = made_addr("2001:db8::1"), .resp_addr = made_addr("2001:db8::2"), .family = 6 };
	unsigned int seed = 5, whole = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int type = 1 + rand_r(&seed) % TW_EV_PMTU_BLACK_HOLE;
		struct tw_event e = made_event(type, 1, 1);
		struct tw_record r = { .type = type, .ts_ns = WALL, .event = &e, .conn = &conn, .dir = rand_r(&seed) % 5 };
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_event_has),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_own_events),
		cmocka_unit_test(test_internal_events_have_no_form),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
