// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets as a capture file, events as text. */
#include "dump.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/names.h"

static FILE *file;
static unsigned int number;

static void put32(uint32_t v)
{
	fwrite(&v, sizeof(v), 1, file);
}

void dump_begin(void)
{
	const char *path = getenv("DUMP");

	if (file)
		fclose(file);
	file = path ? fopen(path, "w") : NULL;
	number = 0;
	if (!file)
		return;
	put32(0xa1b23c4d); /* nanoseconds */
	put32(0x00040002);
	put32(0);
	put32(0);
	put32(262144);
	put32(1);
}

void dump_packet(const struct tw_native_packet *p)
{
	if (!file)
		return;
	put32(p->ts_ns / TW_NS_PER_SEC);
	put32(p->ts_ns % TW_NS_PER_SEC);
	put32(p->len);
	put32(p->wire_len ? p->wire_len : p->len);
	fwrite(p->bytes, 1, p->len, file);
	fflush(file);
	number++;
}

void dump_event(const struct tw_event *e)
{
	if (!file)
		return;
	fprintf(stderr, "%u %llu.%09llu %s conn %llx seq %u ack %u flags %02x suppressed %u", number,
		e->ts_ns / TW_NS_PER_SEC, e->ts_ns % TW_NS_PER_SEC, tw_event_word(e->type), e->conn, e->seq, e->ack,
		e->flags, e->suppressed);
	for (unsigned int i = 0; i < sizeof(e->raw) / sizeof(*e->raw); i++)
		fprintf(stderr, " %llx", e->raw[i]);
	fputc('\n', stderr);
}
