// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sentences for handshakes and resets. Each says what was seen; what it means is advice.c's business. */
#include <string.h>

#include "base/member.h"
#include "base/names.h"
#include "story.h"

#define NUMBER(event, key) ((unsigned long long)tw_member_u64(event, key))

typedef void (*sentence)(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			 const struct tw_so_far *so_far);

static void label(struct tw_step *step, const char *text)
{
	snprintf(step->label, sizeof(step->label), "%s", text);
}

/* --- SYN --- */

/* "MSS 1460, window scaling, SACK, no timestamps": what is missing costs throughput, so it is said. */
static void put_offer(struct tw_text *text, const json_t *event)
{
	if (!tw_member_has(event, "sack_ok")) {
		tw_text_put(text, "its options were cut off.");
		return;
	}
	if (tw_member_has(event, "mss"))
		tw_text_put(text, "MSS %llu", NUMBER(event, "mss"));
	else
		tw_text_put(text, "no MSS");
	tw_text_put(text, tw_member_has(event, "wscale") ? ", window scaling" : ", no window scaling");
	tw_text_put(text, tw_member_true(event, "sack_ok") ? ", SACK" : ", no SACK");
	if (tw_member_true(event, "ts_ok"))
		tw_text_put(text, ", timestamps");
	if (tw_member_true(event, "tfo"))
		tw_text_put(text, ", Fast Open");
	if (tw_member_u64(event, "len"))
		tw_text_put(text, ", with %llu bytes of payload", NUMBER(event, "len"));
	tw_text_put(text, ".");
}

static void syn(struct tw_step *step, struct tw_text *text, const struct tw_moment *m, const struct tw_so_far *so_far)
{
	label(step, "SYN");
	tw_text_put(text, "The originator asks for a connection: ");
	put_offer(text, m->event);
}

static bool is_verdict(const json_t *final, const char *verdict)
{
	return !strcmp(tw_member_text(final, "verdict"), verdict);
}

/*
 * Whom the RST before it claimed to come from, and what it answered, decides what the repetition says. That the
 * originator goes on does not prove by itself that it had not sent it: the verdict knows what else speaks for it.
 */
static void put_after_reset(struct tw_text *text, const struct tw_so_far *so_far)
{
	if (so_far->reset_by != TW_SENDER_ORIG)
		tw_text_put(text, " It tries again after the RST, as some stacks do.");
	else if (so_far->reset_was_due)
		tw_text_put(text, " It goes on: the RST was for the wrong ACK number only.");
	else if (is_verdict(so_far->final, "reset_forged") || is_verdict(so_far->final, "middlebox_broke_handshake"))
		tw_text_put(text, " It goes on as if it had sent no RST: the RST in its name was not its own.");
	else
		tw_text_put(text, " It goes on as if it had sent no RST.");
}

static void syn_again(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		      const struct tw_so_far *so_far)
{
	label(step, "SYN again");
	tw_text_put(text, "The same SYN, ");
	tw_text_nth(text, tw_member_u64(m->event, "attempt"));
	tw_text_put(text, " try");
	tw_story_span(text, ", ", m->event, "interval", " after the one before");
	tw_text_put(text, ".");
	if (tw_member_true(m->event, "after_reset"))
		put_after_reset(text, so_far);
	else if (tw_member_true(m->event, "answered"))
		tw_text_put(text, " The SYN-ACK that passed here had not reached it by then, or was not accepted.");
	if (tw_member_has(m->event, "options_dropped")) {
		tw_text_list(text, " It no longer offers ", m->event, "options_dropped");
		tw_text_put(text, ", in case a device drops SYNs for that.");
	}
}

static void syn_ack(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		    const struct tw_so_far *so_far)
{
	label(step, "SYN-ACK");
	if (tw_member_true(m->event, "stray")) {
		tw_text_put(text, "A SYN-ACK of another attempt: it changes nothing.");
		return;
	}
	tw_text_put(text, so_far->second_syn_ack ? "The responder begins anew" : "The responder accepts");
	tw_story_span(text, " after ", m->event, "rtt", "");
	tw_text_put(text, so_far->second_syn_ack ? ", with another sequence number: " : ": ");
	put_offer(text, m->event);
	if (so_far->resets && so_far->reset_by == TW_SENDER_RESP && so_far->syns_then == so_far->syns)
		tw_text_put(text, " It goes on as if it had sent no RST.");
	if (tw_member_true(m->event, "foreign_tsecr"))
		tw_text_put(text, " It echoes a timestamp that the SYN never carried.");
}

static void syn_ack_again(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			  const struct tw_so_far *so_far)
{
	label(step, "SYN-ACK again");
	if (tw_member_true(m->event, "acked") || so_far->established)
		tw_text_put(text, "The same SYN-ACK again, although the ACK of it has passed here: ");
	else
		tw_text_put(text, "No ACK of it has passed here: the same SYN-ACK, ");
	tw_text_nth(text, tw_member_u64(m->event, "attempt"));
	tw_text_put(text, " try");
	tw_story_span(text, ", ", m->event, "interval", " after the one before");
	tw_text_put(text, ".");
}

static void established(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			const struct tw_so_far *so_far)
{
	label(step, "ACK");
	tw_text_put(text, "The connection is open.");
	if (!tw_member_has(m->event, "syn_rtt") || !tw_member_has(m->event, "ack_rtt"))
		return;
	tw_story_span(text, " Round trip from here: ", m->event, "syn_rtt", " to the responder");
	tw_story_span(text, ", ", m->event, "ack_rtt", " to the originator.");
}

/* --- odd handshakes --- */

static void bad_ack(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		    const struct tw_so_far *so_far)
{
	uint32_t got = tw_member_u64(m->event, "got"), expected = tw_member_u64(m->event, "expected");
	int32_t off = got - expected;

	label(step, "ACK (wrong)");
	if (tw_member_true(m->event, "challenge")) {
		tw_text_put(text, "A challenge ACK: %s still knows an older connection of these ports.",
			    tw_sender_noun(m->sender));
		return;
	}
	tw_text_put(text, "%s acknowledges ", tw_sender_name(m->sender));
	if (off > -65536 && off < 65536)
		tw_text_put(text, "%d byte%s %s than %s has sent", off < 0 ? -off : off, off == 1 || off == -1 ? "" : "s",
			    off < 0 ? "less" : "more", tw_sender_noun(tw_sender_other(m->sender)));
	else
		tw_text_put(text, "what %s never sent", tw_sender_noun(tw_sender_other(m->sender)));
	tw_text_put(text, ": %u instead of %u.", got, expected);
}

static void syn_ack_payload(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			    const struct tw_so_far *so_far)
{
	label(step, "SYN-ACK + payload");
	tw_text_put(text, "This SYN-ACK carries %llu bytes of payload, though Fast Open was not agreed.", NUMBER(m->event, "len"));
}

static void nonzero_ack(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			const struct tw_so_far *so_far)
{
	label(step, "SYN");
	if (tw_was_told(so_far, m)) {
		tw_text_put(text, "Again with a stray acknowledgement number.");
		return;
	}
	tw_text_put(text, "This SYN has the acknowledgement number %llu without the ACK flag. Honest stacks leave it 0.",
		    NUMBER(m->event, "ack"));
}

static void simultaneous(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			 const struct tw_so_far *so_far)
{
	label(step, "SYN");
	tw_text_put(text, "Both sides sent a SYN, and they crossed.");
}

static void land(struct tw_step *step, struct tw_text *text, const struct tw_moment *m, const struct tw_so_far *so_far)
{
	label(step, "SYN to itself");
	tw_text_put(text, "A SYN with its own destination as source: an attack (land), or a broken NAT.");
}

static void put_unanswered(struct tw_text *text, const struct tw_moment *m, const char *what)
{
	unsigned long long n = NUMBER(m->event, "attempts");

	tw_text_put(text, "Still no answer: %llu %s%s", n, what, n == 1 ? "" : "s");
	tw_story_span(text, " in ", m->event, "waited", "");
	tw_text_put(text, ".");
}

static void connect_timeout(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			    const struct tw_so_far *so_far)
{
	put_unanswered(text, m, "SYN");
}

static void accept_timeout(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
			   const struct tw_so_far *so_far)
{
	put_unanswered(text, m, "SYN-ACK");
}

/* --- reset --- */

/* What the RST says by itself, by its cause: before and after its alleged sender. */
static const struct {
	const char *before, *after;
} causes[_TW_CAUSE_MAX] = {
	[TW_CAUSE_AFTER_CLOSE] = { "", " sends a RST after the close." },
	[TW_CAUSE_NO_CONNECTION] = { "Another RST from ", ": the connection is ended already." },
	[TW_CAUSE_BAD_ACK_RESET] = { "", " answers the wrong ACK number with a RST, as it must (RFC 9293)." },
	[TW_CAUSE_REFUSED] = { "", " refuses with a RST." },
	[TW_CAUSE_UNACCEPTABLE] = { "A RST from ", " that does not acknowledge the SYN: it must be ignored." },
	[TW_CAUSE_HALF_OPEN_RESET] = { "", " ends the attempt with a RST, instead of completing it with an ACK." },
	[TW_CAUSE_HANDSHAKE_ABORTED] = { "", " takes its SYN-ACK back with a RST." },
	[TW_CAUSE_GAVE_UP] = { "", " gives up and sends a RST." },
	[TW_CAUSE_DATA_AFTER_CLOSE] = { "", " had closed, still got data, and answers it with a RST." },
	[TW_CAUSE_IDLE_RESET] = { "A RST in the name of ", " ends the idle connection." },
	[TW_CAUSE_ABORTED] = { "", " ends the open connection with a RST." },
};

static void put_cause(struct tw_text *text, const struct tw_moment *m)
{
	const char *word = tw_member_text(m->event, "cause"), *before = "", *after = " sends a RST.";

	for (int i = 1; i < _TW_CAUSE_MAX; i++)
		if (!strcmp(word, tw_cause_word(i)) && causes[i].after) {
			before = causes[i].before;
			after = causes[i].after;
		}
	tw_text_put(text, "%s%s%s", before, *before ? tw_sender_noun(m->sender) : tw_sender_name(m->sender), after);
}

static void put_ttl(struct tw_text *text, const json_t *event)
{
	unsigned long long least = NUMBER(event, "ttl_min"), most = NUMBER(event, "ttl_max");

	if (!tw_member_has(event, "ttl_min"))
		return;
	tw_text_put(text, " Its TTL is %llu, all others of that side had %llu", NUMBER(event, "ttl"), least);
	if (most != least)
		tw_text_put(text, " to %llu", most);
	tw_text_put(text, ".");
}

static const struct {
	const char *word, *sentence;
} facts[] = {
	{ "ip_id", " Its IP-ID is out of that side's count." },
	{ "seq_not_next", " Its sequence number is in the window, but not the next one." },
	{ "seq_out_of_window", " Its sequence number is outside the window." },
	{ "sender_kept_talking", " The side it names went on talking." },
	{ "repeated_with_other_seq", " It came again with another sequence number." },
	{ "faster_than_rtt", " It came sooner than that side could have answered." },
	{ "payload", " It carries payload." },
	{ "tcp_options_absent", " It lacks the timestamps that were agreed." },
};

static void put_facts(struct tw_text *text, const json_t *event)
{
	const json_t *list = json_object_get(event, "suspect"), *item;
	size_t i;

	json_array_foreach(list, i, item)
		for (size_t k = 0; k < sizeof(facts) / sizeof(facts[0]); k++)
			if (json_is_string(item) && !strcmp(json_string_value(item), facts[k].word))
				tw_text_put(text, "%s", facts[k].sentence);
}

static void put_unacked(struct tw_text *text, const json_t *event)
{
	if (!tw_member_u64(event, "unacked"))
		return;
	tw_text_put(text, " It had not acknowledged the last ");
	tw_text_bytes(text, tw_member_u64(event, "unacked"));
	tw_text_put(text, ".");
}

static void reset(struct tw_step *step, struct tw_text *text, const struct tw_moment *m,
		  const struct tw_so_far *so_far)
{
	double silent = tw_member_real(m->event, "silent");

	label(step, "RST");
	put_cause(text, m);
	if (tw_member_true(m->event, "stateless"))
		tw_text_put(text, " It has only the ACK number of what it answers: its sender does not know the connection%s.",
			    !strcmp(tw_member_text(m->event, "cause"), "data_after_close") ? " any more" : "");
	if (tw_member_true(m->event, "other_mac"))
		tw_text_put(text, " Another host on this link sent it: its MAC is not that side's.");
	put_unacked(text, m->event);
	if (silent >= 1)
		tw_story_span(text, " Before it ", m->event, "silent", " of silence.");
	put_ttl(text, m->event);
	put_facts(text, m->event);
	if (tw_member_true(m->event, "no_socket"))
		tw_text_put(text, " No socket of this host sent it: a firewall's rule, a proxy or a forwarder did.");
	if (tw_member_has(m->event, "reason")) {
		tw_text_put(text, " The kernel's reason: ");
		tw_text_clean(text, tw_member_text(m->event, "reason"));
		tw_text_put(text, ".");
	}
}

/* --- all --- */

static const sentence sentences[_TW_EV_MAX] = {
	[TW_EV_SYN] = syn,
	[TW_EV_SYN_RETRANSMIT] = syn_again,
	[TW_EV_SYN_ACK] = syn_ack,
	[TW_EV_SYN_ACK_RETRANSMIT] = syn_ack_again,
	[TW_EV_ESTABLISHED] = established,
	[TW_EV_HANDSHAKE_BAD_ACK] = bad_ack,
	[TW_EV_SYN_ACK_PAYLOAD] = syn_ack_payload,
	[TW_EV_SYN_NONZERO_ACK] = nonzero_ack,
	[TW_EV_SIMULTANEOUS_OPEN] = simultaneous,
	[TW_EV_LAND] = land,
	[TW_EV_CONNECT_TIMEOUT] = connect_timeout,
	[TW_EV_ACCEPT_TIMEOUT] = accept_timeout,
	[TW_EV_RESET] = reset,
};

bool tw_story_open(struct tw_step *step, const struct tw_moment *m, const struct tw_so_far *so_far)
{
	struct tw_text text = { .at = step->text, .end = step->text + sizeof(step->text) };

	if (m->type < 0 || !sentences[m->type])
		return false;
	sentences[m->type](step, &text, m, so_far);
	return true;
}
