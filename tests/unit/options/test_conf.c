// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The configuration file: values by key, mistakes with their line, and who wins. */
#include "made.h"

#include <unistd.h>

#include <jansson.h>

#include "cmd/cmd.h"
#include "cmd/run_options.h"
#include "options/conf.h"

static struct tw_run_options run;
static struct tw_reason reason;
static char path[64];

/* A file with @text; its name is in @path. */
static void write_file(const char *text)
{
	int fd;

	strcpy(path, "/tmp/tcpwhy-test-conf-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int tear_down(void **state)
{
	unlink(path);
	tw_run_options_release(&run);
	return 0;
}

static void accept_text(const char *text)
{
	write_file(text);
	if (tw_run_options_check(&run, path, &reason))
		fail_msg("%s", reason.text);
}

/* The command line `--config PATH` and the words of @line. */
static void parse(const char *text, const char *line)
{
	static char words[256], name[] = "run", option[] = "--config";
	char *argv[20] = { name, option, path }, *word, *left;
	int argc = 3;

	write_file(text);
	snprintf(words, sizeof(words), "%s", line);
	for (word = strtok_r(words, " ", &left); word; word = strtok_r(NULL, " ", &left))
		argv[argc++] = word;
	assert_int_equal(tw_run_options_parse(&run, argc, argv), TW_PARSED_GO);
}

static void test_values(void **state)
{
	accept_text("# watched\ninterface = [ \"eth0\", \"lo\" ];\ningress = \"tc\"; // why not\n"
		    "duration = 2.5;\nring = 8;\nprint = true;\nevent_budget = 0;\nno_markers = true;\nwrite = \"/tmp/x\";\n"
		    "max_connections = 1000;\nrules: { refused: { threshold = 7; }; pmtu: { off = true; }; };\n");
	assert_int_equal(run.n_ifaces, 2);
	assert_string_equal(run.ifaces[1], "lo");
	assert_int_equal(run.ingress, TW_INGRESS_TC);
	assert_true(run.duration_ns == 2500000000);
	assert_int_equal(run.ring_mib, 8);
	assert_true(run.print);
	assert_int_equal(run.config.event_budget, 0);
	assert_int_equal(run.config.markers, 0);
	assert_string_equal(run.log, "/tmp/x");
	assert_int_equal(run.max_connections, 1000);
	assert_true(tw_rules_find(&run.rules, "refused")->threshold == 7);
	assert_true(tw_rules_find(&run.rules, "pmtu")->off);
}

static void test_one_interface_needs_no_list(void **state)
{
	accept_text("interface = \"eth0\";");
	assert_int_equal(run.n_ifaces, 1);
	assert_string_equal(run.ifaces[0], "eth0");
}

static void test_nothing_is_fine(void **state)
{
	accept_text("");
	assert_int_equal(run.n_ifaces, 0);
	assert_int_equal(run.config.markers, 1);
}

static const struct {
	const char *text;
	int line;
	const char *word;
} wrong[] = {
	{ "\n\ninterfaces = \"eth0\";", 3, "there are interface, ingress" },
	{ "ring = 8;\nring = 8;", 2, "duplicate" },
	{ "ring = \"8\";", 1, "must be a number" },
	{ "ring = 3;", 1, "power of 2" },
	{ "ring = 2048;", 1, "from 1 to 1024" },
	{ "ring = 2.5;", 1, "from 1 to 1024" },
	{ "ring = -8;", 1, "from 1 to 1024" },
	{ "ring = 8589934592L;", 1, "from 1 to 1024" },
	{ "ring = [ 8 ];", 1, "must be a number" },
	{ "\nprint = 1;", 2, "true or false" },
	{ "print = \"yes\";", 1, "true or false" },
	{ "write = 5;", 1, "in quotes" },
	{ "write = true;", 1, "in quotes" },
	{ "duration = 0;", 1, "above 0" },
	{ "duration = \"5s\";", 1, "must be a number" },
	{ "ingress = \"xpd\";", 1, "xdp-generic" },
	{ "color = \"red\";", 1, "always" },
	{ "interface = [ \"a\",\n 5 ];", 2, "mismatched" },
	{ "interface = ( \"a\",\n5 );", 2, "in quotes" },
	{ "interface: { a = 1; };", 1, "in quotes" },
	{ "list_rules = true;", 1, "no such key" },
	{ "config = \"/etc/x\";", 1, "no such key" },
	{ "ring = 8\nprint = tru;", 2, "" },
	{ "ring 8;", 1, "syntax" },
	{ "ring = 8;\n @include \"/tmp\"\n", 2, "@include" },
	{ "rules = 5;", 1, "group" },
	{ "ring = 8;\nrules: {\n refused: { treshold = 5; };\n};", 3, "treshold" },
	{ "rules_file = \"/nonexistent/x\";", 1, "/nonexistent/x" },
};

static void test_mistakes_are_told_with_their_line(void **state)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char where[96];

		write_file(wrong[i].text);
		reason.text[0] = '\0';
		assert_int_equal(tw_run_options_check(&run, path, &reason), -EINVAL);
		snprintf(where, sizeof(where), "%s:%d: ", path, wrong[i].line);
		if (strncmp(reason.text, where, strlen(where)) || !strstr(reason.text, wrong[i].word) ||
		    strstr(reason.text, "--"))
			fail_msg("\"%s\": \"%s\" lacks \"%s\" or \"%s\"", wrong[i].text, reason.text, where, wrong[i].word);
		unlink(path);
		tw_run_options_release(&run);
	}
}

static void test_command_line_wins(void **state)
{
	parse("interface = [ \"eth0\", \"eth1\" ];\nring = 8;\nprint = true;\nmax_half_open = 64;\n"
	      "rules: { refused: { threshold = 7; window = 9; }; };",
	      "-i lo --ring 16 --rule refused:threshold=3");
	assert_int_equal(run.n_ifaces, 1);
	assert_string_equal(run.ifaces[0], "lo");
	assert_int_equal(run.ring_mib, 16);
	assert_true(run.print);
	assert_int_equal(run.max_half_open, 64);
	assert_true(tw_rules_find(&run.rules, "refused")->threshold == 3);
	assert_true(tw_rules_find(&run.rules, "refused")->window_ns == 9 * S);
}

static void rewrite(const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

static void test_reload(void **state)
{
	bool other;

	parse("ring = 8;\nrules: { refused: { threshold = 7; }; };", "--rule refused:window=3");
	rewrite("ring = 8;\nrules: { refused: { threshold = 8; }; };");
	assert_int_equal(tw_run_options_reload(&run, &other, &reason), 0);
	assert_false(other);
	assert_true(tw_rules_find(&run.rules, "refused")->threshold == 8);
	assert_true(tw_rules_find(&run.rules, "refused")->window_ns == 3 * S);
	rewrite("ring = 16;");
	assert_int_equal(tw_run_options_reload(&run, &other, &reason), 0);
	assert_true(other);
	assert_true(tw_rules_find(&run.rules, "refused")->threshold == 300);
	rewrite("rules: { refused: { threshold = 9; }; syn_flood: { threshold = x; }; };");
	assert_int_equal(tw_run_options_reload(&run, &other, &reason), -EINVAL);
	assert_true(tw_rules_find(&run.rules, "refused")->threshold == 300);
	assert_int_equal(run.ring_mib, 8);
	unlink(path);
	assert_int_equal(tw_run_options_reload(&run, &other, &reason), -ENOENT);
}

static void test_shown_as_json(void **state)
{
	static char text[TW_CONFIG_SHOW_MAX], tiny[100];
	json_t *shown;

	accept_text("interface = \"eth\\\"0\";\nwrite = \"/tmp/x\";\nrules: { pmtu: { off = true; }; };");
	assert_true(tw_run_options_show(&run, text, sizeof(text)) > 0);
	shown = json_loads(text, 0, NULL);
	assert_non_null(shown);
	for (const struct tw_option *o = tw_command_run.options; o->name; o++)
		if (o->key && !json_object_get(shown, o->key))
			fail_msg("%s is not shown", o->key);
	assert_string_equal(json_string_value(json_array_get(json_object_get(shown, "interface"), 0)), "eth\"0");
	assert_int_equal(json_object_size(json_object_get(shown, "rules")), run.rules.n);
	json_decref(shown);
	assert_int_equal(tw_run_options_show(&run, tiny, sizeof(tiny)), 0);
}

/* What we ship is right, and its examples are rules. */
static void test_shipped_files(void **state)
{
	static const char *const files[] = { "etc/tcpwhy/tcpwhy.conf", "etc/tcpwhy/rules.conf", "etc/tcpwhy/examples.conf" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (tw_run_options_check(&run, files[i], &reason))
			fail_msg("%s", reason.text);
		if (i < 2)
			tw_run_options_release(&run);
	}
	assert_true(run.rules.n > 12);
	assert_int_equal(run.rules.actions.n, 6);
}

/* Whoever adds an option says whether it can be in the file, and its key is its name. */
static void test_keys_are_names(void **state)
{
	for (const struct tw_option *o = tw_command_run.options; o->name; o++) {
		char key[64];

		snprintf(key, sizeof(key), "%s", o->name);
		for (char *c = key; *c; c++)
			*c = *c == '-' ? '_' : *c;
		if (o->key && strcmp(o->key, "rules_file"))
			assert_string_equal(o->key, key);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_values), TEST(test_one_interface_needs_no_list), TEST(test_nothing_is_fine),
		TEST(test_mistakes_are_told_with_their_line), TEST(test_command_line_wins), TEST(test_reload),
		TEST(test_shipped_files), TEST(test_shown_as_json), TEST(test_keys_are_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
