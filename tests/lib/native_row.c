// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Rows of the tests from their files: names, words and lines. */
#include "native_row.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRAP(c, s) { (c), (s) }
#define BOTH(n, c, s) \
	{ n " v4", false, false, WRAP(c, s) }, { n " v6", true, false, WRAP(c, s) }, \
	{ n " v4 swapped", false, true, WRAP(c, s) }, { n " v6 swapped", true, true, WRAP(c, s) }

const struct native_variant native_variants[] = {
	BOTH("plain", 1000, 500000000),
	BOTH("wrap in the handshake", 0xffffffff, 0xffffffff),
	BOTH("wrap early", 0xffffff9c, 0xffffffc8),
	BOTH("wrap later", 0xfffff000, 0xfffffa00),
	BOTH("sign", 0x7fffff9c, 0x7ffffe00),
};
const size_t native_variant_count = sizeof(native_variants) / sizeof(*native_variants);

static void *grow(void *array, size_t count, size_t each)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? count * 2 : 1, each);
}

static struct native_row *add_row(struct native_rows *rows, const char *file, const char *text)
{
	const char *bracket = strchr(text, '[');
	size_t name = bracket ? (size_t)(bracket - text) : strlen(text);
	struct native_row *r;

	rows->row = grow(rows->row, rows->count, sizeof(*rows->row));
	if (!rows->row)
		return NULL;
	r = &rows->row[rows->count++];
	memset(r, 0, sizeof(*r));
	while (name && text[name - 1] == ' ')
		name--;
	r->name = strndup(text, name);
	r->file = file;
	if (asprintf(&r->words, " %.*s ", bracket ? (int)strcspn(bracket + 1, "]") : 0, bracket ? bracket + 1 : "") < 0)
		r->words = NULL;
	return r->name && r->words ? r : NULL;
}

static int add_line(struct native_row *r, const char *text, int number)
{
	r->lines = grow(r->lines, r->count, sizeof(*r->lines));
	r->numbers = grow(r->numbers, r->count, sizeof(*r->numbers));
	if (!r->lines || !r->numbers)
		return -ENOMEM;
	r->lines[r->count] = strdup(text);
	r->numbers[r->count] = number;
	return r->lines[r->count++] ? 0 : -ENOMEM;
}

/* Takes comments and trailing space off. Returns whether anything is left. */
static bool trim(char *line)
{
	size_t n = strcspn(line, "#\n");

	while (n && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	line[n] = 0;
	return n;
}

static int load_lines(struct native_rows *rows, FILE *f, const char *file, char *reason, size_t size)
{
	struct native_row *row = NULL;
	char line[1024];
	int err = 0;

	for (int number = 1; !err && fgets(line, sizeof(line), f); number++) {
		if (!trim(line))
			continue;
		if (!strncmp(line, "row ", 4)) {
			row = add_row(rows, file, line + 4);
			err = row ? 0 : -ENOMEM;
		} else if (row) {
			err = add_line(row, line, number);
		} else {
			err = -EINVAL;
			snprintf(reason, size, "%s:%d: a line before the first row", file, number);
		}
	}
	return err;
}

static int load_file(struct native_rows *rows, const char *path, char *reason, size_t size)
{
	FILE *f = fopen(path, "r");
	char *file = strdup(path);
	int err;

	if (!f || !file) {
		snprintf(reason, size, "%s: cannot be read", path);
		free(file);
		return -errno;
	}
	err = load_lines(rows, f, file, reason, size);
	if (!rows->count || rows->row[rows->count - 1].file != file)
		free(file);
	fclose(f);
	return err;
}

static int is_rows_file(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');

	return dot && !strcmp(dot, ".rows");
}

int native_rows_load(struct native_rows *rows, const char *dir, char *reason, size_t size)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_rows_file, alphasort), err = 0;
	char path[4096];

	memset(rows, 0, sizeof(*rows));
	if (n <= 0) {
		snprintf(reason, size, "%s: no rows there", dir);
		return -ENOENT;
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (!err)
			err = load_file(rows, path, reason, size);
		free(names[i]);
	}
	free(names);
	return err;
}

static void release_row(struct native_row *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->lines[i]);
	free(r->lines);
	free(r->numbers);
	free(r->name);
	free(r->words);
}

void native_rows_release(struct native_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (i + 1 == rows->count || rows->row[i].file != rows->row[i + 1].file)
			free((char *)rows->row[i].file);
		release_row(&rows->row[i]);
	}
	free(rows->row);
	memset(rows, 0, sizeof(*rows));
}

bool native_row_has(const struct native_row *row, const char *word)
{
	char spaced[32];

	snprintf(spaced, sizeof(spaced), " %s ", word);
	return strstr(row->words, spaced);
}

bool native_row_fits(const struct native_row *row, const struct native_variant *variant)
{
	return !native_row_has(row, variant->v6 ? "v4" : "v6");
}
