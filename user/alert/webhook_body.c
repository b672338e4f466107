/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The body of POST /api/v2/alerts: what the Alertmanager's OpenAPI calls postableAlerts. */
#include <unistd.h>

#include "action_webhook.h"
#include "base/json.h"

#define FORGET_NS (300 * TW_NS_PER_SEC)

static void put_label(struct tw_json *j, const char *name, const char *value)
{
	if (!*value)
		return;
	tw_json_lit(j, ",");
	tw_json_word(j, name);
	tw_json_lit(j, ":");
	tw_json_string(j, value);
}

static void put_number(struct tw_json *j, const char *name, double value)
{
	tw_json_lit(j, ",");
	tw_json_word(j, name);
	tw_json_lit(j, ":\"");
	tw_json_number(j, value);
	tw_json_lit(j, "\"");
}

/* Labels are who an alert is: nothing in them may change between raised and cleared. */
static void put_alert(struct tw_json *j, const struct tw_alert_note *note, const char *host, uint64_t now_ns)
{
	tw_json_lit(j, "{\"labels\":{\"alertname\":");
	tw_json_string(j, note->rule);
	put_label(j, "job", "tcpwhy");
	put_label(j, "instance", host);
	put_label(j, "severity", note->severity);
	put_label(j, "key_name", *note->key ? note->key_name : "");
	put_label(j, "key", note->key);
	tw_json_lit(j, "},\"annotations\":{\"summary\":");
	tw_json_string(j, note->text);
	put_number(j, "value", note->value);
	put_number(j, "threshold", note->threshold);
	tw_json_lit(j, "}");
	if (note->raised) {
		tw_json_lit(j, ",\"startsAt\":");
		tw_json_time(j, note->ts_ns);
	}
	tw_json_lit(j, ",\"endsAt\":");
	tw_json_time(j, note->raised ? now_ns + FORGET_NS : note->ts_ns);
	tw_json_lit(j, "}");
}

size_t tw_webhook_body(char *buf, size_t size, const struct tw_alert_note *notes, unsigned int n, uint64_t now_ns)
{
	char host[256] = "";
	struct tw_json j;

	gethostname(host, sizeof(host) - 1);
	tw_json_init(&j, buf, size - 1);
	tw_json_lit(&j, "[");
	for (unsigned int i = 0; i < n; i++) {
		if (i)
			tw_json_lit(&j, ",");
		put_alert(&j, &notes[i], host, now_ns);
	}
	tw_json_lit(&j, "]");
	*j.at = '\0';
	return j.full ? 0 : j.at - buf;
}
