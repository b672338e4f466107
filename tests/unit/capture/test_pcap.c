// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The pcap format: both byte orders, microseconds and nanoseconds, what old and patched versions write, damage. */
#include "capfile.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap), cmocka_unit_test(test_pcap_ns), cmocka_unit_test(test_pcap_fcs),
		cmocka_unit_test(test_pcap_old_versions), cmocka_unit_test(test_pcap_long_header),
		cmocka_unit_test(test_pcap_damaged),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
