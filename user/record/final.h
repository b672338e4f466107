/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the final record says of a connection's state as a whole, in Zeek's words. */
#ifndef TCPWHY_USER_FINAL_H
#define TCPWHY_USER_FINAL_H

#include "record.h"

/* Zeek's conn_state: "SF", "S0", "REJ", …; a constant. */
const char *tw_final_state(const struct tw_flow *flow, enum tw_end end, bool reset_by_orig);

/* Zeek's history, letters once a side; "^" first where the responder's packet was the first seen. */
void tw_final_history(char text[16], const struct tw_flow *flow);

/* Which side this host is, told by where each side's packets were seen. */
enum tw_side tw_final_side(const struct tw_flow *flow);

/* Whose FIN was seen first: 0 the originator's, 1 the responder's, -1 none, or it is not known any more. */
int tw_final_first_fin(const struct tw_flow *flow);

/* All bits of enum tw_suspect that the state holds. @trouble may be NULL. */
uint16_t tw_final_suspect(const struct tw_flow *flow);

/* At the end, @until_ns: was a request acknowledged and never answered? Sets how long, if it was. */
bool tw_final_unanswered(const struct tw_flow *flow, uint64_t until_ns, uint64_t *waited_ns);

/*
 * The longest time in which nothing that the originator (@orig), or the responder, had sent was acknowledged, in ns; 0: no
 * outage. @at_end: its end is that of the connection.
 */
uint64_t tw_final_outage(const struct tw_rec_final *final, bool orig, bool *at_end);
/* And of all such times. */
uint64_t tw_final_outages(const struct tw_rec_final *final, bool orig);

enum tw_forged { TW_FORGED_NO, TW_FORGED_LOW, TW_FORGED_MEDIUM, TW_FORGED_HIGH };

/* How much speaks for a forged RST: of the facts @suspect of a RST of this @cause. */
enum tw_forged tw_forged(unsigned int suspect, enum tw_cause cause);
const char *tw_forged_word(enum tw_forged forged);

#endif
