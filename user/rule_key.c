/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an alert rule counts by (rule_key.h). */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "rule_key.h"
#include "tcpwhy/key.h"

struct ends {
	const struct tw_addr *orig, *resp;
	uint16_t resp_port;
};

static bool ends_of(const struct tw_record *r, struct ends *ends)
{
	if (r->conn)
		*ends = (struct ends){ &r->conn->orig_addr, &r->conn->resp_addr, r->conn->resp_port };
	else if (r->event && r->event->flags & TW_EF_TUPLE)
		*ends = (struct ends){ &r->event->orig_addr, &r->event->resp_addr, r->event->resp_port };
	else
		return false;
	return true;
}

static bool make_key(const struct tw_record *r, enum tw_rule_key kind, struct tw_place_key *key)
{
	struct ends ends;

	memset(key, 0, sizeof(*key));
	if (kind == TW_KEY_NONE)
		return true;
	if (kind == TW_KEY_IFACE) {
		strncpy((char *)key, r->iface ? r->iface : "unknown", sizeof(*key) - 1);
		return true;
	}
	if (kind == TW_KEY_COMM) {
		if (r->owner)
			strncpy((char *)key, r->owner->comm, sizeof(*key) - 1);
		return r->owner;
	}
	if (!ends_of(r, &ends))
		return false;
	memcpy(key, kind == TW_KEY_ORIG_ADDR ? ends.orig : ends.resp, sizeof(struct tw_addr));
	if (kind == TW_KEY_RESP_ADDR_PORT)
		key->word[2] = ends.resp_port;
	return true;
}

bool tw_rule_key_of(struct tw_rule_keys *keys, const struct tw_record *r, enum tw_rule_key kind)
{
	uint32_t bit = 1u << kind;

	if (!(keys->made & bit)) {
		keys->made |= bit;
		if (make_key(r, kind, &keys->key[kind])) {
			keys->usable |= bit;
			keys->hash[kind] = tw_places_hash(&keys->key[kind]);
		}
	}
	return keys->usable & bit;
}

static void addr_text(const struct tw_place_key *key, char *text, size_t size)
{
	struct tw_addr addr;

	memcpy(&addr, key, sizeof(addr));
	if (!addr.word[0] && !addr.word[1] && addr.word[2] == TW_V4_PREFIX)
		inet_ntop(AF_INET, &addr.word[3], text, size);
	else
		inet_ntop(AF_INET6, &addr, text, size);
}

void tw_rule_key_text(enum tw_rule_key kind, const struct tw_place_key *key, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	if (kind == TW_KEY_NONE) {
		*text = '\0';
	} else if (kind == TW_KEY_IFACE || kind == TW_KEY_COMM) {
		snprintf(text, size, "%s", (const char *)key);
	} else {
		addr_text(key, addr, sizeof(addr));
		if (kind != TW_KEY_RESP_ADDR_PORT)
			snprintf(text, size, "%s", addr);
		else
			snprintf(text, size, strchr(addr, ':') ? "[%s]:%u" : "%s:%u", addr,
				 (unsigned int)key->word[2]);
	}
}
