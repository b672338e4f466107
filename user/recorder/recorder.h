/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The flight recorder's writing half: packets that the packet programs handed over are held until their connection's
 * verdict is known, a few seconds at most, and written as pcapng, each with a comment that says what happened.
 *
 * Memory: at most TW_RECORDER_HOLD; what is held for longest is written to make room.
 */
#ifndef TCPWHY_USER_RECORDER_H
#define TCPWHY_USER_RECORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"
#include "record/record.h"
#include "tcpwhy/evidence.h"

#define TW_RECORDER_HOLD (16u << 20)                /* bytes of packets that wait */
#define TW_RECORDER_WAIT_NS (5 * TW_NS_PER_SEC)     /* so long for a verdict: a RST's comes after 2 s */
#define TW_RECORDER_ATTEMPT_NS (90 * TW_NS_PER_SEC) /* an attempt's comes 60 s after it failed */
#define TW_RECORDER_RATE 10000                      /* packets a second, of all connections */

#define TW_RECORDER_DEPTH 16
#define TW_RECORDER_FILE_MIB 16
#define TW_RECORDER_FILES 8
#define TW_RECORDER_MEMORY_MIB 32

struct tw_recorder_options {
	const char *path;     /* ringfiles.h */
	uint64_t file_bytes;
	uint32_t files, depth;
	/* What is kept of connection @id, copied to @recent of TW_RECENT_SIZE(depth) bytes. 0 or -errno. */
	int (*recent)(void *ctx, uint64_t id, struct tw_recent *recent);
	/* NULL: unknown. */
	const char *(*iface_name)(void *ctx, uint32_t ifindex);
	/* One line for people: the file cannot be written, or can again. */
	void (*notice)(void *ctx, const char *text);
	void *ctx;
};

/* given = written + held + unwritten + too_many */
struct tw_recorder_stats {
	uint64_t given;       /* packets taken in */
	uint64_t written;
	uint64_t held;
	uint64_t unwritten;   /* the file could not be written, or there was no memory */
	uint64_t too_many;    /* more than TW_RECORDER_RATE */
	uint64_t connections; /* of which something was written, by occasions */
	uint64_t files;
};

struct tw_recorder;

/* 0 and *@recorder, or -errno with the reason. */
int tw_recorder_new(struct tw_recorder **recorder, const struct tw_recorder_options *options,
		    struct tw_reason *reason);

/* A packet that was handed over: a struct tw_evidence. @recorder: a struct tw_recorder, as a tw_ring_record. */
void tw_recorder_packet(void *recorder, const void *bytes, size_t len);

/* Whatever goes to the log: a tw_sink. */
void tw_recorder_record(void *recorder, const struct tw_record *record);

/* About every 10 ms: writes what has waited long enough. @wall_offset_ns: wall clock minus the packets' clock. */
void tw_recorder_tick(struct tw_recorder *recorder, uint64_t now_ns, int64_t wall_offset_ns);

/* Writes all that is held. */
void tw_recorder_finish(struct tw_recorder *recorder);

void tw_recorder_stats(const struct tw_recorder *recorder, struct tw_recorder_stats *stats);

/* Finishes, too. NULL is fine. */
void tw_recorder_free(struct tw_recorder *recorder);

#endif
