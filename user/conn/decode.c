// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From bytes to a trusted event: size, copy, one switch over what a type may hold. */
#include "decode.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool reset_fits(const struct tw_ev_reset *reset)
{
	return reset->cause < _TW_CAUSE_MAX && reset->stage < _TW_STAGE_MAX && reset->end < _TW_END_MAX &&
	       reset->suspect < 1u << _TW_SUSPECT_MAX && reset->shape < _TW_RST_SHAPES;
}

static bool details_fit(const struct tw_event *event)
{
	switch (event->type) {
	case TW_EV_RESET:
	case TW_EV_ENDED:
		return reset_fits(&event->reset);
	case TW_EV_RETRANSMIT:
	case TW_EV_OUT_OF_ORDER:
	case TW_EV_DUPLICATE_SEGMENT:
		return event->segment.kind < _TW_KIND_MAX && event->segment.confidence < _TW_CONFIDENCE_MAX;
	case TW_EV_FRAG_NEEDED:
	case TW_EV_UNREACHABLE:
	case TW_EV_MARKER:
		return event->icmp.valid <= 2 && (event->icmp.family == 4 || event->icmp.family == 6);
	case TW_EV_NONE:
	case TW_EV_CONNECT_TIMEOUT: /* these only user space makes */
	case TW_EV_ACCEPT_TIMEOUT:
	case TW_EV_NO_RESPONSE:
	case TW_EV_MISSING_SEGMENT:
	case TW_EV_CONNECTION:
	case TW_EV_ALERT:
	case TW_EV_EVENTS_LOST:
	case TW_EV_TABLE_FULL:
	case TW_EV_CAPTURE_STARTED:
	case TW_EV_CAPTURE_STOPPED:
		return false;
	default:
		return event->type < _TW_EV_MAX;
	}
}

static bool head_fits(const struct tw_event *event)
{
	bool family = event->family == 4 || event->family == 6;

	return event->version == TW_ABI_VERSION &&
	       (family || (!event->family && !(event->flags & TW_EF_TUPLE)));
}

int tw_decode(const void *bytes, size_t len, struct tw_event *event, struct tw_flow *replaced)
{
	struct tw_event copy;
	size_t want = sizeof(copy);

	if (len < want)
		return -EBADMSG;
	memcpy(&copy, bytes, sizeof(copy));
	if (copy.type == TW_EV_REPLACED)
		want = sizeof(struct tw_event_replaced);
	if (copy.len != want || len < want || !head_fits(&copy) || !details_fit(&copy))
		return -EBADMSG;
	if (copy.type == TW_EV_REPLACED) {
		memcpy(replaced, (const char *)bytes + offsetof(struct tw_event_replaced, flow), sizeof(*replaced));
		replaced->orig &= 1;
	}
	*event = copy;
	return 0;
}
