/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every map: what it holds, who writes it, who reads it. Sizes are set by the loader (user/live/kern.c). */
#ifndef TCPWHY_MAPS_BPF_H
#define TCPWHY_MAPS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "tcpwhy/counters.h"
#include "tcpwhy/event.h"
#include "tcpwhy/flow.h"
#include "tcpwhy/out.h"
#include "tcpwhy/parse.h"

/*
 * Established and ended connections, IPv4 and IPv6. Not LRU: nothing is evicted behind the user's
 * back; the loader sweeps, and writes a record of each connection that it forgets. Memory is taken
 * as connections come.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 262144);
	__type(key, struct tw_key4);
	__type(value, struct tw_flow);
} flows4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 262144);
	__type(key, struct tw_key);
	__type(value, struct tw_flow);
} flows6 SEC(".maps");

/* Handshakes under way, both families: a flood evicts its own kind only. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct tw_key);
	__type(value, struct tw_flow);
} half_open SEC(".maps");

/* The host's connections at the start, and who opened them (TW_OPENER_*): written by the loader before it attaches. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct tw_key);
	__type(value, u32);
} sockets SEC(".maps");

/* What went wrong on a connection, by its id: made by its first anomaly. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, u64);
	__type(value, struct tw_trouble);
} troubles SEC(".maps");

/* struct tw_event and struct tw_event_replaced, to the loader. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} events SEC(".maps");

/* One element a CPU; the loader reads and sums them. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct tw_counters);
} counters SEC(".maps");

/*
 * Working memory of one packet. In a map and not on the stack because the verifier does not follow
 * what is stored here, and the stack has no room for it. One program at a time runs on a CPU.
 */
struct tw_scratch {
	struct tw_hdr hdr;
	struct tw_obs obs;
	struct tw_out out;
	struct tw_flow blank;
	struct tw_key4 key4; /* the short form of obs.pkt.key */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct tw_scratch);
} scratch SEC(".maps");

TW_INLINE struct tw_scratch *tw_scratch_get(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

TW_INLINE struct tw_counters *tw_counters_get(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&counters, &zero);
}

#endif
