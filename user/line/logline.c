// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One record as a line of JSON: what every event has, and what user space itself has to say.
 *
 * A field that is not known is left out, never null or 0. Fields only ever get added.
 */
#include "logline.h"

#include "base/names.h"
#include "base/tally.h"
#include "logjson.h"

/* --- what user space makes --- */

static void put_timeout(struct tw_json *j, const struct tw_record *r)
{
	if (r->timeout.attempts)
		TW_NUMBER(j, "attempts", r->timeout.attempts);
	TW_SECONDS(j, "waited", r->timeout.waited_ns);
}

static void put_since(struct tw_json *j, const struct tw_record *r)
{
	TW_FIELD(j, "since");
	tw_json_time(j, r->ts_ns - TW_MIN(r->event->outage.waited_ns, r->ts_ns));
}

static void put_alert(struct tw_json *j, const struct tw_record *r)
{
	TW_STRING(j, "rule", r->alert.rule);
	TW_WORD(j, "state", r->alert.raised ? "raised" : "cleared");
	TW_FIELD(j, "value");
	tw_json_number(j, r->alert.value);
	TW_FIELD(j, "threshold");
	tw_json_number(j, r->alert.threshold);
	TW_FIELD(j, "window");
	tw_json_number(j, r->alert.window_s);
	TW_STRING(j, "key", r->alert.key ? r->alert.key : "");
}

static void put_lost(struct tw_json *j, const struct tw_record *r)
{
	TW_NUMBER(j, "count", r->lost.count);
	if (r->lost.where)
		TW_STRING(j, "where", r->lost.where);
}

/* An object of numbers. */
static void put_tally(struct tw_json *j, const struct tw_tally *tally)
{
	for (unsigned int i = 0; i < tally->used; i++) {
		tw_json_raw(j, i ? "," : "{", 1);
		tw_json_word(j, tally->list[i].word);
		tw_json_lit(j, ":");
		tw_json_u64(j, tally->list[i].n);
	}
	tw_json_lit(j, "}");
}

static void put_capture(struct tw_json *j, const struct tw_record *r)
{
	TW_STRING(j, "version", r->capture.version ? r->capture.version : "");
	if (r->capture.mode)
		TW_STRING(j, "mode", r->capture.mode);
	if (r->capture.file)
		TW_STRING(j, "file", r->capture.file);
	if (r->capture.kernel)
		TW_STRING(j, "kernel", r->capture.kernel);
	if (r->capture.config) {
		TW_FIELD(j, "config");
		tw_json_raw(j, r->capture.config, strlen(r->capture.config));
	}
	if (r->type == TW_EV_CAPTURE_STARTED)
		return;
	TW_NUMBER(j, "packets", r->capture.packets);
	TW_NUMBER(j, "judged", r->capture.judged);
	if (r->capture.skipped && r->capture.skipped->used) {
		TW_FIELD(j, "skipped");
		put_tally(j, r->capture.skipped);
	}
	if (r->capture.decapsulated && r->capture.decapsulated->used) {
		TW_FIELD(j, "decapsulated");
		put_tally(j, r->capture.decapsulated);
	}
	TW_NUMBER(j, "emitted", r->capture.emitted);
	TW_NUMBER(j, "logged", r->capture.logged);
	TW_NUMBER(j, "lost_ring", r->capture.lost_ring);
	TW_NUMBER(j, "lost_table", r->capture.lost_table);
	TW_NUMBER(j, "lost_writer", r->capture.lost_writer);
	TW_NUMBER(j, "suppressed", r->capture.suppressed);
}

static void put_name(struct tw_json *j, const struct tw_conn_name *name, bool ports)
{
	if (name->id) {
		TW_FIELD(j, "conn");
		tw_json_id(j, name->id);
	}
	if (name->community_id[0])
		TW_WORD(j, "community_id", name->community_id);
	TW_FIELD(j, "orig_addr");
	tw_json_addr(j, name->family, &name->orig_addr);
	if (ports)
		TW_NUMBER(j, "orig_port", name->orig_port);
	TW_FIELD(j, "resp_addr");
	tw_json_addr(j, name->family, &name->resp_addr);
	if (ports)
		TW_NUMBER(j, "resp_port", name->resp_port);
}

static void put_where(struct tw_json *j, const struct tw_record *r)
{
	static const char *const dirs[] = { NULL, "in", "out", "fwd", "rev" };
	const char *iface = r->iface;

	if (!iface && (r->type == TW_EV_CAPTURE_STARTED || r->type == TW_EV_CAPTURE_STOPPED))
		iface = r->capture.iface;
	if (iface)
		TW_STRING(j, "iface", iface);
	if (r->dir && r->dir < sizeof(dirs) / sizeof(dirs[0]))
		TW_WORD(j, "dir", dirs[r->dir]);
	if (r->side != TW_SIDE_UNKNOWN && r->type != TW_EV_CONNECTION)
		tw_log_put_side(j, r->side);
}

static void put_details(struct tw_json *j, const struct tw_record *r)
{
	switch (r->type) {
	case TW_EV_CONNECTION:
		tw_log_put_owners(j, r);
		tw_log_put_final(j, &r->final);
		break;
	case TW_EV_CONNECT_TIMEOUT:
	case TW_EV_ACCEPT_TIMEOUT:
	case TW_EV_NO_RESPONSE:
		put_timeout(j, r);
		break;
	case TW_EV_MISSING_SEGMENT:
		TW_NUMBER(j, "seq", r->missing.start);
		TW_NUMBER(j, "len", r->missing.len);
		TW_SECONDS(j, "waited", r->missing.waited_ns);
		break;
	case TW_EV_ALERT:
		put_alert(j, r);
		break;
	case TW_EV_EVENTS_LOST:
	case TW_EV_TABLE_FULL:
		put_lost(j, r);
		break;
	case TW_EV_CAPTURE_STARTED:
	case TW_EV_CAPTURE_STOPPED:
		put_capture(j, r);
		break;
	case TW_EV_PATH_DOWN:
		put_since(j, r);
		tw_log_put_owners(j, r);
		tw_log_put_event(j, r->event);
		break;
	default:
		if (r->event)
			tw_log_put_event(j, r->event);
	}
}

size_t tw_log_format(char *buf, size_t size, const struct tw_record *r)
{
	struct tw_json j;

	if (!tw_event_is_public(r->type) || size < 1)
		return 0;
	tw_json_init(&j, buf, size - 1);
	tw_json_lit(&j, "{\"ts\":");
	tw_json_time(&j, r->ts_ns);
	TW_WORD(&j, "event", tw_event_word(r->type));
	if (r->conn)
		put_name(&j, r->conn, r->type != TW_EV_MARKER);
	put_where(&j, r);
	put_details(&j, r);
	tw_json_lit(&j, "}");
	if (j.full)
		return 0;
	*j.at = '\0';
	return j.at - buf;
}
