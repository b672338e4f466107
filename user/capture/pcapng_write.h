/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Blocks of the pcapng format (draft-ietf-opsawg-pcapng), to be written: the part of it that packets with
 * comments need, which libpcap cannot write. In this machine's byte order; times are nanoseconds.
 */
#ifndef TCPWHY_USER_PCAPNG_WRITE_H
#define TCPWHY_USER_PCAPNG_WRITE_H

#include <stddef.h>
#include <stdint.h>

#define TW_LINKTYPE_ETHERNET 1
#define TW_LINKTYPE_RAW 101

/* What a section tells of its writer in front of the version: `tcpwhy read` knows its own files by it. */
#define TW_PCAPNG_APPLICATION "tcpwhy "

/* How a packet passed its interface: epb_flags. */
enum tw_pcapng_dir { TW_PCAPNG_UNKNOWN, TW_PCAPNG_INBOUND, TW_PCAPNG_OUTBOUND };

struct tw_pcapng_packet {
	uint32_t iface;      /* in the order of the section's interfaces, from 0 */
	uint64_t ts_ns;      /* since the epoch */
	const void *bytes;
	uint32_t cap, len;   /* captured, on the wire */
	enum tw_pcapng_dir dir;
	const char *comment; /* UTF-8; NULL: none */
};

/* Each returns the bytes of the block, in @buf of @size; 0: it does not fit. Strings are cut at 65,535 bytes. */
size_t tw_pcapng_section(void *buf, size_t size, const char *application, const char *system);
size_t tw_pcapng_interface(void *buf, size_t size, uint16_t linktype, uint32_t snaplen, const char *name);
/* That the interface was still looked at, at @ts_ns: statistics without any number. */
size_t tw_pcapng_statistics(void *buf, size_t size, uint32_t iface, uint64_t ts_ns);
size_t tw_pcapng_packet(void *buf, size_t size, const struct tw_pcapng_packet *packet);

#endif
