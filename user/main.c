// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The program: a table of subcommands drives dispatch and help. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "options.h"

#ifndef TW_VERSION
#define TW_VERSION "unknown"
#endif

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
	const struct tw_command *options; /* NULL: none */
};

static const struct command commands[] = {
	{ "run", cmd_run, "attach to interfaces, write the event log, raise alerts", &tw_command_run },
	{ "read", cmd_read, "write the same log from captures: pcap, pcapng", &tw_command_read },
	{ "tail", cmd_tail, "follow a log as people read it: one line an event", &tw_command_tail },
	{ "check-config", cmd_check_config, "check a configuration file", &tw_command_check_config },
	{ "explain", cmd_explain, "tell the story of a connection, or what many of them show, from a log", &tw_command_explain },
	{ "compare", cmd_compare, "two hosts' logs: what was lost, forged, rewritten or delayed between them",
	  &tw_command_compare },
	{ "doctor", cmd_doctor, "tell what attaching to this host would do, and what it would miss", &tw_command_doctor },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fputs("tcpwhy tells why TCP connections fail, stall or slow down.\n\n"
	      "Usage: tcpwhy COMMAND [OPTION…]\n\nCommands:\n", to);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].summary);
	fputs("\n`tcpwhy COMMAND --help` lists a command's options. `tcpwhy --version` tells the version.\n", to);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static int unknown(const char *name)
{
	fprintf(stderr, "tcpwhy: there is no command '%s'; there are:", name);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(stderr, " %s", commands[i].name);
	fputc('\n', stderr);
	return TW_EXIT_USAGE;
}

/* `help`, `help COMMAND`; `help --man COMMAND`: the manual page in roff, for who builds them. */
static int help(int argc, char **argv)
{
	bool man = argc > 2 && !strcmp(argv[1], "--man");
	const struct command *command;

	if (argc < 2) {
		usage(stdout);
		return TW_EXIT_OK;
	}
	command = find(argv[argc - 1]);
	if (!command || !command->options)
		return unknown(argv[argc - 1]);
	if (man)
		tw_options_man(command->options, command->summary, TW_VERSION, stdout);
	else
		tw_options_help(command->options, stdout);
	return TW_EXIT_OK;
}

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		usage(stderr);
		return TW_EXIT_USAGE;
	}
	command = find(argv[1]);
	if (command)
		return command->run(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("tcpwhy " TW_VERSION);
		return TW_EXIT_OK;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return TW_EXIT_OK;
	}
	if (!strcmp(argv[1], "help"))
		return help(argc - 1, argv + 1);
	return unknown(argv[1]);
}
