/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a driver says of its XDP: the generic netlink family "netdev" (Linux 6.3). */
#ifndef TCPWHY_USER_NETDEV_H
#define TCPWHY_USER_NETDEV_H

#include <stdint.h>

/* <linux/netdev.h>: part of the kernel's interface, but younger than Debian 12's headers. */
enum { TW_XDP_BASIC = 1 << 0, TW_XDP_RX_SG = 1 << 5 };

/* 0 and *@features; -ENOENT: this kernel does not tell; or another -errno. */
int tw_netdev_xdp_features(unsigned int ifindex, uint64_t *features);

#endif
