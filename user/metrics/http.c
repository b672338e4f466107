// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A few read-only pages over HTTP. libmicrohttpd has an epoll descriptor of its own, which ours watches. */
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TURNS 8 /* libmicrohttpd may have more to do at once; after so many the ring has its turn */

struct tw_http {
	struct MHD_Daemon *daemon;
	const struct tw_http_page *pages;
	void *ctx;
	int fd;
	char url[80];
};

/* --- address --- */

static int parse_port(uint16_t *port, const char *text)
{
	char *end;
	unsigned long n;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	n = strtoul(text, &end, 10);
	if (*end || n > 65535)
		return -EINVAL;
	*port = htons(n);
	return 0;
}

static int parse_v6(struct tw_http_address *address, const char *host, const char *port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->addr;

	in6->sin6_family = AF_INET6;
	address->len = sizeof(*in6);
	return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1 ? parse_port(&in6->sin6_port, port) : -EINVAL;
}

static int parse_v4(struct tw_http_address *address, const char *host, const char *port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&address->addr;

	in->sin_family = AF_INET;
	address->len = sizeof(*in);
	return inet_pton(AF_INET, host, &in->sin_addr) == 1 ? parse_port(&in->sin_port, port) : -EINVAL;
}

int tw_http_parse(struct tw_http_address *address, const char *text)
{
	char host[INET6_ADDRSTRLEN + 2] = "127.0.0.1";
	const char *colon = strrchr(text, ':');
	size_t len = colon ? colon - text : 0;

	memset(address, 0, sizeof(*address));
	if (!colon)
		return parse_v4(address, host, text);
	if (len >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	if (host[0] != '[')
		return parse_v4(address, host, colon + 1);
	if (host[len - 1] != ']')
		return -EINVAL;
	host[len - 1] = '\0';
	return parse_v6(address, host + 1, colon + 1);
}

static void name_url(struct tw_http *h, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;
	char host[INET6_ADDRSTRLEN] = "?";

	if (addr->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(h->url, sizeof(h->url), "http://[%s]:%u", host, ntohs(in6->sin6_port));
	} else {
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(h->url, sizeof(h->url), "http://%s:%u", host, ntohs(in->sin_port));
	}
}

/* --- answers --- */

static enum MHD_Result answer(struct MHD_Connection *c, unsigned int status, const char *type, const char *text, size_t len)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(len, (void *)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result answer_page(struct tw_http *h, struct MHD_Connection *c, const struct tw_http_page *page)
{
	char *buffer = malloc(page->max);
	struct tw_text text = { .at = buffer, .end = buffer + page->max };
	enum MHD_Result result;
	unsigned int status;

	if (!buffer)
		return MHD_NO;
	*buffer = '\0';
	status = page->write(h->ctx, &text);
	result = answer(c, status, page->type, buffer, text.at - buffer);
	free(buffer);
	return result;
}

static enum MHD_Result answer_list(struct tw_http *h, struct MHD_Connection *c, unsigned int status)
{
	char list[256] = "";
	struct tw_text text = { .at = list, .end = list + sizeof(list) };

	tw_text_put(&text, "tcpwhy has:");
	for (const struct tw_http_page *p = h->pages; p->path; p++)
		tw_text_put(&text, " %s", p->path);
	tw_text_put(&text, "\n");
	return answer(c, status, "text/plain; charset=utf-8", list, text.at - list);
}

/* Called once with the headers (*@state is NULL), and again when the whole request is there. */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url, const char *method,
				  const char *version, const char *upload, size_t *upload_size, void **state)
{
	static int seen;
	struct tw_http *h = ctx;

	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return answer_list(h, c, MHD_HTTP_METHOD_NOT_ALLOWED);
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_size) {
		*upload_size = 0; /* a body nobody asked for */
		return MHD_YES;
	}
	for (const struct tw_http_page *p = h->pages; p->path; p++)
		if (!strcmp(url, p->path))
			return answer_page(h, c, p);
	return answer_list(h, c, strcmp(url, "/") ? MHD_HTTP_NOT_FOUND : MHD_HTTP_OK);
}

/* --- life --- */

static int listen_there(const struct tw_http_address *address)
{
	int fd = socket(address->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!bind(fd, (const struct sockaddr *)&address->addr, address->len) && !listen(fd, TW_HTTP_CLIENTS))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* With the port that the kernel chose, if it was to. */
static const struct sockaddr_storage *bound_to(int fd, struct sockaddr_storage *addr)
{
	socklen_t len = sizeof(*addr);

	memset(addr, 0, sizeof(*addr));
	getsockname(fd, (struct sockaddr *)addr, &len);
	return addr;
}

int tw_http_open(struct tw_http **http, const struct tw_http_address *address, const struct tw_http_page *pages,
		 void *ctx, struct tw_reason *reason)
{
	struct tw_http *h = calloc(1, sizeof(*h));
	struct sockaddr_storage bound;

	if (!h)
		return tw_reason(reason, -ENOMEM, "out of memory");
	h->pages = pages;
	h->ctx = ctx;
	h->fd = listen_there(address);
	name_url(h, h->fd < 0 ? &address->addr : bound_to(h->fd, &bound));
	if (h->fd < 0) {
		int err = h->fd;

		tw_reason(reason, err, "metrics: cannot listen at %s: %s", h->url, strerror(-err));
		free(h);
		return err;
	}
	h->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, h->fd,
				     MHD_OPTION_CONNECTION_LIMIT, (unsigned int)TW_HTTP_CLIENTS,
				     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)TW_HTTP_SILENCE_S,
				     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(16 << 10), MHD_OPTION_END);
	if (!h->daemon) {
		close(h->fd);
		free(h);
		return tw_reason(reason, -ENOMEM, "metrics: libmicrohttpd cannot be started");
	}
	*http = h;
	return 0;
}

int tw_http_fd(const struct tw_http *http)
{
	return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

void tw_http_run(struct tw_http *http)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;
	int turns = 0;

	do
		MHD_run(http->daemon);
	while (++turns < TURNS && MHD_get_timeout(http->daemon, &wait_ms) == MHD_YES && !wait_ms);
}

const char *tw_http_url(const struct tw_http *http)
{
	return http->url;
}

void tw_http_close(struct tw_http *http)
{
	if (!http)
		return;
	MHD_stop_daemon(http->daemon); /* and closes the socket */
	free(http);
}
