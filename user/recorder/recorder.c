// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which packets are evidence, of what, and when they are written. */
#include "recorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "evidencefile.h"
#include "readable/line.h"
#include "line/logline.h"
#include "base/names.h"
#include "incident.h"
#include "verdict/verdict.h"

struct tw_recorder {
	struct tw_recorder_options options;
	struct tw_evidencefile *file;
	struct tw_incident *table;      /* uthash */
	struct tw_incident *incidents;    /* the same, oldest first */
	size_t bytes;                /* of all of them */
	uint64_t now_ns, second_ns;
	int64_t wall_offset_ns;
	uint32_t left;               /* packets that may still be taken in this second */
	uint32_t words_left;         /* happenings that may still be put into words in it */
	int error;                   /* that was told; 0: all is well */
	uint64_t written_before;     /* packets, when it was told */
	struct tw_recorder_stats stats;
	struct tw_recent *recent;    /* what was fetched last */
};

#define WORDS_RATE 2000 /* a second: each takes some 20 µs; more are told by their name alone */

/* --- incidents --- */

static void incident_free(struct tw_recorder *r, struct tw_incident *s)
{
	struct tw_kept *p, *next_p;
	struct tw_happening *h, *next_h;

	LL_FOREACH_SAFE(s->packets, p, next_p)
		free(p);
	LL_FOREACH_SAFE(s->happenings, h, next_h)
		free(h);
	HASH_DEL(r->table, s);
	DL_DELETE(r->incidents, s);
	r->bytes -= s->bytes;
	free(s->verdict);
	free(s->why);
	free(s);
}

static uint64_t packets_written(const struct tw_recorder *r)
{
	struct tw_ringfiles_stats files;

	tw_evidencefile_stats(r->file, &files);
	return files.written;
}

/* Says that it cannot be written once, and once that it can: when something was. */
static void note_result(struct tw_recorder *r, int err)
{
	char text[512];

	if (err ? r->error : !r->error || packets_written(r) == r->written_before)
		return;
	if (err)
		snprintf(text, sizeof(text), "capture: cannot write %s: %s; packets are lost, the log goes on",
			 r->options.path, strerror(-err));
	else
		snprintf(text, sizeof(text), "capture: writing %s again", r->options.path);
	r->error = err;
	r->written_before = packets_written(r);
	if (r->options.notice)
		r->options.notice(r->options.ctx, text);
}

static void incident_write(struct tw_recorder *r, struct tw_incident *s)
{
	int err = 0;

	if (s->n_packets) {
		err = tw_evidencefile_write(r->file, s, r->now_ns + r->wall_offset_ns);
		r->stats.connections++;
		r->stats.held -= s->n_packets;
	}
	if (err)
		note_result(r, err);
	incident_free(r, s);
}

static struct tw_incident *incident_find(struct tw_recorder *r, uint64_t id)
{
	struct tw_incident *s;

	HASH_FIND(hh, r->table, &id, sizeof(id), s);
	return s;
}

static void make_room(struct tw_recorder *r)
{
	while (r->incidents && r->bytes > TW_RECORDER_HOLD)
		incident_write(r, r->incidents);
}

/* NULL: out of memory. */
static struct tw_incident *incident_of(struct tw_recorder *r, uint64_t id, uint64_t wait_ns)
{
	struct tw_incident *s = incident_find(r, id);

	if (!s) {
		make_room(r);
		s = calloc(1, sizeof(*s));
		if (!s)
			return NULL;
		s->id = id;
		s->bytes = sizeof(*s);
		s->wall_offset_ns = r->wall_offset_ns;
		s->due_ns = r->now_ns + wait_ns;
		HASH_ADD(hh, r->table, id, sizeof(s->id), s);
		if (!s->hh.tbl) {
			free(s);
			return NULL;
		}
		DL_APPEND(r->incidents, s);
		r->bytes += s->bytes;
	}
	s->due_ns = TW_MAX(s->due_ns, wait_ns > TW_RECORDER_WAIT_NS ? r->now_ns + wait_ns : 0);
	return s;
}

/* --- packets --- */

static bool take_packet(struct tw_recorder *r, struct tw_incident *s, const struct tw_evidence *e)
{
	uint16_t cap = TW_MIN(e->cap, TW_EVIDENCE_BYTES);
	struct tw_kept *p = malloc(sizeof(*p) + cap);

	if (!p)
		return false;
	p->number = e->number;
	p->ts_ns = e->ts_ns;
	p->len = e->len;
	p->point = e->point;
	p->cap = cap;
	p->l2 = e->l2;
	memcpy(p->bytes, e->bytes, cap);
	LL_PREPEND(s->packets, p);
	s->n_packets++;
	s->bytes += sizeof(*p) + cap;
	r->bytes += sizeof(*p) + cap;
	r->stats.held++;
	return true;
}

/* Into its connection's incident, which may be written thereby. */
static void keep(struct tw_recorder *r, const struct tw_evidence *e)
{
	struct tw_incident *s;

	r->stats.given++;
	if (!r->left) {
		r->stats.too_many++;
		return;
	}
	r->left--;
	s = incident_of(r, e->conn, TW_RECORDER_WAIT_NS);
	if (s && s->n_packets == TW_INCIDENT_PACKETS) {
		incident_write(r, s);
		s = incident_of(r, e->conn, TW_RECORDER_WAIT_NS);
	}
	if (!s || !take_packet(r, s, e))
		r->stats.unwritten++;
}

void tw_recorder_packet(void *recorder, const void *bytes, size_t len)
{
	struct tw_evidence e;

	if (len != sizeof(e))
		return;
	memcpy(&e, bytes, sizeof(e));
	keep(recorder, &e);
	make_room(recorder);
}

/* What is kept of the connection and was not handed over yet. A slot that was being written is left out. */
static void fetch(struct tw_recorder *r, uint64_t id, uint64_t wait_ns)
{
	struct tw_incident *s = incident_of(r, id, wait_ns);
	uint64_t after = s ? s->last_number : 0, newest = after;

	if (!s || !r->options.recent || r->options.recent(r->options.ctx, id, r->recent))
		return;
	for (uint32_t i = 0; i < r->options.depth + TW_EVIDENCE_FIRST; i++) {
		const struct tw_evidence *e = &r->recent->slot[i];

		if (!e->ready || e->ready != e->number || e->told || e->conn != id || e->number <= after)
			continue;
		newest = TW_MAX(newest, e->number);
		keep(r, e);
	}
	s = incident_find(r, id);
	if (s)
		s->last_number = newest;
}

/* --- what happens --- */

static void words_of(struct tw_recorder *r, const struct tw_record *record, char *buf, size_t size)
{
	char json[TW_LOG_LINE_MAX];
	size_t len;

	buf[0] = '\0';
	if (!r->words_left)
		return;
	r->words_left--;
	len = tw_log_format(json, sizeof(json), record);
	if (len)
		tw_line_words(buf, size, json, len);
}

/* Not silence, nor the kernel's word of what it did behind the hooks. */
static bool is_of_packet(const struct tw_record *record)
{
	return record->event && record->type != TW_EV_KERNEL_DROP;
}

static void add_happening(struct tw_recorder *r, struct tw_incident *s, const struct tw_record *record)
{
	char words[TW_INCIDENT_WORDS];
	struct tw_happening *h;
	size_t bytes;

	if (s->n_happenings == TW_INCIDENT_NOTES)
		return;
	words_of(r, record, words, sizeof(words));
	bytes = sizeof(*h) + strlen(words) + 1;
	h = calloc(1, bytes);
	if (!h)
		return;
	h->type = record->type;
	h->wall_ns = record->ts_ns;
	h->of_packet = is_of_packet(record);
	h->ts_ns = record->event ? record->event->ts_ns : record->ts_ns - r->wall_offset_ns;
	strcpy(h->words, words);
	if (record->event && record->type != TW_EV_DELAYED_ACK_STALL) /* whose time is an earlier packet's */
		s->wall_offset_ns = record->ts_ns - record->event->ts_ns;
	else
		h->wall_ns = h->ts_ns + s->wall_offset_ns;
	LL_APPEND(s->happenings, h);
	s->n_happenings++;
	s->bytes += bytes;
	r->bytes += bytes;
}

/* An attempt's verdict takes its time: some stacks try again after a refusal. */
static uint64_t wait_of(const struct tw_record *record)
{
	switch (record->type) {
	case TW_EV_RESET:
		return record->event->reset.stage == TW_STAGE_POST_SYN ? TW_RECORDER_ATTEMPT_NS : TW_RECORDER_WAIT_NS;
	case TW_EV_UNREACHABLE:
	case TW_EV_SYN_RETRANSMIT:
	case TW_EV_SYN_ACK_RETRANSMIT:
	case TW_EV_CONNECT_TIMEOUT:
	case TW_EV_ACCEPT_TIMEOUT:
		return TW_RECORDER_ATTEMPT_NS;
	default:
		return TW_RECORDER_WAIT_NS;
	}
}

static void on_event(struct tw_recorder *r, const struct tw_record *record)
{
	uint64_t id = record->conn->id, wait_ns = wait_of(record);
	struct tw_incident *s;

	if (!is_of_packet(record)) /* no packet program handed anything over */
		fetch(r, id, wait_ns);
	s = incident_of(r, id, wait_ns);
	if (s)
		add_happening(r, s, record);
}

static bool is_bad(const struct tw_judgement *judgement)
{
	return tw_verdict_is_trouble(judgement->list[0]);
}

static void on_end(struct tw_recorder *r, const struct tw_record *record)
{
	const struct tw_judgement *judgement = record->final.judgement;
	uint64_t id = record->conn->id;
	struct tw_incident *s = incident_find(r, id);

	if (!judgement || (!s && !is_bad(judgement)))
		return;
	fetch(r, id, TW_RECORDER_WAIT_NS);
	s = incident_find(r, id);
	if (!s)
		return;
	s->verdict = strdup(tw_verdict_word(judgement->list[0]));
	s->why = strdup(judgement->why);
	incident_write(r, s);
}

void tw_recorder_record(void *recorder, const struct tw_record *record)
{
	struct tw_recorder *r = recorder;
	uint32_t cause = record->type == TW_EV_RESET && record->event ? record->event->reset.cause : TW_CAUSE_NONE;

	if (!record->conn || !record->conn->id)
		return;
	if (record->type == TW_EV_CONNECTION)
		on_end(r, record);
	else if (tw_is_worth_keeping(record->type, cause))
		on_event(r, record);
}

/* --- time --- */

void tw_recorder_tick(struct tw_recorder *r, uint64_t now_ns, int64_t wall_offset_ns)
{
	struct tw_incident *s, *next;

	r->now_ns = now_ns;
	r->wall_offset_ns = wall_offset_ns;
	if (now_ns < r->second_ns)
		return;
	r->second_ns = now_ns + TW_NS_PER_SEC;
	r->left = TW_RECORDER_RATE;
	r->words_left = WORDS_RATE;
	DL_FOREACH_SAFE(r->incidents, s, next)
		if (now_ns >= s->due_ns)
			incident_write(r, s);
	note_result(r, tw_evidencefile_flush(r->file));
}

void tw_recorder_finish(struct tw_recorder *r)
{
	while (r->incidents)
		incident_write(r, r->incidents);
	note_result(r, tw_evidencefile_flush(r->file));
}

/* --- begin and end --- */

int tw_recorder_new(struct tw_recorder **recorder, const struct tw_recorder_options *options,
		    struct tw_reason *reason)
{
	struct tw_recorder *r = calloc(1, sizeof(*r));
	struct tw_ringfiles *files;
	int err;

	if (!r)
		return tw_reason(reason, -ENOMEM, "out of memory");
	r->options = *options;
	r->left = TW_RECORDER_RATE;
	r->words_left = WORDS_RATE;
	err = tw_ringfiles_new(&files, options->path, options->file_bytes, options->files, reason);
	if (!err) {
		r->file = tw_evidencefile_new(files, options->iface_name, options->ctx);
		r->recent = calloc(1, TW_RECENT_SIZE(options->depth));
		if (!r->file || !r->recent)
			err = tw_reason(reason, -ENOMEM, "out of memory");
	}
	if (err) {
		tw_recorder_free(r);
		return err;
	}
	*recorder = r;
	return 0;
}

void tw_recorder_stats(const struct tw_recorder *r, struct tw_recorder_stats *stats)
{
	struct tw_ringfiles_stats files;

	tw_evidencefile_stats(r->file, &files);
	*stats = r->stats;
	stats->files = files.files;
	stats->written = files.written;
	stats->held += files.waiting;
	stats->unwritten = stats->given - stats->written - stats->held - stats->too_many;
}

void tw_recorder_free(struct tw_recorder *recorder)
{
	if (!recorder)
		return;
	if (recorder->file)
		tw_recorder_finish(recorder);
	tw_evidencefile_free(recorder->file);
	free(recorder->recent);
	free(recorder);
}
