// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Makes packets for tests. */
#include "pkt.h"

#include <string.h>

/* Writes go through this: past the end they are only counted. */
struct out {
	uint8_t *buf;
	size_t size, used;
};

static void put8(struct out *o, uint8_t v)
{
	if (o->used < o->size)
		o->buf[o->used] = v;
	o->used++;
}

static void put16(struct out *o, uint16_t v)
{
	put8(o, v >> 8);
	put8(o, v & 255);
}

static void put32(struct out *o, uint32_t v)
{
	put16(o, v >> 16);
	put16(o, v & 0xffff);
}

static void put(struct out *o, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n--)
		put8(o, *p++);
}

static void fill(struct out *o, uint8_t v, size_t n)
{
	while (n--)
		put8(o, v);
}

static void set16(struct out *o, size_t at, uint16_t v)
{
	if (at + 2 > o->size)
		return;
	o->buf[at] = v >> 8;
	o->buf[at + 1] = v & 255;
}

static void put_link(struct out *o, const struct pkt *p)
{
	static const uint8_t macs[12] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };

	if (p->no_link)
		return;
	put(o, macs, sizeof(macs));
	for (int i = 0; i < p->vlans; i++) {
		put16(o, p->vlan_type[i] ? p->vlan_type[i] : 0x8100);
		put16(o, 100 + i);
	}
	put16(o, p->family == 6 ? 0x86dd : 0x0800);
}

static void put_options(struct out *o, const struct pkt *p)
{
	size_t start = o->used;

	if (p->has_mss) {
		put16(o, 0x0204);
		put16(o, p->mss);
	}
	if (p->sack_ok)
		put16(o, 0x0402);
	if (p->has_ts && !p->ts_last) {
		if (!(p->sack_ok))
			put16(o, 0x0101);
		put16(o, 0x080a);
		put32(o, p->tsval);
		put32(o, p->tsecr);
	}
	if (p->has_ws) {
		put8(o, 1);
		put16(o, 0x0303);
		put8(o, p->ws);
	}
	if (p->sacks) {
		put16(o, 0x0101);
		put16(o, 0x0500 | (2 + 8 * p->sacks));
		for (int i = 0; i < p->sacks; i++) {
			put32(o, p->sack[i][0]);
			put32(o, p->sack[i][1]);
		}
	}
	if (p->tfo)
		put16(o, 0x2202);
	if (p->mptcp) {
		put16(o, 0x1e04);
		put16(o, 0);
	}
	put(o, p->raw_options, p->raw_options_len);
	if (p->has_ts && p->ts_last) {
		put16(o, 0x080a);
		put32(o, p->tsval);
		put32(o, p->tsecr);
	}
	while ((o->used - start) % 4)
		put8(o, p->tfo || p->mptcp ? 1 : 0);
}

/* Returns false when the options are too long. */
static bool put_tcp(struct out *o, const struct pkt *p, uint16_t sport, uint16_t dport)
{
	size_t start = o->used, words;

	put16(o, sport);
	put16(o, dport);
	put32(o, p->seq);
	put32(o, p->ack);
	put16(o, p->flags);
	put16(o, p->win);
	put32(o, 0);
	put_options(o, p);
	words = (o->used - start) / 4;
	if (words > 15)
		return false;
	set16(o, start + 12, (uint16_t)((words + p->doff_delta) & 15) << 12 | p->flags);
	fill(o, 0, p->len);
	return true;
}

static void checksum_ip4(struct out *o, size_t at, size_t len)
{
	uint32_t sum = 0;

	if (at + len > o->size)
		return;
	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)o->buf[at + i] << 8 | o->buf[at + i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	set16(o, at + 10, ~sum);
}

/* Returns where the header starts; its length field is filled in by end_ip(). */
static size_t put_ip4(struct out *o, const struct pkt *p, const struct pkt_end *src, const struct pkt_end *dst,
		      uint8_t proto, uint8_t option_words)
{
	size_t start = o->used;

	put8(o, 0x40 | (5 + option_words));
	put8(o, 0);
	put16(o, 0);
	put16(o, p->id);
	put16(o, (p->df ? 0x4000 : 0) | (p->mf ? 0x2000 : 0) | p->frag_offset);
	put8(o, p->ttl);
	put8(o, proto);
	put16(o, 0);
	put(o, src->addr, 4);
	put(o, dst->addr, 4);
	fill(o, 1, 4 * option_words);
	return start;
}

static void put_ext(struct out *o, const struct pkt *p, const struct pkt_ext *e, uint8_t next)
{
	put8(o, next);
	if (e->proto == 44) {
		put8(o, 0);
		put16(o, p->frag_offset << 3 | p->mf);
		put32(o, 0x1234);
		return;
	}
	/* The authentication header counts in words, less two. */
	put8(o, e->proto == 51 ? e->units * 2 : e->units);
	fill(o, 1, 6 + 8 * e->units);
}

static size_t put_ip6(struct out *o, const struct pkt *p, const struct pkt_end *src, const struct pkt_end *dst,
		      uint8_t proto, uint8_t exts)
{
	size_t start = o->used;

	put32(o, 0x60000000);
	put16(o, 0);
	put8(o, exts ? p->ext[0].proto : proto);
	put8(o, p->ttl);
	put(o, src->addr, 16);
	put(o, dst->addr, 16);
	for (int i = 0; i < exts; i++)
		put_ext(o, p, &p->ext[i], i + 1 < exts ? p->ext[i + 1].proto : proto);
	return start;
}

static void end_ip(struct out *o, const struct pkt *p, size_t start, size_t len)
{
	if (start >= o->size)
		return;
	if (p->family == 6) {
		set16(o, start + 4, len - 40 + p->ip_len_delta);
		return;
	}
	set16(o, start + 2, len + p->ip_len_delta);
	checksum_ip4(o, start, (o->buf[start] & 15) * 4);
}

/* The packet that an ICMP error quotes: its IP header and the first bytes of TCP. */
static void put_quote(struct out *o, const struct pkt *p)
{
	struct pkt quoted = { .family = p->family, .ttl = 60, .df = true, .id = p->id };
	uint8_t proto = p->quote_proto ? p->quote_proto : 6;
	size_t start, bytes = p->quote_bytes ? p->quote_bytes : 20;
	uint8_t tcp[20] = {};

	if (p->family == 6)
		start = put_ip6(o, &quoted, &p->quote_src, &p->quote_dst, proto, 0);
	else
		start = put_ip4(o, &quoted, &p->quote_src, &p->quote_dst, proto, p->quote_ip_option_words);
	end_ip(o, &quoted, start, p->quote_ip_len ? p->quote_ip_len : 1500);
	tcp[0] = p->quote_src.port >> 8;
	tcp[1] = p->quote_src.port & 255;
	tcp[2] = p->quote_dst.port >> 8;
	tcp[3] = p->quote_dst.port & 255;
	for (int i = 0; i < 4; i++)
		tcp[4 + i] = p->seq >> (24 - 8 * i);
	tcp[12] = 0x50;
	tcp[13] = PKT_ACK;
	put(o, tcp, bytes < sizeof(tcp) ? bytes : sizeof(tcp));
}

static void put_icmp(struct out *o, const struct pkt *p)
{
	put8(o, p->icmp_type);
	put8(o, p->icmp_code);
	put16(o, 0);
	if (p->what == PKT_ECHO) {
		put16(o, p->icmp_id);
		put16(o, p->icmp_seq);
		fill(o, 0x55, p->len);
		return;
	}
	put32(o, p->mtu);
	put_quote(o, p);
}

static uint8_t proto_of(const struct pkt *p)
{
	if (p->what == PKT_TCP)
		return 6;
	if (p->what == PKT_UDP)
		return 17;
	return p->family == 6 ? 58 : 1;
}

size_t pkt_build(const struct pkt *p, uint8_t *buf, size_t size)
{
	struct out o = { .buf = buf, .size = size };
	bool ok = true;
	size_t ip;

	put_link(&o, p);
	if (p->family == 6)
		ip = put_ip6(&o, p, &p->src, &p->dst, proto_of(p), p->exts);
	else
		ip = put_ip4(&o, p, &p->src, &p->dst, proto_of(p), p->ip_option_words);
	if (p->what == PKT_TCP)
		ok = put_tcp(&o, p, p->src.port, p->dst.port);
	else if (p->what == PKT_UDP)
		fill(&o, 0, 8 + p->len);
	else
		put_icmp(&o, p);
	end_ip(&o, p, ip, o.used - ip);
	return ok && o.used <= size ? o.used : 0;
}
