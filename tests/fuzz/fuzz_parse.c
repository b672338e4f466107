// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The two packet parsers on any bytes: neither reads what it was not given, and what the fast one takes
 * the full one reads the same way.
 *
 * Input: one byte of choices, two that the wire length differs by, then the frame.
 */
#include <sanitizer/asan_interface.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "tcpwhy/config.h"
#include "tcpwhy/fast.h"
#include "tcpwhy/hook.h"
#include "tcpwhy/parse.h"

struct tw_config tw_cfg = TW_CONFIG_DEFAULT;

enum { HEAD = 3, RAW = 1, NO_WIRE_LEN = 2, LYING = 4 };

static void must_be_sane(const struct tw_obs *o, u32 wire_len)
{
	const struct tw_pkt *p = &o->pkt;

	must(o->skip < _TW_SKIP_MAX);
	must((o->what == TW_OBS_NONE) == (o->skip != TW_SKIP_OK));
	if (o->what == TW_OBS_NONE)
		return;
	must(p->family == 4 || p->family == 6);
	must(p->src <= 1);
	if (o->what == TW_OBS_ECHO)
		return;
	must(p->key.family == 4 || p->key.family == 6);
	must(tw_addr_cmp(&p->key.addr[0], &p->key.addr[1]) <= 0);
	if (o->what == TW_OBS_ERROR)
		return;
	must(p->key.family == p->family);
	must(p->hdr_len >= (p->family == 4 ? 40 : 60));
	must(p->tcp_flags & (TW_SYN | TW_ACK | TW_RST));
	must(!wire_len || p->len <= wire_len);
	must(!(p->flags & TW_OF_TS) == !(o->options & TW_OPT_TS));
}

/* The full parser, on a copy behind whose end ASan stands. */
static void parse_full(const uint8_t *data, size_t size, u32 wire_len, u32 l2, struct tw_obs *o)
{
	struct tw_hdr *hdr = malloc(sizeof(*hdr));
	u32 len = size < TW_HDR_MAX ? size : TW_HDR_MAX;

	memcpy(hdr->b, data, len);
	ASAN_POISON_MEMORY_REGION(hdr->b + len, TW_HDR_MAX - len);
	must(tw_parse(hdr, len, wire_len, l2, o) == o->what);
	ASAN_UNPOISON_MEMORY_REGION(hdr->b, TW_HDR_MAX);
	free(hdr);
	must_be_sane(o, wire_len);
}

/* In all that the classifier asks for; the packet's own addresses are asked for with ICMP only. */
static void must_agree(const struct tw_pkt *fast, int kind, const struct tw_obs *full)
{
	static const struct tw_hook hook = {};
	const uint8_t *a, *b = (const uint8_t *)full;
	struct tw_pkt p = *fast;
	struct tw_obs o;

	p.ts_ns = 0;
	tw_pkt_hook(&p, &hook);
	tw_to_scratch(&p, kind, &o);
	o.from = full->from;
	o.to = full->to;
	a = (const uint8_t *)&o;
	for (size_t i = 0; i < sizeof(o); i++) {
		if (a[i] != b[i])
			fprintf(stderr, "byte %zu of the observation: %02x, the full parser says %02x\n", i, a[i], b[i]);
		must(a[i] == b[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u32 l2, wire_len = 0;
	struct tw_obs full;
	struct tw_pkt fast;
	uint8_t *copy;
	int kind;

	if (size < HEAD)
		return 0;
	l2 = data[0] & RAW ? 0 : TW_ETH_LEN;
	size -= HEAD;
	if (!(data[0] & NO_WIRE_LEN))
		wire_len = size + (data[0] & LYING ? data[1] << 8 | data[2] : 0);
	copy = malloc(size);
	memcpy(copy, data + HEAD, size);
	memset(&fast, 0xa5, sizeof(fast)); /* what it forgets to fill will show */
	kind = tw_parse_fast(copy, copy + size, l2, &fast);
	if (kind && wire_len && !tw_is_whole(&fast, l2, wire_len))
		kind = 0;
	parse_full(copy, size, wire_len, l2, &full);
	if (kind)
		must_agree(&fast, kind, &full);
	free(copy);
	return 0;
}
