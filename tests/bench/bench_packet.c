// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a packet of an established connection costs, in ns, by BPF_PROG_TEST_RUN: in bulk and in
 * request/response, against the floor of a program that only finds the connection. Rounds are
 * interleaved, the least of each is shown: only the ratios travel from one machine to another.
 *
 * usage: bench_packet [ROUNDS [PACKETS]]     (as root; default 11 rounds of 100,000 packets)
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bump.h"
#include "pkt.h"
#include "tcpwhy/config.h"
#include "tcpwhy/flow.h"
#include "tcpwhy/key.h"
#include "bench_packet.skel.h"

#define ROUNDS 101
#define MSS 1448
#define AHEAD (900u << 20) /* bytes that wait for their acknowledgement */

enum { XDP, TC, HOOKS };
enum { EMPTY, FLOOR, TCPWHY, PROGRAMS };

struct scenario {
	const char *name;
	enum bump_how how;
	uint32_t step;
	uint32_t len;      /* payload */
	bool server;       /* who sends the packet, or the first of them */
};

static const struct scenario scenarios[] = {
	{ "data segment in bulk", BUMP_SEQ, MSS, MSS, false },
	{ "ACK in bulk", BUMP_ACK, 2 * MSS, 0, true },
	{ "request and response in turn", BUMP_TURNS, 100, 100, false },
};
enum { SCENARIOS = sizeof(scenarios) / sizeof(*scenarios) };

struct bench {
	struct bench_packet *skel;
	int fd[HOOKS][PROGRAMS];
	uint32_t rounds, packets;
	double ns[SCENARIOS][2][HOOKS][PROGRAMS][ROUNDS]; /* second: 0 IPv4, 1 IPv6 */
};

static size_t frame_of(bool v6, bool server, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t len, uint8_t *buf)
{
	struct pkt_end c = { { v6 ? 0xfd : 10, 0, 0, 1 }, 40000 }, s = { { v6 ? 0xfd : 10, 0, 0, 2 }, 443 };
	struct pkt p = { .family = v6 ? 6 : 4, .src = server ? s : c, .dst = server ? c : s, .ttl = 64, .df = true,
			 .flags = flags, .seq = seq, .ack = ack, .win = 5000, .len = len, .has_ts = true, .tsval = 1 };

	if (flags & PKT_SYN) {
		p.has_mss = true;
		p.mss = MSS + 12;
	}
	return pkt_build(&p, buf, 2048);
}

/* Runs @fd on the frame; ns a run. */
static double show(int fd, const uint8_t *frame, size_t len, uint32_t repeat)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = len, .repeat = repeat);

	if (bpf_prog_test_run_opts(fd, &opts)) {
		perror("bench_packet: a test run failed");
		exit(1);
	}
	return opts.duration;
}

static void clear(int fd)
{
	uint8_t key[64];

	while (!bpf_map_get_next_key(fd, NULL, key))
		bpf_map_delete_elem(fd, key);
}

/* The client has sent @AHEAD bytes already, which the server may acknowledge one after another. */
static void send_ahead(struct bench *b, bool v6)
{
	int fd = bpf_map__fd(v6 ? b->skel->maps.flows6 : b->skel->maps.flows4);
	struct tw_flow flow;
	uint8_t key[64];

	if (bpf_map_get_next_key(fd, NULL, key) || bpf_map_lookup_elem(fd, key, &flow))
		return;
	flow.half[flow.orig & 1].snd_nxt += AHEAD;
	bpf_map_update_elem(fd, key, &flow, BPF_EXIST);
}

/* A fresh connection for the hook, with a first exchange behind it. */
static void prepare(struct bench *b, const struct scenario *s, bool v6, int hook)
{
	int fd = b->fd[hook][TCPWHY];
	uint8_t frame[2048];

	clear(bpf_map__fd(b->skel->maps.flows4));
	clear(bpf_map__fd(b->skel->maps.flows6));
	clear(bpf_map__fd(b->skel->maps.troubles));
	b->skel->bss->bump.how = BUMP_NONE;
	show(fd, frame, frame_of(v6, false, PKT_SYN, 999, 0, 0, frame), 1);
	show(fd, frame, frame_of(v6, true, PKT_SYN | PKT_ACK, 4999, 1000, 0, frame), 1);
	show(fd, frame, frame_of(v6, false, PKT_ACK, 1000, 5000, 0, frame), 1);
	if (s->how == BUMP_SEQ)
		show(fd, frame, frame_of(v6, false, PKT_ACK, 1000, 5000, s->len, frame), 1);
	if (s->how == BUMP_ACK) {
		show(fd, frame, frame_of(v6, false, PKT_ACK, 1000, 5000, MSS, frame), 1);
		show(fd, frame, frame_of(v6, true, PKT_ACK, 5000, 1000 + MSS, 0, frame), 1);
		send_ahead(b, v6);
	}
	b->skel->bss->bump = (struct bump){ .how = s->how, .step = s->step };
	b->skel->bss->bump.seq[0] = s->how == BUMP_TURNS ? 1000 : s->how == BUMP_SEQ ? 1000 : 1000 + MSS;
	b->skel->bss->bump.seq[1] = 5000;
}

/* After the rounds of tcpwhy itself: did it see what it was meant to see? */
static void check(struct bench *b, const struct scenario *s, bool v6)
{
	int fd = bpf_map__fd(v6 ? b->skel->maps.flows6 : b->skel->maps.flows4);
	struct tw_flow flow;
	uint8_t key[64];
	uint64_t got;

	if (bpf_map_get_next_key(fd, NULL, key) || bpf_map_lookup_elem(fd, key, &flow)) {
		fprintf(stderr, "bench_packet: the connection is gone\n");
		exit(1);
	}
	got = flow.half[0].packets + flow.half[1].packets;
	if (got < b->packets || flow.flags & TW_FF_TROUBLE) {
		fprintf(stderr, "bench_packet: %s: %llu packets seen, %s\n", s->name, (unsigned long long)got,
			flow.flags & TW_FF_TROUBLE ? "and they were not healthy" : "fewer than shown");
		exit(1);
	}
}

static void measure(struct bench *b, uint32_t round, int scenario, int v6, int hook, int program)
{
	const struct scenario *s = &scenarios[scenario];
	uint8_t frame[2048];
	size_t len;

	prepare(b, s, v6, hook);
	/* BUMP_TURNS swaps the ends before the first run. */
	len = frame_of(v6, s->how == BUMP_TURNS ? !s->server : s->server, PKT_ACK, s->server ? 5000 : 1000, 5000, s->len, frame);
	b->ns[scenario][v6][hook][program][round] = show(b->fd[hook][program], frame, len, b->packets);
	if (program == TCPWHY)
		check(b, s, v6);
}

static double least(const double *ns, uint32_t n)
{
	double min = ns[0];

	for (uint32_t i = 1; i < n; i++)
		if (ns[i] < min)
			min = ns[i];
	return min;
}

static void print(const struct bench *b)
{
	static const char *const hooks[] = { "XDP", "tc" };

	printf("%-30s %-5s %-4s %7s %7s %7s %9s\n", "ns a packet (least of rounds)", "", "", "empty", "floor", "tcpwhy", "× floor");
	for (int s = 0; s < SCENARIOS; s++)
		for (int v6 = 0; v6 < 2; v6++)
			for (int hook = 0; hook < HOOKS; hook++) {
				double ns[PROGRAMS];

				for (int p = 0; p < PROGRAMS; p++)
					ns[p] = least(b->ns[s][v6][hook][p], b->rounds);
				printf("%-30s %-5s %-4s %7.1f %7.1f %7.1f %9.2f\n", scenarios[s].name, v6 ? "IPv6" : "IPv4",
				       hooks[hook], ns[EMPTY], ns[FLOOR], ns[TCPWHY], ns[TCPWHY] / ns[FLOOR]);
			}
}

static void load(struct bench *b)
{
	b->skel = bench_packet__open_and_load();
	if (!b->skel) {
		fprintf(stderr, "bench_packet: the programs cannot be loaded (as root?)\n");
		exit(1);
	}
	b->fd[XDP][EMPTY] = bpf_program__fd(b->skel->progs.xdp_empty);
	b->fd[XDP][FLOOR] = bpf_program__fd(b->skel->progs.xdp_floor);
	b->fd[XDP][TCPWHY] = bpf_program__fd(b->skel->progs.xdp_tcpwhy);
	b->fd[TC][EMPTY] = bpf_program__fd(b->skel->progs.tc_empty);
	b->fd[TC][FLOOR] = bpf_program__fd(b->skel->progs.tc_floor);
	b->fd[TC][TCPWHY] = bpf_program__fd(b->skel->progs.tc_tcpwhy);
}

int main(int argc, char **argv)
{
	static struct bench b;
	cpu_set_t cpus;

	b.rounds = argc > 1 ? atoi(argv[1]) : 11;
	b.packets = argc > 2 ? atoi(argv[2]) : 100000;
	if (!b.rounds || b.rounds > ROUNDS || !b.packets) {
		fprintf(stderr, "usage: bench_packet [ROUNDS [PACKETS]]     (1 to %d rounds)\n", ROUNDS);
		return 64;
	}
	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	load(&b);
	for (uint32_t round = 0; round < b.rounds; round++)
		for (int s = 0; s < SCENARIOS; s++)
			for (int v6 = 0; v6 < 2; v6++)
				for (int hook = 0; hook < HOOKS; hook++)
					for (int program = 0; program < PROGRAMS; program++)
						measure(&b, round, s, v6, hook, program);
	print(&b);
	bench_packet__destroy(b.skel);
	return 0;
}
