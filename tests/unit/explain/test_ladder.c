// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Arrows, and text broken into lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wrap.h"
#include "explain/ladder.h"

static const struct {
	enum tw_arrow arrow;
	const char *label, *row;
} rows[] = {
	{ TW_ARROW_RIGHT, "SYN", "|----------- SYN ----------->|" },
	{ TW_ARROW_LEFT, "SYN-ACK", "|<--------- SYN-ACK ---------|" },
	{ TW_ARROW_RIGHT, "", "|--------------------------->|" },
	{ TW_ARROW_TO_RIGHT, "ICMP", "|              *-- ICMP ---->|" },
	{ TW_ARROW_TO_LEFT, "ICMP", "|<--- ICMP ---*              |" },
	{ TW_ARROW_NONE, "whatever", "|                            |" },
};

static void test_rows(void **state)
{
	char row[TW_LADDER_WIDTH + 1];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tw_ladder_row(row, rows[i].arrow, rows[i].label);
		assert_string_equal(row, rows[i].row);
	}
	/* any label keeps the width, and the bars */
	for (int arrow = TW_ARROW_NONE; arrow <= TW_ARROW_TO_LEFT; arrow++)
		for (size_t len = 0; len < 40; len++) {
			char label[48] = "";

			memset(label, 'x', len);
			tw_ladder_row(row, arrow, label);
			assert_int_equal(strlen(row), TW_LADDER_WIDTH);
			assert_int_equal(row[0], '|');
			assert_int_equal(row[TW_LADDER_WIDTH - 1], '|');
		}
}

static void wrapped(const char *first, const char *text, size_t width, const char *want)
{
	char *got = NULL;
	size_t size;
	FILE *to = open_memstream(&got, &size);

	tw_wrap_put(to, first, text, width);
	fclose(to);
	assert_string_equal(got, want);
	free(got);
}

static void test_wrap(void **state)
{
	wrapped("  ", "short", 40, "  short\n");
	wrapped("  ", "one two three four five six seven", 24, "  one two three four\n  five six seven\n");
	wrapped("1. ", "one two three four five six seven", 24, "1. one two three four\n   five six seven\n");
	wrapped("", "äöüßäöüßäö äöüßäöüßäö x", 21, "äöüßäöüßäö äöüßäöüßäö\nx\n"); /* columns, not bytes */
	wrapped("", "a-word-that-is-longer-than-any-line and", 24, "a-word-that-is-longer-th\nan-any-line and\n");
	wrapped("", "", 40, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
