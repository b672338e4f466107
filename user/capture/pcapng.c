// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The newer container (draft-ietf-opsawg-pcapng): blocks. A section may have several interfaces, each
 * with its own link type, snaplen and clock; a file may have several sections, each of either byte order.
 */
#include "container.h"

#include <errno.h>
#include <stdlib.h>

#include "pcapng_write.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_OLD_PACKET = 2,
	BLOCK_SIMPLE = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED = 6,
};

enum { OPTION_END = 0, OPTION_NAME = 2, OPTION_APPLICATION = 4, OPTION_TSRESOL = 9, OPTION_TSOFFSET = 14 };

#define BLOCK_MIN 12u
#define BLOCK_MAX (16u << 20)     /* of those that are read; others may be of any length */
#define INTERFACES_MAX 65536u     /* in a section */

struct iface {
	char *name;           /* NULL: none */
	uint32_t linktype, snaplen, ifindex;
	uint64_t offset_ns;   /* added to each time, modulo 2^64 */
	uint64_t units;       /* a second */
	bool binary;          /* units = 1 << shift */
	uint8_t shift;
};

struct pcapng {
	struct tw_container base; /* first */
	struct iface *ifaces;     /* of this section */
	uint32_t used, size;
	uint64_t last_ns;         /* simple packets have no time of their own */
};

/* --- interfaces --- */

static void forget_ifaces(struct pcapng *p)
{
	for (uint32_t i = 0; i < p->used; i++)
		free(p->ifaces[i].name);
	p->used = 0;
}

/* if_tsresol: 10^-n, or 2^-n with the high bit. Beyond what 64 bits can count the clock cannot be read. */
static void set_resolution(struct iface *i, uint8_t resolution)
{
	uint8_t n = resolution & 0x7f;

	i->binary = resolution & 0x80;
	i->shift = n < 63 ? n : 63;
	i->units = 1;
	for (uint8_t k = 0; !i->binary && k < n && k < 19; k++)
		i->units *= 10;
}

static uint64_t time_ns(const struct iface *i, uint64_t ticks)
{
	uint64_t seconds, rest;

	if (i->binary) {
		seconds = ticks >> i->shift;
		rest = ((unsigned __int128)(ticks & ((1ULL << i->shift) - 1)) * 1000000000U) >> i->shift;
	} else if (i->units == 1000000) { /* nearly always */
		return ticks * 1000 + i->offset_ns;
	} else {
		seconds = ticks / i->units;
		rest = (unsigned __int128)(ticks % i->units) * 1000000000U / i->units;
	}
	return seconds * 1000000000U + rest + i->offset_ns;
}

static void take_option(const struct tw_container *c, struct iface *i, uint16_t code, const uint8_t *value, uint16_t len)
{
	if (code == OPTION_NAME && len && !i->name)
		i->name = strndup((const char *)value, len);
	else if (code == OPTION_TSRESOL && len == 1)
		set_resolution(i, *value);
	else if (code == OPTION_TSOFFSET && len == 8)
		i->offset_ns = 1000000000ULL * (tw_get32(c, value + (c->swapped ? 0 : 4)) * (1ULL << 32) +
						tw_get32(c, value + (c->swapped ? 4 : 0)));
}

/* Options are a courtesy: what is odd in them ends them. The next one, *@at moves on behind it; NULL: no other. */
static const uint8_t *next_option(const struct tw_container *c, const uint8_t **at, const uint8_t *end, uint16_t *code,
				  uint16_t *len)
{
	const uint8_t *value = *at + 4;

	if (end - *at < 4)
		return NULL;
	*code = tw_get16(c, *at);
	*len = tw_get16(c, *at + 2);
	if (*code == OPTION_END || end - value < *len)
		return NULL;
	*at = end - value < ((*len + 3) & ~3) ? end : value + ((*len + 3) & ~3);
	return value;
}

static void take_options(const struct tw_container *c, struct iface *i, const uint8_t *at, const uint8_t *end)
{
	const uint8_t *value;
	uint16_t code, len;

	while ((value = next_option(c, &at, end, &code, &len)))
		take_option(c, i, code, value, len);
}

static int grow(struct pcapng *p)
{
	uint32_t size = p->size ? 2 * p->size : 4;
	struct iface *list = realloc(p->ifaces, size * sizeof(*list));

	if (!list)
		return -ENOMEM;
	p->ifaces = list;
	p->size = size;
	return 0;
}

/* The whole block is in the window. */
static int on_interface(struct pcapng *p, uint32_t len, struct tw_reason *reason)
{
	struct tw_container *c = &p->base;
	const uint8_t *at = c->window->at;
	struct iface *i;

	if (len < BLOCK_MIN + 8)
		return tw_container_damaged(c, reason, "an interface block of %u bytes is too short", len);
	if (p->used == INTERFACES_MAX)
		return tw_container_damaged(c, reason, "more than %u interfaces", INTERFACES_MAX);
	if (p->used == p->size && grow(p))
		return tw_reason(reason, -ENOMEM, "out of memory");
	i = &p->ifaces[p->used];
	*i = (struct iface){ .linktype = tw_get16(c, at + 8), .snaplen = tw_get32(c, at + 12) };
	set_resolution(i, 6);
	take_options(c, i, at + 16, at + len - 4);
	i->ifindex = tw_ifaces_number(c->ifaces, i->name, p->used, 0);
	p->used++;
	return 0;
}

/* --- packets --- */

struct header {
	uint32_t iface, bytes;  /* bytes of the block before the packet */
	uint64_t ticks;
	uint32_t cap_len, wire_len;
	bool timed;
};

static uint64_t ticks_at(const struct tw_container *c, const uint8_t *at)
{
	return (uint64_t)tw_get32(c, at) << 32 | tw_get32(c, at + 4);
}

/* False: the block is too short. */
static bool read_header(const struct pcapng *p, uint32_t type, uint32_t len, struct header *h)
{
	const struct tw_container *c = &p->base;
	const uint8_t *at = c->window->at;
	uint32_t snaplen;

	*h = (struct header){ .bytes = type == BLOCK_SIMPLE ? 12 : 28, .timed = type != BLOCK_SIMPLE };
	if (len < h->bytes + 4)
		return false;
	if (type == BLOCK_SIMPLE) { /* it has no captured length: the snaplen tells, and the block's own */
		h->wire_len = tw_get32(c, at + 8);
		snaplen = p->used ? p->ifaces[0].snaplen : 0;
		h->cap_len = snaplen && snaplen < h->wire_len ? snaplen : h->wire_len;
		if (h->cap_len > len - h->bytes - 4)
			h->cap_len = len - h->bytes - 4;
		return true;
	}
	h->iface = type == BLOCK_ENHANCED ? tw_get32(c, at + 8) : tw_get16(c, at + 8);
	h->ticks = ticks_at(c, at + 12);
	h->cap_len = tw_get32(c, at + 20);
	h->wire_len = tw_get32(c, at + 24);
	return h->cap_len <= len - h->bytes - 4;
}

/* The whole block is in the window. */
static int on_packet(struct pcapng *p, uint32_t type, uint32_t len, struct tw_packet *packet, struct tw_reason *reason)
{
	struct tw_container *c = &p->base;
	const struct iface *i;
	struct header h;

	if (!read_header(p, type, len, &h))
		return tw_container_damaged(c, reason, "a packet is longer than its block of %u bytes", len);
	if (h.iface >= p->used)
		return tw_container_damaged(c, reason, "a packet of interface %u, and %u are described", h.iface, p->used);
	i = &p->ifaces[h.iface];
	if (h.timed)
		p->last_ns = time_ns(i, h.ticks);
	*packet = (struct tw_packet){
		.data = c->window->at + h.bytes,
		.ts_ns = p->last_ns,
		.cap_len = h.cap_len,
		.wire_len = h.wire_len,
		.linktype = i->linktype,
		.ifindex = i->ifindex,
		.iface_id = h.iface,
		.iface = i->name,
	};
	return 1;
}

/* --- blocks --- */

/* Who wrote the section. The whole block is in the window. */
static void on_section(struct pcapng *p, uint32_t len)
{
	static const char ours[] = TW_PCAPNG_APPLICATION;
	struct tw_container *c = &p->base;
	const uint8_t *at = c->window->at + 24, *end = c->window->at + len - 4, *value;
	uint16_t code, n;

	if (len < BLOCK_MIN + 16)
		return;
	while ((value = next_option(c, &at, end, &code, &n)))
		if (code == OPTION_APPLICATION && n >= strlen(ours) && !memcmp(value, ours, strlen(ours)))
			c->evidence = true;
}

/* Somebody still looked then. The whole block is in the window. */
static void on_statistics(struct pcapng *p, uint32_t len)
{
	struct tw_container *c = &p->base;
	const uint8_t *at = c->window->at;
	uint64_t ns;

	if (len < BLOCK_MIN + 12 || tw_get32(c, at + 8) >= p->used)
		return;
	ns = time_ns(&p->ifaces[tw_get32(c, at + 8)], ticks_at(c, at + 12));
	if (ns > c->until_ns)
		c->until_ns = ns;
}

/* A section's byte order is told behind its length. */
static int begin_section(struct pcapng *p, struct tw_reason *reason)
{
	struct tw_container *c = &p->base;
	uint32_t magic;
	int have = tw_container_need(c, 12, "the header of a section", reason);

	if (have <= 0)
		return have < 0 ? have : -EBADMSG;
	memcpy(&magic, c->window->at + 8, sizeof(magic));
	if (magic != 0x1a2b3c4d && magic != 0x4d3c2b1a)
		return tw_container_damaged(c, reason, "a section of unknown byte order (%08x)", magic);
	c->swapped = magic != 0x1a2b3c4d;
	forget_ifaces(p);
	return 0;
}

static bool is_read(uint32_t type)
{
	return type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_OLD_PACKET || type == BLOCK_SIMPLE ||
	       type == BLOCK_ENHANCED || type == BLOCK_STATISTICS;
}

/* One of which nothing is wanted. 0, or negative. */
static int pass_block(struct pcapng *p, uint32_t len, struct tw_reason *reason)
{
	struct tw_container *c = &p->base;
	int err = tw_stream_pass(c->stream, (len + 3ULL) & ~3ULL, reason);

	return err == -ENODATA ? tw_container_cut(c, reason, "a block") : err;
}

/* Makes a block that is read whole, and holds its two lengths against each other. */
static int need_block(struct pcapng *p, uint32_t len, struct tw_reason *reason)
{
	struct tw_container *c = &p->base;
	uint32_t again;
	int have;

	if (len > BLOCK_MAX)
		return tw_container_damaged(c, reason, "a block of %u bytes is not possible (at most %u)", len, BLOCK_MAX);
	have = tw_container_need(c, len, "a block", reason);
	if (have < 0)
		return have;
	again = tw_get32(c, c->window->at + len - 4);
	if (again != len)
		return tw_container_damaged(c, reason, "a block's length is %u in front and %u behind", len, again);
	return 0;
}

/* One block. 1: it had a packet, 0: it had none, negative as next(); *@end: there is no other block. */
static int one_block(struct pcapng *p, struct tw_packet *packet, bool *end, struct tw_reason *reason)
{
	struct tw_container *c = &p->base;
	int have = tw_container_need(c, 8, "the header of a block", reason), err = 0;
	uint32_t type, len;

	*end = !have;
	if (have <= 0)
		return have;
	type = tw_get32(c, c->window->at);
	if (type == BLOCK_SECTION)
		err = begin_section(p, reason);
	if (err)
		return err;
	len = tw_get32(c, c->window->at + 4);
	if (len < BLOCK_MIN || len % 4)
		return tw_container_damaged(c, reason, "a block of %u bytes is not possible", len);
	if (!is_read(type))
		return pass_block(p, len, reason);
	err = need_block(p, len, reason);
	if (err)
		return err;
	if (type == BLOCK_INTERFACE)
		err = on_interface(p, len, reason);
	else if (type == BLOCK_SECTION)
		on_section(p, len);
	else if (type == BLOCK_STATISTICS)
		on_statistics(p, len);
	else
		err = on_packet(p, type, len, packet, reason);
	if (err >= 0)
		c->window->at += len;
	return err;
}

static int next(struct tw_container *c, struct tw_packet *packet, struct tw_reason *reason)
{
	struct pcapng *p = (struct pcapng *)c;
	bool end = false;
	int result = 0;

	while (!result && !end)
		result = one_block(p, packet, &end, reason);
	return result;
}

static void release(struct tw_container *c)
{
	struct pcapng *p = (struct pcapng *)c;

	forget_ifaces(p);
	free(p->ifaces);
	free(p);
}

static const struct tw_container_ops ops = { .next = next, .free = release };

int tw_pcapng_open(struct tw_container **container, const struct tw_container *base, struct tw_reason *reason)
{
	struct pcapng *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return tw_reason(reason, -ENOMEM, "out of memory");
	p->base = *base;
	p->base.ops = &ops;
	err = begin_section(p, reason);
	if (err) {
		release(&p->base);
		return err;
	}
	*container = &p->base;
	return 0;
}
