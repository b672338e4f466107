/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The interfaces that are watched: each is attached at the start, and again when one of its name
 * comes back after it went away.
 */
#ifndef TCPWHY_USER_WATCH_H
#define TCPWHY_USER_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "host/attach.h"
#include "kern.h"

#define TW_WATCH_MAX 64

struct tw_watch;

struct tw_watch_options {
	const char *const *names;
	unsigned int n;               /* 0: the default route's interface */
	enum tw_ingress ingress;
	/* One line for people, without newline. */
	void (*notice)(void *ctx, const char *text);
	/* After each attachment: @mode is for example "XDP ingress, tcx egress". */
	void (*attached)(void *ctx, const char *iface, const char *mode);
	void *ctx;
};

/*
 * Looks at the interfaces, plans, and takes a slot; nothing is attached yet. 0; or -errno with the
 * reason: no such interface, no default route, or one that cannot be read.
 */
int tw_watch_new(struct tw_watch **watch, const struct tw_watch_options *options, struct tw_reason *reason);

/* Sets which programs these interfaces need. */
void tw_watch_needs(const struct tw_watch *watch, struct tw_kern_options *options);

/* How many interfaces there are to watch, and how many of them are attached now. */
void tw_watch_count(const struct tw_watch *watch, unsigned int *wanted, unsigned int *attached);

/* Attaches to all of them. @programs is borrowed. 0; or -errno with the reason of the first that failed. */
int tw_watch_attach(struct tw_watch *watch, const struct tw_programs *programs, struct tw_reason *reason);

/* For epoll: readable when interfaces changed; then call tw_watch_look(). */
int tw_watch_fd(const struct tw_watch *watch);
void tw_watch_look(struct tw_watch *watch);

/* Detaches from all; no packet program runs any more when it returns. */
void tw_watch_detach(struct tw_watch *watch);

/* Detaches, too. NULL is fine. */
void tw_watch_free(struct tw_watch *watch);

/* The name of a watched interface, also of one that is gone; NULL: not one of them. @ctx: the struct tw_watch. */
const char *tw_watch_name(void *ctx, uint32_t ifindex);

/* What leaves by it stays on this host (iface.h). False: it does not, or it is not a watched one. */
bool tw_watch_ends_here(const struct tw_watch *watch, uint32_t ifindex);

#endif
