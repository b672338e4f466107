// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Gathers the events of one connection and makes steps of them. */
#include "story.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/member.h"
#include "base/names.h"
#include "early.h"
#include "log/logread.h"
#include "tcpwhy/port.h"

/* --- gathering --- */

struct tw_story *tw_story_new(const char *conn)
{
	struct tw_story *s = calloc(1, sizeof(*s));

	if (s)
		snprintf(s->conn, sizeof(s->conn), "%s", conn);
	return s;
}

void tw_story_free(struct tw_story *s)
{
	if (!s)
		return;
	for (unsigned int i = 0; i < s->n_first; i++)
		json_decref(s->first[i].event);
	for (unsigned int i = 0; i < TW_STORY_LAST; i++)
		json_decref(s->last[i].event);
	json_decref(s->final);
	free(s);
}

static unsigned int kept(const struct tw_story *s)
{
	return s->n_first + TW_MIN(s->n_later, TW_STORY_LAST);
}

static const struct tw_moment *moment_at(const struct tw_story *s, unsigned int i)
{
	uint64_t skipped = s->n_later > TW_STORY_LAST ? s->n_later - TW_STORY_LAST : 0;

	return i < s->n_first ? &s->first[i] : &s->last[(skipped + i - s->n_first) % TW_STORY_LAST];
}

/* The newest goes where its time is: what waited for the kernel's word stands later in the log. */
static void put_in_order(struct tw_story *s)
{
	for (unsigned int i = kept(s) - 1; i > 0; i--) {
		struct tw_moment *m = (struct tw_moment *)moment_at(s, i), *before = (struct tw_moment *)moment_at(s, i - 1);
		struct tw_moment later = *before;

		if (before->ts_ns <= m->ts_ns)
			return;
		*before = *m;
		*m = later;
	}
}

void tw_story_add(struct tw_story *s, const json_t *event, uint64_t ts_ns)
{
	const char *word = tw_member_text(event, "event");
	int type = tw_event_number(word, strlen(word));
	struct tw_moment *m;

	if (type == TW_EV_CONNECTION) { /* a revived attempt has two: the last one knows all */
		json_decref(s->final);
		s->final = json_incref((json_t *)event);
		s->final_ns = ts_ns;
		return;
	}
	m = s->n_first < TW_STORY_FIRST ? &s->first[s->n_first++] : &s->last[s->n_later++ % TW_STORY_LAST];
	json_decref(m->event);
	*m = (struct tw_moment){ ts_ns, type, tw_line_sender(type, event), json_incref((json_t *)event) };
	put_in_order(s);
}

/* Not one that came too late, or must be ignored. */
static bool ends_something(const struct tw_moment *m)
{
	const char *cause = tw_member_text(m->event, "cause");

	return strcmp(cause, "no_connection") && strcmp(cause, "after_close") && strcmp(cause, "unacceptable");
}

const struct tw_moment *tw_story_reset(const struct tw_story *s)
{
	for (unsigned int i = kept(s); i-- > 0;)
		if (moment_at(s, i)->type == TW_EV_RESET && ends_something(moment_at(s, i)))
			return moment_at(s, i);
	return tw_story_find(s, TW_EV_RESET);
}

int tw_story_end_early(struct tw_story *s)
{
	struct tw_early early = { .attempt = false };
	uint64_t ts_ns = 0;

	for (unsigned int i = 0; i < kept(s) && !s->final; i++) {
		tw_early_note(&early, moment_at(s, i)->type, moment_at(s, i)->event);
		ts_ns = moment_at(s, i)->ts_ns;
	}
	if (!early.event)
		return 0;
	s->final = tw_early_record(&early);
	s->final_ns = ts_ns;
	tw_early_release(&early);
	return s->final ? 0 : -ENOMEM;
}

uint64_t tw_story_start(const struct tw_story *s)
{
	uint64_t start = tw_logread_start(s->final);

	if (!start && s->n_first)
		start = s->first[0].ts_ns;
	return start;
}

const json_t *tw_story_any(const struct tw_story *s)
{
	return s->final ? s->final : s->n_first ? s->first[0].event : NULL;
}

const struct tw_moment *tw_story_find(const struct tw_story *s, int type)
{
	for (unsigned int i = kept(s); i-- > 0;)
		if (moment_at(s, i)->type == type)
			return moment_at(s, i);
	return NULL;
}

void tw_story_seconds(struct tw_text *text, double seconds)
{
	if (seconds < 99.95 || seconds > 36000)
		tw_text_time(text, seconds);
	else
		tw_text_put(text, "%.0f s", seconds);
}

void tw_story_span(struct tw_text *text, const char *before, const json_t *event, const char *key, const char *after)
{
	if (!tw_member_has(event, key))
		return;
	tw_text_put(text, "%s", before);
	tw_story_seconds(text, tw_member_real(event, key));
	tw_text_put(text, "%s", after);
}

const char *tw_sender_noun(enum tw_sender sender)
{
	static const char *const nouns[] = { "one side", "the originator", "the responder" };

	return nouns[sender];
}

const char *tw_sender_name(enum tw_sender sender)
{
	static const char *const names[] = { "One side", "The originator", "The responder" };

	return names[sender];
}

/* --- one step --- */

/* Alike are steps of one kind from one side; what differs in their numbers only may be folded. */
static uint32_t signature_of(const struct tw_moment *m, enum tw_arrow arrow)
{
	static const char *const keys[] = { "kind", "cause", "code", "reason" };
	uint32_t hash = m->type * 8 + arrow;

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		for (const char *at = tw_member_text(m->event, keys[i]); *at; at++)
			hash = hash * 31 + (unsigned char)*at;
	return hash;
}

static int kind_of(const json_t *event)
{
	const char *word = tw_member_text(event, "kind");

	for (int i = 0; i < _TW_KIND_MAX; i++)
		if (!strcmp(word, tw_kind_word(i)))
			return i;
	return TW_KIND_UNKNOWN;
}

static enum tw_arrow arrow_of(const struct tw_moment *m)
{
	if (m->type == TW_EV_PATH_UP && tw_member_true(m->event, "handshake"))
		return TW_ARROW_NONE; /* said with the SYN-ACK, which has its own */
	switch (m->type) {
	case TW_EV_CONNECT_TIMEOUT:
	case TW_EV_ACCEPT_TIMEOUT:
	case TW_EV_NO_RESPONSE:
	case TW_EV_MISSING_SEGMENT:
	case TW_EV_KERNEL_DROP:
	case TW_EV_PATH_DOWN: /* said with a repeat, which has its own arrow */
		return TW_ARROW_NONE;
	case TW_EV_FRAG_NEEDED:
	case TW_EV_UNREACHABLE:
		return m->sender == TW_SENDER_ORIG ? TW_ARROW_TO_LEFT :
		       m->sender == TW_SENDER_RESP ? TW_ARROW_TO_RIGHT : TW_ARROW_NONE;
	default:
		return m->sender == TW_SENDER_ORIG ? TW_ARROW_RIGHT :
		       m->sender == TW_SENDER_RESP ? TW_ARROW_LEFT : TW_ARROW_NONE;
	}
}

static void remember(struct tw_so_far *so_far, const struct tw_moment *m)
{
	so_far->syns += m->type == TW_EV_SYN || m->type == TW_EV_SYN_RETRANSMIT;
	so_far->syn_acks += m->type == TW_EV_SYN_ACK || m->type == TW_EV_SYN_ACK_RETRANSMIT;
	if (m->type == TW_EV_SYN_ACK)
		so_far->isn = tw_member_u64(m->event, "isn");
	so_far->established |= m->type == TW_EV_ESTABLISHED;
	so_far->last_ns = m->ts_ns;
	if (m->type >= 0)
		so_far->told[m->sender] |= 1ull << m->type;
	if (m->type == TW_EV_RETRANSMIT)
		so_far->last_kind[m->sender] = tw_member_text(m->event, "kind");
	if (m->type == TW_EV_RESET && ends_something(m)) {
		so_far->resets++;
		so_far->reset_by = m->sender;
		so_far->reset_was_due = !strcmp(tw_member_text(m->event, "cause"), "bad_ack_reset");
		so_far->syns_then = so_far->syns;
	}
}

/* What the log held back goes with the event that came next. */
static void put_suppressed(struct tw_step *step, const json_t *event)
{
	struct tw_text text = { .at = step->text + strlen(step->text), .end = step->text + sizeof(step->text) };
	unsigned long long held = tw_member_u64(event, "suppressed");

	if (held)
		tw_text_put(&text, " (And %llu more like it, which the log only counts.)", held);
}

static void make_step(struct tw_step *step, const struct tw_moment *m, const struct tw_so_far *so_far)
{
	struct tw_text text = { .at = step->text, .end = step->text + sizeof(step->text) };

	memset(step, 0, sizeof(*step));
	step->ts_ns = step->until_ns = m->ts_ns;
	step->type = m->type;
	step->arrow = arrow_of(m);
	step->signature = signature_of(m, step->arrow);
	step->kind = kind_of(m->event);
	if (!tw_story_open(step, m, so_far) && !tw_story_path(step, m, so_far)) {
		snprintf(step->label, sizeof(step->label), "?");
		tw_text_clean(&text, tw_member_text(m->event, "event"));
		tw_text_put(&text, ": ");
		tw_text_event(&text, m->type, m->event, m->sender);
	}
	put_suppressed(step, m->event);
}

/* Two events of one packet are one step: their sentences follow each other. */
static bool is_same_packet(const struct tw_moment *a, const struct tw_moment *b)
{
	json_t *seq = json_object_get(b->event, "seq");

	return a->ts_ns == b->ts_ns && a->sender == b->sender && seq && json_equal(json_object_get(a->event, "seq"), seq);
}

/* @more goes away. */
static void join(struct tw_step *step, const struct tw_step *more)
{
	struct tw_text text = { .at = step->text + strlen(step->text), .end = step->text + sizeof(step->text) };

	tw_text_put(&text, " %s", more->text);
	if (more->type == TW_EV_RETRANSMIT) /* says more than what is wrong with it */
		memcpy(step->label, more->label, sizeof(step->label));
	step->signature = step->signature * 31 + more->signature;
	step->type = more->type;
}

static void add_gap(struct tw_step *step, const struct tw_story *s, uint64_t ts_ns)
{
	memset(step, 0, sizeof(*step));
	step->ts_ns = step->until_ns = ts_ns;
	step->type = -1;
	snprintf(step->text, sizeof(step->text), "… %llu events between are not kept here; `tcpwhy tail` shows them.",
		 (unsigned long long)(s->n_later - TW_STORY_LAST));
}

/* It had begun before the log did. */
static bool add_middle(struct tw_step *step, const struct tw_story *s)
{
	if (!tw_member_true(s->final, "midstream"))
		return false;
	memset(step, 0, sizeof(*step));
	step->ts_ns = step->until_ns = tw_story_start(s);
	step->type = -1;
	snprintf(step->text, sizeof(step->text), "Here the log first sees it: the connection is open already.");
	return true;
}

/* Zeek's history has a letter for each FIN: who had closed by then. */
static const char *who_closed(const struct tw_story *s, const struct tw_so_far *so_far)
{
	const char *history = tw_member_text(s->final, "history");

	if (!so_far->established && !tw_member_true(s->final, "midstream"))
		return "It was not open yet.";
	if (strchr(history, 'F') && strchr(history, 'f'))
		return "Both sides had closed.";
	if (strchr(history, 'F'))
		return "The originator had closed, the responder had not.";
	return strchr(history, 'f') ? "The responder had closed, the originator had not." : "Neither side had closed.";
}

/* How it ended, where no event says it. */
static bool add_end(struct tw_step *step, const struct tw_story *s, const struct tw_so_far *so_far)
{
	static const struct {
		const char *end, *sentence;
		bool closed; /* whether somebody had closed is worth a word */
	} ends[] = {
		{ "fin", "Both sides have closed.", false },
		{ "idle", "Nothing for too long: tcpwhy gives it up.", true },
		{ "evicted", "tcpwhy needs the room for other connections and stops following it here.", false },
		{ "reused", "The same ports are used for a new connection: this one is over.", true },
		{ "eof", "Here the packets end.", true },
	};
	const char *end = tw_member_text(s->final, "end");
	uint64_t ns = tw_logread_end(s->final);

	for (size_t i = 0; s->final && i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (strcmp(end, ends[i].end))
			continue;
		memset(step, 0, sizeof(*step));
		step->ts_ns = step->until_ns = TW_MAX(strcmp(end, "fin") ? s->final_ns : ns, so_far->last_ns);
		step->type = -1;
		snprintf(step->text, sizeof(step->text), "%s%s%s", ends[i].sentence, ends[i].closed ? " " : "",
			 ends[i].closed ? who_closed(s, so_far) : "");
		return true;
	}
	return false;
}

struct tw_step *tw_story_steps(const struct tw_story *s, unsigned int most, unsigned int *n)
{
	struct tw_so_far so_far = { .start_ns = tw_story_start(s), .final = s->final };
	struct tw_step *steps = calloc(kept(s) + 3, sizeof(*steps));
	unsigned int used = 0;

	if (steps && add_middle(steps, s))
		used++;
	for (unsigned int i = 0; steps && i < kept(s); i++) {
		const struct tw_moment *m = moment_at(s, i), *before = i ? moment_at(s, i - 1) : NULL;

		if (i == s->n_first && s->n_later > TW_STORY_LAST)
			add_gap(&steps[used++], s, m->ts_ns);
		so_far.second_syn_ack = m->type == TW_EV_SYN_ACK && so_far.syn_acks && so_far.isn != tw_member_u64(m->event, "isn");
		make_step(&steps[used], m, &so_far);
		if (used && before && steps[used - 1].type >= 0 && is_same_packet(before, m))
			join(&steps[used - 1], &steps[used]);
		else
			used++;
		remember(&so_far, m);
	}
	if (steps)
		used = tw_story_fold(steps, used, most);
	if (steps && add_end(&steps[used], s, &so_far))
		used++;
	*n = used;
	return steps;
}
