// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What to remember of an event for the verdict. */
#include "notes.h"

static uint16_t saturate(uint64_t value)
{
	return TW_MIN(value, 0xffff);
}

static uint32_t milliseconds(uint64_t ns)
{
	return TW_MIN(ns / TW_NS_PER_MS, UINT32_MAX);
}

static void take_syn(struct tw_notes *n, const struct tw_event *event, uint64_t since_ns)
{
	struct tw_opening *o = &n->opening;

	if (event->syn.after_reset && n->flags & TW_NOTE_HALF_OPEN_RESET)
		n->flags |= TW_NOTE_SYN_AGAIN;
	if (o->answered || !(event->flags & TW_EF_FROM_ORIG))
		return;
	o->asked = event->syn.attempt;
	o->refused += event->syn.after_reset && o->refused != UINT8_MAX;
	o->asked_ms = milliseconds(since_ns);
	o->first_without = event->syn.options_dropped & ~o->left_out;
	o->left_out = event->syn.options_dropped;
}

static void take_syn_ack(struct tw_notes *n, const struct tw_event *event, uint64_t since_ns)
{
	struct tw_opening *o = &n->opening;

	if (event->syn.stray)
		return;
	if (event->syn.echo == TW_ECHO_FOREIGN)
		n->flags |= TW_NOTE_FOREIGN_TSECR;
	if (o->answered)
		return;
	o->answered = 1;
	o->answer_ms = milliseconds(since_ns);
	o->echo = event->syn.echo;
}

static void take_syn_ack_again(struct tw_notes *n, const struct tw_event *event, uint64_t since_ns)
{
	struct tw_opening *o = &n->opening;

	if (event->syn.acked == TW_ACKED_NOTHING)
		return;
	o->retaken_ms = milliseconds(since_ns);
	o->retaken += o->retaken != UINT8_MAX;
	o->retaken_asked += event->syn.acked == TW_ACKED_AND_ASKED && o->retaken_asked != UINT8_MAX;
}

static void take_reset(struct tw_notes *n, const struct tw_event *event)
{
	if (event->reset.cause == TW_CAUSE_HALF_OPEN_RESET)
		n->flags |= TW_NOTE_HALF_OPEN_RESET;
	if (event->reset.cause == TW_CAUSE_UNACCEPTABLE)
		n->opening.ignored += n->opening.ignored != UINT16_MAX;
}

static void take_unreachable(struct tw_notes *n, const struct tw_event *event, uint64_t since_ns)
{
	if (!event->icmp.valid)
		return;
	n->flags &= ~TW_NOTE_ICMP_ORIG;
	n->flags |= TW_NOTE_UNREACHABLE | (event->flags & TW_EF_FROM_ORIG ? TW_NOTE_ICMP_ORIG : 0);
	n->from = event->icmp.from;
	n->icmp_ms = milliseconds(since_ns);
	n->icmp_type = event->icmp.type;
	n->icmp_code = event->icmp.code;
}

static void take_frag_needed(struct tw_notes *n, const struct tw_event *event)
{
	if (event->icmp.valid != 1)
		return;
	n->flags |= TW_NOTE_FRAG_NEEDED;
	if (!(n->flags & TW_NOTE_UNREACHABLE))
		n->from = event->icmp.from;
}

static void take_size(struct tw_notes *n, const struct tw_event *event)
{
	if (event->type == TW_EV_MSS_EXCEEDED) {
		n->flags |= event->flags & TW_EF_FROM_ORIG ? TW_NOTE_ORIG_ABOVE_MSS : TW_NOTE_RESP_ABOVE_MSS;
		n->mss_len = TW_MAX(n->mss_len, saturate(event->size.len));
		return;
	}
	n->large_len = saturate(event->size.len);
	if (event->type == TW_EV_PMTU_BLACK_HOLE)
		n->passed_len = saturate(event->size.largest_acked);
}

void tw_notes_take(struct tw_notes *n, const struct tw_event *event, uint64_t since_ns)
{
	switch (event->type) {
	case TW_EV_SYN:
	case TW_EV_SYN_RETRANSMIT:
		take_syn(n, event, since_ns);
		break;
	case TW_EV_SYN_ACK:
		take_syn_ack(n, event, since_ns);
		break;
	case TW_EV_SYN_ACK_RETRANSMIT:
		take_syn_ack_again(n, event, since_ns);
		break;
	case TW_EV_HANDSHAKE_BAD_ACK:
		n->flags |= event->ack_.challenge ? TW_NOTE_CHALLENGE : TW_NOTE_BAD_ACK;
		break;
	case TW_EV_SYN_ACK_PAYLOAD:
		n->large_len = saturate(event->ack_.len);
		break;
	case TW_EV_RESET:
		take_reset(n, event);
		break;
	case TW_EV_UNREACHABLE:
		take_unreachable(n, event, since_ns);
		break;
	case TW_EV_FRAG_NEEDED:
		take_frag_needed(n, event);
		break;
	case TW_EV_MSS_EXCEEDED:
	case TW_EV_PMTU_IGNORED:
	case TW_EV_PMTU_BLACK_HOLE:
		take_size(n, event);
		break;
	case TW_EV_SLOW_RESPONSE:
		n->slowest_ds = TW_MAX(n->slowest_ds, saturate((event->wait.waited_ns + 50 * TW_NS_PER_MS) / (100 * TW_NS_PER_MS)));
		break;
	default:
		break;
	}
}
