// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The packet programs and their maps in the kernel. The only file that knows the skeleton. */
#include "kern.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conn/conn.h"
#include "host/reasons.h"
#include "tcpwhy.skel.h"

enum { TRACEPOINTS = 3 };

struct tw_kern {
	struct tcpwhy_bpf *skel;
	struct tw_programs programs;
	struct tw_maps maps;
	struct tw_kernelprogs tracepoints;
	struct bpf_link *links[TRACEPOINTS];
	struct tw_counters *per_cpu;
	int cpus;
	int stats_fd; /* as long as it is open, the kernel counts what programs cost; -1: it does not */
};

static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return 0;
}

static int print_all(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, fmt, args);
}

uint32_t tw_kern_recent_connections(uint64_t bytes, uint32_t depth)
{
	return TW_MAX(bytes / (TW_RECENT_SIZE(depth) + TW_KERN_RECENT_OVERHEAD), 16);
}

/* Its maps are not even made unless they are wanted. */
static void configure_recorder(struct tcpwhy_bpf *skel, const struct tw_kern_options *options)
{
	uint32_t depth = options->config.capture_depth;

	if (!depth) {
		bpf_map__set_autocreate(skel->maps.recent, false);
		bpf_map__set_autocreate(skel->maps.recent_blank, false);
		bpf_map__set_autocreate(skel->maps.evidence, false);
		return;
	}
	bpf_map__set_value_size(skel->maps.recent, TW_RECENT_SIZE(depth));
	bpf_map__set_value_size(skel->maps.recent_blank, TW_RECENT_SIZE(depth));
	bpf_map__set_max_entries(skel->maps.recent, tw_kern_recent_connections(options->capture_bytes, depth));
	bpf_map__set_max_entries(skel->maps.evidence, TW_KERN_EVIDENCE_RING);
}

static void configure(struct tcpwhy_bpf *skel, const struct tw_kern_options *options)
{
	skel->rodata->tw_cfg = options->config;
	bpf_map__set_max_entries(skel->maps.flows4, options->max_connections);
	bpf_map__set_max_entries(skel->maps.flows6, options->max_connections);
	bpf_map__set_max_entries(skel->maps.troubles, options->max_connections);
	bpf_map__set_max_entries(skel->maps.half_open, options->max_half_open);
	bpf_map__set_max_entries(skel->maps.events, options->ring_bytes);
	configure_recorder(skel, options);
}

/* What no interface needs is neither verified nor loaded. */
static void choose_programs(struct tcpwhy_bpf *skel, const struct tw_kern_options *options)
{
	bpf_program__set_autoload(skel->progs.xdp_ingress, options->xdp);
	bpf_program__set_autoload(skel->progs.tc_ingress, options->ethernet && options->tc_ingress);
	bpf_program__set_autoload(skel->progs.tc_egress, options->ethernet);
	bpf_program__set_autoload(skel->progs.tc_ingress_l3, options->l3);
	bpf_program__set_autoload(skel->progs.tc_egress_l3, options->l3);
}

static void choose_tracepoints(struct tcpwhy_bpf *skel, const struct tw_kernelprogs *found)
{
	skel->rodata->tw_netns = tw_kernelprogs_netns();
	skel->rodata->tw_kfree_skb_args = found->kfree_skb;
	tw_reasons_quiet(skel->rodata->tw_quiet_reason, sizeof(skel->rodata->tw_quiet_reason));
	skel->rodata->tw_send_reset_args = found->send_reset;
	bpf_program__set_autoload(skel->progs.kernel_kfree_skb, found->kfree_skb);
	bpf_program__set_autoload(skel->progs.kernel_send_reset, found->send_reset);
	bpf_program__set_autoload(skel->progs.kernel_retransmit_skb, found->retransmit);
}

/* A program that was not loaded has the descriptor -1. */
static int program_fd(const struct bpf_program *program)
{
	int fd = bpf_program__fd(program);

	return fd < 0 ? -1 : fd;
}

static void find_descriptors(struct tw_kern *k)
{
	k->programs = (struct tw_programs){
		.xdp_ingress = program_fd(k->skel->progs.xdp_ingress),
		.tc_ingress = program_fd(k->skel->progs.tc_ingress),
		.tc_egress = program_fd(k->skel->progs.tc_egress),
		.tc_ingress_l3 = program_fd(k->skel->progs.tc_ingress_l3),
		.tc_egress_l3 = program_fd(k->skel->progs.tc_egress_l3),
	};
	k->maps = (struct tw_maps){
		.flows4 = bpf_map__fd(k->skel->maps.flows4),
		.flows6 = bpf_map__fd(k->skel->maps.flows6),
		.half_open = bpf_map__fd(k->skel->maps.half_open),
		.troubles = bpf_map__fd(k->skel->maps.troubles),
		.sockets = bpf_map__fd(k->skel->maps.sockets),
		.events = bpf_map__fd(k->skel->maps.events),
		.counters = bpf_map__fd(k->skel->maps.counters),
		.recent = bpf_map__fd(k->skel->maps.recent),
		.evidence = bpf_map__fd(k->skel->maps.evidence),
	};
}

static int explain_load(int err, struct tw_reason *reason)
{
	switch (err) {
	case -EPERM:
		return tw_reason(reason, err,
				 "the kernel does not allow loading the packet programs (lockdown, a container's limits?)");
	case -EMFILE:
		return tw_reason(reason, err, "too many open files for the packet programs: raise the limit (ulimit -n 1024)");
	case -ENOMEM:
		return tw_reason(reason, err, "not enough memory for the connection tables: lower --max-half-open");
	default:
		return tw_reason(reason, err, "the kernel refuses the packet programs: %s; -v shows its words",
				 strerror(-err));
	}
}

static int count_costs(struct tw_kern *k, const struct tw_kern_options *options, struct tw_reason *reason)
{
	if (!options->program_stats)
		return 0;
	k->stats_fd = tw_progstats_enable();
	if (k->stats_fd >= 0)
		return 0;
	return tw_reason(reason, k->stats_fd, "--program-stats: the kernel does not count what programs cost: %s%s",
			 strerror(-k->stats_fd), k->stats_fd == -EPERM ? "; it needs CAP_SYS_ADMIN" : "");
}

/*
 * libbpf wants the kernel's types as soon as an object has a program that asks for them, loaded or not. Where the
 * kernel does not tell them an empty list does for the others. A descriptor, and its name in @path; or -1.
 */
static int no_types(char *path, size_t size)
{
	struct btf *btf = btf__new_empty();
	uint32_t len = 0;
	const void *data = btf ? btf__raw_data(btf, &len) : NULL;
	int fd = data ? memfd_create("no-types", MFD_CLOEXEC) : -1;

	if (fd >= 0 && write(fd, data, len) != (ssize_t)len) {
		close(fd);
		fd = -1;
	}
	btf__free(btf);
	snprintf(path, size, "/proc/self/fd/%d", fd);
	return fd;
}

static int open_and_load(struct tw_kern *k, const struct tw_kern_options *options, const char *types)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = types);

	tcpwhy_bpf__destroy(k->skel);
	k->skel = tcpwhy_bpf__open_opts(&opts);
	if (!k->skel)
		return -errno;
	configure(k->skel, options);
	choose_programs(k->skel, options);
	choose_tracepoints(k->skel, &k->tracepoints);
	return tcpwhy_bpf__load(k->skel);
}

/* The packet programs are worth it alone. */
static int load_without_tracepoints(struct tw_kern *k, const struct tw_kern_options *options)
{
	char path[32];
	int fd = no_types(path, sizeof(path)), err;

	memset(&k->tracepoints, 0, sizeof(k->tracepoints));
	err = open_and_load(k, options, fd >= 0 ? path : NULL);
	if (fd >= 0)
		close(fd);
	return err;
}

int tw_kern_load(struct tw_kern **kern, const struct tw_kern_options *options, struct tw_reason *reason)
{
	struct tw_kern *k = calloc(1, sizeof(*k));
	int err = -ENOMEM;

	if (!k)
		return tw_reason(reason, err, "out of memory");
	k->stats_fd = -1;
	libbpf_set_print(options->verbose ? print_all : print_nothing);
	k->cpus = libbpf_num_possible_cpus();
	if (k->cpus <= 0) { /* the kernel writes a value for each of them */
		err = k->cpus;
		tw_kern_free(k);
		return tw_reason(reason, err, "cannot tell how many CPUs there are (/sys/devices/system/cpu/possible): %s",
				 strerror(-err));
	}
	k->per_cpu = calloc(k->cpus, sizeof(*k->per_cpu));
	if (!k->per_cpu)
		goto out;
	if (!options->no_tracepoints)
		tw_kernelprogs_probe(&k->tracepoints);
	err = open_and_load(k, options, NULL);
	if (err)
		err = load_without_tracepoints(k, options);
	if (err)
		goto out;
	find_descriptors(k);
	err = count_costs(k, options, reason);
	if (err) {
		tw_kern_free(k);
		return err;
	}
	*kern = k;
	return 0;
out:
	tw_kern_free(k);
	return explain_load(err, reason);
}

void tw_kern_free(struct tw_kern *kern)
{
	if (!kern)
		return;
	tw_kern_detach_tracepoints(kern);
	tcpwhy_bpf__destroy(kern->skel);
	if (kern->stats_fd >= 0)
		close(kern->stats_fd);
	free(kern->per_cpu);
	free(kern);
}

void tw_kern_attach_tracepoints(struct tw_kern *kern)
{
	const struct bpf_program *programs[TRACEPOINTS] = {
		kern->skel->progs.kernel_kfree_skb,
		kern->skel->progs.kernel_send_reset,
		kern->skel->progs.kernel_retransmit_skb,
	};

	uint32_t *found[TRACEPOINTS] = {
		&kern->tracepoints.kfree_skb, &kern->tracepoints.send_reset, &kern->tracepoints.retransmit,
	};

	for (int i = 0; i < TRACEPOINTS; i++) {
		if (bpf_program__fd(programs[i]) >= 0)
			kern->links[i] = bpf_program__attach(programs[i]);
		if (!kern->links[i])
			*found[i] = 0; /* its silence must prove nothing */
	}
}

void tw_kern_detach_tracepoints(struct tw_kern *kern)
{
	for (int i = 0; i < TRACEPOINTS; i++) {
		bpf_link__destroy(kern->links[i]);
		kern->links[i] = NULL;
	}
}

unsigned int tw_kern_words(const struct tw_kern *kern)
{
	const struct tw_kernelprogs *t = &kern->tracepoints;

	return (t->kfree_skb ? TW_WORDS_DROPS : 0) | (t->send_reset ? TW_WORDS_RESETS : 0) |
	       (t->send_reset >= 3 ? TW_WORDS_ALL_RESETS : 0) | (t->retransmit ? TW_WORDS_RESENT : 0);
}

const struct tw_programs *tw_kern_programs(const struct tw_kern *kern)
{
	return &kern->programs;
}

const struct tw_maps *tw_kern_maps(const struct tw_kern *kern)
{
	return &kern->maps;
}

int tw_kern_recent(const struct tw_kern *kern, uint64_t id, struct tw_recent *recent)
{
	return bpf_map_lookup_elem(kern->maps.recent, &id, recent);
}

/* Every counter is a u64, so that the structure can be summed as an array of them. */
int tw_kern_counters(const struct tw_kern *kern, struct tw_counters *sum)
{
	uint64_t *to = (uint64_t *)sum;
	uint32_t zero = 0;
	int err;

	err = bpf_map_lookup_elem(kern->maps.counters, &zero, kern->per_cpu);
	if (err)
		return err;
	memset(sum, 0, sizeof(*sum));
	for (int cpu = 0; cpu < kern->cpus; cpu++) {
		const uint64_t *from = (const uint64_t *)&kern->per_cpu[cpu];

		for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
			to[i] += from[i];
	}
	return 0;
}

unsigned int tw_kern_program_stats(const struct tw_kern *kern, struct tw_program_stats *stats, unsigned int max)
{
	struct bpf_program *program;
	unsigned int n = 0;

	if (kern->stats_fd < 0)
		return 0;
	bpf_object__for_each_program(program, kern->skel->obj) {
		int fd = program_fd(program);

		if (fd < 0 || n == max || tw_progstats_read(&stats[n], fd))
			continue;
		stats[n++].name = bpf_program__name(program);
	}
	return n;
}

_Static_assert(sizeof(struct tw_counters) % sizeof(uint64_t) == 0, "as the kernel rounds it in a per-CPU map");
