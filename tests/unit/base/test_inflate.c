// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Compressed captures: gzip in one member and in two, zstd; cut off, and damaged. */
#include <zlib.h>
#include <zstd.h>

#include "capfile.h"

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
	expect_damaged("gzip");

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
	expect_refused(packed, n - 1, "zstd"); /* its only block is not whole */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gzip), cmocka_unit_test(test_gzip_damaged), cmocka_unit_test(test_zstd),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
