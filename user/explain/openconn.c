// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Silences of a connection and what became of it: from `slow_request` (the originator goes on after a
 * silence), `slow_response` (the responder does), and the RST or the retransmissions in vain that follow.
 */
#include "openconn.h"

#include <string.h>

#include "base/member.h"
#include "base/names.h"
#include "log/logread.h"
#include "readable/linetext.h"
#include "remote.h"
#include "tcpwhy/port.h"

#define SENT_AGAIN_NS 3000000000ull
#define IN_VAIN 3 /* repeats of what was sent after the silence, and no answer */

/* Something came after the silence that only a living connection has. */
static void it_lived(struct tw_openconn *c)
{
	if (c->pending && !c->resent)
		c->lived = TW_MAX(c->lived, c->silence);
	c->pending = false;
}

static void note_silence(struct tw_openconn *c, const json_t *event, uint64_t ts_ns)
{
	it_lived(c);
	c->pending_ns = ts_ns;
	c->silence = tw_member_real(event, "waited");
	c->seq = tw_member_u64(event, "seq");
	c->resent = 0;
	c->pending = true;
}

/* An originator that ends what it no longer needs: nobody cut anything. */
static bool is_own_end(const json_t *event)
{
	return tw_line_sender(TW_EV_RESET, event) == TW_SENDER_ORIG &&
	       strcmp(tw_member_text(event, "side"), "responder");
}

/* The RST answers what came after a silence, or ends the silence itself. */
static void note_reset(struct tw_openconn *c, const json_t *event)
{
	float silent = tw_member_real(event, "silent");

	if (strcmp(tw_member_text(event, "cause"), "idle_reset") || is_own_end(event))
		return;
	c->cut = true;
	c->died = c->pending && c->silence > silent ? c->silence : silent;
	c->pending = false;
}

static void note_retransmit(struct tw_openconn *c, const json_t *event)
{
	const char *kind = tw_member_text(event, "kind");

	if (!strcmp(kind, "window_probe") || !strcmp(kind, "pmtu"))
		c->harmless += 1 + tw_member_u64(event, "suppressed");
	if (c->pending && tw_member_u64(event, "seq") == c->seq && c->resent < UINT16_MAX)
		c->resent++;
}

void tw_openconn_note(struct tw_openconn *c, int type, const json_t *event, uint64_t ts_ns)
{
	c->first_ns = c->first_ns ? c->first_ns : ts_ns;
	c->last_ns = ts_ns;
	switch (type) {
	case TW_EV_SLOW_REQUEST:
		note_silence(c, event, ts_ns);
		break;
	case TW_EV_SLOW_RESPONSE:
		it_lived(c);
		c->lived = TW_MAX(c->lived, (float)tw_member_real(event, "waited"));
		break;
	case TW_EV_RESET:
		note_reset(c, event);
		break;
	case TW_EV_RETRANSMIT:
		note_retransmit(c, event);
	}
}

/* What was sent after the silence was sent again and again, and that was the end. */
static bool vanished(const struct tw_openconn *c, const json_t *final)
{
	const json_t *item;
	size_t i;

	if (!c->pending || c->resent < IN_VAIN)
		return false;
	json_array_foreach(json_object_get(final, "verdicts"), i, item)
		if (json_is_string(item) && !strcmp(json_string_value(item), "gave_up_retransmitting"))
			return true;
	return false;
}

/* It closed, or went on for so long that what was lost would have been sent again. */
static bool went_on(const struct tw_openconn *c, const json_t *final)
{
	return !strcmp(tw_member_text(final, "end"), "fin") || tw_logread_end(final) > c->pending_ns + SENT_AGAIN_NS;
}

int tw_openconn_finish(struct tw_openconn *c, const json_t *final, struct tw_idlecut *cuts)
{
	bool kept_alive = tw_member_u64(final, "orig_keep_alives") || tw_member_u64(final, "resp_keep_alives");
	char service[TW_SERVICE_MAX];
	int err = 0;

	tw_service(service, final);
	if (vanished(c, final))
		c->died = c->silence;
	else if (c->pending && went_on(c, final))
		it_lived(c);
	if (c->died > 0)
		err = tw_idlecut_add(cuts, service, c->died, c->cut ? TW_IDLE_RST : TW_IDLE_VANISHED);
	/* Keep-alives break a silence: then it says nothing of a timer. */
	if (!err && c->lived > 0 && !kept_alive)
		err = tw_idlecut_add(cuts, service, c->lived, TW_IDLE_LIVED);
	return err;
}
