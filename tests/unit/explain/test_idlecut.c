// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* After how long idle connections are dead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain/idlecut.h"

static char *told(struct tw_idlecut *cuts, unsigned int *n)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	*n = tw_idlecut_tell(cuts, to, 2000, 3);
	fclose(to);
	return text;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in: %s", part, text);
}

/* A balancer that forgets after 350 s: what lies on which side, and the keep-alive. */
static void test_balancer(void **state)
{
	struct tw_idlecut *cuts = tw_idlecut_new();
	unsigned int n;
	char *text;

	for (int i = 0; i < 57; i++)
		tw_idlecut_add(cuts, "192.0.2.1:443", 10 + i * 6, TW_IDLE_LIVED); /* up to 346 s */
	for (int i = 0; i < 9; i++)
		tw_idlecut_add(cuts, "192.0.2.1:443", 351 + i * 100, TW_IDLE_RST);
	for (int i = 0; i < 3; i++)
		tw_idlecut_add(cuts, "192.0.2.1:443", 400 + i * 100, TW_IDLE_VANISHED);
	tw_idlecut_add(cuts, "192.0.2.9:443", 4000, TW_IDLE_LIVED); /* nothing dies there: not a word */
	text = told(cuts, &n);
	assert_int_equal(n, 1);
	has(text, "192.0.2.1:443: 12 connections silent for 351 s or longer were dead");
	has(text, "9 met a RST, 3 no answer at all");
	has(text, "57 lived on after silences of up to 346 s: the timer lies between 346 s and 351 s.");
	has(text, "Keep-alive to set: 170 s or less.");
	assert_null(strstr(text, "fit"));
	assert_null(strstr(text, "Too few"));
	free(text);
	tw_idlecut_free(cuts);
}

/* One that died early, of something else, and one that lived, must not move the timer. */
static void test_misfits(void **state)
{
	struct tw_idlecut *cuts = tw_idlecut_new();
	unsigned int n;
	char *text;

	for (int i = 0; i < 40; i++) {
		tw_idlecut_add(cuts, "s:1", 15 + i, TW_IDLE_LIVED);
		tw_idlecut_add(cuts, "s:1", 60 + i, TW_IDLE_RST);
	}
	tw_idlecut_add(cuts, "s:1", 12, TW_IDLE_RST);
	tw_idlecut_add(cuts, "s:1", 75, TW_IDLE_LIVED);
	text = told(cuts, &n);
	has(text, "40 connections silent for 60 s or longer");
	has(text, "40 lived on after silences of up to 54 s");
	has(text, "2 do not fit.");
	has(text, "25 s or less");
	free(text);
	tw_idlecut_free(cuts);
}

static void test_few(void **state)
{
	struct tw_idlecut *cuts = tw_idlecut_new();
	unsigned int n;
	char *text;

	tw_idlecut_add(cuts, "s:1", 120, TW_IDLE_VANISHED);
	text = told(cuts, &n);
	has(text, "1 connection silent for 120 s or longer was dead");
	has(text, "None with a shorter silence is in the log");
	has(text, "60 s or less. (Too few to be sure.)");
	free(text);
	tw_idlecut_free(cuts);
	cuts = tw_idlecut_new();
	free(told(cuts, &n));
	assert_int_equal(n, 0);
	tw_idlecut_free(cuts);
	tw_idlecut_free(NULL);
}

/* Far more than is kept: the counts stay whole, and the edge stays sharp. */
static void test_many(void **state)
{
	struct tw_idlecut *cuts = tw_idlecut_new();
	unsigned int n;
	char *text;

	for (int i = 0; i < 5000; i++) {
		tw_idlecut_add(cuts, "s:1", 10 + (i * 7919 % 5000) * 0.01, TW_IDLE_LIVED); /* up to 60 */
		tw_idlecut_add(cuts, "s:1", 62 + (i * 7919 % 5000) * 0.01, TW_IDLE_RST);
	}
	text = told(cuts, &n);
	has(text, "5000 connections silent for 62 s or longer");
	has(text, "5000 lived on after silences of up to 60 s");
	free(text);
	for (int i = 0; i < 3000; i++) { /* services have a limit, too */
		char name[32];

		snprintf(name, sizeof(name), "x:%d", i);
		assert_int_equal(tw_idlecut_add(cuts, name, 100, TW_IDLE_RST), 0);
	}
	text = told(cuts, &n);
	assert_int_equal(n, TW_IDLECUT_SERVICES);
	has(text, "are left out");
	free(text);
	tw_idlecut_free(cuts);
}

static void test_keep_alive(void **state)
{
	assert_int_equal(tw_idlecut_keep_alive(346), 170);
	assert_int_equal(tw_idlecut_keep_alive(60), 30);
	assert_int_equal(tw_idlecut_keep_alive(54), 25);
	assert_int_equal(tw_idlecut_keep_alive(25), 12);
	assert_int_equal(tw_idlecut_keep_alive(1), 1);
	assert_int_equal(tw_idlecut_keep_alive(0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_balancer),
		cmocka_unit_test(test_misfits),
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_keep_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
