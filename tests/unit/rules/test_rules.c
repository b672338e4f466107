/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Alert rules: the defaults, the command line, files good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "rules/rules.h"

#define SEC 1000000000ULL

static struct tw_rules rules;
static struct tw_reason reason;

static int fresh(void **state)
{
	tw_rules_default(&rules);
	reason.text[0] = '\0';
	return 0;
}

static const struct tw_rule *rule(const char *name)
{
	const struct tw_rule *r = tw_rules_find(&rules, name);

	assert_non_null(r);
	return r;
}

static int load_file(const char *path)
{
	return tw_rules_load_file(&rules, path, &tw_command_run, &reason);
}

/* Loads @text as a file; its path is left in @path. */
static int load(const char *text, char path[64])
{
	int fd, ret;

	strcpy(path, "/tmp/tcpwhy-test-rules-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	ret = load_file(path);
	unlink(path);
	return ret;
}

/* @text must be refused with the file's name, @line, and @word in the message; nothing may change. */
static void refuse(const char *text, int line, const char *word)
{
	struct tw_rules before = rules;
	char path[64], where[96];

	assert_int_equal(load(text, path), -EINVAL);
	snprintf(where, sizeof(where), "%s:%d:", path, line);
	if (!strstr(reason.text, where) || !strstr(reason.text, word))
		fail_msg("\"%s\" lacks \"%s\" or \"%s\"", reason.text, where, word);
	assert_null(strchr(reason.text, '\n'));
	assert_memory_equal(&before, &rules, sizeof(rules));
}

static void refuse_option(const char *text, const char *word)
{
	struct tw_rules before = rules;

	assert_true(tw_rules_set(&rules, text, &reason) < 0);
	if (!strstr(reason.text, word))
		fail_msg("\"%s\" lacks \"%s\"", reason.text, word);
	assert_memory_equal(&before, &rules, sizeof(rules));
}

static void set(const char *text)
{
	if (tw_rules_set(&rules, text, &reason))
		fail_msg("%s", reason.text);
}

static void test_flood_as_rules_conf_says(void **state)
{
	const struct tw_rule *r = rule("syn_flood");

	assert_true(r->threshold == 500 && r->good == 0.1);
	assert_int_equal(r->window_ns, SEC);
	assert_int_equal(r->settle_ns, SEC);
	assert_int_equal(r->key, TW_KEY_RESP_ADDR_PORT);
}

static void test_defaults_are_sound(void **state)
{
	static const char *const names[] = { "syn_flood", "refused", "resets", "forged_resets",
					     "retransmits", "unanswered", "pmtu", "pmtu_black_hole", "path_down" };

	assert_int_equal(rules.n, sizeof(names) / sizeof(names[0]));
	for (unsigned int i = 0; i < rules.n; i++) {
		const struct tw_rule *r = rule(names[i]);

		assert_false(r->off);
		assert_true(r->clear < r->threshold);
		assert_true(r->hold_ns >= r->window_ns / 10);
		assert_true(r->ratio ? r->min > 0 : r->good > 0);
		assert_true(r->settle_ns <= r->window_ns);
	}
}

static void test_option_sets_all(void **state)
{
	struct tw_rule want = *rule("refused");

	set("refused:threshold=7,window=2.5,key=orig_addr,clear=3,min=4,good=0,hold=1m,off");
	want.threshold = 7;
	want.window_ns = 5 * SEC / 2;
	want.key = TW_KEY_ORIG_ADDR;
	want.clear = 3;
	want.min = 4;
	want.good = 0;
	want.hold_ns = 60 * SEC;
	want.off = true;
	assert_memory_equal(&want, rule("refused"), sizeof(want));
	set("refused:on");
	assert_false(rule("refused")->off);
	set("refused:window=10s,hold=500ms");
	assert_int_equal(rule("refused")->window_ns, 10 * SEC);
	assert_int_equal(rule("refused")->hold_ns, SEC / 2);
	set("refused:key=none");
	assert_int_equal(rule("refused")->key, TW_KEY_NONE);
	set("refused:key=iface");
	set("refused:key=resp_addr");
	set("refused:key=resp_addr:resp_port");
	assert_int_equal(rule("refused")->key, TW_KEY_RESP_ADDR_PORT);
}

/* A condition may have commas of its own. */
static void test_option_takes_lists(void **state)
{
	set("refused:where=resp_port in (22, 23, 24) and not comm = 'a,b)',threshold=9,off");
	assert_true(rule("refused")->threshold == 9 && rule("refused")->off);
	set("refused:threshold=8,where=resp_addr in (192.0.2.0/24, 2001:db8::/32)");
	assert_true(rule("refused")->threshold == 8);
	assert_int_not_equal(tw_rules_set(&rules, "refused:where=resp_port in (22, 23,threshold=7", &reason), 0);
	assert_true(rule("refused")->threshold == 8);
}

static void test_clear_follows_the_threshold(void **state)
{
	set("syn_flood:threshold=20");
	assert_true(rule("syn_flood")->clear == 10);
	set("syn_flood:threshold=5000");
	assert_true(rule("syn_flood")->clear == 2500);
	set("syn_flood:threshold=10,clear=10");
	assert_true(rule("syn_flood")->clear == 10);
}

static void test_shares(void **state)
{
	set("retransmits:threshold=2%,clear=0.5%,min=100");
	assert_float_equal(rule("retransmits")->threshold, 0.02, 1e-12);
	assert_float_equal(rule("retransmits")->clear, 0.005, 1e-12);
	refuse_option("retransmits:threshold=5", "threshold");
	refuse_option("retransmits:threshold=200%", "threshold");
	refuse_option("refused:threshold=5%", "threshold");
}

static void test_bad_options(void **state)
{
	refuse_option("nonsense:threshold=5", "syn_flood, refused, resets");
	refuse_option("", "no rule");
	refuse_option("refused", "says nothing");
	refuse_option("refused:", "says nothing");
	refuse_option("refused:treshold=5", "no field \"treshold\"; there are threshold, clear");
	refuse_option("refused:threshold", "threshold");
	refuse_option("refused:threshold=", "threshold");
	refuse_option("refused:threshold=many", "many");
	refuse_option("refused:threshold=5x", "5x");
	refuse_option("refused:threshold=-5", "-5");
	refuse_option("refused:threshold=0", "threshold");
	refuse_option("refused:threshold=nan", "nan");
	refuse_option("refused:threshold=inf", "inf");
	refuse_option("refused:min=1.5", "min");
	refuse_option("refused:min=-1", "min");
	refuse_option("refused:window=0.5", "1 s to 24 h");
	refuse_option("refused:window=25h", "1 s to 24 h");
	refuse_option("refused:window=10x", "10x");
	refuse_option("refused:hold=-1", "hold");
	refuse_option("refused:key=source", "orig_addr");
	refuse_option("refused:off=5", "off");
	refuse_option("refused:threshold=5,clear=6", "clear");
	refuse_option("refused:clear=1000000", "clear");
	/* All or nothing. */
	refuse_option("refused:threshold=5,window=60,hold=bad", "hold");
}

static void test_long_option_is_cut_not_overrun(void **state)
{
	char text[1000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_true(tw_rules_set(&rules, text, &reason) < 0);
	assert_true(strlen(reason.text) < 200);
	refuse_option(text, "longer than");
	memcpy(text, "refused:", 8);
	text[200] = '\0';
	refuse_option(text, "neither field=value");
}

static void test_file(void **state)
{
	char path[64];

	assert_int_equal(load("// three kinds of comment\n"
			      "# of libconfig\n"
			      "rules: { /* here */\n"
			      "  syn_flood: { threshold = 50; window = 2.0; hold = \"1m\"; };\n"
			      "  pmtu = { off = true; };\n"
			      "  refused: { min = 3L; key = \"orig_addr\"; };\n"
			      "  retransmits: { threshold = \"3%\"; };\n"
			      "};\n", path), 0);
	assert_true(rule("syn_flood")->threshold == 50 && rule("syn_flood")->clear == 25);
	assert_int_equal(rule("syn_flood")->window_ns, 2 * SEC);
	assert_int_equal(rule("syn_flood")->hold_ns, 60 * SEC);
	assert_true(rule("pmtu")->off);
	assert_int_equal(rule("refused")->min, 3);
	assert_int_equal(rule("refused")->key, TW_KEY_ORIG_ADDR);
	assert_float_equal(rule("retransmits")->threshold, 0.03, 1e-12);
	assert_true(rule("resets")->threshold == 600);
	assert_int_equal(load("", path), 0);
}

static void test_bad_files(void **state)
{
	refuse("rules: {\n refused: {\n  treshold = 5;\n };\n};\n", 3, "no field \"treshold\"");
	refuse("rules: {\n\n refuse: {\n  threshold = 5;\n };\n};\n", 3, "no such rule; there are syn_flood");
	refuse("\nrulez: {\n};\n", 2, "rulez");
	refuse("rules: {\n refused: {\n  window = 10;\n  threshold = true;\n };\n};\n", 4, "threshold");
	refuse("rules: {\n refused: {\n  threshold = \"many\";\n };\n};\n", 3, "many");
	refuse("rules: {\n refused: {\n  threshold = [ 1, 2 ];\n };\n};\n", 3, "threshold");
	refuse("rules: {\n refused: {\n  key = 5;\n };\n};\n", 3, "key");
	refuse("rules: {\n refused: {\n  off = 1;\n };\n};\n", 3, "off");
	refuse("rules: {\n refused: {\n\n  threshold = -5;\n };\n};\n", 4, "-5");
	refuse("rules: {\n refused: {\n  threshold = 5;\n  clear = 6;\n };\n};\n", 4, "clear");
	refuse("rules: {\n refused: {\n  threshold = 0;\n };\n};\n", 3, "threshold");
	refuse("rules: {\n refused: {\n  threshold = 5\n  clear 6;\n };\n};\n", 4, "syntax error");
	refuse("rules: {\n refused: 5;\n};\n", 2, "group");
	refuse("rules = 5;\n", 1, "group");
	refuse("rules: {\n refused: { min = 1; };\n refused: { min = 2; };\n};\n", 3, "duplicate");
	/* The first rule is fine, and must not be changed all the same. */
	refuse("rules: {\n syn_flood: { threshold = 5; };\n pmtu: { window = -1; };\n};\n", 3, "window");
}

static void test_unreadable_files(void **state)
{
	assert_int_equal(load_file("/nonexistent/rules.conf"), -ENOENT);
	assert_non_null(strstr(reason.text, "/nonexistent/rules.conf"));
	assert_int_equal(load_file("/"), -EISDIR);
	assert_true(load_file("/dev/zero") < 0);
}

/* The sample is the defaults, so that the reasons beside its values are those of the program's. */
static void test_sample_is_the_defaults(void **state)
{
	struct tw_rules sample = rules;
	struct tw_reason reason;

	for (unsigned int i = 0; i < sample.n; i++) {
		struct tw_rule *r = &sample.rule[i];

		r->threshold = r->clear = r->ratio ? 1 : 1e6;
		r->good = r->ratio ? 0 : 7;
		r->min = 77;
		r->window_ns = r->hold_ns = 7 * SEC;
		r->key = TW_KEY_NONE;
		r->off = true;
	}
	if (tw_rules_load_file(&sample, "etc/tcpwhy/rules.conf", NULL, &reason))
		fail_msg("%s", reason.text);
	for (unsigned int i = 0; i < sample.n; i++)
		assert_memory_equal(&rules.rule[i], &sample.rule[i], sizeof(rules.rule[i]));
}

static void test_print_names_every_rule(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	tw_rules_print(&rules, f);
	fclose(f);
	for (unsigned int i = 0; i < rules.n; i++)
		assert_non_null(strstr(text, rules.rule[i].name));
	free(text);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, fresh)
	const struct CMUnitTest tests[] = {
		TEST(test_flood_as_rules_conf_says),
		TEST(test_defaults_are_sound),
		TEST(test_option_sets_all),
		TEST(test_option_takes_lists),
		TEST(test_clear_follows_the_threshold),
		TEST(test_shares),
		TEST(test_bad_options),
		TEST(test_long_option_is_cut_not_overrun),
		TEST(test_file),
		TEST(test_bad_files),
		TEST(test_unreadable_files),
		TEST(test_sample_is_the_defaults),
		TEST(test_print_names_every_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
