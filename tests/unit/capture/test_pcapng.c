// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The pcapng format: every kind of packet block, sections, resolutions of time, interfaces, damage. */
#include "capfile.h"

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

static const struct {
	uint8_t resolution;
	int64_t offset;
	uint64_t ticks, ts_ns;
} times[] = {
	{ 6, 0, 1500000, 1500000000 },
	{ 9, 0, 1700000000123456789, 1700000000123456789 },
	{ 3, 0, 1700000000123, 1700000000123000000 },
	{ 0, 0, 1700000000, 1700000000000000000 },
	{ 12, 0, 1700000000123456, 1700000000123 },
	{ 0x80 | 20, 0, (1700000000ULL << 20) + (1 << 19), 1700000000500000000 },
	{ 0x80 | 30, 0, (5ULL << 30) + 1, 5000000000 },
	{ 6, 1000, 1500000, 1001500000000 },
	{ 6, -1, 1500000, 500000000 },
};

static void test_time(void **state)
{
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		timed(times[i].resolution, times[i].offset, times[i].ticks);
		assert_int_equal(packet.ts_ns, times[i].ts_ns);
	}
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

/* A 32-bit number of a packet block with 20 bytes, or of a section's, is another. */
static const struct {
	bool section;
	size_t at;
	uint32_t number;
	const char *words;
} damages[] = {
	{ false, 20, 21, "longer than its block" }, /* captured length */
	{ false, 48, 4, "in front" },               /* the length behind the block */
	{ false, 4, 13, "13 bytes" },               /* the one in front */
	{ false, 4, 0xfffffff0, "not possible" },
	{ true, 8, 0x12345678, "byte order" },
};

static void test_pcapng_damaged(void **state)
{
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		size_t begin;

		make_pcapng(0);
		begin = len;
		if (damages[i].section)
			section(0);
		else
			enhanced(0, 1, 20, 20, 1);
		set32(begin + damages[i].at, damages[i].number);
		open_file();
		read_pcapng();
		expect_damaged(damages[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcapng), cmocka_unit_test(test_sections), cmocka_unit_test(test_time),
		cmocka_unit_test(test_interfaces), cmocka_unit_test(test_pcapng_damaged),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
