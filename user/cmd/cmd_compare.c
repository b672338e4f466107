// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcpwhy compare: two logs → pairs of connections → the clocks' offset → what differs → text, JSON lines. */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/reason.h"
#include "base/stream.h"
#include "base/text.h"
#include "cmd.h"
#include "compare/compare_out.h"
#include "compare/differ.h"
#include "options/options.h"

struct compare {
	const char *path[2], *local[2];
	const char *write;      /* NULL: nothing; "-": standard output, instead of the text */
	uint64_t slow_ns;
	uint32_t max;
	struct tw_log_index *log[2];
	struct tw_pairs pairs;
	FILE *json;             /* may be stdout; NULL: none */
	bool text;
	uint64_t count[_TW_DIFF_MAX];
	const struct tw_seen_conn *last;
	int status;
};

/* --- options --- */

static int take_slow(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason)
{
	struct compare *c = options;
	char *end;
	double seconds = strtod(value, &end);

	if (end == value || *end || !(seconds >= 0 && seconds <= 1e6))
		return tw_option_mistake(option, value, "a number of seconds from 0 to 1000000", reason);
	c->slow_ns = seconds * 1e9;
	return 0;
}

#define AT(field) .at = offsetof(struct compare, field)

static const struct tw_option options[] = {
	{ NULL, "write", 'w', "FILE", NULL,
	  "findings as JSON, one object a line, to FILE, which is made anew; `-`: to standard output, instead of the text",
	  tw_take_text, AT(write) },
	{ NULL, "local-a", 0, "ADDR[/BITS]", NULL,
	  "of a capture A: whose it is; without it, TTLs and round-trip times tell which capture is nearer to the originator",
	  tw_take_text, AT(local[0]) },
	{ NULL, "local-b", 0, "ADDR[/BITS]", NULL, "the same of a capture B", tw_take_text, AT(local[1]) },
	{ NULL, "slow", 0, "SECONDS", NULL,
	  "tell where a handshake's or an answer's time went if it took so long (default 0.1)", take_slow,
	  AT(slow_ns) },
	{ NULL, "max-connections", 'n', "N", NULL,
	  "connections of each log that are looked at (default 1048576): about 500 bytes each, and 72 for each packet "
	  "that an event names, 256 of them at most", tw_take_u32, AT(max), 1, 1 << 28 },
	{ 0 },
};

static const struct tw_argument arguments[] = {
	{ "A, B", "logs of `tcpwhy run -w` or `tcpwhy read -w`, also compressed with gzip or zstd; one of them may be `-`, "
	  "standard input. Or captures, which are read as `tcpwhy read` does." },
	{ 0 },
};

const struct tw_command tw_command_compare = {
	.name = "compare",
	.about = "Compares what two hosts saw of the same connections, and says what happened between them: which packets were "
		 "lost, forged or rewritten on the way, and where a delay was. The hosts' clocks need not agree, and "
		 "addresses may be translated between them. What cannot be told for certain is not claimed.",
	.usage = "[OPTION…] A B",
	.arguments = arguments,
	.options = options,
	.notes = "Findings: `lost_between`: one side sent it, the other never received it. `forged_between`: one side received "
		 "it, the other never sent it. `rewritten`: sent as one thing, received as another. `delay_split`: a delay, "
		 "divided into network there, host, network back. `not_comparable`: the logs cannot tell, and why.\n"
		 "Exit status: 0, with and without findings; 1 when a file could not be opened or written; 2 when it was called "
		 "wrongly, or a file is no log, or lines of it are no events.",
};

static int take_files(struct compare *c, int n, char **files, struct tw_reason *reason)
{
	struct stat out, in;

	if (n != 2)
		return tw_reason(reason, -EINVAL, "compare: two logs are needed, and there %s %d", n == 1 ? "is" : "are", n);
	c->path[0] = files[0];
	c->path[1] = files[1];
	if (!strcmp(files[0], "-") && !strcmp(files[1], "-"))
		return tw_reason(reason, -EINVAL, "compare: only one of the logs can be standard input");
	for (int i = 0; i < 2 && c->write && !stat(c->write, &out); i++)
		if (!stat(files[i], &in) && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
			return tw_reason(reason, -EINVAL, "compare: -w %s would overwrite the log that is compared: give "
					 "another file", c->write);
	return 0;
}

static enum tw_parsed parse(struct compare *c, int argc, char **argv)
{
	struct tw_reason reason;
	enum tw_parsed parsed;
	int rest;

	parsed = tw_options_parse(&tw_command_compare, c, argc, argv, &rest);
	if (parsed == TW_PARSED_GO && take_files(c, argc - rest, argv + rest, &reason))
		return tw_options_mistake(&tw_command_compare, &reason);
	return parsed;
}

/* --- logs --- */

static bool is_capture(const char *path)
{
	static const struct tw_stream_options none;
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a };
	struct tw_stream *stream = NULL;
	struct tw_reason reason;
	struct stat st;
	uint32_t magic = 0;

	if (stat(path, &st) || !S_ISREG(st.st_mode) || tw_stream_open(&stream, path, &none, &reason))
		return false;
	if (tw_stream_peek(stream, tw_stream_window(stream), sizeof(magic), &reason) >= (ssize_t)sizeof(magic))
		memcpy(&magic, tw_stream_window(stream)->at, sizeof(magic));
	tw_stream_close(stream);
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (magic == magics[i])
			return true;
	return false;
}

/* `tcpwhy read`, as a process of its own whose log comes through a pipe. The descriptor, or -errno. */
static int start_reading(const struct compare *c, int i, pid_t *child)
{
	char *argv[8] = { "read" };
	int ends[2], argc = 1;

	if (c->local[i]) {
		argv[argc++] = "--local";
		argv[argc++] = (char *)c->local[i];
	}
	argv[argc++] = (char *)c->path[i];
	if (pipe(ends))
		return -errno;
	*child = fork();
	if (!*child) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		optind = 0;
		exit(cmd_read(argc, argv));
	}
	close(ends[1]);
	if (*child > 0)
		return ends[0];
	close(ends[0]);
	return -errno;
}

static int read_capture(struct compare *c, int i, struct tw_reason *reason)
{
	char path[32];
	pid_t child = -1;
	int fd = start_reading(c, i, &child), status = 0, err;

	if (fd < 0)
		return tw_reason(reason, fd, "cannot read %s: %s", c->path[i], strerror(-fd));
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	err = tw_log_index_read(&c->log[i], path, c->path[i], c->max, reason);
	close(fd);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	status = WIFEXITED(status) ? WEXITSTATUS(status) : TW_EXIT_FAILED;
	if (status > c->status)
		c->status = status;
	if (err == -EBADMSG)
		tw_reason(reason, err, "%s: no event comes of this capture%s", c->path[i],
			  status ? "" : ": it has no TCP that is known here");
	return err;
}

static int read_log(struct compare *c, int i)
{
	struct tw_reason reason = { .text = "" };
	int err = is_capture(c->path[i]) ? read_capture(c, i, &reason) :
					   tw_log_index_read(&c->log[i], c->path[i], c->path[i], c->max, &reason);

	if (err) {
		tw_say("compare: %s", reason.text);
		c->status = err == -EBADMSG ? TW_EXIT_USAGE : TW_EXIT_FAILED;
		return err;
	}
	if (tw_log_index_odd(c->log[i])) {
		tw_say("compare: %llu lines of %s are no events, and were left out",
		       (unsigned long long)tw_log_index_odd(c->log[i]), c->path[i]);
		c->status = TW_EXIT_USAGE;
	}
	if (tw_log_index_left_out(c->log[i]))
		tw_say("compare: %s has more connections than --max-connections allows: %llu events were left out",
		       c->path[i], (unsigned long long)tw_log_index_left_out(c->log[i]));
	return 0;
}

/* --- what is said --- */

static void on_finding(void *ctx, const struct tw_finding *f)
{
	struct compare *c = ctx;
	char line[2048];

	c->count[f->diff]++;
	if (c->json && tw_compare_json(line, sizeof(line), f))
		fprintf(c->json, "%s\n", line);
	if (c->text)
		c->last = tw_compare_text(stdout, f, c->last);
}

/* The bounds of the connection that tells most. */
static const struct tw_bounds *best_bounds(const struct compare *c)
{
	const struct tw_bounds *best = NULL;

	for (size_t i = 0; i < c->pairs.n; i++) {
		const struct tw_bounds *b = &c->pairs.pair[i].offset;

		if (tw_bounds_whole(b) && (!best || tw_bounds_error(b) < tw_bounds_error(best)))
			best = b;
	}
	return best;
}

static void say_clocks(const struct compare *c)
{
	const struct tw_bounds *b = best_bounds(c);
	char line[128];
	struct tw_text t = { .at = line, .end = line + sizeof(line) };
	int64_t offset;

	if (!b)
		return;
	offset = tw_bounds_middle(b);
	tw_text_put(&t, "B's clock is %.6f s %s A's, ± ", (offset < 0 ? -offset : offset) / 1e9,
		    offset < 0 ? "behind" : "ahead of");
	tw_text_time(&t, tw_bounds_error(b) / 1e9);
	printf("%s\n", line);
}

static void say_head(const struct compare *c)
{
	for (int i = 0; i < 2; i++)
		printf("%c: %s, %zu connection%s\n", "AB"[i], c->path[i], tw_log_index_count(c->log[i]),
		       tw_log_index_count(c->log[i]) == 1 ? "" : "s");
	printf("in both: %zu\n", c->pairs.n);
	say_clocks(c);
}

static void say_sum(const struct compare *c)
{
	static const enum tw_diff order[] = { TW_DIFF_LOST, TW_DIFF_FORGED, TW_DIFF_REWRITTEN, TW_DIFF_DELAY,
					      TW_DIFF_NOT_COMPARABLE };
	bool any = false;

	printf("\n");
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		if (!c->count[order[i]])
			continue;
		printf("%s%llu %s", any ? ", " : "", (unsigned long long)c->count[order[i]], tw_diff_word(order[i]));
		any = true;
	}
	printf("%s\n", any ? "" : "Nothing was lost, forged or rewritten between them.");
}

static int open_output(struct compare *c)
{
	c->text = !c->write || strcmp(c->write, "-");
	if (!c->write)
		return 0;
	c->json = c->text ? fopen(c->write, "w") : stdout;
	if (c->json)
		return 0;
	tw_say("compare: cannot write %s: %s", c->write, strerror(errno));
	c->status = TW_EXIT_FAILED;
	return -errno;
}

static int compare(struct compare *c)
{
	struct tw_differ differ = {
		.a = c->log[0], .b = c->log[1], .pairs = &c->pairs, .slow_ns = c->slow_ns, .sink = on_finding, .ctx = c,
	};
	int err = tw_match(&c->pairs, c->log[0], c->log[1]);

	if (err)
		return err;
	tw_offset_pairs(&c->pairs);
	if (c->text)
		say_head(c);
	err = tw_differ(&differ);
	if (!err && c->text)
		say_sum(c);
	return err;
}

static void finish(struct compare *c)
{
	bool bad = fflush(stdout) && errno != EPIPE;

	if (c->json && c->json != stdout)
		bad |= fclose(c->json) != 0;
	if (bad) {
		tw_say("compare: cannot write: %s", strerror(errno));
		c->status = TW_EXIT_FAILED;
	}
	tw_pairs_free(&c->pairs);
	tw_log_index_free(c->log[0]);
	tw_log_index_free(c->log[1]);
}

int cmd_compare(int argc, char **argv)
{
	struct compare c = { .slow_ns = TW_DIFFER_SLOW_NS, .max = TW_LOG_INDEX_CONNS };
	enum tw_parsed parsed = parse(&c, argc, argv);

	if (parsed != TW_PARSED_GO)
		return parsed == TW_PARSED_DONE ? TW_EXIT_OK : TW_EXIT_USAGE;
	if (!read_log(&c, 0) && !read_log(&c, 1) && !open_output(&c) && compare(&c)) {
		tw_say("compare: out of memory");
		c.status = TW_EXIT_FAILED;
	}
	finish(&c);
	return c.status;
}
