/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The classifier: every row of tests/rows, packets in and events out, each for
 * IPv4 and IPv6, either end with the smaller address, and sequence numbers that pass 2^32 in various
 * places. Arguments choose rows by a part of their name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "native_run.h"

static void test_row(void **state)
{
	const struct native_row *row = *state;
	char reason[2000];
	int failed = 0;

	for (size_t i = 0; i < native_variant_count; i++) {
		if (!native_row_fits(row, &native_variants[i]))
			continue;
		if (native_row_run(row, &native_variants[i], reason, sizeof(reason))) {
			print_error("%s\n", reason);
			failed = 1;
			break;
		}
	}
	assert_false(failed);
}

static int wanted(const struct native_row *row, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strstr(row->name, argv[i]) || strstr(row->file, argv[i]))
			return 1;
	return argc < 2;
}

int main(int argc, char **argv)
{
	struct native_rows rows;
	struct CMUnitTest *tests;
	char reason[200];
	size_t n = 0;
	int failed;

	if (native_rows_load(&rows, TW_TESTS "/rows", reason, sizeof(reason))) {
		fprintf(stderr, "%s\n", reason);
		return 1;
	}
	tests = calloc(rows.count, sizeof(*tests));
	for (size_t i = 0; i < rows.count; i++)
		if (wanted(&rows.row[i], argc, argv))
			tests[n++] = (struct CMUnitTest){ .name = rows.row[i].name, .test_func = test_row,
							   .initial_state = &rows.row[i] };
	failed = n ? _cmocka_run_group_tests("rows", tests, n, NULL, NULL) : 1;
	free(tests);
	native_rows_release(&rows);
	return failed;
}
