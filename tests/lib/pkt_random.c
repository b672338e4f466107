// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets at random. */
#include "pkt_random.h"

#include <string.h>

/* xorshift64*: good enough, and the same everywhere. */
static uint32_t next32(struct pkt_random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (r->state * 0x2545f4914f6cdd1dULL) >> 32;
}

uint32_t pkt_random_below(struct pkt_random *r, uint32_t n)
{
	return n ? next32(r) % n : 0;
}

static bool one_in(struct pkt_random *r, uint32_t n)
{
	return !pkt_random_below(r, n);
}

void pkt_random_init(struct pkt_random *r, uint64_t seed)
{
	memset(r, 0, sizeof(*r));
	r->state = seed * 0x9e3779b97f4a7c15ULL + 1;
	r->ts_ns = 5000ULL * 1000000000ULL;
	for (int i = 0; i < PKT_RANDOM_TUPLES; i++)
		for (int side = 0; side < 2; side++) {
			r->tuple[i].nxt[side] = one_in(r, 2) ? 0u - pkt_random_below(r, 20000) : next32(r);
			r->tuple[i].id[side] = next32(r);
		}
}

static void set_end(struct pkt_end *end, int family, int host, uint16_t port)
{
	memset(end, 0, sizeof(*end));
	if (family == 6) {
		end->addr[0] = 0xfd;
		end->addr[15] = host;
	} else {
		end->addr[0] = 10;
		end->addr[3] = host;
	}
	end->port = port;
}

/* Connection @i between two hosts: even ones IPv4, odd ones IPv6; either end may have the smaller address. */
static void set_ends(struct pkt *p, int i, int from)
{
	int client = i % 3 ? 1 : 9, family = i & 1 ? 6 : 4;
	struct pkt_end c, s;

	set_end(&c, family, client, 40000 + i);
	set_end(&s, family, 5, i % 4 ? 443 : 8080);
	p->family = family;
	p->src = from ? s : c;
	p->dst = from ? c : s;
}

static void random_options(struct pkt_random *r, struct pkt *p)
{
	if (p->flags & PKT_SYN) {
		p->has_mss = !one_in(r, 8);
		p->mss = one_in(r, 4) ? 536 : 1460;
		p->has_ws = !one_in(r, 4);
		p->ws = pkt_random_below(r, 16);
		p->sack_ok = !one_in(r, 4);
		p->tfo = one_in(r, 20);
		p->mptcp = one_in(r, 20);
	}
	p->ts_last = one_in(r, 30);
	if (one_in(r, 40) && !(p->flags & PKT_SYN)) {
		p->raw_options_len = pkt_random_below(r, 9);
		for (int i = 0; i < p->raw_options_len; i++)
			p->raw_options[i] = one_in(r, 3) ? pkt_random_below(r, 12) : next32(r);
	}
}

static void random_sack(struct pkt_random *r, struct pkt *p)
{
	p->sacks = 1 + pkt_random_below(r, p->has_ts ? 3 : 4);
	for (int i = 0; i < p->sacks; i++) {
		p->sack[i][0] = p->ack + pkt_random_below(r, 6000) - 2000;
		p->sack[i][1] = p->sack[i][0] + pkt_random_below(r, 3000);
	}
}

/* A segment of connection @i from side @from, that more or less goes on. */
static void random_tcp(struct pkt_random *r, struct pkt *p, int i, int from)
{
	uint32_t dice = pkt_random_below(r, 100), *nxt = &r->tuple[i].nxt[from], *acked = &r->tuple[i].acked[from];
	uint32_t peer_nxt = r->tuple[i].nxt[!from];

	p->flags = PKT_ACK;
	p->seq = *nxt;
	if (r->tuple[i].opening == 1 + from) { /* an orderly handshake */
		p->flags = from ? PKT_SYN | PKT_ACK : PKT_ACK;
		p->seq = from ? (*nxt = next32(r)) : *nxt;
		*acked = peer_nxt;
		r->tuple[i].opening = from ? 1 : 0;
		dice = 99;
	} else if (dice < 5) {
		p->flags = from ? PKT_SYN | PKT_ACK : PKT_SYN;
		if (one_in(r, 3))
			p->seq = *nxt = next32(r);
		else
			p->seq = *nxt - 1;
		r->tuple[i].opening = from ? 0 : 2;
	} else if (dice < 9) {
		p->flags = one_in(r, 3) ? PKT_RST : PKT_RST | PKT_ACK;
	} else if (dice < 13) {
		p->flags |= PKT_FIN;
	} else if (dice < 15) {
		p->flags = next32(r);
	}
	if (dice >= 13 && dice < 60)
		p->len = one_in(r, 3) ? 1448 : one_in(r, 4) ? 1 : pkt_random_below(r, 1448);
	if (dice >= 13 && dice < 20)
		p->seq = *nxt - pkt_random_below(r, 4000);
	else if (dice < 24)
		p->seq = *nxt + pkt_random_below(r, 4000);
	if (one_in(r, 4))
		p->flags |= PKT_PSH;
	if (!one_in(r, 5) && (int32_t)(peer_nxt - *acked) > 0)
		*acked = one_in(r, 3) ? *acked + (peer_nxt - *acked) / 2 : peer_nxt;
	p->ack = one_in(r, 60) ? *acked + pkt_random_below(r, 5000) : one_in(r, 30) ? *acked - 500 : *acked;
	if (!(p->flags & PKT_ACK) && !one_in(r, 10))
		p->ack = 0;
	p->win = one_in(r, 40) ? 0 : 500;
	if ((int32_t)(p->seq + p->len - *nxt) > 0 && !(p->flags & PKT_RST))
		*nxt = p->seq + p->len + !!(p->flags & PKT_SYN) + !!(p->flags & PKT_FIN);
	p->has_ts = i % 3 && !one_in(r, 50);
	r->tuple[i].tsval[from] += pkt_random_below(r, 3);
	p->tsval = one_in(r, 30) ? r->tuple[i].tsval[from] - 5 : r->tuple[i].tsval[from];
	p->tsecr = r->tuple[i].tsval[!from];
	random_options(r, p);
	if (one_in(r, 15) && !(p->flags & PKT_SYN) && !p->raw_options_len)
		random_sack(r, p);
}

static void random_icmp(struct pkt_random *r, struct pkt *p, int i, int from)
{
	p->what = one_in(r, 3) ? PKT_ECHO : PKT_ICMP_ERROR;
	p->icmp_id = next32(r);
	p->icmp_seq = next32(r);
	p->len = pkt_random_below(r, 100);
	if (p->what == PKT_ECHO) {
		p->icmp_type = p->family == 6 ? 128 + pkt_random_below(r, 2) : one_in(r, 2) ? 8 : 0;
		return;
	}
	p->icmp_type = p->family == 6 ? 1 + pkt_random_below(r, 4) : one_in(r, 4) ? 11 : 3;
	p->icmp_code = one_in(r, 2) ? (p->family == 6 ? 0 : 4) : pkt_random_below(r, 16);
	p->mtu = one_in(r, 4) ? next32(r) & 0xffff : 1300;
	p->quote_src = p->dst;
	p->quote_dst = p->src;
	p->seq = r->tuple[i].nxt[!from] - pkt_random_below(r, 3000);
	p->quote_bytes = one_in(r, 4) ? 8 : 20;
	p->quote_proto = one_in(r, 20) ? 17 : 6;
	set_end(&p->src, p->family, 77, 0);
}

static void random_ip(struct pkt_random *r, struct pkt *p)
{
	static const uint8_t exts[] = { 0, 43, 60, 51, 44, 135 };

	if (one_in(r, 12))
		for (p->vlans = 1; p->vlans < 4 && one_in(r, 2); p->vlans++)
			p->vlan_type[p->vlans] = one_in(r, 2) ? 0x88a8 : 0x8100;
	if (p->family == 4 && one_in(r, 20))
		p->ip_option_words = pkt_random_below(r, 11);
	if (p->family == 6 && one_in(r, 15))
		for (p->exts = 1; p->exts < PKT_EXTS && one_in(r, 2); p->exts++)
			;
	for (int i = 0; i < p->exts; i++) {
		p->ext[i].proto = exts[pkt_random_below(r, sizeof(exts))];
		p->ext[i].units = one_in(r, 3) ? pkt_random_below(r, 8) : 0;
	}
	if (one_in(r, 60)) {
		p->mf = one_in(r, 2);
		p->frag_offset = one_in(r, 2) ? pkt_random_below(r, 200) : 0;
	}
	if (one_in(r, 60))
		p->ip_len_delta = (int32_t)pkt_random_below(r, 200) - 100;
	if (one_in(r, 60))
		p->doff_delta = pkt_random_below(r, 16);
	if (one_in(r, 80))
		p->what = PKT_UDP;
}

static void damage(struct pkt_random *r, struct pkt_random_frame *f)
{
	if (one_in(r, 6))
		f->len = one_in(r, 3) ? pkt_random_below(r, f->len + 1) : pkt_random_below(r, 120) % (f->len + 1);
	if (one_in(r, 8) && f->len)
		for (uint32_t n = 1 + pkt_random_below(r, 4); n; n--)
			f->bytes[pkt_random_below(r, f->len < 100 ? f->len : 100)] = next32(r);
}

static uint64_t random_step(struct pkt_random *r)
{
	switch (pkt_random_below(r, 40)) {
	case 0:
		return 1000000ULL * pkt_random_below(r, 2000);
	case 1:
		return one_in(r, 20) ? 1000000000ULL * pkt_random_below(r, 100) : 0;
	case 2:
		return 0;
	default:
		return 1000ULL * pkt_random_below(r, 30000) + 1;
	}
}

void pkt_random_next(struct pkt_random *r, struct pkt_random_frame *f, bool sound)
{
	int i = pkt_random_below(r, PKT_RANDOM_TUPLES), from = pkt_random_below(r, 2);
	bool opening = r->tuple[i].opening && !one_in(r, 4);
	struct pkt p = { .ttl = one_in(r, 50) ? 1 + pkt_random_below(r, 255) : 64u - from, .df = !one_in(r, 10) };

	if (opening)
		from = r->tuple[i].opening - 1;
	set_ends(&p, i, from);
	r->tuple[i].id[from] += 1 + (one_in(r, 20) ? pkt_random_below(r, 5000) : 0);
	p.id = p.family == 6 || i % 4 == 2 ? 0 : one_in(r, 20) ? r->tuple[i].id[from] - 2 : r->tuple[i].id[from];
	if (one_in(r, 25))
		random_icmp(r, &p, i, from);
	else
		random_tcp(r, &p, i, from);
	if (!sound)
		random_ip(r, &p);
	f->egress = from;
	f->forwarded = i == 5;
	f->gso_size = p.what == PKT_TCP && p.len > 600 && one_in(r, 4) ? 500 : 0;
	f->segs = f->gso_size && one_in(r, 2) ? (p.len + f->gso_size - 1) / f->gso_size : 0;
	f->len = pkt_build(&p, f->bytes, sizeof(f->bytes));
	if (!sound)
		damage(r, f);
	r->ts_ns += random_step(r);
	f->ts_ns = r->ts_ns;
}
