// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcpwhy tail: a log → the events that somebody wants → readable lines. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/reason.h"
#include "cmd.h"
#include "log/follow.h"
#include "options/options.h"
#include "readable/line.h"
#include "select.h"

#define DEFAULT_LOG "/var/log/tcpwhy/events.ndjson"

struct tail {
	const char *path, *when; /* when: colour */
	struct tw_select select;
	struct tw_follow *follow;
	uint64_t back, odd;   /* odd: lines that are no events */
	uint64_t events;      /* lines that are, wanted or not */
	bool warned;          /* of a file that has none */
	bool once, wait, raw, colour;
	int signals;
};

static void list_events(void)
{
	for (unsigned int i = 0; i < _TW_EV_MAX; i++)
		if (tw_event_is_public(i))
			printf("%-20s %s\n", tw_event_word(i), tw_event_meaning(i));
}

/* --- options --- */

static int take_lines(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct tail *t = options;
	char *end;

	if (!strcmp(value, "all")) {
		t->back = TW_FOLLOW_ALL;
		return 0;
	}
	errno = 0;
	t->back = strtoull(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || errno)
		return tw_option_mistake(option, value, "a number of events, or `all`", reason);
	return 0;
}

static int take_events(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct tail *t = options;

	if (strcmp(value, "help"))
		return tw_select_events(&t->select, value, reason);
	list_events();
	return 1;
}

static int take_addr(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	return tw_select_addr(&((struct tail *)options)->select, value, reason);
}

static int take_port(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	return tw_select_port(&((struct tail *)options)->select, value, reason);
}

#define AT(field) .at = offsetof(struct tail, field)

static const struct tw_option options[] = {
	{ NULL, "lines", 'n', "N", NULL, "begin with the last N events that are selected (default 10; `all`)",
	  take_lines, AT(back) },
	{ NULL, "follow", 'f', NULL, NULL,
	  "go on as the log grows, across rotation: so it does anyway; with -f the file may also be missing at first",
	  tw_take_set, AT(wait) },
	{ NULL, "no-follow", 0, NULL, NULL, "stop at the end of the file", tw_take_set, AT(once) },
	{ NULL, "event", 0, "A,B", NULL, "only these events; `--event help` lists them", take_events, AT(select), .many = true },
	{ NULL, "addr", 0, "ADDR[/LEN]", NULL, "only connections with this address, or one of this network", take_addr,
	  AT(select) },
	{ NULL, "port", 0, "N", NULL, "only connections with this port", take_port, AT(select) },
	{ NULL, "json", 0, NULL, NULL, "the log's own lines, selected", tw_take_set, AT(raw) },
	{ NULL, "color", 0, "WHEN", NULL, "colour: auto (on a terminal, unless NO_COLOR is set), always, never",
	  tw_take_word, AT(when), .words = "auto, always or never" },
	{ 0 },
};

static const struct tw_argument arguments[] = {
	{ "FILE", "the log (default: " DEFAULT_LOG "; `-`: standard input)" },
	{ 0 },
};

const struct tw_command tw_command_tail = {
	.name = "tail",
	.about = "Follows an event log as people read it: one line an event, times in UTC. The arrow between the two "
		 "ends shows which way the packet went: → from the originator, ← from the responder.",
	.usage = "[OPTION…] [FILE]",
	.arguments = arguments,
	.options = options,
	.notes = "Memory: one line, and 64 KiB to read by.",
};

static enum tw_parsed parse(struct tail *t, int argc, char **argv)
{
	struct tw_reason reason;
	int rest;
	enum tw_parsed parsed = tw_options_parse(&tw_command_tail, t, argc, argv, &rest);

	if (parsed != TW_PARSED_GO)
		return parsed;
	if (argc - rest > 1) {
		tw_reason(&reason, 0, "tail: only one file can be followed, and there are %d", argc - rest);
		return tw_options_mistake(&tw_command_tail, &reason);
	}
	if (rest < argc)
		t->path = argv[rest];
	t->colour = tw_line_colour(STDOUT_FILENO, t->when);
	return parsed;
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

	t->events += event != NULL;
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
	t->events++;
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

static bool is_no_log(const struct tail *t)
{
	return t->odd && !t->events;
}

/* At once: who follows a capture by mistake would wait for ever. But the log may only have begun badly. */
static void warn_of_no_log(struct tail *t)
{
	if (!t->once && !t->warned && is_no_log(t)) {
		tw_say("tail: no line of %s is an event so far: is it a log of `tcpwhy run -w` or `tcpwhy read -w`?", t->path);
		t->warned = true;
	}
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
		warn_of_no_log(t);
	} while (t->once || !wait_for_more(t));
	if (t->once)
		tw_follow_last(t->follow);
	return 0;
}

static int open_log(struct tail *t)
{
	bool standard_input = !strcmp(t->path, "-");
	struct tw_follow_options options = {
		.path = standard_input ? "/proc/self/fd/0" : t->path,
		.wait_for_it = t->wait,
		.back = standard_input ? TW_FOLLOW_ALL : t->back,
		.wanted = on_wanted,
		.line = on_line,
		.ctx = t,
	};
	int err;

	t->once |= standard_input;
	err = tw_follow_open(&t->follow, &options);
	if (!err)
		t->once |= tw_follow_is_packed(t->follow);
	return err;
}

static void say_open_error(const struct tail *t, int err)
{
	tw_say("tail: cannot open %s: %s%s", t->path, strerror(-err),
	       err == -ENOENT ? "; `tcpwhy run -w FILE` writes a log, -f waits for one" :
	       err == -EACCES ? "; root and the file's group may read it (the package's: tcpwhy)" : "");
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
	return err ? TW_EXIT_FAILED : is_no_log(t) ? TW_EXIT_USAGE : TW_EXIT_OK;
}

int cmd_tail(int argc, char **argv)
{
	struct tail t = {
		.path = DEFAULT_LOG, .when = "auto", .back = 10, .signals = -1,
	};
	enum tw_parsed parsed = parse(&t, argc, argv);
	int err;

	if (parsed != TW_PARSED_GO)
		return parsed == TW_PARSED_DONE ? TW_EXIT_OK : TW_EXIT_USAGE;
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
