/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an alert rule counts by: keys made from records, and as text. */
#ifndef TCPWHY_USER_RULE_KEY_H
#define TCPWHY_USER_RULE_KEY_H

#include "base/places.h"
#include "record/record.h"
#include "rule_count.h"
#include "rules.h"

#define TW_RULE_KEY_TEXT 64 /* the longest: "[" IPv6 "]:65535" */

/* The keys of one record, each made once, because rules share them. */
struct tw_rule_keys {
	uint32_t made, usable; /* bits of enum tw_rule_key */
	struct tw_place_key key[_TW_KEY_MAX];
	uint64_t hash[_TW_KEY_MAX];
};

static inline void tw_rule_keys_init(struct tw_rule_keys *keys)
{
	keys->made = keys->usable = 0;
}

/* Makes keys->key[kind] and its hash from @r, unless they are there. False: it has no such key. */
bool tw_rule_key_of(struct tw_rule_keys *keys, struct tw_rule_record *r, enum tw_rule_key kind);

/* "192.0.2.7:443", "192.0.2.0/24", "[2001:db8::7]:443", "eth0"; empty for TW_KEY_NONE. */
void tw_rule_key_text(enum tw_rule_key kind, const struct tw_place_key *key, char *text, size_t size);

#endif
