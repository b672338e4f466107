/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events and final records for the built-in rules, of one server unless said otherwise, and the time that passes. */
#ifndef TCPWHY_TESTS_ALERTFEED_H
#define TCPWHY_TESTS_ALERTFEED_H

#include "heard.h"

#define CLIENT "198.51.100.9"
#define SERVER "192.0.2.7"

/* Switches @option's rule on, alone. */
static inline void use(const char *option)
{
	struct tw_reason reason;
	char on[64];

	if (tw_rules_set(&rules, option, &reason))
		fail_msg("%s", reason.text);
	snprintf(on, sizeof(on), "%.*s:on", (int)strcspn(option, ":"), option);
	assert_int_equal(tw_rules_set(&rules, on, &reason), 0);
}

static inline struct tw_event event_of(enum tw_event_type type)
{
	return (struct tw_event){ .version = TW_ABI_VERSION, .type = type, .len = sizeof(struct tw_event),
				  .flags = TW_EF_TUPLE, .family = 4, .ifindex = 2,
				  .orig_addr = made_addr(CLIENT), .resp_addr = made_addr(SERVER),
				  .orig_port = 40000, .resp_port = 443 };
}

static inline struct tw_conn_name conn_to(const char *resp)
{
	return (struct tw_conn_name){ .id = 1, .orig_addr = made_addr(CLIENT), .resp_addr = made_addr(resp),
				      .orig_port = 40000, .resp_port = 443, .family = 4 };
}

static inline void feed(struct tw_event *event)
{
	struct tw_record r = { .type = event->type, .ts_ns = now, .event = event, .iface = "eth0" };

	event->ts_ns = now - WALL; /* another clock: nobody may look at it */
	tw_alerts_sink(alerts, &r);
}

static inline void feed_times(struct tw_event event, unsigned int times)
{
	while (times--)
		feed(&event);
}

static inline void send_event(enum tw_event_type type, unsigned int times)
{
	feed_times(event_of(type), times);
}

static inline void send_reset(enum tw_cause cause, uint16_t suspect, unsigned int times)
{
	struct tw_event event = event_of(TW_EV_RESET);

	event.reset.cause = cause;
	event.reset.suspect = suspect;
	feed_times(event, times);
}

static inline void send_syns(unsigned int times)
{
	struct tw_event event = event_of(TW_EV_SYN);

	for (unsigned int i = 0; i < times; i++) {
		event.orig_addr.word[3] = rand(); /* spoofed */
		feed(&event);
	}
}

/* A handshake that took @took_ns is complete: its SYN was sent that long ago. */
static inline void send_established(uint64_t took_ns, unsigned int times)
{
	struct tw_event event = event_of(TW_EV_ESTABLISHED);

	event.established.syn_rtt_ns = took_ns - took_ns / 4;
	event.established.ack_rtt_ns = took_ns / 4;
	feed_times(event, times);
}

static inline void send_final(const struct tw_flow *flow, const struct tw_trouble *trouble, const char *resp)
{
	struct tw_conn_name conn = conn_to(resp);
	struct tw_record r = { .type = TW_EV_CONNECTION, .ts_ns = now, .conn = &conn, .iface = "eth0",
			       .final = { .flow = flow, .trouble = trouble, .state = "SF" } };

	tw_alerts_sink(alerts, &r);
}

/* As the program does it: a tick a second while nothing comes. */
static inline void silence(unsigned int seconds)
{
	while (seconds--) {
		now += S;
		tw_alerts_tick(alerts, now);
	}
}

#endif
