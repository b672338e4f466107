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

#include "names.h"
#include "nativetable.h"
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
	for (size_t i = 0; i < sizeof(*fast) && same; i++)
		if (((const uint8_t *)fast)[i] != ((const uint8_t *)slow)[i])
			print_error("byte %zu of a half\n", i);
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
			print_error("what went wrong differs\n");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unruly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
