/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names of the files that a log leaves behind: PATH.20261121T182203.417, when it was closed, UTC; with ".zst"
 * once it is compressed. Their order by name is their order in time.
 */
#ifndef TCPWHY_USER_ROTATED_H
#define TCPWHY_USER_ROTATED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_ROTATED_STAMP 19 /* bytes of "20261121T182203.417" */
#define TW_ROTATED_PACKED ".zst"

struct tw_rotated {
	char *path;
	uint64_t ms; /* since the epoch: when it was closed */
	bool packed; /* compressed */
};

struct tw_rotated_list {
	struct tw_rotated *file; /* oldest first */
	size_t n;
};

/* "PATH.STAMP" into @name. 0 or -ENAMETOOLONG. */
int tw_rotated_name(char *name, size_t size, const char *path, uint64_t ms);

/* All that belong to @path. 0 and @list to be released; or -errno. */
int tw_rotated_find(struct tw_rotated_list *list, const char *path);
void tw_rotated_release(struct tw_rotated_list *list);

#endif
