/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The arrows of a story, in ASCII: the originator's bar on the left, the responder's on the right. */
#ifndef TCPWHY_USER_LADDER_H
#define TCPWHY_USER_LADDER_H

#include "story.h"

#define TW_LADDER_WIDTH 30 /* columns, both bars included */

/* One row, NUL-terminated. */
void tw_ladder_row(char row[TW_LADDER_WIDTH + 1], enum tw_arrow arrow, const char *label);

#endif
