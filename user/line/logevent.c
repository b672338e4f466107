// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The fields of each kind of event that a packet made. What is not known is left out, never null or 0. */
#include "base/names.h"
#include "host/reasons.h"
#include "logjson.h"
#include "tcpwhy/obs.h"

static void put_seq(struct tw_json *j, const struct tw_event *e)
{
	TW_NUMBER(j, "seq", e->seq);
	if (e->tcp_flags & TW_ACK)
		TW_NUMBER(j, "ack", e->ack);
}

/* What tells one copy of a packet from another, and one sender from another. */
static void put_packet(struct tw_json *j, const struct tw_event *e)
{
	put_seq(j, e);
	TW_NUMBER(j, "ttl", e->ttl);
	if (e->flags & TW_EF_IP_ID)
		TW_NUMBER(j, "ip_id", e->ip_id);
}

/* --- handshake --- */

static void put_option(struct tw_json *j, const struct tw_ev_syn *syn, unsigned int bit, const char *key, size_t len)
{
	if (!(syn->options & bit) && syn->options & TW_OPT_UNKNOWN)
		return; /* it may have been cut off */
	tw_json_raw(j, key, len);
	tw_json_bool(j, syn->options & bit);
}

#define OPTION(j, syn, bit, key) put_option(j, syn, bit, ",\"" key "\":", sizeof(",\"" key "\":") - 1)

static void put_offer(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_syn *syn = &e->syn;

	put_packet(j, e);
	TW_NUMBER(j, "isn", e->seq);
	if (syn->options & TW_OPT_MSS)
		TW_NUMBER(j, "mss", syn->mss);
	if (syn->options & TW_OPT_WSCALE)
		TW_NUMBER(j, "wscale", syn->wscale);
	OPTION(j, syn, TW_OPT_SACK, "sack_ok");
	OPTION(j, syn, TW_OPT_TS, "ts_ok");
	TW_BOOL(j, "ecn", syn->options & TW_OPT_ECN);
	OPTION(j, syn, TW_OPT_TFO, "tfo");
	if (syn->options & TW_OPT_TS)
		TW_NUMBER(j, "tsval", syn->tsval);
	TW_NUMBER(j, "dscp", syn->dscp);
	TW_NUMBER(j, "win", syn->win);
	TW_NUMBER(j, "len", syn->len);
}

static void put_repeat(struct tw_json *j, const struct tw_event *e)
{
	put_packet(j, e);
	TW_NUMBER(j, "attempt", e->syn.attempt);
	if (e->syn.since_first_ns)
		TW_SECONDS(j, "since_first", e->syn.since_first_ns);
	TW_SECONDS(j, "interval", e->syn.interval_ns);
}

static void put_syn_retransmit(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_syn *syn = &e->syn;

	put_repeat(j, e);
	if (syn->options_dropped) {
		TW_FIELD(j, "options_dropped");
		tw_log_put_words(j, syn->options_dropped, tw_option_word);
	}
	if (syn->answered)
		TW_BOOL(j, "answered", true);
	if (syn->after_reset)
		TW_BOOL(j, "after_reset", true);
}

static void put_syn_ack_again(struct tw_json *j, const struct tw_event *e)
{
	put_repeat(j, e);
	if (e->syn.acked != TW_ACKED_NOTHING)
		TW_BOOL(j, "acked", true);
}

static void put_syn_ack(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_syn *syn = &e->syn;

	put_offer(j, e);
	if (syn->rtt_ns)
		TW_SECONDS(j, "rtt", syn->rtt_ns);
	if (syn->echo == TW_ECHO_FOREIGN)
		TW_BOOL(j, "foreign_tsecr", true);
	if (syn->stray)
		TW_BOOL(j, "stray", true);
}

static void put_established(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_established *est = &e->established;

	put_seq(j, e);
	if (est->syn_rtt_ns)
		TW_SECONDS(j, "syn_rtt", est->syn_rtt_ns);
	if (est->ack_rtt_ns)
		TW_SECONDS(j, "ack_rtt", est->ack_rtt_ns);
	if (est->mss)
		TW_NUMBER(j, "mss", est->mss);
	TW_BOOL(j, "wscale_ok", est->options & TW_OPT_WSCALE);
	TW_BOOL(j, "sack_ok", est->options & TW_OPT_SACK);
	TW_BOOL(j, "ts_ok", est->options & TW_OPT_TS);
}

static void put_bad_ack(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_ack *ack = &e->ack_;

	put_packet(j, e);
	TW_NUMBER(j, "expected", ack->expected);
	TW_NUMBER(j, "got", ack->got);
	if (ack->challenge)
		TW_BOOL(j, "challenge", true);
}

static void put_syn_ack_payload(struct tw_json *j, const struct tw_event *e)
{
	put_packet(j, e);
	TW_NUMBER(j, "len", e->ack_.len);
}

/* The field is there although the flag is not: that is the event. */
static void put_syn_nonzero_ack(struct tw_json *j, const struct tw_event *e)
{
	TW_NUMBER(j, "seq", e->seq);
	TW_NUMBER(j, "ack", e->ack);
	TW_NUMBER(j, "ttl", e->ttl);
	if (e->flags & TW_EF_IP_ID)
		TW_NUMBER(j, "ip_id", e->ip_id);
}

/* --- reset --- */

/* The number, as a string too, where this kernel has no name for it. */
static void put_reason(struct tw_json *j, const char *word, uint32_t number)
{
	TW_FIELD(j, "reason");
	if (word) {
		tw_json_word(j, word);
	} else {
		tw_json_lit(j, "\"");
		tw_json_u64(j, number);
		tw_json_lit(j, "\"");
	}
}

static void put_reset(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_reset *reset = &e->reset;

	put_packet(j, e);
	TW_WORD(j, "cause", tw_cause_word(reset->cause));
	if (reset->cause != TW_CAUSE_NO_CONNECTION)
		TW_WORD(j, "stage", tw_stage_word(reset->stage));
	if (reset->silent_ns)
		TW_SECONDS(j, "silent", reset->silent_ns);
	if (reset->len)
		TW_NUMBER(j, "len", reset->len);
	if (reset->suspect & 1 << TW_SUSPECT_TTL) {
		TW_NUMBER(j, "ttl_min", reset->ttl_min);
		TW_NUMBER(j, "ttl_max", reset->ttl_max);
	}
	if (reset->shape & TW_RST_STATELESS)
		TW_BOOL(j, "stateless", true);
	if (reset->shape & TW_RST_OTHER_MAC)
		TW_BOOL(j, "other_mac", true);
	if (reset->unacked)
		TW_NUMBER(j, "unacked", reset->unacked);
	if (reset->told & TW_TOLD_REASON)
		put_reason(j, tw_rst_word(reset->reason), reset->reason);
	if (reset->told & TW_TOLD_NO_SOCKET)
		TW_BOOL(j, "no_socket", true);
	tw_log_put_suspect(j, reset->suspect, reset->cause);
}

/* --- loss and order --- */

static void put_died(struct tw_json *j, const struct tw_ev_segment *s)
{
	static const char *const words[_TW_DIED_MAX] = { NULL, "here", "beyond", "nowhere" };

	if (!s->died || s->died >= _TW_DIED_MAX)
		return;
	TW_WORD(j, "died", words[s->died]);
	if (s->died == TW_DIED_HERE)
		put_reason(j, tw_drop_word(s->drop_reason), s->drop_reason);
}

/* enum tcp_ca_state of <linux/tcp.h>. */
static void put_ca_state(struct tw_json *j, const struct tw_ev_segment *s)
{
	static const char *const words[] = { "open", "disorder", "cwr", "recovery", "loss" };

	if (s->told & TW_TOLD_CA_STATE && s->ca_state < sizeof(words) / sizeof(words[0]))
		TW_WORD(j, "ca_state", words[s->ca_state]);
}

static void put_retransmit(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_segment *s = &e->segment;

	put_packet(j, e);
	TW_WORD(j, "kind", tw_kind_word(s->kind));
	TW_NUMBER(j, "attempt", s->attempt);
	if (s->gap_ns)
		TW_SECONDS(j, "gap", s->gap_ns);
	TW_NUMBER(j, "bytes", s->bytes);
	TW_NUMBER(j, "len", s->len);
	TW_NUMBER(j, "in_flight", s->in_flight);
	if (s->segments > 1)
		TW_NUMBER(j, "segments", s->segments);
	TW_WORD(j, "confidence", tw_confidence_word(s->confidence));
	put_died(j, s);
	put_ca_state(j, s);
}

static void put_segment(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_segment *s = &e->segment;

	put_packet(j, e);
	if (e->type == TW_EV_OUT_OF_ORDER)
		TW_SECONDS(j, "late_by", s->gap_ns);
	TW_NUMBER(j, "len", s->len);
	if (s->segments > 1)
		TW_NUMBER(j, "segments", s->segments);
	TW_WORD(j, "confidence", tw_confidence_word(s->confidence));
}

static void put_lost_unseen(struct tw_json *j, const struct tw_event *e)
{
	put_seq(j, e);
	TW_NUMBER(j, "expected", e->ack_.expected);
	TW_NUMBER(j, "got", e->ack_.got);
}

static void put_zero_window(struct tw_json *j, const struct tw_event *e)
{
	TW_NUMBER(j, "seq", e->size.seq);
	TW_NUMBER(j, "ack", e->size.ack);
}

static void put_window_open(struct tw_json *j, const struct tw_event *e)
{
	put_seq(j, e);
	TW_SECONDS(j, "stalled_for", e->size.stalled_ns);
}

/* --- path MTU --- */

static void put_mss_exceeded(struct tw_json *j, const struct tw_event *e)
{
	put_seq(j, e);
	TW_NUMBER(j, "len", e->size.len);
	TW_NUMBER(j, "mss", e->size.limit);
}

static void put_pmtu_ignored(struct tw_json *j, const struct tw_event *e)
{
	put_seq(j, e);
	TW_NUMBER(j, "mtu", e->size.limit);
	TW_NUMBER(j, "len", e->size.len);
	TW_NUMBER(j, "times", e->size.times);
}

static void put_black_hole(struct tw_json *j, const struct tw_event *e)
{
	put_seq(j, e);
	TW_NUMBER(j, "len", e->size.len);
	TW_NUMBER(j, "largest_acked", e->size.largest_acked);
}

static void put_quote(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_icmp *icmp = &e->icmp;

	TW_FIELD(j, "from");
	tw_json_addr(j, icmp->family, &icmp->from);
	TW_NUMBER(j, "quoted_seq", icmp->quoted_seq);
	if (icmp->quoted_len)
		TW_NUMBER(j, "quoted_len", icmp->quoted_len);
	TW_BOOL(j, "matched", icmp->matched);
	if (icmp->valid <= 1)
		TW_BOOL(j, "valid", icmp->valid);
}

static void put_frag_needed(struct tw_json *j, const struct tw_event *e)
{
	TW_NUMBER(j, "mtu", e->icmp.mtu);
	put_quote(j, e);
}

/* The number, as a string too, where there is no word. */
static void put_unreachable(struct tw_json *j, const struct tw_event *e)
{
	const char *word = tw_unreachable_word(e->icmp.family, e->icmp.type, e->icmp.code);

	TW_FIELD(j, "code");
	if (word) {
		tw_json_word(j, word);
	} else {
		tw_json_lit(j, "\"");
		tw_json_u64(j, e->icmp.code);
		tw_json_lit(j, "\"");
	}
	put_quote(j, e);
}

/* --- waiting --- */

static void put_wait(struct tw_json *j, const struct tw_event *e)
{
	put_seq(j, e);
	TW_SECONDS(j, "waited", e->wait.waited_ns);
	if (e->type == TW_EV_SLOW_RESPONSE && e->wait.rtt_ns)
		TW_SECONDS(j, "rtt", e->wait.rtt_ns);
}

/* Its numbers are those of the late ACK, which is known as such only now. */
static void put_stall(struct tw_json *j, const struct tw_event *e)
{
	TW_NUMBER(j, "seq", e->wait.seq);
	TW_NUMBER(j, "ack", e->wait.ack);
	TW_SECONDS(j, "waited", e->wait.waited_ns);
	TW_NUMBER(j, "times", e->wait.times);
}

/* --- outages --- */

static void put_outage(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_outage *outage = &e->outage;

	put_seq(j, e);
	TW_SECONDS(j, "waited", outage->waited_ns);
	if (outage->attempts)
		TW_NUMBER(j, "attempts", outage->attempts);
	if (outage->bytes)
		TW_NUMBER(j, "bytes", outage->bytes);
	if (outage->handshake)
		TW_BOOL(j, "handshake", true);
}

/* --- the kernel's own words --- */

static void put_drop(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_drop *drop = &e->drop;

	put_packet(j, e);
	TW_NUMBER(j, "len", drop->len);
	put_reason(j, tw_drop_word(drop->reason), drop->reason);
	if (!drop->listen_port)
		return;
	TW_NUMBER(j, "listen_port", drop->listen_port);
	TW_NUMBER(j, "queued", drop->queued);
	TW_NUMBER(j, "backlog", drop->backlog);
	if (drop->pid)
		TW_NUMBER(j, "pid", drop->pid);
	if (drop->comm[0])
		TW_STRING(j, "comm", drop->comm);
}

/* --- markers --- */

static void put_marker(struct tw_json *j, const struct tw_event *e)
{
	const struct tw_ev_icmp *icmp = &e->icmp;

	TW_BOOL(j, "reply", icmp->reply);
	TW_NUMBER(j, "size", icmp->size);
	TW_NUMBER(j, "icmp_id", icmp->id);
	TW_NUMBER(j, "icmp_seq", icmp->seq);
	TW_NUMBER(j, "ttl", e->ttl);
}

/* --- all of them --- */

static void (*const details[_TW_EV_MAX])(struct tw_json *j, const struct tw_event *e) = {
	[TW_EV_SYN] = put_offer,
	[TW_EV_SYN_RETRANSMIT] = put_syn_retransmit,
	[TW_EV_SYN_ACK] = put_syn_ack,
	[TW_EV_SYN_ACK_RETRANSMIT] = put_syn_ack_again,
	[TW_EV_ESTABLISHED] = put_established,
	[TW_EV_HANDSHAKE_BAD_ACK] = put_bad_ack,
	[TW_EV_SYN_ACK_PAYLOAD] = put_syn_ack_payload,
	[TW_EV_SYN_NONZERO_ACK] = put_syn_nonzero_ack,
	[TW_EV_LAND] = put_packet,
	[TW_EV_SIMULTANEOUS_OPEN] = put_packet,
	[TW_EV_RESET] = put_reset,
	[TW_EV_RETRANSMIT] = put_retransmit,
	[TW_EV_OUT_OF_ORDER] = put_segment,
	[TW_EV_DUPLICATE_SEGMENT] = put_segment,
	[TW_EV_LOST_SEGMENT_UNSEEN] = put_lost_unseen,
	[TW_EV_ZERO_WINDOW] = put_zero_window,
	[TW_EV_WINDOW_OPEN] = put_window_open,
	[TW_EV_MSS_EXCEEDED] = put_mss_exceeded,
	[TW_EV_FRAG_NEEDED] = put_frag_needed,
	[TW_EV_UNREACHABLE] = put_unreachable,
	[TW_EV_PMTU_IGNORED] = put_pmtu_ignored,
	[TW_EV_PMTU_BLACK_HOLE] = put_black_hole,
	[TW_EV_SLOW_RESPONSE] = put_wait,
	[TW_EV_SLOW_REQUEST] = put_wait,
	[TW_EV_DELAYED_ACK_STALL] = put_stall,
	[TW_EV_PATH_DOWN] = put_outage,
	[TW_EV_PATH_UP] = put_outage,
	[TW_EV_MARKER] = put_marker,
	[TW_EV_KERNEL_DROP] = put_drop,
};

void tw_log_put_event(struct tw_json *j, const struct tw_event *e)
{
	if (e->type < _TW_EV_MAX && details[e->type])
		details[e->type](j, e);
	if (e->suppressed)
		TW_NUMBER(j, "suppressed", e->suppressed);
}
