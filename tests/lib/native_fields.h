/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields of events and state by name: where each lies, and how it reads as text. */
#ifndef TESTS_NATIVE_FIELDS_H
#define TESTS_NATIVE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum native_how {
	NUMBER,
	TIME,      /* nanoseconds, as seconds */
	TIME_US,
	SEQ,       /* counts from the packet's sender's initial number */
	ACK,       /* from the other's */
	WORD,      /* a function gives the word */
	BITS,      /* of it, joined by commas; "none" */
};

struct native_field {
	const char *name;  /* NULL: the end of a list */
	enum native_how how;
	uint16_t at, size;
	const char *(*word)(unsigned int number);
};

/* Of every event, of those of a type, and of what is remembered. */
extern const struct native_field native_common_fields[], native_half_fields[], native_trouble_fields[], native_flow_fields[];
const struct native_field *native_fields_of(unsigned int type);

/* NULL: no such field. */
const struct native_field *native_field_find(const struct native_field *fields, const char *name);

/* The word of a bit of enum tw_half_flags; "?" for none. */
const char *native_half_flag(unsigned int bit);

/* @me, @peer: the initial numbers that SEQ and ACK count from. */
void native_field_text(const struct native_field *field, const void *object, uint32_t me, uint32_t peer,
		       char *text, size_t size);
/* Does the text say the same? Durations within 2 µs. */
bool native_field_same(const struct native_field *field, const char *got, const char *want);

#endif
