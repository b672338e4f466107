// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Capture files: finds out what a file is, and leaves the rest to pcap.c or pcapng.c. */
#include "capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"

struct tw_capture {
	struct tw_stream *stream;
	struct tw_container *container;
	char *path;
};

int tw_container_damaged(const struct tw_container *c, struct tw_reason *reason, const char *fmt, ...)
{
	char what[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return tw_reason(reason, -EBADMSG, "%s is damaged at byte %llu: %s; what comes before is read", c->path,
			 (unsigned long long)tw_stream_offset(c->stream), what);
}

int tw_container_cut(const struct tw_container *c, struct tw_reason *reason, const char *what)
{
	uint64_t at = tw_stream_offset(c->stream), have = c->window->end - c->window->at;

	return tw_reason(reason, -EBADMSG, "%s is cut off at byte %llu, within %s that begins at byte %llu; "
			 "what comes before is read", c->path, (unsigned long long)(at + have), what,
			 (unsigned long long)at);
}

int tw_container_need(struct tw_container *c, size_t n, const char *what, struct tw_reason *reason)
{
	ssize_t have = tw_stream_peek(c->stream, c->window, n, reason);

	if (have < 0)
		return have;
	if ((size_t)have >= n)
		return 1;
	return have ? tw_container_cut(c, reason, what) : 0;
}

static int no_capture(const struct tw_container *c, struct tw_reason *reason, const char *why)
{
	return tw_reason(reason, -EBADMSG, "%s is no capture that can be read: %s; expected is pcap or pcapng", c->path, why);
}

static int open_container(struct tw_capture *capture, const struct tw_container *base, struct tw_reason *reason)
{
	ssize_t have = tw_stream_peek(base->stream, base->window, 4, reason);
	uint32_t magic;

	if (have < 0)
		return have;
	if (have < 4)
		return no_capture(base, reason, have ? "it is too short" : "it is empty");
	memcpy(&magic, base->window->at, sizeof(magic));
	if (magic == 0x0a0d0d0a)
		return tw_pcapng_open(&capture->container, base, reason);
	return tw_pcap_open(&capture->container, base, reason);
}

int tw_capture_open(struct tw_capture **result, const char *path, struct tw_ifaces *ifaces,
		    const struct tw_stream_options *options, struct tw_reason *reason)
{
	struct tw_capture *capture = calloc(1, sizeof(*capture));
	struct tw_container base = { .ifaces = ifaces };
	int err = -ENOMEM;

	if (!capture)
		return tw_reason(reason, err, "out of memory");
	capture->path = strdup(strcmp(path, "-") ? path : "standard input");
	if (!capture->path) {
		tw_reason(reason, err, "out of memory");
		goto out;
	}
	err = tw_stream_open(&capture->stream, path, options, reason);
	if (err)
		goto out;
	base.stream = capture->stream;
	base.window = tw_stream_window(capture->stream);
	base.path = capture->path;
	err = open_container(capture, &base, reason);
	if (err)
		goto out;
	*result = capture;
	return 0;
out:
	tw_capture_close(capture);
	return err;
}

void tw_capture_close(struct tw_capture *capture)
{
	if (!capture)
		return;
	if (capture->container)
		capture->container->ops->free(capture->container);
	tw_stream_close(capture->stream);
	free(capture->path);
	free(capture);
}

int tw_capture_next(struct tw_capture *capture, struct tw_packet *packet, struct tw_reason *reason)
{
	return capture->container->ops->next(capture->container, packet, reason);
}

bool tw_capture_is_evidence(const struct tw_capture *capture)
{
	return capture->container->evidence;
}

uint64_t tw_capture_until(const struct tw_capture *capture)
{
	return capture->container->until_ns;
}

void tw_capture_progress(const struct tw_capture *capture, uint64_t *done, uint64_t *size)
{
	*done = tw_stream_read(capture->stream);
	*size = tw_stream_size(capture->stream);
}
