// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Bytes that are an event are taken, all others are refused and change nothing. */
#include "conn/decode.h"
#include "made.h"

/* On the heap and of the exact size, at an odd address: a sanitizer sees every byte that is read too much. */
static int decode(const void *bytes, size_t len, struct tw_event *event, struct tw_flow *flow)
{
	char *copy = malloc(len + 1);
	int err;

	memcpy(copy + 1, bytes, len);
	err = tw_decode(copy + 1, len, event, flow);
	free(copy);
	return err;
}

static void test_takes_an_event(void **state)
{
	struct tw_event e = made_syn(5, 123), out;
	struct tw_flow flow;
	char padded[sizeof(e) + 8] = { 0 };

	assert_int_equal(decode(&e, sizeof(e), &out, &flow), 0);
	assert_memory_equal(&e, &out, sizeof(e));
	memcpy(padded, &e, sizeof(e));
	assert_int_equal(decode(padded, sizeof(padded), &out, &flow), 0);
}

static void test_takes_a_replaced_state(void **state)
{
	struct tw_event_replaced r = { .event = made_event(TW_EV_REPLACED, 5, 1), .flow = { .id = 5, .start_ns = 77 } };
	struct tw_event out;
	struct tw_flow flow;

	r.event.len = sizeof(r);
	assert_int_equal(decode(&r, sizeof(r), &out, &flow), 0);
	assert_memory_equal(&flow, &r.flow, sizeof(flow));
	assert_int_equal(decode(&r, sizeof(r) - 1, &out, &flow), -EBADMSG);
	assert_int_equal(decode(&r, sizeof(r.event), &out, &flow), -EBADMSG);
	r.event.len = sizeof(r.event);
	assert_int_equal(decode(&r, sizeof(r), &out, &flow), -EBADMSG);
}

static void test_refuses_every_shorter_length(void **state)
{
	struct tw_event e = made_syn(5, 123), out = { 0 }, untouched = { 0 };
	struct tw_flow flow;

	for (size_t len = 0; len < sizeof(e); len++)
		assert_int_equal(decode(&e, len, &out, &flow), -EBADMSG);
	assert_memory_equal(&out, &untouched, sizeof(out));
}

static void refuse(struct tw_event e)
{
	struct tw_event out = { 0 }, untouched = { 0 };
	struct tw_flow flow;

	assert_int_equal(decode(&e, sizeof(e), &out, &flow), -EBADMSG);
	assert_memory_equal(&out, &untouched, sizeof(out));
}

static void test_refuses_what_it_does_not_know(void **state)
{
	struct tw_event e = made_syn(5, 123);

	e.version++;
	refuse(e);
	e = made_syn(5, 123);
	e.len--;
	refuse(e);
	e = made_syn(5, 123);
	e.family = 5;
	refuse(e);
	refuse(made_event(TW_EV_NONE, 5, 1));
	refuse(made_event(_TW_EV_MAX, 5, 1));
	refuse(made_event(255, 5, 1));
	refuse(made_event(TW_EV_CONNECTION, 5, 1)); /* made in user space only */
	e = made_end(TW_EV_RESET, 5, 1, _TW_CAUSE_MAX);
	refuse(e);
	e = made_end(TW_EV_RESET, 5, 1, TW_CAUSE_ABORTED);
	e.reset.stage = _TW_STAGE_MAX;
	refuse(e);
	e.reset.stage = 0;
	e.reset.suspect = 1 << _TW_SUSPECT_MAX;
	refuse(e);
	e = made_event(TW_EV_RETRANSMIT, 5, 1);
	e.segment.kind = _TW_KIND_MAX;
	refuse(e);
	e.segment.kind = 0;
	e.segment.confidence = _TW_CONFIDENCE_MAX;
	refuse(e);
}

static void test_random_bytes(void **state)
{
	unsigned int seed = 7, bytes[160], taken = 0;
	struct tw_event out;
	struct tw_flow flow;

	for (unsigned int i = 0; i < 20000; i++) {
		for (size_t k = 0; k < 160; k++)
			bytes[k] = rand_r(&seed) * 2654435761u;
		((struct tw_event *)bytes)->version = TW_ABI_VERSION;
		((struct tw_event *)bytes)->len = sizeof(struct tw_event);
		((struct tw_event *)bytes)->family = 4;
		taken += !decode(bytes, rand_r(&seed) % sizeof(bytes), &out, &flow);
	}
	assert_true(taken > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_an_event),
		cmocka_unit_test(test_takes_a_replaced_state),
		cmocka_unit_test(test_refuses_every_shorter_length),
		cmocka_unit_test(test_refuses_what_it_does_not_know),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
