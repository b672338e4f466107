// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What it takes to run. Features are tried, not concluded from a version number: distributions
 * port them back.
 */
#include "requirements.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
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

void tw_requirements_missing(char missing[TW_REQUIREMENTS_TEXT])
{
	static const struct {
		int number;
		const char *name;
	} needed[] = { { CAP_BPF, "CAP_BPF" }, { CAP_NET_ADMIN, "CAP_NET_ADMIN" }, { CAP_PERFMON, "CAP_PERFMON" } };
	uint64_t have = effective_capabilities();

	missing[0] = '\0';
	if (have >> CAP_SYS_ADMIN & 1)
		have |= 1ULL << CAP_BPF | 1ULL << CAP_PERFMON;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!(have >> needed[i].number & 1)) {
			strcat(missing, missing[0] ? ", " : "");
			strcat(missing, needed[i].name);
		}
}

/* Without CAP_PERFMON the verifier holds programs to the rules for unprivileged ones. */
int tw_requirements_privileges(struct tw_reason *reason)
{
	char missing[TW_REQUIREMENTS_TEXT];

	tw_requirements_missing(missing);
	if (!missing[0])
		return 0;
	return tw_reason(reason, -EPERM, "attaching needs capabilities that are missing: %s; %s", missing,
			 geteuid() ? "run it as root (sudo)" : "this root is that of a container or user namespace");
}

static int too_old(struct tw_reason *reason, const char *what)
{
	struct utsname name;

	uname(&name);
	return tw_reason(reason, -EOPNOTSUPP,
			 "kernel %s is too old: it has no %s; tcpwhy needs Linux 5.11 or newer (5.18 for XDP)",
			 name.release, what);
}

int tw_requirements_kernel(struct tw_reason *reason)
{
	if (libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 0)
		return too_old(reason, "BPF ring buffer");
	if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS, BPF_FUNC_ktime_get_coarse_ns, NULL) == 0)
		return too_old(reason, "coarse clock for BPF programs");
	return 0;
}

bool tw_requirements_xdp_frags(void)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP, BPF_FUNC_xdp_load_bytes, NULL) == 1;
}
