// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets within packets: of each encapsulation a frame, made from its description, and what must be left of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/encap.h"

/* Headers that only matter by what they carry: addresses are 192.0.2.1 → 198.51.100.7, 2001:db8::1 → ::2. */
#define MACS "020000000001020000000002"
#define ETH4 MACS "0800"
#define ETH6 MACS "86dd"
#define A4 "c0000201c6336407"
#define A6 "20010db8000000000000000000000001" "20010db8000000000000000000000002"
#define IP4(proto) "450003e8" "00014000" "40" proto "0000" A4
#define IP6(proto) "60000000" "03e8" proto "40" A6
#define UDP(to) "c000" to "03d40000"
#define OVER(to) ETH4 IP4("11") UDP(to)
#define TCP4 IP4("06") "9c4001bb" "000003e8" "00000000" "50021000" "00000000"
#define TCP6 IP6("06") "9c4001bb" "000003e8" "00000000" "50021000" "00000000"
#define VXLAN OVER("12b5") "0800000000007b00"
#define GENEVE OVER("17c1") "0000655800007b00"
#define TAG "81000064"

enum { ETHERNET = 1, PPP = 9, RAW = 101, SLL = 113 };

/* @inside: the bytes that must be left, as @l2 says; NULL: @closed is where it stops. */
static const struct row {
	const char *name, *hex, *inside;
	enum tw_encap outer, closed;
	uint8_t l2;
	uint16_t linktype;
} rows[] = {
	{ "bare", ETH4 TCP4, ETH4 TCP4, 0, 0, 14, ETHERNET },
	{ "bare, IPv6", ETH6 TCP6, ETH6 TCP6, 0, 0, 14, ETHERNET },
	{ "other UDP", OVER("0035") "0800000000007b00" ETH4 TCP4, OVER("0035") "0800000000007b00" ETH4 TCP4, 0, 0, 14, ETHERNET },
	{ "VXLAN", VXLAN ETH4 TCP4, ETH4 TCP4, TW_ENCAP_VXLAN, 0, 14, ETHERNET },
	{ "VXLAN over IPv6", ETH6 IP6("11") UDP("12b5") "0800000000007b00" ETH6 TCP6, ETH6 TCP6, TW_ENCAP_VXLAN, 0, 14, ETHERNET },
	{ "VXLAN, tagged inside", VXLAN MACS TAG "0800" TCP4, MACS TAG "0800" TCP4, TW_ENCAP_VXLAN, 0, 14, ETHERNET },
	{ "VXLAN, on Linux's port", OVER("2118") "0800000000007b00" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_VXLAN, 0, 14, ETHERNET },
	{ "its port, but no VNI", OVER("12b5") "0000000000007b00" ETH4 TCP4, OVER("12b5") "0000000000007b00" ETH4 TCP4, 0, 0, 14, ETHERNET },
	{ "VXLAN-GPE, IPv4", OVER("12b6") "0c00000100007b00" TCP4, TCP4, TW_ENCAP_VXLAN, 0, 0, ETHERNET },
	{ "VXLAN-GPE, Ethernet", OVER("12b6") "0c00000300007b00" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_VXLAN, 0, 14, ETHERNET },
	{ "VXLAN-GPE, NSH", OVER("12b6") "0c00000400007b00" "0000", NULL, TW_ENCAP_VXLAN, TW_ENCAP_VXLAN, 0, ETHERNET },
	{ "Geneve", GENEVE ETH4 TCP4, ETH4 TCP4, TW_ENCAP_GENEVE, 0, 14, ETHERNET },
	{ "Geneve, options, IPv6", OVER("17c1") "020086dd00007b00" "0102030405060708" TCP6, TCP6, TW_ENCAP_GENEVE, 0, 0, ETHERNET },
	{ "GRE", ETH4 IP4("2f") "00000800" TCP4, TCP4, TW_ENCAP_GRE, 0, 0, ETHERNET },
	{ "GRE, checksum, key, number", ETH4 IP4("2f") "b00086dd" "00000000" "00000007" "00000001" TCP6, TCP6, TW_ENCAP_GRE, 0, 0, ETHERNET },
	{ "GRE over IPv6", ETH6 IP6("2f") "00000800" TCP4, TCP4, TW_ENCAP_GRE, 0, 0, ETHERNET },
	{ "GRE, Ethernet", ETH4 IP4("2f") "20006558" "00007b01" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_GRE, 0, 14, ETHERNET },
	{ "GRE, MPLS", ETH4 IP4("2f") "00008847" "00064140" TCP4, TCP4, TW_ENCAP_GRE, 0, 0, ETHERNET },
	{ "GRE, PPTP", ETH4 IP4("2f") "3081880b" "00300001" "00000001" "00000002" "ff030021" TCP4, TCP4, TW_ENCAP_GRE, 0, 0, ETHERNET },
	{ "GRE in UDP", OVER("1292") "00000800" TCP4, TCP4, TW_ENCAP_GRE, 0, 0, ETHERNET },
	{ "GRE with routes", ETH4 IP4("2f") "40000800" TCP4, NULL, TW_ENCAP_GRE, TW_ENCAP_GRE, 0, ETHERNET },
	{ "GRE, keep-alive", ETH4 IP4("2f") "00000000", NULL, TW_ENCAP_GRE, 0, 0, ETHERNET },
	{ "ERSPAN, type I", ETH4 IP4("2f") "000088be" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_ERSPAN, 0, 14, ETHERNET },
	{ "ERSPAN, type II", ETH4 IP4("2f") "100088be" "00000001" "1064000100000000" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_ERSPAN, 0, 14, ETHERNET },
	{ "ERSPAN, type III", ETH4 IP4("2f") "100022eb" "00000001" "206400010000000000000000" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_ERSPAN, 0, 14, ETHERNET },
	{ "ERSPAN, type III, more", ETH4 IP4("2f") "100022eb" "00000001" "206400010000000000000001" "0000000000000000" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_ERSPAN, 0, 14, ETHERNET },
	{ "IP in IP", ETH4 IP4("04") TCP4, TCP4, TW_ENCAP_IPIP, 0, 0, ETHERNET },
	{ "6in4", ETH4 IP4("29") TCP6, TCP6, TW_ENCAP_6IN4, 0, 0, ETHERNET },
	{ "4in6", ETH6 IP6("04") TCP4, TCP4, TW_ENCAP_4IN6, 0, 0, ETHERNET },
	{ "6in6, behind an option", ETH6 IP6("3c") "2900010400000000" TCP6, TCP6, TW_ENCAP_6IN6, 0, 0, ETHERNET },
	{ "6in4, no link header", IP4("29") TCP6, TCP6, TW_ENCAP_6IN4, 0, 0, RAW },
	{ "MPLS", MACS "8847" "00064140" TCP4, TCP4, TW_ENCAP_MPLS, 0, 0, ETHERNET },
	{ "MPLS, three labels, IPv6", MACS "8847" "00064040" "000c8040" "00002140" TCP6, TCP6, TW_ENCAP_MPLS, 0, 0, ETHERNET },
	{ "MPLS behind a tag", MACS TAG "8847" "00064140" TCP4, TCP4, TW_ENCAP_MPLS, 0, 0, ETHERNET },
	{ "MPLS, SLL", "000000010006" "0000000000000000" "8847" "00064140" TCP4, TCP4, TW_ENCAP_MPLS, 0, 0, SLL },
	{ "MPLS, pseudowire", MACS "8847" "00064140" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_MPLS, 0, 14, ETHERNET },
	{ "MPLS, pseudowire, control word", MACS "8847" "00064140" "00000001" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_MPLS, 0, 14, ETHERNET },
	{ "MPLS in UDP", OVER("19eb") "00064140" TCP4, TCP4, TW_ENCAP_MPLS, 0, 0, ETHERNET },
	{ "PPPoE", MACS "8864" "1100000703e80021" TCP4, TCP4, TW_ENCAP_PPPOE, 0, 0, ETHERNET },
	{ "PPPoE, IPv6, two tags", MACS TAG TAG "8864" "1100000703e80057" TCP6, TCP6, TW_ENCAP_PPPOE, 0, 0, ETHERNET },
	{ "PPPoE, LCP", MACS "8864" "110000070008c021" "0901", NULL, TW_ENCAP_PPPOE, 0, 0, ETHERNET },
	{ "PPPoE discovery is nothing wrapped", MACS "8863" "1109000000040101", MACS "8863" "1109000000040101", 0, 0, 14, ETHERNET },
	{ "GTP", OVER("0868") "30ff03d400000007" TCP4, TCP4, TW_ENCAP_GTP, 0, 0, ETHERNET },
	{ "GTP, numbered", OVER("0868") "32ff03d400000007" "00010000" TCP6, TCP6, TW_ENCAP_GTP, 0, 0, ETHERNET },
	{ "GTP, extension headers", OVER("0868") "34ff03d400000007" "00000085" "01100185" "01100100" TCP4, TCP4, TW_ENCAP_GTP, 0, 0, ETHERNET },
	{ "GTP, extension of no length", OVER("0868") "34ff03d400000007" "00000085" "00000000" TCP4, NULL, TW_ENCAP_GTP, TW_ENCAP_GTP, 0, ETHERNET },
	{ "GTP, an echo of its own", OVER("0868") "3001000400000000", OVER("0868") "3001000400000000", 0, 0, 14, ETHERNET },
	{ "TZSP", OVER("9090") "01000001" "0a01c5" "00" "01" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_TZSP, 0, 14, ETHERNET },
	{ "TZSP, another medium", OVER("9090") "0100007f" "01" ETH4 TCP4, NULL, TW_ENCAP_TZSP, TW_ENCAP_TZSP, 0, ETHERNET },
	{ "Teredo", OVER("0dd8") TCP6, TCP6, TW_ENCAP_TEREDO, 0, 0, ETHERNET },
	{ "Teredo, with its origin", OVER("0dd8") "0000eda0c0000201" TCP6, TCP6, TW_ENCAP_TEREDO, 0, 0, ETHERNET },
	{ "Teredo, answering", ETH4 IP4("11") "0dd8" "c000" "03d40000" TCP6, TCP6, TW_ENCAP_TEREDO, 0, 0, ETHERNET },
	{ "L2TP", OVER("06a5") "0002" "00010002" "ff030021" TCP4, TCP4, TW_ENCAP_L2TP, 0, 0, ETHERNET },
	{ "L2TP, length, numbers, offset", OVER("06a5") "4a02" "03d4" "00010002" "00010001" "0002" "0000" "21" TCP4, TCP4, TW_ENCAP_L2TP, 0, 0, ETHERNET },
	{ "L2TP, version 3", ETH4 IP4("73") "00000007" ETH4 TCP4, NULL, TW_ENCAP_L2TP, TW_ENCAP_L2TP, 0, ETHERNET },
	{ "EtherIP", ETH4 IP4("61") "3000" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_ETHERIP, 0, 14, ETHERNET },
	{ "three tags are the core's", MACS TAG TAG TAG "0800" TCP4, MACS TAG TAG TAG "0800" TCP4, 0, 0, 14, ETHERNET },
	{ "five are not", MACS TAG TAG TAG TAG TAG "0800" TCP4, TCP4, TW_ENCAP_VLAN, 0, 0, ETHERNET },
	{ "MAC in MAC", MACS "88e7" "0000007b" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_PBB, 0, 14, ETHERNET },
	{ "FabricPath", MACS "8903" "0420" ETH4 TCP4, ETH4 TCP4, TW_ENCAP_FABRICPATH, 0, 14, ETHERNET },
	{ "AH, a tunnel", ETH4 IP4("33") "04040000" "00000001" "00000001" "000000000000000000000000" TCP4, TCP4, TW_ENCAP_AH, 0, 0, ETHERNET },
	{ "AH, no tunnel", ETH4 IP4("33") "06040000" "00000001" "00000001" "000000000000000000000000", NULL, TW_ENCAP_AH, TW_ENCAP_AH, 0, ETHERNET },
	{ "ESP", ETH4 IP4("32") "00000001" "00000001" "5b5b5b5b", NULL, TW_ENCAP_ESP, TW_ENCAP_ESP, 0, ETHERNET },
	{ "ESP in UDP", OVER("1194") "00000001" "00000001" "5b5b5b5b", NULL, TW_ENCAP_ESP, TW_ENCAP_ESP, 0, ETHERNET },
	{ "IKE on its port", OVER("1194") "00000000" "00000001", OVER("1194") "00000000" "00000001", 0, 0, 14, ETHERNET },
	{ "IPComp", ETH4 IP4("6c") "06000002" "5b5b", NULL, TW_ENCAP_IPCOMP, TW_ENCAP_IPCOMP, 0, ETHERNET },
	{ "MACsec", MACS "88e5" "2c0000000001" "5b5b", NULL, TW_ENCAP_MACSEC, TW_ENCAP_MACSEC, 0, ETHERNET },
	{ "VXLAN in PPPoE in MPLS", MACS "8847" "00064140" "00000000" MACS "8864" "1100000703e80021" IP4("11") UDP("12b5") "0800000000007b00" ETH4 TCP4,
	  ETH4 TCP4, TW_ENCAP_MPLS, 0, 14, ETHERNET },
	{ "eight deep", ETH4 IP4("04") IP4("04") IP4("04") IP4("04") IP4("04") IP4("04") IP4("04") IP4("04") TCP4, TCP4, TW_ENCAP_IPIP, 0, 0, ETHERNET },
	{ "nine are too deep", ETH4 IP4("04") IP4("04") IP4("04") IP4("04") IP4("04") IP4("04") IP4("04") IP4("04") IP4("04") TCP4, NULL, TW_ENCAP_IPIP,
	  TW_ENCAP_IPIP, 0, ETHERNET },
	{ "a later fragment", ETH4 "450003e8" "000100b9" "40" "11" "0000" A4 UDP("12b5"), ETH4 "450003e8" "000100b9" "40" "11" "0000" A4 UDP("12b5"), 0, 0, 14,
	  ETHERNET },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))
#define ROW_MAX 512

static uint32_t from_hex(const char *hex, uint8_t *bytes)
{
	uint32_t n = strlen(hex) / 2;

	assert_true(n <= ROW_MAX);
	for (uint32_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		bytes[i] = strtoul(two, NULL, 16);
	}
	return n;
}

static struct tw_opened open_frame(const struct row *r, struct tw_frame *f)
{
	bool ip = tw_linktype_strip(r->linktype, f);

	return tw_encap_open(f, ip);
}

static void test_rows(void **state)
{
	uint8_t bytes[ROW_MAX], inside[ROW_MAX];

	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *r = &rows[i];
		struct tw_frame f = { .data = bytes, .len = from_hex(r->hex, bytes) }, whole = f;
		struct tw_opened opened = open_frame(r, &f);
		uint32_t len = r->inside ? from_hex(r->inside, inside) : 0;
		bool ip = tw_linktype_strip(r->linktype, &whole);

		if (opened.outer != r->outer || opened.closed != r->closed)
			fail_msg("%s: outermost %s, stops at %s", r->name, tw_encap_word(opened.outer), tw_encap_word(opened.closed));
		if (r->inside && (!opened.ip || f.l2 != r->l2 || f.len != len || memcmp(f.data, inside, len)))
			fail_msg("%s: %s, l2 %u, %u bytes left and not %u", r->name, opened.ip ? "IP" : "no IP", f.l2, f.len, len);
		if (!r->inside && !r->closed && opened.ip)
			fail_msg("%s: there is no IP in it", r->name);
		if (tw_encap_of(&whole, ip) != r->outer)
			fail_msg("%s: from outside it is %s", r->name, tw_encap_word(tw_encap_of(&whole, ip)));
	}
}

/* Whatever comes out lies in the memory that went in. */
static void must_stay_inside(const struct row *r, const uint8_t *exact, uint32_t len)
{
	struct tw_frame f = { .data = exact, .len = len };
	struct tw_opened opened = open_frame(r, &f);

	assert_true(f.data >= exact && f.data + f.len == exact + len);
	assert_true(opened.outer < _TW_ENCAP_MAX && opened.closed < _TW_ENCAP_MAX);
	assert_true(opened.outer || !opened.closed);
	assert_true(f.l2 == 0 || f.l2 == 14);
	assert_true(!f.l2 || !opened.ip || f.len >= 14);
}

/* Of each row each beginning, on a piece of memory of just that size: nothing is read behind it. */
static void test_cut(void **state)
{
	uint8_t bytes[ROW_MAX];

	for (size_t i = 0; i < N_ROWS; i++) {
		uint32_t whole = from_hex(rows[i].hex, bytes);

		for (uint32_t len = 0; len <= whole; len++) {
			uint8_t *exact = malloc(len ? len : 1);

			memcpy(exact, bytes, len);
			must_stay_inside(&rows[i], exact, len);
			free(exact);
		}
	}
}

/* And with some bytes changed. */
static void test_random(void **state)
{
	unsigned int seed = 1;
	uint8_t bytes[ROW_MAX];

	for (unsigned int turn = 0; turn < 200000; turn++) {
		const struct row *r = &rows[turn % N_ROWS];
		uint32_t len = from_hex(r->hex, bytes) * (rand_r(&seed) % 64 + 1) / 64;
		uint8_t *exact = malloc(len ? len : 1);

		memcpy(exact, bytes, len);
		for (int k = 0; k < 3 && len; k++)
			exact[rand_r(&seed) % len] = rand_r(&seed);
		must_stay_inside(r, exact, len);
		free(exact);
	}
}

static uint64_t tunnel_of(const char *hex)
{
	struct row r = { .hex = hex, .linktype = ETHERNET };
	uint8_t bytes[ROW_MAX];
	struct tw_frame f = { .data = bytes, .len = from_hex(hex, bytes) };

	return open_frame(&r, &f).tunnel;
}

/* One tunnel is known by its ends and its number, whatever goes through it and whichever way. */
static void test_tunnels(void **state)
{
#define BACK ETH4 "450003e8" "00014000" "40" "11" "0000" "c6336407c0000201"
#define ELSEWHERE ETH4 "450003e8" "00014000" "40" "11" "0000" "c0000202c6336407"
	uint64_t vxlan = tunnel_of(VXLAN ETH4 TCP4);

	assert_int_equal(tunnel_of(ETH4 TCP4), 0);
	assert_true(vxlan);
	assert_int_equal(tunnel_of(VXLAN ETH6 TCP6), vxlan);
	assert_int_equal(tunnel_of(BACK UDP("12b5") "0800000000007b00" ETH4 TCP4), vxlan);
	assert_true(tunnel_of(BACK UDP("12b5") "0800000000007c00" ETH4 TCP4) != vxlan);
	assert_true(tunnel_of(ELSEWHERE UDP("12b5") "0800000000007b00" ETH4 TCP4) != vxlan);
	assert_true(tunnel_of(GENEVE ETH4 TCP4) != vxlan);
	assert_true(tunnel_of(VXLAN ETH4 IP4("04") TCP4) != vxlan);
}

static void test_words(void **state)
{
	assert_string_equal(tw_encap_word(TW_ENCAP_6IN4), "6in4");
	assert_string_equal(tw_encap_name(TW_ENCAP_GENEVE), "Geneve");
	assert_null(tw_encap_word(_TW_ENCAP_MAX));
	assert_null(tw_encap_name(_TW_ENCAP_MAX));
	assert_true(tw_encap_opens(TW_ENCAP_VXLAN));
	assert_false(tw_encap_opens(TW_ENCAP_ESP));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_tunnels),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
