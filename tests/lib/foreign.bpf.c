/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Somebody else's packet programs: they count what they see and let it pass. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} foreign_seen SEC(".maps");

static __always_inline void count(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&foreign_seen, &which);

	if (n)
		__sync_fetch_and_add(n, 1);
}

SEC("xdp")
int foreign_xdp(struct xdp_md *ctx)
{
	count(0);
	return XDP_PASS;
}

SEC("tc")
int foreign_tc(struct __sk_buff *skb)
{
	count(1);
	return TC_ACT_OK;
}

char _license[] SEC("license") = "Dual BSD/GPL";
