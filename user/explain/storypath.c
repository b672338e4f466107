// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sentences for what happens on the way: loss, order, windows, path MTU, waiting, the kernel's drops. */
#include <string.h>

#include "base/member.h"
#include "base/names.h"
#include "host/reasons.h"
#include "story.h"

#define NUMBER(event, key) ((unsigned long long)tw_member_u64(event, key))

typedef void (*sentence)(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			 const struct tw_so_far *so_far);

static void label(struct tw_step *step, const char *text)
{
	snprintf(step->label, sizeof(step->label), "%s", text);
}

/* Inference, where it is more than usually unsure. */
static void put_confidence(struct tw_text *text, const json_t *event)
{
	if (!strcmp(tw_member_text(event, "confidence"), "low"))
		tw_text_put(text, " (By the clock alone: low confidence.)");
}

/* --- loss and order --- */

static const char *const kinds[_TW_KIND_MAX] = {
	[TW_KIND_UNKNOWN] = "why, cannot be told",
	[TW_KIND_WINDOW_PROBE] = "it probes the shut window",
	[TW_KIND_SPURIOUS] = "needlessly, all of it had arrived",
	[TW_KIND_PMTU] = "as the path takes only smaller packets; no loss",
	[TW_KIND_RTO] = "nothing new was acknowledged until its timer expired",
	[TW_KIND_FAST] = "duplicate ACKs or SACK say that it is missing",
	[TW_KIND_TLP] = "a probe, as the last segment is not acknowledged yet",
};

static void put_kind(struct tw_text *text, const json_t *event)
{
	const char *word = tw_member_text(event, "kind");

	for (int i = 0; i < _TW_KIND_MAX; i++)
		if (!strcmp(word, tw_kind_word(i)) && kinds[i])
			word = kinds[i];
	tw_text_clean(text, word);
}

/* Where the first copy went, as the kernel tells. */
static void put_died(struct tw_text *text, const json_t *event)
{
	const char *died = tw_member_text(event, "died");

	if (!strcmp(died, "here")) {
		tw_text_put(text, " The first copy died in this host");
		tw_text_put(text, tw_member_has(event, "reason") ? " (" : ".");
		if (tw_member_has(event, "reason")) {
			tw_text_clean(text, tw_member_text(event, "reason"));
			tw_text_put(text, ").");
		}
	} else if (!strcmp(died, "beyond")) {
		tw_text_put(text, " The first copy had left this host.");
	} else if (!strcmp(died, "nowhere")) {
		tw_text_put(text, " The first copy had arrived.");
	}
}

static void retransmit(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		       const struct tw_so_far *so_far)
{
	const char *last = so_far->last_kind[m->sender];
	bool fin = !tw_member_u64(m->event, "len");

	if (fin)
		label(step, "FIN again");
	else
		snprintf(step->label, sizeof(step->label), "%llu again", NUMBER(m->event, "len"));
	tw_text_put(text, "%s sends ", tw_sender_name(m->sender));
	if (fin)
		tw_text_put(text, "its FIN");
	else
		tw_text_bytes(text, tw_member_u64(m->event, "len"));
	tw_text_put(text, " for the ");
	tw_text_nth(text, tw_member_u64(m->event, "attempt"));
	tw_text_put(text, " time");
	tw_story_span(text, ", ", m->event, "gap", " after the last");
	if (!last || strcmp(last, tw_member_text(m->event, "kind"))) {
		tw_text_put(text, ": ");
		put_kind(text, m->event);
	}
	tw_text_put(text, ".");
	put_died(text, m->event);
	put_confidence(text, m->event);
}

static void out_of_order(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			 const struct tw_so_far *so_far)
{
	label(step, "late segment");
	tw_text_put(text, "A segment was overtaken on the way");
	tw_story_span(text, ", ", m->event, "late_by", " late");
	tw_text_put(text, ".");
	put_confidence(text, m->event);
}

static void duplicate(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		      const struct tw_so_far *so_far)
{
	label(step, "copy");
	tw_text_put(text, "A copy of a segment, made by the network or the tap, not by the sender.");
	put_confidence(text, m->event);
}

static void unseen(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		   const struct tw_so_far *so_far)
{
	uint32_t bytes = tw_member_u64(m->event, "got") - tw_member_u64(m->event, "expected");

	label(step, "ACK");
	tw_text_put(text, "An ACK for ");
	tw_text_bytes(text, bytes);
	tw_text_put(text, " that never passed here: they were lost to this log, not to the network.");
}

static void zero_window(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			const struct tw_so_far *so_far)
{
	label(step, "window 0");
	if (tw_was_told(so_far, m)) {
		tw_text_put(text, "%s shuts its window again.", tw_sender_name(m->sender));
		return;
	}
	tw_text_put(text, "%s shuts its window: its buffer is full, its application does not read, or not fast enough.", tw_sender_name(m->sender));
}

static void window_open(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			const struct tw_so_far *so_far)
{
	label(step, "window open");
	tw_text_put(text, "%s reads again", tw_sender_name(m->sender));
	tw_story_span(text, ": its window was shut for ", m->event, "stalled_for", "");
	tw_text_put(text, ".");
}

/* --- path MTU --- */

static void mss_exceeded(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			 const struct tw_so_far *so_far)
{
	snprintf(step->label, sizeof(step->label), "%llu bytes", NUMBER(m->event, "len"));
	if (tw_was_told(so_far, m)) {
		tw_text_put(text, "Again above the MSS.");
		return;
	}
	tw_text_put(text, "A segment of %llu bytes: %s had announced that it takes %llu at most.", NUMBER(m->event, "len"),
		    tw_sender_noun(tw_sender_other(m->sender)), NUMBER(m->event, "mss"));
}

static void put_validity(struct tw_text *text, const json_t *event)
{
	if (json_is_false(json_object_get(event, "valid")))
		tw_text_put(text, " It quotes nothing that was under way: forged, or very late.");
}

static void frag_needed(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			const struct tw_so_far *so_far)
{
	unsigned long long mtu = NUMBER(m->event, "mtu");

	label(step, "ICMP");
	tw_text_clean(text, tw_member_text(m->event, "from"));
	if (tw_was_told(so_far, m) && mtu) {
		tw_text_put(text, " drops it again: at most %llu bytes pass.", mtu);
		put_validity(text, m->event);
		return;
	}
	tw_text_put(text, " drops a packet of %s", tw_sender_noun(m->sender));
	if (tw_member_has(m->event, "quoted_len"))
		tw_text_put(text, " (%llu bytes)", NUMBER(m->event, "quoted_len"));
	if (mtu)
		tw_text_put(text, " and says so: at most %llu bytes pass.", mtu);
	else
		tw_text_put(text, " as too big. It is too old to say what would pass.");
	put_validity(text, m->event);
}

static void unreachable(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			const struct tw_so_far *so_far)
{
	label(step, "ICMP");
	tw_text_clean(text, tw_member_text(m->event, "from"));
	tw_text_put(text, " rejects a packet of %s by ICMP: ", tw_sender_noun(m->sender));
	tw_text_clean(text, tw_member_text(m->event, "code"));
	tw_text_put(text, "%s.", tw_unreachable_noun(tw_member_text(m->event, "code")));
	put_validity(text, m->event);
}

static void pmtu_ignored(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			 const struct tw_so_far *so_far)
{
	snprintf(step->label, sizeof(step->label), "%llu bytes", NUMBER(m->event, "len"));
	if (tw_was_told(so_far, m)) {
		tw_text_put(text, "Again %llu bytes.", NUMBER(m->event, "len"));
		return;
	}
	tw_text_put(text, "%s was told %llu, and sends %llu bytes all the same.", tw_sender_name(m->sender), NUMBER(m->event, "mtu"),
		    NUMBER(m->event, "len"));
}

static void black_hole(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		       const struct tw_so_far *so_far)
{
	snprintf(step->label, sizeof(step->label), "%llu bytes", NUMBER(m->event, "len"));
	tw_text_put(text, "By now it is clear: packets of %llu bytes from %s vanish", NUMBER(m->event, "len"),
		    tw_sender_noun(m->sender));
	if (tw_member_u64(m->event, "largest_acked"))
		tw_text_put(text, ", those of up to %llu arrive", NUMBER(m->event, "largest_acked"));
	tw_text_put(text, ", and no ICMP says why.");
}

/* --- waiting --- */

static void slow_response(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			  const struct tw_so_far *so_far)
{
	label(step, "answer begins");
	tw_text_put(text, "The first byte of the answer");
	tw_story_span(text, ", ", m->event, "waited", " after the request");
	tw_story_span(text, "; the network needs ", m->event, "rtt", " of that");
	tw_text_put(text, ".");
}

static void no_response(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			const struct tw_so_far *so_far)
{
	tw_text_put(text, "The request was acknowledged");
	tw_story_span(text, " ", m->event, "waited", " ago");
	tw_text_put(text, " and is still not answered.");
}

static void missing(struct tw_step *step, struct tw_text *text, const struct tw_moment *m, const struct tw_so_far *so_far)
{
	tw_text_put(text, "%llu bytes have not come, although what was sent behind them has",
		    (unsigned long long)tw_member_u64(m->event, "len"));
	tw_story_span(text, ", ", m->event, "waited", " before");
	tw_text_put(text, ".");
}

static void slow_request(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			 const struct tw_so_far *so_far)
{
	label(step, "goes on");
	tw_text_put(text, "The originator goes on");
	tw_story_span(text, " after ", m->event, "waited", " of silence");
	tw_text_put(text, "; it had the whole answer.");
}

/* The late ACK's sender made the other side wait. */
static void stall(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		  const struct tw_so_far *so_far)
{
	label(step, "late ACK");
	if (tw_was_told(so_far, m)) {
		tw_text_put(text, "The same");
		tw_story_span(text, ", for ", m->event, "waited", "");
		tw_text_put(text, ": %llu times so far.", NUMBER(m->event, "times"));
		return;
	}
	tw_text_put(text, "%s acknowledges a small write only", tw_sender_name(m->sender));
	tw_story_span(text, " after ", m->event, "waited", "");
	tw_text_put(text, "; %s had held the next one back for it (Nagle). So far %llu times.",
		    tw_sender_noun(tw_sender_other(m->sender)), NUMBER(m->event, "times"));
}

/* --- outages --- */

static void path_down(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		      const struct tw_so_far *so_far)
{
	if (tw_member_true(m->event, "handshake")) {
		tw_text_put(text, "By now it is clear: nobody answers");
		tw_story_span(text, "; ", m->event, "waited", " have passed since the first SYN.");
		return;
	}
	tw_text_put(text, "By now it is clear: nothing that %s sends is acknowledged any more",
		    tw_sender_noun(m->sender));
	tw_story_span(text, ", for ", m->event, "waited", " already");
	if (tw_member_has(m->event, "bytes")) {
		tw_text_put(text, "; ");
		tw_text_bytes(text, NUMBER(m->event, "bytes"));
		tw_text_put(text, " wait");
	}
	tw_text_put(text, ".");
}

static void path_up(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		    const struct tw_so_far *so_far)
{
	if (tw_member_true(m->event, "handshake")) {
		tw_story_span(text, "An answer at last: it took ", m->event, "waited", " from the first SYN.");
		return;
	}
	label(step, "ACK");
	tw_text_put(text, "It is over: %s acknowledges again", tw_sender_noun(m->sender));
	tw_story_span(text, ", after ", m->event, "waited", "");
	tw_text_put(text, ".");
}

/* --- the kernel's own --- */

static void kernel_drop(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			const struct tw_so_far *so_far)
{
	const char *reason = tw_member_text(m->event, "reason"), *meaning = tw_drop_meaning(reason);

	tw_text_put(text, "This host's kernel drops a packet of %s: ", tw_sender_noun(m->sender));
	tw_text_clean(text, reason);
	if (meaning)
		tw_text_put(text, ", %s", meaning);
	if (tw_member_has(m->event, "backlog"))
		tw_text_put(text, ", accept queue of port %llu: %llu of %llu", NUMBER(m->event, "listen_port"),
			    NUMBER(m->event, "queued"), NUMBER(m->event, "backlog"));
	if (tw_member_has(m->event, "comm")) {
		tw_text_put(text, ", process ");
		tw_text_clean(text, tw_member_text(m->event, "comm"));
	}
	tw_text_put(text, ".");
}

/* --- all --- */

static const sentence sentences[_TW_EV_MAX] = {
	[TW_EV_RETRANSMIT] = retransmit,
	[TW_EV_OUT_OF_ORDER] = out_of_order,
	[TW_EV_DUPLICATE_SEGMENT] = duplicate,
	[TW_EV_LOST_SEGMENT_UNSEEN] = unseen,
	[TW_EV_ZERO_WINDOW] = zero_window,
	[TW_EV_WINDOW_OPEN] = window_open,
	[TW_EV_MSS_EXCEEDED] = mss_exceeded,
	[TW_EV_FRAG_NEEDED] = frag_needed,
	[TW_EV_UNREACHABLE] = unreachable,
	[TW_EV_PMTU_IGNORED] = pmtu_ignored,
	[TW_EV_PMTU_BLACK_HOLE] = black_hole,
	[TW_EV_SLOW_RESPONSE] = slow_response,
	[TW_EV_NO_RESPONSE] = no_response,
	[TW_EV_SLOW_REQUEST] = slow_request,
	[TW_EV_DELAYED_ACK_STALL] = stall,
	[TW_EV_KERNEL_DROP] = kernel_drop,
	[TW_EV_MISSING_SEGMENT] = missing,
	[TW_EV_PATH_DOWN] = path_down,
	[TW_EV_PATH_UP] = path_up,
};

bool tw_story_path(struct tw_step *step, const struct tw_moment *m, const struct tw_so_far *so_far)
{
	struct tw_text text = { .at = step->text, .end = step->text + sizeof(step->text) };

	if (m->type < 0 || !sentences[m->type])
		return false;
	sentences[m->type](step, &text, m, so_far);
	return true;
}
