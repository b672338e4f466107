// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The lines of a log, through the same window as captures. */
#include "logread.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/stream.h"

#define LONGEST_S 1e9 /* nonsense beyond */
#define NO_LOG_AFTER 20 /* lines without any event */

uint64_t tw_logread_time(const char *text)
{
	struct tm tm = { 0 };
	const char *at = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	uint64_t ns = 0, unit = 100000000;
	time_t seconds;

	if (!at)
		return 0;
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
			ns += (*at - '0') * unit;
	seconds = timegm(&tm);
	return strcmp(at, "Z") || seconds < 0 ? 0 : seconds * 1000000000ull + ns;
}

uint64_t tw_logread_start(const json_t *final)
{
	const char *start = json_string_value(json_object_get(final, "start"));

	return start ? tw_logread_time(start) : 0;
}

uint64_t tw_logread_end(const json_t *final)
{
	double seconds = json_number_value(json_object_get(final, "duration"));

	return tw_logread_start(final) + (seconds > 0 && seconds < LONGEST_S ? (uint64_t)(seconds * 1e9) : 0);
}

static void take_line(struct tw_logread *r, const char *line, size_t len)
{
	const char *ts;
	json_t *event;

	r->lines++;
	if (!len)
		return;
	if (r->wanted && !r->wanted(r->ctx, line, len))
		return;
	event = json_loadb(line, len, 0, NULL);
	if (json_is_string(json_object_get(event, "event"))) {
		ts = json_string_value(json_object_get(event, "ts"));
		r->events++;
		r->event(r->ctx, event, ts ? tw_logread_time(ts) : 0);
	} else {
		r->first_odd = r->odd++ ? r->first_odd : r->lines;
	}
	json_decref(event);
}

/* The end of the line that begins at the window; NULL: there is none, and what is left is at most @len bytes. */
static const char *find_newline(struct tw_stream *stream, size_t *len, int *err, struct tw_reason *reason)
{
	struct tw_window *w = tw_stream_window(stream);
	size_t searched = 0;

	for (;;) {
		size_t have = w->end - w->at;
		const char *newline = have > searched ? memchr(w->at + searched, '\n', have - searched) : NULL;
		ssize_t filled;

		*len = have;
		if (newline || have > TW_LOGREAD_LINE_MAX)
			return newline;
		searched = have;
		filled = tw_stream_fill(stream, have + 1, reason);
		*err = filled < 0 ? filled : 0;
		if (*err || (size_t)filled == have)
			return NULL;
	}
}

/* Binary data need not have lines. */
static int no_log(const struct tw_logread *r, const char *path, struct tw_reason *reason)
{
	if (!r->odd || r->events || (r->lines > NO_LOG_AFTER && !r->odd))
		return 0;
	return tw_reason(reason, -EBADMSG, "%s is no event log: none of its first %llu line%s is an event; `tcpwhy run -w FILE` "
			 "writes a log, and `tcpwhy read -w FILE` makes one from a capture", r->name ? r->name : path,
			 (unsigned long long)r->lines, r->lines == 1 ? "" : "s");
}

static void take_rest(struct tw_logread *r, const char *line, size_t len)
{
	uint64_t odd = r->odd;

	take_line(r, line, len);
	if (r->odd == odd || !r->events)
		return;
	r->cut = true; /* no damage: whoever writes it has not finished the line */
	r->odd--;
}

int tw_logread_run(struct tw_logread *r, const char *path, struct tw_reason *reason)
{
	struct tw_stream_options options = { 0 };
	struct tw_stream *stream = NULL;
	const char *newline;
	size_t len;
	int err;

	r->lines = r->events = r->odd = r->first_odd = 0;
	r->cut = false;
	err = tw_stream_open(&stream, path, &options, reason);
	while (!err) {
		const char *line = (const char *)tw_stream_window(stream)->at;

		newline = find_newline(stream, &len, &err, reason);
		line = (const char *)tw_stream_window(stream)->at;
		if (err || (!newline && len <= TW_LOGREAD_LINE_MAX))
			break;
		if (newline)
			take_line(r, line, newline - line);
		else
			r->first_odd = r->odd++ ? r->first_odd : r->lines + 1;
		tw_stream_pass(stream, newline ? (size_t)(newline - line) + 1 : len, reason);
		if (r->lines == NO_LOG_AFTER)
			err = no_log(r, path, reason);
	}
	if (!err && len)
		take_rest(r, (const char *)tw_stream_window(stream)->at, len);
	if (!err)
		err = no_log(r, path, reason);
	tw_stream_close(stream);
	return err;
}
