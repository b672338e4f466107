/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What user space remembers of one connection, and the table of all of them: what conn.c (events),
 * conn_end.c (time-outs, ends) and conn_sweep.c (the walk over the kernel's table) share.
 *
 * An entry lives from the first event of its connection until the tuple is forgotten, 60 s after the end.
 */
#ifndef TCPWHY_USER_CONNTABLE_H
#define TCPWHY_USER_CONNTABLE_H

#define HASH_NONFATAL_OOM 1
/* Ids are mixed well by who makes them. */
#define HASH_FUNCTION(key, size, hash) \
	((hash) = (unsigned int)(*(const uint64_t *)(key) ^ *(const uint64_t *)(key) >> 32))
#define HASH_KEYCMP(a, b, size) (*(const uint64_t *)(a) != *(const uint64_t *)(b))

#include <uthash.h>
#include <utlist.h>

/* Each link of a chain is a cache miss: about one bucket an entry, instead of a quarter. Below 7 it takes far too many. */
#undef HASH_BKT_CAPACITY_THRESH
#define HASH_BKT_CAPACITY_THRESH 8U

#include "base/timers.h"
#include "conn.h"
#include "record/drops.h"
#include "record/notes.h"
#include "answers.h"
#include "services.h"

/* An entry is in one state, and has at most one timer, whose meaning the state tells. */
enum tw_phase {
	TW_PHASE_OPENING,  /* SYN seen; timer: its retry horizon */
	TW_PHASE_ANSWERED, /* SYN-ACK seen; timer: its retry horizon */
	TW_PHASE_TIMEOUT,  /* the attempt is over; timer: its record */
	TW_PHASE_OPEN,     /* established; timer: idle limit */
	TW_PHASE_ENDED,    /* a FIN or RST ended it; timer: its record */
	TW_PHASE_DONE,     /* record written; timer: the tuple is forgotten */
};

struct tw_entry {
	struct tw_timer timer;         /* first: an entry is found by its timer */
	struct tw_entry *prev, *next;  /* in one of the two queues, or none */
	UT_hash_handle hh;             /* by name.id; also the list of all, oldest first */
	struct tw_conn_name name;
	uint64_t start_ns, last_ns;    /* its first event, its last one */
	uint64_t ended_ns;             /* the packet that ended it; the end of the wait of a time-out */
	uint64_t asked_ns;             /* first SYN, or first SYN-ACK, of the side that waits */
	uint64_t horizon_ns;           /* silence after which it stops waiting */
	uint32_t ifindex;              /* of the first packet */
	uint64_t seen;                 /* bits of enum tw_event_type */
	uint32_t isn;                  /* of the originator; 0: unknown */
	struct tw_notes notes;         /* for the verdict */
	struct tw_drops *drops;        /* what this host's kernel dropped of it; NULL: nothing */
	uint16_t suspect;
	uint8_t phase, end, cause, side;
	uint8_t shape;                 /* enum tw_rst_shape: of the RST that ended it */
	uint8_t syns, syn_acks;        /* sent by now, saturating */
	uint8_t queue;                 /* enum tw_queue_of: which queue it is in */
	bool established, offline, both_local, challenged, reset_by_orig;
	uint64_t rst_told_ns;          /* this host's TCP told that it sent a RST: when, and why; 0: not */
	uint32_t rst_reason;
	uint8_t rst_told;
	bool sent;                     /* one of its packets left by a hook of ours */
	bool served;                   /* it counts among the open ones of services */
	uint16_t beside;               /* refused: how many others to the same port were open at that time, saturating */
	uint16_t held;                 /* events that wait in conn_hold.c */
};

enum tw_queue_of { TW_QUEUE_NONE, TW_QUEUE_HALF_OPEN, TW_QUEUE_DONE };

struct tw_queue {
	struct tw_entry *oldest;
	uint32_t length;
};

#define TW_WALK_VICTIMS 256

/* The walk over the kernel's table. */
struct tw_walk {
	uint64_t next_ns, started_ns;  /* the next batch; the first batch of this walk */
	uint64_t evict_idle_ns;        /* what is silent for longer has to go; 0: nothing has */
	uint64_t now_ns;
	bool hurried;                  /* the kernel's table is, or was said to be, full: no pauses until this walk is through */
	uint32_t met[2];               /* connections met so far, IPv4 and IPv6 */
	uint32_t needless;             /* of them: what spoofed packets leave */
	uint32_t ages[40];             /* the others by log2 of their silence in ms */
	uint32_t victims;
	uint64_t victim[TW_WALK_VICTIMS]; /* ids */
};

struct tw_conns {
	struct tw_conns_options options;
	struct tw_store *store;
	tw_sink sink;
	void *sink_ctx;
	struct tw_timers timers;
	struct tw_walk walk;
	struct tw_entry *table;        /* uthash: the oldest entry */
	struct tw_queue queues[3];     /* by enum tw_queue_of; the first is not used */
	uint32_t max_count;
	uint32_t established[2];       /* entries in the kernel's tables, IPv4 and IPv6: those that are known here … */
	uint32_t in_kernel[2];         /* … and all, as the last walk met them */
	struct tw_conns_stats stats;
	struct tw_answers answers;     /* SYNs that somebody else may answer */
	struct tw_services services;   /* of open connections: how many to each port */
	struct tw_hold *hold;          /* NULL: nothing ever waited */
	uint64_t words_held_ns;        /* when TCP's words on RSTs began to be held back; 0: never */
	uint64_t drops_held_ns;        /* the same of drops */
	uint64_t asked_ns;             /* when a listener was last asked for */
	bool early_owner;
	uint64_t lost_ns;              /* events were lost up to here; 0: none */
	uint64_t sees_from_ns;         /* both directions are seen since then; 0: always were */
	uint64_t sees_until_ns;        /* … and until then; 0: go on to be */
	struct tw_flow flow;           /* scratch: too large for the stack of each caller */
	struct tw_trouble trouble;
};

/* --- conntable.c: the table itself --- */

struct tw_entry *tw_entry_find(const struct tw_conns *conns, uint64_t id);
/* A zeroed entry with @id; NULL when out of memory. The caller has made room. */
struct tw_entry *tw_entry_add(struct tw_conns *conns, uint64_t id);
/* Takes it out of everything and frees it. */
void tw_entry_free(struct tw_conns *conns, struct tw_entry *e);
void tw_entry_enqueue(struct tw_conns *conns, struct tw_entry *e, enum tw_queue_of queue);
void tw_entry_dequeue(struct tw_conns *conns, struct tw_entry *e);
/* Established entries take part in the limit of their family's kernel table. */
void tw_entry_set_established(struct tw_conns *conns, struct tw_entry *e);
/* It does not count among the open ones of its service any more. */
void tw_entry_over(struct tw_conns *conns, struct tw_entry *e);
static inline uint32_t tw_entry_family(const struct tw_entry *e)
{
	return e->name.family == 6;
}

/* --- conn_name.c: who it is, which side, which way --- */

void tw_name_init(struct tw_conn_name *name, const struct tw_event *event);
/* By its addresses, when it is first seen; and by the hook that shows an event. */
void tw_entry_guess_side(const struct tw_conns *conns, struct tw_entry *e);
void tw_entry_learn_side(const struct tw_conns *conns, struct tw_entry *e, const struct tw_event *event);
/* @e may be NULL. */
enum tw_dir tw_event_dir(const struct tw_conns *conns, const struct tw_event *event, const struct tw_entry *e);
const char *tw_iface_name(const struct tw_conns *conns, uint32_t ifindex);
/* Whose sockets its ends here are, into @owner and @record, where somebody wants to know. */
void tw_entry_owners(const struct tw_conns *conns, const struct tw_entry *e, uint64_t until_ns,
		     struct tw_process owner[2], struct tw_record *record);
/* Names a record that no packet made, and hands it to the sink. */
void tw_conns_emit(struct tw_conns *conns, struct tw_record *record, const struct tw_entry *e);

/* --- conn.c --- */

static inline uint64_t tw_conns_wall(const struct tw_conns *conns, uint64_t ns)
{
	return ns + conns->options.wall_offset_ns;
}
/* An entry for a connection of which only the kernel's state is known. NULL: no room. */
struct tw_entry *tw_conns_adopt(struct tw_conns *conns, const struct tw_key *key, const struct tw_flow *flow);

/* Hands an event to the sink, named. @e may be NULL. */
void tw_conns_show(struct tw_conns *conns, const struct tw_event *event, struct tw_entry *e);

/* --- conn_kernel.c: the kernel's own words --- */

/* The SYN @event came again, and nothing answered: says so when the listener's queue is full. */
void tw_entry_ask_listener(struct tw_conns *conns, struct tw_entry *e, const struct tw_event *event);
/* Adds the listener to a drop for a full accept queue. */
void tw_kernel_complete(struct tw_conns *conns, struct tw_event *drop);

/* --- conn_hold.c: events that wait for the kernel's other word --- */

#define TW_HOLD_NS TW_NS_PER_SEC

struct tw_hold;

/* True: @event waits, and is shown later. @entry may be NULL. */
bool tw_hold_take(struct tw_conns *conns, const struct tw_event *event, struct tw_entry *entry);
/* kernel_reset and kernel_resent: completes what waits for it. @entry may be NULL. */
void tw_hold_merge(struct tw_conns *conns, const struct tw_event *word, struct tw_entry *entry);
/* Shows what waits of @entry: its record comes after it. */
void tw_hold_flush(struct tw_conns *conns, const struct tw_entry *entry);
/* Shows what has waited long enough; UINT64_MAX: all. */
void tw_hold_run(struct tw_conns *conns, uint64_t now_ns);
void tw_hold_free(struct tw_hold *hold);

/* --- conn_end.c: time-outs, ends, records --- */

/* A FIN or RST ended it at @ns; an end that is known already stays. */
void tw_entry_ended(struct tw_conns *conns, struct tw_entry *e, enum tw_end end, uint64_t ns);
/* The same, told by its state: the event was lost. */
void tw_entry_ended_by_state(struct tw_conns *conns, struct tw_entry *e, const struct tw_flow *flow);
/*
 * Copies its state from the store to conns->flow and ->trouble. False: it is not there any more, and
 * conns->flow is made up from the events.
 */
bool tw_entry_load(struct tw_conns *conns, const struct tw_entry *e, bool *troubled);
/* Writes the final record, stamped @ns; of @replaced when that is given. */
void tw_entry_record(struct tw_conns *conns, struct tw_entry *e, enum tw_end end, uint64_t ns,
		     const struct tw_flow *replaced);
/* The kernel, and we, forget it. */
void tw_entry_forget(struct tw_conns *conns, struct tw_entry *e);
/* Writes the record that is still due, then forgets it. */
void tw_entry_evict(struct tw_conns *conns, struct tw_entry *e, uint64_t ns);
/* A timer fired. */
void tw_entry_due(void *conns, struct tw_timer *timer);
/* End of input. */
void tw_entry_finish(struct tw_conns *conns, struct tw_entry *e, uint64_t ns);

/* --- conn_sweep.c --- */

void tw_conns_sweep(struct tw_conns *conns, uint64_t now_ns);
/* At the end, when no packet is judged any more: takes in connections whose events were lost. */
void tw_conns_sweep_rest(struct tw_conns *conns);
/* Forgets ended tuples early while the kernel's table is nearly full. */
void tw_conns_relieve(struct tw_conns *conns);

#endif
