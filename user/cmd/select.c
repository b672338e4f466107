// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Selecting events of a log. */
#include "select.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int unknown_event(const char *word, size_t len, struct tw_reason *reason)
{
	size_t used;

	tw_reason(reason, 0, "--event: there is no event '%.*s'; there are:", (int)len, word);
	for (unsigned int i = 0; i < _TW_EV_MAX; i++) {
		used = strlen(reason->text);
		if (tw_event_is_public(i))
			snprintf(reason->text + used, sizeof(reason->text) - used, " %s", tw_event_word(i));
	}
	return -EINVAL;
}

int tw_select_events(struct tw_select *select, const char *words, struct tw_reason *reason)
{
	while (*words) {
		size_t len = strcspn(words, ",");
		int type = tw_event_number(words, len);

		if (type < 0 || !tw_event_is_public(type))
			return unknown_event(words, len, reason);
		select->event[type] = true;
		select->by_event = true;
		words += len + (words[len] == ',');
	}
	return select->by_event ? 0 : unknown_event("", 0, reason);
}

static int bad_addr(const char *text, struct tw_reason *reason)
{
	return tw_reason(reason, -EINVAL,
			 "--addr %s: accepted is an IPv4 or IPv6 address, with a prefix length if need be: "
			 "192.0.2.7, 192.0.2.0/24, 2001:db8::/32", text);
}

/* A whole decimal number up to @max. */
static bool number(const char *text, unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *value <= max;
}

int tw_select_addr(struct tw_select *select, const char *text, struct tw_reason *reason)
{
	size_t len = strcspn(text, "/");
	char addr[INET6_ADDRSTRLEN];
	unsigned long prefix;

	if (len >= sizeof(addr))
		return bad_addr(text, reason);
	memcpy(addr, text, len);
	addr[len] = '\0';
	select->family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	prefix = select->family == AF_INET ? 32 : 128;
	if (inet_pton(select->family, addr, select->addr) != 1 ||
	    (text[len] && !number(text + len + 1, prefix, &prefix)))
		return bad_addr(text, reason);
	select->prefix = prefix;
	select->by_addr = true;
	return 0;
}

int tw_select_port(struct tw_select *select, const char *text, struct tw_reason *reason)
{
	unsigned long port;

	if (!number(text, 65535, &port))
		return tw_reason(reason, -EINVAL, "--port %s: accepted is a number from 0 to 65535", text);
	select->port = port;
	select->by_port = true;
	return 0;
}

static bool takes_event(const struct tw_select *select, const json_t *event)
{
	const char *word = json_string_value(json_object_get(event, "event"));
	int type = word ? tw_event_number(word, strlen(word)) : -1;

	return type >= 0 && select->event[type];
}

static bool takes_addr(const struct tw_select *select, const json_t *value)
{
	const char *text = json_string_value(value);
	unsigned int bytes = select->prefix / 8, bits = select->prefix % 8;
	uint8_t addr[16];

	if (!text || inet_pton(select->family, text, addr) != 1 || memcmp(addr, select->addr, bytes))
		return false;
	return !bits || !((addr[bytes] ^ select->addr[bytes]) >> (8 - bits));
}

static bool takes_port(const struct tw_select *select, const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) == select->port;
}

bool tw_select_takes(const struct tw_select *select, const json_t *event)
{
	if (select->by_event && !takes_event(select, event))
		return false;
	if (select->by_addr && !takes_addr(select, json_object_get(event, "orig_addr")) &&
	    !takes_addr(select, json_object_get(event, "resp_addr")) &&
	    !takes_addr(select, json_object_get(event, "from")))
		return false;
	return !select->by_port || takes_port(select, json_object_get(event, "orig_port")) ||
	       takes_port(select, json_object_get(event, "resp_port"));
}
