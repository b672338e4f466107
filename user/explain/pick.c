// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Picking connections. An expression is put to a frame made up from the connection's ends, once each way. */
#include "pick.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/member.h"
#include "capture/packetfilter.h"

/* Of `conn`: 64 bits, 5 a letter. Leading zeroes are not written, so that a few ids are shorter. */
#define CONN_ID_LEAST 9
#define CONN_ID_MOST 13
#define LINKTYPE_ETHERNET 1

enum by { BY_CONN, BY_COMMUNITY, BY_ADDR, BY_FILTER };

struct tw_pick {
	enum by by;
	char word[64];      /* the id, or the address as the log writes it */
	int port;           /* -1: any */
	struct tw_packetfilter *filter;
};

/* --- what was meant --- */

static bool is_conn_id(const char *text)
{
	size_t len = strlen(text);

	return len >= CONN_ID_LEAST && len <= CONN_ID_MOST && strspn(text, "0123456789abcdefghijklmnopqrstuv") == len;
}

static bool is_community_id(const char *text)
{
	return !strncmp(text, "1:", 2) && strlen(text) == 30 && text[29] == '=';
}

static bool parse_port(const char *text, int *port)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*port = value;
	return *text >= '0' && *text <= '9' && !*end && value <= 65535;
}

/* As the log writes it: inet_ntop's form. */
static bool parse_addr(struct tw_pick *p, const char *text, size_t len)
{
	char addr[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	int family = memchr(text, ':', len) ? AF_INET6 : AF_INET;

	if (!len || len >= sizeof(addr))
		return false;
	memcpy(addr, text, len);
	addr[len] = '\0';
	return inet_pton(family, addr, bytes) == 1 && inet_ntop(family, bytes, p->word, sizeof(p->word));
}

/* ADDR, ADDR:PORT, [ADDR], [ADDR]:PORT; an IPv6 address with a port needs the brackets. */
static bool parse_end(struct tw_pick *p, const char *text)
{
	const char *close = strchr(text, ']'), *colon = strchr(text, ':');

	p->port = -1;
	if (text[0] == '[' && close)
		return parse_addr(p, text + 1, close - text - 1) &&
		       (!close[1] || (close[1] == ':' && parse_port(close + 2, &p->port)));
	if (colon && !strchr(colon + 1, ':'))
		return parse_addr(p, text, colon - text) && parse_port(colon + 1, &p->port);
	return parse_addr(p, text, strlen(text));
}

/* @why: libpcap's words, which help only who meant a filter. */
static int bad(const char *text, const char *why, struct tw_reason *reason)
{
	bool tell = strchr(text, ' ') && why[0];

	return tw_reason(reason, -EINVAL, "'%s' names no connection: accepted is a `conn` of the log, "
			 "its community_id, ADDR, ADDR:PORT, [IPV6]:PORT, or a filter like 'host 192.0.2.7 and port 443' "
			 "(pcap-filter(7))%s%s", text, tell ? "; as a filter: " : "", tell ? why : "");
}

bool tw_pick_is_meant(const char *text)
{
	struct tw_pick p;

	return strchr(text, ' ') || is_conn_id(text) || is_community_id(text) || parse_end(&p, text);
}

int tw_pick_new(struct tw_pick **pick, const char *text, struct tw_reason *reason)
{
	struct tw_pick *p = calloc(1, sizeof(*p));
	struct tw_reason why = { .text = "" };

	if (!p)
		return tw_reason(reason, -ENOMEM, "out of memory");
	if (is_conn_id(text) || is_community_id(text)) {
		p->by = is_conn_id(text) ? BY_CONN : BY_COMMUNITY;
		snprintf(p->word, sizeof(p->word), "%s", text);
	} else if (parse_end(p, text)) {
		p->by = BY_ADDR;
	} else {
		p->by = BY_FILTER;
		if (!text[0] || tw_packetfilter_new(&p->filter, text, &why)) {
			tw_pick_free(p);
			return bad(text, why.text, reason);
		}
	}
	*pick = p;
	return 0;
}

void tw_pick_free(struct tw_pick *p)
{
	if (!p)
		return;
	tw_packetfilter_free(p->filter);
	free(p);
}

bool tw_pick_is_one(const struct tw_pick *p)
{
	return p && p->by == BY_CONN;
}

/* --- a frame of the connection --- */

struct frame {
	uint8_t bytes[14 + 40 + 20];
	uint32_t len;
};

static void put_port(uint8_t *at, unsigned int port)
{
	at[0] = port >> 8;
	at[1] = port;
}

static bool make_ipv4(struct frame *f, const char *from, const char *to)
{
	uint8_t *ip = f->bytes + 14;

	f->bytes[12] = 0x08;
	ip[0] = 0x45;
	ip[3] = 40;
	ip[8] = 64;
	ip[9] = IPPROTO_TCP;
	f->len = 14 + 20 + 20;
	return inet_pton(AF_INET, from, ip + 12) == 1 && inet_pton(AF_INET, to, ip + 16) == 1;
}

static bool make_ipv6(struct frame *f, const char *from, const char *to)
{
	uint8_t *ip = f->bytes + 14;

	f->bytes[12] = 0x86;
	f->bytes[13] = 0xdd;
	ip[0] = 0x60;
	ip[5] = 20;
	ip[6] = IPPROTO_TCP;
	ip[7] = 64;
	f->len = 14 + 40 + 20;
	return inet_pton(AF_INET6, from, ip + 8) == 1 && inet_pton(AF_INET6, to, ip + 24) == 1;
}

static bool make_frame(struct frame *f, const json_t *event, bool fwd)
{
	const char *orig = tw_member_text(event, "orig_addr"), *resp = tw_member_text(event, "resp_addr");
	unsigned int orig_port = tw_member_u64(event, "orig_port"), resp_port = tw_member_u64(event, "resp_port");
	const char *from = fwd ? orig : resp, *to = fwd ? resp : orig;
	uint8_t *tcp;

	memset(f, 0, sizeof(*f));
	if (!(strchr(orig, ':') ? make_ipv6(f, from, to) : make_ipv4(f, from, to)))
		return false;
	tcp = f->bytes + f->len - 20;
	put_port(tcp, fwd ? orig_port : resp_port);
	put_port(tcp + 2, fwd ? resp_port : orig_port);
	tcp[12] = 5 << 4;
	return true;
}

static bool passes(const struct tw_pick *p, const json_t *event, bool fwd)
{
	struct frame f;

	return make_frame(&f, event, fwd) &&
	       tw_packetfilter_passes(p->filter, LINKTYPE_ETHERNET, f.bytes, f.len, f.len);
}

/* --- picking --- */

static bool is_end(const struct tw_pick *p, const json_t *event, const char *addr, const char *port)
{
	return !strcmp(tw_member_text(event, addr), p->word) &&
	       (p->port < 0 || tw_member_u64(event, port) == (uint64_t)p->port);
}

bool tw_pick_takes(const struct tw_pick *p, const json_t *event)
{
	if (!p)
		return true;
	switch (p->by) {
	case BY_CONN:
		return !strcmp(tw_member_text(event, "conn"), p->word);
	case BY_COMMUNITY:
		return !strcmp(tw_member_text(event, "community_id"), p->word);
	case BY_ADDR:
		return is_end(p, event, "orig_addr", "orig_port") || is_end(p, event, "resp_addr", "resp_port");
	default:
		return passes(p, event, true) || passes(p, event, false);
	}
}

bool tw_pick_may_take(const struct tw_pick *p, const char *line, size_t len)
{
	return !p || p->by == BY_FILTER || memmem(line, len, p->word, strlen(p->word));
}
