// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The books: losses are told once and by their growth, and a summary that does not add up says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/books.h"

struct told {
	unsigned int n;
	struct tw_record last;
};

static void on_record(void *ctx, const struct tw_record *record)
{
	struct told *told = ctx;

	told->n++;
	told->last = *record;
}

static void test_losses_by_growth(void **state)
{
	struct tw_counters reading = { .lost_ring = 5 };
	struct tw_books books = { 0 };
	struct told told = { 0 };

	tw_books_enter(&books, &reading, 100, on_record, &told);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.last.type, TW_EV_EVENTS_LOST);
	assert_int_equal(told.last.lost.count, 5);
	assert_string_equal(told.last.lost.where, "ring");
	assert_int_equal(told.last.ts_ns, 100);
	tw_books_enter(&books, &reading, 200, on_record, &told);
	assert_int_equal(told.n, 1);
	reading.lost_ring = 7;
	tw_books_enter(&books, &reading, 300, on_record, &told);
	assert_int_equal(told.n, 2);
	assert_int_equal(told.last.lost.count, 2);
	reading.lost_table = 1;
	tw_books_enter(&books, &reading, 400, on_record, &told);
	assert_int_equal(told.n, 3);
	assert_int_equal(told.last.type, TW_EV_TABLE_FULL);
	assert_string_equal(told.last.lost.where, "table");
}

static uint64_t of_word(const struct tw_tally *tally, const char *word)
{
	for (unsigned int i = 0; i < tally->used; i++)
		if (!strcmp(tally->list[i].word, word))
			return tally->list[i].n;
	return 0;
}

struct stopped {
	struct tw_rec_capture capture;
	struct tw_tally skipped;
};

static void on_stopped(void *ctx, const struct tw_record *record)
{
	struct stopped *s = ctx;

	assert_int_equal(record->type, TW_EV_CAPTURE_STOPPED);
	s->capture = record->capture;
	s->skipped = *record->capture.skipped;
}

/* All packets are judged or skipped, those that the core never saw as well. */
static void test_skipped(void **state)
{
	struct tw_books books = { .offline = true, .read = 100,
				  .kernel = { .packets = 70, .judged = 60, .skipped = { [TW_SKIP_NOT_TCP] = 7, [TW_SKIP_FRAGMENT] = 3 } } };
	struct stopped s = { 0 };

	tw_tally_add(&books.leftout, "not_tcp", 10);
	tw_tally_add(&books.leftout, "vxlan", 12);
	tw_tally_add(&books.leftout, "vxlan", 8);
	tw_tally_add(&books.leftout, "gre", 0);
	tw_books_stopped(&books, 100, on_stopped, &s);
	assert_int_equal(s.capture.packets, 100);
	assert_int_equal(s.capture.judged, 60);
	assert_int_equal(s.skipped.used, 3);
	assert_int_equal(of_word(&s.skipped, "not_tcp"), 17);
	assert_int_equal(of_word(&s.skipped, "fragment"), 3);
	assert_int_equal(of_word(&s.skipped, "vxlan"), 20);
	assert_int_equal(tw_tally_sum(&s.skipped) + s.capture.judged, s.capture.packets);
	books.offline = false;
	books.leftout = (struct tw_tally){ 0 };
	tw_books_stopped(&books, 100, on_stopped, &s);
	assert_int_equal(s.capture.packets, 70);
	assert_int_equal(tw_tally_sum(&s.skipped) + s.capture.judged, 70);
}

static char *summary(const struct tw_books *books)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	tw_books_print(books, out);
	fclose(out);
	return text;
}

static struct tw_books balanced(void)
{
	return (struct tw_books){
		.kernel = { .packets = 1234567, .judged = 1234560, .emitted = 100, .skipped[TW_SKIP_NOT_TCP] = 7 },
		.conns = { .events = 99, .shown = 60, .internal = 39, .made = 20 },
		.unreadable = 1,
		.log = { .lines = 87 },
		.alerts = { .raised = 2, .cleared = 1 },
		.own = 4,
	};
}

static void test_balance(void **state)
{
	struct tw_books books = balanced();
	char *text = summary(&books);

	assert_null(strstr(text, "does not add up"));
	assert_non_null(strstr(text, "1,234,567 seen"));
	assert_non_null(strstr(text, "(7 not_tcp)"));
	assert_null(strstr(text, "could not be written"));
	free(text);
}

static void test_imbalance(void **state)
{
	struct tw_books books = balanced();
	char *text;

	books.kernel.emitted++;
	text = summary(&books);
	assert_non_null(strstr(text, "does not add up"));
	free(text);
	books = balanced();
	books.log.lines--;
	text = summary(&books);
	assert_non_null(strstr(text, "does not add up"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_losses_by_growth),
		cmocka_unit_test(test_skipped),
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_imbalance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
