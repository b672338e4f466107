// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whose retransmissions stand out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain/outliers.h"

static void add(struct tw_outliers *s, const char *remote, int port, int segments, int resent, int spurious, int harmless)
{
	json_t *final = json_pack("{s:s,s:s,s:s,s:i,s:i,s:i,s:i,s:i}", "side", "originator", "orig_addr", "192.0.2.1",
				  "resp_addr", remote, "resp_port", port, "orig_data_segments", segments,
				  "orig_retransmits", resent, "resp_retransmits", 0, "orig_spurious", spurious);

	assert_non_null(final);
	assert_int_equal(tw_outliers_add(s, final, harmless), 0);
	json_decref(final);
}

static void told(struct tw_outliers *s, unsigned int n, const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_int_equal(tw_outliers_tell(s, to, 2000, 5), n);
	fclose(to);
	assert_string_equal(text, want);
	free(text);
	tw_outliers_free(s);
}

static void test_remote(void **state)
{
	struct tw_outliers *s = tw_outliers_new();

	add(s, "198.51.100.1", 443, 5000, 10, 0, 0);
	add(s, "198.51.100.2", 443, 5000, 12, 0, 0);
	add(s, "198.51.100.3", 443, 1000, 70, 0, 0);
	told(s, 1, "  198.51.100.3: 70 of 1000 segments (7.0 %) had to be sent again; of all others 0.2 %.\n");
}

static void test_port(void **state)
{
	struct tw_outliers *s = tw_outliers_new();

	for (int i = 0; i < 20; i++) {
		char remote[32];

		snprintf(remote, sizeof(remote), "198.51.100.%d", i + 1);
		add(s, remote, 443, 500, 1, 0, 0);
		add(s, remote, 25, 50, 2, 0, 0);
	}
	told(s, 1, "  port 25: 40 of 1000 segments (4.0 %) had to be sent again; of all others 0.2 %.\n");
}

/* The port of a remote that has only this one says nothing new. */
static void test_twin(void **state)
{
	struct tw_outliers *s = tw_outliers_new();

	add(s, "198.51.100.1", 443, 5000, 10, 0, 0);
	add(s, "198.51.100.3", 8443, 1000, 70, 0, 0);
	told(s, 1, "  198.51.100.3: 70 of 1000 segments (7.0 %) had to be sent again; of all others 0.2 %.\n");
}

/* Chance, too few, nobody to compare with, and what was no loss. */
static void test_none(void **state)
{
	struct tw_outliers *s = tw_outliers_new();

	told(s, 0, "");
	s = tw_outliers_new();
	add(s, "198.51.100.1", 443, 1000, 100, 0, 0); /* bad, but alone */
	told(s, 0, "");
	s = tw_outliers_new();
	add(s, "198.51.100.1", 443, 100000, 1000, 0, 0);
	add(s, "198.51.100.2", 443, 400, 9, 0, 0); /* twice the others' share, by chance */
	add(s, "198.51.100.3", 443, 10, 4, 0, 0);
	told(s, 0, "");
	s = tw_outliers_new();
	add(s, "198.51.100.1", 443, 5000, 10, 0, 0);
	add(s, "198.51.100.2", 443, 1000, 70, 40, 30); /* needless, and window probes */
	told(s, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remote),
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_twin),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
