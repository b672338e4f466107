// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Holds events and state against the lines of a row that say what they must be. */
#include "native_expect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "native_fields.h"

/* One "FIELD=VALUE" against an object. */
static int check(const struct native_field *fields, const void *object, uint32_t me, uint32_t peer, char *word,
		 char *reason, size_t size)
{
	char *want = strchr(word, '='), got[200];
	const struct native_field *f;

	if (!want) {
		snprintf(reason, size, "no value: %s", word);
		return -EINVAL;
	}
	*want++ = 0;
	f = native_field_find(fields, word);
	if (!f) {
		snprintf(reason, size, "no such field: %s", word);
		return -EINVAL;
	}
	native_field_text(f, object, me, peer, got, sizeof(got));
	if (native_field_same(f, got, want))
		return 0;
	snprintf(reason, size, "%s is %s, must be %s", word, got, want);
	return -EINVAL;
}

/* Whose connection it is: "orig=c", "conn=none". Returns 1 when @word is no such thing. */
static int check_special(const struct native_steps *steps, const struct tw_event *e, const char *word, char *reason,
			 size_t size)
{
	bool client = e->orig_port == steps->end[0].port;

	if (!strncmp(word, "orig=", 5)) {
		if (client == (word[5] == 'c'))
			return 0;
		snprintf(reason, size, "the originator's port is %u", e->orig_port);
		return -EINVAL;
	}
	if (!strcmp(word, "conn=none") || !strcmp(word, "conn=some")) {
		if (!e->conn == (word[5] == 'n'))
			return 0;
		snprintf(reason, size, "conn is %llx", (unsigned long long)e->conn);
		return -EINVAL;
	}
	return 1;
}

int native_expect_event(const struct native_steps *steps, const struct native_step *step,
			const struct tw_event *event, const char *line, char *reason, size_t size)
{
	uint32_t me = steps->base[!step->client], peer = steps->base[step->client];
	char copy[1024], *save, *word;
	int err = 0;

	if (event->type == TW_EV_MARKER || step->pkt.flags == PKT_SYN)
		peer = 0;
	if (event->type == TW_EV_MARKER)
		me = 0;
	snprintf(copy, sizeof(copy), "%s", line);
	word = strtok_r(copy, " \t", &save);
	if (strcmp(word, tw_event_word(event->type))) {
		snprintf(reason, size, "event is %s, must be %s", tw_event_word(event->type), word);
		return -EINVAL;
	}
	while (!err && (word = strtok_r(NULL, " ", &save))) {
		const struct native_field *fields = native_common_fields;
		char name[32];

		err = check_special(steps, event, word, reason, size);
		if (err <= 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
		if (!native_field_find(native_common_fields, name))
			fields = native_fields_of(event->type);
		err = check(fields, event, me, peer, word, reason, size);
	}
	return err;
}

/* "history=ShADadFf": the letters as they were noted. */
static int check_history(const struct tw_flow *f, const char *want, char *reason, size_t size)
{
	char got[16] = "";
	int n = 0;

	for (int shift = 0; shift < 60; shift += 5) {
		unsigned int code = f->history >> shift & 31;
		char c;

		if (!code)
			break;
		c = tw_letter_char((code & 15) - 1);
		got[n++] = code & 16 ? c : c - 'a' + 'A';
	}
	if (!strcmp(got, want))
		return 0;
	snprintf(reason, size, "history is %s, must be %s", got, want);
	return -EINVAL;
}

/* "has=rst" or "hasnt=kept_talking": one flag of a half. */
static int check_flag(const struct tw_half *half, const char *word, char *reason, size_t size)
{
	bool want = word[3] == '=';
	const char *name = strchr(word, '=') + 1;

	for (unsigned int bit = 0; bit < 15; bit++)
		if (!strcmp(native_half_flag(bit), name)) {
			if (!(half->flags & 1 << bit) == !want)
				return 0;
			snprintf(reason, size, "%s is %s", name, want ? "not set" : "set");
			return -EINVAL;
		}
	snprintf(reason, size, "no such flag: %s", name);
	return -EINVAL;
}

/* "unasked=1", "crossed=0": they are bits, and no table can tell where they lie. */
static int check_spoken(const struct tw_half *half, const char *word, char *reason, size_t size)
{
	unsigned int got = *word == 'u' ? half->unasked : half->crossed;

	if (got == strtoul(word + 8, NULL, 10))
		return 0;
	snprintf(reason, size, "%.7s is %u", word, got);
	return -EINVAL;
}

int native_expect_state(const struct native_steps *steps, const struct tw_flow *flow,
			const struct tw_trouble *trouble, const char *line, char *reason, size_t size)
{
	static const struct tw_trouble none;
	char copy[1024], *save, *word;
	bool server, client_is_orig = false;
	const struct native_field *fields = native_half_fields;
	const void *object;
	int err = 0, side;

	snprintf(copy, sizeof(copy), "%s", line + 1);
	word = strtok_r(copy, " ", &save);
	if (!word || !flow) {
		snprintf(reason, size, flow ? "of what?" : "no connection is known");
		return -EINVAL;
	}
	/* The side of the key: that of the smaller address, which the variant decided. */
	server = *word == 's';
	side = memcmp(steps->end[0].addr, steps->end[1].addr, 16) > 0 ? !server : server;
	if (!trouble)
		trouble = &none;
	if (!strcmp(word, "flow")) {
		object = flow;
		fields = native_flow_fields;
		client_is_orig = (flow->orig & 1) == (memcmp(steps->end[0].addr, steps->end[1].addr, 16) > 0);
	} else if (word[1] == '!') {
		object = &trouble->half[side];
		fields = native_trouble_fields;
	} else {
		object = &flow->half[side];
	}
	while (!err && (word = strtok_r(NULL, " ", &save))) {
		if (!strncmp(word, "history=", 8))
			err = check_history(flow, word + 8, reason, size);
		else if (!strncmp(word, "has", 3) && fields == native_half_fields)
			err = check_flag(object, word, reason, size);
		else if ((!strncmp(word, "unasked=", 8) || !strncmp(word, "crossed=", 8)) && fields == native_half_fields)
			err = check_spoken(object, word, reason, size);
		else if (!strncmp(word, "orig=", 5))
			err = client_is_orig == (word[5] == 'c') ? 0 : -EINVAL;
		else
			err = check(fields, object, steps->base[server], steps->base[!server], word, reason, size);
	}
	return err;
}

void native_describe(const struct native_steps *steps, const struct native_step *step,
		     const struct tw_event *event, char *text, size_t size)
{
	uint32_t me = steps->base[!step->client], peer = steps->base[step->client];
	const struct native_field *lists[] = { native_common_fields, native_fields_of(event->type) };
	size_t used = snprintf(text, size, " %s", tw_event_word(event->type));
	char value[200];

	for (int i = 0; i < 2; i++)
		for (const struct native_field *f = lists[i]; f->name && used < size; f++) {
			native_field_text(f, event, me, peer, value, sizeof(value));
			if (strcmp(value, "0") && strcmp(value, "0.000000") && strcmp(value, "none"))
				used += snprintf(text + used, size - used, " %s=%s", f->name, value);
		}
}
