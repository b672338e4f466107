// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which process a connection of this host belongs to: an object of its own, which the packet programs
 * do without where the kernel has no BTF or no such tracepoint.
 *
 * Whoever happens to run when a socket changes its state is not its owner: much of TCP runs in soft
 * interrupts. Only these are the owner's own deeds: connect() (→ SYN_SENT), listen() (→ LISTEN), shutdown()
 * and close() (→ FIN_WAIT1, → LAST_ACK, and the socket's destruction when none of these came before). The
 * owner of an accepted connection is the listener's until it closes it: where a master listens and workers
 * accept, the worker is known by then. Sockets that were there before are found by their descriptors.
 *
 * As a socket is closed, it also tells what kept it from sending: the chronographs of tcp_info.
 */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "tcpwhy/key.h"
#include "tcpwhy/sockowner.h"

enum { TCP_ESTABLISHED = 1, TCP_SYN_SENT, TCP_SYN_RECV, TCP_FIN_WAIT1, TCP_CLOSE = 7, TCP_LAST_ACK = 9, TCP_LISTEN };
enum { AF_INET = 2, AF_INET6 = 10, IPPROTO_TCP = 6 };
#define PF_KTHREAD 0x00200000

/* Of the kernel's structures just what is read; where it lies, the running kernel's BTF tells. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct ns_common {
	unsigned int inum;
};
struct net {
	struct ns_common ns;
};
typedef struct {
	struct net *net;
} possible_net_t;
struct in6_addr {
	union {
		__be32 u6_addr32[4];
	} in6_u;
};
struct sock_common {
	__be32 skc_daddr, skc_rcv_saddr;
	__be16 skc_dport;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};
struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
};
struct inet_sock {
	__be16 inet_sport;
};
struct tcp_sock {
	__u64 bytes_acked;
	__u32 chrono_start;
	__u32 chrono_stat[3]; /* busy with neither, receiver's window, send buffer */
	__u8 chrono_type : 2; /* which one runs; 0: none */
};
struct socket {
	struct sock *sk;
};
struct kernfs_node {
	struct kernfs_node *parent;
	const char *name;
	__u64 id;
};
struct kernfs_node___newer { /* Linux 6.15 */
	struct kernfs_node *__parent;
};
struct cgroup {
	struct kernfs_node *kn;
};
struct css_set {
	struct cgroup *dfl_cgrp;
};
struct task_struct {
	unsigned int flags;
	int tgid;
	struct task_struct *group_leader;
	char comm[16];
	struct css_set *cgroups;
};
struct file;
struct bpf_iter_meta;
struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};
#pragma clang attribute pop

const volatile u32 tw_netns; /* the network namespace that is watched: its inode number */

/* Sockets that called connect(): their port is chosen only after it. By the socket's address. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, struct tw_sock_owner);
} opening SEC(".maps");

/* Ends of connections. Written here, read by the loader as it writes a final record. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct tw_sock_end);
	__type(value, struct tw_sock_owner);
} owners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct tw_sock_end);
	__type(value, struct tw_sock_owner);
} listeners SEC(".maps");

/* What kept the ends of connections from sending: of those that were closed last. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct tw_sock_end);
	__type(value, struct tw_sock_chrono);
} chronos SEC(".maps");

/* The paths of cgroups by their ids: when the loader asks, the cgroup may be gone. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 512);
	__type(key, u64);
	__type(value, struct tw_cgroup_path);
} cgroups SEC(".maps");

/* --- who --- */

static const struct tw_cgroup_path tw_no_path;

TW_INLINE struct kernfs_node *tw_parent(struct kernfs_node *kn)
{
	struct kernfs_node___newer *newer = (void *)kn;

	if (bpf_core_field_exists(newer->__parent))
		return BPF_CORE_READ(newer, __parent);
	return BPF_CORE_READ(kn, parent);
}

/* Once a cgroup. It is written in place: too large for the stack, and whoever else writes it writes the same. */
static __attribute__((noinline)) int tw_note_cgroup(struct kernfs_node *kn, u64 id)
{
	struct tw_cgroup_path *path = bpf_map_lookup_elem(&cgroups, &id);
	u32 levels = 0;

	if (path)
		return 0;
	bpf_map_update_elem(&cgroups, &id, &tw_no_path, BPF_NOEXIST);
	path = bpf_map_lookup_elem(&cgroups, &id);
	if (!path)
		return 0;
	for (int i = 0; i < TW_CGROUP_LEVELS; i++) {
		struct kernfs_node *parent = kn ? tw_parent(kn) : 0;

		if (!parent)
			break;
		bpf_probe_read_kernel_str(path->name[i], TW_CGROUP_NAME, BPF_CORE_READ(kn, name));
		kn = parent;
		levels++;
	}
	path->levels = levels;
	return levels;
}

TW_INLINE void tw_take(struct tw_sock_owner *o, struct task_struct *task, u32 how, u64 born_ns)
{
	struct kernfs_node *kn = task->cgroups->dfl_cgrp->kn;

	o->born_ns = born_ns;
	o->cgroup = kn->id;
	o->pid = task->tgid;
	o->how = how;
	bpf_probe_read_kernel_str(o->comm, sizeof(o->comm), &task->group_leader->comm);
	tw_note_cgroup(kn, o->cgroup);
}

/* --- which --- */

TW_INLINE int tw_is_watched(struct sock *sk)
{
	u16 family = sk->__sk_common.skc_family;

	if (family != AF_INET && family != AF_INET6)
		return 0;
	return sk->sk_protocol == IPPROTO_TCP && sk->__sk_common.skc_net.net->ns.inum == tw_netns;
}

TW_INLINE int tw_is_v4(const struct tw_addr *a)
{
	return !a->word[0] && !a->word[1] && a->word[2] == TW_V4_PREFIX;
}

TW_INLINE void tw_copy_v6(struct tw_addr *to, const struct in6_addr *from)
{
	for (int i = 0; i < 4; i++)
		to->word[i] = from->in6_u.u6_addr32[i];
}

/* 0: it has no port yet. An IPv6 socket may speak IPv4. */
static __attribute__((noinline)) int tw_end_of(struct tw_sock_end *end, struct sock *sk, int listener)
{
	u16 family = sk->__sk_common.skc_family;
	u16 sport = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport)), dport = 0;
	struct tw_addr here, there = {};

	if (family == AF_INET) {
		tw_addr_v4(&here, sk->__sk_common.skc_rcv_saddr);
		tw_addr_v4(&there, listener ? 0 : sk->__sk_common.skc_daddr);
	} else if (!bpf_core_field_exists(sk->__sk_common.skc_v6_daddr)) {
		return 0; /* a kernel without IPv6 */
	} else {
		tw_copy_v6(&here, &sk->__sk_common.skc_v6_rcv_saddr);
		if (!listener)
			tw_copy_v6(&there, &sk->__sk_common.skc_v6_daddr);
	}
	if (!listener)
		dport = bpf_ntohs(sk->__sk_common.skc_dport);
	end->side = tw_key_make(&end->key, &here, &there, sport, dport, tw_is_v4(&here) ? 4 : 6);
	end->zero = 0;
	return sport && (dport || listener);
}

/* The listener of an address and port: on that address, or on any. */
static __attribute__((noinline)) struct tw_sock_owner *tw_listener_of(const struct tw_sock_end *end)
{
	u32 side = end->side & 1;
	struct tw_addr here = end->key.addr[side], any = {}, none = {};
	u16 port = end->key.port[side];
	struct tw_sock_end l = {};
	struct tw_sock_owner *o;

	if (end->key.family == 4)
		tw_addr_v4(&none, 0);
	l.side = tw_key_make(&l.key, &here, &none, port, 0, end->key.family);
	o = bpf_map_lookup_elem(&listeners, &l);
	if (o)
		return o;
	l.side = tw_key_make(&l.key, &none, &none, port, 0, end->key.family);
	o = bpf_map_lookup_elem(&listeners, &l);
	if (o)
		return o;
	l.side = tw_key_make(&l.key, &any, &any, port, 0, 6);
	return bpf_map_lookup_elem(&listeners, &l);
}

/* --- the owner's own deeds --- */

TW_INLINE void tw_on_connect(struct sock *sk)
{
	struct tw_sock_owner o = {};
	struct tw_sock_end end;
	u64 id = (u64)sk;

	tw_take(&o, bpf_get_current_task_btf(), TW_SOCK_OPENER, bpf_ktime_get_ns());
	if (tw_end_of(&end, sk, 0)) /* bind() chose the port */
		bpf_map_update_elem(&owners, &end, &o, BPF_ANY);
	bpf_map_update_elem(&opening, &id, &o, BPF_ANY);
}

TW_INLINE void tw_on_listen(struct sock *sk)
{
	struct tw_sock_owner o = {};
	struct tw_sock_end end;

	tw_take(&o, bpf_get_current_task_btf(), TW_SOCK_LISTENER, bpf_ktime_get_ns());
	if (tw_end_of(&end, sk, 1))
		bpf_map_update_elem(&listeners, &end, &o, BPF_ANY);
}

/* Another one may listen there, too (SO_REUSEPORT, or the next one of its kind): it stays known. */
TW_INLINE void tw_on_unlisten(struct sock *sk)
{
	struct tw_sock_owner *o;
	struct tw_sock_end end;

	if (!tw_end_of(&end, sk, 1))
		return;
	o = bpf_map_lookup_elem(&listeners, &end);
	if (o && o->pid == bpf_get_current_pid_tgid() >> 32)
		bpf_map_delete_elem(&listeners, &end);
}

/* The attempt succeeded or failed: the port is known. */
TW_INLINE void tw_on_answer(struct sock *sk)
{
	u64 id = (u64)sk;
	struct tw_sock_owner *o = bpf_map_lookup_elem(&opening, &id);
	struct tw_sock_end end;

	if (!o)
		return;
	if (tw_end_of(&end, sk, 0))
		bpf_map_update_elem(&owners, &end, o, BPF_ANY);
	bpf_map_delete_elem(&opening, &id);
}

/* For the accept queue; whoever takes it from there is known by its close. */
TW_INLINE void tw_on_accept(struct sock *sk)
{
	struct tw_sock_owner o, *listener;
	struct tw_sock_end end;

	if (!tw_end_of(&end, sk, 0))
		return;
	listener = tw_listener_of(&end);
	if (!listener) {
		bpf_map_delete_elem(&owners, &end); /* an older connection's */
		return;
	}
	o = *listener;
	o.born_ns = bpf_ktime_get_ns();
	bpf_map_update_elem(&owners, &end, &o, BPF_ANY);
}

TW_INLINE int tw_same_task(const struct tw_sock_owner *a, const struct tw_sock_owner *b)
{
	const u64 *as = (const u64 *)a->comm, *bs = (const u64 *)b->comm;

	return a->pid == b->pid && a->cgroup == b->cgroup && as[0] == bs[0] && as[1] == bs[1];
}

/* The last descriptor is closed, or one is shut down. The kernel closes for a thread of its own what was in flight: nobody's. */
TW_INLINE void tw_on_close(struct sock *sk, int destroyed)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct tw_sock_owner o = {}, *known;
	struct tw_sock_end end;

	if (task->flags & PF_KTHREAD || !tw_end_of(&end, sk, 0))
		return;
	known = bpf_map_lookup_elem(&owners, &end);
	if (known ? known->how != TW_SOCK_LISTENER : destroyed)
		return;
	tw_take(&o, task, TW_SOCK_CLOSER, known ? known->born_ns : 0);
	if (known && tw_same_task(known, &o))
		known->how = TW_SOCK_CLOSER; /* most servers close what they listened for: no new entry for that */
	else
		bpf_map_update_elem(&owners, &end, &o, BPF_ANY);
}

/* --- what kept it from sending --- */

/* As the kernel's tcp_get_info_chrono_stats(). */
TW_INLINE void tw_take_chrono(struct tw_sock_chrono *c, struct tcp_sock *tp)
{
	u32 stat[3] = {}, type = BPF_CORE_READ_BITFIELD_PROBED(tp, chrono_type);
	u32 runs = (u32)bpf_jiffies64() - BPF_CORE_READ(tp, chrono_start);

	BPF_CORE_READ_INTO(&stat, tp, chrono_stat);
	if (type == 1)
		stat[0] += runs;
	else if (type == 2)
		stat[1] += runs;
	else if (type == 3)
		stat[2] += runs;
	c->at_ns = bpf_ktime_get_ns();
	c->busy = stat[0] + stat[1] + stat[2];
	c->rwnd = stat[1];
	c->sndbuf = stat[2];
}

/* Read anew with each step of the end: it may go on to send what it had. */
static __attribute__((noinline)) int tw_note_chrono(struct sock *sk)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	struct tw_sock_chrono c = {};
	struct tw_sock_end end;

	if (!bpf_core_field_exists(tp->chrono_type) || BPF_CORE_READ(tp, bytes_acked) < TW_CHRONO_LEAST ||
	    !tw_end_of(&end, sk, 0))
		return 0;
	tw_take_chrono(&c, tp);
	bpf_map_update_elem(&chronos, &end, &c, BPF_ANY);
	return 1;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, struct sock *sk, int before, int after)
{
	if (!tw_is_watched(sk))
		return 0;
	if (after == TCP_SYN_SENT)
		tw_on_connect(sk);
	else if (after == TCP_LISTEN)
		tw_on_listen(sk);
	else if (before == TCP_LISTEN)
		tw_on_unlisten(sk);
	else if (before == TCP_SYN_SENT)
		tw_on_answer(sk);
	else if (before == TCP_SYN_RECV && after == TCP_ESTABLISHED)
		tw_on_accept(sk);
	else if (after == TCP_FIN_WAIT1 || after == TCP_LAST_ACK)
		tw_on_close(sk, 0);
	if (before != TCP_SYN_SENT && before != TCP_LISTEN && after >= TCP_FIN_WAIT1 && after != TCP_LISTEN)
		tw_note_chrono(sk);
	return 0;
}

/*
 * A connection that a RST or a time-out ended is closed only now, if its owner had not closed it before; else
 * this may be a soft interrupt, but then the closer is known.
 */
SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(on_destroy, struct sock *sk)
{
	if (!tw_is_watched(sk))
		return 0;
	tw_on_close(sk, 1);
	tw_note_chrono(sk);
	return 0;
}

/* --- sockets that are there: all descriptors of all processes --- */

SEC("iter/task_file")
int look_through(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct tw_sock_owner o = {}, *known;
	struct tw_sock_end end;
	struct socket *socket;
	struct sock *sk;
	int listens;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk || !tw_is_watched(sk))
		return 0;
	listens = sk->__sk_common.skc_state == TCP_LISTEN;
	if (!tw_end_of(&end, sk, listens))
		return 0;
	known = listens ? bpf_map_lookup_elem(&listeners, &end) : bpf_map_lookup_elem(&owners, &end);
	if (known && (listens || known->how != TW_SOCK_LISTENER))
		return 0;
	tw_take(&o, task, listens ? TW_SOCK_LISTENER : TW_SOCK_HOLDER, known ? known->born_ns : 0);
	if (listens)
		bpf_map_update_elem(&listeners, &end, &o, BPF_ANY);
	else
		bpf_map_update_elem(&owners, &end, &o, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
