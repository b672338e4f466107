/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Facts about network interfaces, as the kernel tells them over rtnetlink and ethtool. */
#ifndef TCPWHY_USER_IFACE_H
#define TCPWHY_USER_IFACE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

struct tw_iface {
	char name[IF_NAMESIZE];
	char kind[16];       /* "veth", "tun", "bridge", …; empty for hardware and loopback */
	unsigned int index;
	unsigned int type;   /* ARPHRD_* */
	unsigned int mtu;
	unsigned int xdp_id; /* the XDP program that is attached already; 0: none */
	bool up;             /* and its carrier is there */
	bool hardware;       /* a device's own driver, not a virtual link */
	bool ends_here;      /* what leaves by it stays on this host: loopback, or a veth whose other end is here, too */
	bool merges;         /* its driver merges packets (LRO, hardware GRO), which XDP would switch off */
};

/* 0, -ENODEV when there is no such interface, or another -errno. */
int tw_iface_read(struct tw_iface *iface, const char *name);

/* The interface of the IPv4 default route, else of the IPv6 one. 0, or -ENOENT: there is none. */
int tw_iface_default(char name[IF_NAMESIZE]);

/* The names of all interfaces, separated by ", ", cut to @size. */
void tw_iface_names(char *buf, size_t size);

#endif
