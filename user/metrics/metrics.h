/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Numbers for monitoring: a sink that counts records. Labels have as many values as the word lists of
 * names.h have words, and rules have names: no sender of packets can make them more.
 */
#ifndef TCPWHY_USER_METRICS_H
#define TCPWHY_USER_METRICS_H

#include "base/histogram.h"
#include "record/record.h"
#include "rules/rules.h"

#define TW_METRICS_OWNERS 9 /* parts of a time budget */

/* Alerts of one rule. */
struct tw_metrics_rule {
	char name[TW_RULE_NAME];
	uint64_t raised, cleared;
};

struct tw_metrics {
	/* Those that a budget held back are counted with the next of their kind. */
	uint64_t events[_TW_EV_MAX];
	uint64_t causes[_TW_CAUSE_MAX];
	uint64_t kinds[_TW_KIND_MAX];
	/* Of final records; sides are 0: originator, 1: responder. */
	uint64_t verdicts[_TW_VERDICT_MAX];
	uint64_t ends[_TW_END_MAX];
	uint64_t forged[4];             /* by enum tw_forged */
	uint64_t midstream;
	uint64_t bytes[2], packets[2], data_segments[2], retransmits[2], retransmit_bytes[2];
	double time_s[TW_METRICS_OWNERS];
	struct tw_histogram handshake, rtt[2], life;
	/* Rules that were never raised are there from tw_metrics_rules() on. */
	unsigned int n_rules;
	struct tw_metrics_rule rule[TW_RULES_MAX + 1]; /* the last: names that found no room */
};

/* A tw_sink. */
void tw_metrics_record(void *metrics, const struct tw_record *record);

/* Rules that may be raised: they show with 0 from the start. Again after they were read anew. */
void tw_metrics_rules(struct tw_metrics *metrics, const struct tw_rules *rules);

/* "handshake", "zero_window", …: 0…TW_METRICS_OWNERS-1 */
const char *tw_metrics_owner(unsigned int owner);

#endif
