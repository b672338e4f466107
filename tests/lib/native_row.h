/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows of the tests: packets in, events out, as text (tests/rows/README).
 *
 * A row is expanded for a variant (IPv4 or IPv6, which end has the smaller address, where sequence
 * numbers start) to steps: packets with their time and hook, and the lines that say what must follow.
 */
#ifndef TESTS_NATIVE_ROW_H
#define TESTS_NATIVE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pkt.h"

struct native_row {
	char *name;
	char *words;       /* what stands behind the name in brackets, with a space at both ends */
	char **lines;      /* without line ends and comments; empty ones are left out */
	int *numbers;      /* of the lines in the file */
	size_t count;
	const char *file;
};

struct native_rows {
	struct native_row *row;
	size_t count;
};

struct native_variant {
	const char *name;
	bool v6, swapped;
	uint32_t base[2];  /* initial sequence numbers: of the client, of the server */
};

struct native_step {
	struct pkt pkt;
	uint64_t ts_ns;
	bool client;       /* sent by the client; of an ICMP error: what it quotes */
	bool egress, forwarded, offline;
	uint32_t iface;    /* 1, 2, 3 … */
	uint32_t segs;
	uint16_t gso_size;
	uint32_t cut;      /* bytes captured; 0: all */
	int line;
	const char **expect; /* lines that follow it: events, and "? …" */
	const int *expect_lines;
	size_t expects;
};

struct native_steps {
	struct native_step *step;
	size_t count;
	uint32_t base[2];
	struct pkt_end end[2]; /* client, server */
};

extern const struct native_variant native_variants[];
extern const size_t native_variant_count;

/* A capture starts at this time; rows count from it. */
#define NATIVE_START_NS (1000ULL * 1000000000ULL)

/* All rows of the files of @dir, by name of file. 0, or -errno with the reason in @reason. */
int native_rows_load(struct native_rows *rows, const char *dir, char *reason, size_t size);
void native_rows_release(struct native_rows *rows);

/* True when the row's words have @word. */
bool native_row_has(const struct native_row *row, const char *word);
/* Is the row meant for this variant? */
bool native_row_fits(const struct native_row *row, const struct native_variant *variant);

/* 0, or -EINVAL with the reason. */
int native_row_expand(const struct native_row *row, const struct native_variant *variant,
		      struct native_steps *steps, char *reason, size_t size);
void native_steps_release(struct native_steps *steps);

#endif
