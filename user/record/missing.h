/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bytes between others that arrived, and that never came: the receiver's view of a loss. Only the end tells. */
#ifndef TCPWHY_USER_MISSING_H
#define TCPWHY_USER_MISSING_H

#include "record.h"

/*
 * Of what the originator (@orig), or the responder, sent: the first such range into @missing. Not what the receiver
 * acknowledged, or never asked for: that is missing in the capture alone. @trouble may be NULL.
 */
bool tw_final_missing(const struct tw_flow *flow, const struct tw_trouble *trouble, bool orig,
		      struct tw_rec_missing *missing);

#endif
