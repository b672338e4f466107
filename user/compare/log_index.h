/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One of the two logs that are compared, in memory: its connections, the packets that events name, the
 * counts of the final records, and when the log was watching at all. What a log cannot know is marked:
 * nobody may take "not in the log" for "was not there" before asking.
 */
#ifndef TCPWHY_USER_LOG_INDEX_H
#define TCPWHY_USER_LOG_INDEX_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"
#include "record/record.h"

#define TW_LOG_INDEX_CONNS (1u << 20)  /* default of --max-connections */
#define TW_LOG_INDEX_PACKETS 256       /* remembered of one connection */
#define TW_LOG_INDEX_SPANS 1024        /* stretches of watching, and moments of loss */

struct tw_endpoint {
	struct tw_addr addr;
	uint16_t port;
};

/* A packet that an event names. */
struct tw_sighting {
	uint64_t ts_ns;
	uint64_t waited_ns;          /* slow_response */
	uint32_t seq, ack;
	uint32_t len;
	uint32_t tsval;              /* with has_tsval */
	uint16_t ip_id;              /* with has_ip_id */
	uint16_t mss;                /* syn, syn_ack; 0: no option */
	uint8_t type;                /* enum tw_event_type */
	uint8_t ttl;
	uint16_t options;            /* syn, syn_ack: TW_OPT_*; syn_retransmit: those dropped */
	uint8_t wscale;
	uint8_t kind;                /* retransmit: enum tw_kind */
	uint8_t dscp;
	uint8_t dir;                 /* enum tw_dir, as the log has it */
	bool from_orig, has_ack, has_ip_id, has_tsval, has_dscp;
	bool has_offer;              /* mss, options and wscale are known */
	struct tw_addr from;         /* frag_needed, unreachable: who said so */
};

/* Of the final record, what one side sent. */
struct tw_sent_count {
	uint64_t packets, bytes, data_segments, retransmits, duplicates;
	uint8_t ttl;                 /* 0: unknown */
	uint16_t mss;
};

struct tw_seen_conn {
	char id[16];
	struct tw_endpoint orig, resp;
	uint32_t orig_isn, resp_isn; /* valid with has_… */
	uint32_t syn_tsval;
	uint64_t first_ns, last_ns;  /* of its packets, as far as the log tells */
	uint64_t final_ns;           /* when the final record was written; 0: there is none */
	uint64_t syn_rtt_ns;
	struct tw_sent_count sent[2]; /* [0]: by the responder, [1]: by the originator */
	struct tw_seen_conn *older;  /* the one before with the same ends, in the order of the log */
	uint64_t ended_ns;           /* the FIN or RST that ended it; 0: none, or not known */
	struct tw_sighting *packets; /* in the order of the log */
	uint32_t n_packets, room;
	uint32_t number;             /* its place in the log */
	uint8_t family;
	uint8_t side;                /* enum tw_side: which one this log's host is */
	uint8_t end;                 /* enum tw_end, with final_ns */
	bool has_orig_isn, has_resp_isn, has_syn_tsval;
	bool midstream;
	bool established;
	bool blind;                  /* the capture itself missed packets of it */
	bool held;                   /* events of it were held back, or are too many to be kept here */
	bool finals;                 /* more than one final record: counts do not say of what */
	bool paired;
};

struct tw_span {
	uint64_t start_ns, end_ns;
};

struct tw_log_index;

/*
 * Reads a log from @path (`-`: standard input; gzip and zstd are fine), which is called @name for people. @max:
 * connections at most. 0 and *@log; or -errno with the reason: -EBADMSG when it is no log at all.
 */
int tw_log_index_read(struct tw_log_index **log, const char *path, const char *name, uint32_t max,
		      struct tw_reason *reason);
/* Makes one to be filled event by event; NULL when out of memory. */
struct tw_log_index *tw_log_index_new(uint32_t max);
/* One event, with its `ts`; 0: it has none. False: it is no event. */
bool tw_log_index_event(struct tw_log_index *log, const json_t *event, uint64_t ts_ns);
/* The latest connection between these ends, in any order; the others follow by ->older. */
struct tw_seen_conn *tw_log_index_by_ends(const struct tw_log_index *log, const struct tw_endpoint *a,
				       const struct tw_endpoint *b);
/* After the last line: which way each packet went, and how long the log was watching. */
void tw_log_index_finish(struct tw_log_index *log);
void tw_log_index_free(struct tw_log_index *log); /* NULL is fine */

/* In the order of the log. */
size_t tw_log_index_count(const struct tw_log_index *log);
struct tw_seen_conn *tw_log_index_conn(const struct tw_log_index *log, size_t i);

uint64_t tw_log_index_odd(const struct tw_log_index *log);      /* lines that are no events, or have no time */
uint64_t tw_log_index_left_out(const struct tw_log_index *log); /* connections beyond the limit */
bool tw_log_index_live(const struct tw_log_index *log);         /* of a host, not of a capture */
/* Was the log watching from @start to @end, without a gap? */
bool tw_log_index_watched(const struct tw_log_index *log, uint64_t start_ns, uint64_t end_ns);
/* Did it lose events or connections that may be of this time? */
bool tw_log_index_lost(const struct tw_log_index *log, uint64_t start_ns, uint64_t end_ns);
struct tw_span tw_log_index_span(const struct tw_log_index *log); /* first and last time of any line */

/* For the reader of lines. A connection by its id, made if need be (NULL: no room). */
struct tw_seen_conn *tw_log_index_by_id(struct tw_log_index *log, const char *id);
void tw_log_index_name(struct tw_log_index *log, struct tw_seen_conn *conn, const struct tw_endpoint *orig,
		    const struct tw_endpoint *resp);
/* Remembers a packet; too many are counted as held back. */
void tw_log_index_add(struct tw_seen_conn *conn, const struct tw_sighting *packet);
void tw_log_index_note_start(struct tw_log_index *log, uint64_t ts_ns, bool file);
void tw_log_index_note_stop(struct tw_log_index *log, uint64_t ts_ns);
void tw_log_index_note_loss(struct tw_log_index *log, uint64_t ts_ns);
void tw_log_index_note_time(struct tw_log_index *log, uint64_t ts_ns);

bool tw_endpoint_same(const struct tw_endpoint *a, const struct tw_endpoint *b);
bool tw_addr_same(const struct tw_addr *a, const struct tw_addr *b);

#endif
