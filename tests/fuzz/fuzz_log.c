// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What `tail` does with a log that anybody may have written: follows the file, chooses events, makes a
 * readable line of each. No byte of the file is lost or told twice, and none of it commands the terminal.
 *
 * Input: three bytes of choices (how the file grows and what is selected; where it is split; how much room
 * a line has), then the file.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/inflate.h"
#include "cmd/select.h"
#include "judge.h"
#include "log/follow.h"
#include "must.h"
#include "readable/line.h"

enum { HEAD = 3, RENAME = 1, SHORT_BACK = 2, BY_EVENT = 4, BY_ADDR = 8, BY_PORT = 16, COLOUR = 32 };

static struct {
	uint8_t choices, room;
	struct tw_select select;
	uint8_t *told;           /* lines, a newline behind each */
	size_t n_told;
} now;

/* --- one line --- */

static void without_colour(char *text)
{
	char *to = text;

	for (const char *at = text; *at;) {
		if (*at == '\033' && at[1] == '[') {
			at += strcspn(at, "m");
			must(*at == 'm');
			at++;
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
}

static void read_line(const char *line, size_t len)
{
	bool colour = now.choices & COLOUR;
	size_t size = now.room ? now.room : TW_LINE_MAX, n;
	char *text = malloc(size); /* its end is where ASan stands */

	n = tw_line_from_json(text, size, line, len, colour);
	if (n && colour) {
		must(n < size && strlen(text) == n);
		if (size == TW_LINE_MAX) { /* else it may be cut within its colours */
			without_colour(text);
			judge_text(text, strlen(text), size);
		}
	} else if (n) {
		judge_text(text, n, size);
	}
	free(text);
}

static bool on_wanted(void *ctx, const char *line, size_t len)
{
	json_t *event = json_loadb(line, len, 0, NULL);
	bool wanted = event && tw_select_takes(&now.select, event);

	json_decref(event);
	return wanted;
}

static void on_line(void *ctx, const char *line, size_t len)
{
	must(!memchr(line, '\n', len));
	now.told = realloc(now.told, now.n_told + len + 1);
	memcpy(now.told + now.n_told, line, len);
	now.told[now.n_told + len] = '\n';
	now.n_told += len + 1;
	read_line(line, len);
	on_wanted(NULL, line, len);
}

static void select_some(void)
{
	struct tw_reason reason;

	memset(&now.select, 0, sizeof(now.select));
	if (now.choices & BY_EVENT)
		must(!tw_select_events(&now.select, "reset,connection,alert", &reason));
	if (now.choices & BY_ADDR)
		must(!tw_select_addr(&now.select, "192.0.2.0/24", &reason));
	if (now.choices & BY_PORT)
		must(!tw_select_port(&now.select, "443", &reason));
}

/* --- the file --- */

/* As if there were no inotify: closing its descriptor takes 10 ms, a thousand times what all else takes. */
int inotify_init1(int flags)
{
	return -1;
}

static char path[64], old_path[64];

static void remove_files(void)
{
	unlink(path);
	unlink(old_path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void name_files(void)
{
	char dir[] = "/dev/shm/fuzz_log.XXXXXX"; /* a hundred times as fast as a disk */

	must(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	snprintf(old_path, sizeof(old_path), "%s/log.1", dir);
	atexit(remove_files);
}

static void put(const char *mode, const uint8_t *data, size_t size)
{
	FILE *file = fopen(path, mode);

	must(file);
	must(fwrite(data, 1, size, file) == size);
	must(!fclose(file));
}

/* All that was told is the end of the file's lines, or all of them. */
static void must_have_told(const uint8_t *data, size_t size, size_t split)
{
	uint8_t *lines = malloc(size + 2);
	size_t n = split;

	memcpy(lines, data, split);
	if ((now.choices & RENAME) && size > split && split && data[split - 1] != '\n')
		lines[n++] = '\n'; /* the old file's last line has come to its end */
	memcpy(lines + n, data + split, size - split);
	n += size - split;
	if (n && lines[n - 1] != '\n')
		lines[n++] = '\n';
	must(now.n_told <= n);
	must(!now.n_told || !memcmp(lines + n - now.n_told, now.told, now.n_told));
	must(now.n_told == n || (now.choices & SHORT_BACK));
	free(lines);
}

/* What looks compressed is read as such, and may be damaged; tests/unit/log/test_follow.c has those. */
static bool looks_packed(const uint8_t *data, size_t size)
{
	const char *name;

	return size && tw_packing_of(data, TW_MIN(size, TW_PACKING_MAGIC), &name) != TW_PACKING_NONE;
}

static void follow(const uint8_t *data, size_t size, size_t split)
{
	bool packed = looks_packed(data, size) || looks_packed(data + split, size - split);
	struct tw_follow_options options = {
		.path = path,
		.back = now.choices & SHORT_BACK ? 2 : TW_FOLLOW_ALL,
		.wanted = on_wanted,
		.line = on_line,
	};
	struct tw_follow *f;

	put("w", data, split);
	must(!tw_follow_open(&f, &options));
	must(tw_follow_read(f) >= 0 || packed);
	if (now.choices & RENAME)
		must(!rename(path, old_path));
	put("a", data + split, size - split);
	must(tw_follow_read(f) >= 0 || packed);
	tw_follow_last(f);
	tw_follow_close(f);
	if (!packed)
		must_have_told(data, size, split);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t split;

	if (!*path)
		name_files();
	if (size < HEAD)
		return 0;
	now.choices = data[0];
	now.room = data[2];
	now.n_told = 0;
	split = (size - HEAD) * data[1] / 255;
	select_some();
	follow(data + HEAD, size - HEAD, split);
	return 0;
}
