/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Alert rules: what is counted, over which window, for which key, and from which value on somebody
 * should be told. The built-in rules are a table; a file and the command line change their values.
 */
#ifndef TCPWHY_USER_RULES_H
#define TCPWHY_USER_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "action_list.h"
#include "rule_count.h"
#include "base/reason.h"

struct tw_command; /* options.h */
struct tw_conf;
struct tw_json;
struct tw_option;

#define TW_RULES_MAX 32
#define TW_RULE_SEVERITY 16
#define TW_RULE_NAME 32

/* X(identifier, word, meaning) */
#define TW_RULE_KEYS(X) \
	X(NONE, "none", "one window for everything") \
	X(RESP_ADDR, "resp_addr", "per destination address") \
	X(RESP_ADDR_PORT, "resp_addr:resp_port", "per destination address and port") \
	X(ORIG_ADDR, "orig_addr", "per source address") \
	X(IFACE, "iface", "per interface") \
	X(RESP_PORT, "resp_port", "per destination port") \
	X(RESP_PREFIX, "resp_prefix", "per destination network, /24 or /48") \
	X(ORIG_PREFIX, "orig_prefix", "per source network, /24 or /48") \
	X(COMM, "comm", "per process of this host") \
	X(CGROUP, "cgroup", "per control group") \
	X(VERDICT, "verdict", "per verdict") \
	X(CAUSE, "cause", "per cause of a reset") \
	X(REASON, "reason", "per reason that the kernel gives") \
	X(FROM, "from", "per router that sent an ICMP error")

#define X(id, word, meaning) TW_KEY_##id,
enum tw_rule_key { TW_RULE_KEYS(X) _TW_KEY_MAX };
#undef X

struct tw_rule {
	char name[TW_RULE_NAME];
	const char *summary;       /* one line: what it counts */
	bool own;                  /* not built in: from a file or the command line */
	struct tw_count hits;      /* what is counted */
	struct tw_count base;      /* what it is compared with, if anything */
	bool ratio;                /* the value is hits / base … */
	bool rate;                 /* … or hits a second … */
	double quantile;           /* … or that quantile (0…1) of hits.field; all 0: hits */
	bool off;
	char severity[TW_RULE_SEVERITY]; /* for those who are told; empty: "warning" */
	uint32_t actions;          /* bits of rules->actions; 0: log and standard error */
	enum tw_rule_key key;
	double threshold;          /* raised when the value is at least this */
	double clear;              /* cleared when it is below this (or 0) for hold_ns; ≤ threshold */
	double good;               /* not ratio: raised only while base < good * hits; 0: whatever base is */
	uint64_t min;              /* not judged with fewer hits (ratio: with less base) in the window */
	uint64_t window_ns;        /* 1 s … 1 day */
	uint64_t settle_ns;        /* judged this much after the window closes */
	uint64_t hold_ns;          /* how long it must be calm before it is cleared */
};

struct tw_rules {
	struct tw_action_list actions;
	unsigned int n;
	struct tw_rule rule[TW_RULES_MAX];
};

/* The built-in rules with the shipped values. */
void tw_rules_default(struct tw_rules *rules);

/*
 * Changes values as group `rules` of a configuration file says: 0, or -errno with one line in @reason that names
 * file, line, key, reason and what is accepted; then @rules is as it was.
 */
int tw_rules_take(struct tw_rules *rules, const struct tw_conf *conf, struct tw_reason *reason);
/* The same of a file at @path that need not have anything else. Keys of @also may stand in it too; NULL: none. */
int tw_rules_load_file(struct tw_rules *rules, const char *path, const struct tw_command *also,
		       struct tw_reason *reason);

/*
 * The same for one rule from the command line: "NAME:threshold=…,window=…,key=…,clear=…,min=…,
 * good=…,hold=…,off|on". A threshold without clear moves clear in proportion.
 */
int tw_rules_set(struct tw_rules *rules, const char *text, struct tw_reason *reason);

/* The options --rule and --action, which several commands have: into a struct tw_rules at option->at. */
int tw_take_rule(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);
int tw_take_action(void *options, const struct tw_option *option, const char *value, struct tw_reason *reason);

/* Does a rule that is on count by @key, or ask for the field of that name? */
bool tw_rules_use(const struct tw_rules *rules, enum tw_rule_key key);

/* A table for people: each rule with its values. */
void tw_rules_print(const struct tw_rules *rules, FILE *out);

/* {"name":{"threshold":…,…},…} for the log's first line. */
void tw_rules_show(struct tw_json *j, const struct tw_rules *rules);

/* NULL: no such rule. */
const struct tw_rule *tw_rules_find(const struct tw_rules *rules, const char *name);
const char *tw_rule_key_name(enum tw_rule_key key);

#endif
