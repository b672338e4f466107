// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A fuzzer's bytes as packets: see sequence.h. Every choice is one byte's, so that mutations stay local. */
#include "sequence.h"

#include <stdlib.h>
#include <string.h>

#include "tcpwhy/config.h"
#include "tcpwhy/port.h"

enum { HEAD = 4, OP = 8 };

/* The bytes of one packet. */
struct op {
	uint8_t what;    /* bits 0–2 kind, 3–4 connection, 5 side, 6 interface, 7 egress */
	uint8_t flags, place, size, pause, options, param, more;
};

enum kind { KIND_ERROR = 5, KIND_ECHO, KIND_RAW }; /* below: TCP */

static const uint64_t pauses_ns[] = {
	0, 0, 1000, 20000, 100000, 500000, 1000000, 2900000,
	5 * TW_NS_PER_MS, 20 * TW_NS_PER_MS, 40 * TW_NS_PER_MS, 100 * TW_NS_PER_MS, 210 * TW_NS_PER_MS,
	400 * TW_NS_PER_MS, TW_NS_PER_SEC, 3 * TW_NS_PER_SEC, 11 * TW_NS_PER_SEC, 61 * TW_NS_PER_SEC,
	130 * TW_NS_PER_SEC, 7300 * TW_NS_PER_SEC,
};

static void begin_conn(struct sequence_side side[2], uint8_t choice, unsigned int number)
{
	static const uint32_t isns[] = { 0, 1, 0x7fffff00, 0x80000000, 0xffffff00, 0xffffffff, 0x12345678, 0xfffff000 };

	for (unsigned int i = 0; i < 2; i++) {
		struct sequence_side *s = &side[i];

		memset(s, 0, sizeof(*s));
		s->end.addr[0] = 192;
		s->end.addr[2] = number;
		s->end.addr[15] = s->end.addr[3] = i + 1;
		s->end.port = i ? 443 : 40000 + number;
		s->isn = s->nxt = isns[(choice + 3 * i) & 7];
		s->tsval = i ? 0xfffffff0 : 1000;
		s->id = i ? 0xfff0 : 100;
		s->ttl = i ? 57 : 64;
	}
}

int sequence_begin(struct sequence *s, const uint8_t *data, size_t size, struct tw_native_options *options)
{
	static const uint32_t limits[] = { 1000, 1, 2, 3 };
	static const uint32_t budgets[] = { 20, 0, 1, 255 };

	if (size < HEAD)
		return 0;
	for (unsigned int i = 0; i < SEQUENCE_CONNS; i++)
		begin_conn(s->side[i], data[0] + i, i);
	options->max_connections = limits[data[1] & 3];
	options->max_half_open = limits[data[1] >> 2 & 3];
	tw_cfg = (struct tw_config)TW_CONFIG_DEFAULT;
	tw_cfg.event_budget = budgets[data[2] & 3];
	tw_cfg.stray_budget = budgets[data[2] >> 2 & 3];
	s->offline = data[3] & 1;
	s->now_ns = s->first_ns = s->last_ns = 1000 * TW_NS_PER_SEC;
	s->at = data + HEAD;
	s->end = data + size;
	return 1;
}

static uint8_t flags_of(const struct op *op)
{
	static const uint8_t usual[] = {
		PKT_ACK, PKT_ACK, PKT_ACK | PKT_PSH, PKT_SYN, PKT_SYN | PKT_ACK, PKT_FIN | PKT_ACK, PKT_RST,
		PKT_RST | PKT_ACK, PKT_FIN | PKT_PSH | PKT_ACK, PKT_SYN | PKT_ECE | PKT_CWR,
		PKT_SYN | PKT_ACK | PKT_ECE, PKT_ACK | PKT_URG, PKT_SYN,
	};

	return op->flags < sizeof(usual) ? usual[op->flags] : op->flags;
}

static uint32_t len_of(const struct op *op)
{
	static const uint32_t usual[] = { 0, 0, 1, 100, 536, 1368, 1448, 1460, 9000, 65000 };

	return op->size < 10 ? usual[op->size] : op->size * 8u;
}

/* Where the segment begins: mostly where it should. A resent one has its old length; a copy its old marks, too. */
static void place(struct pkt *p, const struct op *op, const struct sequence_side *me)
{
	unsigned int n = op->param % SEQUENCE_RING;

	p->seq = me->nxt;
	switch (op->place & 15) {
	case 8:
	case 9:
		p->seq = me->ring[n].seq;
		p->len = me->ring[n].len;
		if ((op->place & 15) == 9) {
			p->id = me->ring[n].id;
			p->tsval = me->ring[n].tsval;
		}
		break;
	case 10:
		p->seq = me->nxt - 1;
		break;
	case 11:
		p->seq = me->nxt + op->param * 100u;
		break;
	case 12:
		p->seq = me->nxt - op->param * 50u;
		break;
	case 13:
		p->seq = me->nxt + ((uint32_t)op->param << 24);
		break;
	case 14:
		p->seq = me->isn;
		break;
	case 15:
		p->seq = me->ring[n].seq + op->more;
		break;
	}
}

static uint32_t ack_of(const struct op *op, const struct sequence_side *me, const struct sequence_side *peer)
{
	switch (op->place >> 4) {
	case 8:
		return me->ack;
	case 9:
		return me->ack + op->more;
	case 10:
		return peer->nxt - op->more * 100u;
	case 11:
		return peer->nxt + op->more;
	case 12:
		return 0;
	case 13:
		return peer->nxt + ((uint32_t)op->more << 24);
	case 14:
		return peer->isn + 1;
	case 15:
		return peer->ring[op->more % SEQUENCE_RING].seq + peer->ring[op->more % SEQUENCE_RING].len;
	default:
		return peer->nxt;
	}
}

static void add_options(struct pkt *p, const struct op *op, const struct sequence_side *me, const struct sequence_side *peer)
{
	static const uint16_t windows[] = { 65535, 501, 8192, 0, 1, 200, 65535, 1024 };

	p->has_ts = !(op->options & 1);
	p->tsecr = peer->tsval;
	p->win = windows[op->options >> 1 & 7];
	if (p->flags & PKT_SYN) {
		p->has_mss = p->has_ws = p->sack_ok = !(op->options & 16);
		p->mss = op->options & 32 ? 536 : 1460;
		p->ws = op->more & 15;
		p->tfo = op->options & 64;
		p->mptcp = op->options & 128;
	} else if (op->options & 16) {
		p->sacks = 1 + (op->options >> 5 & 1);
		p->sack[0][0] = op->options & 64 ? me->ack - 100 : me->ack + 1448; /* below: D-SACK */
		p->sack[0][1] = p->sack[0][0] + op->more * 16u;
		p->sack[1][0] = me->ack + 5000;
		p->sack[1][1] = me->ack + 6448;
	}
	if (op->options & 128 && !(p->flags & PKT_SYN)) {
		p->raw_options_len = 4;
		memset(p->raw_options, op->param, 4);
	}
}

static void note_sent(struct sequence_side *me, const struct pkt *p)
{
	uint32_t end = p->seq + p->len + !!(p->flags & PKT_SYN) + !!(p->flags & PKT_FIN);
	unsigned int n = me->sent++ % SEQUENCE_RING;

	if (p->flags & PKT_RST)
		return;
	me->ring[n].seq = p->seq;
	me->ring[n].len = p->len;
	me->ring[n].id = p->id;
	me->ring[n].tsval = p->tsval;
	if ((int32_t)(end - me->nxt) > 0)
		me->nxt = end;
	if (p->flags & PKT_ACK)
		me->ack = p->ack;
}

static void make_tcp(struct pkt *p, const struct op *op, struct sequence_side *me, const struct sequence_side *peer)
{
	p->what = PKT_TCP;
	p->flags = flags_of(op);
	p->len = len_of(op);
	p->tsval = me->tsval;
	if ((op->what & 7) == 4 && (p->flags & PKT_SYN)) /* a new incarnation */
		me->isn = me->nxt = me->nxt + op->more * 0x01010101u;
	place(p, op, me);
	if (p->flags & PKT_ACK)
		p->ack = ack_of(op, me, peer);
	add_options(p, op, me, peer);
	if (op->flags == 12)
		p->ack = op->more | 1; /* of no meaning without ACK */
	note_sent(me, p);
}

/* About a segment that @me sent; it comes back to it. */
static void make_error(struct pkt *p, const struct op *op, const struct sequence_side *me, const struct sequence_side *peer)
{
	static const uint8_t types4[] = { 3, 3, 3, 3, 11, 12, 5, 4 }, types6[] = { 2, 2, 1, 1, 3, 4, 137, 5 };
	static const uint32_t mtus[] = { 1400, 0, 576, 67, 1280, 1500, 68, 9000 };

	p->what = PKT_ICMP_ERROR;
	p->icmp_type = p->family == 4 ? types4[op->size & 7] : types6[op->size & 7];
	p->icmp_code = op->flags & 31;
	p->mtu = mtus[op->options & 7];
	p->quote_src = me->end;
	p->quote_dst = peer->end;
	p->quote_ip_len = 40 + op->param * 40u;
	p->quote_bytes = op->more & 31;
	place(p, op, me);
	p->len = 0;
}

static void make_echo(struct pkt *p, const struct op *op)
{
	static const uint8_t types[2][2] = { { 8, 0 }, { 128, 129 } };

	p->what = PKT_ECHO;
	p->icmp_type = types[p->family == 6][op->flags & 1];
	p->icmp_id = op->param;
	p->icmp_seq = op->more;
	p->len = len_of(op);
}

/* Time mostly goes on, sometimes a little back: captures of several queues do that. */
static void advance(struct sequence *s, uint8_t choice)
{
	unsigned int known = sizeof(pauses_ns) / sizeof(pauses_ns[0]);

	s->now_ns++; /* ids of connections are made from it, and a clock of nanoseconds never stands */
	if (choice < known)
		s->now_ns += pauses_ns[choice];
	else if (choice >= 0xf0)
		s->now_ns -= (choice - 0xefull) * (choice == 0xff ? TW_NS_PER_SEC : 100 * TW_NS_PER_US);
	else
		s->now_ns += choice * TW_NS_PER_MS / 4;
	if (s->now_ns < s->first_ns)
		s->first_ns = s->now_ns;
	if (s->now_ns > s->last_ns)
		s->last_ns = s->now_ns;
}

static void mark(struct pkt *p, const struct op *op, struct sequence_side *me)
{
	p->family = (op->what >> 3 & 3) == 3 ? 6 : 4;
	p->src = me->end;
	p->ttl = me->ttl;
	p->df = true;
	p->id = me->id++;
	if (op->pause & 32 && op->pause < 0xf0) { /* time has passed: so it has for timestamps */
		me->tsval += op->pause & 15;
		p->ttl -= op->pause >> 6;
	}
}

static size_t make(struct sequence *s, const struct op *op, struct tw_native_packet *packet)
{
	struct sequence_side *side = s->side[op->what >> 3 & 3], *me = &side[op->what >> 5 & 1], *peer = &side[~op->what >> 5 & 1];
	struct pkt p = { .no_link = false };

	mark(&p, op, me);
	p.dst = peer->end;
	switch (op->what & 7) {
	case KIND_ERROR:
		make_error(&p, op, me, peer);
		break;
	case KIND_ECHO:
		make_echo(&p, op);
		break;
	default:
		make_tcp(&p, op, me, peer);
	}
	if (p.len > 1460 && (op->size & 1)) {
		packet->gso_size = 1448;
		packet->segs = (p.len + 1447) / 1448;
	}
	return pkt_build(&p, s->frame, sizeof(s->frame));
}

static size_t take_raw(struct sequence *s, const struct op *op)
{
	size_t len = op->param;

	if (len > (size_t)(s->end - s->at))
		len = s->end - s->at;
	memcpy(s->frame, s->at, len);
	s->at += len;
	return len;
}

int sequence_next(struct sequence *s, struct tw_native_packet *packet)
{
	struct op op;
	uint8_t *copy;
	size_t len;

	if (s->end - s->at < OP)
		return 0;
	memcpy(&op, s->at, OP);
	s->at += OP;
	advance(s, op.pause);
	*packet = (struct tw_native_packet){
		.l2 = 14,
		.ifindex = 1 + (op.what >> 6 & 1),
		.egress = !s->offline && op.what >> 7,
		.forwarded = op.param == 0xff,
		.offline = s->offline,
		.ts_ns = s->now_ns,
	};
	len = (op.what & 7) == KIND_RAW ? take_raw(s, &op) : make(s, &op, packet);
	packet->wire_len = s->offline ? 0 : len;
	packet->len = s->offline && op.param == 0xfe ? len * op.more / 256 : len;
	copy = malloc(packet->len);
	memcpy(copy, s->frame, packet->len);
	packet->bytes = copy;
	return 1;
}
