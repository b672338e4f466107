/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fast path must not be seen: the same packets judged with it and without leave the same state and
 * say the same. Frames with a VLAN tag never take it, so each packet is fed twice, to one table as it
 * is and to another with a tag.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "capture/nativetable.h"
#include "pkt_random.h"
#include "tcpwhy/event.h"

#define CONNECTIONS 64
#define RECORDS 64

struct side {
	struct tw_native *native;
	struct tw_event event[RECORDS]; /* of one packet */
	size_t events;
};

struct pair {
	struct side fast, slow;
	struct tw_key key[CONNECTIONS];
	struct tw_flow flow[CONNECTIONS];
	size_t flows;
	uint64_t said;
};

static void on_record(void *ctx, const void *bytes, size_t len)
{
	struct side *side = ctx;

	assert_true(side->events < RECORDS);
	memcpy(&side->event[side->events++], bytes, sizeof(struct tw_event));
}

static void pair_init(struct pair *pair)
{
	struct tw_native_options options = { .max_connections = CONNECTIONS, .max_half_open = CONNECTIONS };

	memset(pair, 0, sizeof(*pair));
	assert_int_equal(tw_native_new(&pair->fast.native, &options, on_record, &pair->fast), 0);
	assert_int_equal(tw_native_new(&pair->slow.native, &options, on_record, &pair->slow), 0);
}

static void pair_release(struct pair *pair)
{
	tw_native_free(pair->fast.native);
	tw_native_free(pair->slow.native);
}

static void feed(struct side *side, const struct pkt_random_frame *f, const uint8_t *bytes, size_t len)
{
	struct tw_native_packet packet = { .bytes = bytes, .len = len, .wire_len = len, .l2 = 14, .ifindex = 1,
					   .segs = f->segs, .gso_size = f->gso_size, .egress = f->egress,
					   .forwarded = f->forwarded, .ts_ns = f->ts_ns };

	side->events = 0;
	tw_native_feed(side->native, &packet);
}

/* ---- state ---- */

static void keep(void *ctx, const struct tw_key *key, const struct tw_flow *flow)
{
	struct pair *pair = ctx;

	pair->key[pair->flows] = *key;
	pair->flow[pair->flows++] = *flow;
}

#define SAME(member) do { if (fast->member != slow->member) { \
	print_error("%s: %llu with the fast path, %llu without\n", #member, \
		    (unsigned long long)fast->member, (unsigned long long)slow->member); same = false; } } while (0)

static size_t first_difference(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a, *y = b;
	size_t i = 0;

	while (i < size && x[i] == y[i])
		i++;
	return i;
}

static bool same_half(const struct tw_half *fast, const struct tw_half *slow)
{
	bool same = true;

	SAME(bytes);
	SAME(last_ns);
	SAME(timed_ns);
	SAME(rtt_sum_ns);
	SAME(rtt_count);
	SAME(rtt_min_ns);
	SAME(packets);
	SAME(data_segments);
	SAME(snd_nxt);
	SAME(ack);
	SAME(ack_prev);
	SAME(win);
	SAME(tsval);
	SAME(answered);
	SAME(progress_us);
	SAME(flight_us);
	SAME(flags);
	SAME(ip_id);
	SAME(id_run);
	SAME(quiet_s);
	SAME(largest_acked);
	SAME(dupack_run);
	SAME(probes);
	if (!memcmp(fast, slow, sizeof(*fast)))
		return same;
	if (same)
		print_error("byte %zu of a half\n", first_difference(fast, slow, sizeof(*fast)));
	return false;
}

static bool same_flow(const struct tw_flow *fast, const struct tw_flow *slow)
{
	bool same = true;

	SAME(id);
	SAME(last_ns);
	SAME(history);
	SAME(flags);
	for (int i = 0; i < _TW_OWNER_MAX; i++)
		SAME(time_ns[i]);
	same = same_half(&fast->half[0], &slow->half[0]) && same;
	return same_half(&fast->half[1], &slow->half[1]) && same;
}

static bool same_state(struct pair *pair)
{
	struct tw_store *store[] = { tw_native_store(pair->fast.native), tw_native_store(pair->slow.native) };
	struct tw_trouble trouble[2];
	struct tw_flow slow;
	bool same = true, troubled[2];

	pair->flows = 0;
	while (!store[0]->sweep(store[0], CONNECTIONS, keep, pair))
		;
	for (size_t i = 0; i < pair->flows && same; i++) {
		const struct tw_flow *fast = &pair->flow[i];
		struct tw_flow copy;

		same = !store[1]->lookup(store[1], &pair->key[i], fast->id, &slow, &trouble[1], &troubled[1]);
		same = same && same_flow(fast, &slow);
		store[0]->lookup(store[0], &pair->key[i], fast->id, &copy, &trouble[0], &troubled[0]);
		same = same && troubled[0] == troubled[1];
		if (same && troubled[0] && memcmp(&trouble[0], &trouble[1], sizeof(trouble[0]))) {
			print_error("what went wrong differs, at byte %zu\n", first_difference(&trouble[0], &trouble[1], sizeof(trouble[0])));
			same = false;
		}
	}
	return same;
}

static bool same_events(const struct pair *pair)
{
	const struct side *fast = &pair->fast, *slow = &pair->slow;

	for (size_t i = 0; i < fast->events || i < slow->events; i++) {
		const char *a = i < fast->events ? tw_event_word(fast->event[i].type) : "nothing";
		const char *b = i < slow->events ? tw_event_word(slow->event[i].type) : "nothing";

		if (i < fast->events && i < slow->events && !memcmp(&fast->event[i], &slow->event[i], sizeof(fast->event[i])))
			continue;
		print_error("with the fast path %s, without %s\n", a, b);
		return false;
	}
	return true;
}

/* Shows the packet to both; false, with what differs, unless all is alike afterwards. */
static bool feed_both(struct pair *pair, const struct pkt_random_frame *f)
{
	uint8_t *exact = malloc(f->len), *tagged = malloc(f->len + 4);
	bool same;

	assert_non_null(exact);
	assert_non_null(tagged);
	memcpy(exact, f->bytes, f->len);
	memcpy(tagged, f->bytes, 12);
	memcpy(tagged + 12, "\x81\x00\x00\x07", 4);
	memcpy(tagged + 16, f->bytes + 12, f->len - 12);
	feed(&pair->fast, f, exact, f->len);
	feed(&pair->slow, f, tagged, f->len + 4);
	free(exact);
	free(tagged);
	pair->said += pair->fast.events;
	same = same_events(pair);
	return same_state(pair) && same;
}

static void print_frame(const struct pkt_random_frame *f, unsigned int i)
{
	print_error("packet %u, at %.6f s, %zu bytes:", i, f->ts_ns / 1e9, f->len);
	for (size_t n = 14; n < f->len && n < 110; n++)
		print_error("%s%02x", n % 4 == 2 ? " " : "", f->bytes[n]);
	print_error("\n");
}

/* ---- what is fed ---- */

/* Connections that misbehave in every way, but with whole frames. */
static void test_unruly(void **state)
{
	struct pkt_random_frame f;
	struct pkt_random r;
	struct pair pair;

	for (uint64_t seed = 1; seed <= 10; seed++) {
		pair_init(&pair);
		pkt_random_init(&r, seed);
		for (unsigned int i = 0; i < 10000; i++) {
			pkt_random_next(&r, &f, true);
			if (feed_both(&pair, &f))
				continue;
			print_frame(&f, i);
			fail_msg("seed %llu", (unsigned long long)seed);
		}
		pair_release(&pair);
	}
}

/* A connection that transfers: what each side has sent, and what of it the other has acknowledged. */
struct transfer {
	bool v6, ts;
	uint32_t nxt[2], acked[2], tsval;
	uint16_t id[2], port;
	uint32_t in_row;      /* full segments since the last with PSH */
};

static void send_packet(struct pair *pair, struct transfer *t, int from, uint8_t flags, uint32_t len, uint64_t ts_ns)
{
	struct pkt_end c = { { t->v6 ? 0xfd : 10, 0, 0, 1 }, t->port }, s = { { t->v6 ? 0xfd : 10, 0, 0, 2 }, 443 };
	struct pkt p = { .family = t->v6 ? 6 : 4, .src = from ? s : c, .dst = from ? c : s, .ttl = 64, .df = true,
			 .id = t->id[from]++, .flags = flags, .seq = t->nxt[from], .len = len, .win = 5000, .has_ts = t->ts,
			 .tsval = t->tsval++, .tsecr = 1, .has_mss = flags & PKT_SYN, .mss = 1460, .has_ws = flags & PKT_SYN, .ws = 7 };
	struct pkt_random_frame f = { .ts_ns = ts_ns };

	if (flags & PKT_ACK) {
		p.ack = t->nxt[!from];
		t->acked[!from] = p.ack;
	}
	if (len > 1460)
		f.gso_size = t->ts ? 1448 : 1460;
	f.segs = f.gso_size && t->v6 ? (len + f.gso_size - 1) / f.gso_size : 0;
	t->nxt[from] += len + !!(flags & PKT_SYN);
	f.len = pkt_build(&p, f.bytes, sizeof(f.bytes));
	assert_true(f.len > 0);
	if (feed_both(pair, &f))
		return;
	print_frame(&f, 0);
	fail_msg("at %.6f s", ts_ns / 1e9);
}

static void open_transfer(struct pair *pair, struct transfer *t, unsigned int i, struct pkt_random *r, uint64_t *now)
{
	*t = (struct transfer){ .v6 = i & 1, .ts = i & 2, .port = 40000 + i, .tsval = 100 };
	t->nxt[0] = 0u - pkt_random_below(r, 100000);
	t->nxt[1] = 0x7fffffff - pkt_random_below(r, 100000);
	send_packet(pair, t, 0, PKT_SYN, 0, *now);
	send_packet(pair, t, 1, PKT_SYN | PKT_ACK, 0, *now += 10000000);
	send_packet(pair, t, 0, PKT_ACK, 0, *now += 1000000);
}

/* One side sends, the other acknowledges now and then; sometimes it is the other's turn, or both send. */
static void transfer_on(struct pair *pair, struct transfer *t, struct pkt_random *r, uint64_t *now)
{
	int sender = pkt_random_below(r, 3) ? 0 : 1;
	uint32_t burst = 1 + pkt_random_below(r, 20), full = t->ts ? 1448 : 1460;

	for (uint32_t i = 0; i < burst; i++) {
		bool last = i + 1 == burst;
		uint32_t len = last ? 1 + pkt_random_below(r, full) : pkt_random_below(r, 8) ? full : 3 * 600;

		if (!pkt_random_below(r, 4)) /* the coarse clock stands still for a while */
			*now += 1000ULL * pkt_random_below(r, 4000);
		send_packet(pair, t, sender, last ? PKT_ACK | PKT_PSH : PKT_ACK, len, *now);
		if (!pkt_random_below(r, 6) && t->acked[sender] != t->nxt[sender])
			send_packet(pair, t, !sender, PKT_ACK, pkt_random_below(r, 5) ? 0 : 200, *now += 500000);
	}
	if (pkt_random_below(r, 2) && t->acked[sender] != t->nxt[sender])
		send_packet(pair, t, !sender, PKT_ACK, 0, *now += 1000ULL * pkt_random_below(r, 60000));
	if (!pkt_random_below(r, 50))
		*now += 1000000ULL * pkt_random_below(r, 15000);
}

/* Healthy connections in bulk, in turns, both ways at once, with pauses: what the fast path is for. */
static void test_healthy(void **state)
{
	struct transfer transfers[8];
	struct pkt_random r;
	struct pair pair;
	uint64_t now = 1000000000000ULL;

	pair_init(&pair);
	pkt_random_init(&r, 12);
	for (unsigned int i = 0; i < 8; i++)
		open_transfer(&pair, &transfers[i], i, &r, &now);
	for (unsigned int i = 0; i < 4000; i++)
		transfer_on(&pair, &transfers[pkt_random_below(&r, 8)], &r, &now);
	pair_release(&pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unruly),
		cmocka_unit_test(test_healthy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
