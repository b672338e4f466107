// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Words into lines. */
#include "wrap.h"

#include <string.h>

#define LEAST 20 /* columns: narrower than this is not readable */

static int is_start(char c)
{
	return (c & 0xc0) != 0x80;
}

size_t tw_wrap_columns(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += is_start(text[i]);
	return n;
}

/* Bytes of the first @columns columns. */
static size_t bytes_of(const char *text, size_t columns)
{
	size_t i = 0, n = 0;

	for (; text[i]; i++)
		if (is_start(text[i]) && n++ == columns)
			break;
	return i;
}

const char *tw_wrap_next(const char **at, size_t width, size_t *len)
{
	const char *line = *at + strspn(*at, " ");
	size_t fits;

	if (!*line)
		return NULL;
	fits = bytes_of(line, width > LEAST ? width : LEAST);
	*len = fits;
	if (line[fits]) {
		while (*len && line[*len] != ' ')
			(*len)--;
		if (!*len)
			*len = fits;
	}
	*at = line + *len;
	while (*len && line[*len - 1] == ' ')
		(*len)--;
	return line;
}

void tw_wrap_put(FILE *to, const char *first, const char *text, size_t width)
{
	size_t indent = tw_wrap_columns(first, strlen(first)), len;
	const char *line;

	fputs(first, to);
	for (int i = 0; (line = tw_wrap_next(&text, width - indent, &len)); i++)
		fprintf(to, "%*s%.*s\n", i ? (int)indent : 0, "", (int)len, line);
}
