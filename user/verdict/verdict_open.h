/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Rules about how a connection opened: they stand at several places in the order of explanation (verdict.h). */
#ifndef TCPWHY_USER_VERDICT_OPEN_H
#define TCPWHY_USER_VERDICT_OPEN_H

#include "verdict.h"

/* How sure such a verdict can be: enum tw_confidence. */
uint8_t tw_open_at_best(const struct tw_facts *facts, enum tw_verdict verdict);

bool tw_handshake_delayed(const struct tw_facts *facts);
enum tw_handshake_cause tw_handshake_cause(const struct tw_facts *facts);
uint64_t tw_owns_handshake(const struct tw_facts *facts);
void tw_why_handshake_delayed(const struct tw_facts *facts, struct tw_text *text);

/* The responder took the ACK of its SYN-ACK only after ≥ 0.9 s, when it came again: what the originator resent meanwhile was not lost. */
bool tw_taken_late(const struct tw_facts *facts);

bool tw_accept_queue_full(const struct tw_facts *facts);
void tw_why_accept_queue_full(const struct tw_facts *facts, struct tw_text *text);

bool tw_auth_mismatch(const struct tw_facts *facts);
void tw_why_auth_mismatch(const struct tw_facts *facts, struct tw_text *text);

#endif
