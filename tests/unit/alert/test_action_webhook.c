// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The webhook: the body of a request, and a server that is not there. */
#include <jansson.h>

#include "alert/action_webhook.h"
#include "made_action.h"

static void test_body(void **state)
{
	static char text[3 * 4096];
	struct tw_alert_note notes[2] = { note, note };
	json_t *body, *labels;

	notes[1].raised = false;
	notes[1].key[0] = '\0';
	assert_true(tw_webhook_body(text, sizeof(text), notes, 2, WALL + S) > 0);
	body = json_loads(text, 0, NULL);
	assert_non_null(body);
	assert_int_equal(json_array_size(body), 2);
	labels = json_object_get(json_array_get(body, 0), "labels");
	assert_string_equal(json_string_value(json_object_get(labels, "alertname")), "refused");
	assert_string_equal(json_string_value(json_object_get(labels, "key")), note.key);
	assert_string_equal(json_string_value(json_object_get(json_array_get(body, 0), "startsAt")),
			    "2023-11-14T22:13:20.000000000Z");
	assert_string_equal(json_string_value(json_object_get(json_array_get(body, 0), "endsAt")),
			    "2023-11-14T22:18:21.000000000Z");
	assert_string_equal(json_string_value(json_object_get(json_array_get(body, 1), "endsAt")),
			    "2023-11-14T22:13:20.000000000Z");
	assert_null(json_object_get(json_object_get(json_array_get(body, 1), "labels"), "key"));
	json_decref(body);
	assert_int_equal(tw_webhook_body(text, 100, notes, 2, WALL), 0);
}

/* As large as they can be, a whole batch fits. */
static void test_largest_batch(void **state)
{
	static char text[TW_WEBHOOK_BATCH * 4096];
	static struct tw_alert_note notes[TW_WEBHOOK_BATCH];

	for (int i = 0; i < TW_WEBHOOK_BATCH; i++) {
		notes[i] = note;
		memset(notes[i].text, '\x01', sizeof(notes[i].text) - 1);
		memset(notes[i].key, '\x01', sizeof(notes[i].key) - 1);
	}
	assert_true(tw_webhook_body(text, sizeof(text), notes, TW_WEBHOOK_BATCH, WALL) > 0);
}

/* Nobody listens: nothing waits, and the end comes soon. */
static void test_nobody_listens(void **state)
{
	struct tw_webhook *w = tw_webhook_new(set("am:type=webhook,url=http://127.0.0.1:1,queue=3"));
	struct tw_actions_stats stats = { 0 };

	for (int i = 0; i < 10; i++)
		tw_webhook_alert(w, &note);
	tw_webhook_stats(w, &stats);
	assert_int_equal(stats.dropped, 7);
	tw_webhook_free(w);
	w = tw_webhook_new(&list.list[list.n - 1]);
	tw_webhook_alert(w, &note);
	tw_webhook_retire(w);
}

/* While the server is gone, what is told again every minute leaves room for what is new. */
static void test_told_again(void **state)
{
	struct tw_webhook *w = tw_webhook_new(set("am:type=webhook,url=http://127.0.0.1:1,queue=4"));
	struct tw_actions_stats stats = { 0 };

	tw_webhook_alert(w, &note);
	for (uint64_t now_ns = S; now_ns < 600 * S; now_ns += 10 * S)
		tw_webhook_tick(w, now_ns);
	for (int i = 0; i < 3; i++)
		tw_webhook_alert(w, &note);
	tw_webhook_stats(w, &stats);
	assert_int_equal(stats.dropped, 1); /* one was told again */
	tw_webhook_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_body), TEST(test_largest_batch), TEST(test_nobody_listens), TEST(test_told_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
