/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Frames of the wire: where things are in them, changing a field, forging a RST or an ICMP error. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10
#define TCP_FIN 0x01

static uint32_t get(const uint8_t *p, unsigned int size)
{
	uint32_t v = 0;

	while (size--)
		v = v << 8 | *p++;
	return v;
}

static void put(uint8_t *p, unsigned int size, uint32_t v)
{
	while (size--) {
		p[size] = v;
		v >>= 8;
	}
}

struct frame *wire_frame_new(const uint8_t *data, uint32_t len, uint8_t dir)
{
	struct frame *f = calloc(1, sizeof(*f) + len);

	if (!f)
		abort();
	if (data)
		memcpy(f->data, data, len);
	f->len = len;
	f->dir = dir;
	return f;
}

static void look_ip(const struct frame *f, struct look *l, unsigned int at)
{
	const uint8_t *p = f->data + at;

	if (l->ethertype == 0x0800 && f->len >= at + 20) {
		l->family = 4;
		l->ip_len = get(p + 2, 2);
		l->proto = p[9];
		l->l4 = at + (p[0] & 15) * 4;
		l->later_fragment = get(p + 6, 2) & 0x1fff;
	} else if (l->ethertype == 0x86dd && f->len >= at + 40) {
		l->family = 6;
		l->ip_len = get(p + 4, 2) + 40;
		l->proto = p[6];
		l->l4 = at + 40;
	}
	l->ip = at;
}

static void look_tcp(const struct frame *f, struct look *l)
{
	const uint8_t *p = f->data + l->l4;

	l->payload = -1;
	if (!l->family || l->proto != IPPROTO_TCP || l->later_fragment || f->len < l->l4 + 20)
		return;
	l->sport = get(p, 2);
	l->dport = get(p + 2, 2);
	l->seq = get(p + 4, 4);
	l->ack = get(p + 8, 4);
	l->tcp_flags = p[13];
	l->payload = (int)(l->ip + l->ip_len) - (int)(l->l4 + (p[12] >> 4) * 4);
}

void wire_look(const struct frame *f, struct look *l)
{
	unsigned int at = 14;

	memset(l, 0, sizeof(*l));
	l->payload = -1;
	if (f->len < at)
		return;
	l->ethertype = get(f->data + 12, 2);
	while ((l->ethertype == 0x8100 || l->ethertype == 0x88a8) && f->len >= at + 4) {
		l->ethertype = get(f->data + at + 2, 2);
		at += 4;
	}
	look_ip(f, l, at);
	look_tcp(f, l);
}

static uint32_t sum(const uint8_t *p, unsigned int len, uint32_t s)
{
	for (unsigned int i = 0; i < len; i++)
		s += i & 1 ? p[i] : p[i] << 8;
	return s;
}

static uint16_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s;
}

/* Makes the IPv4 header's and the TCP or ICMP checksum right. */
static void fix(struct frame *f)
{
	unsigned int at, l4_len;
	struct look l;
	uint32_t s = 0;

	wire_look(f, &l);
	if (!l.family || l.ip + l.ip_len > f->len)
		return;
	if (l.family == 4) {
		put(f->data + l.ip + 10, 2, 0);
		put(f->data + l.ip + 10, 2, fold(sum(f->data + l.ip, l.l4 - l.ip, 0)));
	}
	at = l.proto == IPPROTO_TCP ? 16 : 2;
	l4_len = l.ip + l.ip_len - l.l4;
	if (l.later_fragment || l4_len < 8 ||
	    (l.proto != IPPROTO_TCP && l.proto != IPPROTO_ICMP && l.proto != IPPROTO_ICMPV6))
		return;
	if (l.proto != IPPROTO_ICMP)
		s = sum(f->data + l.ip + (l.family == 4 ? 12 : 8), l.family == 4 ? 8 : 32, l.proto + l4_len);
	put(f->data + l.l4 + at, 2, 0);
	put(f->data + l.l4 + at, 2, fold(sum(f->data + l.l4, l4_len, s)));
}

/* The TCP option's first byte, or 0. */
static unsigned int find_option(const struct frame *f, const struct look *l, uint8_t option)
{
	unsigned int at = l->l4 + 20, end;

	if (l->payload < 0)
		return 0;
	end = l->l4 + (f->data[l->l4 + 12] >> 4) * 4;
	while (at + 1 < end && end <= f->len && f->data[at]) {
		if (f->data[at] == option)
			return at;
		if (f->data[at] != 1 && f->data[at + 1] < 2)
			return 0;
		at += f->data[at] == 1 ? 1 : f->data[at + 1];
	}
	return 0;
}

/* Where a field is, by its name: its offset and size in bytes. 0: not in this frame. */
static unsigned int find_field(const struct frame *f, const struct look *l, const char *name,
			       unsigned int *size)
{
	static const struct {
		const char *name;
		uint8_t at4, at6, tcp, option, size; /* from the IP header, the TCP header, or the option */
	} fields[] = {
		{ "ttl", 8, 7, 0, 0, 1 },  { "id", 4, 0, 0, 0, 2 },   { "tos", 1, 0, 0, 0, 1 },
		{ "seq", 0, 0, 4, 0, 4 },  { "ack", 0, 0, 8, 0, 4 },  { "flags", 0, 0, 13, 0, 1 },
		{ "win", 0, 0, 14, 0, 2 }, { "mss", 0, 0, 2, 2, 2 },  { "wscale", 0, 0, 2, 3, 1 },
		{ "tsval", 0, 0, 2, 8, 4 }, { "tsecr", 0, 0, 6, 8, 4 },
	};

	for (unsigned int i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		unsigned int base = l->ip, at = l->family == 4 ? fields[i].at4 : fields[i].at6;

		if (strcmp(name, fields[i].name))
			continue;
		*size = fields[i].size;
		if (fields[i].tcp) {
			base = fields[i].option ? find_option(f, l, fields[i].option) : l->l4;
			at = fields[i].tcp;
			if (l->payload < 0)
				base = 0;
		}
		return base && at ? base + at : 0;
	}
	return 0;
}

bool wire_set(struct frame *f, const char *field, int64_t value, bool add)
{
	unsigned int size, at;
	struct look l;

	wire_look(f, &l);
	at = l.family ? find_field(f, &l, field, &size) : 0;
	if (!at)
		return false;
	put(f->data + at, size, add ? get(f->data + at, size) + value : value);
	fix(f);
	return true;
}

bool wire_strip(struct frame *f, uint8_t option)
{
	unsigned int at;
	struct look l;

	wire_look(f, &l);
	at = find_option(f, &l, option);
	if (!at)
		return false;
	memset(f->data + at, 1, f->data[at + 1]);
	fix(f);
	return true;
}

/* The headers of a new packet in the direction of @f, or back; @l4_len bytes follow the IP header. */
static struct frame *forge(const struct frame *f, const struct look *l, bool back, uint8_t proto,
			   unsigned int l4_len)
{
	unsigned int ip_len = (l->family == 4 ? 20 : 40) + l4_len, a = l->family == 4 ? 12 : 8;
	unsigned int size = l->family == 4 ? 4 : 16;
	struct frame *n = wire_frame_new(NULL, l->ip + ip_len, back ? !f->dir : f->dir);
	uint8_t *ip = n->data + l->ip;

	memcpy(n->data, f->data, l->ip);
	memcpy(n->data, f->data + (back ? 6 : 0), 6);
	memcpy(n->data + 6, f->data + (back ? 0 : 6), 6);
	memcpy(ip + a, f->data + l->ip + (back ? a + size : a), size);
	memcpy(ip + a + size, f->data + l->ip + (back ? a : a + size), size);
	ip[0] = l->family << 4 | (l->family == 4 ? 5 : 0);
	put(ip + (l->family == 4 ? 2 : 4), 2, l->family == 4 ? ip_len : l4_len);
	ip[l->family == 4 ? 8 : 7] = 64;
	ip[l->family == 4 ? 9 : 6] = proto;
	n->due_ns = f->due_ns;
	return n;
}

struct frame *wire_forge_rst(const struct frame *f, bool back)
{
	struct frame *n;
	uint8_t *tcp;
	struct look l;
	uint32_t end;

	wire_look(f, &l);
	if (l.payload < 0)
		return NULL;
	end = l.seq + l.payload + !!(l.tcp_flags & TCP_SYN) + !!(l.tcp_flags & TCP_FIN);
	n = forge(f, &l, back, IPPROTO_TCP, 20);
	tcp = n->data + l.ip + (l.family == 4 ? 20 : 40);
	put(tcp, 2, back ? l.dport : l.sport);
	put(tcp + 2, 2, back ? l.sport : l.dport);
	put(tcp + 4, 4, back ? l.ack : end);
	put(tcp + 8, 4, back ? end : l.ack);
	tcp[12] = 5 << 4;
	tcp[13] = TCP_RST | TCP_ACK;
	fix(n);
	return n;
}

struct frame *wire_forge_too_big(const struct frame *f, uint32_t mtu)
{
	unsigned int quoted;
	struct frame *n;
	uint8_t *icmp;
	struct look l;

	wire_look(f, &l);
	if (!l.family)
		return NULL;
	quoted = f->len - l.ip < 548 ? f->len - l.ip : 548;
	n = forge(f, &l, true, l.family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, 8 + quoted);
	icmp = n->data + l.ip + (l.family == 4 ? 20 : 40);
	icmp[0] = l.family == 4 ? 3 : 2;
	icmp[1] = l.family == 4 ? 4 : 0;
	put(icmp + 4, 4, mtu);
	memcpy(icmp + 8, f->data + l.ip, quoted);
	fix(n);
	return n;
}
