// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How actions are written, and what is refused; which of them a rule asks for; what is shown of them. */
#include "base/json.h"
#include "made_action.h"

static void refuse(const char *text, const char *word)
{
	unsigned int n = list.n;

	assert_int_equal(tw_actions_set(&list, text, &reason), -EINVAL);
	if (!strstr(reason.text, word))
		fail_msg("\"%s\" lacks \"%s\"", reason.text, word);
	assert_int_equal(list.n, n);
}

static void test_written(void **state)
{
	const struct tw_action *a = set("page:type=exec,command=/bin/page -x  two,time_limit=500ms,interval=1m");

	assert_int_equal(a->type, TW_ACTION_EXEC);
	assert_int_equal(a->n_args, 3);
	assert_memory_equal(a->command, "/bin/page\0-x\0two", 17);
	assert_true(a->time_limit_ns == 500000000 && a->interval_ns == 60 * S);
	assert_true(tw_actions_exec(&list));
	a = set("am:type=webhook,url=https://u:p@example.net:9093/am/,queue=7");
	assert_int_equal(a->type, TW_ACTION_WEBHOOK);
	assert_string_equal(a->url, "https://u:p@example.net:9093/am");
	assert_int_equal(a->queue, 7);
}

static void test_mistakes(void **state)
{
	refuse("", "name");
	refuse("Page:type=exec,command=/x", "small letters");
	refuse("log:type=exec,command=/x", "already");
	refuse("page", "no type");
	refuse("page:type=shell", "exec or webhook");
	refuse("page:type=exec", "whole path");
	refuse("page:type=exec,command=page", "whole path");
	refuse("page:type=webhook", "no url");
	refuse("page:type=webhook,url=127.0.0.1:9093", "http://");
	refuse("page:type=webhook,url=file:///etc/passwd", "http://");
	refuse("page:type=webhook,url=http://", "no host");
	refuse("page:type=webhook,url=https:///am", "no host");
	refuse("page:type=exec,command=/x,time_limit=0", "0.1 s to 3600 s");
	refuse("page:type=exec,command=/x,time_limit=5%", "0.1 s to 3600 s");
	refuse("page:type=webhook,url=http://x,queue=0", "1 to 10000");
	refuse("page:type=webhook,url=http://x,queue=1.5", "1 to 10000");
	refuse("page:type=exec,command=/a b c d e f g h i j k l m n o p q", "more than 16 arguments");
	refuse("page:type=exec,command=/x,colour=red", "no field \"colour\"");
}

static void test_masks(void **state)
{
	uint32_t mask;

	set("page:type=exec,command=/x");
	assert_int_equal(tw_actions_mask(&list, "stderr, page", &mask, &reason), 0);
	assert_int_equal(mask, 1u << TW_ACTION_LOG | 1u << TW_ACTION_STDERR | 1u << 4);
	assert_int_equal(tw_actions_mask(&list, "", &mask, &reason), 0);
	assert_int_equal(mask, 1u << TW_ACTION_LOG); /* an alert is an event: the log always has it */
	assert_int_equal(tw_actions_mask(&list, "stderr,pag", &mask, &reason), -EINVAL);
	assert_non_null(strstr(reason.text, "log stderr syslog journal page"));
}

static void test_passwords_are_not_shown(void **state)
{
	char text[1000];
	struct tw_json j;

	set("am:type=webhook,url=https://user:secret@example.net/am");
	tw_json_init(&j, text, sizeof(text) - 1);
	tw_actions_show(&j, &list);
	*j.at = '\0';
	assert_non_null(strstr(text, "\"url\":\"https://example.net/am\""));
	assert_null(strstr(text, "secret"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_written), TEST(test_mistakes), TEST(test_masks), TEST(test_passwords_are_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
