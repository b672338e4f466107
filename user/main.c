// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The program: a table of subcommands drives dispatch and help. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"

#ifndef TW_VERSION
#define TW_VERSION "unknown"
#endif

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct command commands[] = {
	{ "run", cmd_run, "attach to interfaces, write the event log, raise alerts" },
	{ "read", cmd_read, "write the same log from captures: pcap, pcapng" },
	{ "tail", cmd_tail, "follow a log as people read it: one line an event" },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fputs("tcpwhy tells why TCP connections fail, stall or slow down.\n\n"
	      "Usage: tcpwhy COMMAND [OPTION…]\n\nCommands:\n", to);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fputs("\n`tcpwhy COMMAND --help` lists a command's options. `tcpwhy --version` tells the version.\n", to);
}

static int unknown(const char *name)
{
	fprintf(stderr, "tcpwhy: there is no command '%s'; there are:", name);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(stderr, " %s", commands[i].name);
	fputc('\n', stderr);
	return TW_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return TW_EXIT_USAGE;
	}
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("tcpwhy " TW_VERSION);
		return TW_EXIT_OK;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return TW_EXIT_OK;
	}
	return unknown(argv[1]);
}
