// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tcpwhy explain: a log → the story of a connection, or what many connections show together.
 *
 * The log is read twice: once to see what there is, and again for the events of those that are told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/reason.h"
#include "cmd.h"
#include "explain/explain.h"
#include "explain/pick.h"
#include "options/options.h"
#include "readable/line.h"

#define DEFAULT_LOG "/var/log/tcpwhy/events.ndjson"

static int take_between(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	return tw_markers_parse(&((struct tw_explain *)options)->between, value, reason);
}

#define AT(field) .at = offsetof(struct tw_explain, field)

static const struct tw_option options[] = {
	{ NULL, "between-markers", 0, "A,B", NULL,
	  "only connections that lived between a ping of A bytes and the next one of B bytes "
	  "(`ping -c 1 -s A HOST` before an attempt, `ping -c 1 -s B HOST` after it)",
	  take_between, AT(between) },
	{ NULL, "worst", 'n', "N", NULL, "tell N of the worst stories (default 10, at most 100)", tw_take_u32, AT(worst),
	  .least = 0, .most = TW_EXPLAIN_WORST_MAX },
	{ NULL, "width", 0, "N", NULL, "columns (default: the terminal's, else 110)", tw_take_u32, AT(tell.width),
	  .least = 60, .most = 500 },
	{ .name = NULL },
};

static const struct tw_argument arguments[] = {
	{ "LOG", "an event log, also compressed with gzip or zstd; `-`: standard input (default: " DEFAULT_LOG ")" },
	{ "CONN", "one or more connections:\n"
		  "e8kp21hugbd0l: a `conn` or a community_id of the log\n"
		  "192.0.2.7, 192.0.2.7:443: whatever has this address, or this address and port\n"
		  "2001:db8::7, [2001:db8::7]:443: the same in IPv6\n"
		  "'host 192.0.2.7 and port 443': a filter over addresses and ports, pcap-filter(7)" },
	{ .name = NULL },
};

const struct tw_command tw_command_explain = {
	.name = "explain",
	.about = "Tells the story of a connection from an event log, as an analyst would: what happened, what should have come "
		 "next, what it means, what to check. Without CONN, or when it fits more than three connections: how many of "
		 "which verdict, what only many connections show (after how long idle ones are dead, the smallest path MTUs, "
		 "whose retransmissions stand out), and the worst stories.",
	.usage = "[OPTION…] [LOG] [CONN]",
	.arguments = arguments,
	.options = options,
	.notes = "The log is read twice. Standard input and pipes are kept in a temporary file in $TMPDIR or /tmp meanwhile. "
		 "Memory: 1000 events of each story that is told; for all others what 65536 open connections, 4096 kinds of "
		 "trouble and 8192 remotes need, about 100 MiB at most.",
};

/* The first of @n arguments is no file, and says whom it means: of the default log. */
static bool is_conn(const char *text, int n)
{
	return n == 1 && access(text, F_OK) && tw_pick_is_meant(text);
}

static enum tw_parsed parse(struct tw_explain *x, int argc, char **argv)
{
	struct tw_reason reason = { .text = "" };
	int rest, err = 0;
	enum tw_parsed parsed = tw_options_parse(&tw_command_explain, x, argc, argv, &rest);

	if (parsed != TW_PARSED_GO)
		return parsed;
	if (argc - rest > 2)
		err = tw_reason(&reason, -EINVAL, "explain: a log and a connection are accepted, and there are %d arguments; "
				"a filter of several words needs quotes", argc - rest);
	if (!err && rest < argc && !is_conn(argv[rest], argc - rest))
		x->name = argv[rest++];
	if (!err && rest < argc) {
		x->wanted = argv[rest];
		err = tw_pick_new(&x->pick, x->wanted, &reason);
	}
	return err ? tw_options_mistake(&tw_command_explain, &reason) : TW_PARSED_GO;
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
	enum tw_parsed parsed = parse(&x, argc, argv);
	int fd = -1, err;

	if (parsed != TW_PARSED_GO)
		return parsed == TW_PARSED_DONE ? TW_EXIT_OK : TW_EXIT_USAGE;
	if (!x.tell.width)
		x.tell.width = tw_explain_width(STDOUT_FILENO);
	err = tw_spool(x.name, &fd, x.spooled, &reason);
	x.path = fd >= 0 ? x.spooled : x.name;
	x.name = strcmp(x.name, "-") ? x.name : "standard input";
	if (!err)
		err = tw_explain_run(&x, &reason);
	if (err && err != -EPIPE)
		tw_say("explain: %s", reason.text[0] ? reason.text : strerror(-err));
	if (fd >= 0)
		close(fd);
	tw_pick_free(x.pick);
	return status_of(err);
}
