/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A log in a directory of its own, made-up events for it, and its lines read back. */
#ifndef TCPWHY_TESTS_MADELOG_H
#define TCPWHY_TESTS_MADELOG_H

#include <jansson.h>

#include "log/log.h"
#include "line/logline.h"
#include "logdir.h"

static struct tw_log *logger;

static inline int madelog_setup(void **state)
{
	logger = NULL;
	return logdir_setup(state);
}

static inline int madelog_teardown(void **state)
{
	tw_log_close(logger);
	return logdir_teardown(state);
}

/* Its number is its `seq`. */
static inline void log_one(uint64_t id)
{
	struct tw_event e = made_syn(id, id);
	struct tw_conn_name name = { .id = id, .family = 4 };
	struct tw_record record = { .type = e.type, .ts_ns = WALL + id, .event = &e, .conn = &name };

	e.seq = id;
	tw_log_record(logger, &record);
}

static inline void log_from(unsigned int id, unsigned int until)
{
	for (; id < until; id++)
		log_one(id);
}

/* With nothing left to write. */
static inline void close_log(void)
{
	assert_int_equal(tw_log_close(logger), 0);
	logger = NULL;
}

/* Lines of a file that are whole and JSON; the sum of `count` of events_lost in *@lost. */
static inline unsigned int read_lines(const char *file, uint64_t *lost)
{
	FILE *f = fopen(file, "r");
	char line[TW_LOG_LINE_MAX];
	unsigned int n = 0;

	*lost = 0;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		json_t *json = json_loads(line, 0, NULL);

		if (!json)
			fail_msg("line %u is not JSON: %s", n + 1, line);
		*lost += json_integer_value(json_object_get(json, "count"));
		json_decref(json);
		n++;
	}
	fclose(f);
	return n;
}

/* Each line is somewhere. */
static inline void check_sum(void)
{
	struct tw_log_stats stats;

	tw_log_stats(logger, &stats);
	assert_int_equal(stats.lines, stats.written + stats.held + stats.lost);
}

#endif
