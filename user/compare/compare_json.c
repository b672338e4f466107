// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A finding as a JSON object. A field that is not known is left out. */
#include "base/names.h"
#include "compare_out.h"
#include "line/logjson.h"

static void put_conn(struct tw_json *j, const struct tw_finding *f)
{
	const struct tw_seen_conn *c = tw_finding_conn(f);

	if (f->a)
		TW_STRING(j, "conn_a", f->a->id);
	if (f->b)
		TW_STRING(j, "conn_b", f->b->id);
	if (!c)
		return;
	TW_FIELD(j, "orig_addr");
	tw_json_addr(j, c->family, &c->orig.addr);
	TW_NUMBER(j, "orig_port", c->orig.port);
	TW_FIELD(j, "resp_addr");
	tw_json_addr(j, c->family, &c->resp.addr);
	TW_NUMBER(j, "resp_port", c->resp.port);
}

static void put_time(struct tw_json *j, uint64_t a, uint64_t b)
{
	if (a) {
		TW_FIELD(j, "ts_a");
		tw_json_time(j, a);
	}
	if (b) {
		TW_FIELD(j, "ts_b");
		tw_json_time(j, b);
	}
}

static void put_end(struct tw_json *j, const struct tw_shape *s)
{
	char addr[64], text[80];
	struct tw_json a;

	tw_json_init(&a, addr, sizeof(addr) - 1); /* quoted */
	tw_json_addr(&a, s->family, &s->end.addr);
	a.at[-1] = '\0';
	snprintf(text, sizeof(text), s->family == 6 ? "[%s]:%u" : "%s:%u", addr + 1, s->end.port);
	tw_json_string(j, text);
}

static void put_shape(struct tw_json *j, const struct tw_shape *s)
{
	if (s->kind == TW_SHAPE_NUMBER)
		tw_json_u64(j, s->number);
	else if (s->kind == TW_SHAPE_OPTIONS)
		tw_log_put_words(j, s->options, tw_option_word);
	else
		put_end(j, s);
}

static void put_rewritten(struct tw_json *j, const struct tw_finding *f)
{
	if (f->what != TW_WHAT_ADDR)
		TW_WORD(j, "packet", f->on_syn_ack ? "syn_ack" : "syn");
	TW_FIELD(j, "sent");
	put_shape(j, &f->sent);
	TW_FIELD(j, "received");
	put_shape(j, &f->received);
	if (f->sent.kind != TW_SHAPE_OPTIONS || f->sent.wscale == f->received.wscale)
		return;
	TW_NUMBER(j, "sent_wscale", f->sent.wscale);
	TW_NUMBER(j, "received_wscale", f->received.wscale);
}

static void put_delay(struct tw_json *j, const struct tw_finding *f)
{
	TW_WORD(j, "of", f->delay.answer ? "answer" : "handshake");
	TW_SECONDS(j, "there", f->delay.there_ns);
	TW_SECONDS(j, "host", f->delay.host_ns);
	TW_SECONDS(j, "back", f->delay.back_ns);
	TW_FIELD(j, "offset");
	if (f->offset_ns < 0)
		tw_json_lit(j, "-");
	tw_json_seconds(j, f->offset_ns < 0 ? -(uint64_t)f->offset_ns : (uint64_t)f->offset_ns);
	TW_SECONDS(j, "offset_error", f->offset_error_ns);
}

static void put_details(struct tw_json *j, const struct tw_finding *f)
{
	if (f->has_seq)
		TW_NUMBER(j, "seq", f->seq);
	if (f->diff == TW_DIFF_REWRITTEN)
		put_rewritten(j, f);
	if (f->count)
		TW_NUMBER(j, "count", f->count);
	if (f->bytes)
		TW_NUMBER(j, "bytes", f->bytes);
	if (f->ttl)
		TW_NUMBER(j, "ttl", f->ttl);
	if (f->ttl && f->usual_ttl)
		TW_NUMBER(j, "usual_ttl", f->usual_ttl);
	if (f->diff == TW_DIFF_DELAY)
		put_delay(j, f);
	if (f->reason)
		TW_STRING(j, "reason", f->reason);
}

size_t tw_compare_json(char *buf, size_t size, const struct tw_finding *f)
{
	struct tw_json j;

	tw_json_init(&j, buf, size - 1);
	tw_json_lit(&j, "{\"event\":");
	tw_json_word(&j, tw_diff_word(f->diff));
	put_conn(&j, f);
	if (f->toward)
		TW_WORD(&j, "toward", f->toward == TW_TOWARD_A ? "a" : "b");
	put_time(&j, f->ts_a, f->ts_b);
	if (f->what != TW_WHAT_NONE)
		TW_WORD(&j, "what", tw_what_word(f->what));
	put_details(&j, f);
	tw_json_lit(&j, "}");
	if (j.full)
		return 0;
	*j.at = '\0';
	return j.at - buf;
}
