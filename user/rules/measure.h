/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What an alert rule can count: each measure turns a record into an amount.
 * An event that says that 40 like it were held back counts 41.
 */
#ifndef TCPWHY_USER_MEASURE_H
#define TCPWHY_USER_MEASURE_H

#include "record/record.h"

/* X(identifier, word, meaning) */
#define TW_MEASURES(X) \
	X(NONE, "none", "nothing") \
	X(SYNS, "SYNs", "syn and syn_retransmit events") \
	X(COMPLETED, "completed handshakes", "established events, at the time of their SYN") \
	X(ESTABLISHED, "established connections", "established events") \
	X(REFUSED, "refused connections", "reset events with cause refused") \
	X(RESETS, "resets", "reset events that cut something off: aborted, gave_up, idle_reset, " \
	  "handshake_aborted, bad_ack_reset") \
	X(FORGED_RESETS, "connections with a RST that looks forged", \
	  "connection records whose suspects make forged medium or high") \
	X(LOST_SEGMENTS, "retransmitted segments", \
	  "retransmits in connection records, without spurious, window_probe and pmtu") \
	X(DATA_SEGMENTS, "data segments", "data_segments in connection records, both sides") \
	X(UNANSWERED, "unanswered connects", "connect_timeout events") \
	X(PMTU, "path MTU events", "valid frag_needed, pmtu_ignored, pmtu_black_hole") \
	X(PMTU_BLACK_HOLE, "path MTU black holes", "pmtu_ignored, pmtu_black_hole") \
	X(PATHS_DOWN, "connections cut off from their peer", "path_down events")

#define X(id, word, meaning) TW_MEASURE_##id,
enum tw_measure { TW_MEASURES(X) _TW_MEASURE_MAX };
#undef X

/* Bit of every enum tw_event_type that can amount to something. */
uint64_t tw_measure_events(enum tw_measure measure);
/* How much of it @record is. */
uint32_t tw_measure_amount(enum tw_measure measure, const struct tw_record *record);
/* The time to count it at, wall clock: the record's, or earlier where the measure says so. */
uint64_t tw_measure_time(enum tw_measure measure, const struct tw_record *record);
const char *tw_measure_word(enum tw_measure measure);

#endif
