/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Breaks UTF-8 text into lines of a width. Every character counts as one column. */
#ifndef TCPWHY_USER_WRAP_H
#define TCPWHY_USER_WRAP_H

#include <stddef.h>
#include <stdio.h>

/* Columns of the @len bytes at @text. */
size_t tw_wrap_columns(const char *text, size_t len);

/*
 * The next line of *@at: its beginning and *@len bytes, at most @width columns; *@at moves on behind it.
 * Words are broken only where one alone is too long. NULL: nothing is left.
 */
const char *tw_wrap_next(const char **at, size_t width, size_t *len);

/* Writes @first and then @text in lines up to column @width; those after the first are indented like it. */
void tw_wrap_put(FILE *to, const char *first, const char *text, size_t width);

#endif
