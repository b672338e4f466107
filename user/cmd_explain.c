// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tcpwhy explain: a log → the story of a connection, or what many connections show together.
 *
 * The log is read twice: once to see what there is, and again for the events of those that are told.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "between.h"
#include "cmd.h"
#include "explain.h"
#include "line.h"
#include "logread.h"
#include "overview.h"
#include "pick.h"
#include "reason.h"
#include "spool.h"

#define DEFAULT_LOG "/var/log/tcpwhy/events.ndjson"
#define WIDTH_LEAST 60
#define WIDTH_MOST 500

static const char help[] =
	"Tells the story of a connection from an event log, as an analyst would: what happened, what should have\n"
	"come next, what it means, what to check. Without CONN, or when it fits more than three connections: how many\n"
	"of which verdict, the worst stories, and what only many connections show: after how long idle connections\n"
	"are dead, the smallest path MTUs, whose retransmissions stand out.\n"
	"\n"
	"Usage: tcpwhy explain [OPTION…] [LOG [CONN]]   (default: " DEFAULT_LOG "; `-`: standard input)\n"
	"\n"
	"  CONN is one of:\n"
	"    e8kp21hugbd0l                    a `conn` of the log, or a community_id\n"
	"    192.0.2.7, 192.0.2.7:443         connections with this address, or this address and port\n"
	"    2001:db8::7, [2001:db8::7]:443   the same in IPv6\n"
	"    'host 192.0.2.7 and port 443'    a filter over addresses and ports, pcap-filter(7)\n"
	"\n"
	"      --between-markers A,B  only connections that lived between a ping of A bytes and the next of B bytes\n"
	"                             (`ping -c 1 -s A HOST` before an attempt, `ping -c 1 -s B HOST` after it)\n"
	"  -n, --worst N              tell N of the worst stories (default 10, at most 100)\n"
	"      --width N              columns (default: the terminal's, else 110)\n"
	"  -h, --help                 this text\n"
	"\n"
	"The log may be compressed with gzip or zstd. Standard input and pipes are kept in a temporary file\n"
	"(in $TMPDIR or /tmp) while they are read. Memory: 1000 events of each story that is told; of all others\n"
	"what 65536 open connections, 4096 kinds of trouble and 8192 remotes need: about 100 MiB at most.\n";

enum { OPT_BETWEEN = 256, OPT_WIDTH };

static const struct option longs[] = {
	{ "between-markers", required_argument, NULL, OPT_BETWEEN },
	{ "worst", required_argument, NULL, 'n' },
	{ "width", required_argument, NULL, OPT_WIDTH },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int parse_number(const char *option, const char *text, unsigned long least, unsigned long most,
			unsigned int *value, struct tw_reason *reason)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || n < least || n > most)
		return tw_reason(reason, -EINVAL, "%s %s: accepted is a number from %lu to %lu", option, text, least, most);
	*value = n;
	return 0;
}

/* 0; 1: nothing more to do; -EINVAL with @reason, or with none when getopt has said it. */
static int take_option(struct tw_explain *x, int option, struct tw_reason *reason)
{
	switch (option) {
	case OPT_BETWEEN:
		return tw_between_parse(&x->between, optarg, reason);
	case 'n':
		return parse_number("--worst", optarg, 0, TW_EXPLAIN_WORST_MAX, &x->worst, reason);
	case OPT_WIDTH:
		return parse_number("--width", optarg, WIDTH_LEAST, WIDTH_MOST, &x->tell.width, reason);
	case 'h':
		fputs(help, stdout);
		return 1;
	default:
		return -EINVAL;
	}
}

static int parse(struct tw_explain *x, int argc, char **argv)
{
	struct tw_reason reason = { .text = "" };
	int option, err = 0;

	optind = 1;
	while (!err && (option = getopt_long(argc, argv, "n:h", longs, NULL)) != -1)
		err = take_option(x, option, &reason);
	if (!err && argc - optind > 2)
		err = tw_reason(&reason, -EINVAL, "a log and a connection are accepted, and there are %d arguments; a filter of "
				"several words needs quotes", argc - optind);
	if (!err && optind < argc)
		x->name = argv[optind];
	if (!err && optind + 1 < argc) {
		x->wanted = argv[optind + 1];
		err = tw_pick_new(&x->pick, x->wanted, &reason);
	}
	if (err < 0 && reason.text[0])
		tw_say("explain: %s", reason.text);
	if (err < 0)
		fputs("`tcpwhy explain --help` tells what it accepts.\n", stderr);
	return err;
}

static int status_of(int err)
{
	return !err ? TW_EXIT_OK : err == -EBADMSG ? TW_EXIT_USAGE : TW_EXIT_FAILED;
}

int cmd_explain(int argc, char **argv)
{
	struct tw_explain x = {
		.name = DEFAULT_LOG,
		.worst = 10,
		.tell = { .to = stdout, .bold = tw_line_colour(STDOUT_FILENO, "auto") },
	};
	struct tw_reason reason = { .text = "" };
	int fd = -1, err = parse(&x, argc, argv);

	if (err) {
		tw_pick_free(x.pick);
		return err < 0 ? TW_EXIT_USAGE : TW_EXIT_OK;
	}
	if (!x.tell.width)
		x.tell.width = tw_explain_width(STDOUT_FILENO);
	err = tw_spool(x.name, &fd, x.spooled, &reason);
	x.path = fd >= 0 ? x.spooled : x.name;
	if (!err)
		err = tw_explain_run(&x, &reason);
	if (err && err != -EPIPE)
		tw_say("explain: %s", reason.text[0] ? reason.text : strerror(-err));
	if (fd >= 0)
		close(fd);
	tw_pick_free(x.pick);
	return status_of(err);
}
