// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The packet programs fed by BPF_PROG_TEST_RUN beside the same core natively. */
#include "kernel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/names.h"
#include "tcpwhy.skel.h"
#include "tcpwhy/event.h"

#define QUEUE 4096

struct kernel_queue {
	size_t count;
	struct tw_event_replaced record[QUEUE];
	size_t len[QUEUE];
};

enum { KERNELS, NATIVES };

static void give_up(int status, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(status);
}

static void enqueue(struct kernel_queue *q, const void *bytes, size_t len)
{
	if (q->count == QUEUE || len > sizeof(q->record[0])) {
		fprintf(stderr, "more records than a test can hold\n");
		exit(1);
	}
	memcpy(&q->record[q->count], bytes, len);
	q->len[q->count++] = len;
}

static int on_ring(void *ctx, void *bytes, size_t len)
{
	struct kernel *k = ctx;

	enqueue(k->said[KERNELS], bytes, len);
	return 0;
}

static void on_native(void *ctx, const void *bytes, size_t len)
{
	struct kernel *k = ctx;

	enqueue(k->said[NATIVES], bytes, len);
}

/* Rows speak of interfaces 1, 2 and 3: loopback and a veth pair, in a namespace that goes with us. */
static void make_interfaces(struct kernel *k)
{
	if (unshare(CLONE_NEWNET))
		give_up(KERNEL_SKIPPED, "cannot make a network namespace");
	if (system("ip link set lo up && ip link add tw2 type veth peer name tw3"))
		give_up(KERNEL_SKIPPED, "cannot make a veth pair");
	k->ifindex[1] = if_nametoindex("lo");
	k->ifindex[2] = if_nametoindex("tw2");
	k->ifindex[3] = if_nametoindex("tw3");
}

static void pin_to_one_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

static void load(struct kernel *k)
{
	k->skel = tcpwhy_bpf__open();
	if (!k->skel)
		give_up(1, "the packet programs cannot be opened");
	tw_cfg.test_clock = 1;
	k->skel->rodata->tw_cfg = tw_cfg;
	bpf_map__set_max_entries(k->skel->maps.flows4, 4096);
	bpf_map__set_max_entries(k->skel->maps.flows6, 4096);
	bpf_map__set_max_entries(k->skel->maps.troubles, 4096);
	bpf_map__set_max_entries(k->skel->maps.half_open, 4096);
	if (tcpwhy_bpf__load(k->skel))
		give_up(1, "the kernel refuses the packet programs");
	k->ring = ring_buffer__new(bpf_map__fd(k->skel->maps.events), on_ring, k, NULL);
	if (!k->ring)
		give_up(1, "the ring cannot be read");
}

void kernel_start(struct kernel *k)
{
	memset(k, 0, sizeof(*k));
	if (geteuid()) {
		fprintf(stderr, "needs root\n");
		exit(KERNEL_SKIPPED);
	}
	make_interfaces(k);
	pin_to_one_cpu();
	k->said[0] = calloc(1, sizeof(*k->said[0]));
	k->said[1] = calloc(1, sizeof(*k->said[1]));
	if (!k->said[0] || !k->said[1])
		give_up(1, "memory");
	load(k);
	kernel_reset(k, KERNEL_TC);
}

void kernel_stop(struct kernel *k)
{
	ring_buffer__free(k->ring);
	tcpwhy_bpf__destroy(k->skel);
	tw_native_free(k->native);
	free(k->said[0]);
	free(k->said[1]);
}

static void clear_map(const struct bpf_map *map)
{
	char key[64];
	int fd = bpf_map__fd(map);

	while (!bpf_map_get_next_key(fd, NULL, key))
		bpf_map_delete_elem(fd, key);
}

static void clear_counters(const struct kernel *k)
{
	int cpus = libbpf_num_possible_cpus(), fd = bpf_map__fd(k->skel->maps.counters);
	void *zeros = calloc(cpus, sizeof(struct tw_counters));
	uint32_t zero = 0;

	if (zeros)
		bpf_map_update_elem(fd, &zero, zeros, BPF_ANY);
	free(zeros);
}

void kernel_reset(struct kernel *k, enum kernel_hook hook)
{
	struct tw_native_options options = { .max_connections = 4096, .max_half_open = 4096 };

	k->hook = hook;
	clear_map(k->skel->maps.flows4);
	clear_map(k->skel->maps.flows6);
	clear_map(k->skel->maps.troubles);
	clear_map(k->skel->maps.half_open);
	clear_counters(k);
	tw_native_free(k->native);
	k->native = NULL;
	if (tw_native_new(&k->native, &options, on_native, k))
		give_up(1, "memory");
}

static int run_xdp(const struct kernel *k, const struct tw_native_packet *packet)
{
	struct xdp_md ctx = { .data_end = packet->len };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->bytes, .data_size_in = packet->len, .repeat = 1);

	/* Part of the frame outside the linear memory, where the fast parser cannot look. */
	if (k->hook == KERNEL_XDP_FRAGS) {
		ctx.data_end = packet->len < 14 ? packet->len : 14 + packet->ts_ns / 1000 % 60;
		if (ctx.data_end > packet->len)
			ctx.data_end = packet->len;
		opts.ctx_in = &ctx;
		opts.ctx_size_in = sizeof(ctx);
	}
	return bpf_prog_test_run_opts(bpf_program__fd(k->skel->progs.xdp_ingress), &opts);
}

static int run_tc(const struct kernel *k, const struct tw_native_packet *packet)
{
	struct __sk_buff ctx = { .ifindex = packet->ifindex, .gso_segs = packet->segs, .gso_size = packet->gso_size,
				 .ingress_ifindex = packet->forwarded ? 1 : 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet->bytes, .data_size_in = packet->len, .repeat = 1,
		    .ctx_in = &ctx, .ctx_size_in = sizeof(ctx));
	const struct bpf_program *program;

	if (packet->l2)
		program = packet->egress ? k->skel->progs.tc_egress : k->skel->progs.tc_ingress;
	else
		program = packet->egress ? k->skel->progs.tc_egress_l3 : k->skel->progs.tc_ingress_l3;
	return bpf_prog_test_run_opts(bpf_program__fd(program), &opts);
}

bool kernel_feed(struct kernel *k, const struct tw_native_packet *packet)
{
	struct tw_native_packet same = *packet;
	int err;

	same.wire_len = same.len;
	same.offline = false;
	if (k->hook != KERNEL_TC) {
		same.ifindex = 1;
		same.segs = 0;
		same.gso_size = 0;
		same.egress = same.forwarded = false;
	}
	k->skel->bss->tw_test_now = same.ts_ns;
	err = k->hook == KERNEL_TC ? run_tc(k, &same) : run_xdp(k, &same);
	if (err) {
		k->refused++;
		return false;
	}
	k->fed++;
	tw_native_feed(k->native, &same);
	return true;
}

/* ---- comparing ---- */

static void print_record(const char *who, const struct tw_event_replaced *r, size_t len)
{
	const uint8_t *p = (const uint8_t *)r;

	fprintf(stderr, "  %-8s %s", who, tw_event_word(r->event.type));
	for (size_t i = 0; i < len; i++)
		fprintf(stderr, "%s%02x", i % 8 ? "" : i % 64 ? " " : "\n    ", p[i]);
	fprintf(stderr, "\n");
}

static bool compare_records(struct kernel *k, const char *where)
{
	struct kernel_queue *a = k->said[KERNELS], *b = k->said[NATIVES];

	for (size_t i = 0; i < a->count && i < b->count; i++) {
		if (a->len[i] == b->len[i] && !memcmp(&a->record[i], &b->record[i], a->len[i])) {
			k->compared++;
			k->of_type[a->record[i].event.type & 63]++;
			continue;
		}
		fprintf(stderr, "%s: record %zu differs\n", where, i);
		print_record("kernel", &a->record[i], a->len[i]);
		print_record("native", &b->record[i], b->len[i]);
		return false;
	}
	if (a->count == b->count)
		return true;
	fprintf(stderr, "%s: the kernel said %zu records, the native core %zu\n", where, a->count, b->count);
	if (a->count > b->count)
		print_record("kernel", &a->record[b->count], a->len[b->count]);
	else
		print_record("native", &b->record[a->count], b->len[a->count]);
	return false;
}

static bool compare_counters(struct kernel *k, const char *where)
{
	static const char *const names[] = { "packets", "judged", "emitted", "lost_ring", "lost_table", "suppressed" };
	int cpus = libbpf_num_possible_cpus();
	struct tw_counters *per_cpu = calloc(cpus, sizeof(*per_cpu));
	const uint64_t *native = (const uint64_t *)tw_native_counters(k->native);
	size_t n = offsetof(struct tw_counters, held_stray) / sizeof(uint64_t);
	uint32_t zero = 0;
	bool same = true;

	if (!per_cpu || bpf_map_lookup_elem(bpf_map__fd(k->skel->maps.counters), &zero, per_cpu))
		give_up(1, "the counters cannot be read");
	for (size_t i = 0; i < n; i++) {
		uint64_t sum = 0;

		for (int cpu = 0; cpu < cpus; cpu++)
			sum += ((const uint64_t *)&per_cpu[cpu])[i];
		if (sum == native[i])
			continue;
		same = false;
		fprintf(stderr, "%s: the kernel counted %llu %s, the native core %llu\n", where, (unsigned long long)sum,
			i < 6 ? names[i] : tw_skip_word(i - 6), (unsigned long long)native[i]);
	}
	free(per_cpu);
	return same;
}

bool kernel_compare(struct kernel *k, const char *where)
{
	bool same;

	ring_buffer__consume(k->ring);
	same = compare_records(k, where);
	same = compare_counters(k, where) && same;
	k->said[0]->count = k->said[1]->count = 0;
	k->differs |= !same;
	return same;
}
