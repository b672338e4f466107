/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What became of packets between two hosts: lost, forged, rewritten, delayed.
 *
 * "Not in the log" is only "was not there" where that log was watching at that moment, lost nothing, held
 * nothing back, and its own capture missed nothing. Where this is in doubt nothing is claimed; if there was
 * something to claim, not_comparable says why it is not.
 */
#ifndef TCPWHY_USER_DIFFER_H
#define TCPWHY_USER_DIFFER_H

#include "finding.h"
#include "offset.h"

#define TW_DIFFER_SLOW_NS (100 * TW_NS_PER_MS) /* default of --slow */

struct tw_differ {
	const struct tw_log_index *a, *b;
	struct tw_pairs *pairs;
	uint64_t slow_ns;          /* shorter delays are not split */
	tw_finding_sink sink;
	void *ctx;
	const char *doubt;         /* of the pair that is looked at: why something is not claimed */
};

/* Hands all findings to the sink, in an order that depends on the logs alone. 0 or -ENOMEM. */
int tw_differ(struct tw_differ *d);

/* --- for the files of it --- */

/* One direction of a pair: who sends is looked at in the log nearer to it. */
struct tw_way {
	const struct tw_log_index *up_log, *down_log;
	const struct tw_seen_conn *up, *down;
	const struct tw_pair *pair;
	struct tw_bounds offset;   /* B's clock minus A's, both bounds filled in */
	bool known;                /* something is known of the clocks */
	bool from_orig;
	enum tw_toward toward;     /* where down is */
	uint32_t shift;            /* sequence numbers: down's minus up's */
};

#define TW_WAY_SLACK_NS (200 * TW_NS_PER_MS) /* a packet may take so long */

void tw_way_init(struct tw_way *way, const struct tw_differ *d, const struct tw_pair *pair, bool from_orig);
/* When something sent at @ts_ns there should be received, and the other way round; the middle of what is possible. */
uint64_t tw_way_arrival(const struct tw_way *way, uint64_t ts_ns);
uint64_t tw_way_departure(const struct tw_way *way, uint64_t ts_ns);
/* NULL: what up sent then would be in down's log; else why that cannot be said. "": out of its time, no word about it. */
const char *tw_way_no_loss(const struct tw_way *way, uint64_t sent_ns);
const char *tw_way_no_forgery(const struct tw_way *way, uint64_t received_ns);
/* A finding of this way, with connections and direction filled in. */
struct tw_finding tw_way_finding(const struct tw_way *way, enum tw_diff diff, enum tw_what what);
void tw_way_set_times(const struct tw_way *way, struct tw_finding *f, uint64_t up_ns, uint64_t down_ns);

/* What handshake and RSTs tell; how many of each kind were lost is added to @lost, received but not sent to @forged. */
struct tw_named {
	uint32_t lost, forged;
};

void tw_differ_named(struct tw_differ *d, const struct tw_way *way, struct tw_named *named);
void tw_differ_rewritten(struct tw_differ *d, const struct tw_way *way);
void tw_differ_counted(struct tw_differ *d, const struct tw_way *way, const struct tw_named *named);
void tw_differ_icmp(struct tw_differ *d, const struct tw_way *way);
void tw_differ_delay(struct tw_differ *d, const struct tw_pair *pair);
int tw_differ_alone(struct tw_differ *d); /* connections that only one log has */

/* The TTL that packets of this side have in the log of @conn, RSTs apart; 0: unknown. */
uint8_t tw_differ_usual_ttl(const struct tw_seen_conn *conn, bool from_orig);

/* Pairs copies of one packet in time order: @match[i] is the index in @up of down's i-th, -1 for none. */
#define TW_ALIGN_MAX TW_LOG_INDEX_PACKETS
void tw_way_align(const struct tw_way *way, const struct tw_sighting *const *up, unsigned int n_up,
		  const struct tw_sighting *const *down, unsigned int n_down, int *match);

#endif
