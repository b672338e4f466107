/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The native tables: their bounds, what is forgotten when they are full, and the walk over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "capture/nativetable.h"
#include "pkt.h"
#include "tcpwhy/event.h"
#include "tcpwhy/key.h"

#define MAX_EVENTS 4096

struct bed {
	struct tw_native *native;
	struct tw_store *store;
	size_t events;
	uint8_t type[MAX_EVENTS];
	uint64_t conn[MAX_EVENTS];
	/* of a walk */
	size_t visits;
	struct tw_key seen[MAX_EVENTS];
	uint64_t ids[MAX_EVENTS];
	bool forget_next;
};

static uint64_t now_ns = 1000000000000ULL;

static void on_record(void *ctx, const void *bytes, size_t len)
{
	struct bed *bed = ctx;
	const struct tw_event *e = bytes;

	assert_true(bed->events < MAX_EVENTS);
	bed->conn[bed->events] = e->conn;
	bed->type[bed->events++] = e->type;
}

static void bed_init(struct bed *bed, uint32_t connections, uint32_t half_open)
{
	struct tw_native_options options = { .max_connections = connections, .max_half_open = half_open };

	memset(bed, 0, sizeof(*bed));
	assert_int_equal(tw_native_new(&bed->native, &options, on_record, bed), 0);
	bed->store = tw_native_store(bed->native);
}

/* Connection @i: its client's port. */
static void show(struct bed *bed, uint16_t i, bool server, uint8_t flags, uint32_t seq, uint32_t ack, bool v6)
{
	struct pkt_end c = { { v6 ? 0xfd : 10, 0, 0, 1 }, 10000 + i }, s = { { v6 ? 0xfd : 10, 0, 0, 2 }, 443 };
	struct pkt p = { .family = v6 ? 6 : 4, .src = server ? s : c, .dst = server ? c : s, .ttl = 64, .df = true,
			 .flags = flags, .seq = seq, .ack = ack, .win = 500 };
	struct tw_native_packet packet = { .l2 = 14, .ifindex = 1, .ts_ns = now_ns += 5000000 };
	uint8_t buf[200];

	packet.len = packet.wire_len = pkt_build(&p, buf, sizeof(buf));
	packet.bytes = buf;
	tw_native_feed(bed->native, &packet);
}

static void syn(struct bed *bed, uint16_t i)
{
	show(bed, i, false, PKT_SYN, 100, 0, false);
}

static void open_one(struct bed *bed, uint16_t i, bool v6)
{
	show(bed, i, false, PKT_SYN, 100, 0, v6);
	show(bed, i, true, PKT_SYN | PKT_ACK, 500, 101, v6);
	show(bed, i, false, PKT_ACK, 101, 501, v6);
}

static uint8_t last_type(const struct bed *bed)
{
	return bed->events ? bed->type[bed->events - 1] : TW_EV_NONE;
}

static void keep(void *ctx, const struct tw_key *key, const struct tw_flow *flow)
{
	struct bed *bed = ctx;

	bed->seen[bed->visits] = *key;
	bed->ids[bed->visits++] = flow->id;
	if (bed->forget_next)
		bed->store->forget(bed->store, key, flow->id);
}

/* A whole walk in steps of @step. */
static void walk(struct bed *bed, unsigned int step)
{
	bed->visits = 0;
	while (!bed->store->sweep(bed->store, step, keep, bed))
		assert_true(bed->visits < MAX_EVENTS);
}

/* ---- tests ---- */

static void test_full(void **state)
{
	struct bed bed;

	bed_init(&bed, 2, 16);
	open_one(&bed, 1, false);
	open_one(&bed, 2, false);
	assert_int_equal(tw_native_counters(bed.native)->lost_table, 0);
	open_one(&bed, 3, false);
	assert_int_equal(tw_native_counters(bed.native)->lost_table, 1);
	walk(&bed, 100);
	assert_int_equal(bed.visits, 2);
	/* IPv6 has a table of its own. */
	open_one(&bed, 4, true);
	walk(&bed, 100);
	assert_int_equal(bed.visits, 3);
	tw_native_free(bed.native);
}

static void test_forgotten_makes_room(void **state)
{
	struct bed bed;

	bed_init(&bed, 2, 16);
	open_one(&bed, 1, false);
	open_one(&bed, 2, false);
	walk(&bed, 100);
	bed.store->forget(bed.store, &bed.seen[0], bed.ids[0] + 1);
	walk(&bed, 100);
	assert_int_equal(bed.visits, 2); /* that was another incarnation's number */
	bed.store->forget(bed.store, &bed.seen[0], bed.ids[0]);
	open_one(&bed, 3, false);
	assert_int_equal(tw_native_counters(bed.native)->lost_table, 0);
	walk(&bed, 100);
	assert_int_equal(bed.visits, 2);
	tw_native_free(bed.native);
}

/* Half-open ones: the one not seen for longest goes. */
static void test_half_open_least_recent(void **state)
{
	struct bed bed;

	bed_init(&bed, 16, 3);
	syn(&bed, 1);
	syn(&bed, 2);
	syn(&bed, 3);
	syn(&bed, 1); /* a repeat: 2 is the oldest now */
	assert_int_equal(last_type(&bed), TW_EV_SYN_RETRANSMIT);
	syn(&bed, 4);
	syn(&bed, 1);
	assert_int_equal(last_type(&bed), TW_EV_SYN_RETRANSMIT);
	syn(&bed, 3);
	assert_int_equal(last_type(&bed), TW_EV_SYN_RETRANSMIT);
	syn(&bed, 2);
	assert_int_equal(last_type(&bed), TW_EV_SYN);
	tw_native_free(bed.native);
}

/* A flood of SYNs evicts its own kind only. */
static void test_flood_spares_established(void **state)
{
	struct bed bed;

	bed_init(&bed, 16, 8);
	open_one(&bed, 1, false);
	for (uint16_t i = 100; i < 1100; i++)
		syn(&bed, i);
	show(&bed, 1, true, PKT_RST, 501, 0, false);
	assert_int_equal(last_type(&bed), TW_EV_ENDED);
	assert_int_equal(tw_native_counters(bed.native)->lost_table, 0);
	tw_native_free(bed.native);
}

static void test_lookup(void **state)
{
	struct tw_trouble trouble;
	struct tw_flow flow;
	struct bed bed;
	bool troubled;

	bed_init(&bed, 16, 16);
	open_one(&bed, 1, true);
	walk(&bed, 1);
	assert_int_equal(bed.visits, 1);
	assert_int_equal(bed.store->lookup(bed.store, &bed.seen[0], bed.ids[0], &flow, &trouble, &troubled), 0);
	assert_int_equal(flow.id, bed.ids[0]);
	assert_false(troubled);
	assert_int_equal(bed.store->lookup(bed.store, &bed.seen[0], bed.ids[0] ^ 1, &flow, &trouble, &troubled), -ENOENT);
	show(&bed, 1, true, PKT_RST, 501, 0, true);
	assert_int_equal(bed.store->lookup(bed.store, &bed.seen[0], bed.ids[0], &flow, &trouble, &troubled), 0);
	assert_true(troubled);
	bed.store->forget(bed.store, &bed.seen[0], bed.ids[0]);
	assert_int_equal(bed.store->lookup(bed.store, &bed.seen[0], bed.ids[0], &flow, &trouble, &troubled), -ENOENT);
	assert_false(troubled);
	bed.store->forget(bed.store, &bed.seen[0], bed.ids[0]);
	tw_native_free(bed.native);
}

/* A half-open connection is found as well, but no walk shows it. */
static void test_lookup_half_open(void **state)
{
	struct tw_addr c = {}, s = {};
	struct tw_trouble trouble;
	struct tw_flow flow;
	struct tw_key key;
	struct bed bed;
	bool troubled;

	bed_init(&bed, 16, 16);
	syn(&bed, 1);
	tw_addr_v4(&c, __builtin_bswap32(0x0a000001));
	tw_addr_v4(&s, __builtin_bswap32(0x0a000002));
	tw_key_make(&key, &c, &s, 10001, 443, 4);
	assert_int_equal(bed.store->lookup(bed.store, &key, bed.conn[0], &flow, &trouble, &troubled), 0);
	walk(&bed, 10);
	assert_int_equal(bed.visits, 0);
	bed.store->forget(bed.store, &key, bed.conn[0]);
	assert_int_equal(bed.store->lookup(bed.store, &key, bed.conn[0], &flow, &trouble, &troubled), -ENOENT);
	tw_native_free(bed.native);
}

/* Whatever the steps, each connection is seen once; entries may go meanwhile. */
static void test_walk(void **state)
{
	struct bed bed;

	for (unsigned int step = 1; step < 30; step++) {
		bed_init(&bed, 64, 64);
		for (uint16_t i = 0; i < 20; i++)
			open_one(&bed, i, i & 1);
		walk(&bed, step);
		assert_int_equal(bed.visits, 20);
		for (size_t i = 0; i < 20; i++)
			for (size_t k = 0; k < i; k++)
				assert_true(bed.ids[i] != bed.ids[k]);
		bed.forget_next = true;
		walk(&bed, step);
		assert_int_equal(bed.visits, 20);
		walk(&bed, step);
		assert_int_equal(bed.visits, 0);
		tw_native_free(bed.native);
	}
}

/* Trouble has a table of its own size: what does not fit is counted, and the connection goes on without. */
static void test_trouble_is_bounded(void **state)
{
	struct bed bed;
	uint64_t lost;

	bed_init(&bed, 3, 16);
	for (uint16_t i = 0; i < 3; i++)
		open_one(&bed, i, false);
	for (uint16_t i = 4; i < 10; i++) /* each of these needs trouble: a SYN-ACK with a wrong number */
		show(&bed, i, false, PKT_SYN, 100, 0, false);
	for (uint16_t i = 4; i < 10; i++)
		show(&bed, i, true, PKT_SYN | PKT_ACK, 500, 999, false);
	lost = tw_native_counters(bed.native)->lost_table;
	assert_int_equal(lost, 3);
	assert_int_equal(last_type(&bed), TW_EV_HANDSHAKE_BAD_ACK);
	tw_native_free(bed.native);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_forgotten_makes_room),
		cmocka_unit_test(test_half_open_least_recent),
		cmocka_unit_test(test_flood_spares_established),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_lookup_half_open),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_trouble_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
