// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The parsers: packets in, facts out; every row also cut at every length, each time in memory of exactly that size. */
#include <stdio.h>

#include "parsed.h"

struct row {
	const char *name;
	struct pkt pkt;
	enum tw_obs_what what;
	enum tw_skip skip;
	/* what is not the packet's own */
	u8 options;
	u8 sacks;
	u8 flags;        /* TW_OF_* that must be set beyond the usual */
	bool fast;       /* the fast parser must take it */
};

#define ERROR4 V4, .what = PKT_ICMP_ERROR, .quote_src = C4, .quote_dst = S4
#define ERROR6 V6, .what = PKT_ICMP_ERROR, .quote_src = C6, .quote_dst = S6
#define TCP_ROW(...) .what = TW_OBS_TCP, __VA_ARGS__
#define SKIPPED(why) .what = TW_OBS_NONE, .skip = TW_SKIP_##why

static const struct row rows[] = {
	{ "IPv4", { V4, TCP, .len = 100 }, TCP_ROW(.fast = true) },
	{ "IPv4 with timestamps", { V4, TCP, .has_ts = true, .tsval = 5, .tsecr = 6, .len = 10 },
	  TCP_ROW(.fast = true, .options = TW_OPT_TS, .flags = TW_OF_TS) },
	{ "IPv4 without DF", { .family = 4, .src = C4, .dst = S4, .ttl = 3, TCP }, TCP_ROW(.fast = true) },
	{ "IPv4 PSH and ECN flags", { V4, .seq = 1, .ack = 2, .flags = PKT_ACK | PKT_PSH | PKT_ECE, .len = 9 }, TCP_ROW(.fast = true) },
	{ "IPv4 URG", { V4, .seq = 1, .ack = 2, .flags = PKT_ACK | PKT_URG, .len = 9 }, TCP_ROW() },
	{ "IPv4 FIN", { V4, .seq = 1, .ack = 2, .flags = PKT_ACK | PKT_FIN }, TCP_ROW() },
	{ "IPv4 RST", { V4, .seq = 1, .flags = PKT_RST }, TCP_ROW() },
	{ "IPv4 RST and FIN and SYN", { V4, .seq = 1, .flags = PKT_RST | PKT_SYN | PKT_FIN }, TCP_ROW() },
	{ "IPv4 no link header", { V4, TCP, .no_link = true, .len = 10 }, TCP_ROW(.fast = true) },
	{ "IPv4 options", { V4, TCP, .ip_option_words = 1, .len = 10 }, TCP_ROW() },
	{ "IPv4 all options", { V4, TCP, .ip_option_words = 10, .len = 10 }, TCP_ROW() },
	{ "IPv4 802.1Q", { V4, TCP, .vlans = 1, .len = 10 }, TCP_ROW() },
	{ "IPv4 QinQ", { V4, TCP, .vlans = 2, .vlan_type = { 0x88a8, 0x8100 }, .len = 10 }, TCP_ROW() },
	{ "IPv4 three tags", { V4, TCP, .vlans = 3, .vlan_type = { 0x9100, 0x88a8, 0x8100 } }, TCP_ROW() },
	{ "IPv4 four tags", { V4, TCP, .vlans = 4 }, SKIPPED(NOT_TCP) },
	{ "IPv4 first fragment", { V4, TCP, .mf = true, .len = 16 }, TCP_ROW() },
	{ "IPv4 later fragment", { V4, TCP, .mf = true, .frag_offset = 3, .len = 16 }, SKIPPED(FRAGMENT) },
	{ "IPv4 last fragment", { V4, TCP, .frag_offset = 3, .len = 16 }, SKIPPED(FRAGMENT) },
	{ "IPv4 UDP", { V4, .what = PKT_UDP, .len = 20 }, SKIPPED(NOT_TCP) },
	{ "IPv4 SYN with all options", { V4, .seq = 1, .flags = PKT_SYN, .has_mss = true, .mss = 1460, .has_ws = true, .ws = 7,
	  .sack_ok = true, .has_ts = true, .tsval = 9, .tfo = true, .mptcp = true },
	  TCP_ROW(.options = TW_OPT_MSS | TW_OPT_WSCALE | TW_OPT_SACK | TW_OPT_TS | TW_OPT_TFO | TW_OPT_MPTCP, .flags = TW_OF_TS) },
	{ "IPv4 SYN with ECN", { V4, .seq = 1, .flags = PKT_SYN | PKT_ECE | PKT_CWR }, TCP_ROW(.options = TW_OPT_ECN) },
	{ "IPv4 SYN-ACK with ECN", { V4, .seq = 1, .flags = PKT_SYN | PKT_ACK | PKT_ECE }, TCP_ROW(.options = TW_OPT_ECN) },
	{ "IPv4 SYN-ACK with ECE and CWR", { V4, .seq = 1, .flags = PKT_SYN | PKT_ACK | PKT_ECE | PKT_CWR }, TCP_ROW() },
	{ "IPv4 four SACK blocks", { V4, .seq = 1, .ack = 1000, .flags = PKT_ACK, .sacks = 4,
	  .sack = { { 2000, 3000 }, { 4000, 5000 }, { 6000, 7000 }, { 3500, 3600 } } }, TCP_ROW(.sacks = 4) },
	{ "IPv4 three SACK blocks and timestamps", { V4, .seq = 1, .ack = 1000, .flags = PKT_ACK, .sacks = 3, .has_ts = true,
	  .sack = { { 2000, 3000 }, { 4000, 5000 }, { 6000, 7000 } } }, TCP_ROW(.sacks = 3, .options = TW_OPT_TS, .flags = TW_OF_TS) },
	{ "IPv4 D-SACK below the ACK", { V4, .seq = 1, .ack = 1000, .flags = PKT_ACK, .sacks = 1, .sack = { { 500, 600 } } },
	  TCP_ROW(.sacks = 1, .flags = TW_OF_DSACK) },
	{ "IPv4 D-SACK within the second block", { V4, .seq = 1, .ack = 1000, .flags = PKT_ACK, .sacks = 2,
	  .sack = { { 2000, 2100 }, { 1500, 3000 } } }, TCP_ROW(.sacks = 2, .flags = TW_OF_DSACK) },
	{ "IPv4 timestamps not padded", { V4, TCP, .has_ts = true, .ts_last = true, .tsval = 5, .tsecr = 6 },
	  TCP_ROW(.options = TW_OPT_TS, .flags = TW_OF_TS) },
	{ "IPv4 option of length 0", { V4, TCP, .raw_options_len = 4, .raw_options = { 9, 0, 1, 1 } }, TCP_ROW(.options = TW_OPT_UNKNOWN) },
	{ "IPv4 option of length 1", { V4, TCP, .raw_options_len = 4, .raw_options = { 9, 1, 1, 1 } }, TCP_ROW(.options = TW_OPT_UNKNOWN) },
	{ "IPv4 option longer than the header", { V4, TCP, .raw_options_len = 4, .raw_options = { 2, 40, 1, 1 } }, TCP_ROW(.options = TW_OPT_UNKNOWN) },
	{ "IPv4 MSS of a wrong length is none", { V4, TCP, .raw_options_len = 4, .raw_options = { 2, 3, 9, 1 } }, TCP_ROW() },
	{ "IPv4 options end early", { V4, TCP, .raw_options_len = 8, .raw_options = { 0, 2, 4, 5, 180, 1, 1, 1 } }, TCP_ROW() },
	{ "IPv4 forty NOPs", { V4, TCP, .raw_options_len = 40, .raw_options = { [0 ... 39] = 1 } }, TCP_ROW() },
	{ "IPv4 thirty-eight NOPs and SACK-OK", { V4, TCP, .raw_options_len = 40, .raw_options = { [0 ... 37] = 1, 4, 2 } },
	  TCP_ROW(.options = TW_OPT_SACK) },
	{ "IPv4 loopback", { .family = 4, .src = { { 127, 0, 0, 1 }, 5 }, .dst = { { 127, 0, 0, 1 }, 6 }, TCP }, TCP_ROW(.fast = true, .flags = TW_OF_LOOPBACK) },
	{ "IPv4 SYN and FIN", { V4, .flags = PKT_SYN | PKT_FIN }, SKIPPED(BAD_TCP_FLAGS) },
	{ "IPv4 no flags", { V4, .flags = 0 }, SKIPPED(BAD_TCP_FLAGS) },
	{ "IPv4 FIN alone", { V4, .flags = PKT_FIN }, SKIPPED(BAD_TCP_FLAGS) },
	{ "IPv4 TCP header of 4 words", { V4, TCP, .doff_delta = 15, .len = 10 }, SKIPPED(BAD_TCP_HEADER) },
	{ "IPv4 TCP header of no words", { V4, TCP, .doff_delta = 11, .len = 10 }, SKIPPED(BAD_TCP_HEADER) },
	{ "IPv4 TCP header longer than the packet", { V4, TCP, .doff_delta = 3, .len = 11 }, SKIPPED(BAD_TCP_HEADER) },
	{ "IPv4 length below its header", { V4, TCP, .ip_len_delta = -21 }, SKIPPED(BAD_IP_HEADER) },
	{ "IPv4 length without a TCP header", { V4, TCP, .ip_len_delta = -1 }, SKIPPED(BAD_TCP_HEADER) },
	{ "IPv4 padded frame", { V4, TCP, .len = 6, .ip_len_delta = -6 }, TCP_ROW(.fast = true) },
	{ "IPv4 longer than the frame", { V4, TCP, .ip_len_delta = 1 }, SKIPPED(TRUNCATED) },
	{ "IPv6", { V6, TCP, .len = 100 }, TCP_ROW(.fast = true) },
	{ "IPv6 with timestamps", { V6, TCP, .has_ts = true, .tsval = 5, .tsecr = 6 }, TCP_ROW(.fast = true, .options = TW_OPT_TS, .flags = TW_OF_TS) },
	{ "IPv6 no link header", { V6, TCP, .no_link = true }, TCP_ROW(.fast = true) },
	{ "IPv6 802.1Q", { V6, TCP, .vlans = 1 }, TCP_ROW() },
	{ "IPv6 hop-by-hop", { V6, TCP, .exts = 1, .ext = { { 0, 0 } }, .len = 5 }, TCP_ROW() },
	{ "IPv6 long destination options", { V6, TCP, .exts = 1, .ext = { { 60, 15 } }, .len = 5 }, TCP_ROW() },
	{ "IPv6 six headers", { V6, TCP, .exts = 6, .ext = { { 0, 1 }, { 60, 0 }, { 43, 2 }, { 44, 0 }, { 51, 1 }, { 60, 0 } } }, TCP_ROW() },
	{ "IPv6 seven headers", { V6, TCP, .exts = 7, .ext = { { 60, 0 }, { 60, 0 }, { 60, 0 }, { 60, 0 }, { 60, 0 }, { 60, 0 }, { 60, 0 } } },
	  SKIPPED(BAD_EXTENSION) },
	{ "IPv6 first fragment", { V6, TCP, .exts = 1, .ext = { { 44, 0 } }, .mf = true, .len = 8 }, TCP_ROW() },
	{ "IPv6 later fragment", { V6, TCP, .exts = 1, .ext = { { 44, 0 } }, .frag_offset = 4, .len = 8 }, SKIPPED(FRAGMENT) },
	{ "IPv6 header longer than the packet", { V6, TCP, .exts = 1, .ext = { { 60, 0 } }, .ip_len_delta = -22 }, SKIPPED(BAD_EXTENSION) },
	{ "IPv6 UDP", { V6, .what = PKT_UDP }, SKIPPED(NOT_TCP) },
	{ "IPv6 loopback", { .family = 6, .src = { { [15] = 1 }, 5 }, .dst = { { [15] = 1 }, 6 }, TCP }, TCP_ROW(.fast = true, .flags = TW_OF_LOOPBACK) },
	{ "ICMP echo", { V4, .what = PKT_ECHO, .icmp_type = 8, .icmp_id = 3, .icmp_seq = 4, .len = 56 }, .what = TW_OBS_ECHO },
	{ "ICMP echo reply", { V4, .what = PKT_ECHO, .icmp_type = 0, .icmp_id = 3, .icmp_seq = 4 }, .what = TW_OBS_ECHO },
	{ "ICMP timestamp request", { V4, .what = PKT_ECHO, .icmp_type = 13 }, SKIPPED(NOT_TCP) },
	{ "ICMPv6 echo", { V6, .what = PKT_ECHO, .icmp_type = 128, .icmp_id = 3, .icmp_seq = 4, .len = 9 }, .what = TW_OBS_ECHO },
	{ "ICMPv6 neighbour solicitation", { V6, .what = PKT_ECHO, .icmp_type = 135 }, SKIPPED(NOT_TCP) },
	{ "frag_needed", { ERROR4, .icmp_type = 3, .icmp_code = 4, .mtu = 1400, .seq = 9 }, .what = TW_OBS_ERROR },
	{ "frag_needed, eight bytes of TCP", { ERROR4, .icmp_type = 3, .icmp_code = 4, .mtu = 1400, .seq = 9, .quote_bytes = 8 }, .what = TW_OBS_ERROR },
	{ "frag_needed, seven bytes of TCP", { ERROR4, .icmp_type = 3, .icmp_code = 4, .mtu = 1400, .quote_bytes = 7 }, SKIPPED(BAD_QUOTE) },
	{ "frag_needed, quoted length less than its header", { ERROR4, .icmp_type = 3, .icmp_code = 4, .mtu = 1400, .quote_ip_len = 10 }, SKIPPED(BAD_QUOTE) },
	{ "frag_needed, quoted IP options", { ERROR4, .icmp_type = 3, .icmp_code = 4, .mtu = 1400, .seq = 9, .quote_ip_option_words = 5 }, .what = TW_OBS_ERROR },
	{ "frag_needed about UDP", { ERROR4, .icmp_type = 3, .icmp_code = 4, .quote_proto = 17 }, SKIPPED(NOT_TCP) },
	{ "frag_needed with IP options", { ERROR4, .ip_option_words = 2, .icmp_type = 3, .icmp_code = 4, .mtu = 1400, .seq = 9 }, .what = TW_OBS_ERROR },
	{ "time exceeded", { ERROR4, .icmp_type = 11, .seq = 9 }, .what = TW_OBS_ERROR },
	{ "packet too big", { ERROR6, .icmp_type = 2, .mtu = 1400, .seq = 9 }, .what = TW_OBS_ERROR },
	{ "packet too big behind hop-by-hop", { ERROR6, .exts = 1, .ext = { { 0, 0 } }, .icmp_type = 2, .mtu = 1400, .seq = 9 }, .what = TW_OBS_ERROR },
	{ "unreachable", { ERROR6, .icmp_type = 1, .icmp_code = 4, .seq = 9 }, .what = TW_OBS_ERROR },
};

static const u8 *addr4(const struct tw_addr *a)
{
	return (const u8 *)&a->word[3];
}

static bool is_addr(const struct tw_addr *a, const struct pkt_end *end, int family)
{
	static const u8 prefix[12] = { [10] = 0xff, [11] = 0xff };

	if (family == 6)
		return !memcmp(a, end->addr, 16);
	return !memcmp(a, prefix, 12) && !memcmp(addr4(a), end->addr, 4);
}

static void check_tuple(const struct tw_pkt *k, const struct pkt_end *src, const struct pkt_end *dst, int family)
{
	int side = k->src;

	assert_true(side == 0 || side == 1);
	assert_true(is_addr(&k->key.addr[side], src, family));
	assert_true(is_addr(&k->key.addr[!side], dst, family));
	assert_int_equal(k->key.port[side], src->port);
	assert_int_equal(k->key.port[!side], dst->port);
	assert_int_equal(k->key.family, family);
}

static void check_sacks(const struct pkt *p, const struct tw_obs *o)
{
	u32 high = p->sack[0][1];

	for (int i = 1; i < p->sacks; i++)
		if (tw_seq_diff(p->sack[i][1], high) > 0)
			high = p->sack[i][1];
	if (p->sacks)
		assert_int_equal(o->sack_high, high);
}

static void check_tcp(const struct row *r, const struct tw_obs *o)
{
	const struct pkt *p = &r->pkt;
	const struct tw_pkt *k = &o->pkt;
	u8 flags = r->flags | (p->df || p->family == 6 ? TW_OF_DF : 0) | (p->family == 4 ? TW_OF_IP_ID : 0);

	check_tuple(k, &p->src, &p->dst, p->family);
	assert_int_equal(k->seq, p->seq);
	assert_int_equal(k->ack, p->ack);
	assert_int_equal(k->win, p->win);
	assert_int_equal(k->len, p->len + (r->skip ? 0 : TW_MIN(p->ip_len_delta, 0)));
	assert_int_equal(k->tcp_flags, p->flags);
	assert_int_equal(k->flags, flags);
	assert_int_equal(k->ttl, p->ttl);
	assert_int_equal(k->ip_id, p->family == 4 ? p->id : 0);
	assert_int_equal(k->tsval, p->has_ts ? p->tsval : 0);
	assert_int_equal(k->tsecr, p->has_ts ? p->tsecr : 0);
	assert_int_equal(o->options, r->options);
	assert_int_equal(o->mss, p->has_mss ? p->mss : 0);
	assert_int_equal(o->wscale, p->has_ws ? p->ws : TW_WSCALE_NONE);
	assert_int_equal(o->sacks, r->sacks);
	check_sacks(p, o);
}

static void check_icmp(const struct row *r, const struct tw_obs *o)
{
	const struct pkt *p = &r->pkt;

	assert_int_equal(o->icmp_type, p->icmp_type);
	assert_int_equal(o->icmp_code, p->icmp_code);
	assert_true(is_addr(&o->from, &p->src, p->family));
	assert_true(is_addr(&o->to, &p->dst, p->family));
	assert_int_equal(o->pkt.family, p->family);
	if (r->what == TW_OBS_ECHO) {
		assert_int_equal(o->icmp_id, p->icmp_id);
		assert_int_equal(o->icmp_seq, p->icmp_seq);
		assert_int_equal(o->icmp_size, p->len);
		return;
	}
	check_tuple(&o->pkt, &p->quote_src, &p->quote_dst, p->family);
	assert_int_equal(o->pkt.seq, p->seq);
	assert_int_equal(o->mtu, p->mtu);
	assert_int_equal(o->quoted_len, 1500);
}

static size_t build(const struct row *r, u8 *frame, size_t size)
{
	size_t len = pkt_build(&r->pkt, frame, size);

	assert_true(len > 0);
	return len;
}

/* ---- whole packets ---- */

static void test_whole(void **state)
{
	const struct row *r = *state;
	u8 frame[2048];
	size_t len = build(r, frame, sizeof(frame));
	u32 l2 = r->pkt.no_link ? 0 : 14;
	struct tw_obs o;
	struct tw_pkt p;

	parse_full(frame, len, len, l2, 0xee, &o);
	assert_int_equal(o.what, r->what);
	assert_int_equal(o.skip, r->skip);
	if (r->what == TW_OBS_TCP)
		check_tcp(r, &o);
	else if (r->what != TW_OBS_NONE)
		check_icmp(r, &o);
	assert_int_equal(!!parse_fast(frame, len, len, l2, &p), r->fast);
}

/* ---- cut at every length ---- */

/* On the wire no longer than this: never judged, and of what it lacks something is named. */
static void check_short(const struct row *r, const u8 *frame, size_t cut, size_t need, u32 l2)
{
	struct tw_obs a, b;
	struct tw_pkt p;

	parse_full(frame, cut, cut, l2, 0x00, &a);
	parse_full(frame, cut, cut, l2, 0xff, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	if (cut < need) {
		assert_int_equal(a.what, TW_OBS_NONE);
		assert_true(a.skip != TW_SKIP_OK);
		if (r->what != TW_OBS_NONE)
			assert_int_equal(a.skip, TW_SKIP_TRUNCATED);
		assert_int_equal(parse_fast(frame, cut, cut, l2, &p), 0);
	}
}

/* Longer on the wire, but that is all that was captured: as the whole one, or nothing, or its options unknown. */
static void check_cut(const struct row *r, const u8 *frame, size_t cut, size_t len, u32 l2, const struct tw_obs *whole)
{
	struct tw_obs a, b;

	parse_full(frame, cut, len, l2, 0x00, &a);
	parse_full(frame, cut, len, l2, 0xff, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	if (a.what == TW_OBS_NONE) {
		if (r->what != TW_OBS_NONE)
			assert_true(a.skip == TW_SKIP_TRUNCATED || a.skip == TW_SKIP_BAD_QUOTE);
		return;
	}
	assert_int_equal(a.what, whole->what);
	if (a.options & TW_OPT_UNKNOWN) {
		assert_int_equal(a.options & ~whole->options & ~TW_OPT_UNKNOWN, 0);
		assert_int_equal(a.pkt.seq, whole->pkt.seq);
		assert_int_equal(a.pkt.len, whole->pkt.len);
	} else {
		assert_memory_equal(&a, whole, sizeof(a));
	}
}

static void test_cut(void **state)
{
	const struct row *r = *state;
	u8 frame[2048];
	size_t len = build(r, frame, sizeof(frame));
	u32 l2 = r->pkt.no_link ? 0 : 14;
	size_t need = len + TW_MIN(r->pkt.ip_len_delta, 0);
	struct tw_obs whole;

	parse_full(frame, len, len, l2, 0x55, &whole);
	for (size_t cut = 0; cut < len; cut++) {
		check_short(r, frame, cut, need, l2);
		check_cut(r, frame, cut, len, l2, &whole);
	}
}

/* ---- super-packets beyond 64 KiB: no length in their IP headers, that of the frame is believed ---- */

static void test_beyond_64k(void **state)
{
	struct pkt v4 = { V4, TCP, .has_ts = true, .ip_len_delta = -52 };
	struct pkt v6 = { V6, TCP, .has_ts = true, .ip_len_delta = -32 };
	u8 frame[200];
	struct tw_obs o;
	size_t len;

	len = pkt_build(&v4, frame, sizeof(frame));
	parse_full(frame, len, 70000, 14, 0, &o);
	assert_int_equal(o.what, TW_OBS_TCP);
	assert_int_equal(o.pkt.len, 70000 - 14 - 20 - 32);
	parse_full(frame, len, 65535, 14, 0, &o);
	assert_int_equal(o.skip, TW_SKIP_BAD_IP_HEADER);
	len = pkt_build(&v6, frame, sizeof(frame));
	parse_full(frame, len, 70000, 14, 0, &o);
	assert_int_equal(o.what, TW_OBS_TCP);
	assert_int_equal(o.pkt.len, 70000 - 14 - 40 - 32);
	parse_full(frame, len, 65535, 14, 0, &o);
	assert_int_equal(o.what, TW_OBS_NONE);
}

int main(void)
{
	enum { ROWS = sizeof(rows) / sizeof(*rows) };
	struct CMUnitTest tests[2 * ROWS + 1];
	static char cut_names[ROWS][80];
	size_t n = 0;

	for (size_t i = 0; i < ROWS; i++) {
		snprintf(cut_names[i], sizeof(cut_names[i]), "%s, cut", rows[i].name);
		tests[n++] = (struct CMUnitTest){ .name = rows[i].name, .test_func = test_whole, .initial_state = (void *)&rows[i] };
		tests[n++] = (struct CMUnitTest){ .name = cut_names[i], .test_func = test_cut, .initial_state = (void *)&rows[i] };
	}
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_beyond_64k);
	return _cmocka_run_group_tests("parse", tests, n, NULL, NULL);
}
