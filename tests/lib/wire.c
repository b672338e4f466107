/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * wire [-s SEED] [-l LOG] A B [RULE…]: forwards frames between the interfaces A and B.
 *
 * Without rules it is a plain wire. Frames wait in a heap ordered by the time when they are due.
 * Prints "ready" when it forwards; on SIGTERM or SIGINT prints what each rule matched and ends.
 * Offloads of the stacks at both ends must be off: their checksums are taken as they are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define HEAP_MAX (1 << 18)
#define RULES_MAX 64

static struct frame *heap[HEAP_MAX];
static unsigned int heap_len;
static struct rule *rules[RULES_MAX];
static unsigned int rules_len;
static int ports[2] = { -1, -1 };
static uint64_t received[2], sent[2], failed, orders, start_ns;
static volatile sig_atomic_t stop;
static FILE *log_file;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec - start_ns;
}

static bool sooner(const struct frame *a, const struct frame *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void heap_up(unsigned int i)
{
	while (i && sooner(heap[i], heap[(i - 1) / 2])) {
		struct frame *f = heap[i];

		heap[i] = heap[(i - 1) / 2];
		heap[(i - 1) / 2] = f;
		i = (i - 1) / 2;
	}
}

static void heap_down(unsigned int i)
{
	for (;;) {
		unsigned int least = i, child = 2 * i + 1;
		struct frame *f = heap[i];

		for (unsigned int c = child; c < child + 2 && c < heap_len; c++)
			if (sooner(heap[c], heap[least]))
				least = c;
		if (least == i)
			return;
		heap[i] = heap[least];
		heap[least] = f;
		i = least;
	}
}

static void heap_push(struct frame *f)
{
	if (heap_len == HEAP_MAX) {
		failed++;
		free(f);
		return;
	}
	f->order = orders++;
	heap[heap_len] = f;
	heap_up(heap_len++);
}

static struct frame *heap_take(unsigned int i)
{
	struct frame *f = heap[i];

	heap[i] = heap[--heap_len];
	if (i < heap_len) {
		heap_up(i);
		heap_down(i);
	}
	return f;
}

/* @left has left: frames of its direction that came before it and wait to be overtaken are a step nearer. */
static void overtaken(const struct frame *left, uint64_t now)
{
	for (unsigned int i = 0; i < heap_len; i++) {
		if (heap[i]->dir != left->dir || heap[i]->order > left->order || !heap[i]->behind ||
		    --heap[i]->behind)
			continue;
		heap[i]->due_ns = now;
		heap_up(i);
	}
}

static void send_due(void)
{
	uint64_t now = now_ns();

	while (heap_len && heap[0]->due_ns <= now) {
		struct frame *f = heap_take(0);

		if (send(ports[!f->dir], f->data, f->len, 0) < 0)
			failed++;
		else
			sent[f->dir]++;
		if (!f->behind)
			overtaken(f, now);
		free(f);
	}
}

static void take(const uint8_t *data, uint32_t len, uint8_t dir)
{
	struct frame *queue[RULES_MAX * WIRE_COPIES_MAX + 1], *f = wire_frame_new(data, len, dir);
	unsigned int n = 0;
	uint64_t now = now_ns();

	f->due_ns = now;
	for (unsigned int i = 0; f && i < rules_len; i++)
		n += wire_rule_apply(rules[i], &f, now, queue + n, log_file);
	if (f)
		heap_push(f);
	for (unsigned int i = 0; i < n; i++)
		heap_push(queue[i]);
}

static void receive(uint8_t dir)
{
	static uint8_t buffer[WIRE_FRAME_MAX];
	struct sockaddr_ll from;

	for (int i = 0; i < 256; i++) {
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(ports[dir], buffer, sizeof(buffer), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &from_len);

		if (n <= 0)
			return;
		if (from.sll_pkttype == PACKET_OUTGOING)
			continue;
		received[dir]++;
		take(buffer, n, dir);
	}
}

static int open_port(const char *name)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), size = 64 << 20;

	to.sll_ifindex = if_nametoindex(name);
	if (fd < 0 || !to.sll_ifindex || bind(fd, (struct sockaddr *)&to, sizeof(to))) {
		fprintf(stderr, "wire: cannot open %s: %s\n", name, strerror(errno));
		exit(1);
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	return fd;
}

static void on_signal(int signal)
{
	(void)signal;
	stop = 1;
}

static void loop(void)
{
	struct pollfd wait[2] = { { .fd = ports[0], .events = POLLIN }, { .fd = ports[1], .events = POLLIN } };

	while (!stop) {
		struct timespec left = { .tv_nsec = 200000000 };
		uint64_t now = now_ns();

		if (heap_len && heap[0]->due_ns < now + left.tv_nsec)
			left.tv_nsec = heap[0]->due_ns > now ? heap[0]->due_ns - now : 0;
		if (ppoll(wait, 2, &left, NULL) > 0) {
			receive(0);
			receive(1);
		}
		send_due();
		if (log_file)
			fflush(log_file);
	}
}

static void options(int argc, char **argv)
{
	uint64_t seed = 1;
	int c;

	while ((c = getopt(argc, argv, "s:l:")) != -1) {
		if (c == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (c != 'l' || !(log_file = fopen(optarg, "w")))
			exit(64);
	}
	if (argc - optind < 2 || argc - optind - 2 > RULES_MAX) {
		fputs("usage: wire [-s SEED] [-l LOG] A B [RULE...]\n", stderr);
		exit(64);
	}
	for (int i = optind + 2; i < argc; i++) {
		rules[rules_len] = wire_rule_new(argv[i], rules_len + 1, seed);
		if (!rules[rules_len++])
			exit(64);
	}
	ports[0] = open_port(argv[optind]);
	ports[1] = open_port(argv[optind + 1]);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };

	start_ns = now_ns();
	options(argc, argv);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	puts("ready");
	fflush(stdout);
	loop();
	for (unsigned int i = 0; i < rules_len; i++)
		printf("rule %u matched %llu\n", i + 1, (unsigned long long)wire_rule_matched(rules[i]));
	for (int i = 0; i < 2; i++)
		printf("from %c received %llu sent %llu\n", "AB"[i], (unsigned long long)received[i],
		       (unsigned long long)sent[i]);
	printf("failed %llu\n", (unsigned long long)failed);
	return 0;
}
