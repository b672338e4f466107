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

struct in6_addr {
	union {
		__u32 u6_addr32[4];
	} in6_u;
};

struct sock_common {
	__u32 skc_daddr;       /* as on the wire */
	__u32 skc_rcv_saddr;
	__u16 skc_dport;       /* as on the wire */
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
};

struct inet_sock {
	__u16 inet_sport;      /* as on the wire; stays when the port was given back already */
};

struct inet_connection_sock {
	__u8 icsk_ca_state : 5;
};

struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	char cb[48];           /* in TCP: struct tcp_skb_cb, which begins with the sequence number */
	__u16 protocol;        /* as on the wire */
	__u16 network_header;  /* from head */
	unsigned int tail;     /* from head, on 64-bit machines */
	unsigned char *head;
};

#pragma clang attribute pop

#endif
