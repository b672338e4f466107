// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who a connection is, which side this host is, which way a packet went, whose socket it was. */
#include "made_conns.h"

static void test_event_is_named(void **state)
{
	struct kept *k;

	begin(77, 5 * S);
	k = kept_last(&w.sink, TW_EV_SYN);
	assert_int_equal(k->record.ts_ns, WALL + 5 * S);
	assert_int_equal(k->name.id, 77);
	assert_int_equal(k->name.orig_port, 40000);
	assert_int_equal(k->name.resp_port, 443);
	assert_false(k->name.midstream);
	assert_int_equal(strlen(k->name.community_id), 30);
	assert_memory_equal(k->name.community_id, "1:", 2);
}

static void test_stranger_has_tuple_and_no_id(void **state)
{
	struct tw_event rst = made_end(TW_EV_RESET, 0, 1 * S, TW_CAUSE_NO_CONNECTION);
	struct tw_event marker = made_event(TW_EV_MARKER, 0, 1 * S);

	send_event(rst);
	assert_int_equal(kept_last(&w.sink, TW_EV_RESET)->name.id, 0);
	assert_int_equal(strlen(kept_last(&w.sink, TW_EV_RESET)->name.community_id), 30);
	send_event(marker);
	assert_string_equal(kept_last(&w.sink, TW_EV_MARKER)->name.community_id, "");
	assert_int_equal(stats().connections, 0);
}

/* --- side and direction --- */

static void seen_as(unsigned int type, enum tw_dir dir, enum tw_side side)
{
	assert_int_equal(last(type)->dir, dir);
	assert_int_equal(last(type)->side, side);
}

static int only_192_0_2(void *ctx, const struct tw_addr *addr)
{
	return ((const uint8_t *)addr->word)[12] == 192;
}

static void test_side_and_direction(void **state)
{
	struct tw_event e = made_syn(1, 1 * S);

	send_event(e);
	seen_as(TW_EV_SYN, TW_DIR_OUT, TW_SIDE_ORIGINATOR);
	e = made_syn(2, 1 * S);
	e.flags &= ~TW_EF_EGRESS;
	send_event(e);
	seen_as(TW_EV_SYN, TW_DIR_IN, TW_SIDE_RESPONDER);
	e = made_syn(3, 1 * S);
	e.flags |= TW_EF_FORWARDED;
	send_event(e);
	seen_as(TW_EV_SYN, TW_DIR_FWD, TW_SIDE_ROUTER);
	send_event(from_resp(made_syn_ack(3, 1 * S)));
	assert_int_equal(last(TW_EV_SYN_ACK)->dir, TW_DIR_REV);
	e = made_syn(4, 1 * S);
	e.flags = TW_EF_TUPLE | TW_EF_FROM_ORIG | TW_EF_OFFLINE;
	send_event(e);
	seen_as(TW_EV_SYN, TW_DIR_FWD, TW_SIDE_UNKNOWN);
	e = made_syn(5, 1 * S);
	e.orig_addr = e.resp_addr = made_addr("127.0.0.1");
	send_event(e);
	seen_as(TW_EV_SYN, TW_DIR_FWD, TW_SIDE_UNKNOWN);
}

/* A router that nobody told its addresses: both sides' packets come in. */
static void test_router_is_noticed(void **state)
{
	struct tw_event e = made_syn(1, 1 * S);

	e.flags &= ~TW_EF_EGRESS;
	send_event(e);
	send_event(made_syn_ack(1, 1 * S + 1));
	seen_as(TW_EV_SYN_ACK, TW_DIR_REV, TW_SIDE_ROUTER);
}

static void test_addresses_tell_the_side(void **state)
{
	struct tw_conns_options options = { .wall_offset_ns = WALL, .is_local = only_192_0_2 };
	struct tw_event e;

	reopen_world(&options, false);
	e = made_syn(1, 1 * S);
	e.flags &= ~TW_EF_EGRESS; /* neither is ours, and it comes in: a router's */
	e.orig_addr = made_addr("203.0.113.5");
	send_event(e);
	seen_as(TW_EV_SYN, TW_DIR_FWD, TW_SIDE_ROUTER);
	e = made_syn(2, 1 * S);
	e.resp_addr = made_addr("192.0.2.77"); /* both are */
	send_event(e);
	seen_as(TW_EV_SYN, TW_DIR_FWD, TW_SIDE_UNKNOWN);
}

/* An ICMP error has the quoted packet's sender, and its own direction: towards that sender. */
static void test_icmp_error_has_its_own_direction(void **state)
{
	struct tw_event e = made_event(TW_EV_FRAG_NEEDED, 1, 2 * S);

	begin(1, 1 * S);
	e.flags &= ~TW_EF_EGRESS; /* it came in */
	e.icmp.family = 4;
	send_event(e);
	seen_as(TW_EV_FRAG_NEEDED, TW_DIR_IN, TW_SIDE_ORIGINATOR);
	e.flags = TW_EF_TUPLE | TW_EF_FROM_ORIG | TW_EF_OFFLINE;
	send_event(e);
	assert_int_equal(last(TW_EV_FRAG_NEEDED)->dir, TW_DIR_REV);
}

/* Whose socket is asked for: of this host's end only, and from the connection's first packet to its last. */
static struct {
	unsigned int asked[2]; /* the responder's end, the originator's */
	uint64_t from_ns, until_ns;
} owners;

static int own(void *ctx, const struct tw_conn_name *name, bool orig, uint64_t from_ns, uint64_t until_ns,
	       struct tw_process *process)
{
	owners.asked[orig]++;
	owners.from_ns = from_ns;
	owners.until_ns = until_ns;
	*process = (struct tw_process){ .pid = orig ? 10 : 20 };
	return 0;
}

static void test_owner_is_asked_for(void **state)
{
	struct tw_conns_options options = { .max_connections = 100, .wall_offset_ns = WALL, .owner = own };
	struct tw_event loop;

	memset(&owners, 0, sizeof(owners));
	reopen_world(&options, true);
	end_by(establish(1, 1 * S), 2 * S, 0, true); /* ours, by the hook */
	assert_int_equal(owners.asked[0] + owners.asked[1], 0); /* not before the end */
	tick(4 * S + SLOT);
	assert_int_equal(owners.asked[0], 0);
	assert_int_equal(owners.asked[1], 1);
	assert_int_equal(owners.from_ns, 1 * S);
	assert_int_equal(owners.until_ns, 2 * S);
	assert_non_null(last(TW_EV_CONNECTION)->owner);
	assert_null(last(TW_EV_CONNECTION)->resp_owner);
	tw_conns_early_owner(w.conns, true);
	loop = made_syn(2, 5 * S);
	loop.orig_addr = loop.resp_addr = made_addr("127.0.0.1"); /* both ends are here */
	send_event(loop);
	assert_int_equal(owners.asked[0], 1);
	assert_int_equal(owners.asked[1], 2);
	assert_non_null(last(TW_EV_SYN)->resp_owner);
	tw_conns_early_owner(w.conns, false);
	loop.type = TW_EV_PATH_DOWN; /* whose data waits is told all the same */
	send_event(loop);
	assert_int_equal(owners.asked[1], 3);
	assert_non_null(last(TW_EV_PATH_DOWN)->owner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_event_is_named),
		T(test_stranger_has_tuple_and_no_id),
		T(test_side_and_direction),
		T(test_router_is_noticed),
		T(test_addresses_tell_the_side),
		T(test_icmp_error_has_its_own_direction),
		T(test_owner_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
