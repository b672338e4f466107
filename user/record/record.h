/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One line of the log before it is written: what the connection table hands to the sinks (log,
 * alerts, and later metrics and reports). Sinks do not know each other and keep no pointer.
 */
#ifndef TCPWHY_USER_RECORD_H
#define TCPWHY_USER_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "tcpwhy/event.h"

/* Who a connection is: constant while it lives. */
struct tw_conn_name {
	uint64_t id;               /* as in the kernel; 0: none */
	struct tw_addr orig_addr, resp_addr;
	uint16_t orig_port, resp_port;
	uint8_t family;            /* 4 or 6 */
	bool midstream;
	char community_id[32];     /* "1:…", NUL-terminated; empty: not computed */
};

enum tw_side { TW_SIDE_UNKNOWN, TW_SIDE_ORIGINATOR, TW_SIDE_RESPONDER, TW_SIDE_ROUTER };

/* in, out: of this host; fwd, rev: from the originator, from the responder */
enum tw_dir { TW_DIR_NONE, TW_DIR_IN, TW_DIR_OUT, TW_DIR_FWD, TW_DIR_REV };

/* connect_timeout, accept_timeout, no_response */
struct tw_rec_timeout {
	uint32_t attempts; /* no_response: 0 */
	uint64_t waited_ns;
};

/* Whose socket an end of a connection is. */
#define TW_PROCESS_CGROUP 384 /* cut beyond; two of them must fit a line of the log */

struct tw_process {
	uint32_t pid;
	char comm[16];                  /* NUL-terminated; any other byte is possible */
	char cgroup[TW_PROCESS_CGROUP]; /* path below the root of the hierarchy (v2); empty: unknown */
};

/* Who answered a SYN in place of the one that was asked, or who was asked. */
struct tw_other {
	struct tw_addr addr;
	uint16_t port; /* 0: nobody */
	uint8_t family; /* 4 or 6 */
	bool answers;  /* this connection answers the SYN that was sent there; else that one answered this connection's SYN */
};

struct tw_dropped;
struct tw_judgement;
struct tw_rule;
struct tw_tally;
struct tw_notes;
struct tw_timebudget;
struct tw_transfer;

/* connection */
struct tw_rec_final {
	const struct tw_flow *flow;       /* never NULL */
	const struct tw_trouble *trouble; /* NULL: nothing ever went wrong */
	enum tw_end end;
	enum tw_side side;
	uint64_t start_ns;                /* wall clock, ns since the epoch */
	uint64_t duration_ns;
	const char *state;                /* Zeek's conn_state: "SF", "S0", "REJ", … */
	char history[16];                 /* Zeek's letters, NUL-terminated */
	uint64_t seen;                    /* events seen of it: bits of enum tw_event_type */
	uint16_t suspect;                 /* all that speaks for forged RSTs: bits of enum tw_suspect */
	uint8_t cause;                    /* enum tw_cause: of the RST that ended it, else TW_CAUSE_NONE */
	bool reset_by_orig;               /* who sent that RST */
	uint8_t shape;                    /* bits of enum tw_rst_shape: of that RST */
	bool unsure;                      /* some of its packets or events may have been lost to us */
	uint64_t until_ns;                /* events' clock, as in flow: the packet that ended it, or when it was given up */
	const struct tw_notes *notes;             /* notes.h; NULL: none */
	const struct tw_timebudget *time;         /* timebudget.h; NULL: not told */
	const struct tw_transfer *transfer;       /* transfer.h: what the originator sent, then the responder; NULL: not told */
	const struct tw_judgement *judgement;     /* verdict.h; NULL: not judged */
	struct tw_other other;            /* answered_by_other */
	uint16_t open_beside;             /* refused: others to that address and port that were open at that time */
	const char *drop_reason;          /* why this host's kernel dropped what it needed; NULL: it did not */
	const struct tw_dropped *dropped; /* drops.h: and what that was; may be NULL */
};

/* missing_segment */
struct tw_rec_missing {
	uint32_t start, len;
	uint64_t waited_ns;
};

/* alert */
struct tw_rec_alert {
	const char *rule;
	bool raised;       /* else cleared */
	double value, threshold;
	double window_s;
	const char *key;   /* as text, for example "192.0.2.7:443"; "" for a rule without key */
	const struct tw_rule *of; /* during the call; NULL: known by name only */
};

/* events_lost, table_full */
struct tw_rec_lost {
	uint64_t count;
	const char *where; /* "ring", "table", "writer" */
};

/* capture_started, capture_stopped */
struct tw_rec_capture {
	const char *version, *kernel;   /* kernel: NULL when reading files */
	const char *iface, *mode;       /* one record an interface on start; NULL on stop */
	const char *config;             /* the configuration in effect, a JSON object: in the first record; else NULL */
	const char *file;               /* one record a file that is read; NULL when live, and on stop */
	uint64_t packets, judged;
	const struct tw_tally *skipped;      /* tally.h: the rest of @packets, and why; NULL: not told */
	const struct tw_tally *decapsulated; /* packets of a file that were unpacked; may be NULL */
	uint64_t emitted, logged, lost_ring, lost_table, lost_writer, suppressed;
};

struct tw_record {
	enum tw_event_type type;
	uint64_t ts_ns;                    /* wall clock, ns since the epoch */
	const struct tw_event *event;      /* NULL when user space made it */
	const struct tw_conn_name *conn;   /* NULL when it belongs to no connection */
	const char *iface;                 /* name; NULL: unknown */
	uint8_t dir;                       /* enum tw_dir */
	uint8_t side;                      /* enum tw_side: which one this host is, as far as it is known by now */
	const struct tw_process *owner;    /* of this host's end; where both ends are here, of the originator's; NULL: unknown */
	const struct tw_process *resp_owner; /* where both ends are here, of the responder's; else NULL */
	union {
		struct tw_rec_timeout timeout;
		struct tw_rec_missing missing;
		struct tw_rec_final final;
		struct tw_rec_alert alert;
		struct tw_rec_lost lost;
		struct tw_rec_capture capture;
	};
};

typedef void (*tw_sink)(void *ctx, const struct tw_record *record);

#endif
