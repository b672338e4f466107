// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcpwhy tail: a log → the events that somebody wants → readable lines. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cmd.h"
#include "follow.h"
#include "line.h"
#include "reason.h"
#include "select.h"

#define DEFAULT_LOG "/var/log/tcpwhy/events.ndjson"

struct tail {
	const char *path;
	struct tw_select select;
	struct tw_follow *follow;
	uint64_t back, odd;   /* odd: lines that are no events */
	bool once, wait, raw, colour;
	int signals;
};

static const char help[] =
	"Follows an event log as people read it: one line an event, times in UTC. The arrow between the two\n"
	"ends shows which way the packet went: → from the originator, ← from the responder.\n"
	"\n"
	"Usage: tcpwhy tail [OPTION…] [FILE]        (default: " DEFAULT_LOG "; `-`: standard input)\n"
	"\n"
	"  -n, --lines N          begin with the last N events that are selected (default 10; `all`)\n"
	"  -f, --follow           go on as the log grows, across rotation: so it does anyway; with -f the\n"
	"                         file may also be missing at first\n"
	"      --no-follow        stop at the end of the file\n"
	"      --event A,B        only these events; `--event help` lists them\n"
	"      --addr ADDR[/LEN]  only connections with this address, or one of this network\n"
	"      --port N           only connections with this port\n"
	"      --json             the log's own lines, selected\n"
	"      --color WHEN       colour: auto (on a terminal, unless NO_COLOR is set), always, never\n"
	"  -h, --help             this text\n"
	"\n"
	"Memory: one line, and 64 KiB to read by.\n";

enum { OPT_EVENT = 256, OPT_ADDR, OPT_PORT, OPT_JSON, OPT_COLOUR, OPT_NO_FOLLOW };

static const struct option longs[] = {
	{ "lines", required_argument, NULL, 'n' },
	{ "follow", no_argument, NULL, 'f' },
	{ "no-follow", no_argument, NULL, OPT_NO_FOLLOW },
	{ "event", required_argument, NULL, OPT_EVENT },
	{ "addr", required_argument, NULL, OPT_ADDR },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "color", required_argument, NULL, OPT_COLOUR },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void list_events(void)
{
	for (unsigned int i = 0; i < _TW_EV_MAX; i++)
		if (tw_event_is_public(i))
			printf("%-20s %s\n", tw_event_word(i), tw_event_meaning(i));
}

static int parse_back(struct tail *t, const char *text, struct tw_reason *reason)
{
	char *end;

	if (!strcmp(text, "all")) {
		t->back = TW_FOLLOW_ALL;
		return 0;
	}
	errno = 0;
	t->back = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno)
		return tw_reason(reason, -EINVAL, "-n %s: accepted is a number of events, or `all`", text);
	return 0;
}

static int parse_colour(struct tail *t, const char *when, struct tw_reason *reason)
{
	if (strcmp(when, "auto") && strcmp(when, "always") && strcmp(when, "never"))
		return tw_reason(reason, -EINVAL, "--color %s: accepted is auto, always or never", when);
	t->colour = tw_line_colour(STDOUT_FILENO, when);
	return 0;
}

/* 0; 1: nothing more to do; -EINVAL with @reason, or with none when getopt has said it. */
static int take_option(struct tail *t, int option, struct tw_reason *reason)
{
	switch (option) {
	case 'n':
		return parse_back(t, optarg, reason);
	case 'f':
		t->wait = true;
		return 0;
	case OPT_NO_FOLLOW:
		t->once = true;
		return 0;
	case OPT_EVENT:
		if (strcmp(optarg, "help"))
			return tw_select_events(&t->select, optarg, reason);
		list_events();
		return 1;
	case OPT_ADDR:
		return tw_select_addr(&t->select, optarg, reason);
	case OPT_PORT:
		return tw_select_port(&t->select, optarg, reason);
	case OPT_JSON:
		t->raw = true;
		return 0;
	case OPT_COLOUR:
		return parse_colour(t, optarg, reason);
	case 'h':
		fputs(help, stdout);
		return 1;
	default:
		return -EINVAL;
	}
}

static int parse(struct tail *t, int argc, char **argv)
{
	struct tw_reason reason = { .text = "" };
	int option, err = 0;

	optind = 1;
	while (!err && (option = getopt_long(argc, argv, "n:fh", longs, NULL)) != -1)
		err = take_option(t, option, &reason);
	if (!err && argc - optind > 1)
		err = tw_reason(&reason, -EINVAL, "only one file can be followed, and there are %d", argc - optind);
	if (!err && optind < argc)
		t->path = argv[optind];
	if (err < 0 && reason.text[0])
		tw_say("tail: %s", reason.text);
	if (err < 0)
		fputs("`tcpwhy tail --help` lists the options.\n", stderr);
	return err;
}

/* --- lines --- */

static json_t *read_event(const char *line, size_t len)
{
	json_t *event = json_loadb(line, len, 0, NULL);

	if (json_is_string(json_object_get(event, "event")))
		return event;
	json_decref(event);
	return NULL;
}

static bool on_wanted(void *ctx, const char *line, size_t len)
{
	struct tail *t = ctx;
	json_t *event = read_event(line, len);
	bool wanted = event && tw_select_takes(&t->select, event);

	json_decref(event);
	return wanted;
}

static void on_line(void *ctx, const char *line, size_t len)
{
	struct tail *t = ctx;
	json_t *event = len ? read_event(line, len) : NULL;
	char text[TW_LINE_MAX];

	if (!event) {
		t->odd += len > 0;
		return;
	}
	if (!tw_select_takes(&t->select, event))
		goto out;
	if (t->raw)
		printf("%.*s\n", (int)len, line);
	else if (tw_line_format(text, sizeof(text), event, t->colour))
		puts(text);
out:
	json_decref(event);
}

/* --- following --- */

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Until something may have changed. True: it is time to go, since somebody said so or nobody reads us. */
static bool wait_for_more(struct tail *t)
{
	struct pollfd fds[] = {
		{ .fd = t->signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
		{ .fd = tw_follow_fd(t->follow), .events = POLLIN },
	};

	if (fflush(stdout))
		return true;
	poll(fds, 3, tw_follow_pause_ms(t->follow));
	return fds[0].revents || fds[1].revents & (POLLERR | POLLHUP | POLLNVAL);
}

static int follow(struct tail *t)
{
	int err;

	do {
		err = tw_follow_read(t->follow);
		if (err < 0)
			return err;
		if (ferror(stdout) || (t->once && !err))
			break;
	} while (t->once || !wait_for_more(t));
	if (t->once)
		tw_follow_last(t->follow);
	return 0;
}

static int open_log(struct tail *t)
{
	bool standard_input = !strcmp(t->path, "-");
	struct tw_follow_options options = {
		.path = standard_input ? "/dev/stdin" : t->path,
		.wait_for_it = t->wait,
		.back = standard_input ? TW_FOLLOW_ALL : t->back,
		.wanted = on_wanted,
		.line = on_line,
		.ctx = t,
	};

	t->once |= standard_input;
	return tw_follow_open(&t->follow, &options);
}

static void say_open_error(const struct tail *t, int err)
{
	tw_say("tail: cannot open %s: %s%s", t->path, strerror(-err),
	       err == -ENOENT ? "; `tcpwhy run -w FILE` writes a log, -f waits for one" : "");
}

static int finish(struct tail *t, int err)
{
	if (err)
		tw_say("tail: cannot read %s: %s", t->path, strerror(-err));
	if (t->odd)
		tw_say("tail: %llu line%s of %s %s no event%s", (unsigned long long)t->odd, t->odd == 1 ? "" : "s",
		       t->path, t->odd == 1 ? "is" : "are", t->odd == 1 ? "" : "s");
	tw_follow_close(t->follow);
	if (t->signals >= 0)
		close(t->signals);
	if (fflush(stdout) && errno != EPIPE) {
		tw_say("tail: cannot write: %s", strerror(errno));
		return TW_EXIT_FAILED;
	}
	return err ? TW_EXIT_FAILED : TW_EXIT_OK;
}

int cmd_tail(int argc, char **argv)
{
	struct tail t = {
		.path = DEFAULT_LOG, .back = 10, .signals = -1, .colour = tw_line_colour(STDOUT_FILENO, "auto"),
	};
	int err = parse(&t, argc, argv);

	if (err)
		return err < 0 ? TW_EXIT_USAGE : TW_EXIT_OK;
	err = open_log(&t);
	if (err) {
		say_open_error(&t, err);
		return TW_EXIT_FAILED;
	}
	signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of printf */
	if (!t.once)
		t.signals = open_signals();
	return finish(&t, follow(&t));
}
