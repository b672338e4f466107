/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One question to the kernel over netlink, by libmnl. */
#ifndef TCPWHY_USER_NETLINK_H
#define TCPWHY_USER_NETLINK_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

/* A buffer that holds any request of ours: header, family header, attributes. */
#define TW_NL_REQUEST 512

/* Starts a request in @buf; @dump asks for all objects. The family header of @size is zeroed. */
struct nlmsghdr *tw_nl_request(char buf[TW_NL_REQUEST], int type, int dump, size_t size);

/* Sends @request and hands each message of the answer to @message. 0 or -errno. */
int tw_nl_ask(struct nlmsghdr *request, mnl_cb_t message, void *ctx);
/* The same of sockets instead of interfaces (sock_diag). */
int tw_nl_ask_diag(struct nlmsghdr *request, mnl_cb_t message, void *ctx);
/* The same on another bus than rtnetlink: NETLINK_*. */
int tw_nl_ask_bus(int bus, struct nlmsghdr *request, mnl_cb_t message, void *ctx);

/* A socket that becomes readable whenever an interface comes, goes or changes. -errno on failure. */
int tw_nl_watch_links(struct mnl_socket **socket);

#endif
