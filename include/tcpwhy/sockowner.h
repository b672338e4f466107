/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which process a socket belongs to: what bpf/owner.bpf.c writes and user/live/owner.c reads. */
#ifndef TCPWHY_SOCKOWNER_H
#define TCPWHY_SOCKOWNER_H

#include "flow.h"

/* One end of a connection, or a listener (its peer is address 0, port 0). On loopback one connection has two. */
struct tw_sock_end {
	struct tw_key key;
	u32 side; /* which side of the key this end is */
	u32 zero;
};

/* How the owner is known; a better one replaces a worse one. */
enum tw_sock_how {
	TW_SOCK_LISTENER = 1, /* it listens on the port; who accepted is not known yet */
	TW_SOCK_HOLDER,       /* it has a descriptor of it, found when all were looked through */
	TW_SOCK_CLOSER,       /* it closed it, or shut it down */
	TW_SOCK_OPENER,       /* it called connect() */
};

struct tw_sock_owner {
	u64 born_ns;   /* CLOCK_MONOTONIC: connect() was called, or the connection was accepted; 0: before us */
	u64 cgroup;    /* id of the cgroup (v2), as in tw_cgroup_path */
	u32 pid;       /* of the process (thread group), in the first PID namespace */
	u32 how;       /* enum tw_sock_how */
	char comm[16]; /* of its first thread; cut, NUL-terminated */
};

/* What kept a socket from sending, as its kernel timed it: in jiffies, as tcp_info has it in µs. */
struct tw_sock_chrono {
	u64 at_ns;     /* CLOCK_MONOTONIC: when it was read */
	u32 busy;      /* with something to send, or in flight: of it the next two */
	u32 rwnd;      /* the receiver's window was full */
	u32 sndbuf;    /* the send buffer was */
	u32 zero;
};

#define TW_CHRONO_LEAST (64 << 10) /* bytes acknowledged: what sent less is no transfer */

#define TW_CGROUP_LEVELS 8
#define TW_CGROUP_NAME 96 /* "cri-containerd-<64 hexadecimal digits>.scope" has 85 */

/* Names from the cgroup up to below the root; what is deeper than this is cut at the top. */
struct tw_cgroup_path {
	u32 levels;
	char name[TW_CGROUP_LEVELS][TW_CGROUP_NAME];
};

_Static_assert(sizeof(struct tw_sock_end) == 48, "key without holes");

#endif
