/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A set of rules with all built-in ones off to begin with, and what alerts came out of it: for tests of alerts. */
#ifndef TCPWHY_TESTS_HEARD_H
#define TCPWHY_TESTS_HEARD_H

#include <stdio.h>

#include "alert/alert.h"
#include "made.h"

static struct {
	char rule[TW_RULE_NAME], key[64];
	bool raised;
	double value, threshold, window_s;
	uint64_t ts_ns;
} said[1000];
static unsigned int n_said;

static struct tw_rules rules;
static struct tw_alerts *alerts;
static uint64_t now;

static inline void hear(void *ctx, const struct tw_record *r)
{
	assert_ptr_equal(ctx, said);
	assert_int_equal(r->type, TW_EV_ALERT);
	assert_null(r->event);
	assert_null(r->conn);
	assert_true(n_said < 1000);
	snprintf(said[n_said].rule, sizeof(said[0].rule), "%s", r->alert.rule);
	snprintf(said[n_said].key, sizeof(said[0].key), "%s", r->alert.key);
	said[n_said].raised = r->alert.raised;
	said[n_said].value = r->alert.value;
	said[n_said].threshold = r->alert.threshold;
	said[n_said].window_s = r->alert.window_s;
	said[n_said].ts_ns = r->ts_ns;
	n_said++;
	/* A chain of sinks may lead back here. */
	tw_alerts_sink(alerts, r);
}

static inline int begin(void **state)
{
	tw_rules_default(&rules);
	for (unsigned int i = 0; i < rules.n; i++)
		rules.rule[i].off = true;
	alerts = NULL;
	n_said = 0;
	now = WALL;
	return 0;
}

static inline int end(void **state)
{
	tw_alerts_free(alerts);
	return 0;
}

static inline void start(void)
{
	alerts = tw_alerts_new(&rules, hear, said);
	assert_non_null(alerts);
}

/* The same once more within a test. */
static inline void start_over(void)
{
	tw_alerts_free(alerts);
	begin(NULL);
}

static inline void expect_said(unsigned int i, const char *rule, const char *key, bool raised)
{
	if (i >= n_said)
		fail_msg("alert %u of %s for \"%s\" is missing", i, rule, key);
	assert_string_equal(said[i].rule, rule);
	assert_string_equal(said[i].key, key);
	assert_int_equal(said[i].raised, raised);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

#endif
