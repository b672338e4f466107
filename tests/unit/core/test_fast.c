// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The fast parser never disagrees with the full one: on random packets, and at the border of what it takes. */
#include "parsed.h"
#include "pkt_random.h"

/* Returns whether the fast parser took the frame. */
static bool check_agreement(const u8 *frame, size_t len, u32 l2)
{
	struct tw_hook hook = {};
	struct tw_obs full, fast;
	struct tw_pkt p;
	int kind;

	memset(&p, 0xab, sizeof(p));
	kind = parse_fast(frame, len, len, l2, &p);
	if (!kind)
		return false;
	p.ts_ns = 0;
	tw_pkt_hook(&p, &hook);
	tw_to_scratch(&p, kind, &fast);
	parse_full(frame, len, len, l2, 0, &full);
	assert_int_equal(full.what, TW_OBS_TCP);
	/* Only ICMP events need the addresses again. */
	full.from = full.to = (struct tw_addr){};
	assert_memory_equal(&full.pkt, &fast.pkt, sizeof(full.pkt));
	assert_memory_equal(&full, &fast, sizeof(full));
	return true;
}

/* Mostly plain frames with a byte of their headers changed: the border of what the fast parser takes. */
static void border_frame(struct pkt_random *r, struct pkt_random_frame *f)
{
	struct pkt v4 = { V4, TCP, .len = pkt_random_below(r, 60), .has_ts = pkt_random_below(r, 2) };
	struct pkt v6 = { V6, TCP, .len = pkt_random_below(r, 60), .has_ts = pkt_random_below(r, 2) };

	f->len = pkt_build(pkt_random_below(r, 2) ? &v4 : &v6, f->bytes, sizeof(f->bytes));
	for (u32 n = pkt_random_below(r, 3); n; n--)
		f->bytes[pkt_random_below(r, TW_MIN(f->len, 90))] =
			pkt_random_below(r, 2) ? pkt_random_below(r, 256) : 1u << pkt_random_below(r, 8);
	if (!pkt_random_below(r, 4))
		f->len = pkt_random_below(r, f->len + 1);
}

static void test_agreement(void **state)
{
	static struct pkt_random_frame f;
	struct pkt_random r;
	u32 taken[2] = {};

	pkt_random_init(&r, 4711);
	for (u32 i = 0; i < 200000; i++) {
		pkt_random_next(&r, &f, false);
		taken[0] += check_agreement(f.bytes, f.len, pkt_random_below(&r, 20) ? 14 : 0);
		border_frame(&r, &f);
		taken[1] += check_agreement(f.bytes, f.len, pkt_random_below(&r, 20) ? 14 : 0);
	}
	/* Or the test would say nothing. */
	assert_true(taken[0] > 30000 && taken[1] > 30000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agreement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
