// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Link headers: a frame of each type, made from its description, and what must be left of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/linktype.h"

#define IP4 "45000028"
#define IP6 "60000000"
#define SNAP4 "aaaa030000000800"
#define SNAP6 "aaaa0300000086dd"
#define MACS "020000000001020000000002"
#define ADDR8 "0000000000000000"

/* @l2 -1: no IP in it. @strip: bytes that must go. */
static const struct row {
	const char *name;
	uint32_t linktype;
	const char *hex;
	int l2;
	unsigned int strip, ifindex;
} rows[] = {
	{ "ethernet", 1, MACS "0800" IP4, 14, 0, 0 },
	{ "ethernet, vlan", 1, MACS "810000640800" IP4, 14, 0, 0 },
	{ "ethernet, ARP is for the classifier to refuse", 1, MACS "0806" "0001", 14, 0, 0 },
	{ "ethernet, LLC and SNAP", 1, MACS "0030" SNAP4 IP4, 0, 22, 0 },
	{ "ethernet, LLC without SNAP", 1, MACS "0030" "424203" IP4, -1, 0, 0 },
	{ "ethernet, cut", 1, MACS "08", -1, 0, 0 },
	{ "null, little-endian", 0, "02000000" IP4, 0, 4, 0 },
	{ "null, big-endian", 0, "0000001e" IP6, 0, 4, 0 },
	{ "loop", 108, "00000018" IP6, 0, 4, 0 },
	{ "loop, AppleTalk", 108, "00000010" "00112233", -1, 0, 0 },
	{ "raw", 101, IP4, 0, 0, 0 },
	{ "raw, as BSD/OS", 14, IP6, 0, 0, 0 },
	{ "raw, as OpenBSD", 12, IP4, 0, 0, 0 },
	{ "ipv4", 228, IP4, 0, 0, 0 },
	{ "ipv6", 229, IP6, 0, 0, 0 },
	{ "raw, empty", 101, "", -1, 0, 0 },
	{ "raw, neither 4 nor 6", 101, "00000000", -1, 0, 0 },
	{ "sll", 113, "000000010006" ADDR8 "0800" IP4, 0, 16, 0 },
	{ "sll, ipv6", 113, "000403040000" ADDR8 "86dd" IP6, 0, 16, 0 },
	{ "sll, vlan", 113, "000000010006" ADDR8 "810000640800" IP4, 0, 20, 0 },
	{ "sll, two vlan tags", 113, "000000010006" ADDR8 "88a80064810000c80800" IP4, 0, 24, 0 },
	{ "sll, ARP", 113, "000000010006" ADDR8 "0806" "0001", -1, 0, 0 },
	{ "sll2", 276, "08000000" "00000003" "0001" "00" "06" ADDR8 IP4, 0, 20, 3 },
	{ "sll2, ipv6, large index", 276, "86dd0000" "01020304" "0001" "04" "06" ADDR8 IP6, 0, 20, 0x01020304 },
	{ "sll2, vlan", 276, "81000000" "00000003" "0001" "00" "06" ADDR8 "00640800" IP4, 0, 24, 3 },
	{ "ppp", 9, "0021" IP4, 0, 2, 0 },
	{ "ppp, with address and control", 9, "ff030021" IP4, 0, 4, 0 },
	{ "ppp, short protocol", 9, "21" IP4, 0, 1, 0 },
	{ "ppp, ipv6", 9, "ff0357" IP6, 0, 3, 0 },
	{ "ppp, LCP", 9, "ff03c021" "01", -1, 0, 0 },
	{ "ppp serial", 50, "ff030057" IP6, 0, 4, 0 },
	{ "ppp serial, Cisco", 50, "0f000800" IP4, 0, 4, 0 },
	{ "pppoe", 51, "1100000100060021" IP4, 0, 8, 0 },
	{ "ppp with direction", 204, "01ff030021" IP4, 0, 5, 0 },
	{ "pppd", 166, "00ff0321" IP4, 0, 4, 0 },
	{ "c-hdlc", 104, "0f0086dd" IP6, 0, 4, 0 },
	{ "c-hdlc, keep-alive", 104, "8f008035" "00000002", -1, 0, 0 },
	{ "fddi", 10, "50" MACS SNAP4 IP4, 0, 21, 0 },
	{ "atm rfc1483", 100, SNAP6 IP6, 0, 8, 0 },
	{ "802.11 data", 105, "08013000" MACS "020000000003" "1000" SNAP4 IP4, 0, 32, 0 },
	{ "802.11 QoS data", 105, "88013000" MACS "020000000003" "1000" "0000" SNAP4 IP4, 0, 34, 0 },
	{ "802.11 QoS data with HT control", 105, "88813000" MACS "020000000003" "1000" "0000" "00000000" SNAP6 IP6, 0, 38, 0 },
	{ "802.11 data, four addresses", 105, "08033000" MACS "020000000003" "1000" "020000000004" SNAP4 IP4, 0, 38, 0 },
	{ "802.11 beacon", 105, "80000000" MACS "020000000003" "1000" "00", -1, 0, 0 },
	{ "802.11 data, encrypted", 105, "08413000" MACS "020000000003" "1000" SNAP4 IP4, -1, 0, 0 },
	{ "802.11 data, nothing in it", 105, "48013000" MACS "020000000003" "1000" SNAP4 IP4, -1, 0, 0 },
	{ "802.11 data, several frames in one", 105, "88013000" MACS "020000000003" "1000" "8000" SNAP4 IP4, -1, 0, 0 },
	{ "radiotap", 127, "0000080000000000" "08013000" MACS "020000000003" "1000" SNAP4 IP4, 0, 40, 0 },
	{ "radiotap, flags: header padded", 127, "0000090002000000" "20" "88013000" MACS "020000000003" "1000" "0000" "0000" SNAP4 IP4, 0, 45, 0 },
	{ "radiotap, time and flags", 127, "0000110003000000" ADDR8 "20" "88013000" MACS "020000000003" "1000" "0000" "0000" SNAP4 IP4, 0, 53, 0 },
	{ "radiotap, flags: not padded", 127, "0000090002000000" "10" "88013000" MACS "020000000003" "1000" "0000" SNAP4 IP4, 0, 43, 0 },
	{ "radiotap, two presence words", 127, "00000d000200008000000000" "20" "88013000" MACS "020000000003" "1000" "0000" "0000" SNAP4 IP4, 0, 49, 0 },
	{ "radiotap, longer than the frame", 127, "0000ff0000000000", -1, 0, 0 },
	{ "ppi, 802.11", 192, "00000800" "69000000" "08013000" MACS "020000000003" "1000" SNAP4 IP4, 0, 40, 0 },
	{ "ppi, ethernet", 192, "00000800" "01000000" MACS "0800" IP4, 14, 8, 0 },
	{ "nflog", 239, "02000000" "08000a00" "aabbccdd" "05000b00" "41000000" "08000900" IP4, 0, 24, 0 },
	{ "nflog, no payload", 239, "02000000" "08000a00" "aabbccdd", -1, 0, 0 },
	{ "nflog, attribute without length", 239, "02000000" "00000900" IP4, -1, 0, 0 },
	{ "pflog", 117, "05000000" "01020304" IP4, 0, 8, 0 },
	{ "enc", 109, "020000000000000000000000" IP4, 0, 12, 0 },
	{ "ip over firewire", 138, "00000000000000000000000000000000" "0800" IP4, 0, 18, 0 },
	{ "token ring is not known", 6, MACS "0800" IP4, -1, 0, 0 },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static uint32_t from_hex(const char *hex, uint8_t *bytes)
{
	uint32_t n = strlen(hex) / 2;

	for (uint32_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		bytes[i] = strtoul(two, NULL, 16);
	}
	return n;
}

static void test_rows(void **state)
{
	uint8_t bytes[256];

	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *r = &rows[i];
		struct tw_frame f = { .data = bytes, .len = from_hex(r->hex, bytes) };
		uint32_t len = f.len;
		bool ip = tw_linktype_strip(r->linktype, &f);

		if (ip != (r->l2 >= 0) || (ip && ((int)f.l2 != r->l2 || f.data != bytes + r->strip ||
						  f.len != len - r->strip || f.ifindex != r->ifindex)))
			fail_msg("%s: %s, l2 %u, %td bytes stripped, interface %u", r->name, ip ? "IP" : "no IP", f.l2,
				 f.data - bytes, f.ifindex);
	}
}

/* Of each row each beginning, on a piece of memory of just that size: nothing is read behind it. */
static void test_cut(void **state)
{
	uint8_t bytes[256];

	for (size_t i = 0; i < N_ROWS; i++) {
		uint32_t whole = from_hex(rows[i].hex, bytes);

		for (uint32_t len = 0; len <= whole; len++) {
			uint8_t *exact = malloc(len ? len : 1);
			struct tw_frame f = { .data = exact, .len = len };

			memcpy(exact, bytes, len);
			if (tw_linktype_strip(rows[i].linktype, &f)) {
				assert_true(f.data >= exact);
				assert_true(f.data + f.len == exact + len);
			}
			free(exact);
		}
	}
}

/* And with any byte changed. */
static void test_random(void **state)
{
	unsigned int seed = 1;
	uint8_t bytes[256];

	for (unsigned int turn = 0; turn < 200000; turn++) {
		const struct row *r = &rows[turn % N_ROWS];
		uint32_t len = from_hex(r->hex, bytes);
		uint8_t *exact = malloc(len ? len : 1);
		struct tw_frame f = { .data = exact, .len = len };

		memcpy(exact, bytes, len);
		for (int k = 0; k < 3 && len; k++)
			exact[rand_r(&seed) % len] = rand_r(&seed);
		if (tw_linktype_strip(r->linktype, &f))
			assert_true(f.data + f.len == exact + len);
		free(exact);
	}
}

static void test_known(void **state)
{
	assert_true(tw_linktype_is_known(1));
	assert_true(tw_linktype_is_known(276));
	assert_false(tw_linktype_is_known(6));
	assert_false(tw_linktype_is_known(0xffffffff));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
