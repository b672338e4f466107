// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Metrics: what is counted from records, the text that Prometheus reads, and that docs/metrics.md lists just these. */
#include <stdio.h>

#include "metrics/metrics_text.h"
#include "made.h"
#include "base/names.h"
#include "record/timebudget.h"
#include "verdict/verdict.h"

static struct tw_metrics metrics;
static struct tw_metrics_view view;
static char page[TW_METRICS_TEXT_MAX];

static int setup(void **state)
{
	memset(&metrics, 0, sizeof(metrics));
	memset(&view, 0, sizeof(view));
	view.metrics = &metrics;
	view.version = "1.2.3";
	view.kernel = "6.1";
	return 0;
}

static void count_event(struct tw_event e)
{
	struct tw_record r = { .type = e.type, .event = &e };

	tw_metrics_record(&metrics, &r);
}

static void show(void)
{
	struct tw_text text = { .at = page, .end = page + sizeof(page) };

	page[0] = '\0';
	assert_int_equal(tw_metrics_text(&text, &view), 0);
	assert_int_equal(strlen(page), text.at - page);
	assert_int_equal(page[strlen(page) - 1], '\n');
}

/* The value of the line that begins with @series and a space. */
static double value(const char *series)
{
	char start[200];
	const char *at;

	snprintf(start, sizeof(start), "\n%s ", series);
	at = strstr(page, start);
	if (!at)
		fail_msg("there is no line \"%s\"", series);
	assert_null(strstr(at + 1, start));
	return strtod(at + strlen(start), NULL);
}

static void is(const char *series, double expected)
{
	double got = value(series);

	if (got < expected - 1e-9 || got > expected + 1e-9)
		fail_msg("%s is %.9f, expected %.9f", series, got, expected);
}

static void test_events(void **state)
{
	struct tw_event e = made_event(TW_EV_RESET, 1, 0);

	e.reset.cause = TW_CAUSE_REFUSED;
	count_event(e);
	e.suppressed = 40;
	count_event(e);
	e = made_event(TW_EV_RETRANSMIT, 1, 0);
	e.segment.kind = TW_KIND_TLP;
	count_event(e);
	show();
	is("tcpwhy_events_total{event=\"reset\"}", 42);
	is("tcpwhy_events_total{event=\"retransmit\"}", 1);
	is("tcpwhy_events_total{event=\"syn\"}", 0);
	is("tcpwhy_resets_total{cause=\"refused\"}", 42);
	is("tcpwhy_resets_total{cause=\"aborted\"}", 0);
	is("tcpwhy_retransmits_total{kind=\"tlp\"}", 1);
}

/* A number that a newer kernel program might send is counted somewhere, and never beyond a table. */
static void test_unknown_numbers(void **state)
{
	struct tw_event e = made_event(TW_EV_RESET, 1, 0);
	struct tw_record r = { .type = _TW_EV_MAX };

	e.reset.cause = 255;
	count_event(e);
	e = made_event(TW_EV_RETRANSMIT, 1, 0);
	e.segment.kind = 255;
	count_event(e);
	tw_metrics_record(&metrics, &r);
	show();
	is("tcpwhy_retransmits_total{kind=\"unknown\"}", 1);
}

static void test_handshake(void **state)
{
	struct tw_event e = made_event(TW_EV_ESTABLISHED, 1, 0);

	e.established.syn_rtt_ns = 20 * MS;
	e.established.ack_rtt_ns = 5 * MS;
	count_event(e);
	e.established.syn_rtt_ns = 0; /* unknown */
	count_event(e);
	show();
	is("tcpwhy_handshake_seconds_bucket{le=\"0.01\"}", 0);
	is("tcpwhy_handshake_seconds_bucket{le=\"0.025\"}", 1);
	is("tcpwhy_handshake_seconds_bucket{le=\"10\"}", 1);
	is("tcpwhy_handshake_seconds_bucket{le=\"+Inf\"}", 1);
	is("tcpwhy_handshake_seconds_sum", 0.025);
	is("tcpwhy_handshake_seconds_count", 1);
	is("tcpwhy_events_total{event=\"established\"}", 2);
}

/* A connection whose originator is side 1 of the key. */
static void test_final_record(void **state)
{
	static struct tw_flow flow = { .orig = 1 };
	static struct tw_trouble trouble;
	struct tw_judgement judgement = { .list = { TW_VERDICT_LOSSY_PATH }, .count = 1 };
	struct tw_timebudget time = { .path = 2 * S, .recovery = 500 * MS };
	struct tw_record r = {
		.type = TW_EV_CONNECTION,
		.final = { .flow = &flow, .trouble = &trouble, .end = TW_END_FIN, .duration_ns = 3 * S,
			   .judgement = &judgement, .time = &time,
			   .suspect = 1 << TW_SUSPECT_TTL | 1 << TW_SUSPECT_IP_ID },
	};

	flow.half[1] = (struct tw_half){ .bytes = 1000, .packets = 5, .data_segments = 3, .rtt_sum_ns = 10 * MS,
					 .rtt_count = 2 };
	flow.half[0] = (struct tw_half){ .bytes = 70, .packets = 4, .data_segments = 1 };
	trouble.half[1].retransmits = 2;
	trouble.half[1].retransmit_bytes = 900;
	tw_metrics_record(&metrics, &r);
	show();
	is("tcpwhy_connections_total{verdict=\"lossy_path\"}", 1);
	is("tcpwhy_connections_total{verdict=\"ok\"}", 0);
	is("tcpwhy_connection_ends_total{end=\"fin\"}", 1);
	is("tcpwhy_connections_reset_forged_total{forged=\"medium\"}", 1);
	is("tcpwhy_payload_bytes_total{sender=\"originator\"}", 1000);
	is("tcpwhy_payload_bytes_total{sender=\"responder\"}", 70);
	is("tcpwhy_data_segments_total{sender=\"originator\"}", 3);
	is("tcpwhy_retransmitted_segments_total{sender=\"originator\"}", 2);
	is("tcpwhy_retransmitted_bytes_total{sender=\"originator\"}", 900);
	is("tcpwhy_rtt_seconds_sum{side=\"originator\"}", 0.005);
	is("tcpwhy_rtt_seconds_bucket{side=\"originator\",le=\"0.005\"}", 1);
	is("tcpwhy_rtt_seconds_count{side=\"responder\"}", 0);
	is("tcpwhy_connection_duration_seconds_sum", 3);
	is("tcpwhy_connection_time_seconds_total{owner=\"path\"}", 2);
	is("tcpwhy_connection_time_seconds_total{owner=\"recovery\"}", 0.5);
	is("tcpwhy_connections_midstream_total", 0);
}

static void count_alert(const char *rule, bool raised)
{
	struct tw_record r = { .type = TW_EV_ALERT, .alert = { .rule = rule, .raised = raised } };

	tw_metrics_record(&metrics, &r);
}

static void test_alerts(void **state)
{
	struct tw_rules rules;

	tw_rules_default(&rules);
	tw_metrics_rules(&metrics, &rules);
	tw_metrics_rules(&metrics, &rules); /* again, after SIGHUP */
	count_alert("syn_flood", true);
	count_alert("syn_flood", true);
	count_alert("syn_flood", false);
	count_alert("odd \"name\"\\", true);
	show();
	is("tcpwhy_alerts_raised_total{rule=\"syn_flood\"}", 2);
	is("tcpwhy_alerts_cleared_total{rule=\"syn_flood\"}", 1);
	is("tcpwhy_alerts_active{rule=\"syn_flood\"}", 1);
	is("tcpwhy_alerts_active{rule=\"odd \\\"name\\\"\\\\\"}", 1);
	for (unsigned int i = 0; i < rules.n; i++) {
		char series[100];

		snprintf(series, sizeof(series), "tcpwhy_alerts_active{rule=\"%s\"}", rules.rule[i].name);
		if (!rules.rule[i].off)
			value(series);
	}
}

/* However many names come, there are only so many series. */
static void test_bounded_rules(void **state)
{
	for (int i = 0; i < 1000; i++) {
		char name[40];

		snprintf(name, sizeof(name), "rule_%d_of_a_length_beyond_the_field", i);
		count_alert(name, true);
	}
	show();
	assert_int_equal(metrics.n_rules, TW_RULES_MAX + 1);
	is("tcpwhy_alerts_raised_total{rule=\"other\"}", 1000 - TW_RULES_MAX);
}

static void test_losses_and_maps(void **state)
{
	view.books.kernel.lost_ring = 7;
	view.books.kernel.skipped[TW_SKIP_FRAGMENT] = 3;
	view.books.log.lost = 9;
	view.map[0] = (struct tw_map_fill){ "flows4", 12, 262144 };
	view.n_maps = 1;
	view.program[0] = (struct tw_program_stats){ "tc_egress", 1500 * MS, 42 };
	view.n_programs = 1;
	show();
	is("tcpwhy_events_lost_total{where=\"ring\"}", 7);
	is("tcpwhy_events_lost_total{where=\"writer\"}", 9);
	is("tcpwhy_packets_skipped_total{reason=\"fragment\"}", 3);
	is("tcpwhy_map_entries{map=\"flows4\"}", 12);
	is("tcpwhy_map_capacity{map=\"flows4\"}", 262144);
	is("tcpwhy_program_run_seconds_total{program=\"tc_egress\"}", 1.5);
	is("tcpwhy_program_runs_total{program=\"tc_egress\"}", 42);
	assert_non_null(strstr(page, "\ntcpwhy_build_info{version=\"1.2.3\",kernel=\"6.1\"} 1\n"));
}

/* A page that does not fit is refused, never cut. */
static void test_no_room(void **state)
{
	char small[1000] = "";
	struct tw_text text = { .at = small, .end = small + sizeof(small) };

	assert_int_equal(tw_metrics_text(&text, &view), -ENOBUFS);
}

/* The worst case must leave room: every rule there can be, with the longest name, and large numbers. */
static void test_room_enough(void **state)
{
	memset(&metrics, 0x7f, sizeof(metrics));
	metrics.n_rules = TW_RULES_MAX + 1;
	for (unsigned int i = 0; i < metrics.n_rules; i++)
		memset(metrics.rule[i].name, '"', TW_RULE_NAME - 1), metrics.rule[i].name[TW_RULE_NAME - 1] = '\0';
	show();
	assert_true(strlen(page) < TW_METRICS_TEXT_MAX / 2);
}

/* --- docs/metrics.md --- */

static bool documented[_TW_METRIC_MAX];

/* The @n-th cell of a table row, without blanks and back quotes around it. */
static void cell(const char *row, int n, char *text, size_t size)
{
	size_t len;

	while (n-- >= 0)
		row = strchr(row, '|') + 1;
	row += strspn(row, " `");
	len = strcspn(row, "|");
	while (len && strchr(" `", row[len - 1]))
		len--;
	assert_true(len < size);
	memcpy(text, row, len);
	text[len] = '\0';
}

static void check_row(const char *row)
{
	char name[100], type[20], labels[60], meaning[200];

	cell(row, 0, name, sizeof(name));
	cell(row, 1, type, sizeof(type));
	cell(row, 2, labels, sizeof(labels));
	cell(row, 3, meaning, sizeof(meaning));
	for (unsigned int i = 0; i < _TW_METRIC_MAX; i++) {
		if (strcmp(name, tw_metric_name(i)))
			continue;
		assert_false(documented[i]);
		documented[i] = true;
		assert_string_equal(type, tw_metric_type(i));
		assert_string_equal(labels, tw_metric_labels(i));
		assert_string_equal(meaning, tw_metric_meaning(i));
		return;
	}
	fail_msg("docs/metrics.md has %s, the program has not", name);
}

static void test_documented(void **state)
{
	FILE *f = fopen(TW_TESTS "/../docs/metrics.md", "r");
	char line[1000];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, "| `", 3))
			check_row(line);
	fclose(f);
	for (unsigned int i = 0; i < _TW_METRIC_MAX; i++)
		if (!documented[i])
			fail_msg("docs/metrics.md has not %s", tw_metric_name(i));
}

/* Every metric of the table has its lines, in one place, and nothing else is there. */
static void test_all_shown(void **state)
{
	char line[200];

	view.n_programs = 1;
	view.program[0].name = "tc_egress";
	show();
	for (unsigned int i = 0; i < _TW_METRIC_MAX; i++) {
		const char *at;

		snprintf(line, sizeof(line), "# TYPE %s %s\n", tw_metric_name(i), tw_metric_type(i));
		at = strstr(page, line);
		if (!at)
			fail_msg("not shown: %s", line);
		assert_null(strstr(at + 1, line));
	}
	for (char *at = strtok(page, "\n"); at; at = strtok(NULL, "\n")) {
		bool known = false;

		if (strncmp(at, "# TYPE ", 7))
			continue;
		for (unsigned int i = 0; i < _TW_METRIC_MAX; i++) {
			size_t len = strlen(tw_metric_name(i));

			known |= !strncmp(at + 7, tw_metric_name(i), len) && at[7 + len] == ' ';
		}
		if (!known)
			fail_msg("not in the table: %s", at);
	}
}

#define T(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_events),
		T(test_unknown_numbers),
		T(test_handshake),
		T(test_final_record),
		T(test_alerts),
		T(test_bounded_rules),
		T(test_losses_and_maps),
		T(test_no_room),
		T(test_room_enough),
		T(test_documented),
		T(test_all_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
