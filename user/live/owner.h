/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which process a connection of this host belongs to, asked of the kernel's tracepoints (bpf/owner.bpf.c).
 * All of it may be missing: then nobody is known.
 *
 * Kernel memory: the owners of the TW_OWNERS_MAX connections that were opened, accepted or closed last,
 * 144 bytes each; 3 MB more for attempts under way, listeners and the paths of 512 cgroups.
 */
#ifndef TCPWHY_USER_OWNER_H
#define TCPWHY_USER_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"
#include "record/record.h"
#include "record/transfer.h"

#define TW_OWNERS_MAX 32768

struct tw_owners;

/*
 * Loads and attaches the tracepoints, for the network namespace that we are in, and looks through all
 * descriptors for sockets that are there. 0 and *@owners; or -errno with the reason.
 */
int tw_owners_new(struct tw_owners **owners, struct tw_reason *reason);
void tw_owners_free(struct tw_owners *owners);

/* Looks through all descriptors again: who accepted what is still open. 0 or -errno. NULL is fine. */
int tw_owners_look(struct tw_owners *owners);

/*
 * The owner of one end of a connection, the originator's (@orig) or the other: not of one that had its ports long
 * before @from_ns (CLOCK_MONOTONIC; 0: it was there before us) or took them after @until_ns. 0 or -ENOENT; @owners may
 * be NULL.
 */
int tw_owners_find(struct tw_owners *owners, const struct tw_conn_name *name, bool orig, uint64_t from_ns,
		   uint64_t until_ns, struct tw_process *process);

/*
 * What kept one end of a connection that began at @from_ns from sending, as its kernel told when it was closed. 0 or
 * -ENOENT; @owners may be NULL.
 */
int tw_owners_chrono(struct tw_owners *owners, const struct tw_conn_name *name, bool orig, uint64_t from_ns,
		     struct tw_chrono *chrono);

/* Who listens on an address and port of this host, IPv4 as ::ffff:a.b.c.d. 0 or -ENOENT; @owners may be NULL. */
int tw_owners_listener(struct tw_owners *owners, const struct tw_addr *addr, uint16_t port, struct tw_process *process);

#endif
