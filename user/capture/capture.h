/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Capture files, packet by packet: pcap and pcapng, of any byte order and time resolution, whole or
 * growing (pipes), compressed or not. What the packets mean is not known here.
 */
#ifndef TCPWHY_USER_CAPTURE_H
#define TCPWHY_USER_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"
#include "base/stream.h"
#include "ifaces.h"

struct tw_capture;

struct tw_packet {
	const uint8_t *data; /* cap_len bytes, gone with the next call */
	uint64_t ts_ns;      /* since the epoch */
	uint32_t cap_len;    /* captured */
	uint32_t wire_len;   /* on the wire, as the file says (some files lie) */
	uint32_t linktype;   /* LINKTYPE_* of tcpdump.org */
	uint32_t ifindex;    /* number in @ifaces */
	uint32_t iface_id;   /* which interface of its section */
	const char *iface;   /* its name; NULL: none */
};

/* @ifaces is borrowed until it is closed. 0 and *@capture, or -errno and @reason. */
int tw_capture_open(struct tw_capture **capture, const char *path, struct tw_ifaces *ifaces,
		    const struct tw_stream_options *options, struct tw_reason *reason);
void tw_capture_close(struct tw_capture *capture);

/*
 * The next packet. 1; 0: the end; -EBADMSG: the file is damaged or cut off there, @reason tells at
 * which byte; another -errno with @reason.
 */
int tw_capture_next(struct tw_capture *capture, struct tw_packet *packet, struct tw_reason *reason);

/* Once the first packet was read: our own flight recorder wrote it, and packets are not in the order of time. */
bool tw_capture_is_evidence(const struct tw_capture *capture);

/* By what was read so far: packets were still looked for at that time, though none may have come; 0: unknown. */
uint64_t tw_capture_until(const struct tw_capture *capture);

/* How far it is: bytes of the file, and of how many; 0: unknown. */
void tw_capture_progress(const struct tw_capture *capture, uint64_t *done, uint64_t *size);

#endif
