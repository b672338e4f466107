// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Capture files, made here byte by byte from their specifications (draft-ietf-opsawg-pcap,
 * draft-ietf-opsawg-pcapng): every variant, cut off at every byte, compressed, through pipes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#include "capture.h"

/* ---- bytes ---- */

static uint8_t file[1 << 18];
static size_t len;
static int big; /* big-endian */

static void put(const void *bytes, size_t n)
{
	memcpy(file + len, bytes, n);
	len += n;
}

static void put16(uint16_t v)
{
	uint8_t b[2] = { big ? v >> 8 : v, big ? v : v >> 8 };

	put(b, 2);
}

static void put32(uint32_t v)
{
	put16(big ? v >> 16 : v);
	put16(big ? v : v >> 16);
}

static void put_fill(uint8_t byte, size_t n)
{
	memset(file + len, byte, n);
	len += n;
}

static void set32(size_t at, uint32_t v)
{
	size_t end = len;

	len = at;
	put32(v);
	len = end;
}

/* ---- pcap ---- */

static void pcap_begin(int big_endian, uint32_t magic, uint16_t major, uint16_t minor, uint32_t linktype)
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

static void pcap_packet(uint32_t s, uint32_t fraction, uint32_t cap, uint32_t wire, uint8_t fill)
{
	put32(s);
	put32(fraction);
	put32(cap);
	put32(wire);
	put_fill(fill, cap);
}

/* ---- pcapng ---- */

static size_t block;

static void block_begin(uint32_t type)
{
	block = len;
	put32(type);
	put32(0);
}

static void block_end(void)
{
	while (len % 4)
		put_fill(0, 1);
	put32(len + 4 - block);
	set32(block + 4, len - block);
}

static void section(int big_endian)
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

static void option(uint16_t code, const void *value, uint16_t n)
{
	put16(code);
	put16(n);
	put(value, n);
	while (len % 4)
		put_fill(0, 1);
}

static void interface_begin(uint16_t linktype, uint32_t snaplen)
{
	block_begin(1);
	put16(linktype);
	put16(0);
	put32(snaplen);
}

static void interface(uint16_t linktype, uint32_t snaplen)
{
	interface_begin(linktype, snaplen);
	block_end();
}

static void enhanced(uint32_t iface, uint64_t ticks, uint32_t cap, uint32_t wire, uint8_t fill)
{
	block_begin(6);
	put32(iface);
	put32(ticks >> 32);
	put32(ticks);
	put32(cap);
	put32(wire);
	put_fill(fill, cap);
	block_end();
}

static void old_packet(uint16_t iface, uint64_t ticks, uint32_t cap, uint32_t wire, uint8_t fill)
{
	block_begin(2);
	put16(iface);
	put16(7); /* drops */
	put32(ticks >> 32);
	put32(ticks);
	put32(cap);
	put32(wire);
	put_fill(fill, cap);
	block_end();
}

static void simple(uint32_t wire, uint32_t cap, uint8_t fill)
{
	block_begin(3);
	put32(wire);
	put_fill(fill, cap);
	block_end();
}

/* ---- reading ---- */

static char path[] = "/tmp/test_capture.XXXXXX";
static struct tw_ifaces *ifaces;
static struct tw_capture *capture;
static struct tw_reason reason;
static struct tw_packet packet;

static void store(const void *bytes, size_t n)
{
	int fd;

	strcpy(path, "/tmp/test_capture.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

static int open_bytes(const void *bytes, size_t n)
{
	struct tw_stream_options options = { 0 };
	int err;

	capture = NULL;
	memset(&reason, 0, sizeof(reason));
	store(bytes, n);
	err = tw_capture_open(&capture, path, ifaces, &options, &reason);
	unlink(path);
	return err;
}

static void open_file(void)
{
	assert_int_equal(open_bytes(file, len), 0);
}

static void close_file(void)
{
	tw_capture_close(capture);
	capture = NULL;
}

static int next(void)
{
	return tw_capture_next(capture, &packet, &reason);
}

static void expect(uint64_t ts_ns, uint32_t cap, uint32_t wire, uint32_t linktype, uint8_t fill)
{
	assert_int_equal(next(), 1);
	assert_int_equal(packet.ts_ns, ts_ns);
	assert_int_equal(packet.cap_len, cap);
	assert_int_equal(packet.wire_len, wire);
	assert_int_equal(packet.linktype, linktype);
	for (uint32_t i = 0; i < cap; i++)
		assert_int_equal(packet.data[i], fill);
}

static void expect_end(void)
{
	assert_int_equal(next(), 0);
	close_file();
}

static void expect_damaged(const char *words)
{
	assert_int_equal(next(), -EBADMSG);
	assert_non_null(strstr(reason.text, words));
	close_file();
}

static int setup(void **state)
{
	ifaces = tw_ifaces_new();
	return !ifaces;
}

static int teardown(void **state)
{
	tw_ifaces_free(ifaces);
	return 0;
}

/* ---- pcap ---- */

static void test_pcap(void **state)
{
	for (int order = 0; order < 2; order++) {
		pcap_begin(order, 0xa1b2c3d4, 2, 4, 1);
		pcap_packet(1700000000, 999999, 60, 1514, 1);
		pcap_packet(4294967295u, 0, 0, 0, 2);
		pcap_packet(0, 1, 65536, 65536, 3);
		open_file();
		expect(1700000000999999000, 60, 1514, 1, 1);
		expect(4294967295000000000, 0, 0, 1, 2);
		expect(1000, 65536, 65536, 1, 3);
		expect_end();
	}
}

static void test_pcap_ns(void **state)
{
	for (int order = 0; order < 2; order++) {
		pcap_begin(order, 0xa1b23c4d, 2, 4, 113);
		pcap_packet(5, 123456789, 3, 3, 7);
		open_file();
		expect(5123456789, 3, 3, 113, 7);
		expect_end();
	}
}

/* The upper bits of the link type tell about a frame check sequence. */
static void test_pcap_fcs(void **state)
{
	pcap_begin(0, 0xa1b2c3d4, 2, 4, 0x24000001);
	pcap_packet(1, 0, 4, 4, 1);
	open_file();
	expect(1000000000, 4, 4, 1, 1);
	expect_end();
}

static void test_pcap_old_versions(void **state)
{
	pcap_begin(0, 0xa1b2c3d4, 2, 2, 1); /* lengths the other way round */
	put32(1), put32(0), put32(100), put32(8);
	put_fill(9, 8);
	open_file();
	expect(1000000000, 8, 100, 1, 9);
	expect_end();

	pcap_begin(0, 0xa1b2c3d4, 2, 3, 1); /* either */
	put32(1), put32(0), put32(100), put32(8);
	put_fill(9, 8);
	put32(2), put32(0), put32(8), put32(100);
	put_fill(10, 8);
	open_file();
	expect(1000000000, 8, 100, 1, 9);
	expect(2000000000, 8, 100, 1, 10);
	expect_end();
}

/* ss990417 of Alexey Kuznetzov: interface, protocol and packet type behind the lengths. */
static void test_pcap_long_header(void **state)
{
	pcap_begin(0, 0xa1b2cd34, 2, 4, 1);
	put32(1), put32(5), put32(6), put32(70), put32(2), put16(8), put16(0);
	put_fill(4, 6);
	open_file();
	expect(1000005000, 6, 70, 1, 4);
	expect_end();
}

static void test_pcap_damaged(void **state)
{
	pcap_begin(0, 0xa1b2c3d4, 2, 4, 1);
	pcap_packet(1, 0, 10, 10, 1);
	put32(2), put32(0), put32(0x7fffffff), put32(60);
	put_fill(2, 100);
	open_file();
	expect(1000000000, 10, 10, 1, 1);
	expect_damaged("damaged at byte 50");
}

static void test_no_capture(void **state)
{
	assert_int_equal(open_bytes("", 0), -EBADMSG);
	assert_non_null(strstr(reason.text, "empty"));
	assert_int_equal(open_bytes("\xd4\xc3", 2), -EBADMSG);
	assert_int_equal(open_bytes("{\"ts\":1}\n{}\n{}\n{}\n{}\n{}\n", 24), -EBADMSG);
	assert_non_null(strstr(reason.text, "pcap or pcapng"));
	assert_int_equal(open_bytes("\xfd" "7zXZ\0\0\0\0\0\0\0", 12), -EBADMSG);
	assert_non_null(strstr(reason.text, "xz"));
}

/* ---- pcapng ---- */

static void make_pcapng(int order)
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

static void read_pcapng(void)
{
	expect(1700000000000001000, 60, 1514, 1, 1);
	expect(7000, 41, 41, 101, 2);
	expect(8000, 42, 50, 101, 3);
	expect(8000, 96, 1000, 1, 4);
	expect(8000, 5, 5, 1, 5);
}

static void test_pcapng(void **state)
{
	for (int order = 0; order < 2; order++) {
		make_pcapng(order);
		open_file();
		read_pcapng();
		expect_end();
	}
}

/* Another section begins anew: other byte order, other interfaces. */
static void test_sections(void **state)
{
	make_pcapng(0);
	section(1);
	interface(113, 0);
	enhanced(0, 9, 30, 30, 6);
	open_file();
	read_pcapng();
	expect(9000, 30, 30, 113, 6);
	expect_end();

	make_pcapng(0);
	section(1);
	enhanced(0, 9, 30, 30, 6); /* the old section's interface is forgotten */
	open_file();
	read_pcapng();
	expect_damaged("interface 0");
}

static void timed(uint8_t resolution, int64_t offset, uint64_t ticks)
{
	uint8_t value[8];

	len = 0;
	section(1);
	interface_begin(1, 0);
	option(9, &resolution, 1);
	for (int i = 0; i < 8; i++)
		value[i] = (uint64_t)offset >> (56 - 8 * i);
	option(14, value, 8);
	option(0, "", 0);
	block_end();
	enhanced(0, ticks, 4, 4, 1);
	open_file();
	assert_int_equal(next(), 1);
	close_file();
}

static void test_time(void **state)
{
	timed(6, 0, 1500000);
	assert_int_equal(packet.ts_ns, 1500000000);
	timed(9, 0, 1700000000123456789);
	assert_int_equal(packet.ts_ns, 1700000000123456789);
	timed(3, 0, 1700000000123);
	assert_int_equal(packet.ts_ns, 1700000000123000000);
	timed(0, 0, 1700000000);
	assert_int_equal(packet.ts_ns, 1700000000000000000);
	timed(12, 0, 1700000000123456ULL);
	assert_int_equal(packet.ts_ns, 1700000000123);
	timed(0x80 | 20, 0, (1700000000ULL << 20) + (1 << 19));
	assert_int_equal(packet.ts_ns, 1700000000500000000);
	timed(0x80 | 30, 0, (5ULL << 30) + 1);
	assert_int_equal(packet.ts_ns, 5000000000);
	timed(6, 1000, 1500000);
	assert_int_equal(packet.ts_ns, 1001500000000);
	timed(6, -1, 1500000);
	assert_int_equal(packet.ts_ns, 500000000);
}

/* An interface keeps its number from section to section and from file to file. */
static void test_interfaces(void **state)
{
	uint32_t eth0, eth1;

	len = 0;
	for (int i = 0; i < 2; i++) {
		section(i);
		interface_begin(1, 0);
		option(2, "eth0", 4);
		block_end();
		interface_begin(1, 0);
		option(2, "eth1", 4);
		option(0, "", 0);
		block_end();
		enhanced(0, 1, 4, 4, 1);
		enhanced(1, 1, 4, 4, 1);
	}
	open_file();
	expect(1000, 4, 4, 1, 1);
	eth0 = packet.ifindex;
	assert_string_equal(packet.iface, "eth0");
	assert_string_equal(tw_ifaces_name(ifaces, eth0), "eth0");
	expect(1000, 4, 4, 1, 1);
	eth1 = packet.ifindex;
	assert_int_not_equal(eth0, eth1);
	assert_int_not_equal(eth0, 0);
	assert_string_equal(tw_ifaces_name(ifaces, eth1), "eth1");
	expect(1000, 4, 4, 1, 1);
	assert_int_equal(packet.ifindex, eth0);
	expect(1000, 4, 4, 1, 1);
	assert_int_equal(packet.ifindex, eth1);
	expect_end();
	assert_null(tw_ifaces_name(ifaces, 0));
	assert_null(tw_ifaces_name(ifaces, 1000));
	/* What a packet itself names is another one, without a name. */
	assert_int_not_equal(tw_ifaces_number(ifaces, "eth0", 0, 7), eth0);
	assert_null(tw_ifaces_name(ifaces, tw_ifaces_number(ifaces, "eth0", 0, 7)));
}

static void test_pcapng_damaged(void **state)
{
	size_t at;

	make_pcapng(0);
	at = len;
	enhanced(0, 1, 20, 20, 1);
	set32(at + 20, 21); /* longer than the block */
	open_file();
	read_pcapng();
	expect_damaged("longer than its block");

	make_pcapng(0);
	enhanced(0, 1, 20, 20, 1);
	set32(len - 4, 4);
	open_file();
	read_pcapng();
	expect_damaged("in front");

	make_pcapng(0);
	at = len;
	enhanced(0, 1, 20, 20, 1);
	set32(at + 4, 13);
	open_file();
	read_pcapng();
	expect_damaged("13 bytes");

	make_pcapng(0);
	at = len;
	enhanced(0, 1, 20, 20, 1);
	set32(at + 4, 0xfffffff0);
	open_file();
	read_pcapng();
	expect_damaged("not possible");

	make_pcapng(0);
	at = len;
	section(0);
	set32(at + 8, 0x12345678);
	open_file();
	read_pcapng();
	expect_damaged("byte order");
}

/* ---- cut off at every byte ---- */

static unsigned int count_packets(int *result)
{
	unsigned int n = 0;

	while ((*result = next()) > 0)
		n++;
	return n;
}

/* @whole: packets of the whole; @begin: from here on it can be opened. */
static void cut_everywhere(unsigned int whole, size_t begin)
{
	unsigned int most = 0, n;
	int result;

	for (size_t cut = 0; cut <= len; cut++) {
		result = open_bytes(file, cut);
		assert_int_equal(!result, cut >= begin);
		if (result)
			continue;
		n = count_packets(&result);
		assert_true(n >= most);
		most = n;
		if (result)
			assert_int_equal(result, -EBADMSG);
		if (result) {
			char words[64];

			snprintf(words, sizeof(words), "cut off at byte %zu", cut);
			assert_non_null(strstr(reason.text, words));
		}
		close_file();
	}
	assert_int_equal(most, whole);
}

static void test_cut(void **state)
{
	pcap_begin(0, 0xa1b2c3d4, 2, 4, 1);
	pcap_packet(1, 0, 30, 30, 1);
	pcap_packet(2, 0, 0, 30, 1);
	pcap_packet(3, 0, 5, 30, 1);
	cut_everywhere(3, 24);
	make_pcapng(1);
	cut_everywhere(5, 12);
}

/* Any byte may be anything: no answer but a packet, the end, or "damaged". */
static void test_any_byte(void **state)
{
	unsigned int seed = 1;
	uint8_t old;
	int result;

	make_pcapng(0);
	for (unsigned int turn = 0; turn < 20 * len; turn++) {
		size_t at = turn % len;

		old = file[at];
		file[at] = rand_r(&seed);
		if (!open_bytes(file, len)) {
			count_packets(&result);
			assert_true(result == 0 || result == -EBADMSG);
			close_file();
		}
		file[at] = old;
	}
}

/* ---- compressed ---- */

static uint8_t packed[1 << 18];

static size_t pack_gzip(const void *bytes, size_t n)
{
	z_stream z = { .next_in = (uint8_t *)bytes, .avail_in = n, .next_out = packed, .avail_out = sizeof(packed) };

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static void test_gzip(void **state)
{
	size_t n, first;
	uint8_t two[1 << 17];

	make_pcapng(0);
	n = pack_gzip(file, len);
	assert_int_equal(open_bytes(packed, n), 0);
	read_pcapng();
	expect_end();

	assert_int_equal(open_bytes(packed, n - 9), 0); /* the check behind the data is cut, and a byte of it */
	read_pcapng();
	assert_int_equal(next(), -EBADMSG);
	assert_non_null(strstr(reason.text, "gzip"));
	close_file();

	first = pack_gzip(file, 100); /* in two members, as pigz or `cat` make them */
	memcpy(two, packed, first);
	n = pack_gzip(file + 100, len - 100);
	memcpy(two + first, packed, n);
	assert_int_equal(open_bytes(two, first + n), 0);
	read_pcapng();
	expect_end();
}

static void test_gzip_damaged(void **state)
{
	size_t n;
	int result = 0;

	pcap_begin(0, 0xa1b2c3d4, 2, 4, 1);
	for (int i = 0; i < 900; i++) {
		pcap_packet(i, 0, 40, 40, 0);
		for (int k = 0; k < 40; k++)
			file[len - 40 + k] = rand();
	}
	n = pack_gzip(file, len);
	packed[n / 2] ^= 0x55;
	packed[n / 2 + 1] ^= 0x55;
	assert_int_equal(open_bytes(packed, n), 0);
	count_packets(&result);
	assert_int_equal(result, -EBADMSG);
	close_file();
}

static void test_zstd(void **state)
{
	size_t n;

	make_pcapng(0);
	n = ZSTD_compress(packed, sizeof(packed), file, len, 3);
	assert_false(ZSTD_isError(n));
	assert_int_equal(open_bytes(packed, n), 0);
	read_pcapng();
	expect_end();
	assert_int_equal(open_bytes(packed, n - 1), -EBADMSG); /* its only block is not whole */
	assert_non_null(strstr(reason.text, "zstd"));
}

/* ---- as it comes ---- */

static int writer;
static size_t written;
static unsigned int idles;

/* What is read is read at once: whenever the reader has to wait, the next piece is written. */
static void on_idle(void *ctx)
{
	size_t n = len - written < 7 ? len - written : 7;

	idles++;
	if (!n) {
		close(writer);
		return;
	}
	assert_int_equal(write(writer, file + written, n), n);
	written += n;
}

static void test_pipe(void **state)
{
	struct tw_stream_options options = { .idle = on_idle };
	int ends[2], saved = dup(STDIN_FILENO);

	make_pcapng(0);
	assert_int_equal(pipe(ends), 0);
	writer = ends[1];
	written = 0;
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(tw_capture_open(&capture, "-", ifaces, &options, &reason), 0);
	assert_true(written < 40);
	expect(1700000000000001000, 60, 1514, 1, 1);
	assert_true(written < 170); /* no packet waits for a later one */
	expect(7000, 41, 41, 101, 2);
	expect(8000, 42, 50, 101, 3);
	expect(8000, 96, 1000, 1, 4);
	expect(8000, 5, 5, 1, 5);
	expect_end();
	assert_true(idles >= len / 7);
	dup2(saved, STDIN_FILENO);
	close(saved);
}

static void test_cannot_open(void **state)
{
	struct tw_stream_options options = { 0 };

	assert_int_equal(tw_capture_open(&capture, "/nonexistent/x.pcap", ifaces, &options, &reason), -ENOENT);
	assert_non_null(strstr(reason.text, "/nonexistent/x.pcap"));
	assert_int_equal(tw_capture_open(&capture, "/tmp", ifaces, &options, &reason), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap),
		cmocka_unit_test(test_pcap_ns),
		cmocka_unit_test(test_pcap_fcs),
		cmocka_unit_test(test_pcap_old_versions),
		cmocka_unit_test(test_pcap_long_header),
		cmocka_unit_test(test_pcap_damaged),
		cmocka_unit_test(test_no_capture),
		cmocka_unit_test(test_pcapng),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_pcapng_damaged),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_any_byte),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_gzip_damaged),
		cmocka_unit_test(test_zstd),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_cannot_open),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
