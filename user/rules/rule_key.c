/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an alert rule counts by (rule_key.h). */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/linefield.h"
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

static bool is_v4(const struct tw_addr *addr)
{
	return !addr->word[0] && !addr->word[1] && addr->word[2] == TW_V4_PREFIX;
}

/* The first @bits of @addr, and how many: a network and its host have different keys. */
static void make_prefix(const struct tw_addr *addr, struct tw_place_key *key)
{
	unsigned int bits = is_v4(addr) ? 96 + 24 : 48;
	uint8_t bytes[16] = { 0 };

	memcpy(bytes, addr, bits / 8);
	memcpy(key, bytes, sizeof(bytes));
	key->word[2] = bits;
}

/* Kinds that are fields of the log. NULL: it is none. */
static const char *field_of(enum tw_rule_key kind)
{
	return kind >= TW_KEY_CGROUP && kind <= TW_KEY_FROM ? tw_rule_key_name(kind) : NULL;
}

/* What the field says, cut to what a key has room for: of a cgroup's path the end, in which it differs from others. */
static bool make_text(struct tw_rule_record *r, enum tw_rule_key kind, const char *field, struct tw_place_key *key)
{
	struct tw_linefield value;
	char text[1024], *at = text;
	size_t len;

	if (!tw_linefield_find(&value, tw_rule_line(r), field))
		return false;
	tw_linefield_text(&value, text, sizeof(text));
	len = strlen(text);
	if (len >= sizeof(*key) && kind == TW_KEY_CGROUP)
		at += len - (sizeof(*key) - 1);
	memcpy(key, at, strnlen(at, sizeof(*key) - 1));
	return true;
}

static void make_ends(const struct ends *ends, enum tw_rule_key kind, struct tw_place_key *key)
{
	if (kind == TW_KEY_RESP_PORT)
		key->word[2] = ends->resp_port;
	else if (kind == TW_KEY_RESP_PREFIX || kind == TW_KEY_ORIG_PREFIX)
		make_prefix(kind == TW_KEY_ORIG_PREFIX ? ends->orig : ends->resp, key);
	else
		memcpy(key, kind == TW_KEY_ORIG_ADDR ? ends->orig : ends->resp, sizeof(struct tw_addr));
	if (kind == TW_KEY_RESP_ADDR_PORT)
		key->word[2] = ends->resp_port;
}

static bool make_key(struct tw_rule_record *r, enum tw_rule_key kind, struct tw_place_key *key)
{
	const char *field = field_of(kind);
	struct ends ends;

	memset(key, 0, sizeof(*key));
	if (kind == TW_KEY_NONE)
		return true;
	if (field)
		return make_text(r, kind, field, key);
	if (kind == TW_KEY_IFACE) {
		strncpy((char *)key, r->record->iface ? r->record->iface : "unknown", sizeof(*key) - 1);
		return true;
	}
	if (kind == TW_KEY_COMM) {
		if (r->record->owner)
			strncpy((char *)key, r->record->owner->comm, sizeof(*key) - 1);
		return r->record->owner;
	}
	if (!ends_of(r->record, &ends))
		return false;
	make_ends(&ends, kind, key);
	return true;
}

bool tw_rule_key_of(struct tw_rule_keys *keys, struct tw_rule_record *r, enum tw_rule_key kind)
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
	if (is_v4(&addr))
		inet_ntop(AF_INET, &addr.word[3], text, size);
	else
		inet_ntop(AF_INET6, &addr, text, size);
}

void tw_rule_key_text(enum tw_rule_key kind, const struct tw_place_key *key, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	if (kind == TW_KEY_NONE) {
		*text = '\0';
		return;
	}
	if (kind == TW_KEY_IFACE || kind == TW_KEY_COMM || field_of(kind)) {
		snprintf(text, size, "%s", (const char *)key);
		return;
	}
	addr_text(key, addr, sizeof(addr));
	if (kind == TW_KEY_RESP_PORT)
		snprintf(text, size, "%u", (unsigned int)key->word[2]);
	else if (kind == TW_KEY_RESP_ADDR_PORT)
		snprintf(text, size, strchr(addr, ':') ? "[%s]:%u" : "%s:%u", addr, (unsigned int)key->word[2]);
	else if (kind == TW_KEY_RESP_PREFIX || kind == TW_KEY_ORIG_PREFIX)
		snprintf(text, size, "%s/%u", addr, strchr(addr, ':') ? 48 : 24);
	else
		snprintf(text, size, "%s", addr);
}
