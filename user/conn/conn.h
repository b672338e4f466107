/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The memory of many connections, and all timers.
 *
 * Takes the classifier's events, names the connection of each, and hands records to a sink. Says
 * what only a clock can tell (connect_timeout, accept_timeout), and writes the final `connection`
 * record. The clock is that of the events (CLOCK_MONOTONIC live, packet time offline): nothing here
 * reads one, so that the same bytes in give the same records out.
 *
 * Memory: one entry of about 350 bytes a connection, at most 2 × max_connections (IPv4 and IPv6)
 * plus max_half_open of them; all are allocated as they are used.
 */
#ifndef TCPWHY_USER_CONN_H
#define TCPWHY_USER_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "host/listener.h"
#include "record/record.h"
#include "store.h"

struct tw_conns;
struct tw_chrono;

/* Which words of the kernel come beside the packets. */
enum tw_words {
	TW_WORDS_DROPS = 1 << 0,      /* kernel_drop */
	TW_WORDS_RESETS = 1 << 1,     /* kernel_reset */
	TW_WORDS_ALL_RESETS = 1 << 2, /* of each RST of this host's TCP: what it does not tell of, it did not send */
	TW_WORDS_RESENT = 1 << 3,     /* kernel_resent */
};

struct tw_conns_options {
	unsigned int kernel_words; /* enum tw_words; 0 offline */
	uint32_t max_connections;  /* entries of the kernel's table of each family; 0: TW_CONNS_MAX */
	uint32_t max_half_open;    /* attempts remembered; 0: a quarter of max_connections */
	uint64_t idle_ns;          /* idle limit; 0: TW_CONNS_IDLE_NS */
	int64_t wall_offset_ns;    /* wall clock (ns since the epoch) minus the events' clock */
	/* Name of an interface, NULL: unknown. The string must live until the record is written. May be NULL. */
	const char *(*iface_name)(void *ctx, uint32_t ifindex);
	/* True when what leaves by an interface stays on this host, as on loopback. May be NULL: none is like that. */
	bool (*ends_here)(void *ctx, uint32_t ifindex);
	/* 1 when @addr is an address of this host, 0 when not. NULL: told from the hooks alone. */
	int (*is_local)(void *ctx, const struct tw_addr *addr);
	/*
	 * 0 when it knows whose socket the originator's (@orig) or the responder's end is, of a connection that began at
	 * @from_ns (0: before us), as of @until_ns (events' clock). Asked for the final record; see
	 * tw_conns_early_owner(). NULL: nobody knows.
	 */
	int (*owner)(void *ctx, const struct tw_conn_name *name, bool orig, uint64_t from_ns, uint64_t until_ns,
		     struct tw_process *process);
	/*
	 * 0 when its kernel told what kept the originator (@orig) or the responder from sending, of a connection that began at
	 * @from_ns (0: before us). NULL: nobody knows.
	 */
	int (*chrono)(void *ctx, const struct tw_conn_name *name, bool orig, uint64_t from_ns, struct tw_chrono *chrono);
	/* Who listens on an address and port of this host. 0, or -ENOENT and the like. NULL: nobody knows. */
	int (*listener)(void *ctx, const struct tw_addr *addr, uint16_t port, struct tw_listener *listener);
	void *ctx;                 /* of the functions above */
};

#define TW_CONNS_MAX (256 * 1024)
#define TW_CONNS_IDLE_NS (135 * 60 * TW_NS_PER_SEC) /* Linux's keep-alive begins after 2 h, and nine probes take 11 min */
#define TW_CONNS_FINAL_NS (2 * TW_NS_PER_SEC)      /* a RST is final after 2 s */
#define TW_CONNS_TIME_WAIT_NS (60 * TW_NS_PER_SEC) /* an ended tuple stays known so long */
#define TW_CONNS_LONE_NS (60 * TW_NS_PER_SEC)      /* retry horizon of a SYN that was never repeated */
#define TW_CONNS_SETTLE_NS TW_NS_PER_SEC           /* so long after the start the gap that it made may be acknowledged */
#define TW_CONNS_RETRY_NS (3 * TW_NS_PER_SEC)      /* least retry horizon of one that was */

/* events = shown + internal, always. */
struct tw_conns_stats {
	uint64_t events;      /* taken in */
	uint64_t shown;       /* of them handed to the sink */
	uint64_t internal;    /* of them only for the table: opened, ended, replaced */
	uint64_t made;        /* records made here: time-outs and final records */
	uint64_t untracked;   /* events of connections that found the table full (they are shown) */
	uint64_t evicted;     /* connections that had to make room, their record written */
	uint64_t connections; /* entries now, ended ones included */
	uint64_t half_open;   /* of them: attempts */
	uint64_t in_kernel[2];   /* connections in the kernel's tables of IPv4 and of IPv6, known here or not */
};

/*
 * @store and @sink with its @ctx must outlive the table; @store may be NULL (no state anywhere:
 * final records have what the events told). NULL when out of memory.
 */
struct tw_conns *tw_conns_new(const struct tw_conns_options *options, struct tw_store *store,
			      tw_sink sink, void *ctx);

/* One decoded event. @replaced: the state that comes with TW_EV_REPLACED, else ignored. */
void tw_conns_event(struct tw_conns *conns, const struct tw_event *event, const struct tw_flow *replaced);

/*
 * Time is @now_ns: fires timers that are due and goes on with the sweep. Call it about every 10 ms
 * with a time read before the ring was drained, or with each packet's time. Cheap when nothing is due.
 */
void tw_conns_tick(struct tw_conns *conns, uint64_t now_ns);

/* The end of the input: a final record for each connection that has none yet. */
void tw_conns_finish(struct tw_conns *conns, uint64_t now_ns);

/* After the wall clock was set: records made from now on use the new offset. */
void tw_conns_set_clock(struct tw_conns *conns, int64_t wall_offset_ns);

/* From now on every record of a connection has its owner, not only the final one: somebody counts by it. */
void tw_conns_early_owner(struct tw_conns *conns, bool early);

/* Events were lost by @wall_ns: verdicts on connections that began before are less sure. */
void tw_conns_note_loss(struct tw_conns *conns, uint64_t wall_ns);

/* The kernel's table had no room for a connection: looks through it at once, and evicts what is needed least. */
void tw_conns_note_full(struct tw_conns *conns);

/*
 * Live, the hooks of the two directions are attached one after the other, and detached likewise. What one of them
 * shows meanwhile as missing from the other was not lost: nobody has looked. Both see from @ns on; both have seen
 * until @ns.
 */
void tw_conns_sees_from(struct tw_conns *conns, uint64_t ns);
void tw_conns_sees_until(struct tw_conns *conns, uint64_t ns);

void tw_conns_stats(const struct tw_conns *conns, struct tw_conns_stats *stats);

/* Writes nothing. NULL is fine. */
void tw_conns_free(struct tw_conns *conns);

#endif
