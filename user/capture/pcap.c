// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The classic container (draft-ietf-opsawg-pcap): one header, then packets. Both byte orders,
 * microseconds and nanoseconds, the lengths swapped as old versions wrote them, and the longer packet
 * header of Alexey Kuznetzov's tcpdump.
 */
#include "container.h"

#include <errno.h>
#include <stdlib.h>

#define FILE_HEADER 24

struct pcap {
	struct tw_container base; /* first */
	uint32_t linktype, ifindex;
	uint32_t header;          /* bytes before each packet */
	uint32_t fraction_ns;     /* of the second field of a time */
	bool lengths_swapped;     /* always: version 543.0; where they look so: before 2.4 */
	bool lengths_doubtful;
};

static int next(struct tw_container *c, struct tw_packet *packet, struct tw_reason *reason)
{
	struct pcap *p = (struct pcap *)c;
	int have = tw_container_need(c, p->header, "the header of a packet", reason);
	const uint8_t *at = c->window->at;
	uint32_t cap_len, wire_len;

	if (have <= 0)
		return have;
	cap_len = tw_get32(c, at + 8);
	wire_len = tw_get32(c, at + 12);
	if (p->lengths_swapped || (p->lengths_doubtful && cap_len > wire_len)) {
		cap_len = tw_get32(c, at + 12);
		wire_len = tw_get32(c, at + 8);
	}
	if (cap_len > TW_PACKET_MAX)
		return tw_container_damaged(c, reason, "a packet of %u bytes is not possible (at most %u)", cap_len,
					    TW_PACKET_MAX);
	have = tw_container_need(c, p->header + cap_len, "a packet", reason);
	if (have <= 0)
		return have;
	at = c->window->at;
	*packet = (struct tw_packet){
		.data = at + p->header,
		.ts_ns = tw_get32(c, at) * 1000000000ULL + (uint64_t)tw_get32(c, at + 4) * p->fraction_ns,
		.cap_len = cap_len,
		.wire_len = wire_len,
		.linktype = p->linktype,
		.ifindex = p->ifindex,
	};
	c->window->at += p->header + cap_len;
	return 1;
}

static void release(struct tw_container *c)
{
	free(c);
}

static const struct tw_container_ops ops = { .next = next, .free = release };

/* The magic in the file's own byte order; 0: it is none. */
static uint32_t learn_magic(struct pcap *p)
{
	static const struct {
		uint32_t magic, header, fraction_ns;
	} known[] = {
		{ 0xa1b2c3d4, 16, 1000 },
		{ 0xa1b23c4d, 16, 1 },
		{ 0xa1b2cd34, 24, 1000 }, /* Kuznetzov's */
	};
	uint32_t magic;

	for (int swapped = 0; swapped < 2; swapped++) {
		p->base.swapped = swapped;
		magic = tw_get32(&p->base, p->base.window->at);
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			if (magic != known[i].magic)
				continue;
			p->header = known[i].header;
			p->fraction_ns = known[i].fraction_ns;
			return magic;
		}
	}
	return 0;
}

static int read_header(struct pcap *p, struct tw_reason *reason)
{
	const struct tw_container *c = &p->base;
	const uint8_t *at = c->window->at;
	uint16_t major, minor;

	if (!learn_magic(p))
		return at[0] == '{' ?
		       tw_reason(reason, -EBADMSG, "%s is no capture, but looks like an event log: `tcpwhy tail` and `tcpwhy explain` "
				 "read those", c->path) :
		       tw_reason(reason, -EBADMSG, "%s is no capture that can be read: it begins with %02x %02x %02x %02x; "
				 "expected is pcap or pcapng", c->path, at[0], at[1], at[2], at[3]);
	if (tw_container_need(&p->base, FILE_HEADER, "the header of the file", reason) <= 0)
		return -EBADMSG;
	at = c->window->at;
	major = tw_get16(c, at + 4);
	minor = tw_get16(c, at + 6);
	p->lengths_swapped = major == 543 || (major == 2 && minor < 3);
	p->lengths_doubtful = major == 2 && minor == 3;
	p->linktype = tw_get32(c, at + 20) & 0x03ffffff; /* above: the length of a frame check sequence */
	p->ifindex = tw_ifaces_number(c->ifaces, NULL, 0, 0);
	c->window->at += FILE_HEADER;
	return 0;
}

int tw_pcap_open(struct tw_container **container, const struct tw_container *base, struct tw_reason *reason)
{
	struct pcap *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return tw_reason(reason, -ENOMEM, "out of memory");
	p->base = *base;
	p->base.ops = &ops;
	err = read_header(p, reason);
	if (err) {
		free(p);
		return err;
	}
	*container = &p->base;
	return 0;
}
