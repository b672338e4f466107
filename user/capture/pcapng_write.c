// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Blocks of the pcapng format, one at a time, into a buffer. */
#include "pcapng_write.h"

#include <stdbool.h>
#include <string.h>

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6 };
enum { OPTION_END = 0, OPTION_COMMENT = 1 };
enum { SECTION_OS = 3, SECTION_APPLICATION = 4 };
enum { INTERFACE_NAME = 2, INTERFACE_TSRESOL = 9 };
enum { PACKET_FLAGS = 2 };

struct block {
	uint8_t *start, *at, *end;
	bool full;
};

static void put(struct block *b, const void *bytes, size_t n)
{
	if ((size_t)(b->end - b->at) < n) {
		b->full = true;
		return;
	}
	if (n)
		memcpy(b->at, bytes, n);
	b->at += n;
}

static void put16(struct block *b, uint16_t value)
{
	put(b, &value, sizeof(value));
}

static void put32(struct block *b, uint32_t value)
{
	put(b, &value, sizeof(value));
}

/* All that is in a block begins at a multiple of four bytes. */
static void pad(struct block *b)
{
	put(b, "\0\0\0", -(b->at - b->start) & 3);
}

static void put_option(struct block *b, uint16_t code, const void *value, size_t len)
{
	len = len < UINT16_MAX ? len : UINT16_MAX;
	put16(b, code);
	put16(b, len);
	put(b, value, len);
	pad(b);
}

static void put_text(struct block *b, uint16_t code, const char *text)
{
	if (text && *text)
		put_option(b, code, text, strlen(text));
}

static void begin(struct block *b, void *buf, size_t size, uint32_t type)
{
	*b = (struct block){ .start = buf, .at = buf, .end = (uint8_t *)buf + size };
	put32(b, type);
	put32(b, 0); /* its length, at the end */
}

/* The length stands at both ends, so that a reader can go either way. */
static size_t end(struct block *b)
{
	uint32_t len;

	put_option(b, OPTION_END, NULL, 0);
	len = b->at - b->start + sizeof(len);
	put32(b, len);
	if (b->full)
		return 0;
	memcpy(b->start + 4, &len, sizeof(len));
	return len;
}

size_t tw_pcapng_section(void *buf, size_t size, const char *application, const char *system)
{
	struct block b;

	begin(&b, buf, size, BLOCK_SECTION);
	put32(&b, 0x1a2b3c4d); /* tells the byte order */
	put16(&b, 1);
	put16(&b, 0);
	put32(&b, UINT32_MAX); /* the section's length is not known yet */
	put32(&b, UINT32_MAX);
	put_text(&b, SECTION_OS, system);
	put_text(&b, SECTION_APPLICATION, application);
	return end(&b);
}

size_t tw_pcapng_interface(void *buf, size_t size, uint16_t linktype, uint32_t snaplen, const char *name)
{
	static const uint8_t nanoseconds = 9;
	struct block b;

	begin(&b, buf, size, BLOCK_INTERFACE);
	put16(&b, linktype);
	put16(&b, 0);
	put32(&b, snaplen);
	put_text(&b, INTERFACE_NAME, name);
	put_option(&b, INTERFACE_TSRESOL, &nanoseconds, sizeof(nanoseconds));
	return end(&b);
}

size_t tw_pcapng_packet(void *buf, size_t size, const struct tw_pcapng_packet *packet)
{
	uint32_t flags = packet->dir;
	struct block b;

	begin(&b, buf, size, BLOCK_PACKET);
	put32(&b, packet->iface);
	put32(&b, packet->ts_ns >> 32);
	put32(&b, packet->ts_ns);
	put32(&b, packet->cap);
	put32(&b, packet->len);
	put(&b, packet->bytes, packet->cap);
	pad(&b);
	put_text(&b, OPTION_COMMENT, packet->comment);
	if (flags)
		put_option(&b, PACKET_FLAGS, &flags, sizeof(flags));
	return end(&b);
}

size_t tw_pcapng_statistics(void *buf, size_t size, uint32_t iface, uint64_t ts_ns)
{
	struct block b;

	begin(&b, buf, size, BLOCK_STATISTICS);
	put32(&b, iface);
	put32(&b, ts_ns >> 32);
	put32(&b, ts_ns);
	return end(&b);
}
