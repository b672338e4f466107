/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The packet programs and their maps in the kernel: opened, configured, loaded, and read.
 * Attaching them to an interface is attach.h's. All goes away with tw_kern_free() or the process.
 */
#ifndef TCPWHY_USER_KERN_H
#define TCPWHY_USER_KERN_H

#include <stdbool.h>
#include <stdint.h>

#include "host/attach.h"
#include "host/progstats.h"
#include "host/kernelprogs.h"
#include "base/reason.h"
#include "tcpwhy/config.h"
#include "tcpwhy/counters.h"
#include "tcpwhy/evidence.h"

#define TW_KERN_CONNECTIONS (256 * 1024)
#define TW_KERN_HALF_OPEN (32 * 1024)
#define TW_KERN_RING (4 << 20)

/* Kernel memory: 512 bytes an established connection, as they come; 504 a half-open one, at once. */
#define TW_KERN_FLOW_BYTES 512
#define TW_KERN_HALF_OPEN_BYTES 504

/* Of the flight recorder, beside a connection's packets; and what it takes to hand them over. */
#define TW_KERN_RECENT_OVERHEAD 72
#define TW_KERN_EVIDENCE_RING (2 << 20)

struct tw_kern_options {
	uint32_t max_connections; /* of each of IPv4 and IPv6 */
	uint32_t max_half_open;
	uint32_t ring_bytes;      /* a power of two, ≥ 4096 */
	uint64_t capture_bytes;   /* for connections' last packets; config.capture_depth 0: there is no recorder */
	bool xdp, tc_ingress;     /* which programs are needed, of those with an Ethernet header … */
	bool ethernet, l3;        /* … and which of the two families */
	bool program_stats;       /* have the kernel count what the programs cost */
	bool no_tracepoints;      /* the packet programs alone */
	bool verbose;             /* libbpf's and the verifier's messages on stderr */
	struct tw_config config;
};

/* Descriptors of maps, borrowed; the last two are negative without a flight recorder. */
struct tw_maps {
	int flows4, flows6, half_open, troubles, sockets, events, counters, recent, evidence;
};

struct tw_kern;

/* 0 and *@kern; or -errno with the reason. */
int tw_kern_load(struct tw_kern **kern, const struct tw_kern_options *options, struct tw_reason *reason);
void tw_kern_free(struct tw_kern *kern);

/*
 * The tracepoints that this kernel offers, all optional: what it does not tell is absent from the log.
 * They speak only of connections that the packet programs know.
 */
void tw_kern_attach_tracepoints(struct tw_kern *kern);
void tw_kern_detach_tracepoints(struct tw_kern *kern);
/* What those that are loaded tell: enum tw_words. */
unsigned int tw_kern_words(const struct tw_kern *kern);

/* Both live as long as @kern. */
const struct tw_programs *tw_kern_programs(const struct tw_kern *kern);
const struct tw_maps *tw_kern_maps(const struct tw_kern *kern);

/* How many connections' last packets are kept in @bytes. */
uint32_t tw_kern_recent_connections(uint64_t bytes, uint32_t depth);

/* What is kept of connection @id, TW_RECENT_SIZE(depth) bytes. 0 or -errno. */
int tw_kern_recent(const struct tw_kern *kern, uint64_t id, struct tw_recent *recent);

/* The sum over all CPUs. 0 or -errno. */
int tw_kern_counters(const struct tw_kern *kern, struct tw_counters *sum);

/* What each loaded program has cost; how many there are, at most @max. 0 unless program_stats was asked for. */
unsigned int tw_kern_program_stats(const struct tw_kern *kern, struct tw_program_stats *stats, unsigned int max);

#endif
