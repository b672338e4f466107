// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which tunnel a connection is in: what is taken for the same connection in another, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/nativetable.h"
#include "pkt.h"
#include "capture/tunnels.h"

#define SECOND 1000000000ull

enum { BLUE = 7, RED = 8, GREEN = 9 };

static struct tw_tunnels *tunnels;
static uint64_t now_ns;

static struct pkt segment(bool back, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	struct pkt p = { .what = PKT_TCP, .family = 4, .no_link = true, .ttl = 64, .flags = flags, .seq = seq, .ack = ack, .len = len,
			 .src = { { 10, 0, 0, 1 }, 40000 }, .dst = { { 10, 0, 0, 2 }, 443 } };

	if (back) {
		struct pkt_end src = p.src;

		p.src = p.dst;
		p.dst = src;
	}
	return p;
}

/* On a piece of memory of just its size. */
static bool admitted(const struct pkt *p, uint64_t tunnel)
{
	static uint8_t buf[PKT_MAX];
	struct tw_native_packet packet = { .ts_ns = now_ns };
	void *exact;
	bool admit;

	packet.len = pkt_build(p, buf, sizeof(buf));
	assert_true(packet.len);
	packet.len = packet.len < 120 ? packet.len : 120;
	exact = malloc(packet.len);
	memcpy(exact, buf, packet.len);
	packet.bytes = exact;
	admit = tw_tunnels_admit(tunnels, &packet, tunnel);
	free(exact);
	return admit;
}

static bool take(bool back, uint8_t flags, uint32_t seq, uint32_t ack, uint32_t len, uint64_t tunnel)
{
	struct pkt p = segment(back, flags, seq, ack, len);

	now_ns += SECOND / 100;
	return admitted(&p, tunnel);
}

/* A connection in one tunnel: its client's numbers begin at 1000, its server's at 5000. */
static void open_in(uint64_t tunnel)
{
	assert_true(take(false, PKT_SYN, 1000, 0, 0, tunnel));
	assert_true(take(true, PKT_SYN | PKT_ACK, 5000, 1001, 0, tunnel));
	assert_true(take(false, PKT_ACK, 1001, 5001, 0, tunnel));
	assert_true(take(false, PKT_ACK | PKT_PSH, 1001, 5001, 100, tunnel));
	assert_true(take(true, PKT_ACK | PKT_PSH, 5001, 1101, 1000, tunnel));
}

static int setup(void **state)
{
	now_ns = 1000 * SECOND;
	tunnels = tw_tunnels_new(3);
	return !tunnels;
}

static int teardown(void **state)
{
	tw_tunnels_free(tunnels);
	return 0;
}

/* Two networks with the same addresses: the first has the name, and the other's packets are not mixed into it. */
static void test_another_of_the_same_name(void **state)
{
	open_in(BLUE);
	assert_false(take(false, PKT_SYN, 0x70001000, 0, 0, RED));
	assert_false(take(true, PKT_SYN | PKT_ACK, 0x90005000, 0x70001001, 0, RED));
	assert_false(take(false, PKT_ACK | PKT_PSH, 0x70001001, 0x90005001, 100, RED));
	assert_false(take(true, PKT_RST | PKT_ACK, 0x90005001, 0x70001065, 0, RED));
	assert_true(take(false, PKT_ACK, 1101, 6001, 0, BLUE));
	assert_false(take(false, PKT_ACK, 0x70001065, 0x90005001, 0, 0)); /* nor one that is in no tunnel */
}

/* Two ways in two tunnels (GTP, MPLS, two segments of a routed network). */
static void test_a_way_each(void **state)
{
	assert_true(take(false, PKT_SYN, 1000, 0, 0, BLUE));
	assert_true(take(true, PKT_SYN | PKT_ACK, 5000, 1001, 0, RED));
	assert_true(take(false, PKT_ACK | PKT_PSH, 1001, 5001, 100, BLUE));
	assert_true(take(true, PKT_ACK | PKT_PSH, 5001, 1101, 1000, RED));
	assert_false(take(true, PKT_ACK | PKT_PSH, 0x90005000, 0x70001101, 1000, GREEN));
}

/* The route changes under it, or it is seen before a router and behind it. */
static void test_it_moves(void **state)
{
	open_in(BLUE);
	assert_true(take(false, PKT_ACK | PKT_PSH, 1101, 6001, 100, RED));
	assert_true(take(true, PKT_ACK, 6001, 1201, 0, RED));
	assert_true(take(false, PKT_ACK | PKT_PSH, 1101, 6001, 100, BLUE)); /* again, where it was */
}

static void test_the_name_is_free_again(void **state)
{
	open_in(BLUE);
	now_ns += 61 * SECOND;
	assert_true(take(false, PKT_SYN, 0x70001000, 0, 0, RED));
	assert_false(take(false, PKT_ACK, 1101, 6001, 0, BLUE));
	assert_true(take(true, PKT_RST | PKT_ACK, 0, 0x70001001, 0, RED));
	assert_true(take(false, PKT_SYN, 1000, 0, 0, BLUE)); /* a RST ended the other */
}

/* In its own tunnel anything may come, a new incarnation too. */
static void test_its_own(void **state)
{
	open_in(BLUE);
	assert_true(take(false, PKT_FIN | PKT_ACK, 1101, 6001, 0, BLUE));
	assert_true(take(true, PKT_FIN | PKT_ACK, 6001, 1102, 0, BLUE));
	assert_true(take(false, PKT_SYN, 0x70001000, 0, 0, BLUE));
	assert_false(take(true, PKT_ACK, 6002, 1102, 0, RED)); /* late for the old one: of another, for all that is known */
	assert_true(take(true, PKT_SYN | PKT_ACK, 0x90005000, 0x70001001, 0, BLUE));
}

/* An error goes back to who sent what it quotes. */
static void test_errors(void **state)
{
	struct pkt p = { .what = PKT_ICMP_ERROR, .family = 4, .no_link = true, .ttl = 64, .icmp_type = 3, .icmp_code = 4, .mtu = 1300,
			 .src = { { 10, 0, 0, 9 }, 0 }, .dst = { { 10, 0, 0, 1 }, 0 }, .quote_src = { { 10, 0, 0, 1 }, 40000 },
			 .quote_dst = { { 10, 0, 0, 2 }, 443 }, .seq = 0x70001001 };

	assert_true(admitted(&p, RED)); /* nothing is known: as the core thinks */
	open_in(BLUE);
	assert_true(admitted(&p, BLUE));
	assert_false(admitted(&p, RED));
	p.seq = 1001;
	assert_true(admitted(&p, RED));
}

/* What is not TCP has no connection. */
static void test_others(void **state)
{
	struct pkt p = { .what = PKT_UDP, .family = 4, .no_link = true, .ttl = 64, .src = { { 10, 0, 0, 1 }, 1 }, .dst = { { 10, 0, 0, 2 }, 2 } };
	struct tw_native_packet nothing = { .bytes = "", .len = 0 };

	assert_true(admitted(&p, BLUE));
	assert_true(admitted(&p, RED));
	assert_true(tw_tunnels_admit(tunnels, &nothing, BLUE));
}

/* Three are remembered; the one that was not seen for longest goes. */
static void test_bounded(void **state)
{
	struct pkt p = segment(false, PKT_ACK, 1000, 1, 0);

	for (int i = 0; i < 3; i++) {
		p.src.port = 40000 + i;
		assert_true(admitted(&p, BLUE));
	}
	p.src.port = 40000;
	assert_true(admitted(&p, BLUE));
	p.src.port = 40003; /* takes the place of 40001 */
	assert_true(admitted(&p, BLUE));
	p.seq = 0x70001000;
	p.ack = 0x90001000;
	p.src.port = 40000;
	assert_false(admitted(&p, RED));
	p.src.port = 40001;
	assert_true(admitted(&p, RED));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_another_of_the_same_name),
		TEST(test_a_way_each),
		TEST(test_it_moves),
		TEST(test_the_name_is_free_again),
		TEST(test_its_own),
		TEST(test_errors),
		TEST(test_others),
		TEST(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
