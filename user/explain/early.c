// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A refusal, an ICMP error or a time-out → a record of what it means. */
#include "early.h"

#include <stdio.h>
#include <string.h>

#include "base/member.h"
#include "base/names.h"

#define LONG_ENOUGH 3.0 /* seconds without an answer to a SYN */
#define LATER " (Its final record is not written yet.)"

void tw_early_release(struct tw_early *early)
{
	json_decref(early->event);
	early->event = NULL;
}

static void keep(struct tw_early *early, int type, const json_t *event)
{
	if (!early->attempt)
		return;
	tw_early_release(early);
	early->type = type;
	early->event = json_incref((json_t *)event);
}

void tw_early_note(struct tw_early *early, int type, const json_t *event)
{
	switch (type) {
	case TW_EV_SYN:
		early->attempt = true;
		snprintf(early->start, sizeof(early->start), "%.31s", tw_member_text(event, "ts"));
		break;
	case TW_EV_ESTABLISHED:
		early->attempt = false;
		tw_early_release(early);
		break;
	case TW_EV_SYN_ACK:
		tw_early_release(early);
		break;
	case TW_EV_RESET:
		if (!strcmp(tw_member_text(event, "cause"), "refused"))
			keep(early, type, event);
		break;
	case TW_EV_UNREACHABLE:
		if (!json_is_false(json_object_get(event, "valid")))
			keep(early, type, event);
		break;
	case TW_EV_SYN_RETRANSMIT: /* it goes on trying */
		if (tw_member_real(event, "since_first") < LONG_ENOUGH || tw_member_true(event, "answered"))
			break;
		/* fall through */
	case TW_EV_CONNECT_TIMEOUT:
		if (early->event && (early->type == TW_EV_UNREACHABLE || early->type == TW_EV_RESET))
			break; /* that is why */
		/* fall through */
	case TW_EV_ACCEPT_TIMEOUT:
		keep(early, type, event);
	}
}

static enum tw_verdict verdict_of(int type)
{
	switch (type) {
	case TW_EV_RESET:
		return TW_VERDICT_REFUSED;
	case TW_EV_UNREACHABLE:
		return TW_VERDICT_REJECTED_BY_ICMP;
	case TW_EV_SYN_RETRANSMIT:
	case TW_EV_CONNECT_TIMEOUT:
		return TW_VERDICT_NO_ANSWER;
	default:
		return TW_VERDICT_ORIGINATOR_NEVER_COMPLETED;
	}
}

static const char *why_of(int type)
{
	switch (type) {
	case TW_EV_RESET:
		return "The responder's host, or a firewall in its name, refused it with a RST." LATER;
	case TW_EV_UNREACHABLE:
		return "An ICMP error was all that answered the SYN." LATER;
	case TW_EV_SYN_RETRANSMIT:
	case TW_EV_CONNECT_TIMEOUT:
		return "Nobody answered the SYN." LATER;
	default:
		return "Nobody answered the SYN-ACK." LATER;
	}
}

json_t *tw_early_record(const struct tw_early *early)
{
	json_t *record = json_copy(early->event);
	int err = 0;

	err |= json_object_set_new(record, "start", json_string(early->start));
	err |= json_object_set_new(record, "verdict", json_string(tw_verdict_word(verdict_of(early->type))));
	err |= json_object_set_new(record, "why", json_string(why_of(early->type)));
	err |= json_object_set_new(record, "confidence", json_string("high"));
	if (!err)
		return record;
	json_decref(record);
	return NULL;
}
