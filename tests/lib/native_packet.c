// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One line of a row to a packet: who sends what, when, and what the next packets' defaults are. */
#include "native_packet.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT_PORT 40000
#define SERVER_PORT 443

int native_fail(const struct native_expansion *x, const char *fmt, ...)
{
	char what[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	snprintf(x->reason, x->size, "%s:%d: %s", x->row->file, x->line, what);
	return -EINVAL;
}

/* ---- addresses ---- */

/* @host: 1 client, 2 server, 3 router, 0 loopback. Swapped, the client has the larger address. */
static void set_addr(const struct native_expansion *x, int host, uint8_t addr[16])
{
	static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8 }, lo4[16] = { 127, 0, 0, 1 };
	uint8_t last = host == 3 ? 254 : host == (x->variant->swapped ? 2 : 1) ? 1 : 2;

	memset(addr, 0, 16);
	if (!host) {
		if (x->variant->v6)
			addr[15] = 1;
		else
			memcpy(addr, lo4, 16);
		return;
	}
	if (x->variant->v6) {
		memcpy(addr, v6, 16);
		addr[15] = last;
		return;
	}
	addr[0] = 192;
	addr[2] = 2;
	addr[3] = last;
}

/* "c", "s:80", "r", "lo:4000" */
int native_parse_end(struct native_expansion *x, const char *word, struct pkt_end *end)
{
	static const char *const names[] = { "lo", "c", "s", "r" };
	size_t n = strcspn(word, ":");

	for (int host = 0; host < 4; host++) {
		if (strlen(names[host]) != n || strncmp(names[host], word, n))
			continue;
		set_addr(x, host, end->addr);
		end->port = host == 1 ? CLIENT_PORT : SERVER_PORT;
		if (word[n])
			end->port = atoi(word + n + 1);
		return 0;
	}
	return native_fail(x, "no such end: %s", word);
}

static bool is_client(const struct native_expansion *x, const struct pkt_end *end)
{
	const struct pkt_end *client = &x->steps->end[0], *server = &x->steps->end[1];

	if (memcmp(end->addr, server->addr, 16))
		return end->port >= 1024 || !memcmp(end->addr, client->addr, 16);
	return false;
}

/* ---- fields ---- */

/* A number, which +k after it raises by k each turn of a repeat. */
static uint32_t number(const struct native_expansion *x, const char *s)
{
	char *rest;
	int64_t n = strtoll(s, &rest, 0);

	if (*rest == '+')
		n += (int64_t)x->turn * atoll(rest + 1);
	return n;
}

static void parse_sacked(const struct native_expansion *x, const char *s, uint32_t base, struct pkt *p)
{
	while (*s && p->sacks < PKT_SACKS) {
		char *rest;

		p->sack[p->sacks][0] = base + strtoul(s, &rest, 0);
		if (*rest == '-')
			p->sack[p->sacks++][1] = base + strtoul(rest + 1, &rest, 0);
		s = *rest == ',' ? rest + 1 : "";
	}
}

static void parse_exts(const char *s, struct pkt *p)
{
	while (*s && p->exts < PKT_EXTS) {
		char *rest;

		p->ext[p->exts++].proto = strtoul(s, &rest, 0);
		s = *rest == ',' ? rest + 1 : "";
	}
}

static void parse_raw(const char *s, struct pkt *p)
{
	unsigned int byte;

	for (; s[0] && s[1] && p->raw_options_len < 40; s += 2) {
		sscanf(s, "%2x", &byte);
		p->raw_options[p->raw_options_len++] = byte;
	}
}

static void parse_ts(struct native_expansion *x, const char *s, struct native_step *step)
{
	struct pkt *p = &step->pkt;

	p->has_ts = true;
	if (*s && sscanf(s, "%u/%u", &p->tsval, &p->tsecr) == 2)
		return;
	p->tsval = 1000 + (x->now_ns - NATIVE_START_NS) / 1000000;
	p->tsecr = x->tsval[step->client];
}

/* Fields that are a number in struct pkt or struct native_step. */
#define NUMBERS(X) \
	X("len", p->len) X("win", p->win) X("ttl", p->ttl) X("id", p->id) X("rawack", p->ack) X("words", p->ip_option_words) \
	X("frag", p->frag_offset) X("vlan", p->vlans) X("mtu", p->mtu) X("iplen", p->quote_ip_len) \
	X("if", step->iface) X("gso", step->gso_size) X("segs", step->segs) X("cut", step->cut) X("qbytes", p->quote_bytes) \
	X("iplie", p->ip_len_delta) X("doff", p->doff_delta)

static int parse_field(struct native_expansion *x, struct native_step *step, char *word, bool *has_seq, bool *has_ack)
{
	struct pkt *p = &step->pkt;
	char *value = strchr(word, '=');
	uint32_t n;

	if (value)
		*value++ = 0;
	else
		value = "";
	n = number(x, value);
#define X(name, to) if (!strcmp(word, name)) { to = n; return 0; }
	NUMBERS(X)
#undef X
	if (!strcmp(word, "seq")) {
		p->seq = n;
		*has_seq = true;
	} else if (!strcmp(word, "ack")) {
		p->ack = n;
		*has_ack = true;
	} else if (!strcmp(word, "mss")) {
		p->has_mss = true;
		p->mss = n;
	} else if (!strcmp(word, "ws")) {
		p->has_ws = true;
		p->ws = n;
	} else if (!strcmp(word, "sack")) {
		p->sack_ok = true;
	} else if (!strcmp(word, "ts")) {
		parse_ts(x, value, step);
	} else if (!strcmp(word, "tfo")) {
		p->tfo = true;
	} else if (!strcmp(word, "mptcp")) {
		p->mptcp = true;
	} else if (!strcmp(word, "sacked")) {
		parse_sacked(x, value, x->steps->base[step->client], p);
	} else if (!strcmp(word, "raw")) {
		parse_raw(value, p);
	} else if (!strcmp(word, "ext")) {
		parse_exts(value, p);
	} else if (!strcmp(word, "nodf")) {
		p->df = false;
	} else if (!strcmp(word, "mf")) {
		p->mf = true;
	} else if (!strcmp(word, "out") || !strcmp(word, "fwd")) {
		step->egress = true;
		step->forwarded = *word == 'f';
	} else if (!strcmp(word, "nolink")) {
		p->no_link = true;
	} else {
		return native_fail(x, "no such field: %s", word);
	}
	return 0;
}

static int parse_flags(struct native_expansion *x, const char *word, struct pkt *p)
{
	static const char letters[] = "FSRPAUEC";

	if (!strcmp(word, "-"))
		return 0;
	for (; *word; word++) {
		const char *at = strchr(letters, *word);

		if (!at)
			return native_fail(x, "no such flag: %c", *word);
		p->flags |= 1 << (at - letters);
	}
	return 0;
}

/* ---- packets ---- */

static int parse_fields(struct native_expansion *x, struct native_step *step, char **save, bool *has_seq, bool *has_ack)
{
	char *word;
	int err = 0;

	while (!err && (word = strtok_r(NULL, " ", save)))
		err = parse_field(x, step, word, has_seq, has_ack);
	return err;
}

/* Absolute numbers, and what the next packets' defaults are. */
static void finish_tcp(struct native_expansion *x, struct native_step *step, bool has_seq, bool has_ack)
{
	struct pkt *p = &step->pkt;
	int me = !step->client, peer = step->client;
	uint32_t end;

	if (!has_seq)
		p->seq = x->next[me];
	end = p->seq + p->len + !!(p->flags & PKT_SYN) + !!(p->flags & PKT_FIN);
	if ((int32_t)(end - x->next[me]) > 0 && !(p->flags & PKT_RST))
		x->next[me] = end;
	p->seq += x->steps->base[me];
	if (p->flags & PKT_ACK || has_ack)
		p->ack = (has_ack ? p->ack : x->next[peer]) + x->steps->base[peer];
	if (p->has_ts)
		x->tsval[me] = p->tsval;
}

static void start_packet(struct native_expansion *x, struct native_step *step)
{
	struct pkt *p = &step->pkt;

	step->client = is_client(x, &p->src);
	step->iface = 1;
	step->line = x->line;
	step->ts_ns = x->now_ns;
	step->offline = native_row_has(x->row, "offline");
	p->family = x->variant->v6 ? 6 : 4;
	p->ttl = 64;
	p->win = 1000;
	p->df = true;
	p->id = native_row_has(x->row, "noid") || x->variant->v6 ? 0 : x->id[step->client];
}

static int parse_tcp(struct native_expansion *x, struct native_step *step, const char *flags, char **save)
{
	bool has_seq = false, has_ack = false;
	int err = parse_flags(x, flags, &step->pkt);
	uint16_t counted = step->pkt.id;

	if (!err)
		err = parse_fields(x, step, save, &has_seq, &has_ack);
	if (x->variant->v6)
		step->pkt.id = 0;
	else if (step->pkt.id == counted)
		x->id[step->client]++;
	finish_tcp(x, step, has_seq, has_ack);
	return err;
}

static int parse_icmp_kind(struct native_expansion *x, struct pkt *p, const char *kind)
{
	bool v6 = x->variant->v6;

	p->what = PKT_ICMP_ERROR;
	if (!strcmp(kind, "frag_needed")) {
		p->icmp_type = v6 ? 2 : 3;
		p->icmp_code = v6 ? 0 : 4;
	} else if (!strncmp(kind, "unreachable:", 12)) {
		p->icmp_type = v6 ? 1 : 3;
		p->icmp_code = atoi(kind + 12);
	} else if (!strcmp(kind, "ttl_exceeded")) {
		p->icmp_type = v6 ? 3 : 11;
	} else if (!strcmp(kind, "echo_request") || !strcmp(kind, "echo_reply")) {
		p->what = PKT_ECHO;
		p->icmp_type = kind[5] == 'r' && kind[7] == 'q' ? (v6 ? 128 : 8) : (v6 ? 129 : 0);
	} else {
		return native_fail(x, "no such ICMP message: %s", kind);
	}
	return 0;
}

/* id= and seq= of an echo are its own; an error's seq= is the quoted sender's. */
static int parse_icmp(struct native_expansion *x, struct native_step *step, char **save)
{
	const char *kind = strtok_r(NULL, " ", save), *word;
	struct pkt *p = &step->pkt;
	bool has_seq = false, has_ack = false;
	int err = parse_icmp_kind(x, p, kind ? kind : "");

	if (err)
		return err;
	if (p->what == PKT_ICMP_ERROR) {
		char *at = strstr(*save, "quote ");

		if (!at || (at[6] != '>' && at[6] != '<'))
			return native_fail(x, "an ICMP error needs: quote >, or quote <");
		step->client = at[6] == '>';
		p->quote_src = x->steps->end[!step->client];
		p->quote_dst = x->steps->end[step->client];
		memmove(at, at + 7, strlen(at + 7) + 1);
	}
	word = p->what == PKT_ECHO ? "echo" : "error";
	p->id = 7777;
	err = parse_fields(x, step, save, &has_seq, &has_ack);
	if (*word == 'e' && p->what == PKT_ECHO) {
		p->icmp_seq = p->seq;
		p->icmp_id = p->id;
		p->id = 0;
	} else {
		p->seq += x->steps->base[!step->client];
	}
	return err;
}

static struct native_step *add_step(struct native_steps *steps)
{
	struct native_step *s;

	s = reallocarray(steps->step, steps->count + 1, sizeof(*s));
	if (!s)
		return NULL;
	steps->step = s;
	s += steps->count++;
	memset(s, 0, sizeof(*s));
	return s;
}

static void parse_time(struct native_expansion *x, const char *word)
{
	double t = strtod(*word == '+' ? word + 1 : word, NULL);
	uint64_t from = *word == '+' ? x->now_ns : NATIVE_START_NS + (uint64_t)(x->turn * x->every * 1e9 + 0.5);

	x->now_ns = from + (uint64_t)(t * 1e9 + 0.5);
}

int native_parse_packet(struct native_expansion *x, const char *line)
{
	char copy[1024], *save, *word;
	struct native_step *step = add_step(x->steps);
	struct pkt_end *from, *to;
	int err = 0;

	if (!step)
		return -ENOMEM;
	from = &step->pkt.src;
	to = &step->pkt.dst;
	snprintf(copy, sizeof(copy), "%s", line);
	parse_time(x, strtok_r(copy, " ", &save));
	word = strtok_r(NULL, " ", &save);
	if (!word)
		return native_fail(x, "a packet needs a direction");
	if (!strcmp(word, ">") || !strcmp(word, "<")) {
		*from = x->steps->end[*word == '<'];
		*to = x->steps->end[*word == '>'];
	} else {
		err = native_parse_end(x, word, from);
		strtok_r(NULL, " ", &save);
		word = strtok_r(NULL, " ", &save);
		if (!err)
			err = native_parse_end(x, word ? word : "", to);
	}
	word = strtok_r(NULL, " ", &save);
	if (err || !word)
		return err ? err : native_fail(x, "a packet needs flags");
	start_packet(x, step);
	return strcmp(word, "icmp") ? parse_tcp(x, step, word, &save) : parse_icmp(x, step, &save);
}

