/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Follows a text file line by line while it is written, renamed, made anew or emptied (log rotation).
 *
 * Files that tcpwhy itself began and closed since the last look (rotated.h) are read in between, compressed ones too.
 *
 * inotify tells of changes; where it cannot (network file systems), the file is looked at four times a second.
 */
#ifndef TCPWHY_USER_FOLLOW_H
#define TCPWHY_USER_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tw_follow;

#define TW_FOLLOW_LINE_MAX (1u << 20) /* a longer line is cut into pieces */
#define TW_FOLLOW_ALL UINT64_MAX

struct tw_follow_options {
	const char *path;
	bool wait_for_it;  /* there may be no such file yet */
	uint64_t back;     /* how many of the last lines that @wanted takes come first */
	/* Is this one of the lines to go back to? Called for lines from the end on. */
	bool (*wanted)(void *ctx, const char *line, size_t len);
	/* Each whole line, without newline; not NUL-terminated. */
	void (*line)(void *ctx, const char *line, size_t len);
	void *ctx;
};

/* 0 and *@follow, or -errno. */
int tw_follow_open(struct tw_follow **follow, const struct tw_follow_options *options);

/* Hands over what is there now, whatever became of the file. 0, 1 when there was anything, or -errno. */
int tw_follow_read(struct tw_follow *follow);

/* Whether the file is compressed: then it is read once, and does not grow. */
bool tw_follow_is_packed(const struct tw_follow *follow);

/* At the end of a file that will not grow: hands over a last line without newline. */
void tw_follow_last(struct tw_follow *follow);

/* Readable when there may be something new; -1: look every tw_follow_pause_ms(). */
int tw_follow_fd(const struct tw_follow *follow);
int tw_follow_pause_ms(const struct tw_follow *follow);

/* NULL is fine. */
void tw_follow_close(struct tw_follow *follow);

#endif
