// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is written as pcapng: byte by byte as the specification has it, and as our own reader takes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/capture.h"
#include "capture/pcapng_write.h"

static uint8_t file[1 << 16];
static size_t len;

static uint32_t get32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static uint16_t get16(const uint8_t *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

/* The value of the option @code in the options from @at; NULL: there is none. */
static const uint8_t *option(const uint8_t *at, uint16_t code, uint16_t *n)
{
	for (; get16(at); at += 4 + ((get16(at + 2) + 3) & ~3)) {
		*n = get16(at + 2);
		if (get16(at) == code)
			return at + 4;
	}
	return NULL;
}

static void test_section(void **state)
{
	uint8_t block[256];
	uint16_t n;
	size_t size = tw_pcapng_section(block, sizeof(block), "tcpwhy 0.1", "Linux 6.1");

	assert_true(size > 28 && size % 4 == 0);
	assert_int_equal(get32(block), 0x0a0d0d0a);
	assert_int_equal(get32(block + 4), size);
	assert_int_equal(get32(block + 8), 0x1a2b3c4d);
	assert_int_equal(get16(block + 12), 1);
	assert_int_equal(get16(block + 14), 0);
	assert_int_equal(get32(block + 16), 0xffffffff);
	assert_int_equal(get32(block + 20), 0xffffffff);
	assert_memory_equal(option(block + 24, 4, &n), "tcpwhy 0.1", 10);
	assert_int_equal(n, 10);
	assert_memory_equal(option(block + 24, 3, &n), "Linux 6.1", 9);
	assert_int_equal(get32(block + size - 4), size);
}

static void test_interface(void **state)
{
	uint8_t block[256];
	uint16_t n;
	size_t size = tw_pcapng_interface(block, sizeof(block), TW_LINKTYPE_ETHERNET, 128, "eth0");

	assert_int_equal(get32(block), 1);
	assert_int_equal(get32(block + 4), size);
	assert_int_equal(get16(block + 8), 1);
	assert_int_equal(get32(block + 12), 128);
	assert_memory_equal(option(block + 16, 2, &n), "eth0", 4);
	assert_int_equal(*option(block + 16, 9, &n), 9); /* nanoseconds */
	assert_int_equal(get32(block + size - 4), size);
	/* one without a name */
	size = tw_pcapng_interface(block, sizeof(block), TW_LINKTYPE_RAW, 128, NULL);
	assert_int_equal(get16(block + 8), 101);
	assert_null(option(block + 16, 2, &n));
	assert_int_equal(get32(block + size - 4), size);
}

static void test_packet(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct tw_pcapng_packet packet = {
		.iface = 3, .ts_ns = 1763747743000000007, .bytes = bytes, .cap = 7, .len = 1514,
		.dir = TW_PCAPNG_OUTBOUND, .comment = "reset: refused after 52 µs",
	};
	uint8_t block[256];
	const uint8_t *at;
	uint16_t n;
	size_t size = tw_pcapng_packet(block, sizeof(block), &packet);

	assert_int_equal(get32(block), 6);
	assert_int_equal(get32(block + 8), 3);
	assert_int_equal(get32(block + 12), 1763747743000000007 >> 32);
	assert_int_equal(get32(block + 16), (uint32_t)1763747743000000007);
	assert_int_equal(get32(block + 20), 7);
	assert_int_equal(get32(block + 24), 1514);
	assert_memory_equal(block + 28, bytes, 7);
	assert_int_equal(block[35], 0);
	at = option(block + 36, 1, &n);
	assert_int_equal(n, strlen(packet.comment));
	assert_memory_equal(at, packet.comment, n);
	assert_int_equal(get32(option(block + 36, 2, &n)), 2);
	assert_int_equal(get32(block + size - 4), size);
	/* neither comment nor direction */
	packet.comment = NULL;
	packet.dir = TW_PCAPNG_UNKNOWN;
	size = tw_pcapng_packet(block, sizeof(block), &packet);
	assert_int_equal(size, 28 + 8 + 4 + 4);
}

/* Whole or not at all, at every size of the buffer, which ends where its memory does. */
static void test_no_room(void **state)
{
	struct tw_pcapng_packet packet = { .bytes = "abcde", .cap = 5, .len = 5, .comment = "x" };
	uint8_t whole[512];
	size_t need = tw_pcapng_packet(whole, sizeof(whole), &packet);

	for (size_t size = 0; size <= need; size++) {
		uint8_t *buf = malloc(size ? size : 1);

		assert_int_equal(tw_pcapng_packet(buf, size, &packet), size < need ? 0 : need);
		assert_int_equal(tw_pcapng_section(buf, size < 32 ? size : 31, "a", "b"), 0);
		free(buf);
	}
}

static void put(size_t n)
{
	assert_true(n > 0);
	len += n;
}

static void test_reads_back(void **state)
{
	struct tw_stream_options options = { 0 };
	char path[] = "/tmp/test_pcapng_write.XXXXXX";
	struct tw_ifaces *ifaces = tw_ifaces_new();
	struct tw_capture *capture = NULL;
	struct tw_reason reason;
	struct tw_packet got;
	int fd = mkstemp(path);

	len = 0;
	for (int section = 0; section < 2; section++) {
		put(tw_pcapng_section(file + len, sizeof(file) - len, "tcpwhy 0.1", "Linux"));
		put(tw_pcapng_interface(file + len, sizeof(file) - len, TW_LINKTYPE_ETHERNET, 128, "eth0"));
		put(tw_pcapng_interface(file + len, sizeof(file) - len, TW_LINKTYPE_RAW, 128, "tun0"));
		for (uint32_t i = 0; i < 5; i++) {
			struct tw_pcapng_packet packet = {
				.iface = i & 1, .ts_ns = 1763747743123456780 + i, .bytes = "0123456789", .cap = i + 1,
				.len = 100 + i, .comment = i & 2 ? "some words" : NULL,
			};

			put(tw_pcapng_packet(file + len, sizeof(file) - len, &packet));
		}
	}
	assert_int_equal(write(fd, file, len), len);
	close(fd);
	assert_int_equal(tw_capture_open(&capture, path, ifaces, &options, &reason), 0);
	unlink(path);
	for (uint32_t n = 0; n < 10; n++) {
		uint32_t i = n % 5;

		assert_int_equal(tw_capture_next(capture, &got, &reason), 1);
		assert_int_equal(got.ts_ns, 1763747743123456780 + i);
		assert_int_equal(got.cap_len, i + 1);
		assert_int_equal(got.wire_len, 100 + i);
		assert_memory_equal(got.data, "0123456789", i + 1);
		assert_int_equal(got.linktype, i & 1 ? 101 : 1);
		assert_string_equal(got.iface, i & 1 ? "tun0" : "eth0");
	}
	assert_int_equal(tw_capture_next(capture, &got, &reason), 0);
	tw_capture_close(capture);
	tw_ifaces_free(ifaces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_section),
		cmocka_unit_test(test_interface),
		cmocka_unit_test(test_packet),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
