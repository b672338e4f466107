// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Options from one table: the command line, --help, mistakes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "made.h"
#include "options/options.h"

struct made {
	bool loud;
	const char *file, *when;
	uint32_t size;
	uint64_t pause_ns;
	unsigned int times;
};

static int take_time(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	((struct made *)options)->times++;
	return 0;
}

#define AT(field) .at = offsetof(struct made, field)

static const struct tw_option options[] = {
	{ "First", "loud", 'l', NULL, "loud", "say more", tw_take_set, AT(loud) },
	{ NULL, "file", 'f', "FILE", "file", "where to write", tw_take_file, AT(file) },
	{ NULL, "when", 0, "WHEN", "when", "lines:\n  one    this\n  other  that", tw_take_word, AT(when),
	  .words = "auto, always or never" },
	{ "Second", "size", 's', "N", "max_size",
	  "a text that is so long that it has to be broken into several lines of the column that it is shown in, ümläut and all",
	  tw_take_u32, AT(size), 2, 10 },
	{ NULL, "pause", 0, "SECONDS", NULL, "how long", tw_take_seconds, AT(pause_ns) },
	{ NULL, "time-that-has-a-long-name", 0, "T", NULL, "again", take_time, AT(times), .many = true },
	{ 0 },
};

static const struct tw_command command = {
	.name = "try", .about = "Tries it.", .usage = "[OPTION…]", .options = options, .notes = "The end.",
};

/* The words of @line as a command line; at most 15. */
static enum tw_parsed parse(struct made *made, const char *line, int *rest)
{
	static char words[256], name[] = "try";
	char *argv[17] = { name }, *word, *left;
	int argc = 1;

	memset(made, 0, sizeof(*made));
	snprintf(words, sizeof(words), "%s", line);
	for (word = strtok_r(words, " ", &left); word; word = strtok_r(NULL, " ", &left))
		argv[argc++] = word;
	return tw_options_parse(&command, made, argc, argv, rest);
}

static void test_values(void **state)
{
	struct made made;
	int rest;

	assert_int_equal(parse(&made, "-l -f x --when never -s7 --pause 0.5", NULL), TW_PARSED_GO);
	assert_true(made.loud);
	assert_string_equal(made.file, "x");
	assert_string_equal(made.when, "never");
	assert_int_equal(made.size, 7);
	assert_int_equal(made.pause_ns, 500000000);
	assert_int_equal(parse(&made, "--file=- --time-that-has-a-long-name 1 a --time-that 2 b", &rest), TW_PARSED_GO);
	assert_null(made.file);
	assert_int_equal(made.times, 2);
	assert_int_equal(rest, 6);
}

static void test_mistakes(void **state)
{
	static const char *const wrong[] = {
		"-s 1", "-s 11", "-s", "-s 5x", "-s -5", "-s 0x5", "--when or", "--when autos", "--when a", "--pause 0",
		"--pause x", "--pause -1", "--pause inf", "--pause nan", "--nonsense", "-z", "word", "--loud=x",
	};
	struct made made;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (parse(&made, wrong[i], NULL) != TW_PARSED_USAGE)
			fail_msg("\"%s\" was accepted", wrong[i]);
}

static void test_mistake_says_what_is_accepted(void **state)
{
	struct tw_reason reason;
	struct made made;

	assert_int_equal(tw_take_u32(&made, &options[3], "99", &reason), -EINVAL);
	assert_string_equal(reason.text, "--size 99: accepted is a whole number from 2 to 10");
	assert_int_equal(tw_take_word(&made, &options[2], "x", &reason), -EINVAL);
	assert_string_equal(reason.text, "--when x: accepted is auto, always or never");
}

static char *written(void (*write)(const struct tw_command *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	write(&command, f);
	fclose(f);
	return text;
}

static void test_help(void **state)
{
	char *text = written(tw_options_help);

	assert_string_equal(text,
		"Tries it.\n\nUsage: tcpwhy try [OPTION…]\n\n"
		"First:\n"
		"  -l, --loud               say more\n"
		"  -f, --file FILE          where to write\n"
		"      --when WHEN          lines:\n"
		"                             one    this\n"
		"                             other  that\n"
		"\nSecond:\n"
		"  -s, --size N             a text that is so long that it has to be broken into several lines of the\n"
		"                           column that it is shown in, ümläut and all\n"
		"      --pause SECONDS      how long\n"
		"      --time-that-has-a-long-name T\n"
		"                           again\n"
		"  -h, --help               this text\n"
		"\nThe end.\n");
	free(text);
}

static void write_man(const struct tw_command *c, FILE *out)
{
	tw_options_man(c, "tries it", "1.0", out);
}

static void test_man(void **state)
{
	char *text = written(write_man);

	assert_non_null(strstr(text, "\\fB\\-s\\fR, \\fB\\-\\-size\\fR \\fIN\\fR\n"));
	assert_non_null(strstr(text, "In the configuration file: \\fBmax_size\\fR.\n"));
	assert_non_null(strstr(text, "lines:\n.br\n\\ \\ one    this\n.br\n\\ \\ other  that\n"));
	assert_non_null(strstr(text, ".SS Second\n"));
	free(text);
}

static void test_keys(void **state)
{
	assert_ptr_equal(tw_options_find_key(&command, "max_size"), &options[3]);
	assert_null(tw_options_find_key(&command, "size"));
	assert_null(tw_options_find_key(&command, "pause"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values), cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_mistake_says_what_is_accepted), cmocka_unit_test(test_help),
		cmocka_unit_test(test_man), cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
