/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The knobs of the classifier. In the kernel they are read-only data, set before loading; natively
 * one plain variable, which the program that links the core defines.
 */
#ifndef TCPWHY_CONFIG_H
#define TCPWHY_CONFIG_H

#include "port.h"

struct tw_config {
	u32 event_budget;  /* events per second, connection, side and kind; 0 = no limit */
	u32 stray_budget;  /* the same for events of no connection, per CPU and kind; 0 = no limit */
	u32 slow_response_ms; /* from when on an answer is slow_response */
	u32 slow_request_ms;  /* from when on the originator's silence is slow_request */
	u8 markers;        /* 1: report ICMP echoes */
	u8 test_clock;     /* 1: time comes from tw_test_now instead of the kernel's clocks (tests only) */
	u8 capture_depth;  /* packets of each connection that the flight recorder keeps; 0: there is none */
	u8 spare[5];
};

#define TW_CONFIG_DEFAULT \
	{ .event_budget = 20, .stray_budget = 5000, .slow_response_ms = 1000, .slow_request_ms = 10000, .markers = 1 }

#ifdef __bpf__
extern const volatile struct tw_config tw_cfg;
#else
extern struct tw_config tw_cfg;
#endif

#endif
