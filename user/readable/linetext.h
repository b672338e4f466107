/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What happened, in words: the last column of a readable line. line.c is the frame around it. */
#ifndef TCPWHY_USER_LINETEXT_H
#define TCPWHY_USER_LINETEXT_H

#include <jansson.h>

#include "base/text.h"

enum tw_sender { TW_SENDER_UNKNOWN, TW_SENDER_ORIG, TW_SENDER_RESP };

/* line.c: the packet's sender, as far as the log tells; of an ICMP error: who sent what it quotes. */
enum tw_sender tw_line_sender(int type, const json_t *event);

/* Puts what the event @type (enum tw_event_type, or -1: unknown word) has to say. */
void tw_text_event(struct tw_text *text, int type, const json_t *event, enum tw_sender sender);

/* linepath.c: loss, order, windows, path MTU, waiting. False: it is none of these. */
bool tw_text_path(struct tw_text *text, int type, const json_t *event, enum tw_sender sender);

/* linefinal.c: the final record, alerts, and what the program says of itself. */
void tw_text_connection(struct tw_text *text, const json_t *event);
void tw_text_alert(struct tw_text *text, const json_t *event);
void tw_text_lost(struct tw_text *text, const json_t *event);
void tw_text_capture(struct tw_text *text, const json_t *event, bool started);
void tw_text_suspect(struct tw_text *text, const json_t *event);

#endif
