/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fields of a line of the log, found without taking all of it apart: what rules ask about is, by construction,
 * what the log says.
 */
#ifndef TCPWHY_USER_LINEFIELD_H
#define TCPWHY_USER_LINEFIELD_H

#include <stdbool.h>
#include <stddef.h>

/* A value as it stands in the line, quotes and brackets included. */
struct tw_linefield {
	const char *at;
	size_t len;
};

/* Looks for @name among the members of the object @line, not in what is nested. False: there is none. */
bool tw_linefield_find(struct tw_linefield *value, const char *line, const char *name);

/* A number, or true as 1 and false as 0. False: it is something else. */
bool tw_linefield_number(const struct tw_linefield *value, double *number);

/* A string without its quotes, or what stands there; escapes stay as they are. Cut to @size, NUL-terminated. */
void tw_linefield_text(const struct tw_linefield *value, char *text, size_t size);

/* The next element of an array; @element zeroed to begin with. False: no more, or no array. */
bool tw_linefield_next(const struct tw_linefield *array, struct tw_linefield *element);

#endif
