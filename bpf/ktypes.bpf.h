/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The few kernel types that tracepoint programs read, and of them the few fields: the loader finds each by
 * its name in the running kernel's BTF (CO-RE), wherever it lies there.
 */
#ifndef TCPWHY_KTYPES_BPF_H
#define TCPWHY_KTYPES_BPF_H

#include "tcpwhy/port.h"

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

struct net_device {
	int ifindex;
	possible_net_t nd_net;
};

struct sock_common {
	unsigned short skc_family;
	volatile unsigned char skc_state;
	__u16 skc_num;         /* local port, host order */
	possible_net_t skc_net;
};

struct sock {
	struct sock_common __sk_common;
	u32 sk_ack_backlog;
	u32 sk_max_ack_backlog;
};

struct dst_entry {
	struct net_device *dev;
};

struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	unsigned long _skb_refdst;
	unsigned int len;
	__u16 protocol;        /* as on the wire */
	__u16 network_header;  /* from head */
	unsigned int tail;     /* from head, on 64-bit machines */
	unsigned char *head;
};

#pragma clang attribute pop

#endif
