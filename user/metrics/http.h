/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A few read-only pages over HTTP (libmicrohttpd), served by the loop that also drains the ring: nothing
 * here waits for anybody. Bounded: 32 clients, 16 KiB each and the page they were given, 10 s of silence.
 */
#ifndef TCPWHY_USER_HTTP_H
#define TCPWHY_USER_HTTP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/reason.h"
#include "base/text.h"

#define TW_HTTP_CLIENTS 32
#define TW_HTTP_SILENCE_S 10

/* One page. The last of a list has no path. */
struct tw_http_page {
	const char *path; /* "/metrics" */
	const char *type; /* "text/plain; charset=utf-8" */
	size_t max;       /* bytes of its text */
	/* Writes the page; returns its HTTP status. */
	unsigned int (*write)(void *ctx, struct tw_text *text);
};

/* Where to listen. */
struct tw_http_address {
	struct sockaddr_storage addr;
	socklen_t len;
};

struct tw_http;

/* "9290" (on 127.0.0.1), "192.0.2.1:9290", "[::1]:9290"; port 0: the kernel chooses. 0 or -EINVAL. */
int tw_http_parse(struct tw_http_address *address, const char *text);

/* 0 and *@http; or -errno with the reason. @pages and @ctx must live as long. */
int tw_http_open(struct tw_http **http, const struct tw_http_address *address, const struct tw_http_page *pages,
		 void *ctx, struct tw_reason *reason);

/* Readable when there is something to do: then, and about every second, tw_http_run(). */
int tw_http_fd(const struct tw_http *http);
void tw_http_run(struct tw_http *http);

/* "http://127.0.0.1:9290": with the port that the kernel chose. */
const char *tw_http_url(const struct tw_http *http);

/* NULL is fine. */
void tw_http_close(struct tw_http *http);

#endif
