// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The HTTP pages: where they listen, what they answer, and clients that do not behave. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "made.h"
#include "metrics/health.h"
#include "metrics/http.h"

static struct tw_http *http;
static char answer[300000];
static unsigned int asked;

static unsigned int write_page(void *ctx, struct tw_text *text)
{
	asked++;
	tw_text_put(text, "%s", (const char *)ctx);
	return 200;
}

static unsigned int write_large(void *ctx, struct tw_text *text)
{
	while (text->end - text->at > 100)
		tw_text_put(text, "%064d\n", 7);
	return 503;
}

static const struct tw_http_page pages[] = {
	{ "/page", "text/plain", 1000, write_page },
	{ "/large", "text/plain", 200000, write_large },
	{ 0 },
};

static int setup(void **state)
{
	struct tw_http_address address;
	struct tw_reason reason;

	asked = 0;
	assert_int_equal(tw_http_parse(&address, "0"), 0);
	assert_int_equal(tw_http_open(&http, &address, pages, "hello\n", &reason), 0);
	assert_memory_equal(tw_http_url(http), "http://127.0.0.1:", 17);
	return 0;
}

static int teardown(void **state)
{
	tw_http_close(http);
	return 0;
}

static int connect_to(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) },
				  .sin_port = htons(atoi(strrchr(tw_http_url(http), ':') + 1)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	return fd;
}

static void turn(void)
{
	struct pollfd p = { .fd = tw_http_fd(http), .events = POLLIN };

	if (poll(&p, 1, 10) > 0)
		tw_http_run(http);
}

/* Reads until the other end closes, or for so long. */
static void read_answer(int fd, unsigned int ms)
{
	size_t n = 0;
	ssize_t k;

	for (unsigned int i = 0; i < ms / 10; i++) {
		turn();
		k = recv(fd, answer + n, sizeof(answer) - 1 - n, MSG_DONTWAIT);
		if (!k || (k < 0 && errno != EAGAIN))
			break;
		if (k > 0)
			n += k;
	}
	answer[n] = '\0';
	close(fd);
}

static void ask(const char *request)
{
	int fd = connect_to();

	assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
	read_answer(fd, 20000);
}

/* Says it and nothing more. */
static void ask_and_leave(const char *request)
{
	int fd = connect_to();

	send(fd, request, strlen(request), MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	read_answer(fd, 100);
}

static void begins(const char *text)
{
	if (strncmp(answer, text, strlen(text)))
		fail_msg("got \"%.60s\", expected \"%s\"", answer, text);
}

static void test_pages(void **state)
{
	ask("GET /page HTTP/1.0\r\n\r\n");
	begins("HTTP/1.1 200 OK\r\n");
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\nhello\n");
	ask("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	begins("HTTP/1.1 503 ");
	assert_true(strlen(answer) > 199000);
	ask("HEAD /page HTTP/1.0\r\n\r\n");
	begins("HTTP/1.1 200 OK\r\n");
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
	ask("GET /page?x=1 HTTP/1.0\r\n\r\n");
	begins("HTTP/1.1 200 OK\r\n");
}

static void test_what_there_is_not(void **state)
{
	ask("GET /other HTTP/1.0\r\n\r\n");
	begins("HTTP/1.1 404 ");
	assert_non_null(strstr(answer, "/page /large"));
	ask("GET / HTTP/1.0\r\n\r\n");
	begins("HTTP/1.1 200 ");
	assert_non_null(strstr(answer, "/page /large"));
	ask("DELETE /page HTTP/1.0\r\n\r\n");
	begins("HTTP/1.1 405 ");
	ask("POST /page HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc");
	begins("HTTP/1.1 405 ");
	assert_int_equal(asked, 0);
}

static void test_rubbish(void **state)
{
	static char long_line[100000];

	ask_and_leave("");
	ask_and_leave("\r\n\r\n\r\n");
	ask_and_leave("\x16\x03\x01\x02\r\n\r\n"); /* somebody speaks TLS */
	ask_and_leave("GET /page HT");
	memset(long_line, 'a', sizeof(long_line) - 1);
	memcpy(long_line, "GET /", 5);
	ask_and_leave(long_line);
	assert_int_equal(asked, 0);
	ask("GET /page HTTP/1.0\r\n\r\n");
	begins("HTTP/1.1 200 OK\r\n");
}

/* Clients that ask for half and then say nothing hold up nobody. */
static void test_slow_clients(void **state)
{
	int slow[TW_HTTP_CLIENTS - 1];

	for (unsigned int i = 0; i < TW_HTTP_CLIENTS - 1; i++) {
		slow[i] = connect_to();
		assert_int_equal(send(slow[i], "GET /pa", 7, 0), 7);
		turn();
	}
	ask("GET /page HTTP/1.0\r\n\r\n");
	begins("HTTP/1.1 200 OK\r\n");
	for (unsigned int i = 0; i < TW_HTTP_CLIENTS - 1; i++)
		close(slow[i]);
}

/* One that asks for a large page and never reads it: a turn ends all the same. */
static void test_reader_that_does_not_read(void **state)
{
	static const char request[] = "GET /large HTTP/1.1\r\nHost: x\r\n\r\n";
	struct timespec begin, end;
	int fd = connect_to();

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (int i = 0; i < 100; i++) {
		send(fd, request, sizeof(request) - 1, MSG_DONTWAIT);
		tw_http_run(http);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true(end.tv_sec - begin.tv_sec < 5);
	ask("GET /page HTTP/1.0\r\n\r\n");
	begins("HTTP/1.1 200 OK\r\n");
	close(fd);
}

static void test_port_in_use(void **state)
{
	struct tw_http_address address;
	struct tw_http *second = NULL;
	struct tw_reason reason;

	assert_int_equal(tw_http_parse(&address, tw_http_url(http) + 7), 0);
	assert_int_equal(tw_http_open(&second, &address, pages, NULL, &reason), -EADDRINUSE);
	assert_null(second);
	assert_non_null(strstr(reason.text, "in use"));
}

static void test_parse(void **state)
{
	static const char *const wrong[] = {
		"", ":", "x", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "65536", "-1", "1 ", "+1", ":9290", "::1:9290x",
		"[::1]", "[::1]:", "[]:1", "[::1:1", "localhost:9290", "1.2.3.4.5:1", "[127.0.0.1]:1",
		"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:1", "99999999999999999999",
	};
	struct tw_http_address a;
	struct sockaddr_in *in = (struct sockaddr_in *)&a.addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a.addr;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (tw_http_parse(&a, wrong[i]) != -EINVAL)
			fail_msg("\"%s\" was taken", wrong[i]);
	assert_int_equal(tw_http_parse(&a, "9290"), 0);
	assert_int_equal(in->sin_family, AF_INET);
	assert_int_equal(in->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	assert_int_equal(in->sin_port, htons(9290));
	assert_int_equal(tw_http_parse(&a, "0.0.0.0:80"), 0);
	assert_int_equal(in->sin_addr.s_addr, 0);
	assert_int_equal(tw_http_parse(&a, "[::1]:65535"), 0);
	assert_int_equal(in6->sin6_family, AF_INET6);
	assert_int_equal(in6->sin6_port, htons(65535));
	assert_int_equal(a.len, sizeof(*in6));
}

static void check_health(struct tw_health health, unsigned int wrong, const char *says)
{
	char said[300] = "";
	struct tw_text text = { .at = said, .end = said + sizeof(said) };

	assert_int_equal(tw_health_text(&text, &health), wrong);
	assert_string_equal(said, says);
}

static void test_health(void **state)
{
	check_health((struct tw_health){ .interfaces = 2, .attached = 1 }, 0, "ok\n");
	check_health((struct tw_health){ .interfaces = 2 }, 1, "no interface is attached, of 2 that are to be watched\n");
	check_health((struct tw_health){ .interfaces = 1, .attached = 1, .log_error = -ENOSPC, .lines_held = 5 }, 1,
		     "the log cannot be written: No space left on device; 5 lines are held\n");
	check_health((struct tw_health){ .interfaces = 1, .log_error = -ENOSPC }, 2,
		     "no interface is attached, of 1 that are to be watched\n"
		     "the log cannot be written: No space left on device; 0 lines are held\n");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_pages),
		T(test_what_there_is_not),
		T(test_rubbish),
		T(test_slow_clients),
		T(test_reader_that_does_not_read),
		T(test_port_in_use),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_health),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
