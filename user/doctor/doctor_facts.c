// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Asks the kernel for all that the doctor wants to know of the host. Nothing is attached, nothing is changed. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "host/attach.h"
#include "host/requirements.h"

#define LOOPBACK 1 /* its index in every network namespace */

/* The first line of a file, without newline. False: it cannot be read. */
static bool read_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	bool ok = f && fgets(line, size, f);

	if (f)
		fclose(f);
	if (ok)
		line[strcspn(line, "\n")] = '\0';
	return ok;
}

static int read_number(const char *path)
{
	char line[32];

	return read_line(path, line, sizeof(line)) ? atoi(line) : -1;
}

/* "none [integrity] confidentiality": the one in brackets is meant. */
static enum tw_lockdown read_lockdown(void)
{
	char line[128];

	if (!read_line("/sys/kernel/security/lockdown", line, sizeof(line)))
		return TW_LOCKDOWN_UNKNOWN;
	if (strstr(line, "[confidentiality]"))
		return TW_LOCKDOWN_CONFIDENTIALITY;
	return strstr(line, "[integrity]") ? TW_LOCKDOWN_INTEGRITY : TW_LOCKDOWN_NONE;
}

/* --- memory --- */

static bool cgroup2_mount(char *mount, size_t size)
{
	char line[1024], dir[512], type[32];
	FILE *f = fopen("/proc/self/mounts", "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %511s %31s", dir, type) == 2 && !strcmp(type, "cgroup2")) {
			snprintf(mount, size, "%s", dir);
			found = true;
		}
	if (f)
		fclose(f);
	return found;
}

static bool own_cgroup(char *path, size_t size)
{
	char line[1024];
	FILE *f = fopen("/proc/self/cgroup", "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		if (!strncmp(line, "0::", 3)) {
			snprintf(path, size, "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
			found = true;
		}
	if (f)
		fclose(f);
	return found;
}

/* The least limit of our cgroup and those above it; 0: none. */
static uint64_t memory_limit(void)
{
	char mount[512], path[1024], file[2048], line[64];
	uint64_t least = 0;

	if (!cgroup2_mount(mount, sizeof(mount)) || !own_cgroup(path, sizeof(path)))
		return 0;
	while (path[0]) {
		snprintf(file, sizeof(file), "%s%s/memory.max", mount, path);
		if (read_line(file, line, sizeof(line)) && strcmp(line, "max")) {
			uint64_t limit = strtoull(line, NULL, 10);

			if (!least || limit < least)
				least = limit;
		}
		*strrchr(path, '/') = '\0';
	}
	return least;
}

/* Before Linux 5.11 maps were locked memory. */
static uint64_t memlock_limit(const char *release)
{
	unsigned int major = 0, minor = 0;
	struct rlimit limit;

	if (sscanf(release, "%u.%u", &major, &minor) != 2 || major > 5 || (major == 5 && minor >= 11))
		return 0;
	return getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur == RLIM_INFINITY ? 0 : limit.rlim_cur;
}

/* --- tracepoints --- */

/* How many arguments a tracepoint has; -1: there is none. */
static int trace_arguments(const struct btf *btf, const char *name)
{
	char type[64];
	const struct btf_type *t;
	int id;

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	id = btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF);
	t = id > 0 ? btf__type_by_id(btf, id) : NULL;
	t = t ? btf__type_by_id(btf, t->type) : NULL;              /* pointer to … */
	t = t && btf_is_ptr(t) ? btf__type_by_id(btf, t->type) : NULL; /* … the function, whose first parameter is not told to us */
	return t && btf_is_func_proto(t) && btf_vlen(t) ? btf_vlen(t) - 1 : -1;
}

static void read_traces(struct tw_host_facts *h)
{
	static const char *const names[] = {
		[TW_TRACE_SET_STATE] = "inet_sock_set_state", [TW_TRACE_DESTROY] = "tcp_destroy_sock",
		[TW_TRACE_KFREE_SKB] = "kfree_skb", [TW_TRACE_SEND_RESET] = "tcp_send_reset",
		[TW_TRACE_RETRANSMIT] = "tcp_retransmit_skb",
	};
	struct btf *btf = btf__load_vmlinux_btf();

	h->btf = btf;
	for (int i = 0; i < _TW_TRACE_MAX; i++)
		h->trace[i] = btf && names[i] ? trace_arguments(btf, names[i]) : -1;
	if (h->trace[TW_TRACE_KFREE_SKB] < 3) /* without the reason it is of no use */
		h->trace[TW_TRACE_KFREE_SKB] = -1;
	if (btf && btf__find_by_name_kind(btf, "bpf_iter__task_file", BTF_KIND_STRUCT) > 0)
		h->trace[TW_TRACE_TASK_FILE] = 0;
	btf__free(btf);
}

static void probe(struct tw_host_facts *h)
{
	h->probed = true;
	h->ring = libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) != 0;
	h->coarse_clock = libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS, BPF_FUNC_ktime_get_coarse_ns, NULL) != 0;
	h->xdp_frags = tw_requirements_xdp_frags();
	h->tcx = tw_tcx_programs(LOOPBACK, false) >= 0;
}

static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return 0;
}

void tw_doctor_read_host(struct tw_host_facts *h)
{
	struct utsname name;

	libbpf_set_print(print_nothing);
	memset(h, 0, sizeof(*h));
	uname(&name);
	snprintf(h->kernel, sizeof(h->kernel), "%s", name.release);
	tw_requirements_missing(h->missing_caps);
	if (!h->missing_caps[0])
		probe(h);
	h->lockdown = read_lockdown();
	h->jit = read_number("/proc/sys/net/core/bpf_jit_enable");
	h->unprivileged = read_number("/proc/sys/kernel/unprivileged_bpf_disabled");
	h->memory_limit = memory_limit();
	h->memlock_limit = memlock_limit(name.release);
	read_traces(h);
}
