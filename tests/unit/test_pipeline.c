// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The pipeline's end: what is printed for people makes nobody wait. */
#include "made.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "pipeline.h"

static int no_lookup(struct tw_store *store, const struct tw_key *key, uint64_t id, struct tw_flow *flow,
		     struct tw_trouble *trouble, bool *troubled)
{
	return -ENOENT;
}

static int no_sweep(struct tw_store *store, unsigned int max,
		    void (*visit)(void *ctx, const struct tw_key *key, const struct tw_flow *flow), void *ctx)
{
	return 1;
}

static void read_all(int fd, char *got, size_t size)
{
	while (poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, 0) == 1 && read(fd, got, size - 1) > 0)
		;
	memset(got, 0, size);
}

/* A pager that stands still: this test would not end. */
static void test_print_that_nobody_reads(void **state)
{
	static struct tw_rules rules;
	struct tw_store store = { .lookup = no_lookup, .sweep = no_sweep };
	struct tw_record lost = { .type = TW_EV_EVENTS_LOST, .ts_ns = WALL, .lost = { .count = 7, .where = "ring" } };
	struct tw_pipeline_options options = {
		.print = true, .colour = "never", .quiet = true, .rules = &rules, .store = &store,
		.conns = { .max_connections = 16, .max_half_open = 16 },
	};
	int ends[2], before = dup(STDOUT_FILENO), ret;
	struct tw_pipeline *p;
	struct tw_reason reason;
	char got[4096] = "";

	fflush(stdout);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDOUT_FILENO);
	ret = tw_pipeline_open(&p, &options, &reason);
	for (int i = 0; i < 10000 && !ret; i++) {
		tw_pipeline_own(p, &lost);
		ret = tw_pipeline_tick(p, i * TW_NS_PER_MS);
	}
	/* It is read again: what comes is shown again. */
	for (int i = 0; i < 3 && !ret; i++) {
		read_all(ends[0], got, sizeof(got));
		tw_pipeline_own(p, &lost);
		tw_pipeline_flush(p);
	}
	if (poll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, 0) == 1 && read(ends[0], got, sizeof(got) - 1) < 0)
		got[0] = '\0';
	for (int i = 0; i < 10000 && !ret; i++)
		tw_pipeline_own(p, &lost);
	if (!ret)
		tw_pipeline_close(p); /* and the end does not wait either */
	dup2(before, STDOUT_FILENO);
	assert_int_equal(ret, 0);
	assert_non_null(strstr(got, "7"));
	close(before);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_print_that_nobody_reads) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
