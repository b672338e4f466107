// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Findings for people: what happened to which packet, in a sentence. Times are those of the log that saw it, in UTC. */
#include <string.h>
#include <time.h>

#include "base/names.h"
#include "base/text.h"
#include "compare_out.h"

#define WORD_WIDTH 15

static void put_end(struct tw_text *t, unsigned int family, const struct tw_endpoint *end)
{
	tw_text_put(t, family == 6 ? "[" : "");
	tw_text_addr(t, family, &end->addr);
	tw_text_put(t, family == 6 ? "]:%u" : ":%u", end->port);
}

static void put_clock(struct tw_text *t, uint64_t ts_ns)
{
	time_t seconds = ts_ns / TW_NS_PER_SEC;
	char clock[16];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	tw_text_put(t, "%s.%03u", clock, (unsigned int)(ts_ns % TW_NS_PER_SEC / TW_NS_PER_MS));
}

static void put_heading(FILE *to, const struct tw_finding *f, const struct tw_seen_conn *c)
{
	char line[256];
	struct tw_text t = { .at = line, .end = line + sizeof(line) };

	put_end(&t, c->family, &c->orig);
	tw_text_put(&t, " → ");
	put_end(&t, c->family, &c->resp);
	tw_text_put(&t, "  (");
	if (f->a)
		tw_text_put(&t, "A: "), tw_text_clean(&t, f->a->id);
	if (f->b)
		tw_text_put(&t, f->a ? ", B: " : "B: "), tw_text_clean(&t, f->b->id);
	tw_text_put(&t, ")");
	fprintf(to, "\n%s\n", line);
}

/* --- each kind --- */

static char receiver(const struct tw_finding *f)
{
	return f->toward == TW_TOWARD_A ? 'A' : 'B';
}

static char sender(const struct tw_finding *f)
{
	return f->toward == TW_TOWARD_A ? 'B' : 'A';
}

static void put_seen(struct tw_text *t, const struct tw_finding *f, const char *before)
{
	uint64_t at = f->ts_a ? f->ts_a : f->ts_b;

	if (!at)
		return;
	tw_text_put(t, "%s", before);
	put_clock(t, at);
}

static void put_lost(struct tw_text *t, const struct tw_finding *f)
{
	tw_text_put(t, "%s from %c", tw_what_meaning(f->what), sender(f));
	if (f->count > 1)
		tw_text_put(t, ", %u %s", f->count, f->what == TW_WHAT_DATA ? "segments" : "of them");
	if (f->bytes) {
		tw_text_put(t, ", ");
		tw_text_bytes(t, f->bytes);
	}
	put_seen(t, f, f->count > 1 ? ", the first sent at " : ", sent at ");
	tw_text_put(t, ": %s never arrived at %c", f->count > 1 ? "they" : "it", receiver(f));
	if (f->has_seq)
		tw_text_put(t, " (seq %u)", f->seq);
}

static void put_forged(struct tw_text *t, const struct tw_finding *f)
{
	tw_text_put(t, "%s received by %c", tw_what_meaning(f->what), receiver(f));
	put_seen(t, f, " at ");
	tw_text_put(t, ": %c never sent it", sender(f));
	if (f->ttl && f->usual_ttl)
		tw_text_put(t, "; its TTL is %u, usual for that side is %u", f->ttl, f->usual_ttl);
	else if (f->ttl)
		tw_text_put(t, "; its TTL is %u", f->ttl);
	if (f->has_seq)
		tw_text_put(t, " (seq %u)", f->seq);
}

static void put_options(struct tw_text *t, const struct tw_shape *s)
{
	for (unsigned int bit = 0, n = 0; bit < 16; bit++) {
		if (!(s->options >> bit & 1))
			continue;
		tw_text_put(t, "%s%s", n++ ? ", " : "", tw_option_word(bit));
		if (1u << bit == TW_OPT_WSCALE && s->wscale != TW_WSCALE_NONE)
			tw_text_put(t, " %u", s->wscale);
	}
	if (!s->options)
		tw_text_put(t, "none");
}

static void put_shape(struct tw_text *t, const struct tw_shape *s)
{
	if (s->kind == TW_SHAPE_NUMBER)
		tw_text_put(t, "%u", s->number);
	else if (s->kind == TW_SHAPE_OPTIONS)
		put_options(t, s);
	else
		put_end(t, s->family, &s->end);
}

static void put_rewritten(struct tw_text *t, const struct tw_finding *f)
{
	tw_text_put(t, "%s", tw_what_meaning(f->what));
	if (f->what != TW_WHAT_ADDR)
		tw_text_put(t, " of the %s", f->on_syn_ack ? "SYN-ACK" : "SYN");
	tw_text_put(t, ": %c sent ", sender(f));
	put_shape(t, &f->sent);
	tw_text_put(t, ", %c received ", receiver(f));
	put_shape(t, &f->received);
	if (f->count > 1)
		tw_text_put(t, ", %u times", f->count);
}

static void put_delay(struct tw_text *t, const struct tw_finding *f)
{
	const struct tw_delay *d = &f->delay;

	tw_text_put(t, "%s took ", d->answer ? "an answer" : "the handshake");
	tw_text_time(t, (d->there_ns + d->host_ns + d->back_ns) / 1e9);
	tw_text_put(t, ": network to %c ", receiver(f));
	tw_text_time(t, d->there_ns / 1e9);
	tw_text_put(t, ", %c itself ", receiver(f));
	tw_text_time(t, d->host_ns / 1e9);
	tw_text_put(t, ", network back ");
	tw_text_time(t, d->back_ns / 1e9);
	tw_text_put(t, " (each way ± ");
	tw_text_time(t, f->offset_error_ns / 1e9);
	tw_text_put(t, ")");
}

static void put_details(struct tw_text *t, const struct tw_finding *f)
{
	switch (f->diff) {
	case TW_DIFF_LOST:
		put_lost(t, f);
		break;
	case TW_DIFF_FORGED:
		put_forged(t, f);
		break;
	case TW_DIFF_REWRITTEN:
		put_rewritten(t, f);
		break;
	case TW_DIFF_DELAY:
		put_delay(t, f);
		break;
	default:
		tw_text_put(t, "%s", f->reason ? f->reason : "");
	}
}

const struct tw_seen_conn *tw_compare_text(FILE *to, const struct tw_finding *f, const struct tw_seen_conn *last)
{
	const struct tw_seen_conn *c = tw_finding_conn(f);
	char line[512];
	struct tw_text t = { .at = line, .end = line + sizeof(line) };

	if (c && c != last)
		put_heading(to, f, c);
	put_details(&t, f);
	fprintf(to, "%s%-*s %s\n", c ? "  " : "\n", WORD_WIDTH, tw_diff_word(f->diff), line);
	return c;
}
