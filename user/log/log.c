// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The log's writer: a buffer in front of a file that may be slow, full or gone.
 *
 * The buffer holds whole lines from `start` to `end`; of the first of them, `part` bytes may be in the
 * file already. Its memory is touched only as far as it is needed: nearly always a few pages.
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "line/logline.h"
#include "logfile.h"

#define FLUSH_BYTES (64u << 10) /* enough for one write */
#define PACED_BYTES 4096u       /* PIPE_BUF: room for that much is what poll() tells of a pipe */

struct tw_log {
	struct tw_log_options options;
	char *path;             /* NULL: standard output */
	char *buffer;
	size_t size, start, part, end;
	size_t fresh;           /* bytes that came since the last try to write */
	struct tw_log_stats stats;
	uint64_t lost_unsaid;   /* lines that found no room, not yet in the log */
	uint64_t since_ns;      /* the tick that first saw what waits; 0: nothing waits */
	int fd;
	int error;              /* of the last write: 0 or -errno */
	bool paced;             /* a pipe or terminal: a write may block */
	struct tw_rotate *rotate; /* NULL: nobody asked for it */
	uint64_t second_ns;     /* the tick at which rotation by time and fsync are due */
	int rotate_error;       /* of the last rotation: 0 or -errno */
	int deleted_error;      /* of the last try to replace a file that was deleted: 0 or -errno */
};

/* --- file --- */

static uint64_t wall_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * TW_NS_PER_SEC + t.tv_nsec;
}

static void learn_kind(struct tw_log *log)
{
	struct stat st;

	if (log->rotate)
		tw_rotate_opened(log->rotate, log->fd, wall_now());
	log->paced = !fstat(log->fd, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(log->fd));
}

int tw_log_open(struct tw_log **result, const struct tw_log_options *options)
{
	struct tw_log *log = calloc(1, sizeof(*log));
	int err = -ENOMEM;

	if (!log)
		return -ENOMEM;
	log->options = *options;
	log->fd = -1;
	log->size = options->hold ? TW_MAX(options->hold, 2 * TW_LOG_LINE_MAX) : TW_LOG_HOLD;
	log->buffer = malloc(log->size);
	if (options->path)
		log->path = strdup(options->path);
	if (!log->buffer || (options->path && !log->path))
		goto out;
	if (log->path && tw_rotate_wanted(&options->rotate)) {
		log->rotate = tw_rotate_new(&options->rotate, log->path);
		if (!log->rotate)
			goto out;
	}
	if (!options->no_file) {
		log->fd = log->path ? tw_logfile_open(log->path, !options->wait) : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		if (log->fd < 0) {
			err = log->path ? log->fd : -errno;
			log->fd = -1;
			goto out;
		}
		learn_kind(log);
	}
	*result = log;
	return 0;
out:
	tw_log_close(log);
	return err;
}

/* --- writing --- */

static void say_trouble(const struct tw_log *log, int error, uint64_t lost)
{
	const char *path = log->path ? log->path : "standard output";

	if (log->options.trouble)
		log->options.trouble(log->options.ctx, path, error, lost);
	else if (error == -EPIPE)
		fprintf(stderr, "tcpwhy: log: nobody reads %s any more\n", path);
	else if (error)
		fprintf(stderr, "tcpwhy: log: cannot write %s: %s; events are held, up to %zu MiB\n", path,
			strerror(-error), log->size >> 20);
	else
		fprintf(stderr, "tcpwhy: log: writing %s again; %llu events were lost\n", path,
			(unsigned long long)lost);
}

/* One write, as much as goes in without waiting. Bytes, 0 when it would block, -errno. */
static ssize_t write_some(const struct tw_log *log, const char *bytes, size_t len)
{
	struct pollfd p = { .fd = log->fd, .events = POLLOUT };
	ssize_t n;

	if (log->paced && !log->options.wait) {
		if (poll(&p, 1, 0) != 1)
			return 0;
		len = TW_MIN(len, PACED_BYTES);
	}
	n = write(log->fd, bytes, len);
	if (n < 0 && errno == EIO && log->paced)
		return -EPIPE; /* a terminal that hung up */
	return n >= 0 ? n : -errno;
}

static unsigned int count_lines(const char *text, size_t len)
{
	const char *end = text + len;
	unsigned int lines = 0;

	while (text < end && (text = memchr(text, '\n', end - text))) {
		lines++;
		text++;
	}
	return lines;
}

/* @n more bytes are in the file. */
static void advance(struct tw_log *log, size_t n)
{
	size_t from = log->start + log->part, to = from + n;
	const char *newline = memrchr(log->buffer + from, '\n', n);

	log->stats.written += count_lines(log->buffer + from, n);
	log->stats.bytes += n;
	if (log->rotate)
		tw_rotate_wrote(log->rotate, n);
	if (newline) {
		log->start = newline + 1 - log->buffer;
		log->part = to - log->start;
	} else {
		log->part += n;
	}
	if (log->start == log->end)
		log->start = log->end = 0;
}

static void take(struct tw_log *log, const struct tw_record *record);

/* Something can be written again: the log itself says what is missing from it. */
static void say_lost(struct tw_log *log)
{
	struct tw_record record = {
		.type = TW_EV_EVENTS_LOST, .ts_ns = wall_now(),
		.lost = { .count = log->lost_unsaid, .where = "writer" },
	};

	log->lost_unsaid = 0;
	take(log, &record);
}

static void note_result(struct tw_log *log, int error)
{
	if (error && !log->error)
		say_trouble(log, error, 0);
	if (!error && log->error)
		say_trouble(log, 0, log->lost_unsaid);
	log->error = error;
}

/* Until nothing is left, or no more goes in. True when nothing is left. */
static bool drain(struct tw_log *log)
{
	ssize_t n = 1;

	log->fresh = 0;
	while (log->end > log->start) {
		n = write_some(log, log->buffer + log->start + log->part, log->end - log->start - log->part);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			break;
		advance(log, n);
	}
	if (n)
		note_result(log, n < 0 && n != -EAGAIN ? n : 0);
	return log->end == log->start;
}

static void say_rotation(struct tw_log *log, int error)
{
	if (error && !log->rotate_error)
		fprintf(stderr, "tcpwhy: log: cannot rotate %s: %s; going on in the same file\n", log->path, strerror(-error));
	log->rotate_error = error;
}

/* All lines are in the old file; what comes is for a new one. Nothing is written between the two. */
static void rotate(struct tw_log *log, uint64_t wall_ns)
{
	int err = tw_rotate_away(log->rotate, wall_ns), fd;

	if (!err) {
		fd = tw_logfile_open(log->path, !log->options.wait);
		if (fd < 0) {
			err = fd;
			tw_rotate_undo(log->rotate, wall_ns);
		} else {
			close(log->fd);
			log->fd = fd;
			learn_kind(log);
			tw_rotate_done(log->rotate);
		}
	}
	say_rotation(log, err);
}

static void rotate_when_due(struct tw_log *log)
{
	uint64_t wall_ns;

	if (!log->rotate || log->fd < 0 || log->end != log->start || log->error)
		return;
	wall_ns = wall_now();
	if (tw_rotate_is_due(log->rotate, wall_ns))
		rotate(log, wall_ns);
}

int tw_log_flush(struct tw_log *log)
{
	bool empty;

	if (log->fd < 0)
		return 0;
	empty = drain(log);
	if (empty && log->lost_unsaid) {
		say_lost(log);
		empty = drain(log);
	}
	if (empty)
		log->since_ns = 0;
	return log->error;
}

/* Somebody made room on the disk: what is written now nobody would ever see, and its room is not free either. */
static void replace_deleted(struct tw_log *log)
{
	int err;

	if (!log->path || !tw_logfile_is_deleted(log->fd, log->path))
		return;
	err = tw_log_reopen(log);
	if (!err)
		fprintf(stderr, "tcpwhy: log: %s was deleted; a new one is begun\n", log->path);
	else if (err != log->deleted_error)
		fprintf(stderr, "tcpwhy: log: %s was deleted, and a new one cannot be made: %s; trying again, and what is "
			"written meanwhile is lost\n", log->path, strerror(-err));
	log->deleted_error = err;
}

static void each_second(struct tw_log *log, uint64_t now_ns)
{
	if (log->fd < 0 || now_ns < log->second_ns)
		return;
	log->second_ns = now_ns + TW_NS_PER_SEC;
	replace_deleted(log);
	if (!log->rotate)
		return;
	tw_rotate_second(log->rotate, log->fd);
	rotate_when_due(log);
}

int tw_log_tick(struct tw_log *log, uint64_t now_ns)
{
	each_second(log, now_ns);
	if (log->end == log->start && !log->lost_unsaid)
		return log->error;
	if (!log->since_ns)
		log->since_ns = now_ns;
	if (now_ns - log->since_ns < TW_LOG_DELAY_NS)
		return log->error;
	tw_log_flush(log);
	rotate_when_due(log);
	/* A slow reader is asked again each tick, a full disk is not. */
	if (log->since_ns && (!log->paced || log->error))
		log->since_ns = now_ns;
	return log->error;
}

/* --- lines --- */

static void make_room(struct tw_log *log)
{
	if (log->size - log->end >= TW_LOG_LINE_MAX)
		return;
	if (log->fd >= 0 && !log->error)
		drain(log);
	if (log->start < log->size / 4 || log->size - log->end >= TW_LOG_LINE_MAX)
		return; /* moving it all for a few lines' room would cost more than they are worth */
	memmove(log->buffer, log->buffer + log->start, log->end - log->start);
	log->end -= log->start;
	log->start = 0;
}

static void take(struct tw_log *log, const struct tw_record *record)
{
	size_t len;

	make_room(log);
	if (log->size - log->end < TW_LOG_LINE_MAX) {
		log->stats.lines++;
		log->stats.lost++;
		log->lost_unsaid++;
		if (!log->error)
			note_result(log, -EAGAIN); /* nobody reads the pipe */
		return;
	}
	len = tw_log_format(log->buffer + log->end, TW_LOG_LINE_MAX, record);
	if (!len)
		return;
	log->stats.lines++;
	if (log->options.line)
		log->options.line(log->options.ctx, log->buffer + log->end, len);
	if (log->fd < 0) {
		log->stats.written++;
		return;
	}
	log->buffer[log->end + len] = '\n';
	log->end += len + 1;
	log->fresh += len + 1;
}

void tw_log_record(void *ctx, const struct tw_record *record)
{
	struct tw_log *log = ctx;

	take(log, record);
	/* While there is trouble, only the clock tries again. */
	if (log->fresh >= (log->paced ? PACED_BYTES : FLUSH_BYTES) && !log->error && drain(log))
		rotate_when_due(log);
}

int tw_log_reopen(struct tw_log *log)
{
	int fd;

	if (!log->path || log->fd < 0)
		return 0;
	tw_log_flush(log);
	if (tw_logfile_is_at(log->fd, log->path))
		return 0;
	fd = tw_logfile_open(log->path, !log->options.wait);
	if (fd < 0)
		return fd;
	close(log->fd);
	log->fd = fd;
	log->part = 0; /* what a full disk cut off is whole in the new file */
	learn_kind(log);
	tw_log_flush(log);
	return 0;
}

void tw_log_stats(const struct tw_log *log, struct tw_log_stats *stats)
{
	*stats = log->stats;
	stats->held = log->stats.lines - log->stats.written - log->stats.lost;
	stats->error = log->error;
	stats->rotations = log->rotate ? tw_rotate_count(log->rotate) : 0;
}

uint64_t tw_log_close(struct tw_log *log)
{
	struct tw_log_stats stats;

	if (!log)
		return 0;
	tw_log_flush(log);
	tw_log_stats(log, &stats);
	if (log->rotate && log->fd >= 0)
		tw_rotate_end(log->rotate, log->fd);
	tw_rotate_free(log->rotate);
	if (log->fd >= 0)
		close(log->fd);
	free(log->buffer);
	free(log->path);
	free(log);
	return stats.held + stats.lost;
}
