// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Names of the files that a log leaves behind. */
#include "rotated.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int tw_rotated_name(char *name, size_t size, const char *path, uint64_t ms)
{
	time_t seconds = ms / 1000;
	struct tm tm;
	int n;

	gmtime_r(&seconds, &tm);
	n = snprintf(name, size, "%s.%04d%02d%02dT%02d%02d%02d.%03u", path, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		     tm.tm_hour, tm.tm_min, tm.tm_sec, (unsigned int)(ms % 1000));
	return n > 0 && (size_t)n < size ? 0 : -ENAMETOOLONG;
}

static bool read_digits(const char *text, int n, int *value)
{
	*value = 0;
	for (; n; n--, text++) {
		if (*text < '0' || *text > '9')
			return false;
		*value = *value * 10 + *text - '0';
	}
	return true;
}

/* "20261121T182203.417", and nothing that only looks like it: what is found here may be deleted. */
static bool read_stamp(const char *text, uint64_t *ms)
{
	struct tm tm = { 0 };
	int fraction;

	if (strnlen(text, TW_ROTATED_STAMP) < TW_ROTATED_STAMP || text[8] != 'T' || text[15] != '.')
		return false;
	if (!read_digits(text, 4, &tm.tm_year) || !read_digits(text + 4, 2, &tm.tm_mon) ||
	    !read_digits(text + 6, 2, &tm.tm_mday) || !read_digits(text + 9, 2, &tm.tm_hour) ||
	    !read_digits(text + 11, 2, &tm.tm_min) || !read_digits(text + 13, 2, &tm.tm_sec) ||
	    !read_digits(text + 16, 3, &fraction))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*ms = timegm(&tm) * 1000ull + fraction;
	return true;
}

/* Whether the directory entry @name belongs to a log called @base. */
static bool belongs(const char *name, const char *base, struct tw_rotated *file)
{
	size_t len = strlen(base);
	const char *end = name + len + 1 + TW_ROTATED_STAMP;

	if (strncmp(name, base, len) || name[len] != '.' || !read_stamp(name + len + 1, &file->ms))
		return false;
	file->packed = !strcmp(end, TW_ROTATED_PACKED);
	return file->packed || !*end;
}

static int by_time(const void *a, const void *b)
{
	const struct tw_rotated *x = a, *y = b;

	return x->ms < y->ms ? -1 : x->ms > y->ms;
}

static int add(struct tw_rotated_list *list, struct tw_rotated file, const char *dir, size_t dir_len, const char *name)
{
	struct tw_rotated *more = realloc(list->file, (list->n + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	list->file = more;
	if (asprintf(&file.path, "%.*s%s", (int)dir_len, dir, name) < 0)
		return -ENOMEM;
	list->file[list->n++] = file;
	return 0;
}

int tw_rotated_find(struct tw_rotated_list *list, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	char *dir_name = slash ? strndup(path, slash + 1 - path) : strdup(".");
	DIR *dir = dir_name ? opendir(dir_name) : NULL;
	int err = dir ? 0 : dir_name ? -errno : -ENOMEM;
	struct tw_rotated file = { 0 };
	struct dirent *entry;

	*list = (struct tw_rotated_list){ 0 };
	while (!err && (entry = readdir(dir)))
		if (belongs(entry->d_name, base, &file))
			err = add(list, file, path, base - path, entry->d_name);
	if (dir)
		closedir(dir);
	free(dir_name);
	if (err)
		tw_rotated_release(list);
	else if (list->n)
		qsort(list->file, list->n, sizeof(*list->file), by_time);
	return err;
}

void tw_rotated_release(struct tw_rotated_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->file[i].path);
	free(list->file);
	*list = (struct tw_rotated_list){ 0 };
}
