/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a sequence was, for the person who looks into a crash: with DUMP=FILE.pcap in the environment its
 * packets go there, and its events to standard error.
 */
#ifndef TESTS_FUZZ_DUMP_H
#define TESTS_FUZZ_DUMP_H

#include "capture/nativetable.h"
#include "tcpwhy/event.h"

void dump_begin(void);
void dump_packet(const struct tw_native_packet *packet);
void dump_event(const struct tw_event *event);

#endif
