/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Alerts by HTTP (action_webhook.h). The loop puts notes into a ring, the thread takes them out when the server has them.
 * Both sides hold the lock only to copy.
 */
#include "action_webhook.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define AGAIN_NS (60 * TW_NS_PER_SEC)
#define BACKOFF_MAX_S 60
#define LEAVE_MS 2000
#define BODY_MAX (TW_WEBHOOK_BATCH * 4096)

struct raised {
	struct tw_alert_note note;
	bool used;
};

struct tw_webhook {
	struct tw_action action;
	char url[320];
	struct raised *raised;           /* the loop's own */
	unsigned int n_raised, told;     /* told: of the raised ones that are told again, how many were */
	uint64_t again_ns;
	bool has_thread;
	pthread_t thread;

	pthread_mutex_t lock;            /* for what follows */
	pthread_cond_t wake;
	struct tw_alert_note *queue;
	unsigned int first, n;
	struct tw_actions_stats stats;
	uint64_t dropped;                /* since it was last said */
	bool leaving, orphan;            /* orphan: the thread frees it all */
	uint64_t leave_ms;               /* until when; CLOCK_MONOTONIC */

	bool failing;                    /* the thread's own, as is all below */
	unsigned int backoff_s;
	struct tw_alert_note batch[TW_WEBHOOK_BATCH];
	char body[BODY_MAX];
};

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

static uint64_t wall_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * TW_NS_PER_SEC + ts.tv_nsec;
}

/* ---- the thread ---- */

static size_t ignore_body(char *data, size_t size, size_t n, void *ctx)
{
	return size * n;
}

/* Nonzero ends the request: it is time to go. */
static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct tw_webhook *w = ctx;
	bool over;

	pthread_mutex_lock(&w->lock);
	over = w->leaving && now_ms() >= w->leave_ms;
	pthread_mutex_unlock(&w->lock);
	return over;
}

/* NULL: out of memory. */
static CURL *new_request(struct tw_webhook *w, struct curl_slist *headers, char error[CURL_ERROR_SIZE])
{
	CURL *curl = curl_easy_init();

	if (!curl)
		return NULL;
	*error = '\0';
	curl_easy_setopt(curl, CURLOPT_URL, w->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says: it is asked directly */
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a name server that is silent does not hold up our end */
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(w->action.time_limit_ns / TW_NS_PER_MS));
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "tcpwhy");
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, w->body);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore_body);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, w);
	return curl;
}

/* Sends w->body. 0; -EINVAL: the server does not want it, so that it is of no use to try again; -EAGAIN. */
static int post(struct tw_webhook *w, struct tw_reason *reason)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	char error[CURL_ERROR_SIZE];
	CURL *curl = new_request(w, headers, error);
	CURLcode rc = curl ? curl_easy_perform(curl) : CURLE_OUT_OF_MEMORY;
	long status = 0;

	if (!rc)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	if (rc)
		return tw_reason(reason, -EAGAIN, "%s", *error ? error : curl_easy_strerror(rc));
	if (status >= 200 && status < 300)
		return 0;
	if (status >= 400 && status < 500 && status != 408 && status != 429)
		return tw_reason(reason, -EINVAL, "the server refuses it: HTTP status %ld", status);
	return tw_reason(reason, -EAGAIN, "HTTP status %ld", status);
}

/* Copies what is first in the queue; it stays there until it is delivered. */
static unsigned int take_batch(struct tw_webhook *w)
{
	unsigned int n = w->n < TW_WEBHOOK_BATCH ? w->n : TW_WEBHOOK_BATCH;

	for (unsigned int i = 0; i < n; i++)
		w->batch[i] = w->queue[(w->first + i) % w->action.queue];
	return n;
}

static void done_with(struct tw_webhook *w, unsigned int n, int err)
{
	w->first = (w->first + n) % w->action.queue;
	w->n -= n;
	if (err)
		w->stats.failed += n;
	else
		w->stats.done += n;
}

static void say_result(struct tw_webhook *w, int err, const struct tw_reason *reason, uint64_t dropped)
{
	if (err == -EINVAL)
		tw_say("action %s: alerts were not taken: %s", w->action.name, reason->text);
	else if (err && !w->failing)
		tw_say("action %s: cannot be delivered: %s; trying again, and up to %u alerts wait", w->action.name,
		       reason->text, w->action.queue);
	else if (!err && w->failing)
		tw_say("action %s: alerts are delivered again; %llu were dropped meanwhile", w->action.name,
		       (unsigned long long)dropped);
	w->failing = err == -EAGAIN;
}

/* With the lock held; waits @seconds, or until there is more to do. */
static void pause_for(struct tw_webhook *w, unsigned int seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	while (!w->leaving && !pthread_cond_timedwait(&w->wake, &w->lock, &until))
		; /* new alerts do not make a server answer sooner */
}

/* With the lock held. */
static void deliver(struct tw_webhook *w)
{
	unsigned int n = take_batch(w);
	struct tw_reason reason;
	uint64_t dropped = 0;
	int err;

	pthread_mutex_unlock(&w->lock);
	err = tw_webhook_body(w->body, sizeof(w->body), w->batch, n, wall_ns()) ? post(w, &reason) :
		tw_reason(&reason, -EINVAL, "too long");
	pthread_mutex_lock(&w->lock);
	if (err != -EAGAIN) {
		done_with(w, n, err);
		dropped = w->dropped;
		w->dropped = 0;
		w->backoff_s = 0;
	}
	say_result(w, err, &reason, dropped);
	if (err != -EAGAIN)
		return;
	w->backoff_s = w->backoff_s ? w->backoff_s * 2 : 1;
	if (w->backoff_s > BACKOFF_MAX_S)
		w->backoff_s = BACKOFF_MAX_S;
	pause_for(w, w->backoff_s);
}

static bool is_over(const struct tw_webhook *w)
{
	return w->leaving && (!w->n || now_ms() >= w->leave_ms || w->failing);
}

static void release(struct tw_webhook *w)
{
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	free(w->queue);
	free(w->raised);
	free(w);
}

static void *work(void *webhook)
{
	struct tw_webhook *w = webhook;
	bool orphan;

	pthread_mutex_lock(&w->lock);
	while (!is_over(w)) {
		if (w->n)
			deliver(w);
		else
			pthread_cond_wait(&w->wake, &w->lock);
	}
	if (w->n)
		tw_say("action %s: %u alerts could not be delivered before the end", w->action.name, w->n);
	orphan = w->orphan;
	pthread_mutex_unlock(&w->lock);
	if (orphan)
		release(w);
	return NULL;
}

/* ---- the loop's side ---- */

struct tw_webhook *tw_webhook_new(const struct tw_action *action)
{
	struct tw_webhook *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;

	if (!w)
		return NULL;
	curl_global_init(CURL_GLOBAL_DEFAULT); /* counts how often */
	w->action = *action;
	snprintf(w->url, sizeof(w->url), "%s/api/v2/alerts", action->url);
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_condattr_destroy(&attr);
	w->queue = calloc(action->queue, sizeof(*w->queue));
	w->raised = calloc(TW_WEBHOOK_RAISED_MAX, sizeof(*w->raised));
	if (w->queue && w->raised)
		return w;
	release(w);
	return NULL;
}

/* Signals are the loop's. */
static bool start_thread(struct tw_webhook *w)
{
	sigset_t all, before;
	int err;

	if (w->has_thread)
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		tw_say("action %s: cannot start a thread: %s", w->action.name, strerror(err));
	w->has_thread = !err;
	return !err;
}

/* False: there is no room. What is told @again takes half of it at most: a server that is gone must not cost new alerts. */
static bool push(struct tw_webhook *w, const struct tw_alert_note *note, bool again)
{
	bool room;

	pthread_mutex_lock(&w->lock);
	room = w->n < (again ? (w->action.queue + 1) / 2 : w->action.queue);
	if (room) {
		w->queue[(w->first + w->n++) % w->action.queue] = *note;
		pthread_cond_signal(&w->wake);
	} else if (!again) {
		w->stats.dropped++;
		if (!w->dropped++)
			tw_say("action %s: %u alerts wait already; more are dropped", w->action.name, w->action.queue);
	}
	pthread_mutex_unlock(&w->lock);
	return room;
}

static bool is_same(const struct tw_alert_note *a, const struct tw_alert_note *b)
{
	return !strcmp(a->rule, b->rule) && !strcmp(a->key, b->key);
}

/* Keeps the list of what is raised. One that finds no room is told once only, and the server forgets it. */
static void remember(struct tw_webhook *w, const struct tw_alert_note *note)
{
	struct raised *place = NULL;

	for (unsigned int i = 0; i < TW_WEBHOOK_RAISED_MAX; i++) {
		struct raised *r = &w->raised[i];

		if (r->used && is_same(&r->note, note)) {
			place = r;
			break;
		}
		if (!r->used && !place)
			place = r;
	}
	if (!place)
		return;
	w->n_raised += note->raised - place->used;
	place->used = note->raised;
	place->note = *note;
}

void tw_webhook_alert(struct tw_webhook *w, const struct tw_alert_note *note)
{
	remember(w, note);
	if (start_thread(w))
		push(w, note, false);
}

/* Every minute all that is raised, as fast as there is room. */
void tw_webhook_tick(struct tw_webhook *w, uint64_t now_ns)
{
	if (!w->again_ns || !w->n_raised)
		w->again_ns = now_ns + AGAIN_NS;
	if (now_ns < w->again_ns)
		return;
	for (; w->told < TW_WEBHOOK_RAISED_MAX; w->told++)
		if (w->raised[w->told].used && !push(w, &w->raised[w->told].note, true))
			return;
	w->told = 0;
	w->again_ns = now_ns + AGAIN_NS;
}

void tw_webhook_stats(struct tw_webhook *w, struct tw_actions_stats *sum)
{
	pthread_mutex_lock(&w->lock);
	sum->done += w->stats.done;
	sum->failed += w->stats.failed;
	sum->dropped += w->stats.dropped;
	pthread_mutex_unlock(&w->lock);
}

static void leave(struct tw_webhook *w, bool orphan)
{
	pthread_mutex_lock(&w->lock);
	w->leaving = true;
	w->orphan = orphan;
	w->leave_ms = now_ms() + LEAVE_MS;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void tw_webhook_free(struct tw_webhook *w)
{
	if (!w)
		return;
	if (w->has_thread) {
		leave(w, false);
		pthread_join(w->thread, NULL);
	}
	release(w);
}

void tw_webhook_retire(struct tw_webhook *w)
{
	pthread_t thread;

	if (!w || !w->has_thread) {
		tw_webhook_free(w);
		return;
	}
	thread = w->thread; /* w may be gone as soon as it is left */
	leave(w, true);
	pthread_detach(thread);
}
