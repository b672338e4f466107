// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Holds lines of the log, and their readable form, against what readers rely on. */
#include "judge.h"

#include <jansson.h>
#include <string.h>

#include "base/names.h"
#include "line/logline.h"
#include "must.h"
#include "readable/line.h"

void judge_text(const char *text, size_t len, size_t size)
{
	must(len < size && strlen(text) == len);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = text[i], next = text[i + 1];

		must(c >= ' ' && c != 0x7f);
		must(c != 0xc2 || next < 0x80 || next >= 0xa0); /* U+0080 to U+009F: control characters, too */
	}
}

static void judge_line(const char *line, size_t len, const struct tw_record *record)
{
	json_error_t error;
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	const char *word;
	char text[TW_LINE_MAX];

	if (!object)
		fprintf(stderr, "%s in %s\n", error.text, line);
	must(json_is_object(object));
	word = json_string_value(json_object_get(object, "event"));
	must(word && !strcmp(word, tw_event_word(record->type)));
	must(json_is_string(json_object_get(object, "ts")));
	judge_text(text, tw_line_format(text, sizeof(text), object, false), sizeof(text));
	must(text[0]);
	json_decref(object);
}

void judge_record(void *ctx, const struct tw_record *record)
{
	static char line[TW_LOG_LINE_MAX];
	size_t len = tw_log_format(line, sizeof(line), record);

	must(len && len < sizeof(line) && !line[len] && !memchr(line, '\n', len));
	if (getenv("DUMP"))
		fprintf(stderr, "%s\n", line);
	judge_line(line, len, record);
}
