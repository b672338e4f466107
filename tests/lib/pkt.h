/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Makes packets for tests, byte by byte: Ethernet with VLAN tags or no link header, IPv4 with options
 * and fragments, IPv6 with extension headers, TCP with every option, ICMP errors that quote TCP, and
 * echoes. Nothing is taken from the core: a test that uses its own offsets would prove nothing.
 */
#ifndef TESTS_PKT_H
#define TESTS_PKT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKT_VLANS 4
#define PKT_EXTS 8
#define PKT_SACKS 4
#define PKT_MAX 66000

enum pkt_what { PKT_TCP, PKT_ICMP_ERROR, PKT_ECHO, PKT_UDP };

enum pkt_flags {
	PKT_FIN = 1, PKT_SYN = 2, PKT_RST = 4, PKT_PSH = 8, PKT_ACK = 16, PKT_URG = 32, PKT_ECE = 64, PKT_CWR = 128,
};

struct pkt_end {
	uint8_t addr[16]; /* IPv4: the first four */
	uint16_t port;
};

/* Extension headers: their numbers in the packet, and how many 8-byte units beyond the first they take. */
struct pkt_ext {
	uint8_t proto;    /* 0 hop-by-hop, 43 routing, 44 fragment, 51 AH, 60 destination options, 135 mobility */
	uint8_t units;
};

struct pkt {
	enum pkt_what what;
	/* link */
	bool no_link;
	uint8_t vlans;
	uint16_t vlan_type[PKT_VLANS];
	/* IP */
	uint8_t family; /* 4 or 6 */
	struct pkt_end src, dst;
	uint8_t ttl;
	uint16_t id;
	bool df, mf;
	uint16_t frag_offset;     /* in units of 8 bytes */
	uint8_t ip_option_words;  /* IPv4: NOPs, 0…10 */
	uint8_t exts;
	struct pkt_ext ext[PKT_EXTS];
	int32_t ip_len_delta;     /* added to the length in the IP header: a lie */
	/* TCP */
	uint8_t flags;
	uint8_t doff_delta;       /* added to the data offset, modulo 16: a lie */
	uint32_t seq, ack;
	uint16_t win;
	uint32_t len;             /* payload */
	bool has_mss, has_ws, sack_ok, has_ts, tfo, mptcp;
	bool ts_last;             /* timestamps after all others, and not padded */
	uint16_t mss;
	uint8_t ws;
	uint32_t tsval, tsecr;
	uint8_t sacks;
	uint32_t sack[PKT_SACKS][2];
	uint8_t raw_options_len;  /* bytes put behind the other options as they are; padded to words with 0 */
	uint8_t raw_options[40];
	/* ICMP */
	uint8_t icmp_type, icmp_code;
	uint32_t mtu;
	uint16_t icmp_id, icmp_seq;
	struct pkt_end quote_src, quote_dst; /* an error's quoted packet: its seq is @seq */
	uint16_t quote_ip_len;    /* IP length that it states; 0: 1500 */
	uint8_t quote_bytes;      /* of its TCP header; 0: 20 */
	uint8_t quote_ip_option_words;
	uint8_t quote_proto;      /* 0: TCP */
};

/*
 * Writes the packet to @buf of @size bytes. Returns its length, or 0 when it does not fit or its options
 * take more than 40 bytes. Checksums are right for IPv4 headers only: nothing under test reads others.
 */
size_t pkt_build(const struct pkt *pkt, uint8_t *buf, size_t size);

#endif
