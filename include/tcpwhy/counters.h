/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the packet programs count, per CPU: the proof that nothing is lost silently.
 * User space sums the CPUs. emitted = what reached the ring buffer; lost_* = what did not.
 */
#ifndef TCPWHY_COUNTERS_H
#define TCPWHY_COUNTERS_H

#include "names.h"
#include "port.h"

struct tw_counters {
	u64 packets;           /* seen by any hook */
	u64 judged;            /* of them: TCP and ICMP that went through the classifier or its fast path */
	u64 emitted;           /* records put into the ring, internal ones included */
	u64 lost_ring;         /* records that found the ring full */
	u64 lost_table;        /* packets of connections that found a table full */
	u64 suppressed;        /* events held back by a budget */
	u64 lost_evidence;     /* packets that the flight recorder could not hand over: its ring was full */
	u64 skipped[_TW_SKIP_MAX]; /* packets not judged, by reason */
	u64 held_stray[_TW_EV_MAX]; /* events of no connection held back in this second: internal */
	u64 stray_second;      /* internal */
	u64 tick, tick_ns;     /* internal: the coarse time, read once a tick */
	u64 used_stray[_TW_EV_MAX]; /* internal */
};

#endif
