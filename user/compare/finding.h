/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One line of what `tcpwhy compare` has to say. Made by differ.c, written by compare_text.c and compare_json.c. */
#ifndef TCPWHY_USER_FINDING_H
#define TCPWHY_USER_FINDING_H

#include "comparewords.h"
#include "log_index.h"

enum tw_toward { TW_TOWARD_NONE, TW_TOWARD_A, TW_TOWARD_B };

/* What was sent, or received, where the two differ. */
struct tw_shape {
	enum { TW_SHAPE_NONE, TW_SHAPE_NUMBER, TW_SHAPE_OPTIONS, TW_SHAPE_END } kind;
	uint32_t number;
	uint16_t options; /* TW_OPT_* */
	uint8_t wscale;   /* with TW_SHAPE_OPTIONS, where both have the option and its value differs; else TW_WSCALE_NONE */
	uint8_t family;
	struct tw_endpoint end;
};

struct tw_delay {
	uint64_t there_ns, host_ns, back_ns;
	bool answer;             /* of an answer; else of the handshake */
};

struct tw_finding {
	enum tw_diff diff;
	enum tw_what what;
	const struct tw_seen_conn *a, *b; /* NULL: that log has no such connection; both: of the logs as a whole */
	enum tw_toward toward;
	uint64_t ts_a, ts_b;              /* 0: not seen there */
	uint32_t seq;
	bool has_seq;
	uint32_t count;                   /* 0: not counted */
	uint64_t bytes;                   /* data; 0: not told */
	uint8_t ttl, usual_ttl;           /* 0: unknown */
	bool on_syn_ack;                  /* rewritten: of the SYN-ACK; else of the SYN */
	struct tw_shape sent, received;
	struct tw_delay delay;
	int64_t offset_ns;                /* B's clock minus A's */
	uint64_t offset_error_ns;
	const char *reason;
};

typedef void (*tw_finding_sink)(void *ctx, const struct tw_finding *finding);

/* The connection whose addresses are told: as A saw it. NULL: of none. */
static inline const struct tw_seen_conn *tw_finding_conn(const struct tw_finding *f)
{
	return f->a ? f->a : f->b;
}

#endif
