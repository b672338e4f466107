// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Both directions of one connection at once, each on a CPU of its own, through XDP and tc: packets,
 * bytes, events and the time budget must come out exact. Arguments: [packets each way].
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "pkt.h"
#include "tcpwhy.skel.h"
#include "tcpwhy/event.h"
#include "tcpwhy/key.h"

#define LEN 100
#define SECOND 1000000000ULL
#define START (1000 * SECOND)

/* One direction. */
struct way {
	const struct kernel *k;
	bool server;
	int cpu;
	uint32_t packets;
	bool same;            /* the same segment again and again, else each is the next one */
	uint32_t seq, ack;
	int err;
	pthread_t thread;
};

static pthread_barrier_t ready;

static size_t frame_of(bool server, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t len, uint16_t id, uint8_t *buf)
{
	struct pkt_end c = { { 192, 0, 2, 1 }, 40000 }, s = { { 192, 0, 2, 2 }, 443 };
	struct pkt p = { .family = 4, .src = server ? s : c, .dst = server ? c : s, .ttl = 64, .df = true, .id = id,
			 .flags = flags, .seq = seq, .ack = ack, .win = 500, .len = len };

	p.has_mss = flags & PKT_SYN;
	p.mss = 1460;
	return pkt_build(&p, buf, 256);
}

static int show(const struct way *way, const void *frame, size_t len, int repeat)
{
	struct __sk_buff skb = { .ifindex = 1 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = len, .repeat = repeat);

	if (!way->server)
		return bpf_prog_test_run_opts(bpf_program__fd(way->k->skel->progs.xdp_ingress), &opts);
	opts.ctx_in = &skb;
	opts.ctx_size_in = sizeof(skb);
	return bpf_prog_test_run_opts(bpf_program__fd(way->k->skel->progs.tc_ingress), &opts);
}

static void *hammer(void *ctx)
{
	struct way *way = ctx;
	uint8_t frame[256];
	cpu_set_t cpus;
	size_t len;

	CPU_ZERO(&cpus);
	CPU_SET(way->cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	pthread_barrier_wait(&ready);
	if (way->same) {
		len = frame_of(way->server, PKT_ACK, way->seq, way->ack, LEN, 500, frame);
		way->err = show(way, frame, len, way->packets);
		return NULL;
	}
	for (uint32_t i = 0; i < way->packets && !way->err; i++) {
		len = frame_of(way->server, PKT_ACK, way->seq + i * LEN, way->ack, LEN, 0, frame);
		way->err = show(way, frame, len, 1);
	}
	return NULL;
}

/* A handshake, so that what follows is of an established connection. */
static int open_connection(const struct kernel *k)
{
	struct way c = { .k = k }, s = { .k = k, .server = true };
	uint8_t frame[256];
	int err;

	k->skel->bss->tw_test_now = START;
	err = show(&c, frame, frame_of(false, PKT_SYN, 1000, 0, 0, 1, frame), 1);
	err = err ?: show(&s, frame, frame_of(true, PKT_SYN | PKT_ACK, 5000, 1001, 0, 1, frame), 1);
	return err ?: show(&c, frame, frame_of(false, PKT_ACK, 1001, 5001, 0, 2, frame), 1);
}

static bool is(const char *what, uint64_t got, uint64_t want)
{
	if (got == want)
		return true;
	fprintf(stderr, "  %s: %llu, must be %llu\n", what, (unsigned long long)got, (unsigned long long)want);
	return false;
}

/* ---- what came out ---- */

struct result {
	struct tw_flow flow;
	struct tw_trouble trouble;
	struct tw_half *c, *s;
	struct tw_trouble_half *ct, *st;
	struct tw_counters counters;
	uint64_t told;        /* of each event: itself and what it says was held back before */
	uint64_t duplicates;
};

static int on_event(void *ctx, void *bytes, size_t len)
{
	struct result *r = ctx;
	const struct tw_event *e = bytes;

	if (e->type == TW_EV_DUPLICATE_SEGMENT)
		r->duplicates += 1 + e->suppressed;
	r->told++;
	return 0;
}

static void sum_counters(const struct kernel *k, struct tw_counters *sum)
{
	int cpus = libbpf_num_possible_cpus();
	struct tw_counters *each = calloc(cpus, sizeof(*each));
	uint32_t zero = 0;

	memset(sum, 0, sizeof(*sum));
	if (each && !bpf_map_lookup_elem(bpf_map__fd(k->skel->maps.counters), &zero, each))
		for (int cpu = 0; cpu < cpus; cpu++)
			for (size_t i = 0; i < sizeof(*sum) / 8; i++)
				((uint64_t *)sum)[i] += ((uint64_t *)&each[cpu])[i];
	free(each);
}

static bool look(const struct kernel *k, struct ring_buffer *ring, struct result *r)
{
	struct tw_key4 key;
	uint32_t c, s;
	int side;

	memcpy(&c, "\xc0\0\2\1", 4);
	memcpy(&s, "\xc0\0\2\2", 4);
	side = tw_key4_make(&key, c, s, 40000, 443);
	if (bpf_map_lookup_elem(bpf_map__fd(k->skel->maps.flows4), &key, &r->flow))
		return false;
	bpf_map_lookup_elem(bpf_map__fd(k->skel->maps.troubles), &r->flow.id, &r->trouble);
	r->c = &r->flow.half[side];
	r->s = &r->flow.half[!side];
	r->ct = &r->trouble.half[side];
	r->st = &r->trouble.half[!side];
	sum_counters(k, &r->counters);
	ring_buffer__consume(ring);
	return true;
}

static bool check_counts(const struct result *r, const struct way *c, const struct way *s)
{
	bool ok = is("packets of the client", r->c->packets, 2 + c->packets);

	ok &= is("packets of the server", r->s->packets, 1 + s->packets);
	ok &= is("bytes of the client", r->c->bytes, (uint64_t)c->packets * LEN);
	ok &= is("bytes of the server", r->s->bytes, (uint64_t)s->packets * LEN);
	ok &= is("data segments of the client", r->c->data_segments, c->packets);
	ok &= is("data segments of the server", r->s->data_segments, s->packets);
	ok &= is("SND.NXT of the client", r->c->snd_nxt, 1001 + (c->same ? LEN : c->packets * LEN));
	ok &= is("SND.NXT of the server", r->s->snd_nxt, 5001 + (s->same ? LEN : s->packets * LEN));
	ok &= is("second sights", r->c->second_sight + r->s->second_sight, 0);
	ok &= is("packets counted", r->counters.packets, 3 + c->packets + s->packets);
	ok &= is("packets judged", r->counters.judged, 3 + c->packets + s->packets);
	ok &= is("events lost", r->counters.lost_ring + r->counters.lost_table, 0);
	ok &= is("events in the ring", r->told, r->counters.emitted);
	return ok;
}

/* Every repeat of the same segment is a copy, told, or held back and counted. */
static bool check_copies(const struct result *r, const struct way *c, const struct way *s)
{
	uint64_t copies = c->packets - 1 + s->packets - 1;
	bool ok = is("copies of the client", r->ct->duplicate_segments, c->packets - 1);

	ok &= is("copies of the server", r->st->duplicate_segments, s->packets - 1);
	ok &= is("events told and held back", r->counters.emitted - 3 + r->counters.suppressed, copies);
	return ok;
}

static void *turn_clock(void *ctx)
{
	const struct kernel *k = ctx;

	for (;;) {
		__atomic_fetch_add(&k->skel->bss->tw_test_now, 700, __ATOMIC_RELAXED);
		pthread_testcancel();
		sched_yield();
	}
	return NULL;
}

/* The parts of the budget and the transfer, which is what remains, sum to the duration. */
static bool check_budget(const struct result *r)
{
	uint64_t duration = r->flow.last_ns - r->flow.start_ns;
	uint64_t sum = r->flow.handshake_us * 1000ULL + r->trouble.time_zero_window_ns + r->trouble.time_recovery_ns;

	for (int i = 0; i < _TW_OWNER_MAX; i++)
		if (i != TW_OWNER_TRANSFER)
			sum += r->flow.time_ns[i & 3];
	if (sum <= duration)
		return true;
	fprintf(stderr, "  the parts sum to %llu ns of %llu\n", (unsigned long long)sum, (unsigned long long)duration);
	return false;
}

/* @same: one segment each way, again and again; else each is the next one. */
static bool run(struct kernel *k, const char *name, uint32_t packets, bool same, bool clock)
{
	struct way c = { .k = k, .cpu = 0, .packets = packets, .same = same, .seq = 1001, .ack = 5001 };
	struct way s = { .k = k, .cpu = 1, .packets = packets, .same = same, .seq = 5001, .ack = 1001, .server = true };
	struct ring_buffer *ring;
	struct result r = {};
	pthread_t hand;
	bool ok;

	kernel_reset(k, KERNEL_TC);
	ring = ring_buffer__new(bpf_map__fd(k->skel->maps.events), on_event, &r, NULL);
	if (!ring)
		return false;
	ring_buffer__consume(ring);
	r = (struct result){};
	if (open_connection(k))
		return false;
	if (clock)
		pthread_create(&hand, NULL, turn_clock, k);
	pthread_barrier_init(&ready, NULL, 2);
	pthread_create(&c.thread, NULL, hammer, &c);
	pthread_create(&s.thread, NULL, hammer, &s);
	pthread_join(c.thread, NULL);
	pthread_join(s.thread, NULL);
	if (clock) {
		pthread_cancel(hand);
		pthread_join(hand, NULL);
	}
	ok = !c.err && !s.err && look(k, ring, &r) && check_counts(&r, &c, &s);
	if (ok && same)
		ok = check_copies(&r, &c, &s);
	if (ok)
		ok = check_budget(&r);
	printf("%s %s: %u packets each way\n", ok ? "ok    " : "FAILED", name, packets);
	ring_buffer__free(ring);
	pthread_barrier_destroy(&ready);
	return ok;
}

int main(int argc, char **argv)
{
	uint32_t packets = argc > 1 ? atoi(argv[1]) : 50000;
	struct kernel k;
	bool ok;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		fprintf(stderr, "needs two CPUs\n");
		return KERNEL_SKIPPED;
	}
	kernel_start(&k);
	ok = run(&k, "each segment the next one", packets, false, false);
	ok &= run(&k, "the same segment again", packets * 4, true, false);
	ok &= run(&k, "each segment the next one, time goes on", packets, false, true);
	kernel_stop(&k);
	return !ok;
}
