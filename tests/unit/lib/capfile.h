/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Capture files, made here byte by byte from their specifications (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng),
 * and what is read of them: for tests of the readers.
 */
#ifndef TCPWHY_TESTS_CAPFILE_H
#define TCPWHY_TESTS_CAPFILE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/capture.h"

/* --- bytes --- */

static uint8_t file[1 << 18];
static size_t len;
static int big; /* big-endian */

static inline void put(const void *bytes, size_t n)
{
	memcpy(file + len, bytes, n);
	len += n;
}

static inline void put16(uint16_t v)
{
	uint8_t b[2] = { big ? v >> 8 : v, big ? v : v >> 8 };

	put(b, 2);
}

static inline void put32(uint32_t v)
{
	put16(big ? v >> 16 : v);
	put16(big ? v : v >> 16);
}

static inline void put_fill(uint8_t byte, size_t n)
{
	memset(file + len, byte, n);
	len += n;
}

static inline void set32(size_t at, uint32_t v)
{
	size_t end = len;

	len = at;
	put32(v);
	len = end;
}

/* --- pcap --- */

static inline void pcap_begin(int big_endian, uint32_t magic, uint16_t major, uint16_t minor, uint32_t linktype)
{
	len = 0;
	big = big_endian;
	put32(magic);
	put16(major);
	put16(minor);
	put32(0);
	put32(0);
	put32(65535);
	put32(linktype);
}

static inline void pcap_packet(uint32_t s, uint32_t fraction, uint32_t cap, uint32_t wire, uint8_t fill)
{
	put32(s);
	put32(fraction);
	put32(cap);
	put32(wire);
	put_fill(fill, cap);
}

/* --- pcapng --- */

static size_t block;

static inline void block_begin(uint32_t type)
{
	block = len;
	put32(type);
	put32(0);
}

static inline void block_end(void)
{
	while (len % 4)
		put_fill(0, 1);
	put32(len + 4 - block);
	set32(block + 4, len - block);
}

static inline void section(int big_endian)
{
	big = big_endian;
	block_begin(0x0a0d0d0a);
	put32(0x1a2b3c4d);
	put16(1);
	put16(0);
	put32(0xffffffff);
	put32(0xffffffff);
	block_end();
}

static inline void option(uint16_t code, const void *value, uint16_t n)
{
	put16(code);
	put16(n);
	put(value, n);
	while (len % 4)
		put_fill(0, 1);
}

static inline void interface_begin(uint16_t linktype, uint32_t snaplen)
{
	block_begin(1);
	put16(linktype);
	put16(0);
	put32(snaplen);
}

static inline void interface(uint16_t linktype, uint32_t snaplen)
{
	interface_begin(linktype, snaplen);
	block_end();
}

static inline void packet_end(uint64_t ticks, uint32_t cap, uint32_t wire, uint8_t fill)
{
	put32(ticks >> 32);
	put32(ticks);
	put32(cap);
	put32(wire);
	put_fill(fill, cap);
	block_end();
}

static inline void enhanced(uint32_t iface, uint64_t ticks, uint32_t cap, uint32_t wire, uint8_t fill)
{
	block_begin(6);
	put32(iface);
	packet_end(ticks, cap, wire, fill);
}

static inline void old_packet(uint16_t iface, uint64_t ticks, uint32_t cap, uint32_t wire, uint8_t fill)
{
	block_begin(2);
	put16(iface);
	put16(7); /* drops */
	packet_end(ticks, cap, wire, fill);
}

static inline void simple(uint32_t wire, uint32_t cap, uint8_t fill)
{
	block_begin(3);
	put32(wire);
	put_fill(fill, cap);
	block_end();
}

static inline void make_pcapng(int order)
{
	len = 0;
	section(order);
	interface(1, 96);
	enhanced(0, 1700000000000001, 60, 1514, 1);
	block_begin(5); /* statistics: of no interest */
	put32(0), put32(0), put32(0);
	block_end();
	interface(101, 0);
	enhanced(1, 7, 41, 41, 2);
	old_packet(1, 8, 42, 50, 3);
	simple(1000, 96, 4); /* cut by the snaplen of interface 0 */
	simple(5, 5, 5);
}

/* --- reading --- */

static struct tw_ifaces *ifaces;
static struct tw_capture *capture;
static struct tw_reason reason;
static struct tw_packet packet;

static inline int open_bytes(const void *bytes, size_t n)
{
	struct tw_stream_options options = { 0 };
	char path[] = "/tmp/tcpwhy-capfile-XXXXXX";
	int err, fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
	capture = NULL;
	memset(&reason, 0, sizeof(reason));
	err = tw_capture_open(&capture, path, ifaces, &options, &reason);
	unlink(path);
	return err;
}

static inline void expect_refused(const void *bytes, size_t n, const char *words)
{
	assert_int_equal(open_bytes(bytes, n), -EBADMSG);
	assert_non_null(strstr(reason.text, words));
}

static inline void open_file(void)
{
	assert_int_equal(open_bytes(file, len), 0);
}

static inline void close_file(void)
{
	tw_capture_close(capture);
	capture = NULL;
}

static inline int next(void)
{
	return tw_capture_next(capture, &packet, &reason);
}

static inline void expect(uint64_t ts_ns, uint32_t cap, uint32_t wire, uint32_t linktype, uint8_t fill)
{
	assert_int_equal(next(), 1);
	assert_int_equal(packet.ts_ns, ts_ns);
	assert_int_equal(packet.cap_len, cap);
	assert_int_equal(packet.wire_len, wire);
	assert_int_equal(packet.linktype, linktype);
	for (uint32_t i = 0; i < cap; i++)
		assert_int_equal(packet.data[i], fill);
}

static inline void expect_end(void)
{
	assert_int_equal(next(), 0);
	close_file();
}

static inline void expect_damaged(const char *words)
{
	assert_int_equal(next(), -EBADMSG);
	assert_non_null(strstr(reason.text, words));
	close_file();
}

static inline void read_pcapng_first(void)
{
	expect(1700000000000001000, 60, 1514, 1, 1);
}

static inline void read_pcapng_rest(void)
{
	expect(7000, 41, 41, 101, 2);
	expect(8000, 42, 50, 101, 3);
	expect(8000, 96, 1000, 1, 4);
	expect(8000, 5, 5, 1, 5);
}

static inline void read_pcapng(void)
{
	read_pcapng_first();
	read_pcapng_rest();
}

static inline unsigned int count_packets(int *result)
{
	unsigned int n = 0;

	while ((*result = next()) > 0)
		n++;
	return n;
}

static inline int setup(void **state)
{
	ifaces = tw_ifaces_new();
	return !ifaces;
}

static inline int teardown(void **state)
{
	tw_ifaces_free(ifaces);
	return 0;
}

#endif
