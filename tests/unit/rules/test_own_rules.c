// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Rules of somebody's own: any event or verdict, conditions, every kind of value and key; and rules that are read anew. */
#include "heard.h"
#include "verdict/verdict.h"

static struct tw_reason reason;

/* Rules as in the file. */
static int load(const char *text)
{
	char path[] = "/tmp/tcpwhy-test-own-XXXXXX";
	int fd = mkstemp(path), err;
	FILE *f = fdopen(fd, "w");

	fprintf(f, "rules: {\n%s\n};\n", text);
	fclose(f);
	err = tw_rules_load_file(&rules, path, NULL, &reason);
	remove(path);
	return err;
}

static void use(const char *text)
{
	if (load(text))
		fail_msg("%s", reason.text);
	start();
}

static void refuse(const char *text, const char *word)
{
	assert_int_equal(load(text), -EINVAL);
	if (!strstr(reason.text, word))
		fail_msg("\"%s\" lacks \"%s\"", reason.text, word);
}

static void feed(struct tw_event *event, const char *orig, const char *resp, uint16_t port)
{
	struct tw_conn_name name = { .id = 7, .orig_addr = made_addr(orig), .resp_addr = made_addr(resp), .orig_port = 40000,
				     .resp_port = port, .family = strchr(orig, ':') ? 6 : 4 };
	struct tw_record r = { .type = event->type, .ts_ns = now, .event = event, .conn = &name, .iface = "eth0" };

	tw_alerts_sink(alerts, &r);
}

static void send_reset(enum tw_cause cause, const char *orig, uint16_t port, int times)
{
	struct tw_event e = made_end(TW_EV_RESET, 7, 0, cause);

	while (times--)
		feed(&e, orig, "198.51.100.7", port);
}

static void send_final(enum tw_verdict verdict, const char *resp)
{
	static struct tw_flow flow;
	struct tw_judgement judgement = { .list = { verdict, TW_VERDICT_LOSSY_PATH }, .count = 2 };
	struct tw_conn_name name = { .id = 7, .orig_addr = made_addr("192.0.2.1"), .resp_addr = made_addr(resp),
				     .orig_port = 40000, .resp_port = 443, .family = 4 };
	struct tw_record r = { .type = TW_EV_CONNECTION, .ts_ns = now, .conn = &name,
			       .final = { .flow = &flow, .state = "SF", .judgement = &judgement } };

	tw_alerts_sink(alerts, &r);
}

static void send_slow(uint64_t waited_ns, int times)
{
	struct tw_event e = made_event(TW_EV_SLOW_RESPONSE, 7, 0);

	e.wait.waited_ns = waited_ns;
	while (times--)
		feed(&e, "192.0.2.1", "198.51.100.7", 443);
}

static void pass(uint64_t ns)
{
	for (uint64_t until = now + ns; now < until; now += S / 10) {
		tw_alerts_tick(alerts, now);
		tw_alerts_tick(alerts, now);
	}
}

static void test_event_and_condition(void **state)
{
	use("ssh: { event = \"reset\"; where = \"resp_port = 22 and cause in (aborted, gave_up)\"; threshold = 3; };");
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 443, 9);
	send_reset(TW_CAUSE_REFUSED, "192.0.2.1", 22, 9);
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 1);
	send_reset(TW_CAUSE_GAVE_UP, "192.0.2.1", 22, 1);
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 1);
	expect_said(0, "ssh", "", true);
	pass(200 * S);
	expect_said(1, "ssh", "", false);
	assert_int_equal(n_said, 2);
}

static void test_several_events(void **state)
{
	use("x: { event = [ \"reset\", \"slow_response\" ]; threshold = 2; };");
	send_slow(S, 1);
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 1);
	expect_said(0, "x", "", true);
}

static void test_verdict(void **state)
{
	use("x: { verdict = \"responder_slow, no_answer\"; key = \"resp_addr\"; threshold = 2; };");
	send_final(TW_VERDICT_OK, "198.51.100.7");
	send_final(TW_VERDICT_NO_ANSWER, "198.51.100.8");
	send_final(TW_VERDICT_RESPONDER_SLOW, "198.51.100.7");
	assert_int_equal(n_said, 0);
	send_final(TW_VERDICT_NO_ANSWER, "198.51.100.7");
	expect_said(0, "x", "198.51.100.7", true);
	assert_int_equal(n_said, 1);
}

static const struct {
	const char *key, *orig, *text;
} keys[] = {
	{ "none", "192.0.2.1", "" }, { "resp_addr", "192.0.2.1", "198.51.100.7" },
	{ "resp_addr:resp_port", "192.0.2.1", "198.51.100.7:22" }, { "resp_port", "192.0.2.1", "22" },
	{ "orig_addr", "192.0.2.1", "192.0.2.1" }, { "orig_prefix", "192.0.2.1", "192.0.2.0/24" },
	{ "orig_prefix", "2001:db8:1:2::7", "2001:db8:1::/48" }, { "resp_prefix", "192.0.2.1", "198.51.100.0/24" },
	{ "iface", "192.0.2.1", "eth0" }, { "cause", "192.0.2.1", "aborted" },
};

static void test_keys(void **state)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char rule[200];

		snprintf(rule, sizeof(rule), "x: { event = \"reset\"; key = \"%s\"; threshold = 2; };", keys[i].key);
		use(rule);
		send_reset(TW_CAUSE_ABORTED, keys[i].orig, 22, 2);
		expect_said(0, "x", keys[i].text, true);
		start_over();
	}
}

static void test_prefixes_are_kept_apart(void **state)
{
	use("x: { event = \"reset\"; key = \"orig_prefix\"; threshold = 3; };");
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 1);
	send_reset(TW_CAUSE_ABORTED, "192.0.3.1", 22, 2);
	send_reset(TW_CAUSE_ABORTED, "192.0.2.254", 22, 1);
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_ABORTED, "192.0.2.77", 22, 1);
	expect_said(0, "x", "192.0.2.0/24", true);
}

/* Records without the field are not counted: what is unknown is no key. */
static void test_missing_field_is_no_key(void **state)
{
	use("x: { event = \"reset\"; key = \"comm\"; threshold = 1; };");
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 5);
	assert_int_equal(n_said, 0);
}

/* A cgroup's path is longer than a key: those of two containers begin alike. */
static void test_cgroups_are_kept_apart(void **state)
{
	static struct tw_flow flow;
	struct tw_judgement judgement = { .list = { TW_VERDICT_REFUSED }, .count = 1 };
	struct tw_process process = { .pid = 5, .comm = "x" };
	struct tw_conn_name name = { .id = 7, .orig_addr = made_addr("192.0.2.1"), .resp_addr = made_addr("192.0.2.2"),
				     .orig_port = 40000, .resp_port = 443, .family = 4 };
	struct tw_record r = { .type = TW_EV_CONNECTION, .ts_ns = now, .conn = &name, .owner = &process,
			       .final = { .flow = &flow, .state = "REJ", .judgement = &judgement } };

	use("x: { verdict = \"refused\"; key = \"cgroup\"; threshold = 2; };");
	for (int i = 0; i < 3; i++) {
		snprintf(process.cgroup, sizeof(process.cgroup), "/kubepods.slice/kubepods-besteffort.slice/pod%d.scope",
			 i == 1 ? 1 : 2);
		tw_alerts_sink(alerts, &r);
		assert_int_equal(n_said, i / 2);
	}
	expect_said(0, "x", "effort.slice/pod2.scope", true);
}

static void test_rate(void **state)
{
	use("x: { event = \"reset\"; value = \"rate\"; window = 10; threshold = 5; };");
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 49);
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 1);
	expect_said(0, "x", "", true);
	assert_true(said[0].value == 5);
}

static void test_ratio(void **state)
{
	use("x: { event = \"reset\"; value = \"ratio\"; base = \"slow_response\"; base_where = \"waited > 1\"; min = 10;"
	    " threshold = \"50%\"; };");
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 100); /* of nothing */
	send_slow(S / 2, 100);
	send_slow(2 * S, 9);
	assert_int_equal(n_said, 0);
	send_slow(2 * S, 1);
	expect_said(0, "x", "", true);
	assert_true(said[0].value == 10);
}

static void test_sum_of_a_field(void **state)
{
	struct tw_event e = made_event(TW_EV_RETRANSMIT, 7, 0);

	e.segment.bytes = 1448;
	use("x: { event = \"retransmit\"; field = \"bytes\"; threshold = 4000; };");
	feed(&e, "192.0.2.1", "198.51.100.7", 443);
	feed(&e, "192.0.2.1", "198.51.100.7", 443);
	assert_int_equal(n_said, 0);
	feed(&e, "192.0.2.1", "198.51.100.7", 443);
	expect_said(0, "x", "", true);
	assert_true(said[0].value == 3 * 1448);
}

static void test_quantile(void **state)
{
	use("x: { event = \"slow_response\"; field = \"waited\"; value = \"p90\"; window = 10; hold = 0; min = 20;"
	    " key = \"resp_addr\"; threshold = \"3s\"; clear = \"2500ms\"; };");
	send_slow(4 * S, 19);
	pass(2 * S);
	assert_int_equal(n_said, 0); /* below min */
	send_slow(S, 181);
	pass(2 * S);
	assert_int_equal(n_said, 0); /* 19 of 200 are slow */
	send_slow(4 * S, 10);
	pass(2 * S);
	expect_said(0, "x", "198.51.100.7", true);
	assert_float_equal(said[0].value, 4, 0.2);
	pass(20 * S);
	expect_said(1, "x", "198.51.100.7", false);
}

static void test_min_is_100_unless_said(void **state)
{
	assert_int_equal(load("x: { event = \"reset\"; value = \"ratio\"; base = \"connections\"; threshold = 0.5; };"
			      "y: { event = \"reset\"; value = \"ratio\"; base = \"connections\"; threshold = 0.5; min = 0; };"
			      "z: { event = \"reset\"; threshold = 5; };"), 0);
	assert_int_equal(tw_rules_find(&rules, "x")->min, 100);
	assert_int_equal(tw_rules_find(&rules, "y")->min, 0);
	assert_int_equal(tw_rules_find(&rules, "z")->min, 0);
	assert_true(tw_rules_find(&rules, "z")->clear == 2.5);
}

static void test_condition_on_a_builtin_rule(void **state)
{
	use("refused: { off = false; where = \"resp_port != 113\"; threshold = 3; good = 0; };");
	send_reset(TW_CAUSE_REFUSED, "192.0.2.1", 113, 9);
	assert_int_equal(n_said, 0);
	send_reset(TW_CAUSE_REFUSED, "192.0.2.1", 22, 3);
	expect_said(0, "refused", "198.51.100.7:22", true);
}

static void test_mistakes(void **state)
{
	static char list[3000], rule[3100];

	refuse("x: { threshold = 5; };", "no such rule");
	refuse("x: { event = \"reset\"; };", "threshold");
	refuse("x: { event = \"rst\"; threshold = 5; };", "no event \"rst\"");
	refuse("x: { event = \"alert\"; threshold = 5; };", "no event \"alert\"");
	refuse("x: { verdict = \"bad\"; threshold = 5; };", "no verdict \"bad\"");
	refuse("x: { measure = \"bad\"; threshold = 5; };", "no measure \"bad\"");
	refuse("x: { event = \"reset\"; value = \"p95\"; threshold = 5; };", "needs a field");
	refuse("x: { event = \"reset\"; value = \"p0\"; threshold = 5; };", "p99.9");
	refuse("x: { event = \"reset\"; value = \"p100\"; threshold = 5; };", "p99.9");
	refuse("x: { event = \"reset\"; value = \"mean\"; threshold = 5; };", "p99.9");
	refuse("x: { event = \"reset\"; value = \"ratio\"; threshold = 5; };", "needs a base");
	refuse("x: { event = \"reset\"; base = \"syn\"; threshold = 5; };", "base is for");
	refuse("x: { measure = \"resets\"; field = \"bytes\"; threshold = 5; };", "measure has none");
	refuse("x: { event = \"reset\"; where = \"cause =\"; threshold = 5; };", "a value is missing");
	refuse("x: { event = \"reset\"; field = \"byte\"; threshold = 5; };", "no field \"byte\"");
	refuse("x: { event = \"reset\"; field = \"cause\"; threshold = 5; };", "is no number");
	refuse("x: { event = \"reset\"; where = \"resp_port = 22 and couse = aborted\"; threshold = 5; };", "no field \"couse\"");
	refuse("x: { event = \"reset\"; threshold = \"5%\"; };", "% is for a ratio");
	refuse("x: { event = \"reset\"; threshold = \"5ms\"; };", "a duration is for a quantile");
	refuse("x: { event = \"reset\"; threshold = 5; key = \"port\"; };", "resp_port");
	refuse("x: { event = \"reset\"; threshold = 5; actions = [ \"shout\" ]; };", "no action \"shout\"");
	refuse("x: { event = \"reset\"; threshold = 5; severity = \"very bad\"; };", "critical");
	refuse("Bad: { event = \"reset\"; threshold = 5; };", "small letters");
	refuse("refused: { event = \"syn\"; };", "built-in");
	refuse("x: { event = [ 5 ]; threshold = 5; };", "words in quotes");
	memset(list, 'e', sizeof(list) - 1); /* not cut, so that less is counted than was said */
	snprintf(rule, sizeof(rule), "x: { event = [ \"reset\", \"%s\" ]; threshold = 5; };", list);
	refuse(rule, "longer than");
	assert_null(tw_rules_find(&rules, "x"));
}

static void test_too_many(void **state)
{
	char text[4096] = "";

	for (int i = 0; i < TW_RULES_MAX; i++)
		sprintf(text + strlen(text), "x%d: { event = \"reset\"; threshold = 5; };\n", i);
	refuse(text, "32 rules already");
}

/* ---- read anew ---- */

static void change(const char *text)
{
	if (load(text))
		fail_msg("%s", reason.text);
	assert_int_equal(tw_alerts_change(alerts, &rules), 0);
}

static void test_counts_survive_a_new_threshold(void **state)
{
	use("x: { event = \"reset\"; threshold = 10; };");
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 4);
	change("x: { threshold = 5; };");
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 1);
	expect_said(0, "x", "", true);
	change("x: { threshold = 1000; };");
	pass(S);
	assert_int_equal(n_said, 1); /* calm now, but for hold */
	pass(80 * S);
	expect_said(1, "x", "", false);
}

static void test_rule_that_counts_something_else_is_cleared(void **state)
{
	use("x: { event = \"reset\"; threshold = 2; }; y: { event = \"reset\"; threshold = 2; };");
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 22, 2);
	expect_said(1, "y", "", true);
	change("x: { where = \"resp_port = 80\"; };");
	expect_said(2, "x", "", false);
	assert_int_equal(n_said, 3);
	change("y: { off = true; };");
	expect_said(3, "y", "", false);
	send_reset(TW_CAUSE_ABORTED, "192.0.2.1", 80, 2);
	expect_said(4, "x", "", true);
	assert_int_equal(n_said, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_event_and_condition), TEST(test_several_events), TEST(test_verdict), TEST(test_keys),
		TEST(test_prefixes_are_kept_apart), TEST(test_missing_field_is_no_key),
		TEST(test_cgroups_are_kept_apart), TEST(test_rate), TEST(test_ratio),
		TEST(test_sum_of_a_field), TEST(test_quantile), TEST(test_min_is_100_unless_said),
		TEST(test_condition_on_a_builtin_rule), TEST(test_mistakes), TEST(test_too_many),
		TEST(test_counts_survive_a_new_threshold), TEST(test_rule_that_counts_something_else_is_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
