// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the facts of a host mean for tcpwhy. */
#include <string.h>

#include "doctor.h"
#include "live/kern.h"
#include "live/owner.h"

#define MIB (1024.0 * 1024)

static void about_kernel(struct tw_doctor *d, const struct tw_host_facts *h)
{
	struct tw_finding *f;

	if (!h->probed) {
		f = tw_doctor_find(d, TW_SEVERITY_NOTE, "kernel", "Linux %s; what it can do was not tried", h->kernel);
		tw_doctor_cure(f, "run doctor with the privileges that `run` needs");
		return;
	}
	if (!h->ring || !h->coarse_clock) {
		f = tw_doctor_find(d, TW_SEVERITY_FATAL, "kernel", "Linux %s has no %s", h->kernel,
				   h->ring ? "coarse clock for BPF programs" : "BPF ring buffer");
		tw_doctor_cost(f, "nothing can be attached");
		tw_doctor_cure(f, "Linux 5.11 or newer (5.18 for XDP)");
		return;
	}
	tw_doctor_find(d, TW_SEVERITY_OK, "kernel", "Linux %s", h->kernel);
	if (!h->xdp_frags) {
		f = tw_doctor_find(d, TW_SEVERITY_NOTE, "XDP", "this kernel has no XDP for large packets");
		tw_doctor_cost(f, "ingress is always by tc, which sees packets as the kernel has merged them");
		tw_doctor_cure(f, "Linux 5.18 or newer");
	}
	if (h->tcx) {
		tw_doctor_find(d, TW_SEVERITY_OK, "tcx", "there: nothing stays attached, whatever happens to tcpwhy");
		return;
	}
	f = tw_doctor_find(d, TW_SEVERITY_NOTE, "tcx", "not in this kernel: tc filters are used");
	tw_doctor_cost(f, "after SIGKILL they stay until the next start removes them");
	tw_doctor_cure(f, "Linux 6.6 or newer");
}

static void about_privileges(struct tw_doctor *d, const struct tw_host_facts *h)
{
	struct tw_finding *f;

	if (!h->missing_caps[0]) {
		tw_doctor_find(d, TW_SEVERITY_OK, "capabilities", "CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON are there");
		return;
	}
	f = tw_doctor_find(d, TW_SEVERITY_FATAL, "capabilities", "missing: %s", h->missing_caps);
	tw_doctor_cost(f, "nothing can be attached");
	tw_doctor_cure(f, "run it as root, or give the service these capabilities");
}

static void about_lockdown(struct tw_doctor *d, const struct tw_host_facts *h)
{
	static const char *const lockdown[] = { "cannot be read", "none", "integrity: no obstacle", "confidentiality" };
	struct tw_finding *f;

	if (h->lockdown != TW_LOCKDOWN_CONFIDENTIALITY) {
		tw_doctor_find(d, TW_SEVERITY_OK, "lockdown", "%s", lockdown[h->lockdown]);
		return;
	}
	f = tw_doctor_find(d, TW_SEVERITY_DEGRADED, "lockdown", "confidentiality: tracepoint programs may not read the kernel");
	tw_doctor_cost(f, "no pid, comm, cgroup, and none of the kernel's own reasons; packets are seen all the same");
	tw_doctor_cure(f, "boot with lockdown=integrity");
}

static void about_sysctls(struct tw_doctor *d, const struct tw_host_facts *h)
{
	struct tw_finding *f;

	if (h->jit == 0) {
		f = tw_doctor_find(d, TW_SEVERITY_DEGRADED, "JIT", "off: BPF programs are interpreted");
		tw_doctor_cost(f, "each packet costs several times as much");
		tw_doctor_cure(f, "sysctl net.core.bpf_jit_enable=1");
	} else {
		tw_doctor_find(d, TW_SEVERITY_OK, "JIT", "%s", h->jit < 0 ? "cannot be read; on in every usual kernel" : "on");
	}
	if (h->unprivileged == 0) {
		f = tw_doctor_find(d, TW_SEVERITY_NOTE, "unprivileged BPF", "allowed to everybody: no obstacle, but a risk of its own");
		tw_doctor_cure(f, "sysctl kernel.unprivileged_bpf_disabled=2");
	} else {
		tw_doctor_find(d, TW_SEVERITY_OK, "unprivileged BPF", "%s", h->unprivileged < 0 ? "cannot be read" : "off");
	}
}

/* What is taken at once, and what comes with connections. */
static void about_memory(struct tw_doctor *d, const struct tw_host_facts *h)
{
	double at_once = (TW_KERN_RING + (double)TW_KERN_HALF_OPEN * TW_KERN_HALF_OPEN_BYTES + TW_OWNERS_MAX * 144.0) / MIB + 5;
	double each = TW_KERN_FLOW_BYTES * 1000.0 / MIB;
	uint64_t limit = h->memlock_limit ? h->memlock_limit : h->memory_limit;
	struct tw_finding *f;

	if (!limit || limit / MIB >= 2 * at_once) {
		tw_doctor_find(d, TW_SEVERITY_OK, "memory", "%.0f MiB of the kernel's at once, %.1f MiB for each 1,000 connections%s",
			       at_once, each, limit ? "; the limit leaves room" : "; no limit is set");
		return;
	}
	f = tw_doctor_find(d, TW_SEVERITY_DEGRADED, "memory", "%s leaves %.0f MiB; %.0f MiB are taken at once, %.1f MiB for each 1,000 connections",
			   h->memlock_limit ? "the limit on locked memory (RLIMIT_MEMLOCK)" : "the limit of this cgroup",
			   limit / MIB, at_once, each);
	tw_doctor_cost(f, "it may not start, or connections find no room (`table_full`)");
	tw_doctor_cure(f, "a higher limit, or smaller --ring, --max-half-open and --max-connections");
}

/* --- what tracepoints give --- */

struct gift {
	const char *what;     /* of the finding */
	enum tw_trace need[3];
	int n;
	const char *gives;    /* and without it is missing */
	const char *cure;
};

static const struct gift gifts[] = {
	{ "owners", { TW_TRACE_SET_STATE, TW_TRACE_DESTROY, TW_TRACE_TASK_FILE }, 3,
	  "`pid`, `comm`, `cgroup` of connections of this host, and the alert key comm", "Linux 5.11 or newer" },
	{ "drops", { TW_TRACE_KFREE_SKB }, 1, "`kernel_drop` with its `reason`, the verdict dropped_by_kernel, `died`",
	  "Linux 5.17 or newer" },
	{ "retransmissions", { TW_TRACE_RETRANSMIT }, 1, "`ca_state` of what this host sent again", "Linux 4.16 or newer" },
};

static const char *trace_name(enum tw_trace trace)
{
	static const char *const names[] = { "inet_sock_set_state", "tcp_destroy_sock", "iterator task_file", "kfree_skb",
					     "tcp_send_reset", "tcp_retransmit_skb" };

	return names[trace];
}

static void about_gift(struct tw_doctor *d, const struct tw_host_facts *h, const struct gift *g)
{
	struct tw_finding *f;

	for (int i = 0; i < g->n; i++) {
		if (h->trace[g->need[i]] >= 0)
			continue;
		f = tw_doctor_find(d, TW_SEVERITY_DEGRADED, g->what, "no tracepoint %s in this kernel", trace_name(g->need[i]));
		tw_doctor_cost(f, "missing: %s", g->gives);
		tw_doctor_cure(f, "%s, with BTF", g->cure);
		return;
	}
	tw_doctor_find(d, TW_SEVERITY_OK, g->what, "%s", g->gives);
}

/* The reason came as an argument more (Linux 6.10), and with it word of each RST. */
static void about_resets(struct tw_doctor *d, const struct tw_host_facts *h)
{
	struct tw_finding *f;

	if (h->trace[TW_TRACE_SEND_RESET] >= 3) {
		tw_doctor_find(d, TW_SEVERITY_OK, "resets", "`reason` of a RST that this host sends, `no_socket` of one that no socket sent");
		return;
	}
	f = tw_doctor_find(d, TW_SEVERITY_NOTE, "resets", "this kernel does not tell why it sends a RST");
	tw_doctor_cost(f, "no `reason` on resets that this host sends, and no `no_socket`");
	tw_doctor_cure(f, "Linux 6.10 or newer");
}

static void about_traces(struct tw_doctor *d, const struct tw_host_facts *h)
{
	struct tw_finding *f;

	if (!h->btf) {
		f = tw_doctor_find(d, TW_SEVERITY_DEGRADED, "BTF", "this kernel does not tell its types (/sys/kernel/btf/vmlinux)");
		tw_doctor_cost(f, "no pid, comm, cgroup, and none of the kernel's own reasons; packets are seen all the same");
		tw_doctor_cure(f, "a kernel with CONFIG_DEBUG_INFO_BTF, as distributions build them");
		return;
	}
	tw_doctor_find(d, TW_SEVERITY_OK, "BTF", "there");
	for (size_t i = 0; i < sizeof(gifts) / sizeof(gifts[0]); i++)
		about_gift(d, h, &gifts[i]);
	about_resets(d, h);
}

void tw_doctor_host(struct tw_doctor *d, const struct tw_host_facts *h)
{
	d->iface = NULL;
	about_kernel(d, h);
	about_privileges(d, h);
	about_lockdown(d, h);
	about_sysctls(d, h);
	about_memory(d, h);
	about_traces(d, h);
}
