// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What it takes to run. Features are tried, not concluded from a version number: distributions
 * port them back.
 */
#include "needs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static uint64_t effective_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &header, data))
		return 0;
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

int tw_needs_privileges(struct tw_reason *reason)
{
	uint64_t have = effective_capabilities();
	bool bpf = have >> CAP_BPF & 1 || have >> CAP_SYS_ADMIN & 1;
	bool net = have >> CAP_NET_ADMIN & 1;

	if (bpf && net)
		return 0;
	return tw_reason(reason, -EPERM, "attaching needs %s%s%s%s: run it as root (sudo)",
			 bpf ? "" : "CAP_BPF", !bpf && !net ? " and " : "", net ? "" : "CAP_NET_ADMIN",
			 geteuid() ? "" : ", which this root does not have (a container or user namespace?)");
}

static int too_old(struct tw_reason *reason, const char *what)
{
	struct utsname name;

	uname(&name);
	return tw_reason(reason, -EOPNOTSUPP, "kernel %s is too old: it has no %s; tcpwhy needs Linux 5.11 or newer (5.18 for XDP)",
			 name.release, what);
}

int tw_needs_kernel(struct tw_reason *reason)
{
	if (libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 0)
		return too_old(reason, "BPF ring buffer");
	if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS, BPF_FUNC_ktime_get_coarse_ns, NULL) == 0)
		return too_old(reason, "coarse clock for BPF programs");
	return 0;
}

bool tw_needs_xdp_frags(void)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP, BPF_FUNC_xdp_load_bytes, NULL) == 1;
}
