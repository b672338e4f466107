/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What `run` and `read` say: rows that their tables of options share. Where they are used, AT() tells where a field
 * of that command's options lies (options.h).
 */
#ifndef TCPWHY_USER_SAY_OPTIONS_H
#define TCPWHY_USER_SAY_OPTIONS_H

#include "options/options.h"

/* budget_default: text, for --help. */
#define TW_SAY_OPTIONS(budget_default) \
	{ NULL, "print", 0, NULL, "print", \
	  "print events as people read them on standard output, instead of the log or beside -w FILE", \
	  tw_take_set, AT(print) }, \
	{ NULL, "color", 0, "WHEN", "color", "colour in --print: auto (on a terminal), always, never", \
	  tw_take_word, AT(colour), .words = "auto, always or never" }, \
	{ NULL, "event-budget", 0, "N", "event_budget", \
	  "at most N events a second of one kind, connection and side; what is held back is counted and told " \
	  "(default " budget_default ")", tw_take_u32, AT(config.event_budget), .most = 250 }, \
	{ NULL, "slow-response", 0, "SECONDS", "slow_response", \
	  "an answer that comes later than this after its request is slow_response (default 1)", \
	  tw_take_ms, AT(config.slow_response_ms) }, \
	{ NULL, "slow-request", 0, "SECONDS", "slow_request", \
	  "a client that is silent for longer than this after an answer is slow_request (default 10)", \
	  tw_take_ms, AT(config.slow_request_ms) }, \
	{ NULL, "no-markers", 0, NULL, "no_markers", "do not report pings", tw_take_set, AT(no_markers) }

#endif
