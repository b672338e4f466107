// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Lines of the log in the systemd journal. The queue is a ring of bytes: a length and a line, again and again. */
#include "journal.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* the line in this file is of no use to anybody */
#include <systemd/sd-journal.h>

#include "line.h"
#include "base/names.h"
#include "line/logline.h"
#include "verdict/verdict.h"

#define SOCKET "/run/systemd/journal/socket"
#define QUEUE (4u << 20)
#define FIELDS 120   /* more than any event has */
#define END_WAIT_S 2

struct tw_journal {
	enum tw_journal_what what;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake, done;
	bool started, stop, ended;
	char *queue;
	size_t from, used; /* bytes in the queue, from there on, around its end */
	uint64_t lost, waiting;
	char line[TW_LOG_LINE_MAX]; /* the thread's */
};

/* --- which --- */

static bool is_trouble(const struct tw_record *r)
{
	unsigned int verdict;

	switch (r->type) {
	case TW_EV_ALERT:
	case TW_EV_EVENTS_LOST:
	case TW_EV_TABLE_FULL:
	case TW_EV_CAPTURE_STARTED:
	case TW_EV_CAPTURE_STOPPED:
		return true;
	case TW_EV_CONNECTION:
		verdict = r->final.judgement ? r->final.judgement->list[0] : TW_VERDICT_UNKNOWN;
		return tw_verdict_is_trouble(verdict);
	default:
		return false;
	}
}

bool tw_journal_wants(const struct tw_journal *journal, const struct tw_record *record)
{
	return journal->what == TW_JOURNAL_ALL || is_trouble(record);
}

/* --- the queue --- */

static void put(struct tw_journal *j, const void *bytes, size_t len)
{
	size_t at = (j->from + j->used) % QUEUE, first = len < QUEUE - at ? len : QUEUE - at;

	memcpy(j->queue + at, bytes, first);
	memcpy(j->queue, (const char *)bytes + first, len - first);
	j->used += len;
}

static void get(struct tw_journal *j, void *bytes, size_t len)
{
	size_t first = len < QUEUE - j->from ? len : QUEUE - j->from;

	memcpy(bytes, j->queue + j->from, first);
	memcpy((char *)bytes + first, j->queue, len - first);
	j->from = (j->from + len) % QUEUE;
	j->used -= len;
}

/* --- a line --- */

struct entry {
	struct iovec field[FIELDS];
	int n;
};

/* "NAME=value": the memory is the entry's. */
__attribute__((format(printf, 2, 3)))
static void add_field(struct entry *e, const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	if (e->n == FIELDS)
		return;
	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n >= 0)
		e->field[e->n++] = (struct iovec){ text, n };
}

static void add_member(struct entry *e, const char *key, const json_t *value)
{
	char name[64];
	size_t i;

	for (i = 0; key[i] && i < sizeof(name) - 1; i++)
		name[i] = toupper((unsigned char)key[i]);
	name[i] = '\0';
	if (json_is_string(value)) {
		add_field(e, "TCPWHY_%s=%s", name, json_string_value(value));
	} else if (json_is_integer(value)) {
		add_field(e, "TCPWHY_%s=%lld", name, (long long)json_integer_value(value));
	} else if (json_is_real(value)) {
		add_field(e, "TCPWHY_%s=%.9f", name, json_real_value(value));
	} else if (json_is_boolean(value)) {
		add_field(e, "TCPWHY_%s=%s", name, json_is_true(value) ? "true" : "false");
	} else if (json_is_array(value)) { /* one field several times, as the journal has it */
		const json_t *item;

		json_array_foreach(value, i, item)
			if (json_is_string(item))
				add_field(e, "TCPWHY_%s=%s", name, json_string_value(item));
	}
}

static int priority(const json_t *event)
{
	const char *word = json_string_value(json_object_get(event, "event"));
	const char *state = json_string_value(json_object_get(event, "state"));

	if (!word)
		return LOG_INFO;
	if (!strcmp(word, "events_lost") || !strcmp(word, "table_full"))
		return LOG_WARNING;
	if (!strcmp(word, "alert"))
		return state && !strcmp(state, "raised") ? LOG_WARNING : LOG_NOTICE;
	return LOG_INFO;
}

/* Whether the journal has it. What is no JSON is nobody's loss. */
static bool send_line(const char *line, size_t len)
{
	json_t *event = json_loadb(line, len, 0, NULL), *value;
	char words[TW_LINE_MAX] = "";
	struct entry entry = { .n = 0 };
	const char *key;
	int err;

	if (!event)
		return true;
	tw_line_format(words, sizeof(words), event, false);
	/* the time is a field of its own there */
	add_field(&entry, "MESSAGE=%s", strchr(words, ' ') ? strchr(words, ' ') + 1 : words);
	add_field(&entry, "PRIORITY=%d", priority(event));
	add_field(&entry, "SYSLOG_IDENTIFIER=tcpwhy");
	json_object_foreach(event, key, value)
		add_member(&entry, key, value);
	err = sd_journal_sendv(entry.field, entry.n);
	for (int i = 0; i < entry.n; i++)
		free(entry.field[i].iov_base);
	json_decref(event);
	return err >= 0;
}

/* --- the thread --- */

static void *work(void *journal)
{
	struct tw_journal *j = journal;
	uint32_t len;
	bool sent;

	pthread_mutex_lock(&j->mutex);
	while (j->used || !j->stop) {
		if (!j->used) {
			pthread_cond_wait(&j->wake, &j->mutex);
			continue;
		}
		get(j, &len, sizeof(len));
		get(j, j->line, len);
		pthread_mutex_unlock(&j->mutex);
		sent = send_line(j->line, len);
		pthread_mutex_lock(&j->mutex);
		j->waiting--;
		j->lost += !sent;
	}
	j->ended = true;
	pthread_cond_signal(&j->done);
	pthread_mutex_unlock(&j->mutex);
	return NULL;
}

static void start(struct tw_journal *j)
{
	sigset_t all, before;

	if (j->started)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	j->started = !pthread_create(&j->thread, NULL, work, j);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* --- outside --- */

int tw_journal_open(struct tw_journal **journal, enum tw_journal_what what, struct tw_reason *reason)
{
	struct tw_journal *j = calloc(1, sizeof(*j));

	if (access(SOCKET, W_OK)) {
		int err = -errno;

		free(j);
		return tw_reason(reason, err, "--journal: there is no journal to write to: %s: %s", SOCKET, strerror(-err));
	}
	if (j)
		j->queue = malloc(QUEUE);
	if (!j || !j->queue) {
		free(j);
		return tw_reason(reason, -ENOMEM, "out of memory");
	}
	j->what = what;
	pthread_mutex_init(&j->mutex, NULL);
	pthread_cond_init(&j->wake, NULL);
	pthread_cond_init(&j->done, NULL);
	*journal = j;
	return 0;
}

void tw_journal_line(struct tw_journal *j, const char *json, size_t len)
{
	uint32_t n = len;

	pthread_mutex_lock(&j->mutex);
	if (len > sizeof(j->line) || QUEUE - j->used < sizeof(n) + len) {
		j->lost++;
	} else {
		put(j, &n, sizeof(n));
		put(j, json, len);
		j->waiting++;
		pthread_cond_signal(&j->wake);
	}
	pthread_mutex_unlock(&j->mutex);
}

void tw_journal_tick(struct tw_journal *j)
{
	if (j && !j->started && j->waiting)
		start(j);
}

/* A journal that does not take anything any more must not hold up our end: then the thread, and its memory, is left. */
static bool end_thread(struct tw_journal *j)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += END_WAIT_S;
	pthread_mutex_lock(&j->mutex);
	j->stop = true;
	pthread_cond_signal(&j->wake);
	while (!j->ended && pthread_cond_timedwait(&j->done, &j->mutex, &until) != ETIMEDOUT)
		continue;
	pthread_mutex_unlock(&j->mutex);
	if (!j->ended)
		return false;
	pthread_join(j->thread, NULL);
	return true;
}

uint64_t tw_journal_close(struct tw_journal *j)
{
	uint64_t lost;

	if (!j)
		return 0;
	tw_journal_tick(j);
	if (j->started && !end_thread(j))
		return j->lost + j->waiting;
	lost = j->lost + j->waiting;
	pthread_cond_destroy(&j->wake);
	pthread_cond_destroy(&j->done);
	pthread_mutex_destroy(&j->mutex);
	free(j->queue);
	free(j);
	return lost;
}
