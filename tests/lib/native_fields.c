// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Fields of events and state by name: the same tables compare and describe. */
#include "native_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "tcpwhy/event.h"

static const char *valid_word(unsigned int n)
{
	static const char *const words[] = { "no", "yes", "unknown" };

	return n < 3 ? words[n] : "?";
}

static const char *option_word(unsigned int bit)
{
	static const char *const words[] = { "mss", "ws", "sack", "ts", "tfo", "mptcp", "ecn", "unknown", "md5", "ao" };

	return bit < 10 ? words[bit] : "?";
}

/* NULL: not worth a word, it follows from the packet. */
static const char *event_flag_word(unsigned int bit)
{
	static const char *const words[] = { "orig", "egress", "forwarded", NULL, "midstream", NULL, "offline" };

	return bit < 7 ? words[bit] : "?";
}

static const char *flow_flag_word(unsigned int bit)
{
	static const char *const words[] = { "trouble", "established", "midstream", "guessed", "ended", "syn_pending",
					     "tfo", "simultaneous", "payload_on_syn_ack", "pmtu_told", "fins_crossed" };

	return bit < 11 ? words[bit] : "?";
}

static const char *trouble_flag_word(unsigned int bit)
{
	static const char *const words[] = { "bad_ack", "recovering", "black_hole", "?", "bh_full", "bh_pieces", "lost_seen",
					     "repairing", "down", "crossed" };

	return bit < 10 ? words[bit] : "?";
}

static const char *shape_word(unsigned int bit)
{
	return bit == 0 ? "stateless" : bit == 1 ? "other_mac" : "?";
}

const char *native_half_flag(unsigned int bit)
{
	static const char *const words[] = { "isn", "seq", "ack", "fin", "ts", "timed", "zero_window", "kept_talking",
					     "rst_repeated", "full", "watch", "psh", "pure_ack", "rst", "waiting", "signed" };

	return bit < 16 ? words[bit] : "?";
}

#define AT(of, name, how, member, word) { name, how, offsetof(of, member), sizeof(((of *)0)->member), word }
#define E(name, how, member, word) AT(struct tw_event, name, how, member, word)

const struct native_field native_common_fields[] = {
	E("seq", SEQ, seq, NULL), E("ack", ACK, ack, NULL), E("ttl", NUMBER, ttl, NULL), E("ip_id", NUMBER, ip_id, NULL),
	E("if", NUMBER, ifindex, NULL), E("suppressed", NUMBER, suppressed, NULL), E("flags", BITS, flags, event_flag_word),
	{ NULL, 0, 0, 0, NULL },
};

static const struct native_field syn_fields[] = {
	E("rtt", TIME, syn.rtt_ns, NULL), E("since_first", TIME, syn.since_first_ns, NULL),
	E("interval", TIME, syn.interval_ns, NULL), E("len", NUMBER, syn.len, NULL), E("win", NUMBER, syn.win, NULL),
	E("mss", NUMBER, syn.mss, NULL), E("ws", NUMBER, syn.wscale, NULL), E("options", BITS, syn.options, option_word),
	E("dropped", BITS, syn.options_dropped, option_word), E("attempt", NUMBER, syn.attempt, NULL),
	E("answered", NUMBER, syn.answered, NULL), E("after_reset", NUMBER, syn.after_reset, NULL),
	E("stray", NUMBER, syn.stray, NULL), { NULL, 0, 0, 0, NULL },
};

static const struct native_field established_fields[] = {
	E("syn_rtt", TIME, established.syn_rtt_ns, NULL), E("ack_rtt", TIME, established.ack_rtt_ns, NULL),
	E("mss", NUMBER, established.mss, NULL), E("orig_ws", NUMBER, established.orig_wscale, NULL),
	E("resp_ws", NUMBER, established.resp_wscale, NULL), E("options", BITS, established.options, option_word),
	{ NULL, 0, 0, 0, NULL },
};

static const struct native_field ack_fields[] = {
	E("expected", ACK, ack_.expected, NULL), E("got", ACK, ack_.got, NULL), E("len", NUMBER, ack_.len, NULL),
	E("challenge", NUMBER, ack_.challenge, NULL), { NULL, 0, 0, 0, NULL },
};

static const struct native_field reset_fields[] = {
	E("cause", WORD, reset.cause, tw_cause_word), E("stage", WORD, reset.stage, tw_stage_word),
	E("suspect", BITS, reset.suspect, tw_suspect_word), E("silent", TIME, reset.silent_ns, NULL),
	E("end", WORD, reset.end, tw_end_word), E("win_zero", NUMBER, reset.win_zero, NULL),
	E("len", NUMBER, reset.len, NULL), E("ttl_min", NUMBER, reset.ttl_min, NULL),
	E("ttl_max", NUMBER, reset.ttl_max, NULL), E("shape", BITS, reset.shape, shape_word),
	E("unacked", NUMBER, reset.unacked, NULL), { NULL, 0, 0, 0, NULL },
};

static const struct native_field segment_fields[] = {
	E("kind", WORD, segment.kind, tw_kind_word), E("attempt", NUMBER, segment.attempt, NULL),
	E("gap", TIME, segment.gap_ns, NULL), E("late_by", TIME, segment.gap_ns, NULL), E("len", NUMBER, segment.len, NULL),
	E("bytes", NUMBER, segment.bytes, NULL), E("in_flight", NUMBER, segment.in_flight, NULL),
	E("segments", NUMBER, segment.segments, NULL), E("confidence", WORD, segment.confidence, tw_confidence_word),
	{ NULL, 0, 0, 0, NULL },
};

static const struct native_field size_fields[] = {
	E("stalled_for", TIME, size.stalled_ns, NULL), E("len", NUMBER, size.len, NULL), E("limit", NUMBER, size.limit, NULL),
	E("largest_acked", NUMBER, size.largest_acked, NULL), E("times", NUMBER, size.times, NULL),
	E("zero_seq", SEQ, size.seq, NULL), E("zero_ack", ACK, size.ack, NULL), { NULL, 0, 0, 0, NULL },
};

static const struct native_field wait_fields[] = {
	E("waited", TIME, wait.waited_ns, NULL), E("rtt", TIME, wait.rtt_ns, NULL), E("times", NUMBER, wait.times, NULL),
	E("late_seq", ACK, wait.seq, NULL), E("late_ack", SEQ, wait.ack, NULL), { NULL, 0, 0, 0, NULL },
};

static const struct native_field outage_fields[] = {
	E("waited", TIME, outage.waited_ns, NULL), E("bytes", NUMBER, outage.bytes, NULL),
	E("attempts", NUMBER, outage.attempts, NULL), E("handshake", NUMBER, outage.handshake, NULL),
	{ NULL, 0, 0, 0, NULL },
};

static const struct native_field icmp_fields[] = {
	E("mtu", NUMBER, icmp.mtu, NULL), E("quoted_seq", SEQ, icmp.quoted_seq, NULL),
	E("quoted_len", NUMBER, icmp.quoted_len, NULL), E("icmp_id", NUMBER, icmp.id, NULL),
	E("icmp_seq", NUMBER, icmp.seq, NULL), E("size", NUMBER, icmp.size, NULL), E("type", NUMBER, icmp.type, NULL),
	E("code", NUMBER, icmp.code, NULL), E("matched", NUMBER, icmp.matched, NULL), E("valid", WORD, icmp.valid, valid_word),
	E("reply", NUMBER, icmp.reply, NULL), E("from", NUMBER, icmp.from.word[3], NULL), { NULL, 0, 0, 0, NULL },
};

static const struct native_field no_fields[] = { { NULL, 0, 0, 0, NULL } };

#define H(name, how, member) AT(struct tw_half, name, how, member, NULL)
const struct native_field native_half_fields[] = {
	H("packets", NUMBER, packets), H("bytes", NUMBER, bytes), H("data_segments", NUMBER, data_segments),
	H("snd_nxt", SEQ, snd_nxt), H("ack", ACK, ack), H("win", NUMBER, win), H("mss", NUMBER, mss), H("ws", NUMBER, wscale),
	H("rtt_count", NUMBER, rtt_count), H("rtt_min", TIME, rtt_min_ns), H("rtt_max", TIME_US, rtt_max_us),
	H("rtt_sum", TIME, rtt_sum_ns), H("srtt", TIME_US, srtt_us), H("rttvar", TIME_US, rttvar_us),
	H("second_sight", NUMBER, second_sight), H("ttl_min", NUMBER, ttl_min), H("ttl_max", NUMBER, ttl_max),
	H("attempts", NUMBER, attempts), H("largest_acked", NUMBER, largest_acked),
	H("quiet_s", NUMBER, quiet_s), H("after_fin", NUMBER, after_fin),
	AT(struct tw_half, "flags", BITS, flags, native_half_flag), AT(struct tw_half, "options", BITS, options, option_word),
	{ NULL, 0, 0, 0, NULL },
};

#define T(name, how, member) AT(struct tw_trouble_half, name, how, member, NULL)
const struct native_field native_trouble_fields[] = {
	T("retransmits", NUMBER, retransmits), T("retransmit_bytes", NUMBER, retransmit_bytes), T("spurious", NUMBER, spurious),
	T("out_of_order", NUMBER, out_of_order), T("duplicate_segments", NUMBER, duplicate_segments),
	T("dup_acks", NUMBER, dup_acks), T("keep_alives", NUMBER, keep_alives), T("zero_windows", NUMBER, zero_windows),
	T("dsacks", NUMBER, dsacks), T("probes", NUMBER, probes), T("pmtu_resent", NUMBER, pmtu_resent),
	T("pmtu", NUMBER, pmtu), T("ignored", NUMBER, ignored), T("fin_unacked", NUMBER, fin_unacked),
	T("outage", TIME_US, outage_us), T("outages", TIME_US, outages_us), T("repeats", NUMBER, repeats),
	T("foreign_sacks", NUMBER, foreign_sacks), T("sacked", NUMBER, sacked),
	AT(struct tw_trouble_half, "flags", BITS, flags, trouble_flag_word), { NULL, 0, 0, 0, NULL },
};

#define F(name, how, member) AT(struct tw_flow, name, how, member, NULL)
const struct native_field native_flow_fields[] = {
	F("syn_rtt", TIME, syn_rtt_ns),
	F("time_path", TIME, time_ns[TW_OWNER_PATH]), F("time_responder", TIME, time_ns[TW_OWNER_RESPONDER]),
	F("time_originator", TIME, time_ns[TW_OWNER_ORIGINATOR]), F("time_idle", TIME, time_ns[TW_OWNER_IDLE]),
	AT(struct tw_flow, "flags", BITS, flags, flow_flag_word), { NULL, 0, 0, 0, NULL },
};

const struct native_field *native_fields_of(unsigned int type)
{
	switch (type) {
	case TW_EV_SYN:
	case TW_EV_SYN_RETRANSMIT:
	case TW_EV_SYN_ACK:
	case TW_EV_SYN_ACK_RETRANSMIT:
		return syn_fields;
	case TW_EV_ESTABLISHED:
		return established_fields;
	case TW_EV_HANDSHAKE_BAD_ACK:
	case TW_EV_SYN_NONZERO_ACK:
	case TW_EV_SYN_ACK_PAYLOAD:
	case TW_EV_LOST_SEGMENT_UNSEEN:
		return ack_fields;
	case TW_EV_RESET:
	case TW_EV_ENDED:
		return reset_fields;
	case TW_EV_RETRANSMIT:
	case TW_EV_OUT_OF_ORDER:
	case TW_EV_DUPLICATE_SEGMENT:
		return segment_fields;
	case TW_EV_ZERO_WINDOW:
	case TW_EV_WINDOW_OPEN:
	case TW_EV_MSS_EXCEEDED:
	case TW_EV_PMTU_IGNORED:
	case TW_EV_PMTU_BLACK_HOLE:
		return size_fields;
	case TW_EV_SLOW_RESPONSE:
	case TW_EV_SLOW_REQUEST:
	case TW_EV_DELAYED_ACK_STALL:
		return wait_fields;
	case TW_EV_PATH_DOWN:
	case TW_EV_PATH_UP:
		return outage_fields;
	case TW_EV_FRAG_NEEDED:
	case TW_EV_UNREACHABLE:
	case TW_EV_MARKER:
		return icmp_fields;
	default:
		return no_fields;
	}
}

static uint64_t load(const struct native_field *f, const void *object)
{
	const uint8_t *p = (const uint8_t *)object + f->at;
	uint64_t n = 0;

	memcpy(&n, p, f->size);
	return n;
}

static void join_bits(char *text, size_t size, uint64_t bits, const char *(*word)(unsigned int bit))
{
	size_t used = 0;

	snprintf(text, size, "none");
	for (unsigned int bit = 0; bit < 32; bit++)
		if (bits >> bit & 1 && word(bit) && used < size)
			used += snprintf(text + used, size - used, "%s%s", used ? "," : "", word(bit));
}

void native_field_text(const struct native_field *f, const void *object, uint32_t me, uint32_t peer,
		       char *text, size_t size)
{
	uint64_t n = load(f, object);

	switch (f->how) {
	case NUMBER:
		snprintf(text, size, "%llu", (unsigned long long)n);
		break;
	case TIME:
	case TIME_US:
		snprintf(text, size, "%.6f", f->how == TIME ? n / 1e9 : n / 1e6);
		break;
	case SEQ:
		snprintf(text, size, "%d", (int32_t)((uint32_t)n - me));
		break;
	case ACK:
		snprintf(text, size, "%d", (int32_t)((uint32_t)n - peer));
		break;
	case WORD:
		snprintf(text, size, "%s", f->word(n));
		break;
	case BITS:
		join_bits(text, size, n, f->word);
		break;
	}
}

bool native_field_same(const struct native_field *f, const char *got, const char *want)
{
	double g, w;

	switch (f->how) {
	case TIME:
	case TIME_US:
		g = strtod(got, NULL);
		w = strtod(want, NULL);
		return g - w < 2e-6 && w - g < 2e-6;
	case SEQ:
	case ACK:
		return (uint32_t)strtoll(got, NULL, 0) == (uint32_t)strtoll(want, NULL, 0);
	case NUMBER:
		return strtoll(got, NULL, 0) == strtoll(want, NULL, 0);
	default:
		return !strcmp(got, want);
	}
}

const struct native_field *native_field_find(const struct native_field *fields, const char *name)
{
	for (; fields->name; fields++)
		if (!strcmp(fields->name, name))
			return fields;
	return NULL;
}

