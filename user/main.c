// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The program: a table of subcommands drives dispatch and help. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/manual.h"
#include "options/options.h"

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
		fprintf(to, "  %-14s%s\n", commands[i].name, commands[i].summary);
	fputs("\n`tcpwhy COMMAND --help`, or `tcpwhy help COMMAND`, lists a command's options.\n"
	      "`tcpwhy --version` tells the version.\n", to);
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

static const struct tw_manual_command *for_manual(void)
{
	static struct tw_manual_command list[N_COMMANDS + 1];

	for (size_t i = 0; i < N_COMMANDS; i++)
		list[i] = (struct tw_manual_command){ commands[i].name, commands[i].summary, commands[i].options };
	return list;
}

/* For who builds manual pages and completion: true when @what is one of them. */
static bool print_manual(const char *what)
{
	const struct command *command = find(what);

	if (command && command->options)
		tw_options_man(command->options, command->summary, TW_VERSION, stdout);
	else if (!strcmp(what, "tcpwhy"))
		tw_manual_program(for_manual(), TW_VERSION, stdout);
	else if (!strcmp(what, "events"))
		tw_manual_events(TW_VERSION, stdout);
	else if (!strcmp(what, "fields"))
		tw_manual_fields(stdout);
	else if (!strcmp(what, "verdicts"))
		tw_manual_verdicts(stdout);
	else if (!strcmp(what, "conf"))
		tw_manual_conf(&tw_command_run, TW_VERSION, stdout);
	else if (!strcmp(what, "completion"))
		tw_completion_bash(for_manual(), stdout);
	else
		return false;
	return true;
}

/* `help`, `help COMMAND`; `help --man WHAT`: print_manual(). `help --commands`: their names. */
static int help(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return TW_EXIT_OK;
	}
	if (argc == 2 && !strcmp(argv[1], "--commands")) {
		for (size_t i = 0; i < N_COMMANDS; i++)
			puts(commands[i].name);
		return TW_EXIT_OK;
	}
	if (argc > 2 && !strcmp(argv[1], "--man"))
		return print_manual(argv[2]) ? TW_EXIT_OK : unknown(argv[2]);
	command = find(argv[argc - 1]);
	if (!command || !command->options)
		return unknown(argv[argc - 1]);
	tw_options_help(command->options, stdout);
	return TW_EXIT_OK;
}

/* Who starts us with these closed must not find log lines in whatever we open next: writing fails instead. */
static void occupy_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* What was printed has arrived, or it is said. Nobody who stopped reading us needs to be told. */
static int finish_output(int status)
{
	if (!fflush(stdout) || status != TW_EXIT_OK || errno == EPIPE)
		return status;
	tw_say("cannot write to standard output: %s", strerror(errno));
	return TW_EXIT_FAILED;
}

static int command_of(int argc, char **argv)
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

int main(int argc, char **argv)
{
	occupy_standard_files();
	return finish_output(command_of(argc, argv));
}
