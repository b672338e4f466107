// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The traffic of bench-throughput: one bulk stream, or as many short connections as go.
 *
 * usage: throughput_traffic serve ADDR              until it is killed
 *        throughput_traffic stream ADDR SECONDS     prints Mbit/s that arrived
 *        throughput_traffic connect ADDR SECONDS    prints connections/s: each asks for 100 bytes and closes
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	STREAM_PORT = 7000,
	PORT = 7001,
	PORTS = 8,       /* so that a client's own do not run out */
	AT_ONCE = 32,    /* connections under way */
	LEN = 100,       /* of request and response */
	CHUNK = 128 << 10,
};

static char chunk[CHUNK];

static void fail(const char *what)
{
	fprintf(stderr, "throughput_traffic: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static struct sockaddr_in address(const char *text, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (inet_pton(AF_INET, text, &a.sin_addr) != 1) {
		fprintf(stderr, "throughput_traffic: %s is no IPv4 address\n", text);
		exit(2);
	}
	return a;
}

/* --- server --- */

static int listen_on(const char *addr, int port)
{
	struct sockaddr_in a = address(addr, port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 4096))
		fail("cannot listen");
	return fd;
}

static void watch(int epoll, int fd, uint32_t events, uint32_t kind)
{
	struct epoll_event e = { .events = events, .data.u64 = (uint64_t)kind << 32 | (uint32_t)fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e))
		fail("epoll_ctl");
}

enum { LISTENER, STREAM_LISTENER, REQUEST, STREAM };

static void take(int epoll, int listener, uint32_t kind)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
		watch(epoll, fd, EPOLLIN, kind == LISTENER ? REQUEST : STREAM);
}

/* A stream is read and thrown away; at its end the sender learns how much came. */
static void read_stream(int fd)
{
	static uint64_t total;
	ssize_t n = recv(fd, chunk, sizeof(chunk), 0);

	if (n > 0) {
		total += n;
	} else if (n == 0) {
		if (send(fd, &total, sizeof(total), 0) < 0)
			perror("throughput_traffic");
		total = 0;
		close(fd);
	}
}

/* The client closes first: its side waits. */
static void answer(int fd)
{
	ssize_t n = recv(fd, chunk, LEN, 0);

	if (n > 0 && send(fd, chunk, LEN, MSG_NOSIGNAL) == LEN)
		return;
	if (n >= 0 || errno != EAGAIN)
		close(fd);
}

static void serve(const char *addr)
{
	int epoll = epoll_create1(0);
	struct epoll_event events[64];

	watch(epoll, listen_on(addr, STREAM_PORT), EPOLLIN, STREAM_LISTENER);
	for (int i = 0; i < PORTS; i++)
		watch(epoll, listen_on(addr, PORT + i), EPOLLIN, LISTENER);
	for (;;) {
		int n = epoll_wait(epoll, events, 64, -1);

		for (int i = 0; i < n; i++) {
			int fd = (int)(uint32_t)events[i].data.u64;
			uint32_t kind = events[i].data.u64 >> 32;

			if (kind == LISTENER || kind == STREAM_LISTENER)
				take(epoll, fd, kind);
			else if (kind == STREAM)
				read_stream(fd);
			else
				answer(fd);
		}
	}
}

/* --- client --- */

static void stream(const char *addr, double seconds)
{
	struct sockaddr_in a = address(addr, STREAM_PORT);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	double start, taken;
	uint64_t arrived = 0;

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)))
		fail("cannot connect");
	start = now_s();
	while (now_s() - start < seconds)
		if (send(fd, chunk, sizeof(chunk), 0) < 0)
			fail("cannot send");
	shutdown(fd, SHUT_WR);
	if (recv(fd, &arrived, sizeof(arrived), MSG_WAITALL) != sizeof(arrived))
		fail("the server did not tell what came");
	taken = now_s() - start;
	printf("%.1f\n", arrived * 8 / taken / 1e6);
}

static void open_one(int epoll, const char *addr)
{
	static unsigned int next;
	struct sockaddr_in a = address(addr, PORT + next++ % PORTS);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || (connect(fd, (struct sockaddr *)&a, sizeof(a)) && errno != EINPROGRESS))
		fail("cannot connect");
	watch(epoll, fd, EPOLLOUT, LISTENER);
}

/* Connected: it asks. Answered: it closes. True: done. */
static bool go_on(int epoll, int fd, uint32_t events)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = (uint32_t)fd };

	if (events & (EPOLLERR | EPOLLHUP))
		fail("a connection failed");
	if (events & EPOLLOUT) {
		if (send(fd, chunk, LEN, 0) != LEN || epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &e))
			fail("cannot ask");
		return false;
	}
	if (recv(fd, chunk, LEN, 0) != LEN)
		fail("the answer is not whole");
	close(fd);
	return true;
}

static void connect_many(const char *addr, double seconds)
{
	int epoll = epoll_create1(0), open = 0;
	struct epoll_event events[AT_ONCE];
	double start = now_s(), taken = 0;
	uint64_t done = 0;

	while (open || taken < seconds) {
		for (; taken < seconds && open < AT_ONCE; open++)
			open_one(epoll, addr);
		int n = epoll_wait(epoll, events, AT_ONCE, 5000);

		if (n <= 0)
			fail("nothing happens");
		for (int i = 0; i < n; i++)
			if (go_on(epoll, (int)(uint32_t)events[i].data.u64, events[i].events)) {
				open--;
				done++;
			}
		taken = now_s() - start;
	}
	printf("%.1f\n", done / taken);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(argv[2]);
	else if (argc == 4 && !strcmp(argv[1], "stream"))
		stream(argv[2], atof(argv[3]));
	else if (argc == 4 && !strcmp(argv[1], "connect"))
		connect_many(argv[2], atof(argv[3]));
	else
		return 2;
	return 0;
}
