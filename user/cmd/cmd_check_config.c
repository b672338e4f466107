/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tcpwhy check-config: is a configuration file one that `tcpwhy run` would take? */
#include <errno.h>
#include <stdio.h>

#include "cmd.h"
#include "options/options.h"
#include "run_options.h"

struct check {
	bool show;
};

#define AT(field) .at = offsetof(struct check, field)

static const struct tw_option options[] = {
	{ NULL, "show", 0, NULL, NULL, "write what would be in effect, as in the log's first line", tw_take_set, AT(show) },
	{ 0 },
};

static const struct tw_argument arguments[] = {
	{ "FILE", "as for `tcpwhy run --config`" },
	{ 0 },
};

const struct tw_command tw_command_check_config = {
	.name = "check-config",
	.about = "Checks a configuration file and says the first mistake with its line. It is checked as `tcpwhy run` "
		 "does when it starts and at SIGHUP, when a file with a mistake leaves the old rules in effect.",
	.usage = "[OPTION…] FILE",
	.arguments = arguments,
	.options = options,
	.notes = "Exit status: 0 when all is well, 2 when it is not.",
};

static unsigned int count_rules(const struct tw_rules *rules)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < rules->n; i++)
		n += !rules->rule[i].off;
	return n;
}

static void report(const struct check *check, const struct tw_run_options *o, const char *path)
{
	static char text[TW_CONFIG_SHOW_MAX];

	if (check->show && tw_run_options_show(o, text, sizeof(text)))
		puts(text);
	else
		printf("%s: no mistakes; %u rules are in effect\n", path, count_rules(&o->rules));
}

int cmd_check_config(int argc, char **argv)
{
	static struct tw_run_options run;
	struct check check = { 0 };
	struct tw_reason reason;
	int rest, err;
	enum tw_parsed parsed = tw_options_parse(&tw_command_check_config, &check, argc, argv, &rest);

	if (parsed != TW_PARSED_GO)
		return parsed == TW_PARSED_DONE ? TW_EXIT_OK : TW_EXIT_USAGE;
	if (argc - rest != 1) {
		tw_reason(&reason, 0, "check-config: one file is checked, and there are %d", argc - rest);
		tw_options_mistake(&tw_command_check_config, &reason);
		return TW_EXIT_USAGE;
	}
	err = tw_run_options_check(&run, argv[rest], &reason);
	if (err)
		tw_say("%s", reason.text);
	else
		report(&check, &run, argv[rest]);
	tw_run_options_release(&run);
	return err ? TW_EXIT_USAGE : TW_EXIT_OK;
}
