/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Numbers as Prometheus reads them: its text format, version 0.0.4. docs/metrics.md has the same list; a test
 * compares the two.
 */
#ifndef TCPWHY_USER_METRICS_TEXT_H
#define TCPWHY_USER_METRICS_TEXT_H

#include "books.h"
#include "metrics.h"
#include "usage.h"
#include "host/progstats.h"
#include "base/text.h"

/* X(identifier, type, name, labels, meaning) */
#define TW_METRICS(X) \
	X(BUILD_INFO, "gauge", "tcpwhy_build_info", "version, kernel", "1, with the version of the program and of the kernel") \
	X(INTERFACES, "gauge", "tcpwhy_interfaces", "", "Interfaces that are to be watched") \
	X(ATTACHED, "gauge", "tcpwhy_interfaces_attached", "", "Interfaces that are being watched now") \
	/* connections */ \
	X(CONNECTIONS, "counter", "tcpwhy_connections_total", "verdict", \
	  "Connections that ended, by why they went as they did") \
	X(ENDS, "counter", "tcpwhy_connection_ends_total", "end", "Connections that ended, by how they ended") \
	X(MIDSTREAM, "counter", "tcpwhy_connections_midstream_total", "", \
	  "Connections that ended and whose beginning was not seen") \
	X(FORGED, "counter", "tcpwhy_connections_reset_forged_total", "forged", \
	  "Connections with a RST that looks forged, by how much speaks for it") \
	X(TRACKED, "gauge", "tcpwhy_connections_tracked", "", "Connections that are remembered, ended ones for a minute") \
	X(HALF_OPEN, "gauge", "tcpwhy_connections_half_open", "", "Of them, attempts that are not established") \
	X(TIME, "counter", "tcpwhy_connection_time_seconds_total", "owner", \
	  "Time of connections that ended, by who or what it was spent on") \
	X(LIFE, "histogram", "tcpwhy_connection_duration_seconds", "", "How long connections that ended had lived") \
	X(HANDSHAKE, "histogram", "tcpwhy_handshake_seconds", "", "From the SYN to the ACK of the SYN-ACK") \
	X(RTT, "histogram", "tcpwhy_rtt_seconds", "side", \
	  "Mean round-trip time from here to that side and back, of each connection that ended") \
	X(BYTES, "counter", "tcpwhy_payload_bytes_total", "sender", \
	  "Payload that was sent on connections that ended, repeats included") \
	X(SEGMENTS, "counter", "tcpwhy_data_segments_total", "sender", \
	  "Segments with payload on connections that ended, repeats included") \
	X(RESENT, "counter", "tcpwhy_retransmitted_segments_total", "sender", \
	  "Segments that were sent again on connections that ended") \
	X(RESENT_BYTES, "counter", "tcpwhy_retransmitted_bytes_total", "sender", \
	  "Payload that was sent again on connections that ended") \
	/* events */ \
	X(EVENTS, "counter", "tcpwhy_events_total", "event", \
	  "Events; those that a budget held back are counted with the next of their kind") \
	X(RESETS, "counter", "tcpwhy_resets_total", "cause", "RSTs, by cause") \
	X(RETRANSMITS, "counter", "tcpwhy_retransmits_total", "kind", "Retransmit events, by kind, as they happen") \
	X(ALERTS_RAISED, "counter", "tcpwhy_alerts_raised_total", "rule", "Alerts raised") \
	X(ALERTS_CLEARED, "counter", "tcpwhy_alerts_cleared_total", "rule", "Alerts cleared") \
	X(ALERTS_ACTIVE, "gauge", "tcpwhy_alerts_active", "rule", "Alerts that are raised now") \
	/* what was seen and what was missed */ \
	X(PACKETS, "counter", "tcpwhy_packets_total", "", "Packets that passed the hooks") \
	X(JUDGED, "counter", "tcpwhy_packets_judged_total", "", "Of them, TCP and ICMP about TCP that were followed") \
	X(SKIPPED, "counter", "tcpwhy_packets_skipped_total", "reason", "Packets that were not followed, by reason") \
	X(UNTRACKED, "counter", "tcpwhy_packets_untracked_total", "", \
	  "Packets of connections that found a table full: see --max-connections") \
	X(LOST, "counter", "tcpwhy_events_lost_total", "where", \
	  "Events lost because the ring was full, or lines because the log could not be written") \
	X(SUPPRESSED, "counter", "tcpwhy_events_suppressed_total", "", "Events held back by the event budget") \
	X(UNREADABLE, "counter", "tcpwhy_events_unreadable_total", "", "Records of the kernel programs that made no sense") \
	X(EVICTED, "counter", "tcpwhy_connections_evicted_total", "", "Connections forgotten to make room for others") \
	/* how full, how costly */ \
	X(ENTRIES, "gauge", "tcpwhy_map_entries", "map", "Entries of a kernel table that are in use") \
	X(CAPACITY, "gauge", "tcpwhy_map_capacity", "map", "Entries that a kernel table has room for") \
	X(RING_USED, "gauge", "tcpwhy_ring_used_bytes", "", "What the last look found in the ring between kernel and program") \
	X(RING_SIZE, "gauge", "tcpwhy_ring_size_bytes", "", "Size of that ring") \
	X(RUN_TIME, "counter", "tcpwhy_program_run_seconds_total", "program", \
	  "CPU time of a kernel program, with --program-stats") \
	X(RUNS, "counter", "tcpwhy_program_runs_total", "program", "How often it ran, with --program-stats") \
	X(LINES, "counter", "tcpwhy_log_lines_total", "", "Lines made for the log") \
	X(LOG_BYTES, "counter", "tcpwhy_log_written_bytes_total", "", "Bytes written to the log") \
	X(ROTATIONS, "counter", "tcpwhy_log_rotations_total", "", "Log files that were closed and renamed") \
	X(HELD, "gauge", "tcpwhy_log_held_lines", "", "Lines that wait to be written") \
	X(SCRAPES, "counter", "tcpwhy_scrapes_total", "", "How often these numbers were asked for") \
	/* as every client library of Prometheus names them */ \
	X(CPU, "counter", "process_cpu_seconds_total", "", "CPU time of the program, in user and kernel mode") \
	X(RESIDENT, "gauge", "process_resident_memory_bytes", "", "Memory of the program that is in RAM") \
	X(VIRTUAL, "gauge", "process_virtual_memory_bytes", "", "Address space of the program") \
	X(FDS, "gauge", "process_open_fds", "", "Open file descriptors of the program") \
	X(START, "gauge", "process_start_time_seconds", "", "When the program began to watch, in seconds since the epoch")

#define X(id, type, name, labels, meaning) TW_METRIC_##id,
enum tw_metric { TW_METRICS(X) _TW_METRIC_MAX };
#undef X

#define TW_METRICS_TEXT_MAX (128u << 10) /* bytes: about four times what there is */

#define TW_METRICS_PROGRAMS 32 /* kernel programs, at most */

struct tw_map_fill {
	const char *name;
	uint64_t entries, capacity;
};

/* All that a scrape shows. */
struct tw_metrics_view {
	const struct tw_metrics *metrics;
	struct tw_books books;
	struct tw_map_fill map[4];
	struct tw_program_stats program[TW_METRICS_PROGRAMS];
	struct tw_usage usage;
	unsigned int n_maps, n_programs; /* programs: 0 when nobody asked for them */
	unsigned int interfaces, attached;
	uint64_t ring_used, ring_size;
	uint64_t start_wall_ns;
	uint64_t scrapes;
	const char *version, *kernel;
};

/* 0, or -ENOBUFS when @text has no room for all: then it must not be shown. */
int tw_metrics_text(struct tw_text *text, const struct tw_metrics_view *view);

const char *tw_metric_name(enum tw_metric metric);
const char *tw_metric_type(enum tw_metric metric);
const char *tw_metric_labels(enum tw_metric metric); /* "verdict", "version, kernel", "" */
const char *tw_metric_meaning(enum tw_metric metric);

#endif
